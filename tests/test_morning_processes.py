"""Reminders after a kill, with two processes, and on real channels."""

import asyncio
from datetime import date, time
from pathlib import Path

import pytest

from channels.clock import VIETNAM, Clock
from conversation import Raw
from storage import open_store
from storage.store import Store
from tests.almanac import DAY, FORM, Almanac, at
from tests.databases import Hands, database_url
from tests.house import forenoon, opened
from tests.talk import TODAY
from tests.test_mornings import DUE, before, both_engines, hands, store, ward

__all__ = ["hands", "store", "ward"]

pytestmark = pytest.mark.anyio


@both_engines
@pytest.mark.parametrize(("back", "on"), [(7.7, 0), (23.0, 1)], ids=["at once", "in the night"])
async def test_whoever_was_not_reached_before_a_kill_is_reminded_afterwards(
    back: float, on: int, ward: Almanac, store: Store
) -> None:
    for number in range(30):
        await ward.role(f"người {number}", unit=f"t{number}")
    await ward.round(DUE, *(f"t{number}" for number in range(30)))
    await ward.day(DUE - DAY * 8)
    day = DUE - DAY * 7
    ward.hands.now = at(day, 7.5)
    await store.receive("clock", [Raw(f"{day}T07:30", "clock", "{}")])
    # One transaction with ten people, and what they are told is sent; then the power goes.
    store.database.batch = 1
    await ward._handled()
    first = await ward.send()
    # One of the ten may be the leader who owes nothing.
    assert len(first) in (9, 10)
    again = Almanac(store, ward.hands)
    later = await again.tick(at(day, back)) + await again.day(day + DAY, 0, 6, 7.5, 9)
    told = [one.chat for one in (*first, *later)]
    assert sorted(told) == sorted(f"người {number}" for number in range(30))
    for one in later:
        assert one.at == at(day + DAY * on, 7.5 if on else back)


# Two processes.


@pytest.mark.slow
async def test_two_processes_remind_once(hands: Hands, tmp_path: Path) -> None:
    url = database_url("postgres", tmp_path)
    hands.now = at(DUE - DAY * 8, 9)
    stores = [open_store(url, hands) for _ in range(2)]
    for one in stores:
        await one.open(sole=True)
        await one.beat()
    first, second = (Almanac(one, hands) for one in stores)
    for number in range(25):
        await first.role(f"người {number}", unit=f"t{number}")
    await first.round(DUE, *(f"t{number}" for number in range(25)))
    for day in (8, 7, 6, 3, 1, 0, -1):
        for hour in (7, 7.5, 8):
            await asyncio.gather(*(ward.tick(at(DUE - DAY * day, hour)) for ward in (first, second)))
    heard = first.heard + second.heard
    counts: dict[tuple[str, date], int] = {}
    for news in heard:
        counts[news.chat, news.on] = counts.get((news.chat, news.on), 0) + 1
    wanted = {(f"người {number}", on): 1 for number in range(25) for on in before(DUE, 7, 3, 1, 0)}
    assert counts == wanted
    for one in stores:
        await one.close()


# On real channels.


async def test_the_clock_strikes_and_telegram_and_the_page_have_it(tmp_path: Path) -> None:
    """A bot that runs, and its next tick: one message each, and the buttons work."""
    async with opened(tmp_path, clock=forenoon(), ticks=True) as house, house.visitor() as page:
        chatter = house.chatter(1)
        roles = {chatter.name: "leader:tdp-05", page.name: "leader:tdp-06"}
        units = ["tdp-05", "tdp-06"]
        await house.cast({"roles": roles, "rounds": [{"form": FORM, "units": units, "due": TODAY + DAY * 7}]})
        await house.store.receive("clock", [Raw(f"{TODAY}T10:00", "clock", "{}")])
        assert await asyncio.to_thread(house.server.wait, lambda: "Việc cần nhớ hôm nay" in chatter.heard)
        await chatter.press("Nhắc lại sau")
        await chatter.press("Nhắc lại sau 3 ngày")
        assert "Sáng thứ Ba 24/11/2026 tôi nhắc lại" in chatter.heard
        assert chatter.heard.count("Việc cần nhớ hôm nay") == 1
        await page.say("/trogiup")
        assert page.heard.count("Việc cần nhớ hôm nay") == 1


# The clock itself.


async def test_the_clock_ticks_every_hour_and_at_half_past_seven(hands: Hands) -> None:
    clock = Clock(hands, [time(7, 30)])
    found: list[str] = []

    async def receive(batch: list[Raw]) -> None:
        found.extend(raw.key for raw in batch)
        hands.now = clock._next(hands.now.astimezone(VIETNAM))
        if len(found) == 6:
            raise asyncio.CancelledError

    hands.now = at(date(2026, 12, 31), 5.9)
    with pytest.raises(asyncio.CancelledError):
        await clock.listen(receive)  # type: ignore[arg-type]  # a batch is a list here
    assert found == [f"2026-12-31T{hour}" for hour in ("05:00", "06:00", "07:00", "07:30", "08:00", "09:00")]
    hands.now = at(date(2026, 12, 31), 23.5)
    assert clock._next(hands.now.astimezone(VIETNAM)) == at(date(2027, 1, 1), 0)
