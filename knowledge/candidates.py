"""The entries that a question may be about, in the order in which they should answer it."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from knowledge.dates import dates_in
from knowledge.deciding import FIELDS, has_field, is_dated, wanted_kind
from knowledge.focus import Focus, continued, kin, nearness
from knowledge.folding import fold
from knowledge.model import Entry, Library
from knowledge.ranking import Match, Ranker
from knowledge.reading import Reader, Reading
from knowledge.reckoning import verdict_on
from knowledge.routes import Routes
from knowledge.spelling import plain_words
from knowledge.sums import is_sum
from knowledge.verdicts import Excluded, Tenure, Total

# What an entry on the award gets for those whom the question names.
HONOURED = 0.2
# … and the entry on places where people or bodies are counted that are rewarded.
QUOTA = 0.3
# … and those of the section that the question names.
SECTION = 1.0
# Share of the first score that the best entry of the other paper must reach which a question names.
OTHER = 0.4
# Share of the first score that the items of a list must reach which are asked for together.
ALIKE = 0.97
# … and an entry that counts what is asked for, where the first one does not.
COUNTING = 0.85
# … and the rule that shuts out those whom a question names.
RULE = 0.7
# Share of a question's weight that an entry has which names all that is asked for.
WHOLE = 0.97
# What an entry gets that counts what is asked for, and what somebody holds a number of theirs against.
COUNTED = 0.12
COUNTED_UP = 0.3
_COUNTED_NOUN = re.compile(r"\b(?:bao nhieu|may|nhieu|\d+) (cong trinh|chi tieu|mo hinh|nam|khu vuc|ngay)\b")
_SENDER = re.compile(
    r"\b(quan|huyen|phuong|xa|so|wards?|district)\s+(?:\w+\s+){0,2}?(?:gui|nop|trinh|bao cao|send|submit)\b"
)
_REWARDED = re.compile(r"\b(?:khen|thuong|commended|rewarded|award|awards|certificate)\b")
# Share of what a line that only names a thing covers of a question which an entry on the thing must cover.
COVERING = 0.75
# Items of a list that is answered as a whole where what is beside one of them is asked for.
SHORT_LIST = 4
# "ngoài thành tích thì phải có gì": the rest of the list is asked for.
_BESIDES = re.compile(
    r"(?<!nam )(?<!hom )(?<!bua )\bngoai (?!duong|hem|pho|troi|gio|san|cho|ngo|phuong|via|le|do\b)"
    r".{3,70}?\b(?:ra|thi|con|phai|can)\b.*\b(?:gi|nao|may|sao)\b"
    r"|\b(?:besides|apart from|other than|in addition to)\b"
)
_PLACES = re.compile(r"\b(?:bao nhieu|nhieu|may) (?:nguoi|ca nhan|tap the|suat|don vi|truong hop|cho)\b")
_ALL = frozenset({"cac", "nhung", "va"})
# Words that only stretch a number: "thêm 6 tháng nữa", "9 năm rưỡi".
_SPANS = frozenset({"them", "nua", "nam", "thang", "ruoi", "tron", "year", "month", "more"})
_NOBODY = frozenset({""})
_CLAUSE = re.compile(r"\b(?:khoan|diem)\s+\d.*\bchi thi\b|\bchi thi\b.*\b(?:khoan|diem)\s+\d")


class Candidates:
    """Ranks entries for questions, minding the conversation, the person's place and what is asked."""

    def __init__(self, library: Library, reader: Reader, ranker: Ranker, routes: Routes) -> None:
        self._library, self._reader, self._ranker, self._routes = library, reader, ranker, routes
        # Whom an award is for, by the id of its entry. A ward alone is only where somebody lives.
        awards = ((entry.id, entry.award.who) for entry in library.entries.values() if entry.award)
        honoured = ((id, frozenset(reader.canonical(plain_words(who))) - _ALL) for id, who in awards)
        self._honoured = {id: who for id, who in honoured if len(who) > 1}

    def examine(
        self, reading: Reading, focus: Focus | None, home: Collection[str], today: date
    ) -> tuple[Reading, list[Match]]:
        """The reading with what it borrows from the conversation, and the candidates for it, best first."""
        if focus and focus.question:
            reading = continued(reading, focus, self._reader)
        matches = self._ranked(reading, focus, home)
        if not matches:
            return reading, matches
        matches = self._preferred(reading, self._together(reading, _home_first(matches, home)))
        if not (reading.asks("list", "define") and self._library.children(matches[0].entry)):
            # "Mười chỉ tiêu chung là gì" wants the list, whatever one of its items counts.
            matches = _computable(reading, matches, today)
        return reading, self._reckoned(reading, matches, focus, today)

    def _reckoned(self, reading: Reading, matches: list[Match], focus: Focus | None, today: date) -> list[Match]:
        """The candidates with the entry in focus first, where all that a question adds is numbers for its rule."""
        entry = self._library.entries.get(focus.entry) if focus and reading.earlier else None
        if entry is None or entry is matches[0].entry or not any(c.isdigit() for c in reading.numbered):
            return matches
        others = (word for word in reading.added if not (word[0].isdigit() or word in _SPANS))
        if not self._ranker.holds(entry, others) or verdict_on(entry, reading, today) is None:
            return matches
        return [replace(matches[0], entry=entry), *(match for match in matches if match.entry is not entry)]

    def of_other_paper(self, reading: Reading, top: Match) -> Entry | None:
        """The best entry of the other one of the papers that a question names; None where it names one."""
        named = reading.documents - {top.entry.document}
        if not named or top.entry.document not in reading.documents:
            return None
        found = (m.entry for m in self._ranker.rank(reading, named) if m.score > OTHER * top.score)
        return next((entry for entry in found if entry.kind != "gap"), None)

    def _ranked(self, reading: Reading, focus: Focus | None, home: Collection[str]) -> list[Match]:
        also = kin(self._library, focus, reading.documents) if focus and reading.continues else ()
        inside = self._routes.in_section(reading)
        boost = self._boost(reading, focus, home, inside)
        return self._ranker.rank(reading, reading.documents, boost, {*also, *inside})

    def _boost(
        self, reading: Reading, focus: Focus | None, home: Collection[str], inside: Collection[str]
    ) -> Callable[[Entry], float]:
        dates = {(d.day, d.month) for d in dates_in(reading.folded)}
        unit = _counted(reading)
        counting = COUNTED_UP if reading.asks("check") else COUNTED
        papers = self._routes.citing(reading)

        # The last one is who asks: "phường trình rồi, còn quận gửi khi nào".
        sender = next(reversed(list(_SENDER.finditer(reading.folded))), None)
        words = {term.word for term in reading.terms} if _REWARDED.search(reading.folded) else set()

        asked_people = bool(words) and _PLACES.search(reading.folded) is not None

        def boost(entry: Entry) -> float:
            value = 0.5 if dates and any((d.day, d.month) in dates for d in entry.deadlines) else 0.0
            value += 0.06 if reading.facets and has_field(entry, reading.facets[0]) else 0.0
            value += counting if _counts(entry, unit) else 0.0
            value += QUOTA if asked_people and entry.kind == "quota" else 0.0
            value += 0.15 if entry.document in home else 0.0
            value += 0.4 if entry.id in papers else 0.0
            if entry.id in inside:
                value += SECTION + (0.2 if self._library.children(entry) else 0.0)
            value += HONOURED if words and self._honoured.get(entry.id, _NOBODY) <= words else 0.0
            if sender and entry.deadlines:
                value += 0.25 if any(sender[1] in fold(d.who) for d in entry.deadlines) else -0.1
            value += 0.3 if entry.kind == "signature" and (*reading.facets, "")[0] == "sign" else 0.0
            if focus and focus.entry and reading.continues:
                value += nearness(entry, focus, reading, self._library, self._ranker)
            return value

        return boost

    def _together(self, reading: Reading, matches: list[Match]) -> list[Match]:
        """The candidates with the list first of which several items fit equally well, or what is beside one of them."""
        top = matches[0]
        parent = self._library.entries.get(top.entry.parent)
        if parent and self._is_short_list(parent, top.entry) and _BESIDES.search(reading.folded):
            return [replace(top, entry=parent), *(match for match in matches if match.entry is not parent)]
        alike = [m for m in matches[1:5] if m.entry.parent == top.entry.parent and m.score > ALIKE * top.score]
        listed = any(m.entry is parent and m.score > ALIKE * top.score for m in matches[1:4])
        if parent is None or parent.kind == "gap" or len(alike) < (1 if listed else 2):
            return matches
        return [replace(top, entry=parent), *(match for match in matches if match.entry is not parent)]

    def _is_short_list(self, parent: Entry, item: Entry) -> bool:
        items = self._library.children(parent)
        return parent.kind != "gap" and 1 < len(items) <= SHORT_LIST and not self._library.children(item)

    def _preferred(self, reading: Reading, matches: list[Match]) -> list[Match]:
        """The candidates with the one first that holds what is asked, where the best one does not."""
        top = matches[0]
        facet = reading.facets[0] if reading.facets else ""
        concrete = facet in FIELDS or facet in ("check", "locate")
        dated = reading.asks("when") and is_dated(top.entry, reading)
        if top.entry.kind == "gap" and concrete and not (dated or reading.asks("define", "list", "which")):
            # What names the very thing is not given up for what is only near it.
            least = 0.8 if top.covered > WHOLE else 0.6
            others = [m for m in matches[1:4] if m.entry.kind != "gap" and m.score > least * top.score]
            others = [m for m in others if m.covered > COVERING * top.covered]
            others.sort(key=lambda m: not has_field(m.entry, facet))
        elif top.entry.kind == "gap" and (kind := wanted_kind(reading)):
            # What only names the thing gives way to the criterion that says how much of it is wanted.
            others = [m for m in matches[1:5] if m.entry.kind == kind and m.score > 0.75 * top.score]
            others = [m for m in others if m.covered > WHOLE * top.covered]
        elif reading.asks("locate") and not reading.earlier and self._library.children(top.entry):
            others = self._items_of(top.entry, reading, matches)
        elif top.entry.kind != "gap" and _CLAUSE.search(reading.folded):
            others = [m for m in matches[1:6] if m.entry.kind == "gap"]
        elif reading.asks("define", "list") and not self._tells(top.entry, reading):
            others = [m for m in matches[1:3] if m.entry.kind == "gap" and m.score > 0.7 * top.score]
        elif reading.asks("how_many") and (unit := _counted(reading)) and not _counts(top.entry, unit):
            others = [m for m in matches[1:8] if _counts(m.entry, unit) and _near(top, m, COUNTING)]
        elif not has_field(top.entry, facet):
            others = [m for m in matches[1:5] if has_field(m.entry, facet) and _near(top, m)]
        else:
            others = []
        return _first(others[0], matches) if others else matches

    def _items_of(self, parent: Entry, reading: Reading, matches: Sequence[Match]) -> list[Match]:
        """Items of a named list that speak of what is looked for in it: "tiêu chuẩn 3 có tiêu chí nào về nước"."""
        sought = [term.word for term in reading.content if not self._ranker.holds(parent, (term.word,))]
        items = (match for match in matches[1:] if match.entry.parent == parent.id)
        return [match for match in items if sought and self._ranker.holds(match.entry, sought)]

    def _tells(self, entry: Entry, reading: Reading) -> bool:
        """Whether an entry has what a question for a meaning or a list may want: items, or a field asked besides."""
        fields = (facet for facet in reading.facets if facet in FIELDS)
        return bool(self._library.children(entry) or entry.items) or any(has_field(entry, name) for name in fields)


def _first(chosen: Match, matches: Iterable[Match]) -> list[Match]:
    return [chosen, *(match for match in matches if match is not chosen)]


def _counted(reading: Reading) -> str:
    """What a question wants to be counted, folded: "bao nhiêu công trình"; or empty."""
    found = _COUNTED_NOUN.search(reading.folded)
    return found[1] if found else ""


def _counts(entry: Entry, unit: str) -> bool:
    return bool(unit) and any(fold(row.unit).startswith(unit) for row in entry.quantities)


def _near(top: Match, other: Match, least: float = 0.9) -> bool:
    a, b = top.entry, other.entry
    family = b.id == a.parent or b.parent == a.id or (a.parent and a.parent == b.parent) or b.id in a.see
    if b.parent == a.id and top.covered > WHOLE:
        # The list is asked for, not one of its items.
        family = False
    return other.score > (0.7 if family else least) * top.score and b.document == a.document


def _computable(reading: Reading, matches: list[Match], today: date) -> list[Match]:
    """The candidates with the one first whose typed rule the question's numbers can be held against."""
    top = matches[0]
    if reading.asks("check") and not top.entry.award:
        # "Bị khiển trách có được xét không": the rule that shuts out says so, whatever else speaks of such people.
        rules = (m for m in matches[1:4] if m.entry.award and m.entry.award.exclusions and m.score > RULE * top.score)
        excluding = (m for m in rules if isinstance(verdict_on(m.entry, reading, today), Excluded))
        if shut_out := next(excluding, None):
            return _first(shut_out, matches)
    if not (any(c.isdigit() for c in reading.numbered) or is_sum(reading)):
        return matches
    if top.entry.kind == "gap":
        # "Làm 9 năm thì được gì" only shares its number with what names Directive 09.
        served = (m for m in matches[1:4] if m.entry.award and m.score > RULE * top.score and not reading.documents)
        return next((_first(m, matches) for m in served if _is_tenure(m.entry, reading, today)), matches)
    near = [top, *(match for match in matches[1:6] if match.score > 0.45 * top.score)]
    verdicts = [verdict_on(match.entry, reading, today) for match in near]
    close = [match.score > 0.55 * top.score for match in near]
    for kind in (Total, Tenure):
        for match, verdict in zip(near, verdicts, strict=True):
            if isinstance(verdict, kind):
                return _first(match, matches)
    if _counts(top.entry, _counted(reading)) or verdicts[0] is not None:
        return matches
    for match, verdict, is_close in zip(near, verdicts, close, strict=True):
        if is_close and verdict is not None and match.entry.document == top.entry.document:
            return _first(match, matches)
    return matches


def _is_tenure(entry: Entry, reading: Reading, today: date) -> bool:
    return isinstance(verdict_on(entry, reading, today), Tenure)


def _home_first(matches: list[Match], home: Collection[str]) -> list[Match]:
    """The candidates with the best one of the person's own place first, where it is nearly as good."""
    own = next((match for match in matches if match.entry.document in home), None)
    return matches if own is None or own.score < 0.75 * matches[0].score else _first(own, matches)
