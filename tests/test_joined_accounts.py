"""Two accounts that become one person, and one that leaves again."""

import pytest

from storage.store import Store
from tests.databases import Hands, rows
from tests.talk import Talk, labels, plain
from tests.test_invitations import agreed, hands, staffed, store

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


# Joined accounts.


async def test_drafts_roles_and_settings_go_along(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "an")
    await talk.send("an", text="english")
    await talk.send("an", kind="choice", choice="vaitro:thu:leader/tdp-05")
    await talk.send("an", text="/bieumau")
    begin = next(label for label in labels(talk.replies) if "công trình giúp dân" in label)
    await talk.press(begin, chat="an")
    await talk.send("an", text="/huy")
    await talk.send("an", kind="choice", choice="lienket:ma")
    code = talk.code
    await talk.send("z", "zalo", text=code)
    joined = await talk.send("z", "zalo", kind="choice", choice=talk.value("Nối hai tài khoản", "z"))
    assert "người phụ trách Tổ dân phố số 5" in plain(joined)
    assert len(await rows(store, "select id from person")) == 1
    # The draft of the one is that of the other, in the language that was chosen there.
    listed = await talk.send("z", "zalo", text="/bieumau")
    assert any(label.endswith(begin.partition(": ")[2]) and label != begin for label in labels(listed)), labels(listed)
    assert "Your accounts" in plain(await talk.send("z", "zalo", text="/lienket"))
    # Each is answered where they wrote.
    assert {reply.text for reply in talk.told.get("an", [])} == set()
    assert await talk.send("an", text="/bieumau") == listed


async def test_a_linking_code_lives_for_minutes_and_once_and_the_newest_counts(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "an")
    await talk.send("an", kind="choice", choice="lienket:ma")
    first = talk.code
    await talk.send("an", kind="choice", choice="lienket:ma")
    second = talk.code
    assert "chưa đúng" in plain(await talk.send("z", "zalo", text=first))
    await talk.send("z", "zalo", text=second)
    hands.pass_by(601)
    # Too late, also where the question was asked in time.
    assert "đã hết hạn" in plain(await talk.press("Nối hai tài khoản", chat="z", channel="zalo"))
    assert "chưa đúng" in plain(await talk.send("z", "zalo", text=second))
    assert len(await rows(store, "select id from person")) == 2


async def test_who_is_unlinked_is_somebody_new_and_the_other_keeps_all(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    await talk.send("an", kind="choice", choice="lienket:ma")
    await talk.send("z", "zalo", text=talk.code)
    await talk.press("Nối hai tài khoản", chat="z", channel="zalo")
    shown = await talk.send("z", "zalo", text="/lienket")
    own = next(label for label in labels(shown) if label.startswith("Tách Zalo"))
    assert "đang dùng" in own
    assert "Đã tách Zalo" in plain(await talk.press(own, chat="z", channel="zalo"))
    assert "Việc này dành cho" in plain(await talk.send("z", "zalo", text="/moi"))
    assert "Mời người phụ trách" in plain(await talk.send("an", text="/moi"))
    assert len(await rows(store, "select id from person")) == 2


async def test_three_channels_may_be_one_person(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    for chat in ("z1", "z2"):
        await talk.send("an", kind="choice", choice="lienket:ma")
        await talk.send(chat, "zalo", text=talk.code)
        await talk.press("Nối hai tài khoản", chat=chat, channel="zalo")
    assert len(await rows(store, "select id from person")) == 1
    shown = labels(await talk.send("an", text="/lienket"))
    assert len([label for label in shown if label.startswith("Tách")]) == 3
