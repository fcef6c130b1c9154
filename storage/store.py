"""What the engine needs of the database: two queues, the transaction between them, and the dead."""

import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from conversation import Channel, Raw
from storage import diary, inbox, mailing, outbox, pacing, rollout, setback, troubles
from storage.attempts import Handler, Handling
from storage.database import Database, T, Transaction, moment, stamp
from storage.dossier import TransactionRegistry
from storage.handling import Handled
from storage.heartbeat import Heartbeat
from storage.outbox import Claimed, Settled
from storage.records import Clock, StorageError
from storage.registry import Registry
from storage.rhythm import ALONE, BESIDE, Rhythm
from storage.rollout import Advance
from storage.troubles import Counts, Trouble

# A worker that was not seen for so long is dead; what it was sending is queued again.
DEAD_AFTER = timedelta(seconds=20)
_HANDLE_SECONDS = 0.02
# Seconds after which nothing counts any more that a worker has sent.
_LAST_WORDS = 2.0
_SQLITE = "sqlite:///"

_WORK = """
select 1 from inbox where channel = :channel and state = 'waiting'
union all
select 1 from outbox where channel = :channel and state in ('queued', 'sending')
and announcement is null
limit 1
"""
_NEXT_DUE = """
select min(due_at) from outbox
where channel = :channel and state = 'queued' and announcement is null
"""


@dataclass(frozen=True, slots=True)
class Claims:
    """Rows to send, and when the next queued row of the channel is due (None: there is none)."""

    rows: Sequence[Claimed]
    next_due: datetime | None


def utc_now() -> datetime:
    """The real time, in UTC. Leases, retries and pacing never use another."""
    return datetime.now(UTC)


class Store:
    """The database as the engine sees it. Its methods raise `StorageError`."""

    def __init__(
        self,
        database: Database,
        clock: Clock = utc_now,
        *,
        dead_after: timedelta = DEAD_AFTER,
    ) -> None:
        self.database = database
        self.clock = clock
        self._heartbeat = Heartbeat(dead_after)
        self._rhythm = Rhythm(BESIDE if database.shared else ALONE)
        # How many workers send on this database, ourselves included, as it was when something was claimed last.
        self.workers = 1
        self._fewer_at = 0.0
        # Which rows are ours to settle.
        self.worker = secrets.token_hex(8)

    @property
    def lanes(self) -> int:
        """Handling transactions that may run beside each other."""
        return self.database.lanes

    async def open(self, *, sole: bool = False) -> None:
        """Connect and bring the schema up to date. `sole`: as the process that runs the engine,
        of which SQLite allows one; raises `InUse` for a second."""
        await self.database.open(sole=sole)
        if sole and not self.database.shared:
            await self.database.write(self._take_over)

    def _take_over(self, transaction: Transaction) -> None:
        """Nobody else runs: what a killed process was sending or fetching is free."""
        setback.mend(transaction, "", self.clock())
        transaction.execute("delete from worker")
        transaction.execute("update inbox set due_at = :now where fetching > 0", now=stamp(self.clock()))

    async def close(self) -> None:
        """Finish what was begun and let go of everything."""
        await self.database.close()

    async def backup(self, to: Path) -> None:
        """Write a consistent copy of the database."""
        await self.database.backup(to)

    async def receive(self, channel: str, batch: Sequence[Raw]) -> None:
        """Store events, each once for ever. When this returns they are safe: one commit."""
        if batch:
            now = self.clock()
            await self.database.write(lambda transaction: inbox.receive(transaction, channel, batch, now))

    async def handle(self, channels: Mapping[str, Channel], handler: Handler, room: Mapping[str, int]) -> Handled:
        """Handle some waiting events. `room`: by channel, how many replies may be sent at once."""

        def work(transaction: Transaction) -> Handled:
            handling = Handling(transaction, channels, handler, self.worker, room, self.clock())
            until = time.monotonic() + _HANDLE_SECONDS
            for _ in range(self.database.batch):
                if not handling.next(list(channels)) or time.monotonic() > until:
                    break
            return handling.handled

        await self._be_heard()
        handled = await self.database.write(work)
        self._heartbeat.hold(handled.claimed)
        return handled

    async def claim(self, channel: Channel, limit: int) -> Claims:
        """Take up to `limit` rows that may leave now or in a moment: replies, then announcements."""

        def work(transaction: Transaction) -> Claims:
            now = self.clock()
            name, pace = channel.name, channel.pace
            self._count_workers(transaction)
            if rollout.hushed(now):
                diary.too_late(transaction, name)
            rows = outbox.claim(transaction, name, pace, self.worker, limit, now)
            news, due = mailing.claim(transaction, name, pace, self.worker, limit - len(rows), now)
            [[reply]] = transaction.execute(_NEXT_DUE, channel=name)
            dues = [*([due] if due else []), *([moment(reply)] if reply else [])]
            return Claims([*rows, *news], min(dues, default=None))

        await self._be_heard()
        claims = await self.database.write(work)
        self._heartbeat.hold(claims.rows)
        return claims

    async def advance(self, channels: Mapping[str, Channel]) -> Advance:
        """Take one step with the announcements: a page of rows, lines for web pages, or an end."""
        # Rows and the position among them are written together, so what is forgotten is only written again.
        filled = await self.database.write(
            lambda transaction: self._rhythm.step(partial(rollout.fill, transaction, channels, self.clock())),
            patient=True,
            durable=False,
        )
        if filled:
            return filled
        return await self.database.write(
            lambda transaction: rollout.advance(transaction, channels, self.clock()), patient=True
        )

    async def retime(self, channel: Channel, claimed: Claimed) -> datetime:
        """Another moment for a claimed row that missed its own."""

        def work(transaction: Transaction) -> datetime:
            self._count_workers(transaction)
            return pacing.retime(transaction, claimed.address, channel.pace, self.clock())

        return await self.database.write(work)

    async def settle(self, claimed: Claimed, settled: Settled) -> bool:
        """Write how sending ended; returns whether a later reply to the address waits."""
        waits = await self.database.write(
            lambda transaction: outbox.settle(transaction, claimed, settled, self.worker, self.clock())
        )
        self._heartbeat.release(claimed)
        return waits

    async def beat(self) -> None:
        """Say that this worker lives, and queue again what the dead were sending."""
        begun, strays = time.monotonic(), self._heartbeat.strays

        def work(transaction: Transaction) -> list[str]:
            sending = self._heartbeat.beat(transaction, self.worker, strays, self.clock())
            self._count_workers(transaction)
            return sending

        self._heartbeat.heard(begun, await self.database.write(work))

    async def _be_heard(self) -> None:
        """Before something is taken to be sent: whom the others take for dead, of them they would send it too."""
        if self._heartbeat.silent:
            await self.beat()

    def _count_workers(self, transaction: Transaction) -> None:
        if not self.database.shared:
            return
        [[workers]] = transaction.execute("select count(*) from worker")
        now = time.monotonic()
        # What those who have gone sent last still counts for the platform.
        if workers >= self.workers or now > self._fewer_at:
            self.workers, self._fewer_at = workers, now + _LAST_WORDS

    async def retire(self) -> None:
        """This worker sends nothing any more; whoever beats next queues again what it left."""
        gone, self.worker = self.worker, secrets.token_hex(8)
        await self.database.write(lambda transaction: transaction.execute("delete from worker where id = :id", id=gone))

    async def registry_read(self, work: Callable[[Registry], T]) -> T:
        """Run `work`, which only reads, on the registry."""
        now = self.clock()
        return await self.database.read(lambda transaction: work(TransactionRegistry(transaction, now, {})))

    async def registry_write(self, work: Callable[[Registry], T]) -> T:
        """Run `work` on the registry; when this returns it is durable. It may run again after a conflict."""
        now = self.clock()
        return await self.database.write(lambda transaction: work(TransactionRegistry(transaction, now, {})))

    async def counts(self) -> Counts:
        """How much waits, and what went wrong."""
        return await self.database.read(troubles.counts)

    async def troubles(self, limit: int = 100) -> Sequence[Trouble]:
        """The newest messages that staff should look at."""
        return await self.database.read(lambda transaction: troubles.newest(transaction, limit))

    async def idle(self, channel: str) -> bool:
        """Whether nothing of a channel waits to be handled or sent."""
        rows = await self.database.read(lambda transaction: transaction.execute(_WORK, channel=channel))
        return not rows


@asynccontextmanager
async def opened(url: str, *, sole: bool = False) -> AsyncIterator[Store]:
    """The store of a database URL, open until the block ends. Raises `StorageError`."""
    store = open_store(url)
    try:
        await store.open(sole=sole)
        yield store
    finally:
        await store.close()


def is_there(file: Path) -> bool:
    """Whether a database was made before."""
    return file.exists()


async def back_up(url: str, file: Path | None, to: Path) -> None:
    """Copy the database of a URL, also while the bot runs; `file`: where SQLite keeps it. Raises `StorageError`."""
    if file and not is_there(file):
        raise StorageError(f"DATABASE_URL: there is no {file} yet, expected a database that bot.py run has made")
    async with opened(url) as store:
        await store.backup(to)


async def with_registry(url: str, work: Callable[[Registry], T]) -> T:
    """Run `work` on the registry of a URL's database, also while the bot runs. Raises `StorageError`."""
    async with opened(url) as store:
        return await store.registry_write(work)


def open_store(url: str, clock: Clock = utc_now, *, dead_after: timedelta = DEAD_AFTER) -> Store:
    """The store of a database URL, not opened yet. Raises `StorageError` for a wrong URL."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE) and "?" not in url:
        # Imported when needed: the other engine's driver may not be installed.
        from storage.sqlite import Sqlite

        return Store(Sqlite(Path(url.removeprefix(_SQLITE)), clock), clock, dead_after=dead_after)
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from storage.postgres import Postgres
        except ImportError as error:
            raise StorageError("DATABASE_URL: PostgreSQL needs psycopg: install the extra `postgres`") from error
        return Store(Postgres(url, clock), clock, dead_after=dead_after)
    raise StorageError(f"DATABASE_URL: read {_without_password(url)!r}, expected sqlite:///file.db or postgresql://…")


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else url
