"""The talk on the page: both sides in order, seen, woken."""

import asyncio
from collections.abc import Sequence

import pytest

from conversation import Incoming, Reply
from storage.handling import TransactionRecords
from storage.history import History
from storage.records import Conversation, Person
from tests.databases import (
    Desk,
    Hands,
    echo,
    rows,
    say,
)
from tests.test_store import desk, hands, raw

__all__ = ["desk", "hands"]

pytestmark = pytest.mark.anyio


# The page.


async def test_a_page_shows_both_sides_in_order(desk: Desk, hands: Hands) -> None:
    history = History(desk.store)
    await desk.receive("web", raw("an/1", "a < b"), raw("an/2", "hai"))
    handled = await desk.handle()
    assert handled.claimed == []
    lines = await history.latest("an", 10)
    assert [(line.own, line.reply.text, line.key) for line in lines] == [
        (True, "a &lt; b", "an/1"),
        (False, "nghe: a &lt; b", ""),
        (True, "hai", "an/2"),
        (False, "nghe: hai", ""),
    ]
    positions = [line.position for line in lines]
    assert positions == sorted(set(positions))
    assert positions[-1] < 2**53
    assert await history.lines("an", positions[1], 1) == lines[2:3]
    assert await history.latest("an", 2) == lines[2:]
    assert await history.latest("bình", 2) == []


async def test_what_the_page_shows_is_sent(desk: Desk) -> None:
    history = History(desk.store)
    await desk.receive("web", raw("1"), raw("2"))
    await desk.handle()
    lines = await history.latest("an", 10)
    await history.acknowledge("an", lines[1].position)
    assert (await desk.store.counts()).unsent == 1
    await history.acknowledge("an", lines[-1].position)
    assert (await desk.store.counts()).unsent == 0
    assert await history.latest("an", 10) == lines


async def test_a_page_that_looks_is_seen(desk: Desk, hands: Hands) -> None:
    history = History(desk.store)
    await desk.receive("web", raw("1"))
    await desk.handle()
    hands.pass_by(3600)
    await history.lines("an", 0, 10)
    assert await rows(desk.store, "select seen_at from address") == [("2026-03-01T01:00:00.000000Z",)]


async def test_a_page_is_woken(desk: Desk) -> None:
    history = History(desk.store)
    assert not await history.wait("an", 0, 0.01)
    waiting = asyncio.create_task(history.wait("an", 0, 10))
    await asyncio.sleep(0.05)
    await desk.receive("web", raw("1"))
    history.wake((await desk.handle()).touched)
    async with asyncio.timeout(0.9):
        assert await waiting
    assert await history.wait("an", 0, 0)
    [*_, last] = await history.latest("an", 10)
    assert not await history.wait("an", last.position, 0.01)


async def test_new_lines_stand_after_forgotten_ones(desk: Desk) -> None:
    history = History(desk.store)

    def forget(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        records.forget(person.id)
        return [say("Đã xóa.")]

    await desk.receive("web", raw("1"), raw("2"))
    await desk.handle()
    [*_, last] = await history.latest("an", 10)
    desk.say = forget
    await desk.receive("web", raw("3", "xóa"))
    await desk.handle()
    assert await history.wait("an", last.position, 0)
    [line] = await history.latest("an", 10)
    assert (line.reply, line.position > last.position) == (say("Đã xóa."), True)
    desk.say = echo
    await desk.receive("web", raw("4", "lại"))
    await desk.handle()
    lines = await history.lines("an", line.position, 10)
    assert [str(line.reply.text) for line in lines] == ["lại", "nghe: lại"]
