"""The ward of the demonstration, where everybody chooses a role."""

import pytest

from handlers.demonstration import round_id
from storage.store import Store
from tests.databases import rows
from tests.talk import Talk, knowledge, labels, plain
from tests.test_invitations import REAL, agreed, hands, roles, staffed, store

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


# The demo ward.


async def test_the_rounds_to_try_are_opened_once_a_year(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    await talk.send("an", kind="choice", choice="vaitro:thu:leader/tdp-05")
    await staffed(talk, "binh")
    forms = knowledge().library.forms
    opened = await store.registry_read(lambda registry: registry.rounds.current())
    assert len(opened) == len({round.form for round in opened})
    assert {round.form for round in opened} <= set(forms)
    assert {round.id for round in opened} == {round_id(round.form, 2026) for round in opened}
    for round in opened:
        assert set(round.units)
        assert round.period == "năm 2026"
    # A round that staff have closed stays closed.
    await store.registry_write(lambda registry: registry.rounds.close(opened[0].id))
    await staffed(talk, "cuc")
    assert len(await store.registry_read(lambda registry: registry.rounds.current())) == len(opened) - 1


@pytest.mark.parametrize("arg", ["resident", "leader", "leader/tdp-05", "staff", "admin"])
async def test_in_a_real_ward_nobody_chooses_a_role(arg: str, store: Store) -> None:
    talk = Talk(store, ward=REAL)
    await agreed(talk, "an")
    shown = await talk.send("an", text="/vaitro")
    assert labels(shown) == ["Trợ giúp"]
    assert "mã mời" in plain(shown)
    assert "Chỉ phường chạy thử" in plain(await talk.send("an", kind="choice", choice=f"vaitro:thu:{arg}"))
    assert await rows(store, "select * from role") == []
    assert await store.registry_read(lambda registry: registry.rounds.current()) == []


async def test_a_role_that_is_refused_later_ends_and_is_in_the_audit(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    await talk.send("an", text="/dulieu")
    await talk.press("Xem lại lời xin phép", chat="an")
    assert "Vai trò của anh/chị cũng hết" in plain(await talk.press("Không", chat="an"))
    assert await roles(store, "staff") == []
    actions = await rows(store, "select action from audit where subject = 'role' order by position")
    assert actions == [("given",), ("ended",)]
