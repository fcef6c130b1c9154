"""The clock is set back by an hour: people are answered and announcements go on at once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from conversation import Pace
from storage import open_store
from storage.outbox import Settled
from storage.store import Store
from tests.crowd import Crowd
from tests.databases import Desk, Hands, database_url, texts
from tests.pretend import Pretend
from tests.test_store import raw

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(store, Pretend(pace=Pace(10, 1)))


async def waiting(desk: Desk) -> Crowd:
    """A reply, a repetition and an announcement, each of which waits for a moment to come."""
    crowd = Crowd(desk.store, desk.channels)
    await crowd.add("a", "b")
    await desk.receive("pretend", raw("1", "một", chat="a"), raw("2", "hai", chat="b"))
    first, second = (await desk.handle()).claimed
    await desk.settle(second)
    await desk.settle(first, settled=Settled("queued", "offline", attempts=1, wait=timedelta(seconds=5)))
    await crowd.send()
    await desk.receive("pretend", raw("3", "ba", chat="b"))
    return crowd


async def said(store: Store, desk: Desk, hands: Hands) -> list[str]:
    """What leaves within a few seconds."""
    found = []
    for _ in range(50):
        hands.pass_by(0.1)
        rows = (await store.claim(desk.channels["pretend"], 16)).rows
        found += texts(rows)
        for row in rows:
            await store.settle(row, Settled("sent"))
    return sorted(found)


async def test_everything_goes_on_with_the_next_beat(desk: Desk, hands: Hands) -> None:
    await waiting(desk)
    hands.pass_by(-3600)
    assert await said(desk.store, desk, hands) == []
    await desk.store.beat()
    await desk.handle(room=0)
    assert await said(desk.store, desk, hands) == ["họp tổ", "họp tổ", "nghe: ba", "nghe: một"]


async def test_a_small_correction_is_none(desk: Desk, hands: Hands) -> None:
    until = hands.now + timedelta(seconds=30)
    await desk.receive("pretend", raw("1", "một", chat="a"))
    [row] = (await desk.handle()).claimed
    await desk.settle(row, settled=Settled("queued", "flood", attempts=1, wait=timedelta(seconds=30), hold=True))
    hands.pass_by(-1)
    await desk.store.beat()
    assert await said(desk.store, desk, hands) == []
    hands.now = until
    assert await said(desk.store, desk, hands) == ["nghe: một"]


async def test_what_is_for_later_stays_for_later(desk: Desk, hands: Hands) -> None:
    crowd = await waiting(desk)
    drafted = await crowd.draft()
    later = await crowd.do(lambda news: news.save(replace(drafted, starts_at=hands.now + timedelta(hours=2))))
    assert later is not None
    await crowd.confirm(later)
    hands.pass_by(-3600)
    await desk.store.beat()
    found = await crowd.do(lambda news: news.get(later.id))
    assert found is not None
    assert found.starts_at == later.starts_at


async def test_a_start_after_it_goes_on_too(tmp_path: Path, hands: Hands) -> None:
    url = database_url("sqlite", tmp_path)
    for setback in (0, 3600):
        hands.pass_by(-setback)
        store = open_store(url, hands)
        await store.open(sole=True)
        await store.beat()
        desk = Desk(store, Pretend(pace=Pace(10, 1)))
        if not setback:
            await waiting(desk)
        await desk.handle(room=0)
        found = await said(store, desk, hands) if setback else []
        await store.close()
    assert found == ["họp tổ", "họp tổ", "nghe: ba", "nghe: một"]
