"""When people are reminded: which days before, at which hours, and after the bot was away."""

from datetime import date, time

import pytest

from channels.clock import VIETNAM
from storage.store import Store
from tests.almanac import DAY, Almanac, at, days_of
from tests.databases import Hands
from tests.test_mornings import DUE, NIGHT, before, both_engines, hands, store, through, ward

__all__ = ["hands", "store", "ward"]

pytestmark = pytest.mark.anyio


# When.


@both_engines
async def test_a_leader_is_reminded_30_7_3_1_days_before_and_on_the_last_day(ward: Almanac) -> None:
    await ward.round(DUE)
    heard = await through(ward, DUE - DAY * 31, DUE + DAY * 3)
    assert days_of(heard) == before(DUE, 30, 7, 3, 1, 0)
    assert {one.at.astimezone(VIETNAM).time() for one in heard} == {time(7, 30)}
    assert "Tự đánh giá tổ dân phố, bản, năm 2026: hạn thứ Ba 31/3/2026, còn 7 ngày" in heard[1].text
    assert "hôm nay là ngày cuối" in heard[-1].text
    assert heard[0].labels == ("Làm: Tự đánh giá tổ dân phố, bản", "Nhắc lại sau", "Hạn của tôi")


@both_engines
async def test_nobody_is_reminded_at_night(ward: Almanac) -> None:
    await ward.round(DUE)
    assert await through(ward, DUE - DAY * 8, DUE - DAY, *NIGHT) == []


@both_engines
async def test_the_year_ends_in_between(ward: Almanac) -> None:
    due = date(2027, 1, 4)
    await ward.round(due)
    heard = await through(ward, date(2026, 12, 26), due, 0, 7.5)
    # Three days before is New Year's Day.
    assert days_of(heard) == [date(2026, 12, 28), date(2026, 12, 31), date(2027, 1, 3), due]
    assert "hôm nay là ngày cuối" in heard[-1].text


@both_engines
async def test_in_tet_nobody_is_reminded_but_before_it(ward: Almanac, hands: Hands) -> None:
    due = date(2026, 2, 19)
    hands.now = at(date(2026, 2, 1), 9)
    await ward.role("tam", unit="tdp-07")
    await ward.round(due, "tdp-07")
    heard = await through(ward, date(2026, 2, 10), date(2026, 2, 22), 7.5)
    assert days_of(heard, "tam") == [date(2026, 2, 12), date(2026, 2, 15)]
    assert "Hôm ấy nghỉ Tết Nguyên đán; nên xong trước, muộn nhất thứ Sáu 13/02/2026" in heard[0].text


async def test_a_weekend_is_said(ward: Almanac) -> None:
    await ward.round(date(2026, 3, 29))
    [heard] = await ward.day(date(2026, 3, 22), 7.5)
    assert "hạn Chủ nhật 29/3/2026, còn 7 ngày. Hôm ấy phường nghỉ; nên xong trước, muộn nhất thứ Sáu" in heard.text


# Away.


@both_engines
async def test_after_a_week_without_power_there_is_one_message_in_the_morning(ward: Almanac) -> None:
    await ward.round(DUE)
    await ward.role("cuc", "staff", "demo")
    await ward.day(DUE - DAY * 9)
    # Back at three in the night, three days before: the seventh day was missed.
    back = DUE - DAY * 2
    assert await ward.day(back, 3, 6, 7) == []
    [heard] = [one for one in await ward.day(back, 7.5, 8, 9, 12) if one.chat == "an"]
    assert "còn 2 ngày" in heard.text
    assert heard.at == at(back, 7.5)


@both_engines
async def test_started_in_the_evening_it_waits_for_the_morning(ward: Almanac) -> None:
    await ward.round(DUE)
    await ward.day(DUE - DAY * 9)
    assert await ward.day(DUE - DAY * 7, 20, 22) == []
    [heard] = await ward.day(DUE - DAY * 6, 0, 7.5)
    assert "còn 6 ngày" in heard.text


@both_engines
async def test_started_late_in_the_morning_it_reminds_then(ward: Almanac) -> None:
    await ward.round(DUE)
    await ward.day(DUE - DAY * 9)
    [heard] = await ward.day(DUE - DAY * 7, 10.3, 11, 12)
    assert heard.at == at(DUE - DAY * 7, 10.3)


@both_engines
async def test_a_last_day_that_passed_meanwhile_is_no_reminder(ward: Almanac) -> None:
    await ward.round(DUE)
    await ward.day(DUE - DAY * 9)
    assert days_of(await ward.day(DUE + DAY * 2)) == []


@both_engines
async def test_what_the_platform_did_not_take_by_the_evening_comes_in_the_morning_as_it_is_then(ward: Almanac) -> None:
    await ward.round(DUE)
    await ward.day(DUE - DAY * 8)
    ward.online = False
    assert await ward.day(DUE - DAY * 7, 7.5, 12, 20.9) == []
    ward.online = True
    assert await ward.day(DUE - DAY * 7, 21, 23) == []
    assert await ward.day(DUE - DAY * 6, 2, 6) == []
    [heard] = await ward.day(DUE - DAY * 6, 7.5, 12)
    assert "còn 6 ngày" in heard.text


@both_engines
async def test_what_a_killed_process_was_sending_is_not_sent_at_night(ward: Almanac, store: Store) -> None:
    await ward.round(DUE)
    await ward.day(DUE - DAY * 8)
    ward.online = False
    await ward.day(DUE - DAY * 7, 19.9)
    [_] = (await store.claim(ward.room, 16)).rows
    ward.hands.now = at(DUE - DAY * 6, 1)
    await store.retire()
    await store.beat()
    ward.online = True
    assert await ward.day(DUE - DAY * 6, 2, 6) == []
    assert len(await ward.day(DUE - DAY * 6, 7.5)) == 1
