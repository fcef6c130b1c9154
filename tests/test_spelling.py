"""From what is typed to what is meant: keystrokes, short forms, glued words, slips; and what is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.spelling import plain_words
from knowledge.syllables import is_legal, legal_syllables
from tests.talk import knowledge


def meant(text: str) -> str:
    """Folded words as understood."""
    return " ".join(word.folded for word in knowledge().read(text).words)


def toned(text: str) -> str:
    return " ".join(word.toned for word in knowledge().read(text).words)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("hanj nopj danh sachs khen thuongwr", "han nop danh sach khen thuong"),
        ("ddieemf 2.1 chir thij", "diem 2.1 chi thi"),
        ("toor daan phoos", "to dan pho"),
        ("noois veef gif", "noi ve gi"),
        ("ddawng kys coong trinhf", "dang ky cong trinh"),
        ("thoongs nhaats", "thong nhat"),
    ],
)
def test_telex_keystrokes(typed: str, folded: str) -> None:
    assert meant(typed) == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ha5n no65p danh sa1ch khen thu7o7ng", "han nop danh sach khen thuong"),
        ("tie6u chi1 nha2 o73", "tieu chi nha o"),
    ],
)
def test_vni_keystrokes(typed: str, folded: str) -> None:
    assert meant(typed) == folded


@pytest.mark.parametrize("text", ["Hạn nộp danh sách khen thưởng", "tổ dân phố văn hóa", "Đăng ký công trình"])
def test_decomposed_text_is_read_as_composed(text: str) -> None:
    whole, parts = knowledge().read(text), knowledge().read(unicodedata.normalize("NFD", text))
    assert whole == parts


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("hannop danhsach khenthuong", "han nop danh sach khen thuong"),
        ("hạnnộp danhsách", "han nop danh sach"),
        ("todanpho", "to dan pho"),
        ("congtrinhgiupdan", "cong trinh giup dan"),
    ],
)
def test_glued_words_are_cut_apart(typed: str, folded: str) -> None:
    assert meant(typed) == folded


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("ko dc", "không được"),
        ("hk bít", "không"),
        ("mn", "mọi người"),
        ("bn suất", "bao nhiêu suất"),
        ("ntn", "như thế nào"),
        ("bả", "bà ấy"),
        ("trc 1/10", "trước 1/10"),
    ],
)
def test_teencode(typed: str, full: str) -> None:
    assert toned(typed).startswith(full)


@pytest.mark.parametrize("typed", ["ba", "ba làm tổ trưởng 12 năm", "ba nhiệm kỳ", "BA"])
def test_without_its_tone_ba_is_not_ba_ay(typed: str) -> None:
    assert "ay" not in meant(typed).split()
    assert "ba" in meant(typed).split()


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("q3", "quan 3"),
        ("Q.3", "quan 3"),
        ("ct40", "chi thi 40"),
        ("kh71", "ke hoach 71"),
        ("KDC họp", "khu dan cu hop"),
        ("hs khen", "ho so khen"),
        ("xem tc 3.15", "xem tieu chi 3.15"),
        ("nq 18", "nghi quyet 18"),
        ("tdp5", "to dan pho 5"),
    ],
)
def test_short_forms_of_offices_and_papers(typed: str, folded: str) -> None:
    assert meant(typed) == folded


def test_short_forms_name_the_same_papers() -> None:
    for short, full in (("q3", "quận 3"), ("ct40", "chỉ thị 40"), ("kh71", "kế hoạch 71")):
        named = knowledge().read(short).documents
        assert named
        assert named == knowledge().read(full).documents


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("khen thuongg", "khen thuong"),
        ("dannh sách", "danh sach"),
        ("danh sahc", "danh sach"),
        ("cong trihn", "cong trinh"),
        ("kế hoặch", "ke hoach"),
    ],
)
def test_slips_are_mended(typed: str, folded: str) -> None:
    assert meant(typed) == folded


@pytest.mark.parametrize(
    "text",
    [
        "lãi suất ngân hàng",
        "vé máy bay",
        "thuế đất",
        "nguyễn văn an",
        "phở bò",
        "bằng lái xe",
        "bánh mì",
        "máy lọc nước",
        "xuất khẩu",
        "phạt",
        "con mèo",
        "giá xăng hôm nay",
        "xăng dầu",
        "kỉ luật",
        "quản lí",
    ],
)
def test_words_about_something_else_stay(text: str) -> None:
    assert toned(text) == text


def test_a_guess_is_known_as_one() -> None:
    assert not knowledge().read("nopopj").words[0].known
    assert knowledge().read("nộp").words[0].known


@pytest.mark.parametrize("syllable", ["nguyen", "hoach", "thuong", "khuya", "ngoeo", "yeu", "quy", "gi", "nghieng"])
def test_syllables_that_can_be(syllable: str) -> None:
    assert is_legal(syllable)


@pytest.mark.parametrize("letters", ["thuongg", "sahc", "bitcoin", "ddat", "trihn", "covid", "", "k"])
def test_strings_that_can_be_no_syllable(letters: str) -> None:
    assert not is_legal(letters)


def test_every_word_of_the_quotes_is_a_syllable_or_a_name_of_something() -> None:
    words = {word for entry in knowledge().library.entries.values() for word in plain_words(entry.title)}
    odd = {word.folded for word in words if word.folded.isalpha() and not is_legal(word.folded)}
    assert len(odd) < 0.1 * len(words), sorted(odd)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_the_same_twice(text: str) -> None:
    first, second = knowledge().read(text), knowledge().read(text)
    assert first == second
    assert all(word.folded for word in first.words)


@given(st.text("abcdefghiklmnopqrstuvxy", min_size=1, max_size=600))
def test_letters_without_spaces_end_in_words(text: str) -> None:
    assert len(meant(text).replace(" ", "")) <= 500 + 60


def test_a_legal_syllable_alone_is_never_changed() -> None:
    for syllable in sorted(legal_syllables())[::97]:
        words = knowledge().read(syllable).words
        assert len(words) != 1 or words[0].folded == syllable or words[0].known, syllable
