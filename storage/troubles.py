"""How much waits in the two queues, and which messages staff should look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Transaction, moment

_COUNTS = """
select
(select count(*) from inbox where state = 'waiting'),
(select count(*) from inbox where state = 'failed'),
(select count(*) from outbox where state in ('queued', 'sending') and announcement is null),
(select count(*) from outbox where state in ('failed', 'unknown') and announcement is null)
"""
_TROUBLES = """
select 'in', channel, key, state, reason, received_at from inbox where state = 'failed'
union all
select 'out', channel, id, state, reason, created_at from outbox
where state in ('failed', 'unknown') and announcement is null
order by 6 desc limit :limit
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, and what went wrong."""

    # Received, not handled yet; handled in vain.
    waiting: int
    failed: int
    # Replies on their way; messages that did not arrive, or nobody knows.
    unsent: int
    undelivered: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that staff should look at: how it came in or went out, its key, and why."""

    direction: str
    channel: str
    key: str
    state: str
    reason: str
    at: datetime


def counts(transaction: Transaction) -> Counts:
    """How much waits, and what went wrong."""
    [[waiting, failed, unsent, undelivered]] = transaction.execute(_COUNTS)
    return Counts(waiting, failed, unsent, undelivered)


def newest(transaction: Transaction, limit: int) -> Sequence[Trouble]:
    """The newest messages that staff should look at."""
    return [
        Trouble(direction, channel, key, state, reason, moment(at))
        for direction, channel, key, state, reason, at in transaction.execute(_TROUBLES, limit=limit)
    ]
