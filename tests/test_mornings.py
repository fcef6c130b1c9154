"""Reminders over days and weeks, on both engines: each once, in the morning, until the work is done."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import strategies as st

from storage import open_store
from storage.handling import TransactionRecords
from storage.store import Store
from tests.almanac import DAY, Almanac, Heard, at, days_of
from tests.databases import ENGINES, Hands, database_url, rows

pytestmark = pytest.mark.anyio

START = date(2026, 3, 2)
DUE = date(2026, 3, 31)
# What hangs on the database; what hangs on words alone runs on one of them.
both_engines = pytest.mark.parametrize("store", ENGINES, indirect=True)
# The hours in which nobody is reminded.
NIGHT = (0, 3, 6, 7, 20, 23)


@pytest.fixture
def hands() -> Hands:
    hands = Hands()
    hands.now = at(START - DAY, 9)
    return hands


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(database_url(getattr(request, "param", "sqlite"), tmp_path), hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


@pytest.fixture
async def ward(store: Store, hands: Hands) -> Almanac:
    ward = Almanac(store, hands)
    await ward.role("an")
    return ward


async def through(ward: Almanac, first: date, last: date, *hours: float) -> list[Heard]:
    found = []
    for number in range((last - first).days + 1):
        found += await ward.day(first + DAY * number, *hours or (7, 7.5, 12))
    return found


def before(due: date, *days: int) -> list[date]:
    return [due - DAY * day for day in days]


# Until it is done.


@both_engines
async def test_reminders_stop_with_the_submission_and_begin_again_when_it_is_returned(ward: Almanac) -> None:
    await ward.round(DUE)
    assert days_of(await through(ward, DUE - DAY * 8, DUE - DAY * 6)) == before(DUE, 7)
    await ward.hand_in()
    assert await through(ward, DUE - DAY * 5, DUE - DAY * 2) == []
    await ward.hand_in("returned")
    [heard] = await ward.day(DUE - DAY)
    assert "(phường nhờ sửa)" in heard.text
    assert "Sửa: Tự đánh giá tổ dân phố, bản" in heard.labels
    await ward.hand_in()
    assert await ward.day(DUE) == []


async def test_a_round_that_is_closed_or_has_no_day_reminds_nobody(ward: Almanac) -> None:
    await ward.round(None)
    await ward.round(DUE, id="R2")
    await ward.store.registry_write(lambda registry: registry.rounds.close("R2"))
    assert await through(ward, DUE - DAY * 8, DUE + DAY) == []


async def test_another_due_day_counts_from_then_on(ward: Almanac) -> None:
    await ward.round(DUE)
    await through(ward, DUE - DAY * 9, DUE - DAY * 8)
    await ward.due(DUE - DAY * 4)
    # Seven days before the new day has passed, and is not made up for.
    assert days_of(await through(ward, DUE - DAY * 7, DUE)) == before(DUE - DAY * 4, 3, 1, 0)


async def test_several_things_are_one_message(ward: Almanac) -> None:
    await ward.round(DUE)
    for number, form in enumerate(("kh41-dang-ky", "kh71-diem", "kh71-bc-nam", "cam-ket-ho", "ducpho-tuyen-duong"), 2):
        await ward.round(DUE, id=f"R{number}", form=form)
    [heard] = await ward.day(DUE - DAY * 7)
    assert heard.text.count("còn 7 ngày") == 6
    assert len(heard.labels) == 5
    assert len(heard.text) < 1100


async def test_what_does_not_fit_is_counted(ward: Almanac) -> None:
    for number in range(25):
        await ward.round(DUE, id=f"R{number}")
    [heard] = await ward.day(DUE - DAY * 7)
    shown = heard.text.count("còn 7 ngày")
    assert f"Còn {25 - shown} việc nữa" in heard.text
    assert len(heard.text) < 1100


# Who.


@both_engines
async def test_staff_hear_of_what_the_documents_ask_of_the_ward_and_leaders_do_not(ward: Almanac) -> None:
    await ward.role("cuc", "staff", "demo")
    heard = await through(ward, date(2026, 8, 30), date(2026, 11, 5), 7.5)
    assert days_of(heard, "an") == []
    # 31/8 is thirty days before 30/9; 15/10 binds a level that is no more.
    wanted = {*before(date(2026, 9, 30), 30, 7, 3, 1, 0), *before(date(2026, 10, 31), 30, 7, 3, 1, 0)}
    assert days_of(heard, "cuc") == sorted(wanted)
    assert "71/KH-UBND" in heard[0].text
    assert not any("gửi hồ sơ đề nghị khen niên hạn" in one.text for one in heard)


async def test_what_staff_say_is_done_comes_again_next_year(ward: Almanac) -> None:
    await ward.role("cuc", "staff", "demo")
    last = date(2026, 9, 30)
    await ward.day(last - DAY * 8)
    [heard] = await ward.day(last - DAY * 7)
    assert "Nhắc lại sau" in heard.labels
    await ward.says("cuc", choice="nhacviec:xong:d/kh71-han-phuong")
    assert await through(ward, last - DAY * 6, last, 7.5) == []
    next_year = date(2027, 9, 30)
    await ward.day(next_year - DAY * 8)
    [heard] = await ward.day(next_year - DAY * 7)
    assert "thứ Năm 30/9/2027, còn 7 ngày" in heard.text


async def test_what_staff_switch_off_reminds_nobody(ward: Almanac) -> None:
    await ward.role("cuc", "staff", "demo")
    await ward.round(DUE)
    await ward.says("cuc", choice="nhacviec:tat:r/R1")
    assert await through(ward, DUE - DAY * 8, DUE + DAY * 2, 7.5) == []
    await ward.says("cuc", choice="nhacviec:bat:r/R1")
    assert "được nhắc" not in ward.heard[-1].text


async def test_a_deadline_of_the_ward_s_own_reminds_whom_it_is_for(ward: Almanac) -> None:
    await ward.role("cuc", "staff", "demo")
    for step in ("thêm hạn", "họp giao ban các tổ", "10/4/2026", "Người phụ trách các đơn vị", "hằng năm"):
        await ward.says("cuc", step)
    await ward.says("cuc", choice=ward.heard[-1].values[0])
    assert "Đã thêm hạn" in ward.heard[-1].text
    heard = await through(ward, date(2026, 4, 2), date(2026, 4, 11), 7.5)
    assert days_of(heard, "an") == before(date(2026, 4, 10), 7, 3, 1, 0)
    assert days_of(heard, "cuc") == []
    await ward.day(date(2027, 4, 8))
    assert "Họp giao ban các tổ: hôm nay là ngày cuối" in (await ward.day(date(2027, 4, 10)))[0].text


async def test_a_reminder_put_off_comes_on_that_morning(ward: Almanac) -> None:
    await ward.round(DUE)
    await ward.day(DUE - DAY * 8)
    [heard] = await ward.day(DUE - DAY * 7)
    await ward.says("an", choice=heard.values[heard.labels.index("Nhắc lại sau")])
    await ward.says("an", "nhắc lại sau 5 ngày")
    assert "Sáng" in ward.heard[-1].text
    # Not three days before, but two, and on the days after.
    assert days_of(await through(ward, DUE - DAY * 6, DUE, 7.5)) == before(DUE, 2, 1, 0)


@both_engines
async def test_staff_hear_once_who_is_missing(ward: Almanac) -> None:
    await ward.role("cuc", "staff", "demo")
    await ward.role("dung", unit="tdp-06")
    await ward.round(DUE, "tdp-05", "tdp-06")
    await ward.hand_in(unit="tdp-06")
    heard = [one for one in await through(ward, DUE - DAY, DUE + DAY * 6, 7.5) if one.chat == "cuc"]
    assert days_of(heard, "cuc") == [DUE + DAY]
    assert "hết hạn 31/3/2026, còn 1 đơn vị chưa nộp: đơn vị tdp-05" in heard[0].text
    assert heard[0].labels == ("Ai chưa nộp: Tự đánh giá tổ dân phố, bản, năm 2026", "Hạn của tôi")


async def test_staff_hear_nothing_where_all_have_handed_in(ward: Almanac) -> None:
    await ward.role("cuc", "staff", "demo")
    await ward.round(DUE)
    await ward.hand_in()
    assert await through(ward, DUE - DAY, DUE + DAY * 3, 7.5) == []


async def test_who_wants_no_announcements_is_reminded_all_the_same(ward: Almanac) -> None:
    await ward.says("an", choice="nhantin:khong")
    await ward.round(DUE)
    ward.heard.clear()
    assert days_of(await ward.day(DUE - DAY * 7)) == [DUE - DAY * 7]


@both_engines
async def test_whose_role_ended_hears_nothing_and_the_successor_does(ward: Almanac, store: Store) -> None:
    await ward.round(DUE)

    def succeed(records: TransactionRecords) -> None:
        [role] = records.registry.roles.in_unit("tdp-05", ward.today)
        records.registry.roles.end(role.id, ward.today, "test")

    await ward.write(succeed)
    await ward.role("binh")
    heard = await ward.day(DUE - DAY * 7)
    assert [one.chat for one in heard] == ["binh"]


async def test_in_english(ward: Almanac) -> None:
    await ward.role("ed", unit="tdp-08", language="en")
    await ward.round(DUE, "tdp-08")
    [heard] = await ward.day(DUE - DAY * 7)
    assert "7 days left" in heard.text
    assert "Remind me later" in heard.labels


@both_engines
async def test_many_people_are_reminded_once_each_some_at_a_time(ward: Almanac, store: Store) -> None:
    for number in range(60):
        await ward.role(f"người {number}", unit=f"t{number}")
    await ward.round(DUE, *(f"t{number}" for number in range(60)))
    heard = await ward.day(DUE - DAY * 7)
    assert sorted(one.chat for one in heard) == sorted(f"người {number}" for number in range(60))
    # Ten people in each transaction: the tick, and one more for each further ten.
    [[events]] = await rows(store, "select count(*) from inbox where channel = 'clock' and key like '%+%'")
    assert events == 6


LEADERS = 6
HOURS = {"up": (0, 7.5, 12, 21), "night": (1, 6, 20.5), "late": (13.2, 18), "off": ()}
powers = st.sampled_from(["up", "up", "up", *HOURS])
# What one leader, or staff about the leader's round, does after a morning, and a number of days.
acts = st.tuples(st.sampled_from(["", "", "", "submitted", "returned", "later", "due"]), st.integers(1, 9))
days = st.lists(st.tuples(powers, st.tuples(*[acts] * LEADERS)), min_size=10, max_size=35)
