"""What is quoted beside the entry that answers: the other part of a question, or what it may mean as well."""

import re
from collections.abc import Collection, Sequence

from knowledge.deciding import has_field
from knowledge.lexicon import Phrase
from knowledge.model import Entry, Library
from knowledge.phrases import PhraseIndex
from knowledge.ranking import Match, Ranker
from knowledge.reading import Reading

# Rarity, summed over the words that a second entry adds.
WORTH_ADDING = 6.0
WORTH_POINTING = 9.0
# Share of the first score that the other side of a comparison must reach.
COMPARED = 0.45
# … and what may be meant instead of the first, and how many of these are shown.
NEAR = 0.7
MOST_NEAR = 3
# … for a message that asks twice.
NEAR_TWICE = 0.5
# … for one that has words of the question which the first lacks, as rare as this together.
NEAR_ADDING = 0.4
ADDING = 5.0
# Fields of which two may be asked in one message.
TWO_FIELDS = frozenset({"when", "who", "where", "how_many", "sign", "which", "form"})
# What a clause may lack and still answer who does it.
PARTLY = frozenset({"frequency", "duration", "place", "agency"})
# What another clause may give.
FIELDS_BESIDE = frozenset({"deadline", "day", "agency", "quantity"})
BODIES = frozenset({"who", "lead", "advise", "implement", "coordinate", "sign", "where"})
_COMPARING = re.compile(r"\b(?:giong nhau|khac nhau|giong|khac|chung mot|so voi|hay la|versus|same as|different)\b")

_ASKING = re.compile(r"\b(?:ai|gi|nao|bao nhieu|may|dau|mo(?! hinh)|sao|who|whom|what|which|when|where|how)\b")


class Companions:
    """Finds entries to quote beside the first of the candidates."""

    def __init__(self, library: Library, ranker: Ranker) -> None:
        self._library, self._ranker = library, ranker
        self._keywords = PhraseIndex((e.id, Phrase.of(k)) for e in library.entries.values() for k in e.keywords)

    def companion(self, reading: Reading, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """A second entry of the same topic that has words of the question which the first lacks."""
        top = matches[0]
        named = {span.label for span in self._keywords.find(reading.words)}
        for match in matches[1:]:
            same = match.entry.parent and match.entry.parent in (top.entry.parent, top.entry.id)
            if match.entry.id in named and top.entry.id not in named and same and match.entry.kind != "gap":
                return (match.entry,)
        if other := _second_field(reading, matches):
            return (other.entry,)
        if _COMPARING.search(reading.folded):
            return self._covering(reading, matches, COMPARED)
        specific = reading.asks("when", "late", "how_many", "where", "form")
        if not specific and (pointed := self._pointed(reading, top.entry)):
            return (pointed,)
        if specific or self._library.children(top.entry):
            return ()
        return self._covering(reading, matches)

    def half(self, reading: Reading, entry: Entry, matches: Sequence[Match] = ()) -> bool:
        """Whether an entry answers one of two questions of a message: the other is how often, or another entry's."""
        if matches and FIELDS_BESIDE.issuperset(reading.attributes) and _second_field(reading, matches):
            return True
        if not reading.attributes or not PARTLY.issuperset(reading.attributes) or reading.earlier:
            return False
        twice = len(_ASKING.findall(reading.folded)) > 1
        return twice and any(facet in BODIES and has_field(entry, facet) for facet in reading.facets)

    def names(self, reading: Reading, entry: Entry) -> bool:
        """Whether a question has one of an entry's keywords."""
        return any(span.label == entry.id for span in self._keywords.find(reading.words))

    def nearby(
        self, reading: Reading, matches: Sequence[Match], taken: Collection[Entry], *, sure: bool
    ) -> tuple[Entry, ...]:
        """The next best entries of the same paper, where the first is not sure or not all that is asked for."""
        top = matches[0]
        twice = len(_ASKING.findall(reading.folded)) > 1
        others = [m for m in matches[1:] if m.entry.document == top.entry.document and m.entry.kind != "gap"]
        others = [match for match in others if match.entry not in taken]
        least = NEAR_TWICE if twice else NEAR
        near = [match.entry for match in others if match.score > least * top.score and (twice or not sure)]
        if not near:
            missing = self._missing(reading, taken)
            near = [m.entry for m in others if m.score > NEAR_ADDING * top.score and self._adds(m, missing) >= ADDING]
        return tuple(near[:MOST_NEAR])

    def stays(self, reading: Reading, entry: Entry) -> bool:
        """Whether a few words behind a question only ask for a body that the entry it found names: "nộp cho ai"."""
        bodies = all(facet in BODIES and has_field(entry, facet) for facet in reading.facets)
        few = bool(reading.facets) and reading.generic
        return few and bodies and self._ranker.holds(entry, (term.word for term in reading.content))

    def is_enough(self, reading: Reading, entries: Sequence[Entry]) -> bool:
        """Whether some entries have every field that a question asks for, and all of its words."""
        fields = all(any(has_field(entry, facet) for entry in entries) for facet in reading.facets)
        # Two that ask for the same field want two values of it.
        fields = fields and len(reading.facets) >= len(reading.clauses)
        # What a thing is or is made of, any entry may seem to say.
        fields = fields and not reading.asks("define", "list", "which")
        named_only = any(entry.kind == "gap" for entry in entries)
        return fields and bool(entries) and not named_only and not self._missing(reading, entries)

    def _missing(self, reading: Reading, entries: Collection[Entry]) -> frozenset[str]:
        """Known words of a question that none of some entries has."""
        words = {term.word for term in reading.content if term.known}
        return frozenset(word for word in words if not any(self._ranker.holds(entry, (word,)) for entry in entries))

    def _adds(self, match: Match, missing: Collection[str]) -> float:
        """Rarity, summed over the missing words that a candidate has."""
        return sum(self._ranker.rarity(word) for word in missing if self._ranker.holds(match.entry, (word,)))

    def _pointed(self, reading: Reading, entry: Entry) -> Entry | None:
        """The entry that this one points to, where it has rare words of the question which this one lacks."""
        missing = [t.word for t in reading.content if t.known and not self._ranker.holds(entry, (t.word,))]
        others = [self._library.entries[other] for other in entry.see if other in self._library.entries]
        best, worth = None, WORTH_POINTING
        for other in others:
            gain = sum(self._ranker.rarity(word) for word in missing if self._ranker.holds(other, (word,)))
            if gain > worth and other.kind != "gap" and other.document == entry.document:
                best, worth = other, gain
        return best

    def _covering(self, reading: Reading, matches: Sequence[Match], least: float = 0.6) -> tuple[Entry, ...]:
        top = matches[0]
        missing = self._missing(reading, (top.entry,))
        near = [m for m in matches[1:6] if m.entry.document == top.entry.document and m.entry.kind != "gap"]
        close = (m for m in near if m.score > least * top.score)
        best = max(close, key=lambda match: self._adds(match, missing), default=None)
        return (best.entry,) if best and self._adds(best, missing) >= WORTH_ADDING else ()


def _second_field(reading: Reading, matches: Sequence[Match]) -> Match | None:
    """Where two fields are asked and the first entry holds one, the entry beside it that holds the other."""
    top = matches[0]
    asked = [facet for facet in reading.facets[:3] if facet in TWO_FIELDS]
    if len(asked) < 2 or not any(has_field(top.entry, facet) for facet in asked):
        return None
    lacking = next((facet for facet in asked if not has_field(top.entry, facet)), "")
    beside = [m for m in matches[1:6] if m.entry.document == top.entry.document and m.score > COMPARED * top.score]
    return next((m for m in beside if lacking and has_field(m.entry, lacking)), None)
