"""The answers as plain tables: CSV for spreadsheets, JSON for programs, and the rows of a summary sheet."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence

from conversation import PaperFile
from knowledge.forms import Field
from knowledge.steps import numbers_beside, row_ids
from papers.filling import applies, label, printed
from papers.paper import Filled, NoPaper, Paper, clean, file_name

CSV_TYPE, JSON_TYPE = "text/csv; charset=utf-8", "application/json"
# Spreadsheets take text that begins with these for a formula (OWASP, CSV injection).
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_ABOUT = ("Mã bài", "Mã đơn vị", "Đơn vị", "Loại đơn vị", "Trạng thái")
_STATES = {
    "draft": "đang soạn",
    "submitted": "đã gửi",
    "returned": "trả lại",
    "accepted": "đã nhận",
    "withdrawn": "đã rút",
}


def table(paper: Paper) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings, and a line for each submission, or for each row of the rows that the paper is about."""
    form = paper.form
    rows = form.field(form.layout.rows)
    flat = [field for field in form.fields if rows is None or field.id != rows.id]
    numbers = [(path, shape) for field in flat for path, shape in numbers_beside(field)]
    headings = [*_ABOUT, *(_heading(field) for field in flat), *(_heading(shape) for _, shape in numbers)]
    headings += [_heading(column) for column in rows.columns] if rows else []
    lines = [line for filled in paper.filled for line in _lines(filled, flat, numbers, rows)]
    return tuple(headings), lines


def _heading(field: Field) -> str:
    shares = f" ({field.share.part} / {field.share.whole})" if field.share else ""
    return clean(f"{field.number} {field.short or label(field)}{shares}".strip())


def _lines(
    filled: Filled,
    flat: Sequence[Field],
    numbers: Sequence[tuple[str, Field]],
    rows: Field | None,
) -> Iterator[tuple[str, ...]]:
    about = (filled.code, filled.unit.code, filled.unit.name, filled.unit.kind, _STATES[filled.state])
    answers = filled.answers
    told = [*(_told(field, filled) for field in flat), *(printed(shape, answers.get(path)) for path, shape in numbers)]
    if rows is None:
        yield tuple(clean(cell) for cell in (*about, *told))
        return
    for row in row_ids(rows, answers) or [""]:
        cells = [printed(column, answers.get(f"{rows.id}/{row}/{column.id}")) for column in rows.columns]
        yield tuple(clean(cell) for cell in (*about, *told, *cells))


def _told(field: Field, filled: Filled) -> str:
    """An answer; rows that are not what the paper is about stand in one cell, a line each."""
    if applies(field, filled) is False:
        return ""
    if field.kind != "rows":
        return printed(field, filled.answers.get(field.id))
    lines = []
    for row in row_ids(field, filled.answers):
        cells = [printed(column, filled.answers.get(f"{field.id}/{row}/{column.id}")) for column in field.columns]
        lines.append("; ".join(cell for cell in cells if cell))
    return "\n".join(lines)


def comma_separated(paper: Paper) -> PaperFile:
    """CSV as in RFC 4180, UTF-8 with a mark by which Excel knows it. Raises `NoPaper`."""
    _needs_any(paper)
    headings, lines = table(paper)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[harmless(cell) for cell in line] for line in lines])
    return PaperFile(_name(paper, ".csv"), CSV_TYPE, text.getvalue().encode("utf-8-sig"))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what might be one."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_RISKY) else cell


def as_json(paper: Paper) -> PaperFile:
    """Everything by path, as it is stored, with how it is printed. Raises `NoPaper`."""
    _needs_any(paper)
    form = paper.form
    whole = {
        "form": form.id,
        "title": form.title,
        "version": paper.version.hash,
        "ward": paper.ward,
        "period": paper.period,
        "made": paper.made.isoformat() if paper.made else None,
    }
    shapes = {path: shape for field in form.fields for path, shape in [(field.id, field), *numbers_beside(field)]}
    # A submission a line.
    lines = ",\n".join(json.dumps(_submission(shapes, filled), ensure_ascii=False) for filled in paper.filled)
    content = f'{json.dumps(whole, ensure_ascii=False)[:-1]}, "submissions": [\n{lines}\n]}}\n'
    return PaperFile(_name(paper, ".json"), JSON_TYPE, content.encode("utf-8", "replace"))


def _submission(shapes: Mapping[str, Field], filled: Filled) -> Mapping[str, object]:
    shown = {path: printed(shapes[path], value) for path, value in filled.answers.items() if path in shapes}
    return {
        "code": filled.code,
        "unit": filled.unit.code,
        "name": filled.unit.name,
        "kind": filled.unit.kind,
        "state": filled.state,
        "by": filled.by,
        "answers": dict(filled.answers),
        "shown": shown,
    }


def _needs_any(paper: Paper) -> None:
    if not paper.filled:
        raise NoPaper("Chưa có bài nộp nào để xuất; anh/chị chờ đơn vị gửi và duyệt rồi xuất lại.")


def _name(paper: Paper, suffix: str) -> str:
    unit = paper.filled[0].unit.code if len(paper.filled) == 1 else ""
    return file_name(paper.form, unit, paper.made, suffix)
