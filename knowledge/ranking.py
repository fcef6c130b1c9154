"""Which entries a question may be about: two BM25 views, and how well each candidate really fits.

One view has a text for every surface (a question people ask, a title, a sentence of the quote), the other one
text for every entry. What a candidate gets is the sum of both, each divided by what an ideal match would get.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from knowledge.index import Bm25, GroupedBm25, Postings, Scores, with_pairs
from knowledge.model import Entry, Library
from knowledge.reading import Reader, Reading, Term
from knowledge.spelling import Word, plain_words

# Candidates whose fit is examined closely.
CANDIDATES = 12
# Entries whose score may be boosted: the best ones without a boost.
BOOSTED = 20
# The most that the words of a question can weigh together, in units of idf.
STORY = 75.0
# The most that a word which only says which field is asked may weigh.
ASKING_IDF = 1.2
_SENTENCE = re.compile(r"(?<=[.;:])\s+|\n+|\[…\]")


# The words of every surface, by the id of its entry.
Written = Mapping[str, Sequence[Sequence[Word]]]


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as all its candidates are held against it."""

    # How rare each of its words is, and what each weighs that was not typed with other tones than any text has.
    rarity: Mapping[str, float]
    own: Mapping[str, float]
    total: float
    # By the position of an entry: the share of the question's weight, and of its pairs, that the entry has.
    covered: Scores
    pairs: Scores


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


def written(library: Library) -> Written:
    """Read all surfaces of a library."""
    return {entry.id: [plain_words(text) for text in surfaces(entry)] for entry in library.entries.values()}


def canonical_number(word: str) -> str:
    """Numbers without leading zeros, so that 01 and 1 are one; dates likewise."""
    if not word[0].isdigit():
        return word
    return re.sub(r"\b0+(?=\d)", "", word) if "," not in word and "." not in word else word


class Ranker:
    """Both views over one library."""

    def __init__(self, library: Library, reader: Reader, written: Written) -> None:
        self._reader = reader
        self._entries = list(library.entries.values())
        self._position = {entry.id: position for position, entry in enumerate(self._entries)}
        documents = np.array([entry.document for entry in self._entries])
        self._of_document = {name: np.flatnonzero(documents == name) for name in library.documents}
        names = {d.id: f"{d.locality} {d.number} {' '.join(d.names[:3])}" for d in library.documents.values()}
        read = [[self._canonical(words) for words in written[entry.id]] for entry in self._entries]
        # The words of each surface, each once, by its position in the first view.
        self._surfaces = [tuple(dict.fromkeys(words)) for own in read for words in own]
        texts = [[with_pairs(words) for words in own] for own in read]
        whole = [
            [term for text in own for term in text] + self._canonical(plain_words(names[entry.document]))
            for entry, own in zip(self._entries, texts, strict=True)
        ]
        # The words of each entry; pairs of them would need four times the memory.
        self._bags = [frozenset(term for term in text if " " not in term) for text in whole]
        self._surface_view = GroupedBm25(texts)
        self._entry_view = Bm25(whole)
        self._toned = frozenset(word.toned for own in written.values() for words in own for word in words)

    def _canonical(self, words: Sequence[Word]) -> list[str]:
        return [canonical_number(word) for word in self._reader.canonical(words)]

    def holds(self, entry: Entry, words: Iterable[str]) -> bool:
        """Whether an entry has all of some canonical words."""
        bag = self._bags[self._position[entry.id]]
        return all(canonical_number(word) in bag for word in words)

    def words(self, entry: Entry) -> Collection[str]:
        """The canonical words of an entry, each once."""
        return self._bags[self._position[entry.id]]

    def rarity(self, word: str) -> float:
        """How rare a canonical word is among the surfaces; 0 for unknown words."""
        return self._surface_view.idf(canonical_number(word))

    def knows(self, word: str) -> bool:
        """Whether any entry has a folded word."""
        return word in self._surface_view

    def is_toned(self, word: str) -> bool:
        """Whether any entry has a word with just these tones."""
        return word in self._toned

    def weights(self, terms: Sequence[Term]) -> dict[str, float]:
        """Terms of a question with the weight that each has in scoring."""
        found: dict[str, float] = {}
        view = self._surface_view
        words = [canonical_number(term.word) for term in terms]
        for term, word in zip(terms, words, strict=True):
            weight = term.weight
            if term.asking and weight:
                rarity = view.idf(word) or view.unknown_idf
                weight = min(weight, ASKING_IDF / max(rarity, ASKING_IDF))
            if weight:
                found[word] = max(found.get(word, 0.0), weight)
        for (first, a), (second, b) in pairwise(zip(terms, words, strict=True)):
            if (first.weight or second.weight) and (pair := f"{a} {b}") in view:
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
        by_text = self._surface_view.scores(weights)
        postings = self._entry_view.find(weights)
        found = postings.scores(weights) / self._entry_view.ideal(weights, STORY)
        found += self._surface_view.best(by_text) / self._surface_view.ideal(weights, STORY)
        near = {self._position[entry_id] for entry_id in also}
        chosen = near | set(self._best(found, only))
        scores = {owner: float(found[owner]) + boost(self._entries[owner]) for owner in chosen}
        ordered = sorted(scores, key=lambda owner: (-scores[owner], self._entries[owner].id))[:CANDIDATES]
        asked = self._asked(weights, reading, postings)
        return [self._match(owner, scores[owner], self._surface_view.place(owner, by_text), asked) for owner in ordered]

    def _best(self, scores: Scores, only: Collection[str]) -> Iterable[int]:
        """Positions of the entries with the highest scores above 0, in some documents or in all."""
        own = np.concatenate([self._of_document[name] for name in only if name in self._of_document]) if only else None
        within = scores if own is None else scores[own]
        count = min(BOOSTED, len(within))
        best = np.argpartition(within, -count)[-count:] if count else np.array([], np.intp)
        return (int(owner) for owner in (best if own is None else own[best]) if scores[owner] > 0)

    def _asked(self, weights: Mapping[str, float], reading: Reading, postings: Postings) -> "_Asked":
        idf, unknown = self._surface_view.idf, self._surface_view.unknown_idf
        rarity = {term: idf(term) for term in weights if " " not in term}
        words = {term: weights[term] * (rare or unknown) for term, rare in rarity.items()}
        foreign = {canonical_number(t.word) for t in reading.terms if t.toned and t.toned not in self._toned}
        total = min(sum(words.values()), STORY / 2) or 1.0
        own = {term: weight for term, weight in words.items() if term not in foreign}
        pairs = {term: 1.0 for term in weights if " " in term}
        covered = np.minimum(postings.held(own) / total, 1.0)
        return _Asked(rarity, own, total, covered, postings.held(pairs) / max(len(pairs), 1))

    def _match(self, owner: int, score: float, surface: int, asked: "_Asked") -> Match:
        shared = [word for word in self._surfaces[surface] if word in asked.rarity] if surface >= 0 else []
        said = float(self._surface_view.rarity[surface]) or 1.0
        return Match(
            entry=self._entries[owner],
            score=score,
            asked=min(sum(asked.own.get(term, 0.0) for term in shared) / asked.total, 1.0),
            said=sum(asked.rarity[term] for term in shared) / said,
            covered=float(asked.covered[owner]),
            pairs=float(asked.pairs[owner]),
        )
