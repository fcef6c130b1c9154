"""Codes that give a role or join two accounts: what of them is kept, how long they hold, and who gets what."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.invitations import issue
from handlers.passcodes import MOST_WRONG, Purpose, digest, fresh
from storage import open_store
from storage.registry import Invitation, Registry, Tenure, UnitRow
from storage.store import Store
from tests.databases import ENGINES, Hands, database_url, everything, rows
from tests.talk import TODAY, Talk, demo_ward, plain

pytestmark = pytest.mark.anyio

PURPOSES: tuple[Purpose, ...] = ("invitation", "link")
REAL = replace(demo_ward(), fictitious=False)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path), hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


async def invited(store: Store, unit: str = "tdp-05", role: str = "leader", by: str = "cli") -> str:
    """The code of a new invitation."""
    wanted = next(one for one in ("leader", "staff", "admin") if one == role)

    def work(registry: Registry) -> str:
        row = registry.units.get(unit)
        assert row is not None
        return issue(registry, wanted, row, "Lò Thị Mai", by).code

    return await store.registry_write(work)


async def roles(store: Store, role: str = "leader") -> list[Tenure]:
    wanted = next(one for one in ("leader", "staff", "admin") if one == role)
    return list(await store.registry_read(lambda registry: registry.roles.holders(wanted, TODAY)))


async def agreed(talk: Talk, chat: str, channel: str = "pretend") -> None:
    """Somebody who has answered the notice."""
    await talk.send(chat, channel, text="/start")
    await talk.press("Đồng ý", chat=chat, channel=channel)


async def staffed(talk: Talk, chat: str) -> None:
    """Somebody who tries to be staff."""
    await agreed(talk, chat)
    await talk.send(chat, kind="choice", choice="vaitro:thu:staff")


# Invitations.


async def test_of_a_code_only_its_hash_is_kept(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "can-bo")
    await talk.send("can-bo", text="/moi")
    await talk.send("can-bo", text="5")
    await talk.send("can-bo", text="Lò Thị Mai")
    bare = talk.code.replace("-", "")
    await talk.send("mai", text=f"/start {bare}")
    for kept in (await everything(store), str(await rows(store, "select payload, chat from inbox"))):
        assert talk.code not in kept
        assert bare not in kept
    assert await rows(store, "select hash from invitation") == [(digest("invitation", bare),)]
    await talk.press("Đồng ý", chat="mai")
    assert await rows(store, "select hash from invitation") == []
    assert [(tenure.name, tenure.unit) for tenure in await roles(store)] == [("Lò Thị Mai", "tdp-05")]


async def test_a_code_holds_for_its_time(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    await agreed(talk, "on")
    early, late = await invited(store), await invited(store)
    hands.pass_by(timedelta(days=7).total_seconds() - 1)
    assert "Từ hôm nay" in plain(await talk.send("mai", text=early))
    hands.pass_by(1)
    assert "đã hết hạn" in plain(await talk.send("on", text=late))


async def test_a_code_that_expires_while_the_notice_is_read_gives_nothing(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "x")
    assert "Xin phép" in plain(await talk.send("mai", text=await invited(store)))
    hands.pass_by(timedelta(days=8).total_seconds())
    assert "đã hết hạn" in plain(await talk.press("Đồng ý", chat="mai"))
    assert await roles(store) == []


async def test_a_code_of_a_unit_that_is_gone_gives_nothing_and_is_not_used_up(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    code = await invited(store)

    def ends(registry: Registry) -> None:
        row = registry.units.get("tdp-05")
        assert row is not None
        registry.units.save(replace(row, valid_to=TODAY - timedelta(days=1)))

    await store.registry_write(ends)
    assert "không còn trong danh sách" in plain(await talk.send("mai", text=code))
    assert len(await rows(store, "select hash from invitation")) == 1


async def test_of_two_who_take_a_code_at_once_one_gets_it(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    hash = digest("invitation", (await invited(store)).replace("-", ""))

    def take(registry: Registry) -> Invitation | None:
        return registry.roles.take(hash)

    taken = await asyncio.gather(*(store.registry_write(take) for _ in range(8)))
    assert sum(invitation is not None for invitation in taken) == 1


async def test_ten_wrong_codes_within_an_hour_lock_for_an_hour(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    code = await invited(store)
    wrong = [fresh("invitation", lambda: secrets.choice(["A2B3C4", "D5E6F7"])) for _ in range(MOST_WRONG)]
    hands.pass_by(30)
    for one in wrong[:-1]:
        assert "chưa đúng" in plain(await talk.send("mai", text=one))
        hands.pass_by(300)
    # 45 minutes after the first one; 00:45:30 UTC is 07:45 here.
    said = plain(await talk.send("mai", text=wrong[-1]))
    assert "tạm không nhận mã từ đây đến 08:45 ngày 01/3/2026" in said
    hands.pass_by(3_599)
    assert "tạm không nhận" in plain(await talk.send("mai", text=code))
    hands.pass_by(1)
    assert "Từ hôm nay" in plain(await talk.send("mai", text=code))


async def test_wrong_codes_in_the_middle_of_something_are_counted_too(store: Store) -> None:
    talk = Talk(store)
    await talk.cast({"roles": {"an": "leader:tdp-05"}, "rounds": ["ducpho-tuyen-duong"]})
    for text in ("biểu mẫu", "1", "thêm"):
        await talk.send(text=text)
    for _ in range(MOST_WRONG):
        code = fresh("invitation", lambda: secrets.choice(["A2B3C4", "D5E6F7"]))
        assert "Mã này" not in plain(await talk.send(text=code))
        await talk.send(text="quay lại")
    held = await invited(store)
    # No code is taken any more, here or elsewhere: in a form it is an answer.
    assert "mời anh/chị làm" not in plain(await talk.send(text=held))
    await talk.send(text="lưu")
    assert "tạm không nhận mã" in plain(await talk.send(text=held))


async def test_an_invitation_comes_with_its_link_as_a_picture(store: Store) -> None:
    talk = Talk(store)
    await talk.cast({"roles": {"binh": "staff:demo"}})
    for text in ("mời người phụ trách", "tổ 5"):
        await talk.send(text=text, chat="binh")
    *_, said = await talk.send(text="Lò Thị Mai", chat="binh")
    [picture] = said.attachments
    assert picture.kind == "qr"
    assert picture.params["text"] == f"https://t.me/BanPhoBot?start={talk.code.replace('-', '')}"
    assert picture.params["text"] in said.text


async def test_wrong_codes_far_apart_lock_nobody(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    for _ in range(3 * MOST_WRONG):
        assert "chưa đúng" in plain(await talk.send("mai", text="2222-2222-222A"))
        hands.pass_by(401)
    # What is older than two hours is not kept.
    assert len(await rows(store, "select at from wrong_code")) <= 18


async def test_the_lock_stays_with_the_sender_after_everything_was_deleted(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "chat-4711")
    for _ in range(MOST_WRONG):
        await talk.send("chat-4711", text="222-222-22A")
    await talk.send("chat-4711", text="xóa dữ liệu của tôi")
    await talk.press("Xóa hết", chat="chat-4711")
    assert "chat-4711" not in await everything(store)
    assert "tạm không nhận" in plain(await talk.send("chat-4711", text="222-222-22A"))
    # And with nobody else.
    assert "chưa đúng" in plain(await talk.send("on", text="222-222-22A"))


async def test_staff_of_another_ward_neither_invite_nor_end_here(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    await talk.send("mai", text=await invited(store))
    (tenure,) = await roles(store)
    await staffed(talk, "la")

    def moves(registry: Registry) -> None:
        registry.units.save(replace(load_row(registry, "demo"), code="khac", name="phường Khác"))
        (held,) = registry.roles.holders("staff", TODAY)
        registry.roles.end(held.id, TODAY, "test")
        registry.roles.give(held.person, "", "staff", "khac", TODAY, "test")

    await store.registry_write(moves)
    await talk.send("la", text="/moi")
    assert "chưa rõ đơn vị nào" in plain(await talk.send("la", text="5"))
    for button in (f"moi:ket:{tenure.id}", f"moi:het:{tenure.id}:1", "moi:tiep:leader/tdp-05"):
        assert "Việc này dành cho" in plain(await talk.send("la", kind="choice", choice=button))
    assert [one.id for one in await roles(store)] == [tenure.id]


def load_row(registry: Registry, code: str) -> UnitRow:
    row = registry.units.get(code)
    assert row is not None
    return row
