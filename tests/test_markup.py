"""Cutting and stripping: whatever the text, every piece is whole and nothing is lost."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from channels.markup import cut, plain, split
from channels.text import clean, one_line, utf16
from conversation import Attachment, Choice, Reply
from tests.telegram_rules import visible_text

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from(" \n.!"))
LEAVES = PLAIN.map(escape)


def tagged(inner: st.SearchStrategy[Markup]) -> st.SearchStrategy[Markup]:
    names = st.sampled_from(["b", "i", "u", "s", "code", "blockquote", 'a href="https://x.vn/?a&b"'])
    pairs = st.tuples(names, st.lists(inner, max_size=4))
    return pairs.map(lambda pair: Markup(f"<{pair[0]}>{Markup('').join(pair[1])}</{pair[0].split()[0]}>"))


MARKUP = st.lists(st.recursive(LEAVES, tagged, max_leaves=8), max_size=5).map(Markup("").join)


def shown(piece: Markup) -> str:
    return visible_text(str(piece), "HTML")


@given(MARKUP, st.integers(2, 60))
def test_pieces_are_valid_and_together_say_everything(text: Markup, limit: int) -> None:
    pieces = [shown(piece) for piece in cut(text, limit)]
    whole = html.unescape(str(text.striptags()))
    assert all(1 <= utf16(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(whole.split())


@given(st.lists(st.text("aăâbcđ😀<&'", min_size=1, max_size=9), max_size=60))
def test_words_that_fit_stay_whole(words: list[str]) -> None:
    pieces = cut(escape(" ".join(words)), 20)
    assert [word for piece in pieces for word in shown(piece).split()] == words


@given(st.text(), st.integers(2, 40))
def test_markup_that_is_wrong_is_mended(text: str, limit: int) -> None:
    for source in (text, f"<b>{text}</i>", f"<x y=1>{text}<code>", f"</b><a>{text}&#0;&#xd800;"):
        for piece in cut(Markup(source), limit):
            shown(piece)
            plain(piece).encode()


def test_paragraphs_before_lines_before_sentences_before_words() -> None:
    paragraphs = Markup("Một hai ba.\nBốn năm.\n\nSáu bảy. Tám chín mười.")
    assert cut(paragraphs, 40) == ["Một hai ba.\nBốn năm.", "Sáu bảy. Tám chín mười."]
    assert cut(Markup("Một hai ba.\nBốn năm. Sáu"), 22) == ["Một hai ba.", "Bốn năm. Sáu"]
    assert cut(Markup("Một hai “ba.” Bốn năm sáu"), 20) == ["Một hai “ba.”", "Bốn năm sáu"]
    assert cut(Markup("Một hai ba bốn"), 9) == ["Một hai", "ba bốn"]
    assert cut(Markup("a" * 25), 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_tags_are_reopened_and_entities_kept_whole() -> None:
    text = Markup('<b>một <a href="https://x.vn/?a=1&amp;b=2">hai &amp; ba</a></b>')
    link = '<a href="https://x.vn/?a=1&amp;b=2">'
    assert cut(text, 9) == [f"<b>một {link}hai &amp;</a></b>", f"<b>{link}ba</a></b>"]


def test_letters_keep_their_accents() -> None:
    decomposed = "e\u0302\u0301" * 10
    assert all(piece.startswith("e") for piece in cut(Markup(decomposed), 10))
    assert clean(decomposed, 11) == decomposed[:9]


def test_plain_text_of_links_and_quotes() -> None:
    text = Markup('<i>Xem</i> <a href="https://a.vn">cổng</a><a href="https://b.vn">https://b.vn</a>')
    assert plain(text) == "Xem cổng (https://a.vn)https://b.vn"
    assert plain(escape("5 < 6 & 7 > 3 <b>")) == "5 < 6 & 7 > 3 <b>"


def test_only_the_last_message_has_the_choices_and_only_the_first_replaces() -> None:
    choices, files = (Choice("Xem đủ", "v"),), (Attachment("chart"),)
    messages = split(Reply(Markup("một hai ba"), choices, True, files), 4)
    assert [message.text for message in messages] == ["một", "hai", "ba"]
    assert [message.choices for message in messages] == [(), (), choices]
    assert [message.attachments for message in messages] == [(), (), files]
    assert [message.replaces for message in messages] == [True, False, False]


def test_an_empty_reply_is_no_message_unless_there_is_something_to_press() -> None:
    assert split(Reply(Markup(" \n")), 10) == []
    assert split(Reply(Markup(""), (Choice("a", "b"),)), 10)[0].text == "…"


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("Hạn nộp", "Hạn nộp"),
        ("  Hạn\n nộp\x00 ", "Hạn nộp"),
        ("Hạn nộp báo cáo tự đánh giá", "Hạn nộp báo…"),
        ("Hạnnộpbáocáotựđánhgiá", "Hạnnộpbáocáotựđánh…"[:14] + "…"),
        ("😀" * 10, "😀" * 7 + "…"),
    ],
)
def test_labels_are_cut_politely(label: str, line: str) -> None:
    assert one_line(label, 15) == line


@given(st.text(), st.integers(1, 30))
def test_what_comes_in_is_storable(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert len(cleaned) <= limit
