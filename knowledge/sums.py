"""What several units owe together: the rows of a table that a question names, times the units that it counts."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from knowledge.figures import without_names
from knowledge.folding import fold
from knowledge.model import Entry, Quantity
from knowledge.phrases import PhraseIndex
from knowledge.reading import Reading
from knowledge.rows import labelled_phrases, pick_row, pick_rows
from knowledge.spelling import Word
from knowledge.spoken import WORDS, spoken
from knowledge.verdicts import Total

_TOGETHER = re.compile(
    r"\b(?:cong (?:cap|ca|hai|don|gop)|tinh gop|gop lai|cong lai|tong (?:cong|so|bao nhieu|may|la|thanh|het)|tat ca"
    r"|ca thay|het thay|altogether|in all|in total|total)\b"
)
# Words behind which a number is a name: "quận 3".
_NUMBERED = frozenset({"quan", "phuong", "to", "muc"})
_OFFICES = re.compile(r"\b(\d{1,3}) (?:co quan|don vi|noi|to chuc|doan the|hoi|offices|units|bodies)\b")
# What is to be counted, and what people call a place on an award list or a work.
_COUNTED = re.compile(r"\b(?:bao nhieu|may|nhieu) (?!nhat\b|vay\b|a\b|ta\b|the\b)([a-z]+)")
_THINGS = frozenset({"cai", "viec", "suat", "bang", "cho", "giay", "nguoi", "tap", "ca", "khen", "mo"})
# Whom a row that has no name binds: "ở mỗi phường, xã".
_EACH = re.compile(r"\bmỗi (.+)")
# What units are called, by their first words.
_UNITS = frozenset({"truong", "phuong", "xa", "phong", "chi", "dang", "hoi", "doan", "thon", "ban", "don"})
# Words of the longest number before a noun, and behind which "năm" is five and no year.
_MOST_WORDS = 3
_COUNTING = frozenset({"", "co", "cua", "ca", "thi", "voi", "va"})


def is_sum(reading: Reading) -> bool:
    """Whether a question wants numbers added up."""
    return bool(_TOGETHER.search(reading.folded))


def total_of(entry: Entry, reading: Reading) -> Total | None:
    """The sum over several units, where it is asked for and each of them owes a number of its own."""
    if not is_sum(reading):
        return None
    named = pick_rows([row for row in entry.quantities if row.key], reading)
    if len(named) > 1 and not any(row.per for row in named) and len({row.unit for row in named}) == 1:
        return Total(tuple((1, row) for row in named), sum(row.value for row in named))
    rows = tuple(row for row in entry.quantities if row.per and row.unit != "%")
    spans = list(_owing(rows).find(reading.words))
    parts = {int(span.label): count for span in spans if (count := _before(reading.words, span.start))}
    row, counted = pick_row(rows, reading, sure=True), _OFFICES.search(without_names(reading.numbered))
    if row and row.key and counted and len(parts) < 2:
        # "Năm đoàn thể quận với mặt trận, tức 6 cơ quan": that is how many they are.
        parts = {rows.index(row): int(counted[1])}
    elif _counts_others(reading.words, {span.start for span in spans}):
        return None
    found = tuple((count, rows[place]) for place, count in parts.items() if _is_counted(rows[place], reading))
    return Total(found, sum(count * row.value for count, row in found)) if found else None


@lru_cache(maxsize=1024)
def _owing(rows: tuple[Quantity, ...]) -> PhraseIndex:
    """An index of what the units are called that owe each row, labelled with its position."""
    return labelled_phrases(tuple((str(place), name) for place, row in enumerate(rows) for name in _names(row) if name))


def _names(row: Quantity) -> Sequence[str]:
    if row.key:
        return (row.key, *row.aliases)
    each = _EACH.search(row.scope)
    return [name for text in (row.per, each[1] if each else "") for name in text.split(", ") if name != "năm"]


def _is_counted(row: Quantity, reading: Reading) -> bool:
    """Whether what a question wants counted is what a row counts, or goes by no name."""
    counted = _COUNTED.search(reading.folded)
    return counted is None or counted[1] in _THINGS or counted[1] in fold(row.unit).replace(",", "").split()


def _counts_others(words: Sequence[Word], found: Collection[int]) -> bool:
    """Whether a question counts units that no row was found for: their sum would lack them."""
    units = (place for place, word in enumerate(words) if word.folded in _UNITS and place not in found)
    return any(_before(words, place) for place in units)


def _before(words: Sequence[Word], place: int) -> int:
    """The number that stands before a word, in digits or words; 0: none."""
    if not place or (words[place - 1].is_number and place > 1 and words[place - 2].folded in _NUMBERED):
        return 0
    if words[place - 1].folded.isdigit():
        return int(words[place - 1].folded)
    start = place
    while place - start < _MOST_WORDS and start and words[start - 1].folded in WORDS:
        start -= 1
    return _said(words, start, place)


def _said(words: Sequence[Word], start: int, end: int) -> int:
    folded = [word.folded for word in words[start:end]]
    before = words[start - 1].folded if start else ""
    number = None if folded == ["nam"] and before not in _COUNTING else spoken(folded)
    whole = number is not None and number[1] == len(folded) and number[0].denominator == 1
    return int(number[0]) if number and whole else 0
