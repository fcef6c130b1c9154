"""Every form that is shipped, filled in with plausible answers, for tests of papers."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from io import BytesIO

from docx import Document
from docx.document import Document as Docx
from docx.oxml.ns import qn
from openpyxl import Workbook, load_workbook

from knowledge.folding import collapse
from knowledge.forms import Field, Form, Version
from papers.paper import Filled, Paper
from storage.registry import UnitRow
from tests.talk import knowledge

DAY = date(2026, 3, 1)
WARD = "phường Tân Phong"
GROUP = UnitRow("to-5", "Tổ dân phố số 5", "tổ dân phố", "p", attributes={})
VILLAGE = UnitRow("ban", "Bản Nà Tâm", "bản", "p", attributes={"nông nghiệp": True, "nông thôn mới": False})
OFFICE = UnitRow("p", WARD, "phường")
_NAMES = ("Nguyễn Thị Hoa", "Trần Văn Bình", "Lò Văn Pâng", "Phạm Quốc Dũng")
_LONG = "Tổ đã tổ chức 04 buổi tuyên truyền với 215 lượt người dự, vận động các hộ giữ gìn vệ sinh ngõ."


@cache
def versions() -> Mapping[str, Version]:
    """The forms by id."""
    return {version.form.id: version for version in knowledge().library.forms.values()}


def value(field: Field, place: int = 0) -> object:
    """A plausible answer; a bad tick where it would shut somebody out is avoided."""
    plain: dict[str, object] = {
        "share": {"part": 45 + place, "whole": 60},
        "integer": 40 + place,
        "decimal": "3.5",
        "date": f"2026-02-0{place + 1}",
        "period": {"from": "2010-01", "to": "2021-06"},
        "time": "19:30",
        "phone": "0912345678",
        "name": _NAMES[place % len(_NAMES)],
        "long_text": _LONG,
        "files": ["a", "b"],
    }
    if field.kind in ("yes_no", "yes_no_na"):
        return "no" if field.bad == "yes" else "yes"
    if field.options:
        option = field.options[place % len(field.options)].value
        return [option] if field.kind == "many_of" else option
    if field.id == "periods":
        return "01/2009 - 06/2015; 01/2018 - nay"
    return plain.get(field.kind, f"{field.short or field.prompt} thứ {place + 1}")


def answers(form: Form, rows: int = 3) -> dict[str, object]:
    """An answer to every field, with some rows in each list."""
    found: dict[str, object] = {}
    for field in form.fields:
        if field.kind != "rows":
            found[field.id] = value(field)
            continue
        found[field.id] = rows
        for place in range(rows):
            for column in field.columns:
                found[f"{field.id}/r{place + 1}/{column.id}"] = value(column, place)
    return found


def unit_for(form: Form) -> UnitRow:
    """A unit that owes the form."""
    return next((unit for unit in (GROUP, VILLAGE, OFFICE) if unit.kind in form.units), GROUP)


def paper(id: str, *filled: Filled, **changes: object) -> Paper:
    """A paper of a form; with one submission of a unit that owes it where none is given."""
    version = versions()[id]
    given = filled or (Filled(unit_for(version.form), answers(version.form), "BN-7K3M9Q"),)
    values: dict[str, object] = {"period": "năm 2026", "made": DAY} | changes
    return Paper(version, WARD, given, **values)  # type: ignore[arg-type]  # each value has the type of its field


def opened(content: bytes) -> Docx:
    """A document as a reader opens it."""
    return Document(BytesIO(content))


def book(content: bytes) -> Workbook:
    """A workbook as a reader opens it."""
    return load_workbook(BytesIO(content))


def paragraphs(file: Docx) -> list[str]:
    """The text of every paragraph in the order of the page, also inside tables, white space collapsed."""
    lines = ("".join(text.text or "" for text in p.iter(qn("w:t"))) for p in file.element.body.iter(qn("w:p")))
    return [collapse(line) for line in lines if line.strip()]


def tables(file: Docx) -> list[list[list[str]]]:
    """The ruled tables: rows of cells, white space collapsed; frames without a heading row are left out."""
    ruled = [table for table in file.tables if table._tbl.findall(f".//{qn('w:tblHeader')}")]
    return [[[collapse(cell.text) for cell in row.cells] for row in table.rows] for table in ruled]


def cells(sheet_rows: object) -> list[list[str]]:
    """Rows of a sheet as text, empty ones left out."""
    rows = [[collapse(str(cell.value or "")) for cell in row] for row in sheet_rows]  # type: ignore[attr-defined]
    return [row for row in rows if any(row)]
