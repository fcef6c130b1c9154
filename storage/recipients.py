"""Where each of an audience is reached, or why not: by person id, page after page, within the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_letters

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

# People in one commit at most: measured, see the design's "Storage".
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

_PAGE = "select max(id), count(*) from (select id from person where id > :after order by id limit :limit) page"
# Few have chosen anything: looked up once, and the line for all topics counts where there is none for this one.
_REFUSED = """
exists (select 1 from subscription t where t.person = p.id and t.level in ({levels}) and (t.topic = :topic
    or (t.topic = '' and not exists (select 1 from subscription d where d.person = p.id and d.topic = :topic))))
"""
# Each person's addresses are looked up, never joined, and a channel's name is inside a function: a database that knows
# too little of its tables would go through all addresses of a channel otherwise.
_ON = "coalesce(a.channel, '')"
# Other places before pages, then where they were seen last. A row is written for each person, so the place is found
# once and taken apart afterwards: whether it is no page, when they were seen (27 characters), channel, chat.
_PLACE = """
(select max(case when {on} in ({pages}) then '0' else '1' end || a.seen_at || {letter} || a.chat)
    from address a where a.person = p.id {at} and a.unreachable = ''
    and ({on} in ({pushed}) or ({on} in ({pages}) and a.seen_at >= :fresh)))
"""
# Of several reasons that of the address where they were seen last.
_REASON = """
case when not {wanted} then :unsubscribed else coalesce((
    select case when a.unreachable <> '' then a.unreachable
        when a.channel in ({pushed}, {pages}) then :not_seen else :channel_off end
    from address a where a.person = p.id {at} order by a.seen_at desc, a.channel, a.chat limit 1), :no_address) end
"""
_REACHED = """
with found as materialized (
    select p.id as person, {unit} as unit, {place} as place
    from person p where p.id > :after and p.id <= :until {conditions} and {wanted})
select person, unit, substr(place, 29, 1) as letter, substr(place, 30) as chat
from found where place is not null
"""
_UNREACHED = """
select p.id as person, {unit} as unit, {reason} as reason
from person p where p.id > :after and p.id <= :until {conditions} and not ({wanted} and {place} is not null)
"""
# Of those who are not reached by unit and letter there is none of the latter.
_COUNT = """
select unit, letter, count(*) from (
    select {unit} as unit, case when {wanted} then substr({place}, 29, 1) end as letter
    from person p where p.id > :after and p.id <= :until {conditions}) found
group by unit, letter
"""
_COUNT_UNREACHED = "select reason, count(*) from ({unreached}) unreached group by reason"
_LIST_UNREACHED = """
select u.person, q.name, u.unit, u.reason from ({unreached}) u join person q on q.id = u.person
order by u.unit, q.name desc, u.person limit :limit
"""
_ANYBODY = """
select 1 from person p where p.id > :after and p.id <= :until {conditions} and {wanted} and {place} is not null limit 1
"""
# Numbers go on from page to page, so that ids say nothing about people. Due at once; moments would only make the rows
# and their index longer.
_ADD = """
insert into outbox (id, announcement, person, unit, channel, chat, position, body, state, due_at, created_at)
select :announcement || '-' || cast(:made + number as text), :announcement, person, unit, {channel}, chat,
    :made + number, '', 'queued', '', ''
from (select row_number() over (order by person) as number, reached.* from ({reached}) reached) numbered
where 1 = 1 on conflict (announcement, person) where announcement is not null do nothing
"""
# Who has no row by now. The page is said twice, or a database goes through all rows there are.
_ADD_UNREACHED = """
insert into unreached (announcement, person, unit, reason)
select :announcement, p.id, {unit}, {reason} from person p where p.id > :after and p.id <= :until {conditions}
and not exists (select 1 from outbox o where o.announcement = :announcement and o.person = p.id
    and o.person > :after and o.person <= :until)
on conflict (announcement, person) do nothing
"""


@dataclass(frozen=True, slots=True)
class Page:
    """People whose rows are written in one commit."""

    # After this id, up to and with this one.
    after: str
    until: str
    people: int


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
        found = meant(transaction, audience)
        values = {**found.values, "topic": clean(topic), "fresh": stamp(now - SEEN_WITHIN)}
        # Who was told something wrong is told so, whatever they subscribed to.
        levels = [level for level, kinds in _RECEIVES.items() if kind not in kinds and not audience.got]
        self._letters = dict(zip(ascii_letters, sorted(channels), strict=False))
        parts = {
            "on": _ON,
            "wanted": f"not {_REFUSED.format(levels=named('level', levels, values))}",
            "letter": _case("a.channel", {name: letter for letter, name in self._letters.items()}),
            "channel": _case("letter", self._letters),
            "at": f"and {_ON} in ({named('channel', audience.channels, values)})" if audience.channels else "",
            "pushed": named("pushed", [name for name, one in channels.items() if not one.pulls], values),
            "pages": named("page", [name for name, one in channels.items() if one.pulls], values),
        }
        parts |= {"unit": found.unit, "conditions": found.conditions}
        parts |= {"place": _PLACE.format(**parts), "reason": _REASON.format(**parts)}
        self._count, self._anybody = _COUNT.format(**parts), _ANYBODY.format(**parts)
        self._unreached = _UNREACHED.format(**parts)
        self._add = _ADD.format(reached=_REACHED.format(**parts), **parts)
        self._add_unreached = _ADD_UNREACHED.format(**parts)
        self._reached_values = values
        self._unreached_values = {
            **values,
            "unsubscribed": UNSUBSCRIBED,
            "not_seen": NOT_SEEN,
            "channel_off": CHANNEL_OFF,
            "no_address": NO_ADDRESS,
        }

    def count(self) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
        """How many are reached, by unit and channel; how many are not, by reason."""
        rows = self._all(self._count, self._reached_values)
        people = {(unit, self._letters[letter]): int(number) for unit, letter, number in rows if letter is not None}
        # Looked for once more only where there is somebody.
        return people, self._count_unreached() if len(people) < len(rows) else {}

    def _count_unreached(self) -> dict[str, int]:
        rows = self._all(_COUNT_UNREACHED.format(unreached=self._unreached), self._unreached_values)
        return {reason: int(number) for reason, number in rows}

    def unreached(self, limit: int) -> list[Missing]:
        """Some of those who are not reached, by unit, those with a name first."""
        rows = self._all(_LIST_UNREACHED.format(unreached=self._unreached), {**self._unreached_values, "limit": limit})
        return [Missing(person, name or "", unit, "", "unreached", reason) for person, name, unit, reason in rows]

    def anybody(self) -> bool:
        """Whether anybody is reached."""
        return bool(self._all(self._anybody, self._reached_values))

    def add(self, announcement: str, made: int, page: Page) -> int:
        """Write the rows of the people of a page, after so many others; returns how many that were."""
        ids: dict[str, Value] = {"announcement": announcement, "after": page.after, "until": page.until}
        added = self._transaction.change(self._add, made=made, **ids, **self._reached_values)
        if added < page.people:
            self._transaction.change(self._add_unreached, **ids, **self._unreached_values)
        return added

    def _all(self, sql: str, values: Mapping[str, Value]) -> list[Row]:
        return self._transaction.execute(sql, after="", until=_LAST, **values)


def _case(column: str, names: Mapping[str, str]) -> str:
    """One name for another, as SQL. Both are our own words."""
    cases = [f"when '{one}' then '{other}'" for one, other in names.items()]
    return f"case {column} {' '.join(cases)} end" if cases else "''"


def recipients(
    transaction: Transaction, channels: Mapping[str, Channel], announcement: Announcement, now: datetime
) -> Recipients:
    """The audience of an announcement."""
    kind, topic = announcement.kind, announcement.topic
    return Recipients(transaction, channels, announcement.audience, kind, topic, now)


def next_page(transaction: Transaction, after: str, limit: int) -> Page:
    """The next people after an id, in the audience or not; at the end there are none."""
    [[last, people]] = transaction.execute(_PAGE, after=after, limit=limit)
    return Page(after, str(last or ""), int(people))


def wanted(level: Level, kind: Kind) -> bool:
    """Whether somebody with this level receives this kind."""
    return kind in _RECEIVES[level]
