"""Which message leaves first, and when: replies, what is urgent, what comes later."""

from datetime import timedelta
from itertools import pairwise

import pytest

from conversation import Pace
from tests.crowd import Crowd, chats
from tests.databases import Desk, Hands, say, texts
from tests.pretend import Pretend
from tests.test_store import raw

pytestmark = pytest.mark.anyio


async def test_replies_go_first_at_the_same_pace(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(10, 1))
    await crowd.add(*(f"p{number:02}" for number in range(20)))
    await crowd.send()
    taken = await desk.claim("pretend")
    await desk.settle(*taken)
    hands.pass_by(1)
    await desk.receive("pretend", *(raw(f"r{number}", chat=f"new{number}") for number in range(4)))
    await desk.handle(room=0)
    mixed = await desk.claim("pretend")
    assert [row.announcement for row in mixed][:4] == [""] * 4
    starts = [row.start for row in [*taken, *mixed]]
    assert starts == sorted(starts)
    assert all(b - a >= timedelta(seconds=0.0999) for a, b in pairwise(starts))


async def test_an_announcement_does_not_hurry_a_chat(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1"))
    handled = await desk.handle()
    await desk.settle(*handled.claimed)
    await crowd.send()
    assert await desk.claim("pretend") == []
    hands.pass_by(1.01)
    assert chats(await desk.claim("pretend")) == ["an"]


async def test_what_is_urgent_overtakes(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    await crowd.add("bình")
    await crowd.send(body=say("họp"))
    hands.pass_by(1)
    await crowd.send(kind="urgent", body=say("bão"))
    assert texts(await desk.claim("pretend", limit=6)) == ["bão", "bão"]
