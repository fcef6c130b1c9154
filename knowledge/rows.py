"""Which row of a table, part of a criterion or deadline of an entry a question means."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from knowledge.folding import folded_words
from knowledge.lexicon import Phrase
from knowledge.model import Deadline, Entry, Quantity
from knowledge.phrases import PhraseIndex
from knowledge.reading import Reading
from knowledge.spelling import Word


@lru_cache(maxsize=4096)
def labelled_phrases(pairs: tuple[tuple[str, str], ...]) -> PhraseIndex:
    """An index of labelled phrases, made once for each set of them."""
    return PhraseIndex((label, Phrase.of(text)) for label, text in pairs)


def phrases(texts: tuple[str, ...]) -> PhraseIndex:
    """An index of phrases without labels."""
    return labelled_phrases(tuple(("", text) for text in texts if text))


def pick_row(rows: Sequence[Quantity], reading: Reading, *, sure: bool = False) -> Quantity | None:
    """The row or part whose own words the question uses most; with `sure` only where it uses some."""
    best: tuple[float, Quantity] | None = None
    asked = {word.folded for word in reading.topic}
    for row in rows:
        own = _words_of(row)
        length = _longest(own.names, reading.topic, asked)
        shared = 0 if sure else sum(word.toned in own.scope for word in reading.topic if not word.is_number)
        if not length:
            length = _overlap(own, asked)
        value = length + 0.1 * shared
        if (length or shared >= 2) and (best is None or value > best[0]):
            best = (value, row)
    if best:
        return best[1]
    return None if sure or len(rows) != 1 else rows[0]


@lru_cache(maxsize=4096)
def names_of(rows: tuple[Quantity, ...]) -> PhraseIndex:
    """An index of what rows are called, labelled with their positions."""
    return labelled_phrases(tuple((str(i), a) for i, row in enumerate(rows) for a in (row.key, *row.aliases) if a))


def pick_rows(rows: Sequence[Quantity], reading: Reading) -> tuple[Quantity, ...]:
    """All rows that the question names in words of their own; where none is named surely, none."""
    named = dict.fromkeys(int(span.label) for span in names_of(tuple(rows)).longest(reading.topic))
    if len(named) > 1:
        return tuple(rows[i] for i in named)
    row = pick_row(rows, reading, sure=True)
    return (row,) if row else ()


@dataclass(frozen=True, slots=True)
class _Words:
    """The words by which a row is told: its key and aliases as phrases and folded, and the words of its scope."""

    names: PhraseIndex
    folded: tuple[tuple[str, ...], ...]
    scope: frozenset[str]


@lru_cache(maxsize=4096)
def _words_of(row: Quantity) -> _Words:
    names = (row.key, *row.aliases)
    return _Words(phrases(names), tuple(map(folded_words, names)), frozenset(row.scope.lower().split()))


def _longest(names: PhraseIndex, words: Sequence[Word], folded: Set[str]) -> float:
    """How many words the longest phrase has that is among some words; `folded` are the same words."""
    return max((span.length for span in names.find(words)), default=0) if names.may_find(folded) else 0


def _overlap(own: _Words, asked: Set[str]) -> float:
    """How many words of the row's longest alias the question has, where it has most of them."""
    best = 0.0
    for words in own.folded:
        shared = sum(word in asked for word in words)
        if shared >= 2 and shared >= 0.6 * len(words):
            best = max(best, 0.5 * shared)
    return best


@lru_cache(maxsize=4096)
def _words_of_deadline(deadline: Deadline) -> tuple[PhraseIndex, frozenset[str]]:
    return phrases(deadline.aliases), frozenset(f"{deadline.what} {deadline.who}".lower().split())


def pick_deadline(entry: Entry, reading: Reading) -> Deadline | None:
    """The one of an entry's deadlines whose words the question uses; the first where it uses none."""
    asked = {word.folded for word in reading.words}

    def fit(deadline: Deadline) -> float:
        index, own = _words_of_deadline(deadline)
        return 2.0 * _longest(index, reading.words, asked) + 0.3 * sum(word.toned in own for word in reading.words)

    return max(entry.deadlines, key=fit, default=None)
