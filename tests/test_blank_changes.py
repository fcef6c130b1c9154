"""Blanks that come back changed where they must not be: refused as a whole, with the reason."""

from collections.abc import Callable

import pytest
from openpyxl import Workbook

from knowledge.forms import published
from papers.blank_lines import (
    ABOUT_SHEET,
    ANSWER,
    ANSWERS_MARK,
    ANSWERS_SHEET,
    COLUMNS_MARK,
)
from papers.blank_reading import read_blank
from tests.filled_forms import DAY, GROUP
from tests.test_blanks import CHECKLIST, WORKS, back, fresh, put, row_of, saved

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
