"""Claiming the rows of announcements: after the replies, at the same pace, only while they are being sent."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from conversation import Address, Outgoing, Pace
from storage import pacing
from storage.bodies import unpack
from storage.database import Row, Transaction, moment, stamp
from storage.outbox import UNDER_WAY, Claimed
from storage.rollout import FIRST, STARTABLE, startable

# How far ahead announcements take the moments at which messages may leave: a reply that comes in then waits no
# longer than this.
AHEAD = timedelta(seconds=0.2)
# So many of the messages that may be under way at once stay free for replies.
FOR_REPLIES = 4

_SENDING = f"""
select id, body, marks from announcement where state = 'sending' and {STARTABLE} order by {FIRST}
"""
_CLAIMABLE = f"""
select o.id, o.chat, o.edits, o.attempts, o.doubts, o.created_at, coalesce(a.unreachable, 'forgotten')
from outbox o left join address a on a.channel = o.channel and a.chat = o.chat
where o.announcement = :announcement and o.channel = :channel and o.state = 'queued'
and o.due_at <= :now and coalesce(a.next_at, '') <= :now
and not exists ({UNDER_WAY.format(channel="o.channel", chat="o.chat")})
order by o.due_at, o.position limit :limit /* for update of o skip locked */
"""
# From its first moment on it may be tried for so long; paused before that, it keeps all of it.
_CLAIM = """
update outbox set state = 'sending', worker = :worker,
created_at = case when attempts = 0 then :now else created_at end
where id = :id
"""
# It would only be refused once more; an address that is gone was somebody's who wants to be forgotten.
_UNREACHABLE = """
update outbox set state = 'failed', reason = :reason, chat = case when :reason = 'forgotten' then '' else chat end
where id = :id
"""
_NEXT_DUE = """
select min(due_at) from outbox
where announcement = :announcement and channel = :channel and state = 'queued'
"""


def claim(
    transaction: Transaction, channel: str, pace: Pace | None, worker: str, limit: int, now: datetime
) -> tuple[list[Claimed], datetime | None]:
    """Take rows of announcements that may leave now or in a moment; call it after replies were taken.

    Returns them, and when to claim again (None: nothing is left).
    """
    sending = transaction.execute(_SENDING, **startable(now))
    if not sending:
        return [], None
    claimed = _claim_some(transaction, sending, channel, pace, worker, limit - FOR_REPLIES, now)
    return claimed, _next_due(transaction, [row[0] for row in sending], channel, pace, now)


def _claim_some(
    transaction: Transaction,
    sending: Sequence[Row],
    channel: str,
    pace: Pace | None,
    worker: str,
    limit: int,
    now: datetime,
) -> list[Claimed]:
    claimed: list[Claimed] = []
    for id, body, marks in sending:
        while (room := limit - len(claimed)) > 0:
            moments = pacing.slots(transaction, channel, pace, now, room, ahead=AHEAD)
            rows = _rows(transaction, id, channel, now, len(moments))
            sendable = [row for row in rows if not row[-1]]
            for start, row in zip(moments, sendable, strict=False):
                if not pacing.keep_apart(transaction, Address(channel, row[1]), pace, start):
                    continue
                one = _claim(transaction, channel, worker, start, row, id, body, bool(marks), now)
                claimed.append(replace(one, apart=pacing.apart(pace, row[1])))
            pacing.take_slots(transaction, channel, pace, moments[: len(sendable)])
            if len(sendable) == len(rows):
                break
    return claimed


def _rows(transaction: Transaction, id: str, channel: str, now: datetime, limit: int) -> list[Row]:
    if not limit:
        return []
    rows = transaction.execute(_CLAIMABLE, announcement=id, channel=channel, now=stamp(now), limit=limit)
    for row in rows:
        if row[-1]:
            transaction.execute(_UNREACHABLE, id=row[0], reason=row[-1])
    return rows


def _claim(
    transaction: Transaction,
    channel: str,
    worker: str,
    start: datetime,
    row: Row,
    announcement: str,
    body: str,
    marks: bool,
    now: datetime,
) -> Claimed:
    id, chat, edits, attempts, doubts, created, _ = row
    transaction.execute(_CLAIM, id=id, worker=worker, now=stamp(now))
    outgoing = Outgoing(id, chat, unpack(body), edits, only_edits=marks)
    since = moment(created) if attempts else now
    return Claimed(channel, outgoing, start, attempts, doubts, since, announcement)


def _next_due(
    transaction: Transaction, ids: Sequence[str], channel: str, pace: Pace | None, now: datetime
) -> datetime | None:
    due = [
        moment(at) if at else now
        for id in ids
        for [at] in transaction.execute(_NEXT_DUE, announcement=id, channel=channel)
        if at is not None
    ]
    if not due:
        return None
    # Several at a time: each claim is a commit.
    free = [at - AHEAD / 2 for at in pacing.slots(transaction, channel, pace, now, 1)]
    return max(min(due), free[0] if free else now + AHEAD)
