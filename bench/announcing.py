"""Announcements: a million rows while people chat, 36,000 people at a raised rate, five minutes at the real one.

The bot is a process of its own on a Bot API server that holds the platform's limits to the letter.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from bench.chatting import Chatting
from bench.figures import Figure, percentile
from bench.processes import answering_bot, memory
from channels.telegram import PACE, Telegram
from storage.store import open_store
from tests.crowd import Crowd
from tests.databases import say
from tests.telegram_rules import Rates
from tests.telegram_server import TelegramServer

TEXT = "Họp tổ dân phố 19 giờ thứ Bảy tại nhà văn hóa, mời bà con đến dự"
MILLION, PEOPLE = 1_000_000, 36_000
# One in so many has blocked the bot.
BLOCKED = 50
# The whole run goes so many times faster than the platform allows, and so does the server's limit.
FASTER = 8
MINUTES = 5.0
PEER_MESSAGES = 300


def measure() -> Iterator[Figure]:
    """All three, the shortest first."""
    yield from rows()
    yield from whole()
    yield from minutes()


def rows() -> Iterator[Figure]:
    """Creating the rows for a million people, with people chatting."""
    with tempfile.TemporaryDirectory() as folder, TelegramServer() as server:
        database = Path(folder) / "bench.db"
        asyncio.run(_prepare(database, server, MILLION, known=100))
        pace = PACE.overall
        with answering_bot(server, database, pace) as process, Chatting(server, TEXT, every=2.0) as chatting:
            began = time.monotonic()
            asyncio.run(_confirm(database, server))
            # Until sending begins; the rest would take hours.
            _wait_for(database, "sending")
            seconds = time.monotonic() - began
            held = memory(process.pid)
            time.sleep(4)
        waited = chatting.seconds(began, began + seconds)
        count, alone = _copied(database, Path(folder) / "copy.db")
    print(f"  {count:,} rows in {seconds:.1f} s, {held:.0f} MB, {len(waited)} answers meanwhile")
    what = f"{count:,} rows of an announcement"
    peer = "the same rows in one transaction"
    yield Figure(what, seconds, "s", alone, peer, "< 20 s", seconds < 20 and count == MILLION)
    yield Figure(f"{what}, memory", held, "MB", held, "itself", "< 300 MB", held < 300)
    slowest = 1000 * max(waited)
    yield Figure(f"{what}, slowest answer", slowest, "ms", 1000 * alone, peer, "< 200 ms", slowest < 200)


def whole() -> Iterator[Figure]:
    """36,000 people, 2 % of whom have blocked the bot, at a raised rate and limit."""
    pace = PACE.overall * FASTER
    rates = Rates(overall=30 * FASTER)
    with tempfile.TemporaryDirectory() as folder, TelegramServer(rates=rates) as server:
        database = Path(folder) / "bench.db"
        asyncio.run(_prepare(database, server, PEOPLE))
        with answering_bot(server, database, pace), Chatting(server, TEXT) as chatting:
            asyncio.run(_confirm(database, server))
            _wait_for(database, "done")
        states = _ledger(database)
        wrong = _untrue(database, server)
    rate = _rate(server, seconds=0)
    print(f"  {sum(states.values()):,} rows: {dict(states)}, {wrong} of them untrue, {rate:.1f} messages/s")
    yield from _limits(server, f"{PEOPLE:,} people, {FASTER} × the rate", chatting)
    told = f"{PEOPLE:,} people, in the ledger"
    met = sum(states.values()) == PEOPLE and states["failed"] == PEOPLE // BLOCKED and not wrong
    received = len({sent.chat for sent in server.sent if sent.text == TEXT}) + PEOPLE // BLOCKED
    yield Figure(told, sum(states.values()), "rows", received, "received or blocked", f"{PEOPLE:,}, all true", met)


def minutes() -> Iterator[Figure]:
    """Five minutes at the platform's own rate."""
    with tempfile.TemporaryDirectory() as folder, TelegramServer(strict=True) as server:
        database = Path(folder) / "bench.db"
        asyncio.run(_prepare(database, server, PEOPLE))
        with answering_bot(server, database, PACE.overall), Chatting(server, TEXT) as chatting:
            asyncio.run(_confirm(database, server))
            _wait_for(database, "sending")
            time.sleep(60 * MINUTES + 5)
        wrong = _untrue(database, server)
    rate = _rate(server, seconds=60 * MINUTES)
    print(f"  {rate:.2f} messages/s, {wrong} rows untrue")
    yield Figure(
        f"messages a second over {MINUTES:g} minutes, replies counted in",
        rate,
        "/s",
        asyncio.run(_plain_loop()),
        "a loop that sleeps 1/30 s",
        "28.5 to 30",
        28.5 <= rate <= 30 and not wrong,
    )
    yield from _limits(server, f"{MINUTES:g} minutes at the real rate", chatting)


def _limits(server: TelegramServer, what: str, chatting: Chatting) -> Iterator[Figure]:
    floods = server.statuses[429]
    yield Figure(f"{what}: refused with 429", floods, "", 0, "none", "none", floods == 0)
    waited = chatting.seconds()
    late, middle = percentile(waited, 0.95), percentile(waited, 0.5)
    print(f"  {len(waited)} answers, p50 {middle:.2f} s, p95 {late:.2f} s, slowest {max(waited):.2f} s")
    yield Figure(f"{what}: replies, p95", late, "s", middle, "their median", "< 1 s", late < 1)


async def _prepare(database: Path, server: TelegramServer, people: int, known: int = 0) -> None:
    """People on Telegram, as many of them as the server knows, and one in fifty who has blocked the bot."""
    ids = [str(number) for number in range(1, people + 1)]
    for number in range(1, (known or people) + 1):
        person = server.person(number)
        if number % BLOCKED == 0:
            person.blocks()
    store = open_store(f"sqlite:///{database}")
    await store.open()
    crowd = Crowd(store, {})
    for first in range(0, people, 50_000):
        await crowd.add(*ids[first : first + 50_000], channel="telegram")
    await store.close()


async def _confirm(database: Path, server: TelegramServer) -> None:
    """Send it to everybody, at whatever hour the measurement runs."""
    store = open_store(f"sqlite:///{database}")
    await store.open()
    channel = Telegram(server.token, api_url=server.url)
    crowd = Crowd(store, {channel.name: channel})
    await crowd.confirm(await crowd.draft(kind="urgent", body=say(TEXT)))
    await channel.close()
    await store.close()


def _wait_for(database: Path, state: str) -> None:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        while connection.execute("select state from announcement").fetchone()[0] != state:
            time.sleep(0.05)


def _ledger(database: Path) -> Counter[str]:
    sql = "select state, count(*) from outbox where announcement is not null group by state"
    with closing(sqlite3.connect(database)) as connection:
        return Counter(dict(connection.execute(sql).fetchall()))


def _untrue(database: Path, server: TelegramServer) -> int:
    """Rows that say something else than what the server received."""
    got = Counter(sent.chat for sent in server.sent if sent.text == TEXT)
    expected: Mapping[str, tuple[int, ...]] = {"sent": (1,), "unknown": (0, 1), "sending": (0, 1)}
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("select chat, state from outbox where announcement is not null").fetchall()
    return sum(got[int(chat)] not in expected.get(state, (0,)) for chat, state in found)


def _rate(server: TelegramServer, seconds: float) -> float:
    """Messages a second from a moment after the first of the announcement, for so long or to the last of them."""
    news = [sent.at for sent in server.sent if sent.text == TEXT]
    begin = news[0] + 1
    end = begin + seconds if seconds else news[-1]
    return sum(begin <= sent.at < end for sent in server.sent) / (end - begin)


def _copied(database: Path, to: Path) -> tuple[int, float]:
    """How many rows there are, and how long it takes to write them once more in one transaction."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("attach ? as other", [str(to)])
        [schema] = connection.execute("select sql from sqlite_master where name = 'outbox'").fetchone()
        connection.execute(schema.replace("CREATE TABLE outbox", "create table other.outbox", 1))
        indexes = connection.execute("select sql from sqlite_master where tbl_name = 'outbox' and sql like '%INDEX%'")
        for [index] in indexes.fetchall():
            head, _, rest = index.partition(" on ")
            unique = "unique " if "unique" in head.lower() else ""
            connection.execute(f"create {unique}index other.{head.split()[-1]} on {rest}")
        began = time.monotonic()
        connection.execute("insert into other.outbox select * from main.outbox where announcement is not null")
        connection.commit()
        seconds = time.monotonic() - began
        return connection.execute("select count(*) from other.outbox").fetchone()[0], seconds


async def _plain_loop() -> float:
    """Messages a second of a loop that sends, and sleeps a thirtieth of a second."""
    with TelegramServer(strict=True) as server:
        channel = Telegram(server.token, api_url=server.url, pace=None)
        begin = time.monotonic()
        for number in range(1, PEER_MESSAGES + 1):
            server.person(number)
            await channel._client.call("sendMessage", chat_id=number, text=TEXT)
            await asyncio.sleep(1 / 30)
        seconds = time.monotonic() - begin
        await channel.close()
    return PEER_MESSAGES / seconds
