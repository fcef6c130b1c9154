"""The moments at which messages may leave: evenly, at the pace of the platform, shared by all processes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from conversation import Address, Pace
from storage.database import Transaction, Value, moment, stamp

# Processes do not see how late each other's messages arrive, so several of them keep so much more distance.
_APART = 1.08
# How far ahead a claim takes the moments at which messages may leave.
HORIZON = timedelta(seconds=0.5)
_ANY_TIME = timedelta(days=7)

_NEXT = "select next_at, (select count(*) from worker) from pace where channel = :channel"
_PACE = _NEXT + " /* for update */"
# For a transaction that holds other locks: it never waits for whoever claims.
_FREE_PACE = _NEXT + " /* for update skip locked */"
_FIRST_PACE = """
insert into pace (channel, next_at) values (:channel, :next) on conflict (channel) do nothing
"""
_NEXT_PACE = "update pace set next_at = :next where channel = :channel"
_NEXT_IN_CHAT = "update address set next_at = :next where channel = :channel and chat = :chat"
# A reply may have been written meanwhile and be leaving: only now is this the last word.
_STILL_FREE = _NEXT_IN_CHAT + " and next_at <= :start returning 1"
_LATE_IN_CHAT = _NEXT_IN_CHAT + " and next_at <> '' and next_at < :next"
_KNOWN = "select 1 from address where channel = :channel and chat = :chat"


def slots(
    transaction: Transaction,
    channel: str,
    pace: Pace | None,
    now: datetime,
    limit: int,
    *,
    wait: bool = True,
    ahead: timedelta = HORIZON,
) -> list[datetime]:
    """Moments at which messages of the channel may leave, not so far ahead: not taken yet.

    With `wait` false there is none while another process takes some.
    """
    if pace is None:
        return [now] * limit
    select = _PACE if wait else _FREE_PACE
    known = transaction.execute(select, channel=channel)
    if not known:
        transaction.execute(_FIRST_PACE, channel=channel, next=stamp(now))
        known = transaction.execute(select, channel=channel)
    if not known:
        return []
    [[next_at, workers]] = known
    step = timedelta(seconds=1 / pace.overall)
    gap = step * _APART if workers > 1 else step
    first = max(now, moment(next_at) + gap - step)
    moments = (first + gap * number for number in range(limit))
    return [at for at in moments if at <= now + ahead]


def take_slots(transaction: Transaction, channel: str, pace: Pace | None, taken: Sequence[datetime]) -> None:
    """Move the channel's pace past the moments that were used."""
    if pace is not None and taken:
        after = taken[-1] + timedelta(seconds=1 / pace.overall)
        transaction.execute(_NEXT_PACE, channel=channel, next=stamp(after))


def next_in_chat(pace: Pace | None, chat: str, start: datetime) -> str:
    """The stored moment before which no other message goes to the same chat."""
    return "" if pace is None else stamp(start + apart(pace, chat))


def keep_apart(transaction: Transaction, address: Address, pace: Pace | None, start: datetime) -> bool:
    """Nothing else goes to this chat for a while after a message that leaves then; False where another comes before."""
    if pace is None:
        return True
    place: dict[str, Value] = {"channel": address.channel, "chat": address.chat}
    free = transaction.execute(_STILL_FREE, next=next_in_chat(pace, address.chat, start), start=stamp(start), **place)
    return bool(free) or not transaction.execute(_KNOWN, **place)


def apart(pace: Pace | None, chat: str) -> timedelta:
    """How long after a message nothing else goes to the same chat."""
    return timedelta() if pace is None else timedelta(seconds=pace.apart(chat))


def arrived(transaction: Transaction, address: Address, free: datetime) -> None:
    """A message has reached this chat, perhaps much later than its moment: nothing else goes there before `free`."""
    place: dict[str, Value] = {"channel": address.channel, "chat": address.chat}
    transaction.execute(_LATE_IN_CHAT, next=stamp(free), **place)


def retime(transaction: Transaction, address: Address, pace: Pace | None, now: datetime) -> datetime:
    """Take another moment for a message that missed its own: sent late, it would stand too close to the next ones."""
    [start] = slots(transaction, address.channel, pace, now, 1, ahead=_ANY_TIME)
    take_slots(transaction, address.channel, pace, [start])
    next = next_in_chat(pace, address.chat, start)
    transaction.execute(_NEXT_IN_CHAT, channel=address.channel, chat=address.chat, next=next)
    return start


def hold(transaction: Transaction, channel: str, until: datetime) -> None:
    """The platform asked to wait: no process sends on this channel before."""
    next = stamp(until)
    transaction.execute(_FIRST_PACE, channel=channel, next=next)
    transaction.execute(_NEXT_PACE + " and next_at < :next", channel=channel, next=next)
