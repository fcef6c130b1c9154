"""What the engine sends: in its turn, at the pace of the platform, again after a failure, and never twice knowingly."""

import asyncio

import pytest

from conversation import (
    Address,
    NotSent,
    Pace,
    Refused,
    Undecided,
)
from storage import Store
from storage.patience import Patience
from tests.databases import rows
from tests.pretend import Pretend
from tests.test_engine import _all_lines, running, store, until

__all__ = ["_all_lines", "store"]

pytestmark = pytest.mark.anyio


async def test_a_message_that_was_not_sent_is_sent_again_in_its_turn(store: Store) -> None:
    place = Pretend()
    place.fails("an", *[NotSent("offline")] * 4)
    async with running(store, place):
        for text in "123":
            place.says("an", text)
        place.says("bình", "4")
        await place.receives(4)
    assert place.texts("an") == ["nghe: 1", "nghe: 2", "nghe: 3"]
    assert place.texts()[0] == "nghe: 4"


async def test_what_cannot_be_sent_for_too_long_is_given_up(store: Store) -> None:
    place = Pretend()
    place.fails("an", *[NotSent("offline")] * 100)
    patience = Patience(look=0.1, first=0.02, longest=0.1, give_up=0.3)
    async with running(store, place, patience=patience):
        place.says("an", "1")
        await until_troubled(store)
    [trouble] = await store.troubles()
    assert (trouble.state, trouble.reason) == ("failed", "offline")


async def until_troubled(store: Store) -> None:
    async with asyncio.timeout(5):
        while not await store.troubles():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_platform_that_asks_to_wait_is_not_called_before(store: Store) -> None:
    place = Pretend(pace=Pace(1000, 1000))
    place.fails("an", NotSent("429", retry_after=0.5))
    async with running(store, place):
        place.says("an", "1")
        await asyncio.sleep(0.1)
        begin = asyncio.get_running_loop().time()
        place.says("bình", "2")
        await place.receives(2)
    assert min(place.times) - begin > 0.3


async def test_messages_leave_at_the_pace_of_the_platform(store: Store) -> None:
    place = Pretend(pace=Pace(overall=50, per_chat=50))
    async with running(store, place):
        for number in range(50):
            place.says(f"c{number}", "chào")
        await place.receives(50)
    assert place.times[-1] - place.times[0] > 0.9
    for first, twentieth in zip(place.times, place.times[20:], strict=False):
        assert twentieth - first > 0.3


async def test_an_open_outcome_is_sent_again_twice_and_then_left_to_staff(store: Store) -> None:
    place = Pretend()
    place.fails("an", *[Undecided("cut")] * 3)
    place.fails("bình", Undecided("cut"))
    async with running(store, place):
        place.says("an", "1")
        place.says("an", "2")
        place.says("bình", "3")
        await place.receives(6)
    assert place.texts("an") == ["nghe: 1"] * 3 + ["nghe: 2"]
    assert place.texts("bình") == ["nghe: 3"] * 2
    [trouble] = await store.troubles()
    assert (trouble.state, trouble.reason) == ("unknown", "cut")


async def test_a_channel_that_breaks_while_sending_is_an_open_outcome(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    class Clumsy(Pretend):
        async def send(self, outgoing: object) -> str:
            raise RuntimeError("bí mật")

    async with running(store, place := Clumsy()):
        place.says("an", "1")
        await until_troubled(store)
    [trouble] = await store.troubles()
    assert (trouble.state, trouble.reason) == ("unknown", "RuntimeError")
    assert "bí mật" not in caplog.text


async def test_who_blocked_the_bot_is_unreachable_until_they_write(store: Store) -> None:
    place = Pretend()
    place.fails("an", Refused("blocked", unreachable=True))
    async with running(store, place):
        place.says("an", "1")
        await until_troubled(store)
        assert await rows(store, "select unreachable from address") == [("blocked",)]
        place.says("an", "2")
        assert await place.receives(1) == ["nghe: 2"]
    assert await rows(store, "select unreachable from address") == [("",)]


async def test_a_reply_follows_a_chat_that_moved(store: Store) -> None:
    place = Pretend()
    place.fails("nhóm", Refused("migrated", moved_to="siêu-nhóm"))
    async with running(store, place):
        place.says("nhóm", "1")
        await place.receives(1)
    assert place.texts("siêu-nhóm") == ["nghe: 1"]


async def test_a_page_gets_its_lines_and_is_never_sent_to(store: Store) -> None:
    page = Pretend("web", pulls=True)
    woken: list[Address] = []
    async with running(store, page, wake=woken.extend):
        page.says("an", "chào")
        await until(lambda: bool(woken))
    assert woken == [Address("web", "an")]
    assert page.arrived == []
    assert (await store.counts()).unsent == 1
