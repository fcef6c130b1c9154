"""Databases for tests, and what the tests of the storage and of the engine say and ask."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import sqlite_utils
from markupsafe import Markup

from conversation import Address, Channel, Incoming, Raw, Reply
from storage.attempts import Handler
from storage.database import Row, migrate
from storage.handling import Handled, TransactionRecords
from storage.inbox import Waiting
from storage.outbox import Claimed, Settled
from storage.records import Conversation, Person
from storage.sqlite import SqliteTransaction
from storage.store import Store
from tests.postgres_server import empty_database, new_database

ENGINES = ("sqlite", "postgres")
TABLES = (
    *("person", "address", "conversation", "consent", "question", "line"),
    *("inbox", "outbox", "pace", "worker", "migration"),
    *("unit", "role", "invitation", "wrong_code", "link_code", "round", "form_version"),
    *("submission", "answer", "snapshot", "remark", "audit", "file", "discarded"),
    *("announcement", "unreached", "subscription", "post"),
    *("morning", "snooze", "silence", "ward_deadline", "calendar"),
)
SENT = Settled("sent", message="77")


def database_url(engine: str, folder: Path) -> str:
    """The URL of a new database of one of the engines, with all migrations; it is there as long as the folder."""
    return new_database(folder) if engine == "postgres" else new_file(folder / "test.db")


def new_file(path: Path) -> str:
    """The URL of a new SQLite database with all migrations."""
    path.write_bytes(_migrated_file())
    return f"sqlite:///{path}"


def empty_url(engine: str, folder: Path) -> str:
    """The URL of a new database without a table."""
    return empty_database() if engine == "postgres" else f"sqlite:///{folder / 'test.db'}"


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        made = sqlite_utils.Database(path, execute_plugins=False)
        made.enable_wal()
        migrate(SqliteTransaction(made), datetime.now(UTC))
        made.conn.commit()
        made.close()
        return path.read_bytes()


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 0, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def say(text: str) -> Reply:
    return Reply(Markup.escape(text))


Say = Callable[[Incoming, Person, Conversation, TransactionRecords], Sequence[Reply]]


def echo(
    incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
) -> Sequence[Reply]:
    return [say(f"nghe: {incoming.text}")]


class Desk:
    """Handles what waits in a store, as the engine does, one call at a time."""

    def __init__(self, store: Store, *channels: Channel, say: Say = echo) -> None:
        self.store = store
        self.channels = {channel.name: channel for channel in channels}
        self.say = say

    async def receive(self, channel: str, *batch: Raw) -> None:
        await self.store.receive(channel, batch)

    async def handle(self, room: int = 16) -> Handled:
        """Handle all that is free."""
        total = Handled()
        handler = Handler(self._answer, self._apologise)
        while True:
            rooms = dict.fromkeys(self.channels, room)
            handled = await self.store.handle(self.channels, handler, rooms)
            total.add(handled)
            total.count += handled.count
            total.failures += handled.failures
            if not handled.count:
                return total

    async def claim(self, channel: str, limit: int = 16) -> list[Claimed]:
        return list((await self.store.claim(self.channels[channel], limit)).rows)

    async def settle(self, *rows: Claimed, settled: Settled = SENT) -> None:
        for row in rows:
            await self.store.settle(row, settled)

    def _answer(self, waiting: Waiting, records: TransactionRecords) -> None:
        channel = self.channels[waiting.channel]
        incoming = channel.translate(waiting.raw)
        if incoming is None:
            return
        person, conversation = records.sender(incoming.address)
        if channel.pulls:
            records.line(incoming)
        records.answer(incoming, self.say(incoming, person, conversation, records))

    def _apologise(self, waiting: Waiting, records: TransactionRecords) -> None:
        incoming = self.channels[waiting.channel].translate(waiting.raw)
        assert incoming is not None
        records.sender(incoming.address)
        records.answer(incoming, [say("xin lỗi")])


async def rows(store: Store, sql: str) -> list[Row]:
    return await store.database.read(lambda transaction: transaction.execute(sql))


async def everything(store: Store) -> str:
    """All that the database holds, as text."""
    return "\n".join([str(await rows(store, f"select * from {table}")) for table in TABLES])


def texts(claimed: Sequence[Claimed]) -> list[str]:
    return [str(row.outgoing.reply.text) for row in claimed]


HOME = Address("pretend", "an")
