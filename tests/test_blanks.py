"""Blanks that people fill in on a computer: what they hold, and that nothing in a file that comes back is believed."""

from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.bad_cells import BlankRead
from knowledge.field_values import shown
from knowledge.forms import Version
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
from storage.registry import UnitRow
from tests.filled_forms import DAY, GROUP, VILLAGE, WARD, answers, book, unit_for, versions

FORMS = sorted(versions())
CHECKLIST, WORKS = "tp-tu-danh-gia", "kh41-dang-ky"
# Blanks by form and unit, made once; each test opens its own.
_MADE: dict[tuple[str, str], bytes] = {}
by_form = pytest.mark.parametrize("id", FORMS)


def fresh(id: str = CHECKLIST, unit: UnitRow = GROUP) -> Workbook:
    if (id, unit.code) not in _MADE:
        _MADE[id, unit.code] = blank(versions()[id], unit, WARD, "năm 2026", "r1").content
    return book(_MADE[id, unit.code])


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
