"""The loops: receive, handle, deliver, tick. What they run on is given to them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from conversation import CLOCK, Address, Channel, ChannelStopped, Raw, ReadOut, Reply
from storage import Store
from storage.answering import Answering
from storage.attempts import Handler
from storage.depot import Depot
from storage.errors import brief, failure_line
from storage.fetching import Fetching
from storage.handling import Handled
from storage.outbox import Claimed
from storage.patience import Patience, cancel, pause
from storage.records import Person, Respond, StorageError
from storage.sending import Enclose, Sending, without_files

log = logging.getLogger(__name__)
T = TypeVar("T")

# How many messages of one channel are sent at the same time.
SENDERS = 16
# How many messages have their files fetched at the same time.
FETCHERS = 3
PATIENCE = Patience()


class Engine:
    """Takes what channels receive, has it handled, and delivers what is to be said.

    `respond` runs inside the handling transaction. `apology` is what a person gets once when a
    message could not be handled. `enclose` makes the files of a reply before it is sent, `depot` keeps
    those that people send, `read` reads them. `wake` is told which addresses have new lines, for web pages.
    A channel named `clock` gives the ticks.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        respond: Respond,
        apology: Callable[[Person], Reply],
        *,
        wake: Callable[[Collection[Address]], None] = lambda _: None,
        patience: Patience = PATIENCE,
        enclose: Enclose = without_files,
        depot: Depot | None = None,
        read: ReadOut | None = None,
    ) -> None:
        self._store = store
        self._channels = dict(channels)
        # The clock never ends and nobody hears it: it counts for nothing but its ticks.
        self._listened = [channel for channel in channels.values() if channel.name != CLOCK]
        self._wake = wake
        self._patience = patience
        answering = Answering(self._channels, respond, apology)
        self._handler = Handler(answering.answer, answering.apologise)
        self._stopping = asyncio.Event()
        self._leaving = asyncio.Event()
        self._received = asyncio.Event()
        # By channel that is sent to: something may be claimed there.
        self._queued = {channel.name: asyncio.Event() for channel in self._listened if not channel.pulls}
        self._senders = {name: asyncio.Semaphore(SENDERS) for name in self._queued}
        self._flying: Counter[str] = Counter()
        self._sends: set[asyncio.Task[None]] = set()
        self._sending = Sending(store.clock, patience, enclose, store.retime, lambda: store.workers)
        self._fetching = Fetching(store, self._channels, depot, patience, read)
        self._wanted = asyncio.Event()
        self._fetches: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Let `run` finish what was begun and return."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop`, or until no channel listens any more and all of it is answered.

        Closes the channels, not the store. Raises `StorageError` if the start fails, and
        `ChannelStopped` if that is why no channel listens.
        """
        await self._store.beat()
        beating = asyncio.create_task(self._beat())
        if self._store.workers > 1:
            # Until the others have heard of us they send as many messages as the platform takes.
            await pause(self._stopping, 2 * self._patience.look)
        working = [asyncio.create_task(self._handle()) for _ in range(self._store.lanes)]
        working.append(asyncio.create_task(self._announce()))
        working.append(asyncio.create_task(self._fetch()))
        working += [asyncio.create_task(self._deliver(self._channels[name])) for name in self._queued]
        listening = [asyncio.create_task(self._listen(channel)) for channel in self._listened]
        ticking = [asyncio.create_task(self._listen(self._channels[CLOCK]))] if CLOCK in self._channels else []
        try:
            stopped = await self._until_stopped(listening)
        finally:
            await cancel([*listening, *ticking])
            await self._settle(working)
            # A beat that has begun is seen to its end: after the worker has left nothing may say that it lives.
            self._leaving.set()
            await asyncio.wait([beating], timeout=self._patience.settle)
            await cancel([beating])
            await self._leave()
        if stopped:
            raise stopped

    # Receive.

    async def _listen(self, channel: Channel) -> ChannelStopped | None:
        async def receive(batch: Sequence[Raw]) -> None:
            await self._store.receive(channel.name, batch)
            self._received.set()

        loop = asyncio.get_running_loop()
        tries = 0
        while True:
            begun = loop.time()
            try:
                await channel.listen(receive)
                return None
            except ChannelStopped as error:
                log.error("%s stopped: %s", channel.name, error)
                return error
            except Exception as error:
                tries = 0 if loop.time() - begun > self._patience.longest else tries
                wait = self._patience.after(tries)
                log.warning("%s: %s; listening again in %g s", channel.name, brief(error), wait)
                tries += 1
            await asyncio.sleep(wait)

    async def _until_stopped(self, listening: list[asyncio.Task[ChannelStopped | None]]) -> ChannelStopped | None:
        stopping = asyncio.create_task(self._stopping.wait())
        listened = asyncio.gather(*listening)
        either: set[asyncio.Future[Any]] = {stopping, listened}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not listened.done():
                return None
            reasons = listened.result()
            if all(reasons):
                return next(iter(reasons), None)
            await self._drain(stopping)
            return None
        finally:
            stopping.cancel()
            listened.cancel()
            await asyncio.gather(listened, return_exceptions=True)

    async def _drain(self, stopping: asyncio.Task[bool]) -> None:
        """Wait until what came in is answered, where that does not take too long."""

        async def answered() -> bool:
            return all([await self._store.idle(name) for name in self._queued])

        try:
            async with asyncio.timeout(self._patience.settle):
                while not await self._patience.patiently("storage", answered) and not stopping.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            log.warning("stopping although not everything is answered; the next start goes on")

    # Handle.

    async def _handle(self) -> None:
        while not self._stopping.is_set():
            self._received.clear()
            handled = await self._patience.patiently("handling", self._handle_some)
            if not handled.count:
                await pause(self._received, self._patience.look)

    async def _handle_some(self) -> Handled:
        room = {name: self._room(name) for name in self._queued}
        handled = await self._store.handle(self._channels, self._handler, room)
        for claimed in handled.claimed:
            self._send_soon(claimed)
        for name in handled.queued & self._queued.keys():
            self._queued[name].set()
        for failure in handled.failures:
            log.warning("%s", failure_line(failure))
        if handled.wanted:
            self._wanted.set()
        self._wake(handled.touched)
        return handled

    async def _fetch(self) -> None:
        """Fetch the files of some messages at a time; those are handled again when they are here."""
        while not self._stopping.is_set():
            self._wanted.clear()
            free = len(self._fetches) < FETCHERS
            errand = await self._patience.patiently("files", self._fetching.take) if free else None
            if errand is None:
                await pause(self._wanted, self._patience.look)
                continue
            task = asyncio.create_task(self._patience.patiently("files", partial(self._fetching.carry_out, errand)))
            self._fetches.add(task)
            task.add_done_callback(self._fetched)

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._fetches.discard(task)
        self._received.set()
        self._wanted.set()

    # Deliver.

    async def _deliver(self, channel: Channel) -> None:
        queued = self._queued[channel.name]
        while not self._stopping.is_set():
            queued.clear()
            seconds = self._patience.look
            if room := self._room(channel.name):
                claim = partial(self._store.claim, channel, room)
                claims = await self._patience.patiently("claiming", claim)
                for claimed in claims.rows:
                    self._send_soon(claimed)
                if claims.rows:
                    continue
                seconds = self._pause(claims.next_due)
            await pause(queued, seconds)

    async def _announce(self) -> None:
        """Write the rows of announcements, and see how far they have come."""
        while not self._stopping.is_set():
            step = await self._patience.patiently("announcing", partial(self._store.advance, self._channels))
            self._wake(step.touched)
            if not step.more:
                await pause(self._stopping, self._patience.look)

    def _pause(self, next_due: datetime | None) -> float:
        if next_due is None:
            return self._patience.look
        left = (next_due - self._store.clock()).total_seconds()
        # Due and not claimed: its turn, or the pace, comes soon.
        return min(max(left, 0.05), self._patience.look)

    def _room(self, name: str) -> int:
        return max(SENDERS - self._flying[name], 0)

    def _send_soon(self, claimed: Claimed) -> None:
        self._flying[claimed.channel] += 1
        task = asyncio.create_task(self._send(claimed))
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _send(self, claimed: Claimed) -> None:
        name = claimed.channel
        try:
            async with self._senders[name]:
                settled = await self._sending.send(self._channels[name], claimed)
        finally:
            was_full = not self._room(name)
            self._flying[name] -= 1
        more = await self._patience.patiently("settling", lambda: self._store.settle(claimed, settled))
        if more or was_full:
            self._queued[name].set()

    # Beside.

    async def _beat(self) -> None:
        while not self._leaving.is_set():
            try:
                async with asyncio.timeout(self._patience.beat):
                    await self._leaving.wait()
            except TimeoutError:
                await self._patience.patiently("heartbeat", self._store.beat)

    async def _settle(self, working: list[asyncio.Task[None]]) -> None:
        """Claim no more, and see what is being sent to its end."""
        self._stopping.set()
        for news in (self._received, self._wanted, *self._queued.values()):
            news.set()
        await asyncio.wait(working, timeout=self._patience.settle)
        await cancel(working)
        if self._sends:
            await asyncio.wait(self._sends, timeout=self._patience.settle)
        # What is left stays `sending` or to be fetched, and is taken up by whoever finds it.
        await cancel([*self._sends, *self._fetches])

    async def _leave(self) -> None:
        try:
            await self._store.retire()
        except StorageError as error:
            log.warning("storage: %s", error)
        for channel in self._listened:
            try:
                await channel.close()
            except Exception as error:
                log.warning("%s: %s", channel.name, brief(error))
