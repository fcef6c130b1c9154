"""Every form is read, returned and exported."""

import json

import pytest

from knowledge.field_values import LIMITS
from knowledge.forms import version_of
from papers.rendering import Issuer, render
from storage.registry import Registry
from storage.store import Store
from tests.talk import Talk, labels, plain
from tests.test_conversations import well_said
from tests.test_filling import FORMS, owing
from tests.test_staff import STAFF, store

__all__ = ["store"]

pytestmark = pytest.mark.anyio


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
