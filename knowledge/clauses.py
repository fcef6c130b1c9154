"""Where the marks of a message stand, and where it asks two things: its clauses, each with a way to ask of its own."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from knowledge.folding import fold
from knowledge.phrases import Span, apart
from knowledge.spelling import Word

# Folded words between which a message has a mark.
Breaks = Collection[tuple[str, str]]

# The words on both sides of a mark: "9 tháng, mấy hôm nay" asks for no month.
_BREAK = re.compile(r"(?<![^\W_])([^\W_]+)\s*[,;:.?!+\n]\s*(?=([^\W_]+))")
# Words of the longest phrase that no mark may part.
UNPARTED = 3
# Words that join two questions. "còn" stays with what it begins: it leans on what stands before it.
_JOINING = frozenset({"va", "voi", "con", "roi", "cung", "and"})
_KEPT = frozenset({"con"})
# What a clause asks with besides the known ways, and what it begins with where it only names what is wanted.
_ASKING = frozenset({"gi", "nao", "dau", "sao"})
# Ways to ask that are also said of a thing: "ký kế hoạch phối hợp"; a word that asks stands beside them.
_NOUNS = frozenset({"lead", "advise", "implement", "coordinate", "form"})
# … and those that ask of what stands before them.
_LEANING = frozenset({"check", "locate", "late"})
_WANTED = frozenset(
    [("tieu", "chuan"), ("tieu", "chi"), ("dieu", "kien"), ("noi", "dung"), ("doi", "tuong"), ("hinh", "thuc")]
)
# Words of a longer message tell a story, of which the last words ask.
MOST_WORDS = 24
MOST_CLAUSES = 3
# Fewer words than this ask for nothing by themselves.
LEAST_WORDS = 2


def breaks_in(text: str) -> Breaks:
    """The folded words between which a clean text has a mark."""
    return {(fold(last), fold(first)) for last, first in _BREAK.findall(text)}


def unparted(spans: Iterable[Span], words: Sequence[Word], breaks: Breaks) -> Iterable[Span]:
    """The spans without those short ones that have a mark between their words."""
    if not breaks:
        return spans
    return (span for span in spans if not (1 < span.length <= UNPARTED and _parted(span, words, breaks)))


def _parted(span: Span, words: Sequence[Word], breaks: Breaks) -> bool:
    inside = words[span.start : span.end]
    return any((a.folded, b.folded) in breaks for a, b in pairwise(inside))


def clauses_of(words: Sequence[Word], breaks: Breaks, asked: Iterable[Span]) -> tuple[tuple[Word, ...], ...]:
    """The words of each of the two or three questions of a message; none where it asks once.

    `breaks` are the folded words between which it has a mark; `asked` the ways to ask that it uses.
    """
    if len(words) > MOST_WORDS:
        return ()
    spans = apart([span for span in asked if not _parted(span, words, breaks)])
    inside = {place for span in spans for place in range(span.start + 1, span.end)}
    borders = [place for place in range(1, len(words)) if place not in inside and _parts(words, place, breaks)]
    if not borders:
        return ()
    asking = _asking_places(words, spans, borders)
    found: list[tuple[Word, ...]] = []
    start = 0
    for place in borders:
        here = any(start <= other < place for other in asking)
        if here and any(place <= other for other in asking) and place - start >= LEAST_WORDS:
            found.append(_said(words[start:place]))
            start = place
    found.append(_said(words[start:]))
    return tuple(found) if 1 < len(found) <= MOST_CLAUSES and len(found[-1]) >= LEAST_WORDS else ()


def _asking_places(words: Sequence[Word], spans: Sequence[Span], borders: Sequence[int]) -> set[int]:
    """Where something is asked for: the first words of the known ways to ask, and others that ask."""
    taken = {place for span in spans if span.label not in _NOUNS for place in range(span.start, span.end)}
    leaning = {span.start for span in spans if span.label in _LEANING and span.start >= borders[0]}
    places = {span.start for span in spans if span.label not in ("none", *_NOUNS)} - leaning
    places |= {place for place, word in enumerate(words) if word.folded in _ASKING and place not in taken}
    # A clause that begins with what is wanted asks for it, with its joining word or without.
    begun = {0, *borders, *(place + 1 for place in borders)}
    folded = [word.folded for word in words]
    return places | {place for place in begun if tuple(folded[place : place + 2]) in _WANTED and place not in taken}


def _parts(words: Sequence[Word], place: int, breaks: Breaks) -> bool:
    return words[place].folded in _JOINING or (words[place - 1].folded, words[place].folded) in breaks


def _said(words: Sequence[Word]) -> tuple[Word, ...]:
    """A clause without the word that joins it to the one before."""
    joined = words[0].folded in _JOINING - _KEPT
    return tuple(words[1:] if joined else words)
