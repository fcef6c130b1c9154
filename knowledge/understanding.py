"""From a question to what the documents have on it: facts and verdicts, no sentences."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from knowledge.dates import dates_in
from knowledge.folding import fold, folded_words
from knowledge.deciding import confidence, features, has_field, missing_attribute
from knowledge.lexicon import Courtesy, Lexicon, Phrase, load_lexicon
from knowledge.loading import DOCUMENTS_DIR, Problem, load_library
from knowledge.model import Entry, Library, Quantity
from knowledge.phrases import PhraseIndex
from knowledge.ranking import Match, Ranker, vocabulary
from knowledge.reading import Reader, Reading
from knowledge.spelling import Speller
from knowledge.verdicts import Verdict, pick_row, verdict_on

Kind = Literal["answer", "clarify", "none"]
SURE = 0.42
WORTH_OFFERING = 0.25
MOST_CHOICES = 5
# Words of a message that is a story around a question.
LONG = 22
_CRITERION = re.compile(r"(?<![\d./])([1-9])\.(\d{1,2})(?![\d./])")
_PAPER = re.compile(r"\b(ke hoach|chi thi|quyet dinh|nghi quyet|thong tu|nghi dinh|luat|de an|cong van|huong dan)\s+(?:so\s+)?(\d{1,4})\b")
_COUNTED_NOUN = re.compile(r"\b(?:bao nhieu|may|nhieu|\d+) (cong trinh|chi tieu|mo hinh|nam|khu vuc|ngay)\b")
_CLAUSE = re.compile(r"\b(?:khoan|diem)\s+\d.*\bchi thi\b|\bchi thi\b.*\b(?:khoan|diem)\s+\d")
_NUMBERED_BEFORE = frozenset({"tieu", "chi", "muc", "diem", "so", "dong", "criterion", "criteria"})


@dataclass(frozen=True, slots=True)
class Focus:
    """What a conversation is about, carried to the next question."""

    entry: str = ""
    facet: str = ""
    question: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: the kind of reply that is right, and everything to word it with."""

    kind: Kind
    reading: Reading
    # Why it is not an answer: courtesy:<id>, empty, gap, not_stated, unknown_document, unknown_number, far, or "".
    reason: str = ""
    # The entry or, for a number used twice, entries that answer; for `none` the nearest one.
    entries: tuple[Entry, ...] = ()
    facet: str = ""
    attribute: str = ""
    verdict: Verdict | None = None
    options: tuple[Entry, ...] = ()
    score: float = 0.0
    focus: Focus = field(default_factory=Focus)
    # The row of the entry's table that the question means, or None for all.
    row: Quantity | None = None
    # Name of the attribute that the documents do not give, by language.
    names: Mapping[str, str] = field(default_factory=dict)

    def attribute_name(self, language: str) -> str:
        """The asked attribute in a language, or as typed."""
        return self.names.get(language, self.attribute)

    @property
    def entry(self) -> Entry | None:
        """The entry that the reply is about."""
        return self.entries[0] if self.entries else None


class Knowledge:
    """Documents, word lists and indexes, ready to be asked. Immutable after loading; safe to share."""

    def __init__(self, library: Library, lexicon: Lexicon) -> None:
        self.library = library
        self.lexicon = lexicon
        names = (name for d in library.documents.values() for name in (*d.names, *d.places, d.locality, d.issuer))
        speller = Speller(lexicon, vocabulary(library, _other_phrases(lexicon, names)))
        self._reader = Reader(lexicon, library, speller)
        self._ranker = Ranker(library, self._reader)
        self._keywords = PhraseIndex((e.id, Phrase.of(k)) for e in library.entries.values() for k in e.keywords)
        self._said = PhraseIndex((c.id, phrase) for c in lexicon.courtesies for phrase in c.phrases)

    @classmethod
    def load(cls, folders: Sequence[Path] = (DOCUMENTS_DIR,)) -> tuple["Knowledge", list[Problem]]:
        """Read the documents of the folders; files with problems are left out and named."""
        library, problems = load_library(folders)
        return cls(library, load_lexicon()), problems

    def read(self, message: str) -> Reading:
        """What a message asks, as far as it can be told without looking anything up."""
        return self._reader.read(message)

    def find(self, question: str, today: date, focus: Focus | None = None, home: Collection[str] = ()) -> Finding:
        """The finding for one question. `home` names documents of the person's own place."""
        reading = self._reader.read(question)
        courtesy = self._courtesy(reading)
        if courtesy and courtesy.sure:
            return Finding("none", reading, f"courtesy:{courtesy.id}")
        if not reading.words:
            return Finding("none", reading, "empty")
        reading, matches = self.examine(reading, focus, home)
        numbered = self._by_number(reading)
        if numbered is not None:
            return numbered
        finding = self._decide(reading, matches, today, home)
        if courtesy and (finding.kind != "answer" or finding.score < 0.8):
            return Finding("none", reading, f"courtesy:{courtesy.id}")
        return self._with_focus(finding, focus)

    def examine(
        self, reading: Reading, focus: Focus | None = None, home: Collection[str] = ()
    ) -> tuple[Reading, list[Match]]:
        """The reading with what it borrows from the conversation, and the candidates for it, best first."""
        if focus and focus.question:
            reading = self._continued(reading, focus)
        matches = self._candidates(reading, focus, home)
        if len(reading.words) > LONG and matches:
            return self._heart(reading, matches, focus, home)
        return reading, matches

    def _heart(
        self, reading: Reading, matches: list[Match], focus: Focus | None, home: Collection[str]
    ) -> tuple[Reading, list[Match]]:
        """Of a long story the clause that asks most clearly; names and numbers still come from the whole."""
        best = confidence(features(reading, matches)) + 0.05, reading, matches
        for piece in _clauses(reading.text):
            part = self._reader.read(piece)
            part = replace(
                part,
                text=reading.text,
                folded=reading.folded,
                words=reading.words,
                documents=part.documents or reading.documents,
                facets=part.facets or reading.facets,
                attributes=part.attributes,
            )
            found = self._candidates(part, focus, home) if len(part.content) > 2 else []
            sure = confidence(features(part, found)) if found else 0.0
            if sure > best[0]:
                best = sure, part, found
        return best[1], best[2]

    def open(self, entry: Entry, facet: str, today: date) -> Finding:
        """The finding for an entry that the person chose, in the field asked before."""
        reading = replace(self._reader.read(entry.title), facets=(facet,) if facet else ())
        finding = Finding("answer", reading, entries=(entry,), facet=facet, score=1.0)
        if entry.kind == "gap":
            finding = replace(finding, kind="none", reason="gap")
        return self._with_focus(finding, None)

    def _courtesy(self, reading: Reading) -> Courtesy | None:
        for courtesy in self.lexicon.courtesies:
            if any(word in reading.folded for word in courtesy.unless):
                continue
            if any(pattern.search(reading.folded) for pattern in courtesy.patterns):
                return courtesy
        spans = list(self._said.find(reading.words))
        return next((courtesy for courtesy in self.lexicon.courtesies if any(s.label == courtesy.id for s in spans)), None)

    def _by_number(self, reading: Reading) -> Finding | None:
        """Exact routes: a paper that we do not have, a criterion by its number."""
        for match in _PAPER.finditer(reading.folded):
            if not self._knows_paper(match[1], match[2]):
                return Finding("none", reading, "unknown_document", attribute=match[0])
        numbers = [f"{m[1]}.{int(m[2])}" for m in _CRITERION.finditer(reading.text)]
        if not numbers or not self._means_criterion(reading):
            return None
        found = [e for e in self.library.entries.values() if e.number in numbers and e.kind == "criterion"]
        if reading.documents:
            found = [entry for entry in found if entry.document in reading.documents]
        if not found:
            named = any(word.folded == "tieu" for word in reading.words)
            return Finding("none", reading, "unknown_number", attribute=numbers[0]) if named else None
        return self._chosen(reading, found) if len(numbers) == 1 else None

    def _chosen(self, reading: Reading, found: Sequence[Entry]) -> Finding:
        if len(found) > 1:
            matches = [m for m in self._ranker.rank(reading) if m.entry in found]
            topical = [t for t in reading.content if t.word not in ("tieu", "chi") and not t.word[0].isdigit()]
            if matches and len(topical) > 1 and (len(matches) == 1 or matches[0].score > 1.3 * matches[1].score):
                found = [matches[0].entry]
        facet = reading.facets[0] if reading.facets else ""
        verdict = verdict_on(found[0], reading, date.min) if not found[0].deadlines else None
        missing = missing_attribute(found[0], reading, self.lexicon.attributes)
        if missing and self.lexicon.attributes[missing].guard:
            return Finding("none", reading, "not_stated", tuple(found[:1]), facet, missing, score=0.9)
        finding = Finding("answer", reading, entries=tuple(found), facet=facet, verdict=verdict, score=0.99)
        return self._with_focus(finding, None)

    def _means_criterion(self, reading: Reading) -> bool:
        before = {
            first.folded
            for first, second in zip(reading.words, reading.words[1:], strict=False)
            if _CRITERION.fullmatch(second.folded)
        }
        return bool(before & _NUMBERED_BEFORE) or len(reading.words) <= 3

    def _knows_paper(self, kind: str, number: str) -> bool:
        pattern = re.compile(rf"{kind}\s+(?:so\s+)?{number}\b")
        names = " | ".join(self._paper_names())
        return bool(pattern.search(names))

    def _paper_names(self) -> Iterable[str]:

        for document in self.library.documents.values():
            yield fold(f"{document.type} {document.number}")
            yield from (fold(name) for name in document.names)
        for entry in self.library.entries.values():
            yield fold(entry.quote)

    def _continued(self, reading: Reading, focus: Focus) -> Reading:
        """The reading with what the previous question was about, where this one leans on it."""
        content = reading.content
        short = len(content) <= 2 or (len(content) <= 3 and len(reading.words) <= 5 and not reading.documents)
        if not (reading.continues or short):
            return reading
        before = self._reader.read(focus.question)
        borrowed = tuple(replace(term, weight=0.45 * term.weight) for term in before.content)
        facets = reading.facets or before.facets
        return replace(
            reading,
            terms=(*reading.terms, *borrowed),
            added=tuple(term.word for term in content),
            earlier=before.folded,
            facets=facets,
            documents=reading.documents or before.documents or frozenset(focus.documents),
            continues=True,
        )

    def _candidates(self, reading: Reading, focus: Focus | None, home: Collection[str]) -> list[Match]:
        boosts: dict[str, float] = {}
        dates = {(d.day, d.month) for d in dates_in(reading.folded)}
        counted = _COUNTED_NOUN.search(reading.folded)
        unit = counted[1] if counted else ""
        for entry in self.library.entries.values():
            boost = 0.0
            if dates and any((d.day, d.month) in dates for d in entry.deadlines):
                boost += 0.5
            if reading.facets and has_field(entry, reading.facets[0]):
                boost += 0.06
            if unit and any(fold(row.unit).startswith(unit) for row in entry.quantities):
                boost += 0.12
            if entry.document in home:
                boost += 0.15
            if focus and focus.entry and reading.continues:
                boost += self._nearness(entry, focus, reading)
            if boost:
                boosts[entry.id] = boost
        only = reading.documents
        return self._ranker.rank(reading, only, boosts)

    def _nearness(self, entry: Entry, focus: Focus, reading: Reading) -> float:
        before = self.library.entries.get(focus.entry)
        if before is None:
            return 0.0
        if entry.id == before.id:
            return self._staying(entry, focus, reading)
        if reading.facets and reading.facets[0] == focus.facet and _field_says(entry, focus.facet, reading.added):
            return 0.6
        if before.id == entry.parent or entry.id == before.parent or entry.id in before.see:
            return 0.2
        if before.parent and before.parent == entry.parent:
            return 0.25
        return 0.12 if entry.document == before.document else 0.0

    def _staying(self, entry: Entry, focus: Focus, reading: Reading) -> float:
        """How likely the talk stays with an entry: for another field or row of it, not for another topic."""
        rows = [row for row in entry.quantities if row.key]
        if not reading.added or (rows and pick_row(rows, reading, sure=True)):
            return 0.35
        if reading.facets and reading.facets[0] != focus.facet and self._ranker.holds(entry, reading.added):
            return 0.35
        return -0.2 if self._ranker.holds(entry, reading.added) else -0.8

    def _decide(self, reading: Reading, matches: list[Match], today: date, home: Collection[str]) -> Finding:
        if not matches:
            return Finding("none", reading, "far")
        content = reading.content
        if content and sum(term.known for term in content) < len(content) / 3:
            return Finding("none", reading, "far")
        matches = self._computable(reading, self._preferred(reading, matches), today)
        score = confidence(features(reading, matches))
        first = matches[0].entry
        facet = reading.facets[0] if reading.facets else ""
        if not reading.content and not reading.continues and not reading.documents:
            return Finding("clarify", reading, facet=facet, options=self._overview(reading), score=score)
        missing = missing_attribute(first, reading, self.lexicon.attributes)
        rivals = () if missing else self._rivals(reading, matches, home)
        if rivals:
            return Finding("clarify", reading, facet=facet, options=rivals, score=score)
        verdict = verdict_on(first, reading, today)
        if missing and verdict is None:
            near = score >= WORTH_OFFERING
            return Finding("none", reading, "not_stated", (first,) if near else (), facet, missing, score=score)
        if first.kind == "gap" and score >= WORTH_OFFERING:
            return Finding("none", reading, "gap", (first,), facet, score=score)
        if score >= SURE:
            entries = (first, *self._companion(reading, matches))
            return Finding("answer", reading, "", entries, facet, verdict=verdict, score=score)
        options = tuple(match.entry for match in matches[:3]) if score >= WORTH_OFFERING else ()
        return Finding("none", reading, "far", facet=facet, options=options, score=score)

    def _preferred(self, reading: Reading, matches: list[Match]) -> list[Match]:
        """The candidates with the one first that holds what is asked, where the best one does not."""
        top = matches[0]
        facet = reading.facets[0] if reading.facets else ""
        if top.entry.kind == "gap" and not reading.asks("define", "list"):
            others = [m for m in matches[1:4] if m.entry.kind != "gap" and m.score > 0.6 * top.score]
        elif top.entry.kind != "gap" and _CLAUSE.search(reading.folded):
            others = [m for m in matches[1:6] if m.entry.kind == "gap"]
        elif not has_field(top.entry, facet):
            others = [m for m in matches[1:5] if has_field(m.entry, facet) and self._near(top, m)]
        else:
            others = []
        return [others[0], *(m for m in matches if m is not others[0])] if others else matches

    def _computable(self, reading: Reading, matches: list[Match], today: date) -> list[Match]:
        """The candidates with the one first whose typed rule the question's numbers can be held against."""
        top = matches[0]
        if top.entry.kind == "gap" or verdict_on(top.entry, reading, today) is not None:
            return matches
        for match in matches[1:6]:
            if match.score > 0.55 * top.score and match.entry.document == top.entry.document:
                if verdict_on(match.entry, reading, today) is not None:
                    return [match, *(m for m in matches if m is not match)]
        return matches

    def _near(self, top: Match, other: Match) -> bool:
        a, b = top.entry, other.entry
        family = b.id == a.parent or b.parent == a.id or (a.parent and a.parent == b.parent) or b.id in a.see
        return other.score > (0.55 if family else 0.9) * top.score and b.document == a.document

    def _companion(self, reading: Reading, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """A second entry of the same topic that has words of the question which the first lacks."""
        top = matches[0]
        named = {span.label for span in self._keywords.find(reading.words)}
        for match in matches[1:]:
            kin = match.entry.parent and match.entry.parent in (top.entry.parent, top.entry.id)
            if match.entry.id in named and top.entry.id not in named and kin and match.entry.kind != "gap":
                return (match.entry,)
        if reading.asks("when", "late", "how_many", "where", "form") or self.library.children(top.entry):
            return ()
        missing = {t.word for t in reading.content if t.known and not self._ranker.holds(top.entry, (t.word,))}
        def added(match: Match) -> int:
            return sum(self._ranker.holds(match.entry, (word,)) for word in missing)

        near = [m for m in matches[1:4] if m.entry.document == top.entry.document and m.entry.kind != "gap"]
        best = max((m for m in near if m.score > 0.6 * top.score), key=added, default=None)
        return (best.entry,) if best and added(best) else ()

    def _rivals(self, reading: Reading, matches: Sequence[Match], home: Collection[str]) -> tuple[Entry, ...]:
        """Entries of several documents that fit a short question equally well."""
        if reading.documents or reading.continues or len(reading.content) > 3:
            return ()
        best: dict[str, Match] = {}
        for match in matches:
            best.setdefault(match.entry.document, match)
        top = matches[0]
        close = [m for m in best.values() if m.score > 0.8 * top.score and m.covered >= 0.9 * top.covered]
        if any(m.entry.document in home for m in close):
            return ()
        return tuple(m.entry for m in close[:MOST_CHOICES]) if len(close) > 1 else ()

    def _overview(self, reading: Reading) -> tuple[Entry, ...]:
        """For a question without a topic: one entry of each document that has the asked field."""
        facet = reading.facets[0] if reading.facets else ""
        found: dict[str, Entry] = {}
        for entry in self.library.entries.values():
            if facet and entry.kind != "gap" and has_field(entry, facet):
                found.setdefault(entry.document, entry)
        return tuple(found.values())[:MOST_CHOICES]

    def _with_focus(self, finding: Finding, before: Focus | None) -> Finding:
        entry = finding.entry
        documents = (entry.document,) if entry else tuple(sorted(finding.reading.documents))
        focus = Focus(entry.id if entry else "", finding.facet, finding.reading.text, documents)
        if entry is None and before and finding.kind == "none":
            focus = before
        rows = [row for row in entry.quantities if row.key] if entry else []
        row = pick_row(rows, finding.reading, sure=True) if rows else None
        asked = self.lexicon.attributes.get(finding.attribute)
        names = {"vi": asked.vi, "en": asked.en} if asked else {}
        return replace(finding, focus=focus, row=row, names=names)


def _other_phrases(lexicon: Lexicon, names: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Phrases outside the documents that must not be taken for slips: names, fillers, ways to ask."""
    yield from (folded_words(name) for name in names)
    phrases = [*lexicon.fillers, *lexicon.continuations, *(phrase for _, phrase in lexicon.synonyms)]
    phrases += [phrase for group in lexicon.facets.values() for phrase in group]
    phrases += [phrase for attribute in lexicon.attributes.values() for phrase in attribute.phrases]
    yield from (tuple(word for word in phrase.folded if word) for phrase in phrases)


def _field_says(entry: Entry, facet: str, words: Sequence[str]) -> bool:
    """Whether the typed field that a facet asks for names all of some words."""
    texts = [f"{d.who} {d.what} {' '.join(d.aliases)}" for d in entry.deadlines] if facet in ("when", "late") else []
    if facet == "how_many":
        texts = [f"{row.key or row.scope} {' '.join(row.aliases)}" for row in entry.quantities]
    if facet == "condition" and entry.award:
        texts = [entry.award.who]
    return bool(words) and any(set(words) <= set(folded_words(text)) for text in texts)


def _clauses(text: str) -> Iterable[str]:
    """The sentences of a story, and runs of its clauses, each long enough to ask something."""
    sentences = [piece.strip() for piece in re.split(r"[.?!;\n]+", text)]
    yield from (sentence for sentence in sentences if len(sentence.split()) >= 4)
    clauses = [piece.strip() for sentence in sentences for piece in sentence.split(",") if piece.strip()]
    for first, second in zip(clauses, [*clauses[1:], ""], strict=True):
        if len(first.split()) >= 5:
            yield first
        if second:
            yield f"{first}, {second}"
