"""The clock was set back: what was to wait for a moment a second away would wait until the clock is there again.

Moments that are still to come are then worthless, so everything that waits is due at once; what the platform asked for
is asked for again.
"""

from datetime import datetime, timedelta

from storage.database import Transaction, moment, stamp

# Clocks are corrected by so much all the time.
_USUAL = timedelta(seconds=2)
_AHEAD = "select max(seen_at) from worker where seen_at > :now and (id = :worker or :worker = '')"
_MEND = (
    "update worker set seen_at = :now where seen_at > :now",
    "update pace set next_at = :now where next_at > :now",
    "update address set next_at = :now where next_at > :now",
    "update inbox set due_at = :now where state = 'waiting' and due_at > :now",
    "update outbox set due_at = :now where state = 'queued' and due_at > :now",
    # What was confirmed for a later time stays for that time.
    """
    update announcement set starts_at = :now, confirmed_at = :now
    where state in ('filling', 'sending', 'paused') and confirmed_at > :now and starts_at <= confirmed_at
    """,
)


def mend(transaction: Transaction, worker: str, now: datetime) -> bool:
    """Make due what waits, where this worker (empty: any) was last seen at a time to come; whether that was so."""
    [[seen]] = transaction.execute(_AHEAD, worker=worker, now=stamp(now))
    if not seen or moment(seen) - now <= _USUAL:
        return False
    for sql in _MEND:
        transaction.execute(sql, now=stamp(now))
    return True
