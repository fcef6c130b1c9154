"""PostgreSQL crashes and comes back while an announcement is sent and people chat: the bot goes on by itself."""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import SENDERS
from tests.databases import rows
from tests.postgres_server import OwnServer
from tests.telegram_server import TelegramServer
from tests.test_delivery import TEXT, announce, begun, done, opened, received, wait_for, workers

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROLES = ("listen", "help")
PEOPLE, PACE = 200, 100
# Seconds that the server is away, each time; once for longer than a process may be silent (tests/news_worker.py).
AWAY = (0.0, 1.7, 0.0)
# Each of them writes every so many seconds: a chat takes one message a second.
CHATTERS, EVERY = range(1, 21), 3.0


async def test_a_server_that_crashes_costs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Crashed while rows are written and twice while they are sent; nobody starts the two processes again."""
    log = tmp_path / "log"
    with OwnServer() as postgres, TelegramServer() as server:
        server.delay = 0.02
        with workers(postgres.url, server, log, *ROLES, pace=PACE) as running:
            await alive(postgres.url, len(ROLES))
            id = await announce(postgres.url, server, PEOPLE)
            assert await begun(postgres.url) < PEOPLE
            with chat(server) as asked:
                for number, seconds in enumerate(AWAY):
                    await asyncio.to_thread(wait_for, server, number * PEOPLE // 3)
                    postgres.crash()
                    await asyncio.sleep(seconds)
                    postgres.start()
                ended = await done(postgres.url, id, 30)
            back = time.monotonic()
            assert await asyncio.to_thread(server.wait, lambda: answered(server) == asked, 10)
            waited = time.monotonic() - back
            for role in ROLES:
                # Raises where it has ended by itself.
                running.kill(role)
        async with opened(postgres.url) as store:
            ledger = await rows(store, "select chat, state, message from outbox where announcement is not null")
        got = received(server)
        twice = sum(got.values()) - PEOPLE
        again = sum(len(heard(server, number)) for number in CHATTERS) - sum(map(len, asked.values()))
    assert (ended.total, ended.sent, ended.unknown, ended.failed) == (PEOPLE, PEOPLE, 0, {})
    assert set(got) == set(range(1, PEOPLE + 1))
    assert max(twice, again) <= len(AWAY) * SENDERS
    ids = defaultdict(set)
    for sent in server.sent:
        ids[sent.chat].add(str(sent.id))
    assert [row for row in ledger if row[1] != "sent" or row[2] not in ids[int(row[0])]] == []
    text = log.read_text()
    assert "Traceback" not in text, text[-3000:]
    with capsys.disabled():
        print(f" {PEOPLE} people, {len(AWAY)} crashes: {twice} and {again} twice, {waited:.1f} s", end=" ")


async def alive(url: str, count: int) -> None:
    """So many processes are at work."""
    async with opened(url) as store, asyncio.timeout(20):
        while len(await rows(store, "select id from worker")) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@contextmanager
def chat(server: TelegramServer) -> Iterator[dict[int, list[str]]]:
    """Some people write all the time; what they should hear."""
    asked: dict[int, list[str]] = {number: [] for number in CHATTERS}
    over = threading.Event()

    def ask() -> None:
        count = 0
        while not over.wait(EVERY / len(CHATTERS)):
            number = CHATTERS[count % len(CHATTERS)]
            asked[number].append(f"nghe: câu {count}")
            server.person(number).says(f"câu {count}")
            count += 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield asked
    finally:
        over.set()
        thread.join()


def answered(server: TelegramServer) -> dict[int, Sequence[str]]:
    """What each of them has heard, in order, without what came again."""
    return {number: list(dict.fromkeys(heard(server, number))) for number in CHATTERS}


def heard(server: TelegramServer, number: int) -> list[str]:
    """The answers that somebody got."""
    return [sent.text for sent in server.sent_to(number) if sent.text != TEXT]
