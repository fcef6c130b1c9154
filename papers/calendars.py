"""The deadlines of a unit as a calendar for telephones (RFC 5545): whole days with alarms in the morning.

A calendar is fetched again and again, so each event keeps its UID, its SEQUENCE grows with every change of its day or
of what was handed in, and DTSTAMP and LAST-MODIFIED say when that was (section 3.8.7.2, without METHOD).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from conversation import PaperFile
from knowledge.forms import version_of
from knowledge.holidays import holidays
from knowledge.model import Library
from knowledge.reminding import Mornings, mornings, mornings_before, ward_duties
from papers.paper import NoPaper, clean, slug
from storage.registry import AuditEvent, Registry, Round, Submission, UnitRow
from storage.reminders import OwnDeadline, Whom

CALENDAR_TYPE = "text/calendar; charset=utf-8"
_DAY = timedelta(days=1)
# How often a telephone looks again.
_REFRESH = timedelta(hours=6)
_HANDED_IN = ("submitted", "accepted")
# What has no day of its own on which it was written down.
_EVER = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of the calendar."""

    uid: str
    last: date
    summary: str
    description: str
    # Grows by one with each change; when the last one was.
    sequence: int
    changed: datetime
    # Nobody is reminded of it: it is done, or switched off.
    quiet: bool = False


def entries(registry: Registry, unit: UnitRow, library: Library | None, today: date) -> list[Entry]:
    """The days of a unit, the earliest first; of the ward also what the documents ask of it, and all rounds."""
    ward = not unit.parent
    found = list(_rounds(registry, unit, ward=ward))
    found += _own(registry, unit, today, ward=ward)
    if ward and library:
        found += _duties(registry, library, today)
    return sorted(found, key=lambda entry: (entry.last, entry.uid))


def calendar(unit: UnitRow, days: list[Entry], ward: str) -> PaperFile:
    """The calendar of a unit as a file."""
    made = Calendar()
    made.add("prodid", "-//Ban Pho//Lich han nop//VI")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    name = _line(f"Hạn nộp, {unit.name}")
    # RFC 7986 has these two; older programs know the others.
    made.add("name", name)
    made.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    made.add("x-published-ttl", "PT6H")
    known = mornings()
    for entry in days:
        made.add_component(_event(entry, ward, known))
    return PaperFile(f"han-nop_{slug(unit.code)}.ics", CALENDAR_TYPE, made.to_ical())


def calendar_of(unit: str, registry: Registry, library: Library | None, today: date) -> tuple[UnitRow, list[Entry]]:
    """A unit and its days. Raises `NoPaper`."""
    row = registry.units.get(unit)
    if row is None:
        raise NoPaper("Đơn vị này không có trong danh sách; anh/chị chọn lại đơn vị.")
    return row, entries(registry, row, library, today)


def _event(entry: Entry, ward: str, known: Mornings) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.last)
    event.add("dtend", entry.last + _DAY)
    event.add("summary", _line(entry.summary))
    event.add("description", clean(f"{entry.description}\n{_closed(entry.last)}{ward}, Bạn Phố"))
    event.add("class", "PRIVATE")
    # A deadline takes up nobody's time.
    event.add("transp", "TRANSPARENT")
    for morning in [] if entry.quiet else sorted(mornings_before(entry.last, known.days, holidays())):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _line(entry.summary))
        at = timedelta(hours=known.first.hour, minutes=known.first.minute)
        alarm.add("trigger", at - (entry.last - morning))
        event.add_component(alarm)
    return event


def _closed(last: date) -> str:
    known = holidays()
    if not known.closed(last):
        return ""
    name, before = known.name(last), known.last_open(last)
    return f"Hôm ấy {'nghỉ ' + name if name else 'phường nghỉ'}; nên xong trước, muộn nhất {before:%d/%m/%Y}.\n"


def _rounds(registry: Registry, unit: UnitRow, *, ward: bool) -> Iterator[Entry]:
    theirs: dict[str, list[Submission]] = {}
    for submission in registry.submissions.of_unit(unit.code):
        theirs.setdefault(submission.round, []).append(submission)
    silenced = registry.reminders.silenced()
    for round in registry.rounds.current():
        if round.due is None:
            continue
        silent = bool(silenced.get(f"r/{round.id}", frozenset()) & {None, round.due})
        if unit.code in round.units:
            yield _owed(registry, round, round.due, unit, theirs.get(round.id, []), silent=silent)
        elif ward:
            # Whoever looks after a round wants to see its end, not to be woken by it.
            yield _looked_after(registry, round, round.due)


def _owed(
    registry: Registry, round: Round, due: date, unit: UnitRow, theirs: list[Submission], *, silent: bool
) -> Entry:
    changes = _changes(registry, round)
    done = any(submission.state in _HANDED_IN for submission in theirs)
    name = f"{_form(registry, round)}, {round.period}"
    return Entry(
        uid=_uid(f"r-{round.id}-{unit.code}"),
        last=due,
        summary=f"{'Đã nộp' if done else 'Hạn nộp'}: {name}",
        description=f"{unit.name}. " + ("Phường đã có bài." if done else "Gõ biểu mẫu cho Bạn Phố để làm và nộp."),
        sequence=len(changes) + sum(submission.revision for submission in theirs),
        changed=max([round.opened_at, *(one.at for one in changes), *(one.changed_at for one in theirs)]),
        quiet=done or silent,
    )


def _looked_after(registry: Registry, round: Round, due: date) -> Entry:
    changes = _changes(registry, round)
    return Entry(
        uid=_uid(f"r-{round.id}"),
        last=due,
        summary=f"Hết hạn đợt: {_form(registry, round)}, {round.period}",
        description=f"{len(round.units)} đơn vị phải nộp.",
        sequence=len(changes),
        changed=max([round.opened_at, *(one.at for one in changes)]),
        quiet=True,
    )


def _changes(registry: Registry, round: Round) -> list[AuditEvent]:
    changed = [one for one in registry.audit.of("round", round.id) if one.action != "opened"]
    return [*changed, *registry.audit.of("reminder", f"r/{round.id}")]


def _form(registry: Registry, round: Round) -> str:
    form = version_of(registry.rounds.version(round.version)).form
    return form.short or form.title


def _own(registry: Registry, unit: UnitRow, today: date, *, ward: bool) -> Iterator[Entry]:
    silenced = registry.reminders.silenced()
    wanted: tuple[Whom, ...] = ("staff", "all") if ward else ("leaders", "all")
    for one in registry.reminders.owns():
        if one.whom in wanted and unit.code in registry.units.below(one.unit):
            for last in _occurrences(one, today):
                yield _own_entry(registry, one, last, silenced)


def _occurrences(one: OwnDeadline, today: date) -> list[date]:
    """Its days: of a yearly one those of this year and the next, none before its first."""
    if not one.yearly:
        return [one.last]
    found = [one.in_year(year) for year in (today.year, today.year + 1)]
    return [on for on in found if on >= one.last] or [one.last]


def _own_entry(
    registry: Registry, one: OwnDeadline, last: date, silenced: Mapping[str, frozenset[date | None]]
) -> Entry:
    item = f"w/{one.id}"
    events = registry.audit.of("reminder", item)
    return Entry(
        uid=_uid(f"w-{one.id}-{last.year}"),
        last=last,
        summary=f"{one.what[:1].upper()}{one.what[1:]}",
        description="Hạn do phường đặt.",
        sequence=max(len(events) - 1, 0),
        changed=max([one.at, *(event.at for event in events)]),
        quiet=bool(silenced.get(item, frozenset()) & {None, last}),
    )


def _duties(registry: Registry, library: Library, today: date) -> Iterator[Entry]:
    silenced = registry.reminders.silenced()
    for duty in ward_duties(library, today):
        item = f"d/{duty.entry.id}"
        events, issued = registry.audit.of("reminder", item), duty.document.issued
        written = datetime(issued.year, issued.month or 1, issued.day or 1, tzinfo=UTC) if issued.year else _EVER
        yield Entry(
            uid=_uid(f"d-{duty.entry.id}-{duty.last.year}"),
            last=duty.last,
            summary=f"{duty.deadline.what[:1].upper()}{duty.deadline.what[1:]}",
            description=f"{duty.document.type} {duty.document.number}, {duty.entry.section}: {duty.deadline.raw}.",
            sequence=len(events),
            changed=max([written, *(event.at for event in events)]),
            quiet=bool(silenced.get(item, frozenset()) & {None, duty.last}),
        )


def _uid(name: str) -> str:
    """Stays the same wherever the server stands."""
    return f"{name}@ban-pho"


def _line(text: str) -> str:
    """Text on one line; what is left without a word is a deadline all the same."""
    return " ".join(clean(text).split()) or "Hạn nộp"
