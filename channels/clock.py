"""The clock as a channel: one event an hour and at given times, which the inbox lets through once."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta, timezone

from conversation import (
    CLOCK,
    Address,
    Attachment,
    FetchError,
    Incoming,
    IncomingFile,
    Outgoing,
    Pace,
    Raw,
    Receive,
    Refused,
    Reply,
)

# The hours of the ward; Việt Nam has had no other time since 1975.
VIETNAM = timezone(timedelta(hours=7))


class Clock:
    """Ticks at every full hour of the ward and at times of the day in between, and at the start for the last of them.

    `also`: these times, to the minute.
    """

    name = CLOCK
    pace: Pace | None = None
    pulls = False
    edits = False
    carries_files = False

    def __init__(self, now: Callable[[], datetime], also: Iterable[time] = ()) -> None:
        self._now = now
        self._times = sorted({*map(time, range(24)), *(at.replace(second=0, microsecond=0) for at in also)})

    def holds(self, attachment: Attachment) -> bool:  # noqa: ARG002 -- the Protocol's name
        """It is given none."""
        return False

    def translate(self, raw: Raw) -> Incoming | None:
        """The hour and the minute are the key."""
        return Incoming(Address(self.name, self.name), raw.key, "other")

    def parts(self, reply: Reply) -> Sequence[Reply]:  # noqa: ARG002 -- the Protocol's name
        """Nobody reads what is said to the clock."""
        return ()

    async def listen(self, receive: Receive) -> None:
        """Hand over the last tick there was, and each one when it comes."""
        while True:
            now = self._now().astimezone(VIETNAM)
            await receive([Raw(self._last(now).strftime("%Y-%m-%dT%H:%M"), self.name, "{}")])
            following = self._next(now)
            # In pieces, because a computer that was asleep has not counted the time.
            while (left := (following - self._now()).total_seconds()) > 0:  # noqa: ASYNC110
                await asyncio.sleep(min(left, 60.0))

    def _last(self, now: datetime) -> datetime:
        """Midnight is always one of the times."""
        return datetime.combine(now, max(at for at in self._times if at <= now.time()), VIETNAM)

    def _next(self, now: datetime) -> datetime:
        later = [at for at in self._times if at > now.time()]
        return datetime.combine(now if later else now + timedelta(days=1), later[0] if later else time(), VIETNAM)

    async def send(self, outgoing: Outgoing) -> str:  # noqa: ARG002 -- the Protocol's name
        """Raise `Refused`."""
        raise Refused("nothing is sent to the clock")

    async def fetch(self, file: IncomingFile) -> bytes:  # noqa: ARG002 -- the Protocol's name
        """Raise `FetchError`."""
        raise FetchError("the clock sends no files", "gone")

    async def close(self) -> None:
        """Nothing to let go of."""
