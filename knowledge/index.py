"""BM25 over words and adjacent pairs of words, in plain dictionaries.

With k1 1.2 and b 0.6, as measured on this corpus. Scores are divided by what an ideal match would get, so that
they can be compared between questions.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

K1 = 1.2
B = 0.6
# Postings looked at for one question; rarer terms first. Small collections never reach it.
BUDGET = 15_000

Weights = list[dict[str, float]]


def with_pairs(words: Sequence[str]) -> list[str]:
    """Words and their adjacent pairs, as terms."""
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


class Terms:
    """How rare each term of some texts is, and what it weighs in each text."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        counts = [Counter(text) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        frequency = Counter(term for count in counts for term in count)
        self.idf = {term: math.log(1 + (len(texts) - found + 0.5) / (found + 0.5)) for term, found in frequency.items()}
        self.unknown_idf = 0.6 * max(self.idf.values(), default=1.0)
        self.weights: Weights = []
        for count, length in zip(counts, lengths, strict=True):
            norm = K1 * (1 - B + B * length / average)
            self.weights.append({term: self.idf[term] * n * (K1 + 1) / (n + norm) for term, n in count.items()})

    def ideal(self, terms: Mapping[str, float], most: float) -> float:
        """What a perfect match for weighted terms would get, at most `most`; unknown terms count as rare."""
        total = sum(weight * (self.idf.get(term) or self.unknown_idf) for term, weight in terms.items())
        return min(total, most) or 1.0


class Bm25:
    """An index over texts given as lists of terms; texts are known by their position."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        self.terms = Terms(texts)
        # Numbers side by side: a question goes through thousands, and objects would lie all over the memory.
        self._postings: dict[str, tuple[array[int], array[float]]] = {}
        for position, weights in enumerate(self.terms.weights):
            for term, weight in weights.items():
                positions, scores = self._postings.setdefault(term, (array("l"), array("d")))
                positions.append(position)
                scores.append(weight)
        self.terms.weights.clear()

    def scores(self, terms: Mapping[str, float]) -> dict[int, float]:
        """Texts that share a term with the question, by position, with the sum of weighted scores."""
        found: dict[int, float] = {}
        left = BUDGET
        known = [(self._postings[term], weight) for term, weight in terms.items() if term in self._postings]
        for (positions, scores), weight in sorted(known, key=lambda item: len(item[0][0])):
            if left < len(positions) and found:
                break
            left -= len(positions)
            get = found.get
            for position, score in zip(positions, scores, strict=True):
                found[position] = get(position, 0.0) + weight * score
        return found


class GroupedBm25:
    """An index over texts that belong to owners; asked for the best text of one owner at a time."""

    def __init__(self, texts: Sequence[Iterable[str]], owners: Sequence[int]) -> None:
        self.terms = Terms(texts)
        # Positions and weights in turn, side by side in memory.
        self._by_owner: dict[int, dict[str, array[float]]] = {}
        for position, (owner, weights) in enumerate(zip(owners, self.terms.weights, strict=True)):
            postings = self._by_owner.setdefault(owner, {})
            for term, weight in weights.items():
                postings.setdefault(term, array("d")).extend((position, weight))
        self.terms.weights.clear()

    def best(self, owner: int, terms: Mapping[str, float]) -> tuple[float, int]:
        """The highest score among an owner's texts and the position of that text; 0 and -1 where none matches."""
        postings = self._by_owner.get(owner, {})
        found: dict[float, float] = {}
        # In the question's order: that of a set differs from one start to the next, and with it the last digit.
        get = found.get
        for term, weight in terms.items():
            if term in postings:
                pairs = iter(postings[term])
                for position, score in zip(pairs, pairs, strict=True):
                    found[position] = get(position, 0.0) + weight * score
        # The first of equals.
        best = max(sorted(found), key=found.__getitem__, default=-1.0)
        return get(best, 0.0), int(best)
