"""Reminders over days and weeks, on both engines: each once, in the morning, until the work is done."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from channels.clock import VIETNAM, Clock
from conversation import Raw
from storage import open_store
from storage.handling import TransactionRecords
from storage.store import Store
from tests.almanac import DAY, FORM, Almanac, Heard, at, days_of
from tests.databases import ENGINES, Hands, database_url, new_file, rows
from tests.house import forenoon, opened
from tests.talk import TODAY, Morning, Talk

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
    for store in stores:
        await store.open(sole=True)
        await store.beat()
    first, second = (Almanac(store, hands) for store in stores)
    for number in range(25):
        await first.role(f"người {number}", unit=f"t{number}")
    await first.round(DUE, *(f"t{number}" for number in range(25)))
    for day in (8, 7, 6, 3, 1, 0, -1):
        for hour in (7, 7.5, 8):
            await asyncio.gather(*(ward.tick(at(DUE - DAY * day, hour)) for ward in (first, second)))
    heard = first.heard + second.heard
    counts: dict[tuple[str, date], int] = {}
    for one in heard:
        counts[one.chat, one.on] = counts.get((one.chat, one.on), 0) + 1
    wanted = {(f"người {number}", on): 1 for number in range(25) for on in before(DUE, 7, 3, 1, 0)}
    assert counts == wanted
    for store in stores:
        await store.close()


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


# Any days.


class Model:
    """When one leader hears of one round, told as simply as possible."""

    def __init__(self, due: date, told: date) -> None:
        self.due, self.told = due, told
        self.owes = True
        self.until: date | None = None

    def look(self, today: date) -> bool:
        """It is a morning on which the bot is up."""
        if today <= self.told:
            return False
        due_on = {self.due - timedelta(days=days) for days in (30, 7, 3, 1, 0)}
        if self.until and self.until <= self.due:
            due_on = {on for on in due_on if on > self.until} | {self.until}
        rung = any(self.told < on <= today for on in due_on)
        self.told = today
        return rung and self.owes and today <= self.due


# Between two holidays, so that the model needs none.
FIRST = date(2026, 5, 4)
LEADERS = 6
HOURS = {"up": (0, 7.5, 12, 21), "night": (1, 6, 20.5), "late": (13.2, 18), "off": ()}
powers = st.sampled_from(["up", "up", "up", *HOURS])
# What one leader, or staff about the leader's round, does after a morning, and a number of days.
acts = st.tuples(st.sampled_from(["", "", "", "submitted", "returned", "later", "due"]), st.integers(1, 9))
days = st.lists(st.tuples(powers, st.tuples(*[acts] * LEADERS)), min_size=10, max_size=35)
aheads = st.tuples(*[st.integers(3, 38)] * LEADERS)


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # Each example is a month of a whole bot: making one smaller takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(told=days, ahead=aheads)
def test_whatever_happens_the_model_says_when(
    told: list[tuple[str, tuple[tuple[str, int], ...]]], ahead: tuple[int, ...], tmp_path: Path
) -> None:
    asyncio.run(_compare(told, [FIRST + DAY * days for days in ahead], tmp_path))


async def _compare(told: list[tuple[str, tuple[tuple[str, int], ...]]], dues: list[date], folder: Path) -> None:
    """The same weeks for the bot and for the model of each leader, who has a unit and a round of their own."""
    hands = Hands()
    hands.now = at(FIRST - DAY, 12)
    store = open_store(new_file(folder / f"{secrets.token_hex(4)}.db"), hands)
    await store.open(sole=True)
    ward = Almanac(store, hands)
    people = [await ward.role(f"c{n}", unit=f"t{n}") for n in range(LEADERS)]
    for number, due in enumerate(dues):
        await ward.round(due, f"t{number}", id=f"R{number}")
    await ward.tick(at(FIRST - DAY, 12))
    ward.heard.clear()
    models = [Model(due, FIRST - DAY) for due in dues]
    wanted: list[list[date]] = [[] for _ in models]
    for number, (power, did) in enumerate(told):
        on = FIRST + DAY * number
        for hour in HOURS[power]:
            await ward.tick(at(on, hour))
        hands.now = at(on, 15)
        for leader, model in enumerate(models):
            if power in ("up", "late") and model.look(on):
                wanted[leader].append(on)
            await _act(ward, model, leader, people[leader], *did[leader])
    assert [days_of(ward.heard, f"c{n}") for n in range(LEADERS)] == wanted
    for one in ward.heard:
        assert time(7, 30) <= one.at.astimezone(VIETNAM).time() < time(20)
    await store.close()


async def _act(ward: Almanac, model: Model, leader: int, person: str, does: str, days: int) -> None:
    unit, id, on = f"t{leader}", f"R{leader}", ward.today + DAY * days
    if does == "submitted" and await ward.hand_in("submitted", unit, id):
        model.owes = False
    elif does == "returned" and await ward.hand_in("returned", unit, id):
        model.owes = True
    elif does == "later":
        model.until = on
        await ward.store.registry_write(lambda registry: registry.reminders.snooze(person, f"r/{id}", on))
    elif does == "due":
        model.due = on
        await ward.due(on, id)


# Any words.

SAID = [
    "/nhacviec",
    "thêm hạn",
    "nhắc lại sau",
    "nhắc lại sau 0 ngày",
    "quay lại",
    "hủy",
    "20/12",
    "30/2",
    "hằng năm",
    "có",
]
said = st.lists(st.text(max_size=200) | st.sampled_from(SAID) | st.integers(0, 9), min_size=3, max_size=9)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=said)
def test_whatever_staff_say_gets_a_polite_reply(steps: list[str | int], tmp_path: Path) -> None:
    asyncio.run(_say_all(steps, tmp_path))


async def _say_all(steps: list[str | int], folder: Path) -> None:
    store = open_store(new_file(folder / f"{secrets.token_hex(4)}.db"), Morning())
    await store.open(sole=True)
    talk = Talk(store)
    await talk.cast({"roles": {"an": "staff:demo leader:tdp-05"}, "rounds": [{"form": FORM, "due": TODAY + DAY * 9}]})
    offered = [choice.value for reply in await talk.send(text="/nhacviec") for choice in reply.choices]
    for step in steps:
        pressed = offered[step % len(offered)] if isinstance(step, int) else ""
        does = {"kind": "choice", "choice": pressed} if pressed else {"text": str(step)}
        replies = await talk.send(**does)
        assert replies
        assert all(reply.text.striptags() and len(reply.text.striptags()) < 1200 for reply in replies), steps
        offered = [choice.value for reply in replies for choice in reply.choices] or offered
    await store.close()
