"""Never more messages within a second than the platform takes, as the platform sees them arrive.

Messages leave evenly, but a network or a busy machine lets some arrive late and then together with those after them.
Several processes share what the platform takes, each an equal part of it: however long one of them stands still, what
it sends afterwards and what the others send meanwhile are together never more.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from conversation import Pace

# What a platform's limits are for, and the little by which two clocks may differ.
_SECOND = 1.0
_MARGIN = 0.002


@dataclass(slots=True, eq=False)
class _Call:
    chat: str
    # In seconds of the loop's clock.
    begun: float
    answered: float | None = None


class Throttle:
    """Of one channel in this process: within any second no more than its pace, rounded up, in all and in a chat.

    `processes` tells how many share the pace now.
    """

    def __init__(self, pace: Pace, processes: Callable[[], int] = lambda: 1) -> None:
        self._processes = processes
        # Those that fell out arrived more than a second before whatever comes next.
        self._calls: deque[_Call] = deque(maxlen=math.ceil(pace.overall))
        self._in_chat = math.ceil(pace.per_chat)
        # Those who wait pass one after another.
        self._turn = asyncio.Lock()
        # The shortest time from a call to its answer: what the way there and back takes at least. The first ones
        # are too few to tell.
        self._fastest = math.inf
        self._answers = 0

    @asynccontextmanager
    async def passing(self, chat: str) -> AsyncIterator[None]:
        """Wait until one more message may leave; the block sends it."""
        clock = asyncio.get_running_loop().time
        call = await self._begin(chat)
        try:
            yield
            self._fastest = min(self._fastest, clock() - call.begun)
            self._answers += 1
        finally:
            call.answered = clock()

    async def _begin(self, chat: str) -> _Call:
        clock = asyncio.get_running_loop().time
        while True:
            # Outside of the turn: nobody else waits for a chat.
            await self._until_free([call for call in self._calls if call.chat == chat], self._in_chat)
            async with self._turn:
                await self._until_free(self._calls, self._calls.maxlen or 0, shared=True)
                here = [call for call in self._calls if call.chat == chat]
                if self._free_at(here, self._in_chat) <= clock():
                    self._calls.append(call := _Call(chat, clock()))
                    return call

    async def _until_free(self, calls: Sequence[_Call], most: int, *, shared: bool = False) -> None:
        clock = asyncio.get_running_loop().time
        # Again, because an answer may have come meanwhile, or another process.
        while (wait := self._free_at(calls, self._share(most) if shared else most) - clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)

    def _share(self, most: int) -> int:
        return max(most // max(self._processes(), 1), 1)

    def _free_at(self, calls: Sequence[_Call], most: int) -> float:
        """A second after the last but so many can have arrived at the latest, less the way of the next one."""
        doubtful = [call for call in calls if self._doubtful(call)]
        # What is not answered by now tells nothing: it may arrive together with the next ones, but they do not wait.
        if doubtful:
            calls, most = [call for call in calls if call not in doubtful], max(most - len(doubtful), 1)
        if len(calls) < most:
            return -math.inf
        oldest = calls[-most]
        if oldest.answered is None:
            return oldest.begun + _SECOND + _MARGIN
        way = self._fastest if self._answers >= (self._calls.maxlen or 0) else 0.0
        return oldest.answered - way + _SECOND + _MARGIN

    @staticmethod
    def _doubtful(call: _Call) -> bool:
        return call.answered is None and call.begun + _SECOND + _MARGIN <= asyncio.get_running_loop().time()
