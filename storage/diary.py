"""Reminders in the open transaction: who was reminded when, what was put off, the ward's own deadlines, calendars."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from storage.audits import TransactionAudit
from storage.database import Row, Transaction, Value, clean, day, day_text, moment, short, stamp
from storage.reminders import OwnDeadline

_WAITING = """
select distinct r.person from role r left join morning m on m.person = r.person
where r.first <= :today and (r.last = '' or r.last >= :today) and coalesce(m.day, '') < :today
order by r.person limit :limit
"""
_BEGIN = """
insert into morning (person, day, before) values (:person, :today, :before)
on conflict (person) do update set day = excluded.day, before = morning.day where morning.day < excluded.day
returning before
"""
_SNOOZE = """
insert into snooze (person, item, until) values (:person, :item, :until)
on conflict (person, item) do update set until = excluded.until
"""
_SILENCE = """
insert into silence (item, last, by, at) values (:item, :last, :by, :now) on conflict (item, last) do nothing
"""
_ADD = """
insert into ward_deadline (id, unit, what, last, yearly, whom, by, at)
values (:id, :unit, :what, :last, :yearly, :whom, :by, :now)
"""
_OWN = "select id, unit, what, last, yearly, whom, by, at, ended_at from ward_deadline "
_END = "update ward_deadline set ended_at = :now where id = :id and ended_at = '' returning id"
_CALENDAR = """
insert into calendar (key, person, unit, at) values (:key, :person, :unit, :now)
on conflict (person, unit) do update set key = case when :renewed = 1 then excluded.key else calendar.key end
returning key
"""
# Whose reminders were not delivered by the evening is reminded anew in the morning, of what is then still to be done.
# `due_at > ''` is always so; it leads SQLite to the small index of what waits.
_TOO_LATE = """
delete from outbox where channel = :channel and state = 'queued' and announcement is null and due_at > ''
and reminds <> '' returning reminds
"""
_ANEW = "update morning set day = before where person = :person"
# The later morning counts, so that nobody hears twice of one day.
_JOIN = (
    """
    insert into morning (person, day, before)
    select :to, m.day, m.before from morning m where m.person = :person
    on conflict (person) do update set day = excluded.day, before = excluded.before where morning.day < excluded.day
    """,
    """
    update snooze set person = :to where person = :person and not exists (
        select 1 from snooze e where e.person = :to and e.item = snooze.item)
    """,
    """
    update calendar set person = :to where person = :person and not exists (
        select 1 from calendar e where e.person = :to and e.unit = calendar.unit)
    """,
    "update outbox set reminds = :to where reminds = :person",
)
_OWNED = ("morning", "snooze", "calendar")


class TransactionReminders:
    """`storage.reminders.Reminders` of the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime, audit: TransactionAudit) -> None:
        self._transaction = transaction
        self._now = now
        self._audit = audit

    def waiting(self, today: date, limit: int) -> Sequence[str]:
        """People with a role today who were not reminded on this day, by id."""
        rows = self._transaction.execute(_WAITING, today=day_text(today), limit=limit)
        return [str(row[0]) for row in rows]

    def begin(self, person: str, today: date) -> date | None:
        """Keep that a person is reminded today; returns the day before on which they were."""
        yesterday = day_text(today - timedelta(days=1))
        rows = self._transaction.execute(_BEGIN, person=person, today=day_text(today), before=yesterday)
        return day(rows[0][0]) if rows else None

    def snoozed(self, person: str) -> Mapping[str, date]:
        """By item, the day on which a person wants to hear of it again."""
        rows = self._transaction.execute("select item, until from snooze where person = :person", person=person)
        return {str(item): date.fromisoformat(until) for item, until in rows}

    def snooze(self, person: str, item: str, until: date) -> None:
        """A person hears nothing of an item before a day."""
        self._transaction.execute(_SNOOZE, person=person, item=short(item), until=day_text(until))

    def silenced(self) -> Mapping[str, frozenset[date | None]]:
        """By item, what nobody is reminded of."""
        found: dict[str, frozenset[date | None]] = {}
        for item, last in self._transaction.execute("select item, last from silence"):
            found[item] = found.get(item, frozenset()) | {day(last)}
        return found

    def silence(self, item: str, last: date | None, by: str) -> None:
        """Remind nobody of one occurrence, or of none of them."""
        values: dict[str, Value] = {"item": short(item), "last": day_text(last), "by": by}
        self._transaction.execute(_SILENCE, now=stamp(self._now), **values)
        self._audit.add("reminder", item, "silenced", by, after=day_text(last))

    def wake(self, item: str, by: str) -> None:
        """Remind of an item again."""
        self._transaction.execute("delete from silence where item = :item", item=short(item))
        self._audit.add("reminder", item, "woken", by)

    def add(self, deadline: OwnDeadline) -> None:
        """Keep a deadline of the ward's own."""
        self._transaction.execute(
            _ADD,
            id=deadline.id,
            unit=deadline.unit,
            what=short(deadline.what),
            last=day_text(deadline.last),
            yearly=int(deadline.yearly),
            whom=deadline.whom,
            by=deadline.by,
            now=stamp(self._now),
        )
        self._audit.add("reminder", f"w/{deadline.id}", "added", deadline.by, after=clean(deadline.what))

    def own(self, id: str) -> OwnDeadline | None:
        """One of the ward's own, or None."""
        rows = self._transaction.execute(_OWN + "where id = :id", id=clean(id))
        return _own(rows[0]) if rows else None

    def owns(self) -> Sequence[OwnDeadline]:
        """Those of the ward's own that have not ended."""
        return [_own(row) for row in self._transaction.execute(_OWN + "where ended_at = '' order by last, id")]

    def end(self, id: str, by: str) -> bool:
        """End one of the ward's own; False where it had ended."""
        ended = self._transaction.execute(_END, id=clean(id), now=stamp(self._now))
        if ended:
            self._audit.add("reminder", f"w/{id}", "ended", by)
        return bool(ended)

    def calendar(self, person: str, unit: str, *, renewed: bool = False) -> str:
        """The key by which a person fetches a unit's calendar."""
        values: dict[str, Value] = {"person": person, "unit": clean(unit), "renewed": int(renewed)}
        [[key]] = self._transaction.execute(_CALENDAR, key=secrets.token_hex(16), now=stamp(self._now), **values)
        return str(key)

    def calendar_of(self, key: str) -> tuple[str, str] | None:
        """The person and the unit whose calendar a key opens, or None."""
        rows = self._transaction.execute("select person, unit from calendar where key = :key", key=clean(key))
        return (str(rows[0][0]), str(rows[0][1])) if rows else None


def too_late(transaction: Transaction, channel: str) -> None:
    """Take back the reminders that are still not sent: at night nobody gets any."""
    for [person] in transaction.execute(_TOO_LATE, channel=channel):
        transaction.execute(_ANEW, person=person)


def join(transaction: Transaction, person: str, to: str) -> None:
    """What is kept for a person belongs to another from now on."""
    for statement in _JOIN:
        transaction.execute(statement, person=person, to=to)
    _delete(transaction, person)


def forget(transaction: Transaction, person: str) -> None:
    """Delete what is kept for a person; what waits to be sent to them is not theirs any more."""
    _delete(transaction, person)
    transaction.execute("update outbox set reminds = '' where reminds = :person", person=person)


def _delete(transaction: Transaction, person: str) -> None:
    for table in _OWNED:
        transaction.execute(f"delete from {table} where person = :person", person=person)  # noqa: S608 -- our own names


def _own(row: Row) -> OwnDeadline:
    id, unit, what, last, yearly, whom, by, at, ended = row
    on = date.fromisoformat(last)
    return OwnDeadline(id, unit, what, on, bool(yearly), whom, by, moment(at), moment(ended) if ended else None)
