"""What staff see of an announcement that is under way: it is not done too early, and nothing twice."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Attachment
from handlers.sendings import state_line
from handlers.translation import Translator
from papers.rendering import Issuer, render
from storage import open_store
from storage.announcements import Announcement, Progress
from storage.store import Store
from tests.databases import Hands, new_file, rows
from tests.talk import Morning, Talk, plain
from tests.test_conversations import well_said
from tests.test_media import told

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
WARD: dict[str, Any] = {
    "roles": {"binh": "staff:demo", "chi": "staff:demo"},
    "homes": {"an": "tdp-05", "dung": "tdp-06"},
}


@pytest.fixture
def clock() -> Hands:
    return Morning()


@pytest.fixture
async def store(tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    store = open_store(new_file(tmp_path / "talk.db"), clock)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


async def written(talk: Talk, text: str = "Họp tổ.", kind: str = "Thường") -> None:
    """Staff write one for everybody and see it before it goes."""
    await talk.cast(WARD)
    await talk.send("binh", text="/guitin")
    await talk.send("binh", text=text)
    await talk.press(kind, chat="binh")
    await talk.press("Xong phần người nhận", chat="binh")


async def newest(store: Store) -> Announcement:
    return await store.registry_read(lambda registry: registry.announcements.recent()[0])


@given(
    unknown=st.integers(0, 3), offered=st.integers(0, 3), left=st.integers(0, 3), total=st.none() | st.integers(0, 3)
)
def test_it_is_never_done_while_anything_is_undecided(unknown: int, offered: int, left: int, total: int | None) -> None:
    for state in ("filling", "sending", "paused", "done", "cancelled"):
        seen = Progress(state, 3, total, 0, {}, unknown, offered, left, 1.0, {})
        said = state_line(Translator("vi"), replace(told("x"), state=state), seen, NOW)
        assert ("Xong" in said) == (state == "done" and not unknown + offered + left)


async def test_the_progress_message_changes_until_the_end(store: Store) -> None:
    talk = Talk(store)
    await written(talk)
    await talk.press("Gửi cho 4 người", chat="binh")
    first = plain(talk.told["binh"])
    assert "Đã gửi 4/4" not in first
    await talk.send("an", text="/thongbao")
    last = plain(talk.told["binh"])
    assert "Đã gửi 4/4" in last
    assert "Xong." in last


async def test_pressing_twice_sends_once(store: Store) -> None:
    talk = Talk(store)
    await written(talk)
    button = talk.value("Gửi cho 4 người", "binh")
    for _ in range(3):
        await talk.send("binh", kind="choice", choice=button)
    assert await rows(store, "select person from outbox where announcement is not null group by person") != []
    assert len(await rows(store, "select id from outbox where announcement is not null")) == 4
    assert len(await rows(store, "select id from announcement")) == 1


async def test_what_changed_since_it_was_shown_is_shown_again(store: Store) -> None:
    talk = Talk(store)
    await written(talk)
    button = talk.value("Gửi cho 4 người", "binh")
    await talk.press("Đổi loại", chat="binh")
    await talk.press("Quan trọng", chat="binh")
    assert "vừa được sửa" in plain(await talk.send("binh", kind="choice", choice=button))
    assert (await newest(store)).state == "draft"


async def test_at_night_it_waits_unless_staff_say_otherwise(store: Store, clock: Hands) -> None:
    talk = Talk(store)
    # 22:00 in the ward.
    clock.pass_by(13 * 3600)
    await written(talk)
    assert "chờ tới 06:00 ngày 22/11/2026" in plain(talk.replies)
    await talk.press("Gửi cả trong giờ yên tĩnh", chat="binh")
    await talk.press("Gửi cho 4 người", chat="binh")
    assert "Họp tổ." in plain(talk.told["an"])
    id = (await newest(store)).id
    events = await store.registry_read(lambda registry: registry.audit.of("announcement", id))
    assert any("quiet hours" in event.after for event in events)


async def test_whom_it_did_not_reach_comes_as_a_file_and_gets_it_again(store: Store, clock: Hands) -> None:
    talk = Talk(store)
    await talk.cast(WARD)
    await store.database.write(
        lambda transaction: transaction.execute("update address set unreachable = 'blocked' where chat = 'an'")
    )
    await talk.send("binh", text="/guitin")
    await talk.send("binh", text="Họp tổ.")
    await talk.press("Quan trọng", chat="binh")
    await talk.press("Xong phần người nhận", chat="binh")
    assert "Không tới được 1 người: đã chặn Bạn Phố 1" in plain(talk.replies)
    await talk.press("Gửi cho 3 người", chat="binh")
    await talk.send("binh", text="tin đã gửi")
    await talk.send("binh", text="1")
    await talk.press("Danh sách người chưa nhận", chat="binh")
    (file,) = talk.replies[0].attachments
    content = (await render(file, store.registry_read, Issuer("phường Tân Phong"))).content.decode("utf-8-sig")
    assert content.count("\r\n") == 2
    assert "Tổ dân phố số 5" in content
    clock.pass_by(60)
    again = await talk.press("Gửi lại cho người chưa nhận", chat="binh")
    assert "Chưa có ai nhận được tin này" in plain(again)
    await talk.send("an", text="xin chào")
    await talk.send("binh", text="tin đã gửi")
    await talk.send("binh", text="1")
    await talk.press("Sửa tiếp", chat="binh")
    await talk.press("Gửi cho 1 người", chat="binh")
    assert "Họp tổ." in plain(talk.told["an"])
    assert "dung" not in talk.told
    assert "phường biết anh/chị đã đọc" in plain(await talk.press("Đã đọc", chat="an"))


@pytest.mark.parametrize("format", ["sheet", "script", "sms"])
async def test_each_medium_is_made_from_what_is_kept(format: str, store: Store) -> None:
    talk = Talk(store)
    await written(talk, "Họp lúc 19h30.")
    file = Attachment("notice", {"announcement": (await newest(store)).id, "format": format})
    assert len((await render(file, store.registry_read, Issuer("phường Tân Phong"))).content) > 40


async def test_the_picture_of_a_poll_is_made_from_what_is_kept(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(WARD)
    for text in ("/guitin", "hỏi thăm dò", "Họp ngày nào?", "Thứ bảy; Chủ nhật"):
        await talk.send("binh", text=text)
    for label in ("Thường", "Xong phần người nhận", "Gửi cho 4 người"):
        await talk.press(label, chat="binh")
    button = talk.value("Thứ bảy", "an").replace("chon", "anhkq").partition("/")[0]
    assert "Chưa có ai trả lời" in plain(await talk.send("binh", kind="choice", choice=button))
    await talk.press("Thứ bảy", chat="an")
    assert "dành cho cán bộ" in plain(await talk.send("an", kind="choice", choice=button))
    await talk.send("binh", kind="choice", choice=button)
    (picture,) = talk.replies[0].attachments
    file = await render(picture, store.registry_read, Issuer("phường Tân Phong"))
    assert file.content.startswith(b"\x89PNG")


async def test_a_trial_goes_to_ones_other_channel_only(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(WARD)
    await store.database.write(
        lambda transaction: transaction.execute(
            "insert into address (channel, chat, person, seen_at)"
            " select 'zalo', 'binh-z', person, seen_at from address where chat = 'binh'"
        )
    )
    await written(talk)
    replies = await talk.press("Xem từng kênh, từng đơn vị", chat="binh")
    assert "Zalo, 0 người: chỉ có chữ" in plain(replies)
    assert "Đã gửi thử tới Zalo" in plain(await talk.press("Gửi thử tới kênh khác của tôi", chat="binh"))
    assert set(talk.told) == {"binh-z"}
    trial = talk.told["binh-z"]
    assert [part for part in ("Bản gửi thử", "Họp tổ.") if part in plain(trial)] == ["Bản gửi thử", "Họp tổ."]
    # None of its buttons does anything yet.
    for choice in trial[-1].choices:
        talk.heard["binh-z"] = trial
        said = await talk.send("binh-z", channel="zalo", kind="choice", choice=choice.value)
        assert "bản xem trước" in plain(said)
    assert await rows(store, "select person from subscription") == []
    assert (await newest(store)).state == "draft"


async def test_what_is_typed_in_a_preview_does_not_take_one_off_the_list(store: Store) -> None:
    talk = Talk(store)
    await written(talk)
    assert "bản xem trước" in plain(await talk.press("Thôi nhận tin", chat="binh"))
    assert "Đã dừng" in plain(await talk.send("binh", text="thôi"))
    assert await rows(store, "select person from subscription") == []
    assert (await newest(store)).state == "draft"


TYPED = [
    "/guitin",
    "tin đã gửi",
    "Họp tổ 5 lúc 19h30 <b>nhé</b>",
    "1-5, 8",
    "7 giờ sáng mai",
    "quay lại",
    "thôi",
    "",
    "A;B",
    "sông",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 199) | st.sampled_from(TYPED), min_size=4, max_size=16))
async def test_any_way_through_an_announcement_is_polite(steps: list[int | str], store: Store) -> None:
    talk = Talk(store)
    who = secrets.token_hex(4)
    await talk.cast({"roles": {who: "staff:demo"}})
    offered = ["guitin"]
    for step in steps:
        does = {"text": step} if isinstance(step, str) else {"kind": "choice", "choice": offered[step % len(offered)]}
        replies = await talk.send(who, **does)
        assert replies
        for reply in replies:
            well_said(reply, f"{steps}: {step}")
        offered = [choice.value for reply in replies for choice in reply.choices] or offered
