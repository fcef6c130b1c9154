"""What each worker says of itself, so that the others know what the dead were sending; and what it has lost itself.

A database that goes away for a while makes everybody silent. Whoever is heard again first then takes nobody for dead,
and whoever was silent says that it lives before it takes anything to send.
"""

import math
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from storage import outbox, setback
from storage.database import Transaction, stamp
from storage.outbox import Claimed

_BEAT = """
insert into worker (id, seen_at) values (:id, :now)
on conflict (id) do update set seen_at = excluded.seen_at
"""


class Heartbeat:
    """Of one worker, all of whose calls but `beat` come from one thread.

    A worker that was not seen for `dead_after` is dead; what it was sending is queued again.
    """

    def __init__(self, dead_after: timedelta) -> None:
        self._dead_after = dead_after
        # By the monotonic clock: when the others may begin to take us for dead, and since when we may judge them.
        self._silent_at = math.inf
        self._sure_at = 0.0
        # Rows that we are sending, and those that stood as ours at the last beat although we knew nothing of them.
        self._held: set[str] = set()
        self._strays: frozenset[str] = frozenset()

    @property
    def silent(self) -> bool:
        """Whether nothing was heard of us for long."""
        return time.monotonic() > self._silent_at

    @property
    def strays(self) -> frozenset[str]:
        """Rows that nobody sends although they are ours: a commit worked, and its answer was lost with the server."""
        return self._strays

    def hold(self, rows: Iterable[Claimed]) -> None:
        """These are ours to send."""
        ids = {row.outgoing.id for row in rows}
        self._held |= ids
        self._strays -= ids

    def release(self, row: Claimed) -> None:
        """This one is settled."""
        self._held.discard(row.outgoing.id)

    def beat(self, transaction: Transaction, worker: str, strays: Iterable[str], now: datetime) -> list[str]:
        """Say that this worker lives, queue again what is free; returns the rows that stand as being sent by us."""
        setback.mend(transaction, worker, now)
        transaction.execute(_BEAT, id=worker, now=stamp(now))
        if time.monotonic() >= self._judges_at():
            before = stamp(now - self._dead_after)
            transaction.execute("delete from worker where seen_at < :before", before=before)
        outbox.requeue_left(transaction, now)
        outbox.requeue_strays(transaction, worker, strays, now)
        return outbox.sending(transaction, worker)

    def heard(self, begun: float, sending: Iterable[str]) -> None:
        """A beat that began then is written."""
        self._sure_at = self._judges_at()
        self._silent_at = begun + self._dead_after.total_seconds() / 2
        self._strays = frozenset(sending) - self._held

    def _judges_at(self) -> float:
        return time.monotonic() + self._dead_after.total_seconds() if self.silent else self._sure_at
