"""Who is meant by an announcement, and where each of them is reached: read by person id, page after page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from conversation import Channel
from storage.announcements import (
    CHANNEL_OFF,
    NO_ADDRESS,
    NOT_SEEN,
    UNSUBSCRIBED,
    Announcement,
    Audience,
    Kind,
    Level,
)
from storage.database import Row, Transaction, Value, as_json, clean, day, day_text, listed, stamp
from storage.units import BELOW

# People in one commit: measured, see the design's "Storage".
BATCH = 2_000
# A page that was not looked at for longer is no place to reach somebody.
SEEN_WITHIN = timedelta(days=7)

_RECEIVES: Mapping[Level, tuple[Kind, ...]] = {
    "all": ("normal", "important", "urgent"),
    "important": ("important", "urgent"),
    "urgent": ("urgent",),
    "none": (),
}

_LAST_OF_PAGE = """
select max(id) from (select id from person where id > :after order by id limit :limit) page
"""
_PEOPLE = """
select p.id, p.unit, {unit}, coalesce(t.level, d.level, 'all'), a.channel, a.chat, a.unreachable, a.seen_at
from person p
left join address a on a.person = p.id {at}
left join subscription t on t.person = p.id and t.topic = :topic
left join subscription d on d.person = p.id and d.topic = ''
where p.id > :after and p.id <= :until {conditions}
order by p.id, a.seen_at desc
"""
_ROLE = """
from role r where r.person = p.id and r.first <= :on and (r.last = '' or r.last >= :on)
"""
_OWING = """
select s.unit from submission s where s.round = :round and s.state in ('submitted', 'accepted')
"""
_FAMILY = "select id from announcement where id = :id or repeats = :id"
# Of those whom it did not reach, who got it by a repetition, or may get it by one that is under way.
_MISSED = """
and (
    exists (select 1 from outbox o join announcement n on n.id = o.announcement
        where o.announcement = :missed and o.person = p.id
        and (o.state = 'failed' or (o.state = 'queued' and n.state = 'cancelled')))
    or exists (select 1 from unreached u where u.announcement = :missed and u.person = p.id))
and not exists (select 1 from outbox o join announcement n on n.id = o.announcement
    where o.announcement in ({family}) and o.person = p.id
    and (o.state in ('sent', 'unknown', 'sending', 'offered') or (o.state = 'queued' and n.state <> 'cancelled')))
"""
_GOT = """
and exists (select 1 from outbox o where o.announcement in ({family}) and o.person = p.id and o.state = 'sent')
"""


class Recipient(NamedTuple):
    """Somebody of the audience: their address, or why there is none. A tuple, because there are a million."""

    person: str
    unit: str
    # Empty where there is none.
    channel: str
    chat: str
    reason: str = ""


class Recipients:
    """The audience of one kind and topic, as it is now."""

    def __init__(
        self,
        transaction: Transaction,
        channels: Mapping[str, Channel],
        audience: Audience,
        kind: Kind,
        topic: str,
        now: datetime,
    ) -> None:
        self._transaction = transaction
        self._channels = channels
        self._fresh = stamp(now - SEEN_WITHIN)
        # Who was told something wrong is told so, whatever they subscribed to.
        self._always = bool(audience.got)
        self._kind = kind
        self._home = not audience.roles or "resident" in audience.roles
        self._units = frozenset(_below(transaction, audience.units))
        self._sql, self._values = _statement(transaction, audience, sorted(self._units), self._home)
        self._values["topic"] = clean(topic)

    def all(self) -> Iterator[Recipient]:
        """Everybody, by person id."""
        after = ""
        while until := page_end(self._transaction, after):
            yield from self.between(after, until)
            after = until

    def between(self, after: str, until: str) -> Iterator[Recipient]:
        """Those of the audience after an id, up to another."""
        rows = self._transaction.execute(self._sql, after=after, until=until, **self._values)
        first = 0
        for last, row in enumerate(rows, 1):
            # The rows of one person, one for each address, stand together.
            if last == len(rows) or rows[last][0] != row[0]:
                yield self._recipient(rows[first:last])
                first = last

    def _recipient(self, rows: Sequence[Row]) -> Recipient:
        person, home, role_unit, level, *_ = rows[0]
        unit = home if self._home and home and (not self._units or home in self._units) else role_unit or home
        if self._kind not in _RECEIVES[level] and not self._always:
            return Recipient(person, unit, "", "", UNSUBSCRIBED)
        page: Recipient | None = None
        reason = NO_ADDRESS
        # Most recently seen first; of several reasons that of the first address.
        for _, _, _, _, name, chat, unreachable, seen in rows:
            if name is None:
                continue
            channel = self._channels.get(name)
            wrong = unreachable or (CHANNEL_OFF if channel is None else "")
            if channel and not wrong and not channel.pulls:
                return Recipient(person, unit, name, chat)
            if channel and not wrong and seen >= self._fresh:
                page = page or Recipient(person, unit, name, chat)
            reason = (wrong or NOT_SEEN) if reason == NO_ADDRESS else reason
        return page or Recipient(person, unit, "", "", reason)


def page_end(transaction: Transaction, after: str) -> str:
    """Id of the last of the next people after an id, in the audience or not; empty where nobody follows."""
    [[last]] = transaction.execute(_LAST_OF_PAGE, after=after, limit=BATCH)
    return str(last or "")


def recipients(
    transaction: Transaction, channels: Mapping[str, Channel], announcement: Announcement, now: datetime
) -> Recipients:
    """The audience of an announcement."""
    kind, topic = announcement.kind, announcement.topic
    return Recipients(transaction, channels, announcement.audience, kind, topic, now)


def wanted(level: Level, kind: Kind) -> bool:
    """Whether somebody with this level receives this kind."""
    return kind in _RECEIVES[level]


def pack_audience(audience: Audience) -> str:
    """An audience as JSON text."""
    return as_json(
        {
            "on": day_text(audience.on),
            "units": audience.units,
            "roles": audience.roles,
            "languages": audience.languages,
            "channels": audience.channels,
            "not_submitted": audience.not_submitted,
            "missed": audience.missed,
            "got": audience.got,
        }
    )


def unpack_audience(text: str) -> Audience:
    """An audience from its JSON text."""
    fields = json.loads(text)
    on = day(fields.pop("on"))
    assert on is not None
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return replace(Audience(on), **{**fields, **lists})


def _below(transaction: Transaction, units: Sequence[str]) -> set[str]:
    return {str(row[0]) for unit in units for row in transaction.execute(BELOW, code=clean(unit))} | set(units)


def _statement(
    transaction: Transaction, audience: Audience, units: Sequence[str], home: bool
) -> tuple[str, dict[str, Value]]:
    """The page's statement, and the parameters that are the same for every page."""
    values: dict[str, Value] = {"on": day_text(audience.on)}
    conditions: list[str] = []
    role = _ROLE
    if roles := [role for role in audience.roles if role != "resident"]:
        role += f" and r.role in ({_named('role', roles, values)})"
    if units:
        role += f" and r.unit in ({_named('unit', units, values)})"
    if units and home:
        theirs = f"p.unit in ({_named('unit', units, values)})"
        by_role = f" or exists (select 1 {role})" if roles or not audience.roles else ""
        conditions.append(f"and ({theirs}{by_role})")
    elif roles and not home:
        conditions.append(f"and exists (select 1 {role})")
    conditions += _further(transaction, audience, values)
    at = ""
    if audience.channels:
        at = f"and a.channel in ({_named('channel', audience.channels, values)})"
        conditions.append("and a.channel is not null")
    unit = f"(select min(r.unit) {role})"
    if not units and not audience.roles:
        # Looked for only where it is needed.
        unit = f"case when p.unit = '' then {unit} end"
    return _PEOPLE.format(unit=unit, at=at, conditions=" ".join(conditions)), values


def _further(transaction: Transaction, audience: Audience, values: dict[str, Value]) -> Iterator[str]:
    if audience.languages:
        spoken = [*audience.languages, *([""] if "vi" in audience.languages else [])]
        yield f"and p.language in ({_named('language', spoken, values)})"
    if audience.not_submitted:
        owing = sorted(_owing(transaction, audience.not_submitted)) or [""]
        yield f"and exists (select 1 {_ROLE} and r.role = 'leader' and r.unit in ({_named('owing', owing, values)}))"
    if audience.missed:
        values["missed"] = audience.missed
        yield _MISSED.format(family=_named("missed", _family(transaction, audience.missed), values))
    if audience.got:
        yield _GOT.format(family=_named("got", _family(transaction, audience.got), values))


def _named(name: str, given: Sequence[str], values: dict[str, Value]) -> str:
    names, parameters = listed(name, [clean(value) for value in given])
    values.update(parameters)
    return names


def _owing(transaction: Transaction, round: str) -> set[str]:
    """Units of a round that have not submitted."""
    owing: set[str] = set()
    for [units] in transaction.execute("select units from round where id = :round", round=clean(round)):
        owing = set(json.loads(units))
    return owing - {row[0] for row in transaction.execute(_OWING, round=clean(round))}


def _family(transaction: Transaction, id: str) -> list[str]:
    """An announcement and its repetitions."""
    return [str(row[0]) for row in transaction.execute(_FAMILY, id=id)] or [id]
