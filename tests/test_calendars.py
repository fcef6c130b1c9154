"""Calendars of units for telephones: what stands in them, the rules of RFC 5545, and the links that open them."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from channels.web import WebChat
from channels.web_calendar import calendar_route
from channels.web_server import make_server
from conversation import Attachment, PaperFile
from handlers.calendars import PATH
from papers.calendar_links import by_key
from papers.calendars import CALENDAR_TYPE, Entry, calendar
from papers.rendering import Issuer, render
from storage import open_store
from storage.handling import TransactionRecords
from storage.history import History
from storage.registry import Registry, UnitRow
from storage.reminders import OwnDeadline, Whom
from tests.almanac import DAY, Almanac, at
from tests.databases import ENGINES, Hands, database_url
from tests.talk import knowledge

pytestmark = pytest.mark.anyio

TODAY = date(2026, 9, 21)
DUE = date(2026, 10, 30)
UNIT = "tdp-05"
both_engines = pytest.mark.parametrize("ward", ENGINES, indirect=True)
LINE = re.compile(rb"[^\r\n]*\r\n")


@pytest.fixture
async def ward(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Almanac]:
    """A ward with a leader, staff and a round."""
    hands = Hands()
    hands.now = at(TODAY, 9)
    store = open_store(database_url(getattr(request, "param", "sqlite"), tmp_path), hands)
    await store.open(sole=True)
    ward = Almanac(store, hands)
    await ward.role("cuc", "staff", "demo")
    await ward.role("an")
    await ward.round(DUE)
    yield ward
    await store.close()


async def made(ward: Almanac, unit: str = UNIT) -> PaperFile:
    wanted = Attachment("calendar", {"unit": unit, "today": ward.today.isoformat()})
    issuer = Issuer("phường Tân Phong", library=lambda: knowledge().library)
    return await render(wanted, ward.store.registry_read, issuer)


async def events(ward: Almanac, unit: str = UNIT) -> list[Any]:
    """The events of a calendar, read back; each time all the rules are looked at."""
    content = (await made(ward, unit)).content
    follows_the_rules(content)
    found: Any = Calendar.from_ical(content)
    walked: list[Any] = found.walk("VEVENT")
    return walked


def follows_the_rules(content: bytes) -> None:
    """RFC 5545: 3.1 content lines, 3.4 the object, 3.6.1 events, 3.6.6 alarms."""
    assert b"".join(LINE.findall(content)) == content, "every line ends with CRLF, and nothing else breaks lines"
    assert all(len(line) <= 77 for line in LINE.findall(content)), "75 octets and the line break"
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content)
    text = content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    found: Any = Calendar.from_ical(content)
    assert found["version"] == "2.0"
    assert found["prodid"]
    assert not found.errors
    uids = []
    for event in found.walk("VEVENT"):
        for name in ("uid", "dtstamp", "dtstart", "summary", "sequence"):
            assert name in event, name
        uids.append(str(event["uid"]))
        start, end, stamp = event["dtstart"].dt, event["dtend"].dt, event["dtstamp"].dt
        assert type(start) is date
        assert end - start == DAY
        assert stamp.utcoffset() == timedelta(0)
        assert event["sequence"] >= 0
        for alarm in event.walk("VALARM"):
            assert alarm["action"] == "DISPLAY"
            assert alarm["description"]
            assert isinstance(alarm["trigger"].dt, timedelta)
    assert len(set(uids)) == len(uids)


def told(found: list[Any]) -> list[tuple[date, str]]:
    return [(event["dtstart"].dt, str(event["summary"])) for event in found]


def alarms(event: Any) -> list[timedelta]:
    return sorted(alarm["trigger"].dt for alarm in event.walk("VALARM"))


# What stands in it.


async def test_what_a_unit_owes_stands_on_its_last_day_with_alarms_in_the_morning(ward: Almanac) -> None:
    file = await made(ward)
    assert (file.name, file.media_type) == ("han-nop_tdp-05.ics", CALENDAR_TYPE)
    [event] = await events(ward)
    assert told([event]) == [(DUE, "Hạn nộp: Tự đánh giá tổ dân phố, bản, năm 2026")]
    morning = timedelta(hours=7, minutes=30)
    assert alarms(event) == [morning - DAY * days for days in (30, 7, 3, 1, 0)]
    assert event["transp"] == "TRANSPARENT"
    assert event["class"] == "PRIVATE"
    assert "Gõ biểu mẫu" in event["description"]


@both_engines
async def test_an_event_keeps_its_name_and_counts_its_changes(ward: Almanac) -> None:
    seen: list[tuple[str, int, datetime]] = []

    async def look() -> Any:
        [event] = await events(ward)
        seen.append((str(event["uid"]), event["sequence"], event["dtstamp"].dt))
        ward.hands.pass_by(60)
        return event

    await look()
    # Nothing has changed: not even a second of it.
    await look()
    assert seen[0] == seen[1]
    await ward.due(DUE - DAY)
    assert (await look())["dtstart"].dt == DUE - DAY
    await ward.hand_in()
    event = await look()
    assert str(event["summary"]).startswith("Đã nộp: ")
    assert alarms(event) == []
    await ward.hand_in("returned")
    assert alarms(await look())
    await ward.store.registry_write(lambda registry: registry.reminders.silence("r/R1", None, "staff"))
    assert alarms(await look()) == []
    await ward.store.registry_write(lambda registry: registry.reminders.wake("r/R1", "staff"))
    assert alarms(await look())
    await ward.hand_in()
    await look()
    await ward.hand_in("withdrawn")
    assert alarms(await look())
    # Begun once more: another submission, whose own count begins anew.
    assert await ward.hand_in()
    assert str((await look())["summary"]).startswith("Đã nộp: ")
    assert len({uid for uid, _, _ in seen}) == 1
    changes = seen[1:]
    assert all(one[1] < other[1] and one[2] < other[2] for one, other in pairwise(changes))


async def test_the_ward_sees_what_documents_ask_of_it_and_the_rounds(ward: Almanac) -> None:
    found = await events(ward, "demo")
    assert told(found) == [
        (date(2026, 9, 30), "Rà soát, trình danh sách tổ trưởng, trưởng thôn đủ điều kiện khen niên hạn"),
        (DUE, "Hết hạn đợt: Tự đánh giá tổ dân phố, bản, năm 2026"),
        (date(2026, 10, 31), "Báo cáo kết quả thực hiện Kế hoạch 71"),
    ]
    assert alarms(found[0])
    assert alarms(found[1]) == []
    # The last day is a Saturday.
    assert "phường nghỉ; nên xong trước, muộn nhất 30/10/2026" in found[2]["description"]
    await ward.store.registry_write(
        lambda registry: registry.reminders.silence("d/kh71-han-phuong", date(2026, 9, 30), "staff")
    )
    assert alarms((await events(ward, "demo"))[0]) == []


@both_engines
async def test_the_ward_s_own_deadlines_stand_where_they_are_meant(ward: Almanac) -> None:
    def add(
        id: str, whom: Whom, *, last: date = date(2026, 12, 18), yearly: bool = False
    ) -> Callable[[Registry], None]:
        own = OwnDeadline(id, "demo", f"Việc {id}", last, yearly, whom, "staff", datetime(2026, 9, 21, tzinfo=UTC))
        return lambda registry: registry.reminders.add(own)

    await ward.store.registry_write(add("a", "all"))
    await ward.store.registry_write(add("s", "staff"))
    await ward.store.registry_write(add("l", "leaders"))
    await ward.store.registry_write(add("y", "leaders", last=date(2024, 2, 29), yearly=True))
    leader, staff = told(await events(ward)), told(await events(ward, "demo"))
    assert {what for _, what in leader} >= {"Việc a", "Việc l", "Việc y"}
    assert "Việc s" not in {what for _, what in leader}
    assert {what for _, what in staff} >= {"Việc a", "Việc s"}
    assert [on for on, what in leader if what == "Việc y"] == [date(2026, 2, 28), date(2027, 2, 28)]
    await ward.store.registry_write(lambda registry: registry.reminders.end("a", "staff"))
    assert "Việc a" not in {what for _, what in told(await events(ward))}


texts = st.text(st.characters(codec="utf-8"), max_size=200)


@given(name=texts, what=texts, about=texts)
def test_any_words_make_a_calendar_that_can_be_read(name: str, what: str, about: str) -> None:
    entry = Entry("x@ban-pho", DUE, what, about, 3, datetime(2026, 9, 21, tzinfo=UTC))
    content = calendar(UnitRow("t", name, "tổ dân phố"), [entry], "phường").content
    follows_the_rules(content)


# The links.


@asynccontextmanager
async def served(ward: Almanac, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The web server with the route, on loopback."""

    find = by_key(ward.store.registry_read, "phường Tân Phong", lambda: knowledge().library, lambda: ward.today)
    web = WebChat(b"a secret of the tests", History(ward.store), "Phường thử", routes=[calendar_route(PATH, find)])
    server = make_server(web.app, "127.0.0.1", 0, web.stop_streams)
    serving = asyncio.create_task(server.serve())
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=20) as client:
            yield client
    finally:
        server.stop()
        await serving


async def key_of(ward: Almanac, chat: str, unit: str, *, renewed: bool = False) -> str:
    def work(records: TransactionRecords) -> str:
        [role] = [one for one in records.registry.roles.in_unit(unit, ward.today) if one.name == chat]
        return records.registry.reminders.calendar(role.person, unit, renewed=renewed)

    return await ward.write(work)


@both_engines
async def test_a_link_opens_the_calendar_until_it_is_renewed(ward: Almanac, tmp_path: Path) -> None:
    async with served(ward, tmp_path) as web:
        key = await key_of(ward, "an", UNIT)
        got = await web.get(f"{PATH}/{key}.ics")
        assert got.status_code == 200
        assert got.headers["content-type"] == CALENDAR_TYPE
        assert "private" in got.headers["cache-control"]
        assert got.content == (await made(ward)).content
        again = await web.get(f"{PATH}/{key}.ics", headers={"If-None-Match": got.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        await ward.due(DUE - DAY)
        changed = await web.get(f"{PATH}/{key}.ics", headers={"If-None-Match": got.headers["etag"]})
        assert changed.status_code == 200
        new = await key_of(ward, "an", UNIT, renewed=True)
        gone = await web.get(f"{PATH}/{key}.ics")
        assert gone.status_code == 404
        assert "gõ /lich" in gone.text
        assert (await web.get(f"{PATH}/{new}.ics")).status_code == 200


@both_engines
async def test_a_link_ends_with_the_role_of_its_owner(ward: Almanac, tmp_path: Path) -> None:
    async with served(ward, tmp_path) as web:
        mine, wards = await key_of(ward, "an", UNIT), await key_of(ward, "cuc", "demo")
        assert (await web.get(f"{PATH}/{wards}.ics")).status_code == 200

        def end(records: TransactionRecords) -> None:
            [role] = records.registry.roles.in_unit(UNIT, ward.today)
            records.registry.roles.end(role.id, ward.today, "test")

        await ward.write(end)
        assert (await web.get(f"{PATH}/{mine}.ics")).status_code == 404
        assert (await web.get(f"{PATH}/{wards}.ics")).status_code == 200


@pytest.mark.parametrize("path", ["x.ics", "%00.ics", f"{'0' * 32}.ics", f"{'0' * 3000}.ics", "' or 1=1 --.ics"])
async def test_a_guess_opens_nothing(path: str, ward: Almanac, tmp_path: Path) -> None:
    await key_of(ward, "an", UNIT)
    async with served(ward, tmp_path) as web:
        assert (await web.get(f"{PATH}/{path}")).status_code == 404
        assert (await web.post(f"{PATH}/{'0' * 32}.ics")).status_code in (404, 405)
