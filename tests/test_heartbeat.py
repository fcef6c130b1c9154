"""Who lives, who is dead, and what nobody sends although it is somebody's: after silence, and after a lost answer."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from storage import open_store
from storage.records import StorageError
from storage.store import Store
from tests.databases import Desk, database_url, rows
from tests.pretend import Pretend
from tests.test_store import raw

pytestmark = pytest.mark.anyio

# Seconds after which a worker that was not seen is dead.
DEAD = 0.4


@asynccontextmanager
async def opened(*urls: str) -> AsyncIterator[list[Desk]]:
    """Workers on a database, all of which live."""
    desks = [Desk(open_store(url, dead_after=timedelta(seconds=DEAD)), Pretend()) for url in urls]
    for desk in desks:
        await desk.store.open()
        await desk.store.beat()
    yield desks
    for desk in desks:
        await desk.store.close()


async def states(store: Store) -> list[tuple[str, str]]:
    """State and worker of each row."""
    return [(str(state), str(worker)) for state, worker in await rows(store, "select state, worker from outbox")]


async def asked(desk: Desk, *keys: str) -> None:
    """Messages that are handled, and whose replies wait."""
    await desk.receive("pretend", *(raw(key, key, chat=f"c{key}") for key in keys))
    await desk.handle(room=0)


async def test_nobody_is_taken_for_dead_after_a_silence_of_all(tmp_path: Path) -> None:
    """As when the server was away for longer than anybody may be silent."""
    url = database_url("postgres", tmp_path)
    async with opened(url, url) as (one, other):
        await asked(one, "1")
        [row] = await other.claim("pretend")
        await asyncio.sleep(1.5 * DEAD)
        await one.store.beat()
        assert await states(one.store) == [("sending", other.store.worker)]
        await other.settle(row)
        assert await states(one.store) == [("sent", other.store.worker)]


async def test_who_stays_silent_is_dead_after_all(tmp_path: Path) -> None:
    url = database_url("postgres", tmp_path)
    async with opened(url, url) as (one, other):
        await asked(one, "1")
        await other.claim("pretend")
        await asyncio.sleep(1.5 * DEAD)
        async with asyncio.timeout(20):
            while await states(one.store) != [("queued", "")]:
                await one.store.beat()
                await asyncio.sleep(DEAD / 8)
        [row] = await one.claim("pretend")
        await one.settle(row)


async def test_who_was_taken_for_dead_says_that_it_lives_before_it_sends(tmp_path: Path) -> None:
    """As a process that stood still, or one whose heartbeat comes later than its turn."""
    url = database_url("postgres", tmp_path)
    async with opened(url, url) as (one, other):
        await asked(one, "1")
        async with asyncio.timeout(20):
            while len(await rows(one.store, "select id from worker")) > 1:
                await one.store.beat()
                await asyncio.sleep(DEAD / 8)
        assert len(await other.claim("pretend")) == 1
        await one.store.beat()
        assert await states(one.store) == [("sending", other.store.worker)]


async def test_what_was_taken_with_a_lost_answer_is_sent(tmp_path: Path) -> None:
    """The commit worked, the server went away before it said so: nobody knows of the row, and it is not lost."""
    async with cut(database_url("postgres", tmp_path)) as (url, cutter), opened(url) as [desk]:
        await asked(desk, "1")
        [held] = await desk.claim("pretend")
        await asked(desk, "2")
        cutter.armed = True
        with pytest.raises(StorageError):
            await desk.claim("pretend")
        assert await states(desk.store) == [("sending", desk.store.worker)] * 2
        for _ in range(3):
            await desk.store.beat()
        [row] = await desk.claim("pretend")
        assert row.outgoing.chat == "c2"
        for _ in range(3):
            await desk.store.beat()
        assert await desk.claim("pretend") == []
        await desk.settle(held, row)
        assert [state for state, _ in await states(desk.store)] == ["sent"] * 2


class Cutter:
    """Between a program and its server: once armed, the answer to the next commit is lost with its connection."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._connections: set[asyncio.Task[None]] = set()
        self.armed = False

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody wants to talk to the server."""
        task = asyncio.create_task(self._connect(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def over(self) -> None:
        """Wait until everybody has hung up."""
        await asyncio.gather(*self._connections)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(self._server)
        back = asyncio.create_task(self._carry(answers, writer))
        while said := await reader.read(65_536):
            if self.armed and b"COMMIT" in said:
                self.armed = False
                back.cancel()
                await asyncio.wait([back])
                questions.write(said)
                await answers.read(1)
                break
            questions.write(said)
        for end in (writer, questions):
            end.close()
            with suppress(ConnectionError):
                await end.wait_closed()
        await asyncio.wait([back])

    @staticmethod
    async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            writer.write(said)


@asynccontextmanager
async def cut(url: str) -> AsyncIterator[tuple[str, Cutter]]:
    """Where a database is reached by way of a cutter."""
    [folder] = parse_qs(urlsplit(url).query)["host"]
    cutter = Cutter(f"{folder}/.s.PGSQL.5432")
    # A folder of its own beside it: the path of a socket may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="cut") as mine:
        async with await asyncio.start_unix_server(cutter.connected, f"{mine}/.s.PGSQL.5432"):
            yield url.replace(folder, mine), cutter
            await cutter.over()
