"""BM25 over words and adjacent pairs of words.

With k1 1.2 and b 0.6, as measured on this corpus. Scores are divided by what an ideal match would get, so that
they can be compared between questions.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from operator import itemgetter
from sys import intern
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.6
# Postings looked at for one question; rarer terms first. Small collections never reach it.
BUDGET = 60_000

Scores = NDArray[np.float64]
_Number = TypeVar("_Number", np.int32, np.float64)


def with_pairs(words: Sequence[str]) -> list[str]:
    """Words and their adjacent pairs, as terms."""
    # Most pairs stand in several texts: one string for all of them.
    return [*words, *(intern(f"{first} {second}") for first, second in pairwise(words))]


class Bm25:
    """An index over texts given as lists of terms; texts are known by their position."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        counts = [Counter(text) for text in texts]
        self.size = len(counts)
        # How many texts hold each term, and where its postings begin: all of them lie side by side.
        self._found = Counter(chain.from_iterable(counts))
        self._starts_at = dict(zip(self._found, accumulate(self._found.values(), initial=0), strict=False))
        self._rarities = {n: math.log(1 + (self.size - n + 0.5) / (n + 0.5)) for n in set(self._found.values())}
        self.unknown_idf = 0.6 * max(self._rarities.values(), default=1.0)
        self._places, self._weights = self._posted(counts)

    def _posted(self, counts: Sequence[Counter[str]]) -> tuple[NDArray[np.int32], Scores]:
        """The texts that hold each term, in the order of the terms, and what it weighs there."""
        starts = self._starts_at
        terms = np.array([starts[term] for term in chain.from_iterable(counts)], np.int32)
        times = np.array(list(chain.from_iterable(count.values() for count in counts)), np.float64)
        lengths = np.array([count.total() for count in counts], np.float64)
        places = np.repeat(np.arange(self.size, dtype=np.int32), [len(count) for count in counts])
        norms = K1 * (1 - B + B * lengths / (lengths.mean() or 1.0)) if len(lengths) else lengths
        order = np.argsort(terms, kind="stable")
        idf = np.repeat([self._rarities[n] for n in self._found.values()], list(self._found.values()))
        times, places = times[order], places[order]
        is_word = np.repeat([" " not in term for term in self._found], list(self._found.values()))
        # How rare the words of each text are together, pairs left out.
        self.rarity = np.bincount(places, idf * is_word, self.size)
        return places, idf * times * (K1 + 1) / (times + norms[places])

    def __contains__(self, term: str) -> bool:
        return term in self._found

    def idf(self, term: str) -> float:
        """How rare a term is; 0 for those that no text has."""
        found = self._found.get(term)
        return self._rarities[found] if found else 0.0

    def ideal(self, terms: Mapping[str, float], most: float) -> float:
        """What a perfect match for weighted terms would get, at most `most`; unknown terms count as rare."""
        total = sum(weight * (self.idf(term) or self.unknown_idf) for term, weight in terms.items())
        return min(total, most) or 1.0

    def scores(self, terms: Mapping[str, float]) -> Scores:
        """The sum of weighted scores of every text, by position; 0 for those that share no term."""
        return self.find(terms).scores(terms)

    def find(self, terms: Iterable[str]) -> "Postings":
        """Where the rarest of some terms are that fit into the budget together, at least one."""
        known = [(term, self._found[term]) for term in terms if term in self._found]
        if sum(count for _, count in known) > BUDGET:
            known.sort(key=itemgetter(1))
            spent = list(accumulate(count for _, count in known))
            known = known[: max(bisect_right(spent, BUDGET), 1)]
        within = [slice(start := self._starts_at[term], start + count) for term, count in known]
        counts = np.array([count for _, count in known], np.intp)
        places, weights = _joined(self._places, within), _joined(self._weights, within)
        return Postings([term for term, _ in known], counts, places, weights, self.size)


def _joined(values: NDArray[_Number], within: Sequence[slice]) -> NDArray[_Number]:
    return np.concatenate([values[part] for part in within]) if within else values[:0]


@dataclass(frozen=True, slots=True)
class Postings:
    """The texts that hold some terms, one after the other: how many hold each term, their positions, what it weighs."""

    terms: Sequence[str]
    counts: NDArray[np.intp]
    places: NDArray[np.int32]
    weights: Scores
    # Of the index.
    size: int

    def scores(self, terms: Mapping[str, float]) -> Scores:
        """The sum of weighted scores of every text, by position; 0 for those that share none of the terms."""
        return self._summed(self._each(terms) * self.weights)

    def held(self, terms: Mapping[str, float]) -> Scores:
        """For every text the sum of what those of the terms weigh that it holds."""
        return self._summed(self._each(terms))

    def _each(self, terms: Mapping[str, float]) -> Scores:
        return np.repeat(np.array([terms.get(term, 0.0) for term in self.terms], np.float64), self.counts)

    def _summed(self, values: Scores) -> Scores:
        return np.bincount(self.places, values, self.size).astype(np.float64, copy=False)


class GroupedBm25(Bm25):
    """An index over texts that belong to owners; an owner is as good as the best of its texts."""

    def __init__(self, texts: Sequence[Sequence[Iterable[str]]]) -> None:
        """Index the texts of each owner, of which every owner has at least one."""
        super().__init__([text for own in texts for text in own])
        ends = np.cumsum([len(own) for own in texts], dtype=np.int64)
        self._starts = [0, *ends.tolist()]
        self._firsts = np.array(self._starts[:-1], np.intp)

    def best(self, scores: Scores) -> Scores:
        """The highest score among each owner's texts, of the scores of all texts."""
        return np.maximum.reduceat(scores, self._firsts) if len(scores) else scores

    def place(self, owner: int, scores: Scores) -> int:
        """Position of the text by which an owner has its highest score, the first of equals; -1 where that is 0."""
        start = self._starts[owner]
        place = start + int(scores[start : self._starts[owner + 1]].argmax())
        return place if scores[place] else -1
