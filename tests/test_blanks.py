"""Blanks that people fill in on a computer: what they hold, and that nothing in a file that comes back is believed."""

import io
import os
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.bad_cells import BlankRead
from knowledge.field_values import shown
from knowledge.forms import Version, published
from papers.blank_lines import (
    ABOUT_SHEET,
    ANSWER,
    ANSWERS_MARK,
    ANSWERS_SHEET,
    COLUMNS_MARK,
    MARK,
    PART,
    WHOLE,
    BlankLine,
    lines,
)
from papers.blank_reading import read_blank
from papers.blanks import blank
from papers.unpacking import MOST_BYTES, MOST_UNPACKED, Unopened, repacked
from storage.registry import UnitRow
from tests.filled_forms import DAY, GROUP, VILLAGE, WARD, answers, book, unit_for, versions

FORMS = sorted(versions())
CHECKLIST, WORKS = "tp-tu-danh-gia", "kh41-dang-ky"
by_form = pytest.mark.parametrize("id", FORMS)


def fresh(id: str = CHECKLIST, unit: UnitRow = GROUP) -> Workbook:
    return book(blank(versions()[id], unit, WARD, "năm 2026", "r1").content)


def back(made: Workbook, id: str = CHECKLIST, unit: UnitRow = GROUP) -> BlankRead:
    return read_blank(saved(made), versions()[id], unit, DAY)


def saved(made: Workbook) -> bytes:
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def by_path(id: str, unit: UnitRow) -> dict[str, BlankLine]:
    return {line.id: line for line in lines(versions()[id].form, unit.kind) if line.id}


def row_of(sheet: Worksheet, id: str) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == id)


def put(made: Workbook, id: str, value: object, column: int = ANSWER) -> str:
    """Write into the line of an id; returns the place."""
    sheet = made[ANSWERS_SHEET]
    cell = sheet.cell(row_of(sheet, id), column, value)
    return str(cell.coordinate)


def fill_in(made: Workbook, version: Version, unit: UnitRow) -> dict[str, object]:
    """Write every answer where people would; returns what must come back."""
    given, expected = answers(version.form), dict[str, object]()
    asked = by_path(version.form.id, unit)
    for sheet in made.worksheets:
        mark, columns = sheet["A1"].value, list[object]()
        for row in sheet.iter_rows():
            id = row[0].value
            if mark == ANSWERS_MARK and id in asked:
                expected |= _line(sheet, row[0].row, asked[id], given)
            elif id == COLUMNS_MARK:
                columns = [cell.value for cell in row]
            elif columns and any(path.startswith(f"{mark}/{id}/") for path in given):
                expected |= _row(sheet, row[0].row, f"{mark}/{id}/", columns, version, given)
                expected[mark] = given[mark]
    return expected


def _line(sheet: Worksheet, row: int, line: BlankLine, given: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    if line.field and line.written and line.id in given:
        sheet.cell(row, ANSWER, shown(line.field, given[line.id]))
        found[line.id] = given[line.id]
    if line.beside and line.beside[1].kind == "share":
        sheet.cell(row, PART, 45)
        sheet.cell(row, WHOLE, "60")
        found[line.beside[0]] = {"part": 45, "whole": 60}
    elif line.beside:
        sheet.cell(row, PART, 2.5)
        found[line.beside[0]] = "2.5"
    return found


def _row(
    sheet: Worksheet, row: int, start: str, columns: list[object], version: Version, given: dict[str, object]
) -> dict[str, object]:
    rows = version.form.field(start.split("/")[0])
    found: dict[str, object] = {}
    for place, name in enumerate(columns, start=1):
        column = next((column for column in rows.columns if column.id == name), None) if rows else None
        if column and start + column.id in given:
            sheet.cell(row, place, shown(column, given[start + column.id]))
            found[start + column.id] = given[start + column.id]
    return found


@by_form
def test_every_answer_comes_back(id: str) -> None:
    version = versions()[id]
    unit = unit_for(version.form)
    made = fresh(id, unit)
    expected = fill_in(made, version, unit)
    read = back(made, id, unit)
    assert read.bad == ()
    assert {path: told.value for path, told in read.answers.items()} == expected
    files = {field.id for field in version.form.fields if field.kind == "files"}
    asked = {field.id for field in version.form.fields if not field.units or unit.kind in field.units} - files
    assert asked <= expected.keys()


@by_form
def test_an_empty_blank_says_nothing(id: str) -> None:
    unit = unit_for(versions()[id].form)
    assert read_blank(blank(versions()[id], unit, WARD).content, versions()[id], unit, DAY) == BlankRead()


@by_form
def test_a_blank_is_locked_but_for_its_answers_and_hides_its_ids(id: str) -> None:
    unit = unit_for(versions()[id].form)
    made = fresh(id, unit)
    for sheet in made.worksheets:
        if sheet.title.startswith("_"):
            assert sheet.sheet_state == "veryHidden"
            continue
        assert sheet.protection.sheet
        assert sheet.column_dimensions["A"].hidden
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.value is None or cell.data_type == "s"
                if not cell.protection.locked:
                    assert cell.value is None
                    assert cell.number_format == "@"
    about = [cell.value for cell in made[ABOUT_SHEET][1]]
    assert about == [MARK, id, versions()[id].hash, unit.code, "r1"]


def test_ticks_and_options_are_chosen_from_lists() -> None:
    sheet = fresh()[ANSWERS_SHEET]
    cell = f"D{row_of(sheet, '1.1')}"
    (rule,) = [rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref]
    offered = fresh()["_lua_chon"]
    assert rule.formula1 == "'_lua_chon'!$A$1:$A$2"
    assert [offered["A1"].value, offered["A2"].value] == ["Có", "Không"]
    works = fresh(WORKS)
    assert any(rule.type == "list" for rule in works[works.sheetnames[1]].data_validations.dataValidation)


def test_a_blank_holds_what_only_its_kind_of_unit_is_asked() -> None:
    group, village = set(by_path(CHECKLIST, GROUP)), set(by_path(CHECKLIST, VILLAGE))
    assert group - village == {"2.11"}
    assert {"2.9", "2.10", "@nông nghiệp"} <= village - group


@pytest.mark.parametrize(
    ("id", "field", "typed", "value"),
    [
        ("hop-to", "ngay", datetime(2026, 2, 5), "2026-02-05"),
        ("hop-to", "ngay", date(2026, 2, 5), "2026-02-05"),
        ("hop-to", "ngay", "5/2/2026", "2026-02-05"),
        ("hop-to", "bat-dau", time(19, 30), "19:30"),
        ("hop-to", "ho-tong", 40, 40),
        ("hop-to", "ho-tong", 40.0, 40),
        ("hop-to", "ho-tong", "1.250", 1250),
        ("hop-to", "loai", "Hội nghị định kỳ", "dinh-ky"),
        (CHECKLIST, "1.1", True, "yes"),
        (CHECKLIST, "1.1", "không", "no"),
        (CHECKLIST, "2.1", "Không áp dụng", "na"),
    ],
)
def test_values_are_read_as_people_and_programs_write_them(id: str, field: str, typed: object, value: object) -> None:
    made = fresh(id)
    put(made, field, typed)
    read = back(made, id)
    assert read.bad == ()
    assert {path: told.value for path, told in read.answers.items()} == {field: value}


def test_a_percentage_is_the_number_that_people_see() -> None:
    made = fresh("kh48-bc-chi-tieu", unit_for(versions()["kh48-bc-chi-tieu"].form))
    sheet = made[ANSWERS_SHEET]
    cell = sheet[put(made, "2-1-3", 0.855)]
    cell.number_format = "0.0%"
    read = back(made, "kh48-bc-chi-tieu", unit_for(versions()["kh48-bc-chi-tieu"].form))
    assert read.answers["2-1-3"].value == "85.5"


# What is wrong is said with its place; the rest is read.


def test_a_formula_is_refused_and_the_rest_is_read() -> None:
    made = fresh()
    put(made, "1.1", "Có")
    place = put(made, "1.2", "=1+1")
    read = back(made)
    assert {path: told.value for path, told in read.answers.items()} == {"1.1": "yes"}
    assert [(bad.problem, bad.sheet, bad.cell) for bad in read.bad] == [("formula", ANSWERS_SHEET, place)]


def test_an_answer_that_is_none_is_named_with_its_cell() -> None:
    made = fresh()
    place = put(made, "1.1", "có thể")
    put(made, "1.2", "Có")
    (bad,) = back(made).bad
    assert (bad.problem, bad.cell, bad.given) == ("answer", place, "có thể")
    assert bad.field is not None
    assert bad.field.id == "1.1"
    assert bad.bad is not None


def test_half_a_share_names_the_empty_cell() -> None:
    made = fresh()
    row = row_of(made[ANSWERS_SHEET], "1.1")
    put(made, "1.1", 9, PART)
    (bad,) = back(made).bad
    assert (bad.problem, bad.cell) == ("half_a_share", f"F{row}")


def test_text_where_nothing_is_asked_is_not_lost_silently() -> None:
    made = fresh()
    sheet = made[ANSWERS_SHEET]
    sheet.cell(sheet.max_row + 3, ANSWER, "ghi thêm")
    sheet.cell(row_of(sheet, "1.1"), 12, "ngoài lề")
    assert [(bad.problem, bad.given) for bad in back(made).bad] == [("outside", "ngoài lề"), ("outside", "ghi thêm")]


def test_rows_that_were_sorted_or_moved_keep_their_answers() -> None:
    made = fresh()
    put(made, "3.4", "Có")
    made[ANSWERS_SHEET].insert_rows(row_of(made[ANSWERS_SHEET], "3.1"))
    assert {path: told.value for path, told in back(made).answers.items()} == {"3.4": "yes"}


# A file that was changed where it must not be is refused as a whole.


def _delete_line(made: Workbook) -> None:
    made[ANSWERS_SHEET].delete_rows(row_of(made[ANSWERS_SHEET], "3.4"))


def _double_line(made: Workbook) -> None:
    made[ANSWERS_SHEET]["A1"].value = ANSWERS_MARK
    made[ANSWERS_SHEET].cell(row_of(made[ANSWERS_SHEET], "3.4"), 1, "3.5")


def _strange_line(made: Workbook) -> None:
    made[ANSWERS_SHEET].cell(row_of(made[ANSWERS_SHEET], "3.4"), 1, "9.9")


def _id_by_formula(made: Workbook) -> None:
    made[ANSWERS_SHEET].cell(row_of(made[ANSWERS_SHEET], "3.4"), 1, '="3.4"')


def _no_sheet(made: Workbook) -> None:
    del made[ANSWERS_SHEET]
    made.create_sheet("x")


def _sheet_more(made: Workbook) -> None:
    made.create_sheet("x")["A1"] = "gì đó"


def _no_about(made: Workbook) -> None:
    del made[ABOUT_SHEET]


def _other_form(made: Workbook) -> None:
    made[ABOUT_SHEET]["B1"] = WORKS


def _other_version(made: Workbook) -> None:
    made[ABOUT_SHEET]["C1"] = "0123456789abcdef"


def _other_unit(made: Workbook) -> None:
    made[ABOUT_SHEET]["D1"] = "to-9"


def _many_rows(made: Workbook) -> None:
    made[ANSWERS_SHEET].cell(5_000, ANSWER, "x")


def _many_columns(made: Workbook) -> None:
    made[ANSWERS_SHEET].cell(20, 41, "x")


def _many_sheets(made: Workbook) -> None:
    for _ in range(40):
        made.create_sheet()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_delete_line, "changed"),
        (_double_line, "changed"),
        (_strange_line, "changed"),
        (_id_by_formula, "changed"),
        (_no_sheet, "changed"),
        (_sheet_more, "changed"),
        (_no_about, "not_a_blank"),
        (_other_form, "other_form"),
        (_other_version, "other_version"),
        (_other_unit, "other_unit"),
        (_many_rows, "too_much"),
        (_many_columns, "too_much"),
        (_many_sheets, "too_much"),
    ],
)
def test_a_changed_file_is_refused(change: Callable[[Workbook], None], problem: str) -> None:
    made = fresh()
    put(made, "1.1", "Có")
    change(made)
    read = back(made)
    assert read.answers == {}
    assert [bad.problem for bad in read.bad] == [problem]


def test_a_blank_of_an_earlier_version_is_refused() -> None:
    table = {"id": CHECKLIST, "title": "Mới", "fields": [{"id": "1.1", "kind": "yes_no", "prompt": "?"}]}
    read = read_blank(saved(fresh()), published(table), GROUP, DAY)
    assert [bad.problem for bad in read.bad] == ["other_version"]


def test_columns_of_a_list_that_were_moved_are_refused() -> None:
    made = fresh(WORKS)
    sheet = made[made.sheetnames[1]]
    row = row_of(sheet, COLUMNS_MARK)
    sheet.cell(row, 3).value, sheet.cell(row, 4).value = sheet.cell(row, 4).value, sheet.cell(row, 3).value
    assert [bad.problem for bad in back(made, WORKS).bad] == ["changed"]


# Files that are no workbooks, or want to be more than they are.


def zipped(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


@cache
def bomb() -> bytes:
    return zipped({"xl/workbook.xml": b"<a>" + b" " * (MOST_UNPACKED + 1)})


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not_xlsx"),
        (b"PK\x03\x04", "not_xlsx"),
        (b"ten,so\r\na,1\r\n", "not_xlsx"),
        (os.urandom(5_000), "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old_or_locked"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (zipped({f"x/{place}": b"" for place in range(300)}), "too_much"),
        (zipped({"a.txt": b"a"}), "not_xlsx"),
        (zipped({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "macros"),
        (zipped({"xl/workbook.xml": b"<a/>"}, zipfile.ZIP_BZIP2), "not_xlsx"),
        (zipped({"xl/workbook.xml": ENTITIES}), "not_xlsx"),
        (zipped({"xl/workbook.xml": ENTITIES.decode().encode("utf-16")}), "not_xlsx"),
        (zipped({"xl/workbook.xml": ENTITIES.decode().encode("utf-16-le")}), "not_xlsx"),
    ],
)
def test_other_files_are_refused_unopened(content: bytes, problem: str) -> None:
    refused(content, problem)


def refused(content: bytes, problem: str) -> None:
    with pytest.raises(Unopened, match=problem):
        repacked(content)
    assert [bad.problem for bad in read_blank(content, versions()[CHECKLIST], GROUP, DAY).bad] == [problem]


def test_a_bomb_is_refused() -> None:
    refused(bomb(), "too_much")


def test_the_bomb_is_small_and_would_be_large() -> None:
    assert len(bomb()) < 30_000


def test_a_size_that_is_not_true_gives_no_more_than_it_says() -> None:
    """The directory names 1,000 bytes where 10 MB are packed, with the right sum of the first 1,000."""
    content = bytearray(zipped({"xl/workbook.xml": b"<a/>" + b" " * 10_000_000}))
    sum_ = zlib.crc32(b"<a/>" + b" " * 996).to_bytes(4, "little")
    for mark, offset in ((b"PK\x01\x02", 16), (b"PK\x03\x04", 14)):
        at = content.index(mark) + offset
        content[at : at + 4] = sum_
        content[at + 8 : at + 12] = (1_000).to_bytes(4, "little")
    tracemalloc.start()
    made = repacked(bytes(content))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with zipfile.ZipFile(made) as file:
        assert [part.file_size for part in file.infolist()] == [1_000]
    assert most < 1_000_000


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("damage", [b"", b"<a>", b"\x00\x01", b"<sheetData><row r='x'>"])
def test_damaged_parts_are_refused_or_say_nothing(name: str, damage: bytes) -> None:
    parts = parts_of(saved(fresh()))
    assert name in parts
    read = read_blank(zipped(parts | {name: damage}), versions()[CHECKLIST], GROUP, DAY)
    assert read.answers == {}


def test_a_sheet_that_claims_to_be_endless_is_not() -> None:
    parts = parts_of(saved(fresh()))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'ref="A1:', b'ref="A1:XFD1048576" x="')
    read = read_blank(zipped(parts | {"xl/worksheets/sheet1.xml": sheet}), versions()[CHECKLIST], GROUP, DAY)
    assert {bad.problem for bad in read.bad} <= {"not_xlsx"}


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(content: bytes) -> None:
    for given_bytes in (content, b"PK\x03\x04" + content):
        assert len(read_blank(given_bytes, versions()[CHECKLIST], GROUP, DAY).bad) == 1


@given(st.integers(0, 12_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=150)
def test_a_blank_with_damaged_bytes_is_answered(place: int, damage: bytes) -> None:
    content = bytearray(_BLANK)
    at = place % len(content)
    content[at : at + len(damage)] = damage
    read = read_blank(bytes(content), versions()[CHECKLIST], GROUP, DAY)
    assert read.answers == {} or not read.bad


_BLANK = blank(versions()[CHECKLIST], GROUP, WARD).content


@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.integers(1, 12), st.text(max_size=20) | st.integers() | st.floats()),
        max_size=8,
    )
)
@settings(max_examples=30)
def test_anything_in_any_cell_is_answered(written: list[tuple[int, int, str | float]]) -> None:
    made = book(_BLANK)
    for row, column, value in written:
        cell = made[ANSWERS_SHEET].cell(row, column)
        # The other cells of joined ones hold nothing.
        if isinstance(cell, Cell):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    read = back(made)
    assert all(bad.problem for bad in read.bad)
    assert all(path in by_path(CHECKLIST, GROUP) or "#" in path for path in read.answers)


def test_rows_of_a_list_come_back_under_their_ids_without_gaps_in_the_count() -> None:
    made = fresh(WORKS)
    sheet = made[made.sheetnames[1]]
    for row, name in (("r1", "Sửa nhà"), ("r3", "Đèn ngõ")):
        sheet.cell(row_of(sheet, row), 4, name)
    read = back(made, WORKS)
    assert {path: told.value for path, told in read.answers.items()} == {
        "cong-trinh/r1/ten": "Sửa nhà",
        "cong-trinh/r3/ten": "Đèn ngõ",
        "cong-trinh": 2,
    }


def test_more_attributes_of_a_unit_do_not_make_an_older_blank_useless() -> None:
    made = fresh(CHECKLIST, VILLAGE)
    put(made, "2.9", "Có")
    now = replace(VILLAGE, attributes={"nông nghiệp": False, "nông thôn mới": True})
    assert back(made, CHECKLIST, now).answers["2.9"].value == "yes"
