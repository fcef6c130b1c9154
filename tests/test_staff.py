"""What ward staff do: two at once, whatever is typed or pressed, who may, a real workbook, and how fast."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import open_store
from storage.registry import Registry, Submission
from storage.store import Store
from tests.databases import ENGINES, database_url
from tests.talk import TODAY, Talk, plain
from tests.test_conversations import WHOLE, well_said

pytestmark = pytest.mark.anyio

FORM = "tp-tu-danh-gia"
STAFF: dict[str, Any] = {
    "roles": {"an": "leader:tdp-05", "binh": "staff:demo", "chi": "staff:demo"},
    "names": {"an": "bà Lan", "binh": "anh Bình", "chi": "chị Chi"},
    "rounds": [{"form": FORM, "units": ["tdp-05", "tdp-06"]}],
}
CARD = "Tổ dân phố số 5: Tự đánh giá tổ dân phố, bản"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async for opened in _opened("sqlite", tmp_path):
        yield opened


@pytest.fixture(params=ENGINES)
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async for opened in _opened(request.param, tmp_path):
        yield opened


async def _opened(engine: str, folder: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(engine, folder))
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


async def submissions(store: Store, unit: str = "tdp-05") -> list[Submission]:
    """What a unit handed in, newest change first."""
    return await store.registry_read(lambda registry: list(registry.submissions.of_unit(unit)))


async def looked_at(talk: Talk, *chats: str) -> None:
    """These staff have the submission of Tổ 5 before them."""
    for chat in chats:
        await talk.send(text="/duyet", chat=chat)
        await talk.press(CARD, chat=chat)


# Who may.

COMMANDS = ("/canbo", "/duyet", "/dot", "/modot", "/tiendo", "/xuat", "/nhapthay", "duyệt tổ 5", "mở đợt", "tiến độ")
PRESSES = (
    *("canbo", "duyet", "duyet:bai:{id}", "duyet:nhan:{code}:1", "duyet:tra:{code}:1", "duyet:lichsu:{code}:1"),
    *("dot", "dot:xem:r1", "dot:dongthat:r1:1", "modot", "suadot:han:r1", "suadot:dv:r1", "tiendo:dot:r1"),
    *(
        "tiendo:anh:r1",
        "xuat:dang:r1/docx",
        "nhapthay:dv:r1/tdp-06",
        "rutthay:bai:{id}",
        "bangiay:nhap:{id}",
        "nhapthay:maucua:r1/tdp-06",
    ),
)


@pytest.mark.parametrize("chat", ["an", "nobody"])
async def test_nobody_but_staff_gets_anything_of_this(chat: str, either: Store) -> None:
    talk = Talk(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    [before] = await submissions(either)
    code = before.code.removeprefix("BN-")
    for text in COMMANDS:
        assert "Việc này dành cho" in plain(await talk.send(text=text, chat=chat)), text
    for template in PRESSES:
        value = template.format(id=before.id, code=code)
        assert "Việc này dành cho" in plain(await talk.send(kind="choice", choice=value, chat=chat)), value
    assert await submissions(either) == [before]


async def test_staff_of_another_ward_see_nothing_and_change_nothing(either: Store) -> None:
    talk = Talk(either)
    other = {"units": [{"code": "khac", "name": "phường Khác", "kind": "phường", "parent": ""}]}
    await talk.cast(STAFF | other | {"submissions": [{"unit": "tdp-05"}], "roles": {"dung": "staff:khac"}})
    [before] = await submissions(either)
    round = await either.registry_read(lambda registry: registry.rounds.get("r1"))
    code = before.code.removeprefix("BN-")
    for template in PRESSES:
        value = template.format(id=before.id, code=code)
        for reply in await talk.send(kind="choice", choice=value, chat="dung"):
            assert "Tổ dân phố số 5" not in reply.text, value
            assert "năm 2026" not in reply.text, value
            assert not reply.attachments, value
    assert await submissions(either) == [before]
    assert await either.registry_read(lambda registry: registry.rounds.get("r1")) == round


async def test_a_role_that_has_ended_ends_in_the_middle_of_everything(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh")

    def dismissed(registry: Registry) -> None:
        for role in registry.roles.holders("staff", TODAY):
            registry.roles.end(role.id, TODAY, "cli")

    await store.registry_write(dismissed)
    assert "Việc này dành cho" in plain(await talk.press("Nhận bài", chat="binh"))
    [submission] = await submissions(store)
    assert submission.state == "submitted"


# Whatever is typed or pressed.

TYPED = [
    *("/duyet", "/dot", "/tiendo", "/xuat", "/nhapthay", "/canbo", "mở đợt", "biểu mẫu", "duyệt tổ 5", "BN-000000"),
    *("3.5 thiếu ảnh", "3.5 3.9", "4.5", "9.9", "cả bài", "nhận", "trả lại", "quay lại", "hủy", "3.5", "12", "tổ 5"),
    *("1-5", "tất cả", "tất cả trừ 3", "2026", "năm 2027", "20/12/2026", "30/2/2026", "không đặt hạn", "để sau"),
    *("Nguyễn Văn A, Chủ tịch", "trên 50%", "Điều 4 Nghị định 59/2023/NĐ-CP", "số 12, ngày 20/11/2026", "Trần Văn Ba"),
    *("hạn nộp", "tiêu chí 3.15 là gì?", "có hết", "không", "x" * 3000, "", "🙂", "²", "٣.٥"),
]
FLOWS = ["duyet", "dot", "modot", "suadot", "tiendo", "xuat", "nhapthay", "bangiay", "rutthay", "canbo"]
VERBS = [
    *("", "bai", "bieu", "dv", "donvi", "hang", "trang", "nhan", "tralai", "tra", "muc", "bat", "tr", "xong", "chung"),
    *("nhu", "lai", "lydo", "ve", "lichsu", "tep", "tiep", "xem", "dong", "dongthat", "mau", "ky", "han", "nguoiky"),
    *("mo", "den", "votes", "long_service", "ratio", "dot", "anh", "cho", "dang", "moi", "maucua", "rut", "nhap"),
]
values = st.builds(
    lambda flow, verb, arg, revision: f"{flow}:{verb}:{arg}:{revision}",
    st.sampled_from(FLOWS),
    st.sampled_from(VERBS),
    st.sampled_from(["", "r1", "r1/tdp-05", "r1/docx", "r2/9", "0", "²", "het//3", "*", "khong"])
    | st.text(max_size=12),
    st.sampled_from(["", "0", "1", "2", "x"]),
)
step = st.integers(0, 99) | st.sampled_from(TYPED) | st.text(max_size=40) | values.map(lambda value: ("", value))
steps = st.lists(step, min_size=4, max_size=14)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
async def test_any_way_through_what_staff_do_is_polite(steps: list[Any], store: Store) -> None:
    talk = Talk(store)
    somebody = secrets.token_hex(4)
    cast: dict[str, Any] = {"roles": {somebody: "staff:demo"}, "names": {somebody: "chị Chi"}}
    if not await store.registry_read(lambda registry: registry.rounds.every()):
        handed_in = [{"unit": "tdp-05"}, {"unit": "tdp-06", "state": "returned"}]
        cast |= {"rounds": [{"form": FORM}, {"form": "hop-to"}], "submissions": handed_in}
    await talk.cast(cast)
    offered = ["duyet"]
    for step in steps:
        if isinstance(step, tuple):
            replies = await talk.send(kind="choice", choice=step[1], chat=somebody)
        elif isinstance(step, int):
            replies = await talk.send(kind="choice", choice=offered[step % len(offered)], chat=somebody)
        else:
            replies = await talk.send(text=step, chat=somebody)
        assert replies, steps
        for reply in replies:
            whole = any(value.startswith(WHOLE) for value in offered)
            # What people typed may stand in it, and may hold anything.
            said = replace(reply, text=type(reply.text)(reply.text.replace("!", ".")))
            well_said(said, f"{steps}: {step}", whole=whole)
        offered = [choice.value for reply in replies for choice in reply.choices] or offered
    for unit in ("tdp-05", "tdp-06"):
        for submission in await submissions(store, unit):
            assert submission.state in ("draft", "submitted", "returned", "accepted", "withdrawn")
