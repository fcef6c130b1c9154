"""A filled-in workbook becomes answers; another one changes nothing."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from conversation import PaperFile
from knowledge.blank_json import packed, unpacked
from papers.blank_lines import ANSWER, ID
from papers.blanks import blank
from papers.intake import XLSX, taken_in
from storage.registry import Registry
from storage.store import Store
from tests.talk import TODAY, Talk, knowledge, plain
from tests.test_staff import FORM, STAFF, store, submissions

__all__ = ["store"]

pytestmark = pytest.mark.anyio


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
