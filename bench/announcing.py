"""Announcements: a million rows while people chat, 36,000 people at a raised rate, five minutes at the real one.

The bot is a process of its own on a Bot API server that holds the platform's limits to the letter. `python -m bench
announce:whole` measures one part, `--small` less of each, `--minutes` how long it goes on at the real rate.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import bookkeeping
from bench.chatting import Chatting
from bench.figures import Figure, percentile
from bench.processes import answering_bot, memory
from channels.telegram import PACE, Telegram
from tests.databases import ENGINES, database_url
from tests.telegram_rules import Rates
from tests.telegram_server import TelegramServer

TEXT = "Họp tổ dân phố 19 giờ thứ Bảy tại nhà văn hóa, mời bà con đến dự"
# One in so many has blocked the bot.
BLOCKED = 50
# The whole run goes so many times faster than the platform allows, and so does the server's limit.
FASTER = 8
PEER_MESSAGES = 300
# How long people chat before anything is announced.
ALONE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rows: int = 1_000_000
    people: int = 36_000
    # At the platform's own rate, with one process; with two.
    minutes: float = 5.0
    minutes_of_two: float = 1.0


SMALL = Size(100_000, 2_000, 0.5, 0.5)


def rows(size: Size, engine: str) -> Iterator[Figure]:
    """Creating the rows for a million people, with people chatting."""
    with tempfile.TemporaryDirectory() as folder, TelegramServer() as server:
        url = database_url(engine, Path(folder))
        asyncio.run(bookkeeping.prepare(url, size.rows))
        with answering_bot(server, url, PACE.overall) as process, Chatting(server, TEXT, every=2.0) as chatting:
            time.sleep(ALONE_SECONDS)
            began = time.monotonic()
            asyncio.run(bookkeeping.confirm(url, server, TEXT))
            # Until sending begins; the rest would take hours.
            bookkeeping.wait_for(url, "sending", lambda: f"{bookkeeping.made(url):,} rows")
            seconds = time.monotonic() - began
            held = memory(process.pid)
            time.sleep(4)
        before, waited = chatting.seconds(0, began), chatting.seconds(began, began + seconds)
        count, alone = bookkeeping.copied(url, Path(folder))
    print(f"  {engine}: {count:,} rows in {seconds:.1f} s, {held:.0f} MB, {len(waited)} answers meanwhile")
    what, peer = f"{count:,} rows of an announcement, {engine}", "the same rows in one transaction"
    yield Figure(what, seconds, "s", alone, peer, "< 20 s", count == size.rows and seconds < 20)
    yield Figure(f"{what}, memory", held, "MB", held, "itself", "< 300 MB", held < 300)
    usual, slowest = 1000 * max(before), 1000 * max(waited)
    yield Figure(f"{what}, slowest answer", slowest, "ms", usual, "just before it", "< 200 ms", slowest < 200)


def whole(size: Size) -> Iterator[Figure]:
    """36,000 people, 2 % of whom have blocked the bot, at a raised rate and limit."""
    people, rates = size.people, Rates(overall=30 * FASTER)
    with tempfile.TemporaryDirectory() as folder, TelegramServer(rates=rates) as server:
        url = database_url("sqlite", Path(folder))
        _gather(url, server, people)
        with answering_bot(server, url, PACE.overall * FASTER), Chatting(server, TEXT) as chatting:
            asyncio.run(bookkeeping.confirm(url, server, TEXT))
            bookkeeping.wait_for(url, "done", partial(_so_far, server))
        states, wrong = bookkeeping.states(url), bookkeeping.untrue(url, server, TEXT)
    rate = _rate(server, seconds=0)
    print(f"  {sum(states.values()):,} rows: {dict(states)}, {wrong} of them untrue, {rate:.1f} messages/s")
    yield from _limits(server, f"{people:,} people, {FASTER} × the rate", chatting)
    met = sum(states.values()) == people and states["failed"] == people // BLOCKED and not wrong
    received = len({sent.chat for sent in server.sent if sent.text == TEXT}) + people // BLOCKED
    told, bar = f"{people:,} people, in the ledger", f"{people:,}, all true"
    yield Figure(told, sum(states.values()), "rows", received, "received or blocked", bar, met)


def minutes(size: Size) -> Iterator[Figure]:
    """At the platform's own rate."""
    yield from _at_the_real_rate("sqlite", size.minutes, processes=1, least=28.5)


def two(size: Size) -> Iterator[Figure]:
    """Two processes that send on one database; they keep more distance, because none sees the other."""
    yield from _at_the_real_rate("postgres", size.minutes_of_two, processes=2, least=26.5)


PARTS: Mapping[str, Callable[[Size], Iterator[Figure]]] = {
    **{f"rows-{engine}": partial(rows, engine=engine) for engine in ENGINES},
    "whole": whole,
    "minutes": minutes,
    "two": two,
}


def _at_the_real_rate(engine: str, minutes: float, processes: int, least: float) -> Iterator[Figure]:
    # So many that it does not end before the time.
    people = int(60 * minutes * 30) + 600
    with tempfile.TemporaryDirectory() as folder, TelegramServer(strict=True) as server, ExitStack() as running:
        url = database_url(engine, Path(folder))
        _gather(url, server, people)
        for number in range(processes):
            running.enter_context(answering_bot(server, url, PACE.overall, listens=not number))
        chatting = running.enter_context(Chatting(server, TEXT))
        asyncio.run(bookkeeping.confirm(url, server, TEXT))
        bookkeeping.wait_for(url, "sending", partial(_so_far, server))
        ends = time.monotonic() + 60 * minutes + 5
        while (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, bookkeeping.TOLD_EVERY))
            print(f"  {max(left - bookkeeping.TOLD_EVERY, 0):.0f} s to go: {_so_far(server)}", flush=True)
        running.close()
        wrong = bookkeeping.untrue(url, server, TEXT)
    rate = _rate(server, seconds=60 * minutes)
    doubled = len(server.sent) - len({(sent.chat, sent.text, sent.text == TEXT or sent.at) for sent in server.sent})
    print(f"  {rate:.2f} messages/s, {wrong} rows untrue, {doubled} twice")
    what = f"{minutes:g} minutes at the real rate, {processes} process{'es' * (processes > 1)} on {engine}"
    peer = asyncio.run(_plain_loop())
    met = least <= rate <= 30 and not wrong and not doubled
    yield Figure(f"{what}: messages a second", rate, "/s", peer, "a loop that sleeps 1/30 s", f"{least:g} to 30", met)
    yield from _limits(server, what, chatting)


def _limits(server: TelegramServer, what: str, chatting: Chatting) -> Iterator[Figure]:
    floods = server.statuses[429]
    yield Figure(f"{what}: refused with 429", floods, "", 0, "none", "none", floods == 0)
    waited = chatting.seconds()
    late, middle = percentile(waited, 0.95), percentile(waited, 0.5)
    print(f"  {len(waited)} answers, p50 {middle:.2f} s, p95 {late:.2f} s, slowest {max(waited):.2f} s")
    yield Figure(f"{what}: replies, p95", late, "s", middle, "their median", "< 1 s", late < 1)


def _gather(url: str, server: TelegramServer, people: int) -> None:
    """So many people, one in fifty of whom has blocked the bot."""
    for number in range(1, people + 1):
        person = server.person(number)
        if number % BLOCKED == 0:
            person.blocks()
    asyncio.run(bookkeeping.prepare(url, people))


def _so_far(server: TelegramServer) -> str:
    now = time.monotonic()
    lately = sum(now - sent.at < 10 for sent in server.sent[-10_000:])
    return f"{len(server.sent):,} messages, {lately / 10:.1f}/s lately, {server.statuses[429]} times 429"


def _rate(server: TelegramServer, seconds: float) -> float:
    """Messages a second from a moment after the first of the announcement, for so long or to the last of them."""
    news = [sent.at for sent in server.sent if sent.text == TEXT]
    begin = news[0] + 1
    end = begin + seconds if seconds else news[-1]
    return sum(begin <= sent.at < end for sent in server.sent) / (end - begin)


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
