"""From a confirmed announcement to its rows, page after page, and the ticks that tell how far it is."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from channels.clock import Clock
from storage import open_store, recipients
from storage.rhythm import Measure, Rhythm
from storage.store import Store
from tests.crowd import NOON, Crowd, chats, sent
from tests.databases import Desk, Hands, rows

pytestmark = pytest.mark.anyio


async def test_rows_are_written_in_pages_and_go_on_where_they_stopped(
    crowd: Crowd, desk: Desk, hands: Hands, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 10)
    monkeypatch.setattr(crowd.store, "_rhythm", Rhythm(Measure(target=60.0, least=1.0, most=1.0)))
    await crowd.add(*(f"p{number:02}" for number in range(35)))
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.store.advance(desk.channels)
    await crowd.store.advance(desk.channels)
    [row] = await rows(crowd.store, "select state, cursor, made, total from announcement")
    assert tuple(row) == ("filling", "p19", 20, None)
    # Sending starts when the rows are complete.
    assert await desk.claim("pretend") == []
    assert (await crowd.do(lambda news: news.progress(id))).left == 20
    successor = open_store(url, hands)
    await successor.open()
    for _ in range(3):
        await successor.advance(desk.channels)
    await successor.close()
    [row] = await rows(crowd.store, "select state, made, total from announcement")
    assert tuple(row) == ("sending", 35, 35)
    assert len(await sent(desk, hands)) == 35
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"


async def test_two_processes_write_every_row_once(
    url: str, crowd: Crowd, desk: Desk, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 20)
    await crowd.add(*(f"p{number:03}" for number in range(200)))
    other = open_store(url, hands)
    await other.open()
    await crowd.confirm(await crowd.draft())

    async def work(store: Store) -> None:
        for _ in range(40):
            await store.advance(desk.channels)

    await asyncio.gather(work(crowd.store), work(other))
    await other.close()
    [row] = await rows(crowd.store, "select state, made, total from announcement")
    assert tuple(row) == ("sending", 200, 200)
    assert len(await rows(crowd.store, "select distinct person from outbox")) == 200


async def test_nothing_is_written_before_its_time(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    later = await crowd.do(lambda news: news.save(replace(drafted, starts_at=hands.now + timedelta(hours=2))))
    assert later is not None
    await crowd.confirm(later)
    await crowd.fill()
    assert await rows(crowd.store, "select * from outbox") == []
    assert [one.id for one in await crowd.do(lambda news: news.active())] == [drafted.id]
    # Whoever comes in the meantime gets it too.
    await crowd.add("bình")
    hands.pass_by(7200)
    await crowd.fill()
    assert chats(await sent(desk, hands)) == ["an", "bình"]


async def test_the_clock_tells_seldom_while_only_pages_are_waited_for(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    desk.channels["clock"] = Clock(hands)
    crowd.channels = desk.channels
    await crowd.add("a", channel="web")
    await crowd.send()
    await crowd.fill()
    before = len(await rows(crowd.store, "select key from inbox where channel = 'clock'"))
    for _ in range(120):
        hands.pass_by(5)
        await crowd.store.advance(desk.channels)
    after = len(await rows(crowd.store, "select key from inbox where channel = 'clock'"))
    assert 1 <= after - before <= 3


async def test_the_clock_tells_once_that_it_goes_on(crowd: Crowd, desk: Desk, hands: Hands, url: str) -> None:
    desk.channels["clock"] = Clock(hands)
    crowd.channels = desk.channels
    other = open_store(url, hands)
    await other.open()
    await crowd.add("a")
    id = await crowd.send()
    for _ in range(3):
        for store in (crowd.store, other):
            await store.advance(desk.channels)
            hands.pass_by(2)
    await sent(desk, hands, seconds=1)
    await crowd.fill()
    await other.advance(desk.channels)
    await other.close()
    keys = [
        row[0] for row in await rows(crowd.store, "select key from inbox where channel = 'clock' order by position")
    ]
    first = int(NOON.timestamp() / 5)
    assert keys == [f"announcement:{id}:{first + number}" for number in range(3)] + [f"announcement:{id}:done"]
