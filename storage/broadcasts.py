"""Announcements of the open transaction: drafted, confirmed, held, ended, repeated and corrected."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from conversation import Channel, Choice, Reply
from storage.announcements import (
    QUIET_OVERRIDDEN,
    Announcement,
    Audience,
    Headcount,
    Kind,
    Missing,
    NobodyReached,
    Stage,
    TooLong,
)
from storage.audiences import pack_audience, unpack_audience
from storage.audits import TransactionAudit
from storage.bodies import pack, unpack
from storage.database import Row, Transaction, Value, as_json, clean, moment, short, stamp
from storage.ledger import Ledger, sending_seconds
from storage.recipients import Recipients, recipients
from storage.records import StorageError

# There are 887 million codes: several clashes in a row mean that something else is wrong.
_CODE_TRIES = 10
# Part of the id of what marks the messages that an announcement corrects.
MARKS = "-marks"

COLUMNS = (
    "id, code, kind, topic, body, audience, state, revision, by, approved_by, created_at, confirmed_at, starts_at,"
    " quiet, made, total, corrects, marked, repeats, settings"
)
_ADD = """
insert into announcement (id, code, kind, topic, body, audience, settings, state, by, created_at, corrects, marked,
    repeats)
values (:id, :code, :kind, :topic, :body, :audience, :settings, 'draft', :by, :now, :corrects, :marked, :repeats)
on conflict do nothing returning id
"""
_GET = f"select {COLUMNS} from announcement where (id = :id or code = :code) and marks = 0"
_RECENT = f"""
select {COLUMNS} from announcement where marks = 0 order by created_at desc, id limit :limit offset :offset
"""
# What people answer in words is about something that they remember.
_ANSWERED_WITHIN = timedelta(days=14)
_NEWEST_OF = """
select n.id from announcement n where n.marks = 0 and n.confirmed_at > :since and exists (
    select 1 from outbox o where o.announcement = n.id and o.person = :person and o.state <> 'queued')
order by n.confirmed_at desc limit 1
"""
_UNREAD_OF = """
select n.id from announcement n where n.marks = 0 and n.kind <> 'normal' and n.confirmed_at > :since and exists (
    select 1 from outbox o
    where o.announcement = n.id and o.person = :person and o.state <> 'queued' and o.read_at = '')
and not exists (select 1 from announcement c where c.corrects = n.id and c.marks = 0 and c.confirmed_at <> '')
order by n.confirmed_at desc, n.id limit 10
"""
_ACTIVE = f"""
select {COLUMNS} from announcement where state in ('filling', 'sending', 'paused') and marks = 0
order by confirmed_at, id
"""
_SAVE = """
update announcement set kind = :kind, topic = :topic, body = :body, audience = :audience, starts_at = :starts_at,
quiet = :quiet, settings = :settings, marked = :marked, state = 'draft', revision = revision + 1
where id = :id and revision = :revision and state in ('draft', 'waiting') returning id
"""
_PROPOSE = """
update announcement set state = 'waiting', revision = revision + 1
where id = :id and revision = :revision and state = 'draft' returning state
"""
_CONFIRM = """
update announcement set approved_by = case when state = 'waiting' then :by else '' end, state = 'filling',
revision = revision + 1, confirmed_at = :now, starts_at = case when starts_at < :now then :now else starts_at end
where id = :id and revision = :revision and state in ('draft', 'waiting') returning starts_at
"""
# What marks the corrected messages goes the same way, beside it.
_ADD_MARKS = """
insert into announcement (id, code, kind, topic, body, audience, settings, state, revision, by, approved_by,
    created_at, confirmed_at, starts_at, quiet, corrects, marks)
select :marks, :marks, kind, topic, marked, audience, '{}', 'filling', 0, by, approved_by, created_at, confirmed_at,
    starts_at, quiet, corrects, 1
from announcement where id = :id and marked <> '' and corrects <> ''
"""
_MOVE = """
update announcement set state = {to}, revision = revision + 1
where id in (:id, :marks) and state in ({states}) returning id
"""
_PAUSE = _MOVE.format(to="'paused'", states="'filling', 'sending'")
_RESUME = _MOVE.format(to="case when total is null then 'filling' else 'sending' end", states="'paused'")
_CANCEL = _MOVE.format(to="'cancelled'", states="'draft', 'waiting', 'filling', 'sending', 'paused'")


class TransactionAnnouncements(Ledger):
    """`storage.announcements.Announcements` of the open transaction."""

    def __init__(
        self,
        transaction: Transaction,
        now: datetime,
        channels: Mapping[str, Channel],
        audit: TransactionAudit,
        code: Callable[[], str],
    ) -> None:
        super().__init__(transaction, now, channels)
        self._audit = audit
        self._code = code

    def draft(self, kind: Kind, body: Reply, audience: Audience, by: str) -> Announcement:
        """Begin one."""
        return self._draft(Announcement("", "", kind, "", body, audience, "draft", 0, by, "", self._now))

    def get(self, id: str) -> Announcement | None:
        """One by id or code, or None."""
        rows = self._transaction.execute(_GET, id=clean(id), code=clean(id).upper())
        return announcement(rows[0]) if rows else None

    def newest_of(self, person: str) -> Announcement | None:
        """The newest that went to a person within the last two weeks, or None."""
        since = stamp(self._now - _ANSWERED_WITHIN)
        rows = self._transaction.execute(_NEWEST_OF, person=person, since=since)
        return self.get(rows[0][0]) if rows else None

    def unread_of(self, person: str) -> Sequence[Announcement]:
        """Important and urgent ones of the last two weeks that a person has not read, newest first, none corrected."""
        rows = self._transaction.execute(_UNREAD_OF, person=person, since=stamp(self._now - _ANSWERED_WITHIN))
        found = [self.get(row[0]) for row in rows]
        return [told for told in found if told]

    def recent(self, limit: int = 20, offset: int = 0) -> Sequence[Announcement]:
        """The newest first, in any state."""
        return [announcement(row) for row in self._transaction.execute(_RECENT, limit=limit, offset=offset)]

    def active(self) -> Sequence[Announcement]:
        """Those that are being written, sent or paused, and those that wait for their time; oldest first."""
        return [announcement(row) for row in self._transaction.execute(_ACTIVE)]

    def save(self, announcement: Announcement) -> Announcement | None:
        """Change what is not confirmed; None where it is not as it was any more."""
        starts_at = stamp(announcement.starts_at) if announcement.starts_at else ""
        values = {**_content(announcement), "starts_at": starts_at, "quiet": int(announcement.quiet)}
        saved = self._transaction.execute(_SAVE, id=announcement.id, revision=announcement.revision, **values)
        return self.get(announcement.id) if saved else None

    def count(self, audience: Audience, kind: Kind = "normal", topic: str = "") -> Headcount:
        """How many would get it now."""
        people, unreached = Recipients(self._transaction, self._channels, audience, kind, topic, self._now).count()
        by_channel: dict[str, int] = {}
        for (_, channel), number in people.items():
            by_channel[channel] = by_channel.get(channel, 0) + number
        return Headcount(people, unreached, sending_seconds(self._channels, by_channel))

    def unreachable(self, audience: Audience, kind: Kind, topic: str, limit: int) -> Sequence[Missing]:
        """Some of the audience who would not get it now, by unit, those with a name first."""
        return Recipients(self._transaction, self._channels, audience, kind, topic, self._now).unreached(limit)

    def propose(self, id: str, revision: int, by: str) -> Announcement | None:
        """Let it wait for somebody's approval; None where it is not a draft of this revision."""
        if not self._transaction.execute(_PROPOSE, id=id, revision=revision):
            return None
        return self._moved(id, "proposed", by)

    def confirm(self, id: str, revision: int, by: str) -> Announcement | None:
        """Send it; None for the second press of two. Raises `NobodyReached` and `TooLong`."""
        drafted = self.get(id)
        if drafted is None or drafted.revision != revision or drafted.state not in ("draft", "waiting"):
            return None
        self._check(drafted)
        now = stamp(self._now)
        if not self._transaction.execute(_CONFIRM, id=drafted.id, revision=revision, by=by, now=now):
            return None
        self._transaction.execute(_ADD_MARKS, id=drafted.id, marks=drafted.id + MARKS)
        return self._moved(drafted.id, "confirmed", by, "" if drafted.quiet else QUIET_OVERRIDDEN)

    def pause(self, id: str, by: str) -> Announcement | None:
        """Hold it after what is being sent; None where there is nothing to hold."""
        return self._move(_PAUSE, id, "paused", by)

    def resume(self, id: str, by: str) -> Announcement | None:
        """Go on; None where it is not paused."""
        return self._move(_RESUME, id, "resumed", by)

    def cancel(self, id: str, by: str) -> Announcement | None:
        """Send no more; what was sent stays sent. None where it has ended."""
        return self._move(_CANCEL, id, "cancelled", by)

    def again_to_unreached(self, id: str, by: str) -> Announcement:
        """A draft with the same words to those known not to have it. Raises `KeyError`."""
        first = self._known(id)
        root = first.repeats or first.id
        audience = Audience(first.audience.on, missed=root)
        again = self._draft(replace(first, audience=audience, by=by, repeats=root, corrects="", marked=None))
        # Its buttons speak of the row that it makes.
        choices = [Choice(one.label, one.value.replace(first.id, again.id)) for one in first.body.choices]
        saved = self.save(replace(again, body=replace(first.body, choices=tuple(choices))))
        return saved or again

    def correction(self, id: str, body: Reply, by: str, marked: Reply | None = None) -> Announcement:
        """A draft of the same kind to exactly those who got it. Raises `KeyError`."""
        first = self._known(id)
        root = first.repeats or first.id
        audience = Audience(first.audience.on, got=root)
        return self._draft(
            replace(first, body=body, audience=audience, by=by, corrects=root, repeats="", marked=marked, settings={})
        )

    def _known(self, id: str) -> Announcement:
        found = self.get(id)
        if found is None:
            raise KeyError(id)
        return found

    def _check(self, drafted: Announcement) -> None:
        for name, channel in self._channels.items():
            for body in (drafted.body, *([drafted.marked] if drafted.marked else [])):
                if len(channel.parts(body)) > 1:
                    raise TooLong(name)
        if not recipients(self._transaction, self._channels, drafted, self._now).anybody():
            raise NobodyReached(drafted.code)

    def _draft(self, like: Announcement) -> Announcement:
        for _ in range(_CODE_TRIES):
            id = secrets.token_hex(8)
            values = {**_content(like), "by": like.by, "corrects": like.corrects, "repeats": like.repeats}
            if self._transaction.execute(_ADD, id=id, code=f"TB-{self._code()}", now=stamp(self._now), **values):
                return self._moved(id, "drafted", like.by)
        raise StorageError("no free code for an announcement was found: try again")

    def _move(self, sql: str, id: str, action: str, by: str) -> Announcement | None:
        found = self.get(id)
        if found is None:
            return None
        moved = self._transaction.execute(sql, id=found.id, marks=found.id + MARKS)
        return self._moved(found.id, action, by) if moved else None

    def _moved(self, id: str, action: str, by: str, after: str = "") -> Announcement:
        self._audit.add("announcement", id, action, by, after=after)
        return self._known(id)


def _content(announcement: Announcement) -> dict[str, Value]:
    return {
        "kind": announcement.kind,
        "topic": short(announcement.topic),
        "body": pack(announcement.body),
        "audience": pack_audience(announcement.audience),
        "settings": as_json(announcement.settings),
        "marked": pack(announcement.marked) if announcement.marked else "",
    }


def announcement(row: Row) -> Announcement:
    """An announcement from its columns."""
    id, code, kind, topic, body, audience, state, revision, by, approved_by, *rest = row
    created_at, confirmed_at, starts_at, quiet, made, total, corrects, marked, repeats, settings = rest
    stage: Stage = state
    return Announcement(
        id,
        code,
        kind,
        topic,
        unpack(body),
        unpack_audience(audience),
        stage,
        revision,
        by,
        approved_by,
        moment(created_at),
        moment(confirmed_at) if confirmed_at else None,
        moment(starts_at) if starts_at else None,
        bool(quiet),
        made,
        total,
        corrects,
        unpack(marked) if marked else None,
        repeats,
        json.loads(settings),
    )
