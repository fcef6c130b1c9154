"""What waits for the one writer of SQLite: in order, and what is long after what people wait for."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from storage.database import Transaction

# A long job that has waited for so many seconds comes after the next short ones: while people never stop asking it
# would never run.
LONGEST_WAIT = 0.05


class Job:
    """Work that waits for the writer, and the future of whoever waits for the work."""

    def __init__(self, work: Callable[[Transaction], Any], patient: bool, durable: bool = True) -> None:
        self.work = work
        self.patient = patient
        self.durable = durable
        self.since = time.monotonic()
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    @property
    def groups(self) -> bool:
        """Whether others may be in the same commit."""
        return self.durable and not self.patient

    def resolve(self) -> None:
        """Tell whoever waits; in the thread of their loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Jobs:
    """What waits, put in by any thread and taken by the writer's."""

    def __init__(self) -> None:
        self._hasty: deque[Job] = deque()
        self._patient: deque[Job] = deque()
        self._ended = False
        # Never two long ones one after the other while short ones wait.
        self._last_was_patient = False
        self._news = threading.Condition()

    def put(self, job: Job) -> None:
        """Wait for the writer."""
        with self._news:
            (self._patient if job.patient else self._hasty).append(job)
            self._news.notify()

    def end(self) -> None:
        """Nothing comes any more; what waits is still taken."""
        with self._news:
            self._ended = True
            self._news.notify()

    def get(self) -> Job | None:
        """The next one, as soon as there is one; None at the end."""
        with self._news:
            self._news.wait_for(lambda: self._hasty or self._patient or self._ended)
            long = self._patient and (not self._hasty or self._overdue())
            self._last_was_patient = bool(long)
            if long:
                return self._patient.popleft()
            return self._hasty.popleft() if self._hasty else None

    def get_more(self) -> Job | None:
        """One more for the same commit, None where there is none."""
        with self._news:
            return self._hasty.popleft() if self._hasty and not self._overdue() else None

    def _overdue(self) -> bool:
        waits = bool(self._patient) and not self._last_was_patient
        return waits and time.monotonic() - self._patient[0].since > LONGEST_WAIT


def resolve(group: list[Job]) -> None:
    """Tell all who wait, once for each loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve_here, jobs)
        except RuntimeError:
            # The loop is closed: nobody waits any more.
            continue


def _resolve_here(jobs: list[Job]) -> None:
    for job in jobs:
        job.resolve()
