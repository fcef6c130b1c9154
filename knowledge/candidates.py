"""The entries that a question may be about, in the order in which they should answer it."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from knowledge.dates import dates_in
from knowledge.deciding import FIELDS, confidence, features, has_field
from knowledge.focus import Focus, continued, kin, nearness
from knowledge.folding import fold
from knowledge.lexicon import Phrase
from knowledge.model import Entry, Library
from knowledge.phrases import PhraseIndex
from knowledge.ranking import Match, Ranker
from knowledge.reading import Reader, Reading
from knowledge.reckoning import verdict_on
from knowledge.routes import Routes

# Words of a message that is a story around a question.
LONG = 22
MOST_CHOICES = 5
# Clauses of a story that are looked at each by itself.
MOST_CLAUSES = 2
# A story this clear as a whole is not taken apart.
CLEAR_STORY = 0.55
# Rarity, summed over the words that a second entry adds.
WORTH_ADDING = 6.0
WORTH_POINTING = 9.0
# Share of the first score that the other side of a comparison must reach.
COMPARED = 0.45
# … and the items of a list that are asked for together.
ALIKE = 0.97
# … and the second of two that may be meant.
SECOND = 0.7
# Fields of which two may be asked in one message.
TWO_FIELDS = frozenset({"when", "who", "where", "how_many", "sign", "which"})
_COMPARING = re.compile(r"\b(?:giong nhau|khac nhau|giong|khac|chung mot|so voi|hay la|versus|same as|different)\b")
_COUNTED_NOUN = re.compile(r"\b(?:bao nhieu|may|nhieu|\d+) (cong trinh|chi tieu|mo hinh|nam|khu vuc|ngay)\b")
_SENDER = re.compile(
    r"\b(quan|huyen|phuong|xa|so|wards?|district)\s+(?:\w+\s+){0,2}?(?:gui|nop|trinh|bao cao|send|submit)\b"
)
_CLAUSE = re.compile(r"\b(?:khoan|diem)\s+\d.*\bchi thi\b|\bchi thi\b.*\b(?:khoan|diem)\s+\d")


class Candidates:
    """Ranks entries for questions, minding the conversation, the person's place and what is asked."""

    def __init__(self, library: Library, reader: Reader, ranker: Ranker, routes: Routes) -> None:
        self._library, self._reader, self._ranker, self._routes = library, reader, ranker, routes
        self._keywords = PhraseIndex((e.id, Phrase.of(k)) for e in library.entries.values() for k in e.keywords)

    def examine(
        self, reading: Reading, focus: Focus | None, home: Collection[str], today: date
    ) -> tuple[Reading, list[Match]]:
        """The reading with what it borrows from the conversation, and the candidates for it, best first."""
        if focus and focus.question:
            reading = continued(reading, focus, self._reader)
        matches = self._ranked(reading, focus, home)
        if len(reading.words) > LONG and matches:
            reading, matches = self._heart(reading, matches, focus, home)
        if not matches:
            return reading, matches
        matches = self._preferred(reading, self._together(_home_first(matches, home)))
        return reading, _computable(reading, matches, today)

    def _ranked(self, reading: Reading, focus: Focus | None, home: Collection[str]) -> list[Match]:
        also = kin(self._library, focus) if focus and reading.continues else ()
        return self._ranker.rank(reading, reading.documents, self._boost(reading, focus, home), also)

    def _boost(self, reading: Reading, focus: Focus | None, home: Collection[str]) -> Callable[[Entry], float]:
        dates = {(d.day, d.month) for d in dates_in(reading.folded)}
        counted = _COUNTED_NOUN.search(reading.folded)
        unit = counted[1] if counted else "-"

        papers = self._routes.citing(reading)

        sender = _SENDER.search(reading.folded)

        def boost(entry: Entry) -> float:
            value = 0.5 if dates and any((d.day, d.month) in dates for d in entry.deadlines) else 0.0
            value += 0.06 if reading.facets and has_field(entry, reading.facets[0]) else 0.0
            value += 0.12 if any(fold(row.unit).startswith(unit) for row in entry.quantities) else 0.0
            value += 0.15 if entry.document in home else 0.0
            value += 0.4 if entry.id in papers else 0.0
            if sender and entry.deadlines:
                value += 0.25 if any(sender[1] in fold(d.who) for d in entry.deadlines) else -0.1
            value += 0.3 if entry.kind == "signature" and (*reading.facets, "")[0] == "sign" else 0.0
            if focus and focus.entry and reading.continues:
                value += nearness(entry, focus, reading, self._library, self._ranker)
            return value

        return boost

    def _heart(
        self, reading: Reading, matches: list[Match], focus: Focus | None, home: Collection[str]
    ) -> tuple[Reading, list[Match]]:
        """Of a long story the clause that asks most clearly; names and numbers still come from the whole."""
        sure = confidence(features(reading, matches))
        if sure > CLEAR_STORY:
            return reading, matches
        best = sure + 0.05, reading, matches
        for piece in _clauses(reading.text)[:MOST_CLAUSES]:
            part = self._reader.read(piece)
            part = replace(
                part,
                text=reading.text,
                folded=reading.folded,
                words=reading.words,
                topic=reading.topic,
                documents=part.documents or reading.documents,
                facets=part.facets or reading.facets,
            )
            found = self._ranked(part, focus, home) if _speaks(part) else []
            sure = confidence(features(part, found)) if found else 0.0
            if sure > best[0]:
                best = sure, part, found
        return best[1], best[2]

    def _together(self, matches: list[Match]) -> list[Match]:
        """The candidates with the list first of which several items fit equally well."""
        top = matches[0]
        parent = self._library.entries.get(top.entry.parent)
        alike = [m for m in matches[1:5] if m.entry.parent == top.entry.parent and m.score > ALIKE * top.score]
        if parent is None or parent.kind == "gap" or len(alike) < 2:
            return matches
        return [replace(top, entry=parent), *(match for match in matches if match.entry is not parent)]

    def _preferred(self, reading: Reading, matches: list[Match]) -> list[Match]:
        """The candidates with the one first that holds what is asked, where the best one does not."""
        top = matches[0]
        facet = reading.facets[0] if reading.facets else ""
        concrete = facet in FIELDS or facet == "check"
        if top.entry.kind == "gap" and concrete and not reading.asks("define", "list"):
            others = [m for m in matches[1:4] if m.entry.kind != "gap" and m.score > 0.6 * top.score]
        elif top.entry.kind != "gap" and _CLAUSE.search(reading.folded):
            others = [m for m in matches[1:6] if m.entry.kind == "gap"]
        elif reading.asks("define", "list") and not self._library.children(top.entry) and not top.entry.items:
            others = [m for m in matches[1:3] if m.entry.kind == "gap" and m.score > 0.7 * top.score]
        elif not has_field(top.entry, facet):
            others = [m for m in matches[1:5] if has_field(m.entry, facet) and _near(top, m)]
        else:
            others = []
        return _first(others[0], matches) if others else matches

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

    def names(self, reading: Reading, entry: Entry) -> bool:
        """Whether a question has one of an entry's keywords."""
        return any(span.label == entry.id for span in self._keywords.find(reading.words))

    def second(self, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """The next best entry of the same paper, where it is nearly as good as the first and no part of it."""
        top = matches[0]
        for match in matches[1:5]:
            family = match.entry.parent == top.entry.id or match.entry.id == top.entry.parent
            apart = match.entry.kind != "gap" and not family
            if apart and match.entry.document == top.entry.document:
                return (match.entry,) if match.score > SECOND * top.score else ()
        return ()

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
        missing = {t.word for t in reading.content if t.known and not self._ranker.holds(top.entry, (t.word,))}

        def added(match: Match) -> float:
            return sum(self._ranker.rarity(word) for word in missing if self._ranker.holds(match.entry, (word,)))

        near = [m for m in matches[1:6] if m.entry.document == top.entry.document and m.entry.kind != "gap"]
        best = max((m for m in near if m.score > least * top.score), key=added, default=None)
        return (best.entry,) if best and added(best) >= WORTH_ADDING else ()

    def rivals(self, reading: Reading, matches: Sequence[Match], home: Collection[str]) -> tuple[Entry, ...]:
        """Entries of several documents that fit a short question equally well."""
        if reading.documents or reading.earlier or len(reading.content) > 3:
            return ()
        best: dict[str, Match] = {}
        for match in matches:
            best.setdefault(match.entry.document, match)
        top = matches[0]
        close = [m for m in best.values() if m.score > 0.8 * top.score and m.covered >= 0.9 * top.covered]
        if top.entry.document in home or len(close) < 2:
            return ()
        return tuple(match.entry for match in close[:MOST_CHOICES])

    def within(self, reading: Reading, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """For a question without a topic about one document: its best entries that have the asked field."""
        facet = reading.facets[0] if reading.facets else ""
        found = [m.entry for m in matches if m.entry.kind not in ("gap", "signature") and has_field(m.entry, facet)]
        return tuple(found[:MOST_CHOICES])

    def overview(self, reading: Reading, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """For a question without a topic: of each document the best entry that has the asked field."""
        facet = reading.facets[0] if reading.facets else ""
        found: dict[str, Entry] = {}
        for match in matches:
            fits = match.entry.kind not in ("gap", "signature") and has_field(match.entry, facet)
            if fits and match.score > 0.5 * matches[0].score:
                found.setdefault(match.entry.document, match.entry)
        for entry in self._library.entries.values():
            if len(found) >= MOST_CHOICES:
                break
            if _exemplary(entry, facet):
                found.setdefault(entry.document, entry)
        return tuple(found.values())[:MOST_CHOICES]


def _exemplary(entry: Entry, facet: str) -> bool:
    """Whether an entry is what people mean who ask for a field and name no topic."""
    if facet in ("when", "late"):
        return any(deadline.day for deadline in entry.deadlines)
    if facet == "where":
        return bool(entry.contacts or (entry.form and entry.form.sent_to) or any(d.to for d in entry.deadlines))
    return entry.kind == "quota" if facet == "how_many" else False


def _first(chosen: Match, matches: Iterable[Match]) -> list[Match]:
    return [chosen, *(match for match in matches if match is not chosen)]


def _near(top: Match, other: Match) -> bool:
    a, b = top.entry, other.entry
    family = b.id == a.parent or b.parent == a.id or (a.parent and a.parent == b.parent) or b.id in a.see
    return other.score > (0.55 if family else 0.9) * top.score and b.document == a.document


def _computable(reading: Reading, matches: list[Match], today: date) -> list[Match]:
    """The candidates with the one first whose typed rule the question's numbers can be held against."""
    top = matches[0]
    if top.entry.kind == "gap" or not any(c.isdigit() for c in reading.folded):
        return matches
    if verdict_on(top.entry, reading, today) is not None:
        return matches
    for match in matches[1:6]:
        same = match.score > 0.55 * top.score and match.entry.document == top.entry.document
        if same and verdict_on(match.entry, reading, today) is not None:
            return _first(match, matches)
    return matches


def _second_field(reading: Reading, matches: Sequence[Match]) -> Match | None:
    """Where two fields are asked and the first entry holds one, the entry beside it that holds the other."""
    top = matches[0]
    asked = [facet for facet in reading.facets[:3] if facet in TWO_FIELDS]
    if len(asked) < 2 or not any(has_field(top.entry, facet) for facet in asked):
        return None
    lacking = next((facet for facet in asked if not has_field(top.entry, facet)), "")
    beside = [m for m in matches[1:6] if m.entry.document == top.entry.document and m.score > COMPARED * top.score]
    return next((m for m in beside if lacking and has_field(m.entry, lacking)), None)


def _home_first(matches: list[Match], home: Collection[str]) -> list[Match]:
    """The candidates with the best one of the person's own place first, where it is nearly as good."""
    own = next((match for match in matches if match.entry.document in home), None)
    return matches if own is None or own.score < 0.75 * matches[0].score else _first(own, matches)


def _speaks(part: Reading) -> bool:
    """Whether a clause says more than where somebody lives."""
    return len({term.word for term in part.content if term.word not in _HOME and term.word.isalpha()}) >= 3


_HOME = frozenset({"to", "dan", "pho", "phuong", "khu", "nha"})


def _clauses(text: str) -> list[str]:
    """The sentences of a story and its clauses in twos, the last ones first: people ask at the end."""
    sentences = [piece.strip() for piece in re.split(r"[.?!;\n]+", text) if len(piece.split()) >= 4]
    clauses = [piece.strip() for sentence in sentences for piece in sentence.split(",") if piece.strip()]
    pairs = [f"{first}, {second}" for first, second in pairwise(clauses)]
    long = [clause for clause in clauses if len(clause.split()) >= 5]
    return list(dict.fromkeys([*reversed(sentences), *reversed(pairs), *reversed(long)]))
