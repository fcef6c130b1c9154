"""The loops against a real database and a channel that does what real ones do."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from channels.clock import Clock
from conversation import (
    Address,
    Channel,
    ChannelStopped,
    Incoming,
    Raw,
    Receive,
    Reply,
)
from engine import Engine
from storage import Store, open_store
from storage.patience import Patience
from storage.records import Conversation, Person, Records, Respond
from storage.sqlite import Sqlite
from storage.store import utc_now
from tests.databases import ENGINES, database_url, rows, say
from tests.pretend import Pretend

pytestmark = pytest.mark.anyio

QUICK = Patience(look=0.1, beat=0.1, first=0.02, longest=0.1, settle=2.0)


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path))
    await store.open(sole=True)
    yield store
    await store.close()


def echo(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
    return [say(f"nghe: {incoming.text}")]


def sorry(person: Person) -> Reply:
    return say("xin lỗi")


@asynccontextmanager
async def running(
    store: Store,
    *channels: Channel,
    respond: Respond = echo,
    patience: Patience = QUICK,
    wake: Callable[[Collection[Address]], None] = lambda addresses: None,
    clock: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Engine]:
    """An engine that runs beside the test and is stopped after it."""
    by_name = {channel.name: channel for channel in (*channels, Clock(clock))}
    engine = Engine(store, by_name, respond, sorry, wake=wake, patience=patience)
    run = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        engine.stop()
        async with asyncio.timeout(10):
            await run


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_question_is_answered(store: Store) -> None:
    place = Pretend()
    async with running(store, place):
        place.says("an", "hạn chót?")
        assert await place.receives(1) == ["nghe: hạn chót?"]
    assert place.closed
    counts = await store.counts()
    assert (counts.waiting, counts.unsent) == (0, 0)
    assert await rows(store, "select * from worker") == []


async def test_one_person_is_answered_in_order_and_many_at_once(store: Store) -> None:
    place = Pretend(delay=0.05)
    async with running(store, place):
        for number in range(200):
            place.says(f"c{number % 40}", str(number))
        await place.receives(200)
    for chat in range(40):
        numbers = [int(text.removeprefix("nghe: ")) for text in place.texts(f"c{chat}")]
        assert numbers == list(range(chat, 200, 40))
    assert 8 < place.at_once <= 16


async def test_long_replies_arrive_in_their_parts(store: Store) -> None:
    place = Pretend(part=10)
    async with running(store, place):
        place.says("an", "một hai ba bốn năm sáu bảy")
        place.says("an", "tám")
        assert "".join(await place.receives(5)) == "nghe: một hai ba bốn năm sáu bảynghe: tám"


async def test_a_broken_handler_ends_in_one_apology(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    def broken(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        if incoming.text == "hỏng":
            raise LookupError("số của tôi 0912345678")
        return echo(incoming, person, conversation, records)

    place = Pretend()
    async with running(store, place, respond=broken):
        place.says("an", "hỏng", key="k1")
        place.says("an", "sau")
        place.says("bình", "khác")
        # Waits between attempts are real ones: a second and two.
        assert await place.receives(3) == ["nghe: khác", "xin lỗi", "nghe: sau"]
    assert [trouble.key for trouble in await store.troubles()] == ["k1"]
    failures = [line for line in caplog.messages if "k1" in line]
    assert len(failures) == 3
    assert failures[2].endswith("attempt 3, given up")
    assert "LookupError at test_engine.py" in failures[0]
    assert "0912345678" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_what_cannot_be_read_is_kept_out_of_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    place = Pretend()
    async with running(store, place):
        place.babbles("k7", "{ bí mật")
        place.says("an", "chào")
        await place.receives(1)
    [trouble] = await store.troubles()
    assert (trouble.key, trouble.reason) == ("k7", "Unreadable")
    assert "k7" in caplog.text
    assert "bí mật" not in caplog.text


async def test_the_engine_ends_when_nobody_can_say_anything_more(store: Store) -> None:
    place = Pretend(delay=0.05)
    engine = Engine(store, {"pretend": place}, echo, sorry, patience=replace(QUICK, settle=60))
    for number in range(30):
        place.says("an", str(number))
    place.ends()
    async with asyncio.timeout(90):
        await engine.run()
    assert len(place.arrived) == 30


async def test_a_refused_token_ends_the_engine_only_where_no_other_channel_listens(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    class Stopped(Pretend):
        async def listen(self, receive: Receive) -> None:
            raise ChannelStopped("TELEGRAM_TOKEN was refused")

    engine = Engine(store, {"stopped": Stopped("stopped")}, echo, sorry, patience=QUICK)
    with pytest.raises(ChannelStopped, match="TELEGRAM_TOKEN"):
        await engine.run()
    assert "stopped stopped: TELEGRAM_TOKEN was refused" in caplog.text
    place = Pretend()
    async with running(store, place, Stopped("stopped")):
        place.says("an", "1")
        assert await place.receives(1) == ["nghe: 1"]


async def test_a_channel_that_breaks_while_listening_listens_again(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    class Shaky(Pretend):
        breaks = 3

        async def listen(self, receive: Receive) -> None:
            if self.breaks:
                self.breaks -= 1
                raise OSError("bí mật")
            await super().listen(receive)

    async with running(store, place := Shaky()):
        place.says("an", "1")
        await place.receives(1)
    assert caplog.text.count("listening again in") == 3
    assert "bí mật" not in caplog.text


async def test_the_clock_ticks_once_an_hour_whoever_hears_it(store: Store) -> None:
    heard: list[Incoming] = []

    def listen(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        heard.append(incoming)
        return []

    now = datetime(2026, 3, 1, 0, 59, 59, 900_000, tzinfo=UTC)
    begin = utc_now()
    for _ in range(2):
        async with running(store, Pretend(), respond=listen, clock=lambda: now + (utc_now() - begin)):
            await until(lambda: len(heard) == 2)
            await asyncio.sleep(0.1)
    assert [incoming.key for incoming in heard] == ["2026-03-01T07:00", "2026-03-01T08:00"]
    assert await rows(store, "select * from person") == []


async def test_stopping_sees_to_its_end_what_is_being_sent(store: Store) -> None:
    place = Pretend(delay=0.3)
    async with running(store, place):
        place.says("an", "1")
        await until(lambda: place.at_once == 1)
    assert place.texts() == ["nghe: 1"]
    assert await rows(store, "select state from outbox") == [("sent",)]


async def test_a_channel_that_never_answers_does_not_keep_the_engine(store: Store) -> None:
    place = Pretend(delay=60)
    patience = Patience(look=0.1, settle=0.2)
    async with running(store, place, patience=patience):
        place.says("an", "1")
        await until(lambda: place.at_once == 1)
    # Whoever starts next sends it again.
    place = Pretend()
    async with running(store, place):
        assert await place.receives(1) == ["nghe: 1"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else writes to the file for a while."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("begin immediate")
    try:
        yield
    finally:
        connection.execute("rollback")
        connection.close()


@contextmanager
def away(url: str) -> Iterator[None]:
    """The server drops its connections and takes none for a while."""
    place, mark, options = url.partition("?")
    place, _, name = place.rpartition("/")
    with psycopg.connect(f"{place}/postgres{mark}{options}", autocommit=True) as connection:
        allow = f'alter database "{name}" with allow_connections '
        connection.execute((allow + "false").encode())
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        try:
            yield
        finally:
            connection.execute((allow + "true").encode())


@pytest.mark.parametrize("kind", ENGINES)
async def test_an_error_of_the_storage_ends_no_loop(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, url = tmp_path / "a.db", database_url("postgres", tmp_path)
    sqlite = kind == "sqlite"
    store = Store(Sqlite(path, utc_now, busy=0.05)) if sqlite else open_store(url)
    await store.open(sole=True)
    async with running(store, place := Pretend()):
        place.says("an", "1")
        await place.receives(1)
        with locked(path) if sqlite else away(url):
            place.says("an", "2")
            await asyncio.sleep(0.5)
            place.says("an", "3")
        assert await place.receives(3) == ["nghe: 1", "nghe: 2", "nghe: 3"]
    await store.close()
    assert "SQLite: database is locked; again in" in caplog.text or not sqlite
    assert "PostgreSQL: " in caplog.text or sqlite
    assert "Traceback" not in caplog.text


async def test_a_stored_message_is_answered_after_a_restart(store: Store) -> None:
    await store.receive("pretend", [Raw("1", "an", '{"text": "x", "choice": "", "message": ""}')])
    place = Pretend()
    async with running(store, place):
        assert await place.receives(1) == ["nghe: x"]


@pytest.fixture(autouse=True)
def _all_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
