"""Holding an announcement, going on, calling it off, and when it is done."""

from datetime import timedelta

import pytest

from storage import people, recipients
from storage.announcements import (
    FORGOTTEN,
    UNSUBSCRIBED,
    NobodyReached,
)
from storage.database import Transaction
from storage.outbox import Settled
from tests.crowd import ALL, Crowd, sent
from tests.databases import Desk, Hands, rows

pytestmark = pytest.mark.anyio


async def test_pausing_holds_and_resuming_goes_on(
    crowd: Crowd, desk: Desk, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 2)
    await crowd.add("a", "b", "c", "d")
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.store.advance(desk.channels)
    assert await crowd.do(lambda news: news.pause(id, "staff")) is not None
    assert await crowd.do(lambda news: news.pause(id, "staff")) is None
    await crowd.fill()
    assert len(await crowd.ledger(id)) == 2
    resumed = await crowd.do(lambda news: news.resume(id, "staff"))
    assert resumed is not None
    assert resumed.state == "filling"
    await crowd.fill()
    [first] = await desk.claim("pretend", limit=5)
    await crowd.do(lambda news: news.pause(id, "staff"))
    await desk.settle(first)
    assert await sent(desk, hands) == []
    resumed = await crowd.do(lambda news: news.resume(id, "staff"))
    assert resumed is not None
    assert resumed.state == "sending"
    assert len(await sent(desk, hands)) == 3


async def test_paused_while_the_last_ones_are_sent_it_ends_with_them(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    id = await crowd.send()
    last = await desk.claim("pretend", limit=6)
    assert len(last) == 2
    await crowd.do(lambda news: news.pause(id, "staff"))
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "paused"
    await desk.settle(*last)
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.left) == ("done", 2, 0)
    assert await crowd.do(lambda news: news.resume(id, "staff")) is None
    assert await sent(desk, hands) == []


async def test_paused_before_its_rows_are_complete_it_is_not_over(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("a")
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.do(lambda news: news.pause(id, "staff"))
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "paused"
    await crowd.do(lambda news: news.resume(id, "staff"))
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).left == 1


async def test_where_everybody_has_blocked_the_bot_it_ends_and_says_so(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", "c")
    id = await crowd.send()
    await sent(desk, hands, Settled("failed", "bot was blocked", unreachable=True))
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.failed) == ("done", 0, {"bot was blocked": 3})
    assert [one.person for one in await crowd.do(lambda news: news.missing(id))] == ["a", "b", "c"]
    assert (await crowd.do(lambda news: news.count(ALL))).unreachable == {"bot was blocked": 3}
    for drafted in (await crowd.draft(), await crowd.do(lambda news: news.again_to_unreached(id, "staff"))):
        with pytest.raises(NobodyReached):
            await crowd.confirm(drafted)


async def test_who_goes_while_rows_are_written_leaves_an_audience_of_nobody(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("a")
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.do(lambda news: news.subscribe("a", "none"))
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.total, progress.unreached) == ("done", 0, {UNSUBSCRIBED: 1})
    assert await desk.claim("pretend") == []


async def test_it_is_not_done_while_something_is_being_sent(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("an")
    id = await crowd.send()
    [row] = await desk.claim("pretend")
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "sending"
    await desk.settle(row)
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"


async def test_what_was_paused_for_days_has_its_time_before_it(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    id = await crowd.send()
    await crowd.do(lambda news: news.pause(id, "staff"))
    hands.pass_by(3 * 86_400)
    await crowd.do(lambda news: news.resume(id, "staff"))
    [row] = await desk.claim("pretend")
    begun = hands.now
    assert row.created == begun
    await desk.settle(row, settled=Settled("queued", "offline", attempts=1, wait=timedelta(seconds=5)))
    hands.pass_by(5)
    [row] = await desk.claim("pretend")
    assert (row.created, row.attempts) == (begun, 1)


async def test_cancelling_keeps_what_was_sent(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", "c")
    id = await crowd.send()
    [first] = await desk.claim("pretend", limit=5)
    await desk.settle(first)
    cancelled = await crowd.do(lambda news: news.cancel(id, "staff"))
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert await crowd.do(lambda news: news.resume(id, "staff")) is None
    assert await sent(desk, hands) == []
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.left) == ("cancelled", 1, 2)
    assert [one.state for one in await crowd.do(lambda news: news.missing(id))] == ["queued", "queued"]
    again = await crowd.do(lambda news: news.again_to_unreached(id, "staff"))
    await crowd.confirm(again)
    await crowd.fill()
    assert len(await sent(desk, hands)) == 2


async def test_cancelled_while_the_last_ones_are_sent_they_count(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    id = await crowd.send()
    first, last = await desk.claim("pretend", limit=6)
    await crowd.do(lambda news: news.cancel(id, "staff"))
    await desk.settle(first)
    await desk.settle(last, settled=Settled("failed", "bot was blocked", unreachable=True))
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.failed, progress.left) == (
        "cancelled",
        1,
        {"bot was blocked": 1},
        0,
    )


async def test_who_is_forgotten_while_their_message_leaves_stays_in_the_ledger_without_a_name(
    crowd: Crowd, desk: Desk, hands: Hands
) -> None:
    await crowd.add("a", "b", "c")
    id = await crowd.send()
    [leaving] = await desk.claim("pretend", limit=5)

    def forget(transaction: Transaction) -> None:
        for person in (leaving.outgoing.chat, "c"):
            people.forget(transaction, person)

    await crowd.store.database.write(forget)
    await desk.settle(leaving)
    await sent(desk, hands)
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.made, progress.sent, progress.failed) == ("done", 3, 2, {FORGOTTEN: 1})
    left = await rows(crowd.store, "select chat from outbox where person is null")
    assert [tuple(row) for row in left] == [("",), ("",)]
