"""A blank that somebody filled in, read back by the ids in its hidden column; nothing in it is believed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from knowledge.bad_cells import BadCell, BlankRead, CellProblem, Given
from knowledge.field_values import BadAnswer, read
from knowledge.forms import Field, Version
from papers.blank_lines import (
    ABOUT_SHEET,
    ANSWER,
    ANSWERS_MARK,
    CHOICES_SHEET,
    COLUMNS_MARK,
    HELP,
    ID,
    MARK,
    NUMBER,
    PART,
    WHOLE,
    BlankLine,
    columns,
    lines,
    row_fields,
    row_ids_of,
)
from papers.unpacking import Unopened, repacked
from storage.registry import UnitRow

_MOST_SHEETS, _MOST_ROWS, _MOST_COLUMNS, _LONGEST = 30, 600, 40, 60


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in one place: text as people read it, and whether it is computed."""

    text: str = ""
    formula: bool = False


_Rows = Sequence[Sequence[_Cell]]


class _Refused(Exception):
    """Nothing of the file is used."""

    def __init__(self, problem: CellProblem, sheet: str = "", cell: str = "") -> None:
        super().__init__(problem)
        self.bad = BadCell(problem, sheet, cell)


def read_blank(content: bytes, version: Version, unit: UnitRow, today: date) -> BlankRead:
    """The answers in a blank of a form version for a unit. Raises nothing, whatever the bytes."""
    try:
        sheets = _sheets(repacked(content))
        _check_about(sheets.pop(ABOUT_SHEET, ()), version, unit)
        reader = _Reader(version, unit, today)
        reader.read(sheets)
    except Unopened as error:
        return BlankRead(bad=(BadCell(error.problem),))
    except _Refused as error:
        return BlankRead(bad=(error.bad,))
    return BlankRead(reader.answers, tuple(reader.bad))


@dataclass(frozen=True, slots=True)
class About:
    """What a blank says that it is of: ids and codes as text, none of which has to exist."""

    form: str
    version: str
    unit: str
    round: str


def about(content: bytes) -> About | BadCell:
    """What a file is a blank of, or why it is none. Raises nothing, whatever the bytes."""
    try:
        rows = _sheets(repacked(content)).get(ABOUT_SHEET, ())
    except Unopened as error:
        return BadCell(error.problem)
    except _Refused as error:
        return error.bad
    mark, *told = (*(cell.text for cell in (rows[0] if rows else ())), "", "", "", "", "")[:5]
    return About(*told) if mark == MARK else BadCell("not_a_blank")


def _sheets(content: BytesIO) -> dict[str, _Rows]:
    """The cells of every sheet, by its name, without the sheet of what is offered."""
    try:
        book = load_workbook(content, read_only=True, data_only=False, keep_links=False)
        if len(book.worksheets) > _MOST_SHEETS:
            raise _Refused("too_much")
        return {sheet.title: _rows(sheet) for sheet in book.worksheets if sheet.title != CHOICES_SHEET}
    except _Refused:
        raise
    except Exception as error:
        # openpyxl says of damaged files whatever the line says that stumbles over them.
        raise _Refused("not_xlsx") from error


def _rows(sheet: Any) -> _Rows:
    """The cells of a sheet, whatever size it claims to have."""
    sheet.reset_dimensions()
    found = []
    for row in sheet.iter_rows(max_row=_MOST_ROWS + 1, max_col=_MOST_COLUMNS + 1):
        found.append([_cell(cell) for cell in row])
        if len(found) > _MOST_ROWS or any(cell.text for cell in found[-1][_MOST_COLUMNS:]):
            raise _Refused("too_much", sheet.title)
    return found


def _cell(cell: Any) -> _Cell:
    if cell.value is None:
        return _Cell()
    return _Cell(_text(cell.value, cell.number_format or "").strip(), cell.data_type == "f")


def _text(value: object, shape: str) -> str:
    """A value as a person would have typed it: days first, a comma before decimals."""
    match value:
        case bool():
            return "Có" if value else "Không"
        case datetime():
            return f"{value:%d/%m/%Y}" if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return f"{value:%H:%M}"
        case int() | float():
            number = value * 100 if "%" in shape else value
            return f"{number:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)


def _check_about(rows: _Rows, version: Version, unit: UnitRow) -> None:
    told = [cell.text for cell in rows[0]] if rows else []
    mark, form, hash, code = (*told, "", "", "", "")[:4]
    if mark != MARK:
        raise _Refused("not_a_blank")
    if form != version.form.id:
        raise _Refused("other_form")
    if hash != version.hash:
        raise _Refused("other_version")
    if code != unit.code:
        raise _Refused("other_unit")


@dataclass(slots=True)
class _Reader:
    version: Version
    unit: UnitRow
    today: date
    answers: dict[str, Given] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)

    def read(self, sheets: Mapping[str, _Rows]) -> None:
        """Every sheet that the blank has, once, and no other that is filled in. Raises `_Refused`."""
        rows = {rows.id: rows for rows in row_fields(self.version.form, self.unit.kind)}
        wanted = {ANSWERS_MARK, *rows}
        for name, cells in sheets.items():
            mark = cells[0][0].text if cells and cells[0] else ""
            if mark not in wanted:
                raise _Refused("changed", name)
            wanted.remove(mark)
            self._formulas(name, cells)
            if mark == ANSWERS_MARK:
                self._answers(name, cells)
            else:
                self._list(name, cells, rows[mark])
        if wanted:
            raise _Refused("changed")

    def _formulas(self, sheet: str, cells: _Rows) -> None:
        for row, line in enumerate(cells, start=1):
            for column, cell in enumerate(line, start=1):
                if cell.formula:
                    self.bad.append(BadCell("formula", sheet, _place(row, column), given=cell.text[:_LONGEST]))

    def _answers(self, sheet: str, cells: _Rows) -> None:
        expected = {line.id: line for line in lines(self.version.form, self.unit.kind) if line.id}
        for row, line in _by_id(sheet, cells, set(expected) | {ANSWERS_MARK}, set(expected)):
            asked = expected.get(line[0].text)
            self._outside(sheet, row, line, asked)
            if asked:
                self._line(sheet, row, line, asked)

    def _outside(self, sheet: str, row: int, line: Sequence[_Cell], asked: BlankLine | None) -> None:
        """Text that nobody asked for would be lost without a word."""
        open_columns = set()
        if asked:
            single = asked.beside is not None and asked.beside[1].kind != "share"
            open_columns |= {ANSWER} if asked.written else set()
            open_columns |= ({PART} if single else {PART, WHOLE}) if asked.beside else set()
        if line[0].text == ANSWERS_MARK or (len(line) > NUMBER and line[NUMBER - 1].text == "Số"):
            return
        for column, cell in enumerate(line, start=1):
            if column >= ANSWER and column != HELP and cell.text and column not in open_columns:
                self.bad.append(BadCell("outside", sheet, _place(row, column), given=cell.text[:_LONGEST]))

    def _line(self, sheet: str, row: int, line: Sequence[_Cell], asked: BlankLine) -> None:
        texts = [cell.text if not cell.formula else "" for cell in line]
        answer, part, whole = ((*texts, *[""] * WHOLE)[column - 1] for column in (ANSWER, PART, WHOLE))
        if asked.field and asked.written:
            self._put(asked.field, asked.id, answer, sheet, _place(row, ANSWER))
        if asked.beside is None:
            return
        path, shape = asked.beside
        if shape.kind != "share":
            self._put(shape, path, part, sheet, _place(row, PART))
        elif bool(part) != bool(whole):
            missing = _place(row, WHOLE if part else PART)
            self.bad.append(BadCell("half_a_share", sheet, missing, shape, given=(part or whole)[:_LONGEST]))
        elif part:
            self._put(shape, path, f"{part}/{whole}", sheet, _place(row, PART))

    def _list(self, sheet: str, cells: _Rows, rows: Field) -> None:
        heads = [line for line in cells if line and line[0].text == COLUMNS_MARK]
        names = [cell.text for cell in heads[0][NUMBER:]] if len(heads) == 1 else []
        asked = columns(rows)
        if [name for name in names if name] != [column.id for column in asked]:
            raise _Refused("changed", sheet)
        ids = set(row_ids_of(rows))
        count = 0
        for row, line in _by_id(sheet, cells, {*ids, rows.id, COLUMNS_MARK}, ids):
            if line[0].text not in ids:
                continue
            texts = [cell.text if not cell.formula else "" for cell in line[NUMBER : NUMBER + len(asked)]]
            count += any(texts)
            for place, (column, text) in enumerate(zip(asked, texts, strict=False), start=NUMBER + 1):
                self._put(column, f"{rows.id}/{line[0].text}/{column.id}", text, sheet, _place(row, place))
        if count:
            self.answers[rows.id] = Given(count, "")

    def _put(self, asked: Field, path: str, text: str, sheet: str, cell: str) -> None:
        if not text:
            return
        try:
            self.answers[path] = Given(read(asked, text, self.today), text)
        except BadAnswer as bad:
            self.bad.append(BadCell("answer", sheet, cell, asked, bad, text[:_LONGEST]))


def _by_id(sheet: str, cells: _Rows, known: set[str], needed: set[str]) -> Iterator[tuple[int, Sequence[_Cell]]]:
    """The lines with their numbers. Raises `_Refused` where ids are missing, strange or there twice."""
    left = set(needed)
    for row, line in enumerate(cells, start=1):
        id = line[0].text if line else ""
        if id and (id not in known or (id in needed and id not in left)):
            raise _Refused("changed", sheet, _place(row, ID))
        left.discard(id)
        if line:
            yield row, line
    if left:
        raise _Refused("changed", sheet)


def _place(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
