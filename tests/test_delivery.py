"""Announcements over HTTP while things go wrong: the ledger says what the server received, row by row."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from channels.clock import Clock
from channels.telegram import Telegram
from conversation import CLOCK, Channel, Incoming, Pace, Reply
from engine import SENDERS, Engine
from storage import open_store
from storage.announcements import Progress
from storage.patience import Patience
from storage.records import Conversation, Person, Records
from storage.store import Store, utc_now
from tests.crowd import Crowd
from tests.databases import ENGINES, database_url, rows, say
from tests.news_worker import echo
from tests.telegram_rules import Rates
from tests.telegram_server import Fault, TelegramServer

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROOT = Path(__file__).parent.parent
TEXT = "Họp tổ dân phố 19 giờ"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = open_store(url)
    await store.open()
    yield store
    await store.close()


async def announce(url: str, server: TelegramServer, people: int) -> str:
    """An announcement to so many people on Telegram, confirmed and not begun, whatever the hour is."""
    channel = Telegram(server.token, api_url=server.url)
    async with opened(url) as store:
        crowd = Crowd(store, {channel.name: channel})
        for number in range(1, people + 1):
            server.person(number)
        await crowd.add(*(str(number) for number in range(1, people + 1)), channel=channel.name)
        drafted = await crowd.draft(kind="urgent", body=say(TEXT))
        await crowd.confirm(drafted)
    await channel.close()
    return drafted.id


async def begun(url: str) -> int:
    """How many rows there are as soon as there are any."""
    async with opened(url) as store:
        while not (made := (await rows(store, "select made from announcement"))[0][0]):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    return int(made)


async def done(url: str, id: str, seconds: float) -> Progress:
    """How it ended, when it has."""
    async with opened(url) as store, asyncio.timeout(seconds):
        while True:
            found = await Crowd(store, {}).do(lambda news: news.progress(id))
            if found.state == "done":
                return found
            await asyncio.sleep(0.1)


def received(server: TelegramServer) -> Mapping[int, int]:
    """How often the announcement stands in each chat."""
    return Counter(sent.chat for sent in server.sent if sent.text == TEXT)


def wait_for(server: TelegramServer, messages: int) -> None:
    assert server.wait(lambda: len(server.sent) >= messages, 20)


def busiest_second(server: TelegramServer) -> int:
    """The most messages that arrived within one second."""
    times = sorted(sent.at for sent in server.sent)
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def faults(calls: int) -> Sequence[Fault]:
    """One call in five goes wrong, in every way there is."""
    wrong = [
        Fault(status=429, parameters={"retry_after": 1}),
        *[Fault(status=502), Fault(cut="before"), Fault(cut="after"), Fault(delay=0.6)] * (calls // 20),
        *[Fault(status=403, description="Forbidden: bot was blocked by the user")] * (calls // 50),
    ]
    chosen = [*wrong, *[Fault()] * (calls - len(wrong))]
    random.Random(7).shuffle(chosen)
    return chosen


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_ledger_is_true_whatever_goes_wrong(engine: str, tmp_path: Path) -> None:
    people = 150
    url = database_url(engine, tmp_path)
    with TelegramServer() as server:
        id = await announce(url, server, people)
        server.fail("sendMessage", *faults(people))
        async with running(url, server, pace=Pace(300, 1)):
            ended = await done(url, id, 60)
        # What is undecided is not sent again by itself, so nothing comes any more.
        count = len(server.sent)
        got = received(server)
        async with opened(url) as store:
            ledger = await rows(store, "select chat, state, message from outbox where announcement is not null")
            lost = await rows(store, "select 1 from address where unreachable <> ''")
    assert len(ledger) == people
    assert count == sum(got.values())
    ids = {sent.chat: str(sent.id) for sent in server.sent}
    for chat, state, message in ledger:
        number = got.get(int(chat), 0)
        expected = {"sent": (1,), "failed": (0,), "unknown": (0, 1)}[state]
        assert number in expected, (chat, state)
        assert state != "sent" or message == ids[int(chat)]
    assert (ended.sent + sum(ended.failed.values()) + ended.unknown, ended.left) == (people, 0)
    assert ended.unknown == 4 * (people // 20)
    assert list(ended.failed.values()) == [people // 50] == [len(lost)]


@asynccontextmanager
async def running(url: str, server: TelegramServer, pace: Pace | None) -> AsyncIterator[None]:
    """The engine in this process."""
    async with opened(url) as store:
        channel = Telegram(server.token, api_url=server.url, pace=pace, poll=1, send_timeout=0.3)
        channels: dict[str, Channel] = {channel.name: channel, CLOCK: Clock(utc_now)}
        patience = Patience(look=0.1, beat=0.3, first=0.05)
        engine = Engine(store, channels, echo, lambda person: say("xin lỗi"), patience=patience)
        run = asyncio.create_task(engine.run())
        yield
        engine.stop()
        await run


async def test_ticks_come_while_it_is_sent_and_at_the_end(tmp_path: Path) -> None:
    url = database_url("sqlite", tmp_path)
    ticks: list[str] = []

    def hear(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        if incoming.key.startswith("announcement:"):
            _, id, _ = incoming.key.split(":")
            ticks.append(records.registry.announcements.progress(id).state)
        return []

    with TelegramServer() as server:
        id = await announce(url, server, 20)
        async with opened(url) as store:
            channel = Telegram(server.token, api_url=server.url, pace=Pace(20, 1), poll=1)
            channels: dict[str, Channel] = {channel.name: channel, CLOCK: Clock(utc_now)}
            engine = Engine(store, channels, hear, lambda person: say("xin lỗi"), patience=Patience(look=0.1))
            run = asyncio.create_task(engine.run())
            await done(url, id, 20)
            await asyncio.sleep(0.5)
            engine.stop()
            await run
    assert ticks[0] == "sending"
    assert ticks[-1] == "done"
    assert ticks.count("done") == 1


class Workers:
    """Processes that send on one database."""

    def __init__(self, url: str, server: TelegramServer, pace: float, log: Path) -> None:
        self._words = [url, server.url, server.token, str(pace)]
        self._log = log
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, role: str) -> None:
        with self._log.open("ab") as log:
            words = [sys.executable, "-m", "tests.news_worker", *self._words, role]
            self._running[role] = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)

    def kill(self, role: str) -> float:
        process = self._running[role]
        assert process.poll() is None, self._log.read_text()
        process.kill()
        process.wait()
        return time.monotonic()

    async def stall(self, role: str, seconds: float) -> None:
        """Let a process stand still for a while, as on a machine that is busy with something else."""
        process = self._running[role]
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()


@contextmanager
def workers(url: str, server: TelegramServer, log: Path, *roles: str, pace: float = 0) -> Iterator[Workers]:
    started = Workers(url, server, pace, log)
    try:
        for role in roles:
            started.start(role)
        yield started
    finally:
        started.stop()


async def cursor(url: str) -> tuple[str, int]:
    """The last person whose row is written, and how many rows there are."""
    async with opened(url) as store:
        [[last, made]] = await rows(store, "select cursor, made from announcement")
    return str(last), int(made)


@pytest.mark.parametrize(("engine", "people", "kills"), [("sqlite", 600, 10), ("postgres", 160, 4)])
async def test_kills_miss_nobody(
    engine: str, people: int, kills: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed while rows are written, and at every tenth of the way; twice comes only what was being sent."""
    url = database_url(engine, tmp_path)
    positions: list[tuple[str, int]] = []
    with TelegramServer() as server:
        server.delay = 0.02
        id = await announce(url, server, people)
        times: list[float] = []
        with workers(url, server, tmp_path / "log", "listen") as running:
            assert await begun(url) < people
            for kill in range(kills):
                await asyncio.to_thread(wait_for, server, kill * people // kills)
                times.append(running.kill("listen"))
                positions.append(await cursor(url))
                # What is on the way arrives.
                await asyncio.sleep(0.1)
                running.start("listen")
            ended = await done(url, id, 60)
        got = received(server)
        assert "Traceback" not in (tmp_path / "log").read_text()
    assert (ended.total, ended.sent, ended.unknown, ended.failed) == (people, people, 0, {})
    assert set(got) == set(range(1, people + 1))
    assert positions == sorted(positions, key=lambda position: position[1])
    doubled = doubles(server, got, times)
    assert max(doubled.values(), default=0) <= SENDERS
    with capsys.disabled():
        print(f" {people} people, {kills} kills: none missed, {doubled.total()} twice ", end="")


def doubles(server: TelegramServer, chats: Iterable[int], kills: Sequence[float]) -> Counter[float]:
    """By kill, how many messages came once more because of it; all others would be wrong."""
    found: Counter[float] = Counter()
    for chat in chats:
        first, *again = (sent.at for sent in server.sent_to(chat))
        for second in again:
            # It was on the way at the kill, and arrived a moment afterwards at the latest.
            found[next(at for at in kills if first < at + 0.1 and at < second)] += 1
            first = second
    return found


async def test_two_processes_keep_one_pace_while_they_stand_still_in_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However late what was claimed is sent, the platform never sees more in a second than it takes."""
    people, pace = 240, 50
    url = database_url("postgres", tmp_path)
    with TelegramServer(rates=Rates(overall=pace)) as server:
        id = await announce(url, server, people)
        begun = time.monotonic()
        with workers(url, server, tmp_path / "log", "listen", "help", pace=pace) as running:
            for number, seconds in enumerate((0.3, 0.05, 0.6, 0.3, 0.1, 1.2)):
                await asyncio.to_thread(wait_for, server, 10 + number * 30)
                await running.stall(("listen", "help")[number % 2], seconds)
            ended = await done(url, id, 40)
            server.person(7).says("nhận được chưa")
            assert await asyncio.to_thread(server.wait, lambda: len(server.sent_to(7)) == 2, 10)
        assert "Traceback" not in (tmp_path / "log").read_text()
        async with opened(url) as store:
            senders = await rows(store, "select distinct worker from outbox where announcement is not null")
    assert (ended.total, ended.sent) == (people, people)
    assert set(received(server).values()) == {1}
    assert len(senders) == 2
    assert server.statuses[429] == 0
    with capsys.disabled():
        seconds = server.sent[people - 1].at - begun
        print(f" {people} in {seconds:.1f} s, at most {busiest_second(server)} in a second ", end="")
