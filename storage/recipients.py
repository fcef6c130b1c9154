"""Where each of an audience is reached, or why not: by person id, page after page, within the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta

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
    Missing,
)
from storage.audiences import meant, named
from storage.database import Row, Transaction, Value, clean, stamp

# People in one commit: measured, see the design's "Storage".
BATCH = 2_000
# A page that was not looked at for longer is no place to reach somebody.
SEEN_WITHIN = timedelta(days=7)
# After every id of a person.
_LAST = "\U0010ffff"

_RECEIVES: Mapping[Level, tuple[Kind, ...]] = {
    "all": ("normal", "important", "urgent"),
    "important": ("important", "urgent"),
    "urgent": ("urgent",),
    "none": (),
}

_PAGE_END = "select max(id) from (select id from person where id > :after order by id limit :limit) page"
_LEVEL = """
coalesce((select t.level from subscription t where t.person = p.id and t.topic = :topic),
    (select d.level from subscription d where d.person = p.id and d.topic = ''), 'all')
"""
# Each person's addresses are looked up, never joined, and a channel's name is inside a function: a database that knows
# too little of its tables would go through all addresses of a channel otherwise.
_ON = "coalesce(a.channel, '')"
# Other places before pages, then where they were seen last.
_PLACE = """
(select a.{column} from address a where a.person = p.id {at} and a.unreachable = ''
    and ({on} in ({pushed}) or ({on} in ({pages}) and a.seen_at >= :fresh))
    order by case when {on} in ({pages}) then 1 else 0 end, a.seen_at desc, a.channel, a.chat limit 1)
"""
# Of several reasons that of the address where they were seen last.
_REASON = """
case when not {wanted} then :unsubscribed else coalesce((
    select case when a.unreachable <> '' then a.unreachable
        when a.channel in ({pushed}, {pages}) then :not_seen else :channel_off end
    from address a where a.person = p.id {at} order by a.seen_at desc, a.channel, a.chat limit 1), :no_address) end
"""
_REACHED = """
select p.id as person, {unit} as unit, {channel} as channel, {chat} as chat
from person p where p.id > :after and p.id <= :until {conditions} and {wanted} and {channel} is not null
"""
_UNREACHED = """
select p.id as person, {unit} as unit, {reason} as reason
from person p where p.id > :after and p.id <= :until {conditions} and not ({wanted} and {channel} is not null)
"""
_COUNT = "select unit, channel, count(*) from ({reached}) reached group by unit, channel"
_COUNT_UNREACHED = "select reason, count(*) from ({unreached}) unreached group by reason"
_LIST_UNREACHED = """
select u.person, q.name, u.unit, u.reason from ({unreached}) u join person q on q.id = u.person
order by u.unit, q.name desc, u.person limit :limit
"""
_ANYBODY = "select 1 from ({reached}) reached limit 1"
# Numbers go on from page to page, so that ids say nothing about people.
_ADD = """
insert into outbox (id, announcement, person, unit, channel, chat, position, body, state, due_at, created_at)
select :announcement || '-' || cast(:made + row_number() over (order by person) as text), :announcement, person, unit,
    channel, chat, :made + row_number() over (order by person), '', 'queued', :now, :now
from ({reached}) reached where 1 = 1
on conflict (announcement, person) where announcement is not null do nothing returning 1
"""
_ADD_UNREACHED = """
insert into unreached (announcement, person, unit, reason)
select :announcement, person, unit, reason from ({unreached}) unreached where 1 = 1
on conflict (announcement, person) do nothing
"""


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
        self._now = stamp(now)
        found = meant(transaction, audience)
        values = {**found.values, "topic": clean(topic), "fresh": stamp(now - SEEN_WITHIN)}
        # Who was told something wrong is told so, whatever they subscribed to.
        levels = [level for level, kinds in _RECEIVES.items() if kind in kinds or audience.got]
        parts = {
            "on": _ON,
            "wanted": f"{_LEVEL} in ({named('level', levels, values)})",
            "at": f"and {_ON} in ({named('channel', audience.channels, values)})" if audience.channels else "",
            "pushed": named("pushed", [name for name, one in channels.items() if not one.pulls], values),
            "pages": named("page", [name for name, one in channels.items() if one.pulls], values),
        }
        parts |= {name: _PLACE.format(column=name, **parts) for name in ("channel", "chat")}
        parts |= {"unit": found.unit, "conditions": found.conditions, "reason": _REASON.format(**parts)}
        self._reached, self._unreached = _REACHED.format(**parts), _UNREACHED.format(**parts)
        self._reached_values = values
        self._unreached_values = {
            **values,
            "unsubscribed": UNSUBSCRIBED,
            "not_seen": NOT_SEEN,
            "channel_off": CHANNEL_OFF,
            "no_address": NO_ADDRESS,
        }

    def count(self) -> dict[tuple[str, str], int]:
        """How many are reached, by unit and channel."""
        rows = self._all(_COUNT.format(reached=self._reached), self._reached_values)
        return {(unit, channel): int(number) for unit, channel, number in rows}

    def count_unreached(self) -> dict[str, int]:
        """How many are not reached, by reason."""
        rows = self._all(_COUNT_UNREACHED.format(unreached=self._unreached), self._unreached_values)
        return {reason: int(number) for reason, number in rows}

    def unreached(self, limit: int) -> list[Missing]:
        """Some of those who are not reached, by unit, those with a name first."""
        rows = self._all(_LIST_UNREACHED.format(unreached=self._unreached), {**self._unreached_values, "limit": limit})
        return [Missing(person, name or "", unit, "", "unreached", reason) for person, name, unit, reason in rows]

    def anybody(self) -> bool:
        """Whether anybody is reached."""
        return bool(self._all(_ANYBODY.format(reached=self._reached), self._reached_values))

    def add(self, announcement: str, made: int, after: str, until: str) -> int:
        """Write the rows of those between two ids, after so many others; returns how many that were."""
        page: dict[str, Value] = {"announcement": announcement, "after": after, "until": until}
        add, add_unreached = _ADD.format(reached=self._reached), _ADD_UNREACHED.format(unreached=self._unreached)
        added = self._transaction.execute(add, made=made, now=self._now, **page, **self._reached_values)
        self._transaction.execute(add_unreached, **page, **self._unreached_values)
        return len(added)

    def _all(self, sql: str, values: Mapping[str, Value]) -> list[Row]:
        return self._transaction.execute(sql, after="", until=_LAST, **values)


def recipients(
    transaction: Transaction, channels: Mapping[str, Channel], announcement: Announcement, now: datetime
) -> Recipients:
    """The audience of an announcement."""
    kind, topic = announcement.kind, announcement.topic
    return Recipients(transaction, channels, announcement.audience, kind, topic, now)


def page_end(transaction: Transaction, after: str) -> str:
    """Id of the last of the next people after an id, in the audience or not; empty where nobody follows."""
    [[last]] = transaction.execute(_PAGE_END, after=after, limit=BATCH)
    return str(last or "")


def wanted(level: Level, kind: Kind) -> bool:
    """Whether somebody with this level receives this kind."""
    return kind in _RECEIVES[level]
