"""What waits to be sent: in order, at a pace, again after a failure."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from conversation import Choice, Pace, Reply
from storage import open_store
from storage.outbox import Settled
from storage.store import DEAD_AFTER
from tests.databases import (
    Desk,
    Hands,
    rows,
    say,
    texts,
)
from tests.pretend import Pretend
from tests.test_store import desk, hands, raw

__all__ = ["desk", "hands"]

pytestmark = pytest.mark.anyio


# Out.


async def test_a_reply_is_handed_over_with_the_commit_and_blanked_when_sent(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "xin"))
    handled = await desk.handle()
    assert texts(handled.claimed) == ["nghe: xin"]
    assert await desk.claim("pretend") == []
    await desk.settle(*handled.claimed)
    assert await rows(desk.store, "select state, message, body from outbox") == [("sent", "77", "")]
    assert await desk.store.idle("pretend")


async def test_replies_to_one_address_leave_one_after_another(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "một hai ba bốn năm sáu"), raw("2", "bảy"))
    handled = await desk.handle()
    sent = list(handled.claimed)
    left = list(sent)
    while left:
        assert len(left) == 1
        await desk.settle(*left)
        left = await desk.claim("pretend")
        sent += left
    assert "".join(texts(sent)) == "nghe: một hai ba bốn năm sáunghe: bảy"


async def test_order_is_kept_when_a_reply_is_sent_again(desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"), raw("3", "ba", chat="bình"))
    first, other = (await desk.handle()).claimed
    again = Settled("queued", "offline", attempts=1, wait=timedelta(seconds=30))
    await desk.settle(first, settled=again)
    await desk.settle(other)
    hands.pass_by(10)
    assert await desk.claim("pretend") == []
    hands.pass_by(21)
    [row] = await desk.claim("pretend")
    assert (texts([row]), row.attempts) == (["nghe: một"], 1)
    await desk.settle(row)
    assert texts(await desk.claim("pretend")) == ["nghe: hai"]


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_what_did_not_arrive_blocks_nothing(desk: Desk, state: str) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"))
    await desk.settle(*(await desk.handle()).claimed, settled=Settled(state, "vì thế"))
    assert texts(await desk.claim("pretend")) == ["nghe: hai"]
    [trouble] = await desk.store.troubles()
    assert (trouble.direction, trouble.state, trouble.reason) == ("out", state, "vì thế")


async def test_without_room_replies_are_queued(desk: Desk) -> None:
    await desk.receive("pretend", *(raw(str(number), chat=str(number)) for number in range(5)))
    handled = await desk.handle(room=0)
    assert (handled.claimed, handled.queued) == ([], {"pretend"})
    assert len(await desk.claim("pretend", limit=3)) == 3
    assert len(await desk.claim("pretend", limit=3)) == 2


async def test_a_moved_chat_takes_its_person_and_its_rows_along(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"))
    [row] = (await desk.handle()).claimed
    await desk.settle(row, settled=Settled("queued", "moved", moved_to="an-mới"))
    [row] = await desk.claim("pretend")
    assert (row.outgoing.chat, texts([row])) == ("an-mới", ["nghe: một"])
    await desk.settle(row)
    assert texts(await desk.claim("pretend")) == ["nghe: hai"]
    assert await rows(desk.store, "select chat from address") == [("an-mới",)]


async def test_a_pressed_choice_is_replaced_in_its_own_message(desk: Desk) -> None:
    desk.say = lambda *_: [Reply(say("xong").text, (Choice("Tiếp", "f:s"),), replaces=True)]
    await desk.receive("pretend", raw("1", choice="f:s:1:0"))
    [row] = (await desk.handle()).claimed
    assert row.outgoing.edits == "m9"


async def test_choices_survive_the_queue(desk: Desk) -> None:
    reply = Reply(say("<chọn>").text, (Choice("Một & hai", "f:s:1"),))
    desk.channels["pretend"] = WholePretend()
    desk.say = lambda *_: [reply]
    await desk.receive("pretend", raw("1"))
    await desk.handle(room=0)
    [row] = await desk.claim("pretend")
    assert row.outgoing.reply == reply


class WholePretend(Pretend):
    def parts(self, reply: Reply) -> Sequence[Reply]:
        return [reply]


async def test_messages_leave_evenly_and_no_faster_than_the_platform_allows(desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(overall=10, per_chat=1))
    await desk.receive("pretend", *(raw(str(number), chat=str(number)) for number in range(30)))
    rows_ = (await desk.handle()).claimed
    begin = hands.now
    while len(rows_) < 30:
        hands.pass_by(0.05)
        rows_ += await desk.claim("pretend")
    starts = sorted(row.start for row in rows_)
    gaps = {later - earlier for earlier, later in pairwise(starts)}
    assert starts[0] == begin
    assert gaps == {timedelta(seconds=0.1)}


async def test_one_chat_is_not_hurried(desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(overall=10, per_chat=1))
    await desk.receive("pretend", raw("1"), raw("2"), raw("3"))
    row = (await desk.handle()).claimed[0]
    starts = [row.start]
    for _ in range(100):
        await desk.settle(row)
        hands.pass_by(0.1)
        for row in await desk.claim("pretend"):
            starts.append(row.start)
    assert len(starts) == 3
    assert all(b - a >= timedelta(seconds=1) for a, b in pairwise(starts))


async def test_a_platform_that_asks_to_wait_is_left_alone(desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(overall=10, per_chat=10))
    await desk.receive("pretend", raw("1"), raw("2", chat="bình"))
    first = (await desk.handle()).claimed[0]
    wait = Settled("queued", "429", attempts=1, wait=timedelta(seconds=7), hold=True)
    await desk.settle(first, settled=wait)
    await desk.receive("pretend", raw("3", chat="chi"))
    assert (await desk.handle()).claimed == []
    hands.pass_by(6)
    assert await desk.claim("pretend") == []
    hands.pass_by(1)
    assert len(await desk.claim("pretend")) >= 2


async def test_what_a_dead_process_was_sending_is_queued_again(url: str, desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai", chat="bình"))
    mine, other = (await desk.handle()).claimed
    await desk.settle(other)
    alive = open_store(url, hands)
    await alive.open()
    await alive.beat()
    successor = Desk(alive, *desk.channels.values())
    assert await successor.claim("pretend") == []
    hands.pass_by(DEAD_AFTER.total_seconds() + 1)
    await alive.beat()
    [row] = await successor.claim("pretend")
    assert texts([row]) == ["nghe: một"]
    # The one that was thought dead has nothing to say about the row any more.
    await desk.settle(mine, settled=Settled("failed"))
    await successor.settle(row)
    assert await rows(alive, "select state from outbox") == [("sent",), ("sent",)]
    await alive.close()


async def test_whoever_retires_leaves_its_rows_to_others(desk: Desk) -> None:
    await desk.receive("pretend", raw("1"))
    await desk.handle()
    assert await desk.claim("pretend") == []
    await desk.store.retire()
    await desk.store.beat()
    [row] = await desk.claim("pretend")
    await desk.settle(row)
    counts = await desk.store.counts()
    assert (counts.waiting, counts.unsent) == (0, 0)
