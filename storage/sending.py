"""Sending one message, and what becomes of it where that fails: tried again, given up, or in doubt."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta

from conversation import Channel, NotSent, Outgoing, Refused, SendError, Undecided
from storage.errors import brief
from storage.outbox import Claimed, Settled
from storage.patience import Patience
from storage.records import Clock
from storage.throttle import Throttle

log = logging.getLogger(__name__)

# An undecided reply is sent again so often, then it is `unknown`; of an announcement it is at once.
MAX_DOUBTS = 2
MAX_MOVES = 3
# Sent so much later, a message would make those wait that leave on time (`Throttle`), while for a little less a moment
# would be lost; and how often it takes another: on a machine that is always late it goes all the same.
_LATE = timedelta(seconds=0.1)
_MOMENTS = 4
_DAY = timedelta(days=1)


# Makes the files of a message for a channel.
Enclose = Callable[[Channel, Outgoing], Awaitable[Outgoing]]


# Another moment for a claimed row that missed its own.
Retime = Callable[[Channel, Claimed], Awaitable[datetime]]


async def without_files(_: Channel, outgoing: Outgoing) -> Outgoing:
    """The message as it is."""
    return outgoing


class _Held(Exception):
    """The platform asked meanwhile to wait for so long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Sending:
    """Sends claimed messages, each at its moment and with its files, and says how that ended."""

    def __init__(
        self, clock: Clock, patience: Patience, enclose: Enclose, retime: Retime, processes: Callable[[], int]
    ) -> None:
        self._clock, self._patience, self._enclose, self._retime = clock, patience, enclose, retime
        self._processes = processes
        # By channel: the platform asked not to be called before this time of the loop.
        self._held: dict[str, float] = {}
        # By channel that has a pace.
        self._throttles: dict[str, Throttle] = {}

    async def send(self, channel: Channel, claimed: Claimed) -> Settled:
        """Send one message; raises nothing."""
        try:
            outgoing = await self._enclose(channel, claimed.outgoing)
            await self._wait(channel, claimed)
        except Exception as error:
            log.warning("%s: before message %s: %s", channel.name, claimed.outgoing.id, brief(error))
            return self._failed(claimed, NotSent(type(error).__name__))
        try:
            async with self._passing(channel, outgoing.chat):
                self._check_held(channel)
                return Settled("sent", message=await channel.send(outgoing))
        except _Held as held:
            return later(claimed, "the channel waits", held.seconds)
        except SendError as error:
            log.info("%s: message %s: %s", channel.name, claimed.outgoing.id, error)
            return self._failed(claimed, error)
        except Exception as error:
            # The channel did not say what happened, so the message may have arrived.
            log.warning("%s: message %s: %s", channel.name, claimed.outgoing.id, brief(error))
            return self._failed(claimed, Undecided(type(error).__name__))

    def _check_held(self, channel: Channel) -> None:
        seconds = self._held.get(channel.name, 0) - asyncio.get_running_loop().time()
        if seconds > 0:
            raise _Held(seconds)

    def _passing(self, channel: Channel, chat: str) -> AbstractAsyncContextManager[None]:
        if channel.pace is None:
            return nullcontext()
        throttle = self._throttles.setdefault(channel.name, Throttle(channel.pace, self._processes))
        return throttle.passing(chat)

    async def _wait(self, channel: Channel, claimed: Claimed) -> None:
        """Wait for its moment; what misses it takes another, so that messages never leave in a burst."""
        start = claimed.start
        for _ in range(_MOMENTS):
            await asyncio.sleep(max((start - self._clock()).total_seconds(), 0))
            if channel.pace is None or self._clock() - start <= _LATE:
                return
            start = await self._retime(channel, claimed)

    def _failed(self, claimed: Claimed, error: SendError) -> Settled:
        wait = asked_to_wait(error)
        if wait is not None:
            self._held[claimed.channel] = asyncio.get_running_loop().time() + wait
        return verdict(claimed, error, self._patience, self._clock())


def asked_to_wait(error: SendError) -> float | None:
    """The seconds that the platform asked for before anything else is sent, at most a day."""
    if isinstance(error, NotSent) and error.retry_after is not None:
        return min(max(error.retry_after, 0.0), _DAY.total_seconds())
    return None


def verdict(claimed: Claimed, error: SendError, patience: Patience, now: datetime) -> Settled:
    """What becomes of a claimed reply after an error."""
    if isinstance(error, NotSent):
        return _again(claimed, error, patience, now)
    if isinstance(error, Refused) and error.moved_to and claimed.attempts < MAX_MOVES:
        return later(claimed, str(error), 0, attempts=1, moved_to=error.moved_to)
    if isinstance(error, Refused):
        return _ended(claimed, "failed", str(error), unreachable=error.unreachable)
    if claimed.announcement or claimed.doubts >= MAX_DOUBTS:
        return _ended(claimed, "unknown", str(error), doubts=1)
    return later(claimed, str(error), patience.after(claimed.doubts), doubts=1)


def _again(claimed: Claimed, error: NotSent, patience: Patience, now: datetime) -> Settled:
    asked = asked_to_wait(error)
    wait = patience.after(claimed.attempts) if asked is None else asked
    if (now - claimed.created).total_seconds() + wait > patience.give_up:
        return _ended(claimed, "failed", str(error))
    return later(claimed, str(error), wait, attempts=1, hold=asked is not None)


def later(
    claimed: Claimed,
    reason: str,
    wait: float,
    *,
    attempts: int = 0,
    doubts: int = 0,
    hold: bool = False,
    moved_to: str = "",
) -> Settled:
    """Queued again after a wait in seconds; `hold`: the whole channel waits too."""
    return Settled(
        "queued",
        reason,
        attempts=claimed.attempts + attempts,
        doubts=claimed.doubts + doubts,
        wait=timedelta(seconds=wait),
        hold=hold,
        moved_to=moved_to,
    )


def _ended(claimed: Claimed, state: str, reason: str, *, doubts: int = 0, unreachable: bool = False) -> Settled:
    return Settled(
        state,
        reason,
        attempts=claimed.attempts,
        doubts=claimed.doubts + doubts,
        unreachable=unreachable,
    )
