"""BM25 over words and adjacent pairs of words, in plain dictionaries.

With k1 1.2 and b 0.6, as measured on this corpus. Scores are divided by what an ideal match would get, so that
they can be compared between questions.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

K1 = 1.2
B = 0.6
# Postings looked at for one question; rarer terms first. Small collections never reach it.
BUDGET = 40_000


def with_pairs(words: Sequence[str]) -> list[str]:
    """Words and their adjacent pairs, as terms."""
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


class Bm25:
    """An index over texts given as lists of terms; texts are known by their position."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        counts = [Counter(text) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        frequency = Counter(term for count in counts for term in count)
        self._idf = {
            term: math.log(1 + (len(texts) - found + 0.5) / (found + 0.5)) for term, found in frequency.items()
        }
        self.unknown_idf = 0.6 * max(self._idf.values(), default=1.0)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for position, count in enumerate(counts):
            norm = K1 * (1 - B + B * lengths[position] / average)
            for term, times in count.items():
                weight = self._idf[term] * times * (K1 + 1) / (times + norm)
                self._postings.setdefault(term, []).append((position, weight))

    def idf(self, term: str) -> float | None:
        """How rare a term is; None where no text has it."""
        return self._idf.get(term)

    def scores(self, terms: Mapping[str, float]) -> dict[int, float]:
        """Texts that share a term with the question, by position, with the sum of weighted scores."""
        found: dict[int, float] = {}
        left = BUDGET
        known = sorted((term for term in terms if term in self._postings), key=lambda term: len(self._postings[term]))
        for term in known:
            postings = self._postings[term]
            weight = terms[term]
            if left < len(postings) and found:
                break
            left -= len(postings)
            for position, score in postings:
                found[position] = found.get(position, 0.0) + weight * score
        return found
