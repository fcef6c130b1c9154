"""Which row of a table, part of a criterion or deadline of an entry a question means."""

from collections.abc import Sequence
from functools import lru_cache

from knowledge.folding import folded_words
from knowledge.lexicon import Phrase
from knowledge.model import Deadline, Entry, Quantity
from knowledge.phrases import PhraseIndex
from knowledge.reading import Reading


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
    for row in rows:
        index = phrases((row.key, *row.aliases))
        length: float = max((span.length for span in index.find(reading.topic)), default=0)
        own = set(row.scope.lower().split())
        shared = 0 if sure else sum(word.toned in own for word in reading.topic if not word.is_number)
        if not length:
            length = _overlap(row, reading)
        value = length + 0.1 * shared
        if (length or shared >= 2) and (best is None or value > best[0]):
            best = (value, row)
    if best:
        return best[1]
    return None if sure or len(rows) != 1 else rows[0]


def pick_rows(rows: Sequence[Quantity], reading: Reading) -> tuple[Quantity, ...]:
    """All rows that the question names in words of their own; where none is named surely, none."""
    index = labelled_phrases(tuple((str(i), a) for i, row in enumerate(rows) for a in (row.key, *row.aliases) if a))
    named = dict.fromkeys(int(span.label) for span in index.longest(reading.topic))
    if len(named) > 1:
        return tuple(rows[i] for i in named)
    row = pick_row(rows, reading, sure=True)
    return (row,) if row else ()


def _overlap(row: Quantity, reading: Reading) -> float:
    """How many words of the row's longest alias the question has, where it has most of them."""
    asked = {word.folded for word in reading.topic}
    best = 0.0
    for alias in (row.key, *row.aliases):
        words = folded_words(alias)
        shared = sum(word in asked for word in words)
        if shared >= 2 and shared >= 0.6 * len(words):
            best = max(best, 0.5 * shared)
    return best


def pick_deadline(entry: Entry, reading: Reading) -> Deadline | None:
    """The one of an entry's deadlines whose words the question uses; the first where it uses none."""

    def fit(deadline: Deadline) -> float:
        index = phrases(deadline.aliases)
        own = set(f"{deadline.what} {deadline.who}".lower().split())
        return 2.0 * max((s.length for s in index.find(reading.words)), default=0) + 0.3 * sum(
            word.toned in own for word in reading.words
        )

    return max(entry.deadlines, key=fit, default=None)
