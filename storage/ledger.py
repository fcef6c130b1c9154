"""Who got an announcement, who read it, what they chose, and what people want to receive at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from conversation import CLOCK, Channel
from storage.announcements import UNSUBSCRIBED, Level, Missing, Progress
from storage.database import Transaction, clean, short, stamp
from storage.recipients import wanted

_FIND = "select id, state, made, total from announcement where (id = :id or code = :code) and marks = 0"
_COUNTS = "select state, channel, count(*) from outbox where announcement = :id group by state, channel"
_FAILED = """
select reason, count(*) from outbox where announcement = :id and state = 'failed' group by reason order by 2 desc, 1
"""
_UNREACHED = "select reason, count(*) from unreached where announcement = :id group by reason order by 2 desc, 1"
_MISSING = """
select o.person, p.name, o.unit, o.channel, o.state, o.reason from outbox o
join announcement n on n.id = o.announcement left join person p on p.id = o.person
where o.announcement = :id
and (o.state in ('failed', 'unknown') or (o.state in ('queued', 'offered') and n.state = 'cancelled'))
and o.reason <> :unsubscribed
union all
select u.person, p.name, u.unit, '', 'unreached', u.reason from unreached u
left join person p on p.id = u.person where u.announcement = :id and u.reason <> :unsubscribed
order by 3, 2, 1
"""
# Who answers it has it, whatever the platform said.
_READ = """
update outbox set read_at = :now,
state = case when state in ('unknown', 'offered', 'failed') then 'sent' else state end
where announcement = :id and person = :person and read_at = '' returning id
"""
_READS = """
select unit, sum(case when read_at <> '' then 1 else 0 end), count(*) from outbox
where announcement = :id and state = 'sent' group by unit order by unit
"""
_CHOOSE = """
update outbox set choice = :option, read_at = case when read_at = '' then :now else read_at end,
state = case when state in ('unknown', 'offered', 'failed') then 'sent' else state end
where announcement = :id and person = :person returning id
"""
_CHOICES = """
select unit, choice, count(*) from outbox where announcement = :id and choice <> ''
group by unit, choice order by unit, choice
"""
_SUBSCRIPTIONS = "select topic, level from subscription where person = :person order by topic"
_SUBSCRIBE = """
insert into subscription (person, topic, level) values (:person, :topic, :level)
on conflict (person, topic) do update set level = excluded.level
"""
_WAITING = """
select n.id, n.kind, n.topic from announcement n
where n.state in ('filling', 'sending', 'paused') and n.marks = 0 and n.corrects = ''
"""
_NOT_WANTED = """
update outbox set state = 'failed', reason = :unsubscribed
where announcement = :id and person = :person and state = 'queued'
"""


class Ledger:
    """The part of `storage.announcements.Announcements` that follows each person's row."""

    def __init__(self, transaction: Transaction, now: datetime, channels: Mapping[str, Channel]) -> None:
        self._transaction = transaction
        self._now = now
        self._channels = channels

    def places(self) -> Sequence[str]:
        """Names of the channels through which announcements go."""
        return [name for name in self._channels if name != CLOCK]

    def progress(self, id: str) -> Progress:
        """How far it has come. Raises `KeyError`."""
        [[id, state, made, total]] = self._transaction.execute(_FIND, id=clean(id), code=clean(id).upper()) or [
            [""] * 4
        ]
        if not id:
            raise KeyError(id)
        counts: dict[str, int] = {}
        left: dict[str, int] = {}
        for row_state, channel, number in self._transaction.execute(_COUNTS, id=id):
            counts[row_state] = counts.get(row_state, 0) + number
            if row_state in ("queued", "sending"):
                left[channel] = left.get(channel, 0) + number
        return Progress(
            state,
            made,
            total,
            sent=counts.get("sent", 0),
            failed=self._by_reason(_FAILED, id),
            unknown=counts.get("unknown", 0),
            offered=counts.get("offered", 0),
            left=sum(left.values()),
            seconds=sending_seconds(self._channels, left),
            unreached=self._by_reason(_UNREACHED, id),
        )

    def _by_reason(self, sql: str, id: str) -> dict[str, int]:
        return {str(reason): int(number) for reason, number in self._transaction.execute(sql, id=id)}

    def missing(self, id: str) -> Sequence[Missing]:
        """Those who are not known to have it and were not cut off by their own choice, by unit."""
        rows = self._transaction.execute(_MISSING, id=self._id(id), unsubscribed=UNSUBSCRIBED)
        return [Missing(person or "", name or "", *rest) for person, name, *rest in rows]

    def mark_read(self, id: str, person: str) -> bool:
        """Keep that a person has read it; False where that is known, or it never went to them."""
        return bool(self._transaction.execute(_READ, id=self._id(id), person=person, now=stamp(self._now)))

    def reads(self, id: str) -> Mapping[str, tuple[int, int]]:
        """By unit: how many read it, of how many to whom it was sent."""
        rows = self._transaction.execute(_READS, id=self._id(id))
        return {unit: (int(read), int(sent)) for unit, read, sent in rows}

    def choose(self, id: str, person: str, option: str) -> bool:
        """Keep a person's choice in a poll, in the place of an earlier one; False where it never went to them."""
        values = {"id": self._id(id), "person": person, "option": short(option), "now": stamp(self._now)}
        return bool(self._transaction.execute(_CHOOSE, **values))

    def choices(self, id: str) -> Mapping[tuple[str, str], int]:
        """By unit and option: how many chose it."""
        rows = self._transaction.execute(_CHOICES, id=self._id(id))
        return {(unit, option): int(number) for unit, option, number in rows}

    def subscriptions(self, person: str) -> Mapping[str, Level]:
        """What a person wants, by topic; "" for all topics that have no line of their own."""
        return {str(about): level for about, level in self._transaction.execute(_SUBSCRIPTIONS, person=person)}

    def subscribe(self, person: str, level: Level, topic: str = "") -> None:
        """Keep what a person wants; what waits to be sent to them and is not wanted is not sent."""
        self._transaction.execute(_SUBSCRIBE, person=person, topic=short(topic), level=level)
        levels = self.subscriptions(person)
        for id, kind, about in self._transaction.execute(_WAITING):
            if not wanted(levels.get(about, levels.get("", "all")), kind):
                self._transaction.execute(_NOT_WANTED, id=id, person=person, unsubscribed=UNSUBSCRIBED)

    def _id(self, id: str) -> str:
        rows = self._transaction.execute(_FIND, id=clean(id), code=clean(id).upper())
        return str(rows[0][0]) if rows else ""


def sending_seconds(channels: Mapping[str, Channel], rows: Mapping[str, int]) -> float:
    """How long so many messages of each channel take at its pace; channels go beside each other."""
    paced = ((channels[name].pace, number) for name, number in rows.items() if name in channels)
    return max((number / pace.overall for pace, number in paced if pace), default=0.0)
