"""Which entries a question may be about: two BM25 views, and how well each candidate really fits.

One view has a text for every surface (a question people ask, a title, a sentence of the quote), the other one
text for every entry. What a candidate gets is the sum of both, each divided by what an ideal match would get.
"""

import heapq
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.index import Bm25, with_pairs
from knowledge.model import Entry, Library
from knowledge.reading import Reader, Reading, Term
from knowledge.spelling import Vocabulary, plain_words

# Candidates whose fit is examined closely.
CANDIDATES = 12
# Entries whose score may be raised by what is known beside the words.
BOOSTED = 60
# The most that the words of a question can weigh together, in units of idf.
STORY = 75.0
# The most that a word which only says which field is asked may weigh.
ASKING_IDF = 1.2
_SENTENCE = re.compile(r"(?<=[.;:])\s+|\n+|\[…\]")


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate: its score, and how question and entry cover each other (all 0–1 but the score)."""

    entry: Entry
    score: float
    # Share of the question's weight that the best surface has, and the other way round.
    asked: float
    said: float
    # Share of the question's weight that the whole entry has.
    covered: float
    pairs: float


def surfaces(entry: Entry) -> Iterable[str]:
    """The texts by which an entry can be found, one each."""
    yield from entry.questions
    yield from entry.asked
    yield entry.title
    yield entry.title_en
    yield entry.section
    if entry.keywords:
        yield " , ".join(entry.keywords)
    yield from (piece for piece in _SENTENCE.split(entry.quote) if len(piece) > 8)
    yield from entry.items
    for agencies in entry.agencies:
        yield f"{agencies.label} {', '.join(agencies.names)}"
    for row in entry.quantities:
        if row.aliases:
            yield f"{row.key} {', '.join(row.aliases)}"
    for deadline in entry.deadlines:
        yield f"{deadline.what} {deadline.who} {', '.join(deadline.aliases)}"


def vocabulary(library: Library, others: Iterable[Sequence[str]]) -> Vocabulary:
    """The words of all surfaces, and phrases that the lexicon knows besides."""
    counts: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    known: set[str] = set()
    for entry in library.entries.values():
        for text in surfaces(entry):
            words = [word.folded for word in plain_words(text)]
            if text == entry.title_en:
                known.update(words)
                continue
            counts.update(words)
            pairs.update(pairwise(words))
    for phrase in others:
        known.update(phrase)
        pairs.update(pairwise(phrase))
    return Vocabulary(counts, frozenset(pairs), frozenset(known))


def canonical_number(word: str) -> str:
    """Numbers without leading zeros, so that 01 and 1 are one; dates likewise."""
    if not word[0].isdigit():
        return word
    return re.sub(r"\b0+(?=\d)", "", word) if "," not in word and "." not in word else word


class Ranker:
    """Both views over one library."""

    def __init__(self, library: Library, reader: Reader) -> None:
        self._reader = reader
        self._entries = list(library.entries.values())
        self._position = {entry.id: position for position, entry in enumerate(self._entries)}
        names = {d.id: f"{d.locality} {d.number} {' '.join(d.names[:3])}" for d in library.documents.values()}
        texts: list[list[str]] = []
        self._owner: list[int] = []
        whole: list[list[str]] = []
        for position, entry in enumerate(self._entries):
            parts = [self._words(text) for text in surfaces(entry)]
            texts += (with_pairs(part) for part in parts)
            self._owner += [position] * len(parts)
            whole.append([term for part in parts for term in with_pairs(part)] + self._words(names[entry.document]))
        self._sets = [frozenset(text) for text in texts]
        self._bags = [frozenset(text) for text in whole]
        self._surface_view = Bm25(texts)
        self._entry_view = Bm25(whole)
        self._toned = self._toned_forms(library)

    def _words(self, text: str) -> list[str]:
        return [canonical_number(term.word) for term in self._reader.terms(plain_words(text))]

    def _toned_forms(self, library: Library) -> frozenset[str]:
        return frozenset(
            word.toned for entry in library.entries.values() for text in surfaces(entry) for word in plain_words(text)
        )

    def holds(self, entry: Entry, words: Iterable[str]) -> bool:
        """Whether an entry has all of some canonical words."""
        bag = self._bags[self._position[entry.id]]
        return all(canonical_number(word) in bag for word in words)

    def rarity(self, word: str) -> float:
        """How rare a canonical word is among the surfaces; 0 for unknown words."""
        return self._surface_view.idf(canonical_number(word)) or 0.0

    def knows(self, word: str) -> bool:
        """Whether any entry has a folded word."""
        return self._surface_view.idf(word) is not None

    def weights(self, terms: Sequence[Term]) -> dict[str, float]:
        """Terms of a question with the weight that each has in scoring."""
        found: dict[str, float] = {}
        words = [canonical_number(term.word) for term in terms]
        for term, word in zip(terms, words, strict=True):
            weight = term.weight
            if term.asking and weight:
                idf = self._surface_view.idf(word) or self._surface_view.unknown_idf
                weight = min(weight, ASKING_IDF / max(idf, ASKING_IDF))
            found[word] = max(found.get(word, 0.0), weight)
        for (first, a), (second, b) in zip(
            zip(terms, words, strict=True), list(zip(terms, words, strict=True))[1:], strict=False
        ):
            pair = f"{a} {b}"
            if self._surface_view.idf(pair) is not None:
                found[pair] = max(0.3, 0.5 * (min(first.weight, 1) + min(second.weight, 1)))
        return found

    def rank(
        self,
        reading: Reading,
        only: Collection[str] = (),
        boost: Callable[[Entry], float] = lambda _: 0.0,
        also: Iterable[str] = (),
    ) -> list[Match]:
        """The best candidates, best first; ties by id.

        `only` keeps to some documents; `boost` is added to the scores of the best entries and of those in `also`.
        """
        weights = self.weights(reading.terms)
        ideal_surface = self._ideal(self._surface_view, weights)
        ideal_entry = self._ideal(self._entry_view, weights)
        scores: dict[int, float] = {}
        best: dict[int, tuple[float, int]] = {}
        for surface, score in self._surface_view.scores(weights).items():
            owner = self._owner[surface]
            if score > best.get(owner, (0.0, 0))[0]:
                best[owner] = (score, surface)
        for owner, score in self._entry_view.scores(weights).items():
            scores[owner] = score / ideal_entry + best.get(owner, (0.0, 0))[0] / ideal_surface
        if only:
            scores = {o: s for o, s in scores.items() if self._entries[o].document in only}
        best_raw = heapq.nlargest(BOOSTED, scores.items(), key=lambda item: item[1])
        boosted = dict(best_raw) | {o: scores.get(o, 0.0) for e in also for o in (self._position[e],)}
        boosted = {owner: score + boost(self._entries[owner]) for owner, score in boosted.items()}
        ordered = sorted(boosted.items(), key=lambda item: (-item[1], self._entries[item[0]].id))[:CANDIDATES]
        return [self._match(owner, score, best.get(owner, (0.0, -1))[1], weights, reading) for owner, score in ordered]

    def _ideal(self, view: Bm25, weights: Mapping[str, float]) -> float:
        """What a perfect match would get; a long story is not held against the few words that matter in it."""
        return min(sum(weight * (view.idf(term) or view.unknown_idf) for term, weight in weights.items()), STORY) or 1.0

    def _match(self, owner: int, score: float, surface: int, weights: Mapping[str, float], reading: Reading) -> Match:
        view = self._surface_view
        words = {
            term: weight * (view.idf(term) or view.unknown_idf) for term, weight in weights.items() if " " not in term
        }
        foreign = {canonical_number(t.word) for t in reading.terms if t.toned and t.toned not in self._toned}
        pairs = [term for term in weights if " " in term]
        total = min(sum(words.values()), STORY / 2) or 1.0
        inside = self._sets[surface] if surface >= 0 else frozenset()
        bag = self._bags[owner]
        surface_words = [term for term in inside if " " not in term]
        said = sum(view.idf(term) or 0.0 for term in surface_words) or 1.0
        return Match(
            entry=self._entries[owner],
            score=score,
            asked=min(sum(w for term, w in words.items() if term in inside and term not in foreign) / total, 1.0),
            said=sum(view.idf(term) or 0.0 for term in surface_words if term in words) / said,
            covered=min(sum(w for term, w in words.items() if term in bag and term not in foreign) / total, 1.0),
            pairs=sum(term in bag for term in pairs) / max(len(pairs), 1),
        )
