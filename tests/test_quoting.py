"""An excerpt never changes a quote: its words, in their order, with a mark where something is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.quoting import ELISION, excerpt
from tests.talk import knowledge

ENTRIES = sorted(knowledge().library.entries)
WORDS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy0123456789", min_size=1, max_size=9)
QUOTES = st.lists(
    st.tuples(WORDS, st.sampled_from([" ", " ", " ", ", ", ". ", "; ", "\n"])), min_size=1, max_size=80
).map(lambda pieces: "".join(word + space for word, space in pieces).strip())
ROOMS = st.integers(80, 900)
# Least room that any answer gives a quote.
LEAST = 80
# A second mark may stand at the other end.
MARK = len(ELISION) + 1


def stands_in(shown: str, quote: str) -> bool:
    """Whether the parts of an excerpt stand in the quote, one after the other."""
    whole, place = " ".join(quote.split()), 0
    for part in (part.strip() for part in shown.split(ELISION)):
        place = whole.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


@given(QUOTES, ROOMS, st.text(max_size=60))
def test_any_excerpt_has_only_words_of_the_quote_and_fits(quote: str, room: int, question: str) -> None:
    shown, whole = excerpt(quote, knowledge().read(question), room)
    assert len(shown) <= room + MARK
    assert stands_in(shown, quote)
    assert whole == (ELISION not in shown)
    assert shown.replace(ELISION, "").strip()


@given(st.sampled_from(ENTRIES), ROOMS)
def test_every_clause_can_be_shortened_to_any_room(entry: str, room: int) -> None:
    found = knowledge().library.entries[entry]
    shown, whole = excerpt(found.quote, knowledge().read(found.questions[0] if found.questions else ""), room)
    assert len(shown) <= room + MARK
    assert stands_in(shown, found.quote)
    assert not whole or shown == " ".join(found.quote.split())


@given(QUOTES)
def test_what_fits_stays_whole(quote: str) -> None:
    shown, whole = excerpt(quote, None, len(quote))
    assert (shown, whole) == (" ".join(quote.split()), True)


def test_the_piece_that_is_asked_for_is_kept() -> None:
    quote = " ".join(f"Việc số {number} do đơn vị {number} làm." for number in range(1, 40))
    shown, whole = excerpt(quote + " Tiền nước uống do tổ trưởng trả.", knowledge().read("nước uống ai trả"), 120)
    assert not whole
    assert "Tiền nước uống do tổ trưởng trả." in shown


def test_what_must_be_kept_comes_before_what_fits_the_question() -> None:
    quote = " ".join(f"Danh sách {number} gửi về phòng." for number in range(1, 30)) + " Chậm nhất ngày 05/10/2021."
    shown, _ = excerpt(quote, knowledge().read("danh sách gửi về phòng nào"), 100, keep=["ngày 05/10/2021"])
    assert "ngày 05/10/2021" in shown


@pytest.mark.parametrize("room", [LEAST, 200])
def test_one_long_sentence_is_cut_at_a_word(room: int) -> None:
    quote = "Tuyên truyền vận động nhân dân tích cực tham gia phong trào " * 20
    shown, whole = excerpt(quote, None, room)
    assert not whole
    assert len(shown) <= room + MARK
    assert shown.endswith(ELISION)
    assert stands_in(shown, quote)
    assert set(shown.removesuffix(ELISION).split()) <= set(quote.split())
