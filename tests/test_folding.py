"""Folding: what looks the same is the same, and nothing else becomes so."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.folding import MAX_QUESTION, clean, collapse, fold, folded_words, tokens, toned

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
SENTENCES = st.text(VIETNAMESE + VIETNAMESE.upper() + " .,0123456789", max_size=80)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@given(SENTENCES)
def test_both_ways_to_compose_letters_are_one(text: str) -> None:
    assert fold(text) == fold(nfd(text))
    assert toned(text) == toned(nfd(text))
    assert folded_words(text) == folded_words(nfd(text))
    assert clean(text) == clean(nfd(text))


@given(SENTENCES)
def test_folded_vietnamese_is_plain_small_letters(text: str) -> None:
    assert fold(text).isascii()
    assert fold(text) == fold(text).lower()


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
    assert collapse(collapse(text)) == collapse(text)


@given(SENTENCES)
def test_toning_twice_is_toning_once(text: str) -> None:
    assert toned(toned(text)) == toned(text)
    assert fold(toned(text)) == fold(text)


@pytest.mark.parametrize("barred", ["đ", "Đ", "ð", "Ð", "ɖ", "Ɖ"])
def test_every_d_with_a_bar_is_a_d(barred: str) -> None:
    assert fold(f"{barred}ăng ký") == "dang ky"
    assert toned(f"{barred}ăng") == "đăng"
    assert folded_words(f"{barred}ất") == ("dat",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("hoá", "hóa"),
        ("khoẻ", "khỏe"),
        ("thuỷ", "thủy"),
        ("uỷ", "ủy"),
        ("thuý", "thúy"),
        ("HOÀ", "hòa"),
        ("văn hoá", "văn hóa"),
    ],
)
def test_tones_stand_in_one_place(old: str, new: str) -> None:
    assert toned(old) == toned(new) == new


@pytest.mark.parametrize("word", ["hoàn", "toán", "hoạch", "quý", "quỹ", "thuyền", "khoảng", "nguyễn", "xoáy"])
def test_other_tones_stay_where_they_are(word: str) -> None:
    assert toned(word) == word


def test_toned_words_stay_apart() -> None:
    assert len({toned(word) for word in ("phat", "phát", "phạt", "phật", "đạt", "dạt")}) == 6


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hạn\u00a0nộp", "hạn nộp"),
        ("hạn\u200b nộp\ufeff", "hạn nộp"),
        ("“5 không”", '"5 không"'),
        ("2023\u20132025", "2023-2025"),
        ("hạn\x00nộp\n\tgì\r\n", "hạn nộp gì"),
        ("  ", ""),
        ("\u200f\u202ehạn", "hạn"),
    ],
)
def test_signs_nobody_sees_are_cleaned_away(typed: str, meant: str) -> None:
    assert clean(typed) == meant


@given(st.text(max_size=3000))
def test_a_cleaned_text_is_short_and_printable(text: str) -> None:
    found = clean(text)
    assert len(found) <= MAX_QUESTION
    assert found.isprintable()
    assert "  " not in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tiêu chí 3.15 có", ["tiêu", "chí", "3.15", "có"]),
        ("0,5%/năm", ["0,5", "năm"]),
        ("trước 01/10/2024.", ["trước", "01/10/2024"]),
        ("71/KH-UBND", ["71", "KH", "UBND"]),
        ("4m²", ["4", "m²"]),
        ("TDP5", ["TDP", "5"]),
    ],
)
def test_numbers_stay_whole(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_collapsing_keeps_words_and_letters() -> None:
    assert collapse("**Trước  ngày\n 01**\u00a0tháng 10") == "Trước ngày 01 tháng 10"
