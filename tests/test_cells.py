"""Any text in any cell of a document, a workbook, CSV or JSON."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.folding import collapse
from papers.documents import document
from papers.extracts import as_json, comma_separated, harmless
from papers.paper import Filled, clean
from papers.workbooks import workbook
from storage.registry import UnitRow
from tests.filled_forms import (
    GROUP,
    book,
    opened,
    paper,
    tables,
    versions,
)
from tests.test_papers import REGISTRATION, SELF_ASSESSMENT, any_text, typed

# Any text in any cell.


@given(any_text)
@settings(max_examples=30)
def test_any_text_survives_in_a_document(text: str) -> None:
    filled = Filled(GROUP, {"cong-trinh/r1/ten": text, "cong-trinh/r1/du-kien": text})
    made = paper(REGISTRATION, filled, signer=text, asked_by=text)
    (table,) = tables(opened(document(made).content))
    assert [table[1][1], table[1][4]] == [typed(text)] * 2


@given(any_text)
@settings(max_examples=30)
def test_any_text_survives_in_a_workbook_and_is_no_formula(text: str) -> None:
    filled = Filled(UnitRow("x", text, "tổ dân phố"), {"cong-trinh/r1/ten": text})
    made = book(workbook(paper(REGISTRATION, filled, Filled(GROUP, {}), signer=text)).content)
    found = [cell for sheet in made.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} == {"s"}
    assert not typed(text) or typed(text) in [collapse(cell.value) for cell in found]


@pytest.mark.parametrize(
    "text", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "#N/A", "#REF!", "1e5", "TRUE"]
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    sheet = book(workbook(paper(REGISTRATION, Filled(GROUP, {"cong-trinh/r1/ten": text}))).content).worksheets[0]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == clean(text)]
    assert cell.data_type == "s"
    assert bool(cell.quotePrefix) == (text[0] in "=+-@\t")
    assert cell.number_format == "@"


@given(any_text)
@settings(max_examples=80)
def test_any_text_comes_out_of_csv_and_no_cell_begins_a_formula(text: str) -> None:
    filled = Filled(GROUP, {"cong-trinh/r1/ten": text, "cong-trinh/r1/khong": "x"})
    content = comma_separated(paper(REGISTRATION, filled)).content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert rows[1][rows[0].index("Tên công trình")] == harmless(clean(text))
    assert harmless(clean(text)).removeprefix("'") == clean(text).removeprefix("'")


@given(
    st.dictionaries(st.sampled_from(["cong-trinh/r1/ten", "cong-trinh", "lạ"]), any_text | st.none() | st.integers())
)
def test_json_keeps_every_answer_by_its_path(given_answers: dict[str, object]) -> None:
    filled = Filled(GROUP, given_answers, "BN-1")
    whole = json.loads(as_json(paper(REGISTRATION, filled)).content)
    (submission,) = whole["submissions"]
    expected = {
        path: text.encode("utf-8", "replace").decode() if isinstance(text, str) else text
        for path, text in given_answers.items()
    }
    assert submission["answers"] == expected
    assert (whole["form"], whole["version"]) == (REGISTRATION, versions()[REGISTRATION].hash)


def test_csv_has_a_line_a_row_and_json_how_it_is_printed() -> None:
    rows = list(csv.reader(io.StringIO(comma_separated(paper(REGISTRATION)).content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    assert rows[1][:5] == ["BN-7K3M9Q", "to-5", "Tổ dân phố số 5", "tổ dân phố", "đã nhận"]
    checklist = paper(SELF_ASSESSMENT, Filled(GROUP, {"1.1": "yes", "1.1#": {"part": 9, "whole": 10}}))
    (submission,) = json.loads(as_json(checklist).content)["submissions"]
    assert submission["shown"] == {"1.1": "Có", "1.1#": "9/10 (90 %)"}
    heading, line = list(csv.reader(io.StringIO(comma_separated(checklist).content.decode("utf-8-sig"), newline="")))
    assert "9/10 (90 %)" in line
    assert len(heading) == len(line)
