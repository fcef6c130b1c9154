"""The queue of what goes out: queued → sending → sent | failed | unknown, in order in a chat."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversation import Address, Outgoing, Pace
from storage import pacing
from storage.bodies import unpack
from storage.database import Transaction, Value, moment, stamp

MAX_REASON = 200
# What is found by its chat, said as the index says it: all but what waits to be announced.
BY_CHAT = "(announcement is null or state <> 'queued')"

_ADD = """
insert into outbox (id, channel, chat, position, body, edits, state, worker, reminds, due_at, created_at)
values (:id, :channel, :chat, :position, :body, :edits, :state, :worker, :reminds, :now, :now)
"""

# Something is being sent to this chat, by whichever process: when it arrives nobody knows before it is settled.
UNDER_WAY = """
select 1 from outbox s where s.state = 'sending' and s.worker <> '' and s.channel = {channel} and s.chat = {chat}
"""
# `position > 0` is always so; it leads SQLite to the small index of what is on its way.
_EARLIER = f"""
select 1 from outbox
where state in ('queued', 'sending') and announcement is null
and channel = :channel and chat = :chat and position > 0
union all {UNDER_WAY.format(channel=":channel", chat=":chat")} limit 1
"""

# Replies only: an announcement never stands in a reply's way.
_CLAIMABLE = f"""
select o.id, o.chat, o.position, o.body, o.edits, o.attempts, o.doubts, o.created_at
from outbox o
left join address a on a.channel = o.channel and a.chat = o.chat
where o.channel = :channel and o.state = 'queued' and o.announcement is null
and o.due_at <= :now and coalesce(a.next_at, '') <= :now
and not exists (
    select 1 from outbox e
    where e.state in ('queued', 'sending') and e.announcement is null
    and e.channel = o.channel and e.chat = o.chat and e.position < o.position)
and not exists ({UNDER_WAY.format(channel="o.channel", chat="o.chat")})
order by o.due_at, o.position limit :limit /* for update of o skip locked */
"""
_CLAIM = "update outbox set state = 'sending', worker = :worker where id = :id"

# `worker` and `state` guard against a row that another process took over as left by the dead.
_OURS = "where id = :id and state = 'sending' and worker = :worker"
# A body that has done its work goes; so does the chat of somebody who was forgotten.
# Who pressed a button of a message has it.
_SETTLE = f"""
update outbox set reason = :reason, message = :message, attempts = :attempts, doubts = :doubts, body = '', reminds = '',
state = case when :state = 'unknown' and read_at <> '' then 'sent' else :state end,
chat = case when exists (
    select 1 from address a where a.channel = outbox.channel and a.chat = outbox.chat
) then chat else '' end
{_OURS}
"""
_AGAIN = f"""
update outbox set state = 'queued', reason = :reason, attempts = :attempts, doubts = :doubts,
due_at = :due, worker = ''
{_OURS}
"""
_MOVE_ROWS = (
    f"""
    update outbox set chat = :moved where channel = :channel and chat = :chat
    and state in ('queued', 'sending') and {BY_CHAT}
    """,
    """
    update outbox set chat = :moved where channel = :channel and chat = :chat and state = 'queued'
    and announcement in (select id from announcement)
    and person = (select a.person from address a where a.channel = :channel and a.chat = :chat)
    """,
)

# What is not sent any more stays in doubt.
_LEFT_CANCELLED = """
update outbox set state = 'unknown', reason = 'cancelled', worker = ''
where state = 'sending' and worker not in (select id from worker)
and announcement in (select id from announcement where state = 'cancelled')
"""
_LEFT = """
update outbox set state = 'queued', worker = '', due_at = :now
where state = 'sending' and worker not in (select id from worker)
"""
# It was never sent: whoever took it was not told that it had.
_STRAY = """
update outbox set state = 'queued', worker = '', due_at = :now
where id = :id and state = 'sending' and worker = :worker
"""

_ACKNOWLEDGE = f"""
update outbox set state = 'sent', reason = '', reminds = ''
where channel = :channel and chat = :chat and position <= :position and {BY_CHAT} and (
    (state = 'queued' and announcement is null) or state = 'offered'
    or (state = 'failed' and announcement is not null and body <> ''))
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in state `sending`: the caller sends it at its moment and settles it."""

    channel: str
    outgoing: Outgoing
    # When it may leave.
    start: datetime
    # How often it demonstrably was not sent, and how often nobody could tell.
    attempts: int
    doubts: int
    created: datetime
    # Id of the announcement that it belongs to; empty for a reply.
    announcement: str = ""
    # How long after it has arrived nothing else goes to the chat.
    apart: timedelta = timedelta(seconds=1)

    @property
    def address(self) -> Address:
        """Where it goes."""
        return Address(self.channel, self.outgoing.chat)


@dataclass(frozen=True, slots=True)
class Settled:
    """How sending ended. `state` is sent, failed, unknown, or queued to try it once more."""

    state: str
    reason: str = ""
    # The platform's id of the sent message.
    message: str = ""
    attempts: int = 0
    doubts: int = 0
    # With queued: how long to wait; `hold`: the whole channel waits too.
    wait: timedelta = timedelta()
    hold: bool = False
    # With failed: nothing else will arrive there either.
    unreachable: bool = False
    # With queued: the chat's new id.
    moved_to: str = ""


def add(
    transaction: Transaction,
    *,
    id: str,
    address: Address,
    position: int,
    body: str,
    edits: str,
    worker: str,
    now: datetime,
    reminds: str = "",
) -> None:
    """Write a row: born `sending` where a worker takes it at once, else `queued`."""
    transaction.execute(
        _ADD,
        id=id,
        channel=address.channel,
        chat=address.chat,
        position=position,
        body=body,
        edits=edits,
        state="sending" if worker else "queued",
        worker=worker,
        reminds=reminds,
        now=stamp(now),
    )


def busy(transaction: Transaction, address: Address) -> bool:
    """Whether an earlier reply to this address is still on its way."""
    return bool(transaction.execute(_EARLIER, channel=address.channel, chat=address.chat))


def claim(
    transaction: Transaction,
    channel: str,
    pace: Pace | None,
    worker: str,
    limit: int,
    now: datetime,
) -> list[Claimed]:
    """Take queued replies that may leave now or in a moment."""
    moments = pacing.slots(transaction, channel, pace, now, limit)
    if not moments:
        return []
    rows = transaction.execute(_CLAIMABLE, channel=channel, now=stamp(now), limit=len(moments))
    claimed = []
    for start, (id, chat, _, body, edits, attempts, doubts, created) in zip(moments, rows, strict=False):
        if not pacing.keep_apart(transaction, Address(channel, chat), pace, start):
            continue
        transaction.execute(_CLAIM, id=id, worker=worker)
        outgoing = Outgoing(id, chat, unpack(body), edits)
        apart = pacing.apart(pace, chat)
        claimed.append(Claimed(channel, outgoing, start, attempts, doubts, moment(created), apart=apart))
    pacing.take_slots(transaction, channel, pace, moments[: len(rows)])
    return claimed


def settle(transaction: Transaction, claimed: Claimed, settled: Settled, worker: str, now: datetime) -> bool:
    """Write how it ended; returns whether a later reply to the address waits."""
    values: dict[str, Value] = {
        "id": claimed.outgoing.id,
        "worker": worker,
        "reason": settled.reason[:MAX_REASON],
        "attempts": settled.attempts,
        "doubts": settled.doubts,
    }
    if settled.state == "queued":
        due = now + settled.wait
        transaction.execute(_AGAIN, due=stamp(due), **values)
        if settled.hold:
            pacing.hold(transaction, claimed.channel, due)
        if settled.moved_to:
            _move(transaction, claimed.address, settled.moved_to)
        return True
    if transaction.change(_SETTLE, state=settled.state, message=settled.message, **values):
        pacing.arrived(transaction, claimed.address, now + claimed.apart)
    if settled.unreachable:
        transaction.execute(
            "update address set unreachable = :reason where channel = :channel and chat = :chat",
            channel=claimed.channel,
            chat=claimed.outgoing.chat,
            reason=settled.reason[:MAX_REASON] or "refused",
        )
    return busy(transaction, claimed.address)


def _move(transaction: Transaction, address: Address, moved: str) -> None:
    values: dict[str, Value] = {
        "channel": address.channel,
        "chat": address.chat,
        "moved": moved,
    }
    for sql in _MOVE_ROWS:
        transaction.execute(sql, **values)
    where = "where channel = :channel and chat = :chat"
    if transaction.execute("select 1 from address where channel = :channel and chat = :moved", **values):
        transaction.execute(f"delete from address {where}", **values)
    else:
        transaction.execute(f"update address set chat = :moved {where}", **values)


def requeue_left(transaction: Transaction, now: datetime) -> None:
    """Queue again what workers that are gone were sending: at least once, perhaps twice."""
    transaction.execute(_LEFT_CANCELLED)
    transaction.execute(_LEFT, now=stamp(now))


def sending(transaction: Transaction, worker: str) -> list[str]:
    """The ids of the rows that a worker is sending."""
    sql = "select id from outbox where state = 'sending' and worker = :worker"
    return [str(id) for [id] in transaction.execute(sql, worker=worker)]


def requeue_strays(transaction: Transaction, worker: str, ids: Iterable[str], now: datetime) -> None:
    """Queue again what a worker has without sending it."""
    for id in ids:
        transaction.execute(_STRAY, id=id, worker=worker, now=stamp(now))


def acknowledge(transaction: Transaction, address: Address, position: int) -> None:
    """The page shows everything up to this position."""
    transaction.execute(_ACKNOWLEDGE, channel=address.channel, chat=address.chat, position=position)
