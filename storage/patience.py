"""How long the loops wait, and what they do while a step does not work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from storage.errors import brief

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the loops wait, in seconds."""

    # How often they look without having been woken.
    look: float = 1.0
    # How often they say that this process lives.
    beat: float = 5.0
    # The first wait after an error, doubled each time up to the longest.
    first: float = 1.0
    longest: float = 60.0
    # How long a reply that cannot be sent is tried again.
    give_up: float = 86_400.0
    # How long stopping waits for what was begun.
    settle: float = 10.0

    def after(self, tries: int) -> float:
        """The wait after so many failures before this one."""
        return min(self.first * 2.0 ** min(tries, 30), self.longest)

    async def patiently(self, what: str, step: Callable[[], Awaitable[T]]) -> T:
        """Try until it works: an error of the storage ends no loop.

        It may be back at any moment, and people wait: it is tried again within a beat, however long it has been away.
        """
        tries = 0
        while True:
            try:
                return await step()
            except Exception as error:
                wait = min(self.after(tries), self.beat)
                log.warning("%s: %s; again in %g s", what, brief(error), wait)
            tries += 1
            await asyncio.sleep(wait)


async def pause(news: asyncio.Event, seconds: float) -> None:
    """Wait until something is new, or so long."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return


async def cancel(tasks: Iterable[asyncio.Task[T]]) -> None:
    """End tasks, and wait until they have ended."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
