"""English is told from Vietnamese without diacritics, from Telex, and from a few borrowed words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.english import FUNCTION_WORDS, is_english, stems

GLOSSARY = frozenset({"ward", "deadline", "award", "office", "list", "poor", "household"})


@pytest.mark.parametrize(
    "message",
    [
        "When must the ward send the list",
        "what is the deadline",
        "Which offices in Duc Pho should a ward tell",
        "poor household award",
    ],
)
def test_english(message: str) -> None:
    assert is_english(message.split(), GLOSSARY)


@pytest.mark.parametrize(
    "message",
    [
        "han nop danh sach la khi nao",
        "ddieemf hanj nopj laf khi naof",
        "deadline nộp danh sách là bữa nào",
        "to em co 5 ho ngheo",
        "award",
        "",
    ],
)
def test_not_english(message: str) -> None:
    assert not is_english(message.split(), GLOSSARY)


@given(st.lists(st.text(max_size=12), max_size=12))
def test_anything_may_be_asked(chunks: list[str]) -> None:
    assert is_english(chunks, GLOSSARY) in (True, False)


@pytest.mark.parametrize(
    ("word", "stem"), [("offices", "office"), ("duties", "duty"), ("asked", "ask"), ("filing", "file")]
)
def test_endings_are_taken_off(word: str, stem: str) -> None:
    assert word in stems(word)
    assert stem in stems(word)


def test_words_that_say_nothing_are_lower_case() -> None:
    assert {word.lower() for word in FUNCTION_WORDS} == FUNCTION_WORDS
