"""From a question to what the documents have on it: facts and verdicts, no sentences."""

import gc
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from knowledge.candidates import Candidates
from knowledge.choices import Choices
from knowledge.companions import Companions
from knowledge.courtesies import Courtesies
from knowledge.coverage import Coverage
from knowledge.deciding import confidence, features, missing_attribute, stating_first, tells_whose
from knowledge.findings import Finding, joined
from knowledge.focus import Focus, item_of
from knowledge.lexicon import Lexicon, load_lexicon
from knowledge.loading import DOCUMENTS_DIR, Problem, load_library
from knowledge.model import Entry, Library
from knowledge.ranking import Match, Ranker, written
from knowledge.reading import Reader, Reading
from knowledge.reckoning import HOPES, NEVER_RECKONED, verdict_on
from knowledge.routes import Routes
from knowledge.rows import pick_rows
from knowledge.spelling import Speller
from knowledge.verdicts import Excluded, Tenure, Total, Verdict
from knowledge.vocabulary import vocabulary

# Confidence from which an answer is given: of 450 questions nobody had seen it left as many right as lower ones did,
# and a quarter fewer misled.
SURE = 0.55
# … where the question names its paper, and where it leans on the talk.
SURE_NAMED = 0.5
SURE_IN_TALK = 0.44
WORTH_OFFERING = 0.25
WORTH_CITING = 0.35
# Below this the next best clause of the same paper is quoted as well.
DOUBTFUL = 0.85
# Numbers in the question that fit the entry's own rule make it surer than words alone.
COMPUTED = 0.34
# Months in office, told with an award, that can only be meant to be held against it.
LASTING = 24
# A greeting or an insult with a question this clear in it gets the answer to the question.
CLEAR = 0.8
# Words of a message that names a paper and is more than small talk.
TALK = 6
# Confidence in a short question by itself above which it does not lean on the one before it.
ALONE = 0.6
# Content words of a question that does not leave the paper in talk without naming another.
FEW = 3
# Characters of questions that are carried to the next one.
REMEMBERED = 240
# Confidence in an item named by its place in the list that was just shown, and in the time of a named paper.
ITEM = 0.9
# Confidence in a criterion that is named by its number.
NUMBERED = 0.99


class Knowledge:
    """Documents, word lists and indexes, ready to be asked. Immutable after loading; safe to share."""

    def __init__(self, library: Library, lexicon: Lexicon) -> None:
        self.library = library
        self.lexicon = lexicon
        texts = written(library)
        speller = Speller(lexicon, vocabulary(library, lexicon, texts))
        self._reader = Reader(lexicon, library, speller)
        self._ranker = Ranker(library, self._reader, texts)
        self._routes = Routes(library, lexicon)
        self._candidates = Candidates(library, self._reader, self._ranker, self._routes)
        self._companions = Companions(library, self._ranker)
        self._choices = Choices(library)
        self._coverage = Coverage(lexicon, library, self._reader, self._ranker)
        self._courtesies = Courtesies(lexicon.courtesies)

    @classmethod
    def load(cls, folders: Sequence[Path] = (DOCUMENTS_DIR,)) -> tuple["Knowledge", list[Problem]]:
        """Read the documents of the folders; files with problems are left out and named."""
        # Nothing of this is garbage before the next loading: not looking through it makes the start a tenth shorter.
        gc.disable()
        try:
            library, problems = load_library(folders)
            return cls(library, load_lexicon()), problems
        finally:
            gc.freeze()
            gc.enable()

    def read(self, message: str) -> Reading:
        """What a message asks, as far as it can be told without looking anything up."""
        return self._reader.read(message)

    def examine(
        self, reading: Reading, today: date, focus: Focus | None = None, home: Collection[str] = ()
    ) -> tuple[Reading, list[Match]]:
        """The reading in the light of the conversation, and the candidates for it, best first."""
        return self._candidates.examine(reading, focus, home, today)

    def find(self, question: str, today: date, focus: Focus | None = None, home: Collection[str] = ()) -> Finding:
        """The finding for one question. `home` names documents of the person's own place."""
        reading = self._reader.read(question)
        courtesy = self._courtesies.meant(reading)
        # Thanks in between leave the talk where it is.
        nothing = Finding("none", reading, f"courtesy:{courtesy.id}" if courtesy else "empty", focus=focus or Focus())
        if (courtesy and courtesy.sure) or not reading.words:
            return nothing
        finding = self._one(reading, today, focus, home)
        clear = SURE if reading.documents and len(reading.content) > TALK else CLEAR
        if courtesy and (finding.kind != "answer" or finding.score < clear or len(reading.content) < 2):
            return nothing
        whole = self._completed(finding, focus)
        # A sum, a criterion's number, or a question back leaves nothing open.
        settled = whole.verdict is not None or whole.score >= NUMBERED or whole.kind == "clarify"
        asks_more = reading.clauses and not settled and not self._companions.is_enough(reading, whole.entries)
        return joined(whole, self._each(reading, today, focus, home)) if asks_more else whole

    def _one(self, reading: Reading, today: date, focus: Focus | None, home: Collection[str]) -> Finding:
        return self._apart(reading, today, focus, home) or self._found(reading, today, focus, home)

    def _each(self, reading: Reading, today: date, focus: Focus | None, home: Collection[str]) -> list[Finding]:
        """What is found for each question of a message, as if they came one after another."""
        found: list[Finding] = []
        for clause in reading.clauses:
            part = self._reader.clause(clause, english=reading.english)
            if not found or len(part.content) > FEW:
                # What says little stays in the paper of what stands before it.
                part = replace(part, documents=part.documents or reading.documents)
            before = found[-1] if found else None
            if before and self._companions.stays(part, before.entries[0]):
                found.append(self._completed(replace(before, reading=part, facet=part.facets[0], verdict=None), focus))
            else:
                found.append(self._completed(self._found(part, today, focus, home), focus))
            if found[-1].kind != "answer":
                break
            focus = found[-1].focus
        return found

    def _apart(self, reading: Reading, today: date, focus: Focus | None, home: Collection[str]) -> Finding | None:
        """The finding without the talk for a short question that is clear by itself, or None where it leans on it.

        "5 không là gì" after an award is a new topic.
        """
        whole = reading.facets and not reading.generic and not reading.continues
        if focus is None or not focus.entry or not whole or not self._is_apart(reading, focus):
            return None
        alone = self._found(reading, today, None, home)
        # "ai ký" is open to every paper by itself, yet leans; "… là gì" names its thing.
        apart = alone.kind == "answer" or (alone.kind == "clarify" and reading.asks("define"))
        away = alone.entry is not None and alone.entry.document not in focus.documents and not reading.documents
        stays = away and len(reading.content) <= FEW
        return alone if apart and alone.score >= ALONE and not stays else None

    def _is_apart(self, reading: Reading, focus: Focus) -> bool:
        """Whether a question has a word that the entry in focus does not have, and names no item of it."""
        entry = None if item_of(reading, focus, self.library) else self.library.entries.get(focus.entry)
        return entry is not None and any(not self._ranker.holds(entry, (term.word,)) for term in reading.content)

    def open(self, entry: Entry, facet: str) -> Finding:
        """The finding for an entry that the person chose, in the field asked before."""
        reading = replace(self._reader.read(entry.title), facets=(facet,) if facet else ())
        finding = Finding("answer", reading, entries=(entry,), facet=facet, score=1.0)
        if entry.kind == "gap":
            finding = replace(finding, kind="none", reason="gap")
        return self._completed(finding, None)

    def _found(self, reading: Reading, today: date, focus: Focus | None, home: Collection[str]) -> Finding:
        paper = self._routes.unknown_paper(reading)
        if paper:
            return Finding("none", reading, "unknown_document", attribute=paper)
        number, criteria = self._routes.criteria(reading, focus.documents if focus else ())
        if number and not criteria:
            return Finding("none", reading, "unknown_number", attribute=number)
        if period := self._routes.period(reading, focus.documents if focus else ()):
            return Finding("answer", replace(reading, facets=("valid",)), entries=(period,), facet="valid", score=ITEM)
        if subject := self._routes.subject(reading, talking=focus is not None):
            return Finding("answer", reading, entries=(subject,), facet="define", score=ITEM)
        if focus and (item := item_of(reading, focus, self.library)):
            facet = (*reading.facets, "")[0]
            return Finding("answer", reading, entries=(item,), facet=facet, score=ITEM)
        if focus and not home and not reading.documents:
            # The talk stays with its document where nothing else is named.
            home = focus.documents
        if home and reading.generic and not reading.documents and not (focus and focus.entry):
            # Asked at home, "hạn nộp báo cáo" means the papers of that place.
            reading = replace(reading, documents=frozenset(home))
        reading, matches = self.examine(reading, today, focus, home)
        if criteria:
            return self._by_number(reading, criteria, matches, today)
        found = self._decided(reading, stating_first(reading, matches, self.lexicon.attributes), today, home)
        return found if focus and focus.entry else self._coverage.within(found)

    def _by_number(self, reading: Reading, criteria: Sequence[Entry], matches: Sequence[Match], today: date) -> Finding:
        """The criterion with the asked number; both where it is used twice and nothing else tells them apart."""
        found = [match for match in matches if match.entry in criteria]
        topical = [t for t in reading.content if t.word not in ("tieu", "chi") and not t.word[0].isdigit()]
        same = len({entry.number for entry in criteria}) == 1
        if same and len(found) > 1 and len(topical) > 1 and found[0].score > 1.3 * found[1].score:
            criteria = [found[0].entry]
        facet = reading.facets[0] if reading.facets else ""
        missing = missing_attribute(criteria[0], reading, self.lexicon.attributes)
        if missing and self.lexicon.attributes[missing].guard:
            return Finding("none", reading, "not_stated", tuple(criteria[:1]), facet, missing, score=0.9)
        verdict = verdict_on(criteria[0], reading, today)
        return Finding("answer", reading, entries=tuple(criteria), facet=facet, verdict=verdict, score=NUMBERED)

    def _decided(self, reading: Reading, matches: Sequence[Match], today: date, home: Collection[str]) -> Finding:
        content = reading.content
        if not matches or (content and sum(term.known for term in content) < len(content) / 3):
            return Finding("none", reading, "far")
        sure = confidence(features(reading, matches))
        base = Finding("none", reading, "far", facet=(*reading.facets, "")[0], score=sure)
        first = matches[0].entry
        half = self._companions.half(reading, first, matches)
        missing = "" if half else self._coverage.missing(first, reading)
        if reading.generic and reading.documents and base.score < SURE and not (reading.earlier or missing):
            options = self._choices.within(reading, matches)
            if len(options) > 1:
                return replace(base, kind="clarify", reason="broad", options=options)
        topicless = (not content or reading.generic) and missing not in NEVER_RECKONED
        if topicless and not reading.earlier and not reading.documents and not home:
            options = self._choices.overview(reading, matches)
            if len(options) > 1:
                return replace(base, kind="clarify", reason="broad", options=options)
        verdict = verdict_on(first, reading, today)
        rivals = () if missing or isinstance(verdict, Total) else self._choices.rivals(reading, matches, home)
        if rivals:
            return replace(base, kind="clarify", reason="", options=rivals)
        finding = self._weighed(base, matches, missing, verdict)
        other = self._candidates.of_other_paper(reading, matches[0])
        return replace(finding, elsewhere=other or self._choices.elsewhere(reading, matches, home))

    def _weighed(self, base: Finding, matches: Sequence[Match], missing: str, verdict: Verdict | None) -> Finding:
        """Answer, say what is missing, or say that the documents do not answer."""
        first = matches[0].entry
        if missing and (verdict is None or missing in NEVER_RECKONED):
            near = (first,) if base.score >= WORTH_OFFERING else ()
            return replace(base, reason="not_stated", entries=near, attribute=missing)
        if first.kind == "gap" and base.score >= WORTH_CITING:
            if tells_whose(first, base.reading):
                # The line that names a paper also says whose it is and of which day.
                companions = self._companions.companion(base.reading, matches)
                return replace(base, kind="answer", reason="", entries=(first, *companions))
            return replace(base, reason="gap", entries=(first,))
        named = base.reading.documents and not base.reading.earlier
        hopes = HOPES.search(base.reading.folded) is not None
        surely = isinstance(verdict, Tenure) and verdict.months >= LASTING and hopes
        # Of a sum, the units and what they owe are all named.
        surely = surely or isinstance(verdict, Total)
        least = SURE_IN_TALK if base.reading.earlier else SURE_NAMED if named else SURE
        if surely or base.score >= (COMPUTED if verdict else least):
            companions = self._companions.companion(base.reading, matches)
            if verdict:
                # The conclusion and its own clause need the room.
                companions = tuple(entry for entry in companions if self._companions.names(base.reading, entry))
            if first.award and first.award.rule in self.library.entries and isinstance(verdict, Tenure | Excluded):
                stated = any(name in first.states for name in base.reading.attributes)
                if stated or self._companions.names(base.reading, first):
                    companions = (first, *companions)
                first = self.library.entries[first.award.rule]
            entries = tuple(dict.fromkeys((first, *companions)))
            nearby = self._companions.nearby(base.reading, matches, entries, sure=base.score >= DOUBTFUL)
            return replace(base, kind="answer", reason="", entries=entries, verdict=verdict, nearby=nearby)
        options = tuple(match.entry for match in matches[:3]) if base.score >= WORTH_OFFERING else ()
        return replace(base, options=options)

    def _completed(self, finding: Finding, before: Focus | None) -> Finding:
        """The finding with the row and names that its wording needs, and the focus for the next question."""
        entry = finding.entry
        documents = (entry.document,) if entry else tuple(sorted(finding.reading.documents))
        asked = finding.reading.text
        if before and finding.reading.earlier and len(finding.reading.added) <= 2:
            # An elliptical question is about what the one before it asked.
            asked = f"{asked}; {before.question}"[:REMEMBERED]
        focus = Focus(entry.id if entry else "", finding.facet, asked, documents)
        if entry is None and before and finding.kind == "none":
            focus = before
        rows = [row for row in entry.quantities if row.key] if entry else []
        soft = ""
        if entry and finding.kind == "answer":
            half = self._companions.half(finding.reading, entry)
            soft = missing_attribute(entry, finding.reading, self.lexicon.attributes, soft=not half)
        return replace(
            finding,
            focus=focus,
            rows=pick_rows(rows, finding.reading),
            names=self._names(finding.attribute),
            besides=self._names(soft),
        )

    def _names(self, attribute: str) -> Mapping[str, str]:
        asked = self.lexicon.attributes.get(attribute)
        return {"vi": asked.vi, "en": asked.en} if asked else {}
