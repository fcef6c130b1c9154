"""Finding many fixed phrases in a message at once, minding diacritics where the person typed them."""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from knowledge.lexicon import Phrase
from knowledge.spelling import Word

# The third of its words where the first three stand side by side, else empty; and whose the phrase is.
_Labelled = tuple[str, Phrase, list[str]]
_NONE: list[_Labelled] = []
# Words that a "…" in a phrase may stand for.
GAP = 5


class Span(NamedTuple):
    """A phrase found in a message: whose it is, where it starts, how many words it takes."""

    label: str
    start: int
    length: int

    @property
    def end(self) -> int:
        """Position after its last word."""
        return self.start + self.length


class PhraseIndex:
    """Labelled phrases by their first two words: the first alone begins many that do not go on as the message does."""

    def __init__(self, labelled: Iterable[tuple[str, Phrase]]) -> None:
        # One phrase may be a keyword of many entries: it is compared once.
        alike: dict[Phrase, list[str]] = {}
        for label, phrase in labelled:
            alike.setdefault(phrase, []).append(label)
        # Under "": phrases of one word, or with a gap behind the first.
        self._by_words: dict[str, dict[str, list[_Labelled]]] = {}
        for phrase, labels in alike.items():
            first, second, third = (*phrase.folded, None, None, None)[:3]
            if first is not None:
                fitting = self._by_words.setdefault(first, {}).setdefault(second or "", [])
                fitting.append((third or "" if second else "", phrase, labels))

    def may_find(self, folded: Set[str]) -> bool:
        """Whether any phrase begins with one of some folded words: if not, there is nothing to look for."""
        return not self._by_words.keys().isdisjoint(folded)

    def find(self, words: Sequence[Word]) -> Iterator[Span]:
        """Every phrase at every position, also overlapping ones."""
        by_words = self._by_words
        for start, word in enumerate(words):
            by_second = by_words.get(word.folded)
            if by_second is None:
                continue
            following = words[start + 1].folded if start + 1 < len(words) else ""
            fitting = by_second.get("", _NONE)
            if following in by_second and following:
                fitting = [*fitting, *by_second[following]]
            behind = words[start + 2].folded if start + 2 < len(words) else ""
            for third, phrase, labels in fitting:
                if third and third != behind:
                    continue
                length = _matched(words, start, phrase)
                if length:
                    yield from (Span(label, start, length) for label in labels)

    def longest(self, words: Sequence[Word]) -> list[Span]:
        """Phrases from left to right without overlap, at each place the longest."""
        return apart(list(self.find(words)))


def apart(spans: list[Span]) -> list[Span]:
    """Those of some spans that do not overlap, from left to right: at each place the longest."""
    if len(spans) < 2:
        return spans
    found: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda span: (-span.length, span.start)):
        # What is taken is no shorter: where they overlap, it holds one end of this one.
        if span.start not in taken and span.end - 1 not in taken:
            found.append(span)
            taken.update(range(span.start, span.end))
    return sorted(found, key=lambda span: span.start)


def _matched(words: Sequence[Word], start: int, phrase: Phrase) -> int:
    """How many words the phrase takes from a position, or 0."""
    position = start
    gap = 0
    for folded, toned in zip(phrase.folded, phrase.toned, strict=True):
        if folded is None or toned is None:
            gap = GAP
            continue
        position = _next(words, position, gap, folded, toned, phrase.strict)
        if position < 0:
            return 0
        gap = 0
    return position - start


def _next(words: Sequence[Word], position: int, gap: int, folded: str, toned: str, strict: bool) -> int:
    for at in range(position, min(position + gap + 1, len(words))):
        if says(words[at], folded, toned, strict):
            return at + 1
    return -1


def says(word: Word, folded: str, toned: str, strict: bool = False) -> bool:
    """Whether a typed word is this word: by tones where they were typed, else by letters."""
    if word.folded != folded:
        return False
    if word.accented or strict:
        return word.toned == toned
    return True
