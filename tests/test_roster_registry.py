"""What the registry has after a table of units was brought in."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers.enrolment import enrol, enrol_own
from storage import open_store
from storage.registry import UnitRow
from storage.store import Store
from tests.databases import ENGINES, database_url
from tests.talk import demo_ward
from tests.test_roster import HEAD

pytestmark = pytest.mark.anyio


# What the registry has afterwards.


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path))
    await store.open(sole=True)
    yield store
    await store.close()


async def bring(store: Store, text: str) -> tuple[bool, list[str]]:
    done = await store.registry_write(lambda registry: enrol(registry, demo_ward(), text.encode(), "cli"))
    return done.refused, list(done.lines)


async def rows(store: Store) -> dict[str, UnitRow]:
    found = await store.registry_read(lambda registry: registry.units.all())
    return {row.code: row for row in found}


TABLE = HEAD + "tdp-01,Tổ dân phố số 1,tdp,,120,,,\ntdp-02,Tổ dân phố số 2,tdp,,80,nông nghiệp=không,,\n"


async def test_a_table_is_brought_in_once_and_changes_are_told(store: Store) -> None:
    assert await bring(store, TABLE) == (
        False,
        [
            "Thêm 2, đổi 0, giữ 0.",
            "thêm tdp-01: Tổ dân phố số 1 (tổ dân phố)",
            "thêm tdp-02: Tổ dân phố số 2 (tổ dân phố)",
        ],
    )
    assert await bring(store, TABLE) == (False, ["Thêm 0, đổi 0, giữ 2."])
    # The ward to which they belong is there by itself.
    assert [(row.code, row.parent) for row in (await rows(store)).values()] == [
        ("demo", ""),
        ("tdp-01", "demo"),
        ("tdp-02", "demo"),
    ]
    changed = (
        "code,name,kind,households,valid_to\ntdp-02,Tổ dân phố số 2,tdp,,31/12/2026\ntdp-03,Tổ dân phố số 3,tdp,70,\n"
    )
    assert await bring(store, changed) == (
        False,
        [
            "Thêm 1, đổi 1, giữ 0.",
            "thêm tdp-03: Tổ dân phố số 3 (tổ dân phố)",
            "đổi tdp-02: số hộ “80” → trống; đến ngày trống → 31/12/2026",
            "Không có trong tệp, giữ nguyên: 1. Đơn vị nào đã hết thì ghi ngày hết của mã ấy.",
        ],
    )
    kept = (await rows(store))["tdp-02"]
    assert kept.attributes == {"nông nghiệp": False}
    assert kept.valid_to == date(2026, 12, 31)


async def test_one_wrong_line_and_nothing_is_written(store: Store) -> None:
    refused, lines = await bring(store, TABLE + "x,Tên,khối,,,,,\n")
    assert refused
    assert lines[0] == "Chưa nhập gì vì có 1 chỗ sai. Sửa từng dòng dưới đây rồi nhập lại cả tệp."
    assert lines[1].startswith("dòng 4: loại “khối” chưa có")
    assert await rows(store) == {}


async def test_every_change_of_a_unit_is_an_audit_event(store: Store) -> None:
    await bring(store, TABLE)
    await bring(store, TABLE.replace("120", "121"))
    events = await store.registry_read(lambda registry: registry.audit.of("unit", "tdp-01"))
    assert [(event.action, event.by) for event in events] == [("added", "cli"), ("changed", "cli")]


async def test_the_wards_own_units_come_in_once_and_never_over_a_table(store: Store) -> None:
    ward = demo_ward()
    for _ in range(2):
        await store.registry_write(lambda registry: enrol_own(registry, ward))
    own = await rows(store)
    assert list(own) == ["demo", *(unit.code for unit in ward.units)]
    assert own["tdp-05"].households == 131
    # What staff changed stays, and what the file has besides does not come back after a table was brought in.
    await store.registry_write(lambda registry: registry.units.save(replace(own["tdp-05"], households=1)))
    await store.registry_write(lambda registry: enrol_own(registry, ward))
    assert (await rows(store))["tdp-05"].households == 1


async def test_a_registry_that_was_brought_in_gets_nothing_of_the_demo(store: Store) -> None:
    await bring(store, TABLE)
    await store.registry_write(lambda registry: enrol_own(registry, demo_ward()))
    assert list(await rows(store)) == ["demo", "tdp-01", "tdp-02"]
