"""The clock as a channel: one event an hour, which the inbox lets through once."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from conversation import (
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
    """Ticks at every full hour of the ward, and once at the start for the hour that has begun."""

    name = "clock"
    pace: Pace | None = None
    pulls = False
    edits = False
    carries_files = False

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def holds(self, attachment: Attachment) -> bool:  # noqa: ARG002 -- the Protocol's name
        """It is given none."""
        return False

    def translate(self, raw: Raw) -> Incoming | None:
        """The hour is the key."""
        return Incoming(Address(self.name, self.name), raw.key, "other")

    def parts(self, reply: Reply) -> Sequence[Reply]:  # noqa: ARG002 -- the Protocol's name
        """Nobody reads what is said to the clock."""
        return ()

    async def listen(self, receive: Receive) -> None:
        """Hand over the hour that has begun, now and whenever the next one begins."""
        while True:
            now = self._now().astimezone(VIETNAM)
            await receive([Raw(now.strftime("%Y-%m-%dT%H:00"), self.name, "{}")])
            hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            # In pieces, because a computer that was asleep has not counted the time.
            while (left := (hour - self._now()).total_seconds()) > 0:  # noqa: ASYNC110
                await asyncio.sleep(min(left, 60.0))

    async def send(self, outgoing: Outgoing) -> str:  # noqa: ARG002 -- the Protocol's name
        """Raise `Refused`."""
        raise Refused("nothing is sent to the clock")

    async def fetch(self, file: IncomingFile) -> bytes:  # noqa: ARG002 -- the Protocol's name
        """Raise `FetchError`."""
        raise FetchError("the clock sends no files", "gone")

    async def close(self) -> None:
        """Nothing to let go of."""
