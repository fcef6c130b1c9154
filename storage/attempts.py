"""Handling what waits: each message in a savepoint, tried again where that fails, at last with an apology."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversation import Channel
from storage import inbox
from storage.database import Transaction
from storage.handling import Failure, Handled, TransactionRecords, Unreadable
from storage.inbox import Waiting
from storage.records import FilesWanted, StorageError

MAX_ATTEMPTS = 3
_FIRST_WAIT = timedelta(seconds=1)

Step = Callable[[Waiting, TransactionRecords], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How to answer a message, and what to do when that has failed too often."""

    answer: Step
    apologise: Step


class Handling:
    """Handles waiting messages, each in a savepoint of the open transaction."""

    def __init__(
        self,
        transaction: Transaction,
        channels: Mapping[str, Channel],
        handler: Handler,
        worker: str,
        room: Mapping[str, int],
        now: datetime,
    ) -> None:
        self._transaction = transaction
        self._channels = channels
        self._handler = handler
        self._worker = worker
        self._room = dict(room)
        self._now = now
        self.handled = Handled()

    def next(self, names: Sequence[str]) -> bool:
        """Handle the oldest message that is free; False where there is none."""
        waiting = inbox.take(self._transaction, names, self._now)
        if waiting is None:
            return False
        self.handled.count += 1
        try:
            self._run(self._handler.answer, waiting)
            inbox.done(self._transaction, waiting)
        except StorageError:
            raise
        except Exception as error:
            if isinstance(error, FilesWanted) and waiting.files is None:
                inbox.want(self._transaction, waiting, self._now)
                self.handled.wanted = True
            else:
                self._failed(waiting, error)
        return True

    def _run(self, step: Step, waiting: Waiting) -> None:
        with self._transaction.savepoint():
            records = TransactionRecords(
                self._transaction,
                self._channels,
                waiting.cause,
                self._worker,
                self._room,
                self._now,
            )
            step(waiting, records)
        self.handled.add(records.handled)
        for claimed in records.handled.claimed:
            self._room[claimed.channel] -= 1

    def _failed(self, waiting: Waiting, error: Exception) -> None:
        attempts = waiting.attempts + 1
        unreadable = isinstance(error, Unreadable)
        given_up = unreadable or attempts >= MAX_ATTEMPTS
        reason = type(error).__name__
        key = waiting.raw.key
        self.handled.failures.append(Failure(waiting.channel, key, attempts, given_up, error))
        if not given_up:
            wait = _FIRST_WAIT * 2**waiting.attempts
            inbox.again(self._transaction, waiting, reason, self._now, wait)
            return
        inbox.fail(self._transaction, waiting, reason)
        if not unreadable:
            self._apologise(waiting)

    def _apologise(self, waiting: Waiting) -> None:
        try:
            self._run(self._handler.apologise, waiting)
        except StorageError:
            raise
        except Exception as error:
            self.handled.failures.append(Failure(waiting.channel, waiting.raw.key, MAX_ATTEMPTS, True, error))
