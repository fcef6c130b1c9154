"""What ward staff do: two at once, whatever is typed or pressed, who may, a real workbook, and how fast."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from conversation import Incoming, PaperFile, Reply
from knowledge.blank_json import packed, unpacked
from knowledge.field_values import LIMITS
from knowledge.forms import version_of
from papers.blank_lines import ANSWER, ID
from papers.blanks import blank
from papers.intake import XLSX, taken_in
from papers.rendering import Issuer, render
from storage import open_store
from storage.handling import TransactionRecords
from storage.records import Conversation, Person
from storage.registry import Registry, Submission
from storage.store import Store
from tests.databases import ENGINES, database_url
from tests.talk import TODAY, Talk, knowledge, labels, plain
from tests.test_conversations import WHOLE, well_said
from tests.test_filling import FORMS, owing

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


# Two at once.


@dataclass
class Slow(Talk):
    """A talk whose transactions stay open for a moment after everything is decided, so that others meet them."""

    def _record(
        self, incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        replies = super()._record(incoming, person, conversation, records)
        time.sleep(0.15)
        return replies


async def at_once(talk: Talk, *messages: dict[str, Any]) -> dict[str, str]:
    """Several people write at the same moment; what each is told, by chat."""
    before = {does["chat"]: len(talk.heard.get(does["chat"], [])) for does in messages}
    await asyncio.gather(*(talk.send(**does) for does in messages))
    return {chat: plain(talk.heard[chat][start:]) for chat, start in before.items()}


async def looked_at(talk: Talk, *chats: str) -> None:
    """These staff have the submission of Tổ 5 before them."""
    for chat in chats:
        await talk.send(text="/duyet", chat=chat)
        await talk.press(CARD, chat=chat)


def presses(talk: Talk, label: str, chat: str) -> dict[str, Any]:
    return {"kind": "choice", "choice": talk.value(label, chat), "message": "1", "chat": chat}


async def decisions(store: Store, id: str) -> list[str]:
    """The states that a submission went through after it was sent."""
    events = await store.registry_read(lambda registry: registry.audit.of("submission", id))
    return [event.action for event in events if event.action in ("accepted", "returned", "withdrawn")]


async def test_two_staff_accept_at_once_and_one_is_told_that_the_other_was_faster(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh", "chi")
    said = await at_once(talk, presses(talk, "Nhận bài", "binh"), presses(talk, "Nhận bài", "chi"))
    [submission] = await submissions(either)
    assert submission.state == "accepted"
    assert await decisions(either, submission.id) == ["accepted"]
    won = [chat for chat in said if "Đã nhận BN-" in said[chat]]
    lost = [chat for chat in said if "Tôi không đổi gì thêm" in said[chat]]
    assert len(won) == len(lost) == 1
    winner = STAFF["names"][won[0]]
    assert "bài đã được nhận, lúc" in said[lost[0]]
    assert f"bởi {winner}" in said[lost[0]]


async def test_one_accepts_while_the_other_returns_and_no_remark_is_left_of_who_was_late(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh", "chi")
    await talk.send(text="3.5 thiếu biên bản", chat="chi")
    said = await at_once(talk, presses(talk, "Nhận bài", "binh"), presses(talk, "Trả lại", "chi"))
    [submission] = await submissions(either)
    assert await decisions(either, submission.id) == [submission.state]
    remarks = await either.registry_read(lambda registry: registry.submissions.remarks(submission.id, open=False))
    assert len(remarks) == (submission.state == "returned")
    late = "chi" if submission.state == "accepted" else "binh"
    assert "Tôi không đổi gì thêm" in said[late]
    # Only what won reached the leader.
    heard = plain(talk.heard["an"])
    assert ("Phường đã nhận" in heard) == (submission.state == "accepted")
    assert ("Phường nhờ sửa" in heard) == (submission.state == "returned")


async def test_a_leader_takes_it_back_while_staff_accept(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh")
    await talk.send(text="/bieumau")
    await talk.press("Rút lại: Tự đánh giá tổ dân phố, bản")
    said = await at_once(talk, presses(talk, "Nhận bài", "binh"), {"text": "ghi nhầm số hộ", "chat": "an"})
    [submission] = await submissions(either)
    done = await decisions(either, submission.id)
    if submission.state == "accepted":
        assert done == ["accepted"]
        assert "vừa đổi trạng thái" in said["an"]
    elif done == ["withdrawn"]:
        assert "bài đã được rút lại" in said["binh"]
    else:
        # Accepted first, and taken back afterwards: both were told what they did.
        assert done == ["accepted", "withdrawn"]
        assert "Đã nhận" in said["binh"]
        assert "Đã rút" in said["an"]


async def test_a_leader_edits_what_staff_have_just_accepted(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05", "state": "returned"}]})
    await talk.send(text="/bieumau")
    await talk.press("Sửa: Tự đánh giá tổ dân phố, bản")
    # A second leader of the unit sends it, staff accept it, and the first one types on.
    [submission] = await submissions(either)

    def sent_and_accepted(registry: Registry) -> None:
        sent = registry.submissions.move(submission, "submitted", "em")
        assert sent
        assert registry.submissions.move(sent, "accepted", "chi")

    await either.registry_write(sent_and_accepted)
    before = await either.registry_read(lambda registry: dict(registry.submissions.answers(submission.id)))
    assert "không sửa được nữa" in plain(await talk.send(text="1 có"))
    assert await either.registry_read(lambda registry: dict(registry.submissions.answers(submission.id))) == before


async def test_what_is_typed_while_another_sends_is_in_the_snapshot_or_nowhere(either: Store) -> None:
    talk = Slow(either)
    both = {"roles": {"an": "leader:tdp-05", "em": "leader:tdp-05"}}
    await talk.cast(STAFF | both | {"submissions": [{"unit": "tdp-05", "state": "draft"}]})
    for chat in ("an", "em"):
        await talk.send(text="/bieumau", chat=chat)
        await talk.press("Làm tiếp: Tự đánh giá tổ dân phố, bản", chat=chat)
    await talk.send(text="sửa 3.5", chat="em")
    told = asyncio.gather(talk.send(text="gửi", chat="an"), talk.send(text="không", chat="em"), return_exceptions=True)
    for failure in await told:
        # Whoever was late is tried again a moment later, and then is told.
        assert not isinstance(failure, BaseException) or isinstance(failure, ValueError)
    await asyncio.sleep(1.1)
    await talk.send(text="/bieumau", chat="em")
    [submission] = await submissions(either)
    assert submission.state == "submitted"

    def kept(registry: Registry) -> tuple[Any, Any]:
        [sent] = registry.submissions.snapshots(submission.id)
        now = registry.submissions.answers(submission.id)
        return sent.answers, {path: answer.value for path, answer in now.items()}

    sent, now = await either.registry_read(kept)
    assert sent == now
    assert (sent["3.5"] == "no") == ("không sửa được nữa" not in plain(talk.heard["em"]))


async def test_a_round_is_opened_once_however_often_the_button_is_pressed(either: Store) -> None:
    talk = Slow(either)
    await talk.cast({**STAFF, "rounds": []})
    for text in ("mở đợt", "tự đánh giá tổ dân phố, bản", "2026", "tất cả", "không đặt hạn", "để sau"):
        await talk.send(text=text, chat="binh")
    await at_once(talk, presses(talk, "Mở đợt", "binh"), presses(talk, "Mở đợt", "binh"))
    rounds = await either.registry_read(lambda registry: registry.rounds.every())
    assert [len(round.units) for round in rounds] == [17]


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


# Every form.


LONG = "Nhà văn hóa tổ dân phố cần sửa mái, sơn tường, thay hệ thống điện. " * 80


def sent_again(registry: Registry) -> None:
    """Everything that can be written at length is, and the submission is sent a second time."""
    [submission] = registry.submissions.of_unit("thu")
    form = version_of(registry.rounds.version(submission.version)).form
    paths = {field.id: field for field in form.fields}
    paths |= {f"{rows.id}/r1/{column.id}": column for rows in form.fields for column in rows.columns}
    for path, field in paths.items():
        if field.kind in ("text", "long_text"):
            registry.submissions.answer(submission.id, path, LONG[: LIMITS[field.kind]], "", "an", "bà Lan")
    assert registry.submissions.move(submission, "submitted", "an")


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_can_be_read_and_returned(form: str, store: Store) -> None:
    talk = Talk(store)
    roles = {"roles": {"an": "leader:thu", "binh": "staff:demo"}}
    await talk.send(text="/start")
    await talk.cast(owing(form) | roles | {"submissions": [{"unit": "thu", "state": "returned"}]})
    await store.registry_write(sent_again)

    async def press(label: str) -> list[str]:
        for reply in await talk.press(label, chat="binh"):
            well_said(reply, f"{form}: {label}")
        return labels(talk.replies)

    await talk.send(kind="choice", choice="duyet:tiep", chat="binh")
    well_said(talk.replies[0], form)
    while "Trang sau" in labels(talk.replies):
        await press("Trang sau")
    await press("Xem từng mục")
    while "Mục sau" in labels(talk.replies):
        await press("Mục sau")
    # As many items and as long reasons as there may be.
    offered = await press("Trả lại mục này")
    while left := [label for label in offered if label[0].isdigit()] or [
        label for label in offered if label == "Trang sau"
    ]:
        offered = await press(left[0])
    offered = await press(offered[-1])
    if shared := [label for label in offered if label.startswith("Một lý do")]:
        await press(shared[0])
    await talk.send(text="thiếu biên bản họp tổ " * 20, chat="binh")
    await press("Trả lại")
    assert "Đã trả lại" in plain(talk.replies)
    for reply in talk.told["an"]:
        well_said(reply, form)


# Files that staff ask for.


async def test_every_file_that_staff_can_ask_for_is_made(store: Store) -> None:
    talk = Talk(store)
    handed_in = [{"unit": "tdp-05", "state": "accepted"}, {"unit": "tdp-06", "answers": {"3.5": "no"}}]
    await talk.cast(STAFF | {"submissions": handed_in})
    await talk.send(kind="choice", choice="xuat:dot:r1", chat="binh")
    await talk.press("Lấy cả bài chờ xem", chat="binh")
    await talk.send(text="số 12, ngày 20/11/2026", chat="binh")
    asked = [talk.value(label, "binh") for label in ("Word (.docx)", "Excel (.xlsx)", "CSV", "JSON")]
    asked += ["tiendo:anh", "tiendo:anh:r1"]
    made = []
    for value in asked:
        for reply in await talk.send(kind="choice", choice=value, chat="binh"):
            made += [await render(one, store.registry_read, Issuer("phường Tân Phong")) for one in reply.attachments]
    endings = [file.name.rpartition(".")[2] for file in made]
    assert endings == ["docx", "xlsx", "csv", "json", "png", "png"]
    told = json.loads(made[3].content)
    assert [one["unit"] for one in told["submissions"]] == ["tdp-05", "tdp-06"]


# A filled-in workbook.


async def filled_in(store: Store, unit: str, **answers: str) -> bytes:
    """The blank of a unit as it is handed out, with some answers written into it by field id."""

    def find(registry: Registry) -> Any:
        return registry.units.get(unit)

    version = knowledge().library.forms[FORM]
    row = await store.registry_read(find)
    book = load_workbook(BytesIO(blank(version, row, "phường Tân Phong", "năm 2026", "r1").content))
    sheet = book.worksheets[0]
    for line in sheet.iter_rows():
        id = line[ID - 1].value
        if id in answers:
            line[ANSWER - 1].value = answers[id]
    content = BytesIO()
    book.save(content)
    return content.getvalue()


async def read_out(store: Store, content: bytes) -> str:
    return await taken_in(PaperFile("bai.xlsx", XLSX, content), store.registry_read, TODAY)


async def test_a_filled_in_workbook_becomes_answers(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(STAFF)
    fields = knowledge().library.forms[FORM].form.fields
    first, second, third = [field.id for field in fields[:3]]
    reading = await read_out(
        store, await filled_in(store, "tdp-06", **{first: "Không", second: "Không", third: "gà vịt"})
    )
    for text in ("nhập thay", "Nhập bài mới", "tự đánh giá tổ dân phố, bản, năm 2026", "6", "Trần Văn Ba"):
        await talk.send(text=text, chat="binh")
    said = plain(await talk.send(kind="file", files=[{"name": "bai.xlsx", "reading": reading}], chat="binh"))
    assert "Đã ghi 2 câu từ tệp Excel" in said
    assert "Chưa ghi được 1 ô" in said
    [submission] = await submissions(store, "tdp-06")
    answers = await store.registry_read(lambda registry: registry.submissions.answers(submission.id))
    assert {path: answer.value for path, answer in answers.items()} == {first: "no", second: "no"}
    assert {answer.by_name for answer in answers.values()} == {"anh Bình"}
    assert submission.given_by == "Trần Văn Ba"
    said = plain(await talk.press("Nhập từng câu", chat="binh"))
    assert "Đã lưu 2/46" in said


async def test_a_workbook_of_another_unit_changes_nothing(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(STAFF)
    reading = await read_out(store, await filled_in(store, "tdp-05"))
    for text in ("nhập thay", "Nhập bài mới", "tự đánh giá tổ dân phố, bản, năm 2026", "6", "Trần Văn Ba"):
        await talk.send(text=text, chat="binh")
    said = plain(await talk.send(kind="file", files=[{"name": "bai.xlsx", "reading": reading}], chat="binh"))
    assert "của đơn vị hoặc đợt khác" in said
    [submission] = await submissions(store, "tdp-06")
    assert not await store.registry_read(lambda registry: registry.submissions.answers(submission.id))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), cut=st.integers(0, 9000))
async def test_whatever_the_bytes_of_a_workbook_they_are_read_as_something(
    content: bytes, cut: int, store: Store
) -> None:
    if not await store.registry_read(lambda registry: registry.rounds.every()):
        await Talk(store).cast(STAFF)
    whole = await filled_in(store, "tdp-05")
    for damaged in (content, whole[:cut] + content, b"PK\x03\x04" + content):
        found = unpacked(await read_out(store, damaged), knowledge().library.forms[FORM].form)
        assert found is not None
        assert found.read.bad


async def test_what_was_read_is_the_same_after_packing(store: Store) -> None:
    await Talk(store).cast(STAFF)
    form = knowledge().library.forms[FORM].form
    text = await read_out(
        store, await filled_in(store, "tdp-05", **{form.fields[0].id: "có", form.fields[1].id: "xyz"})
    )
    found = unpacked(text, form)
    assert found is not None
    assert json.loads(packed(found)) == json.loads(text)
    assert found.read.bad[0].field == form.fields[1]
    assert unpacked("", form) is None
