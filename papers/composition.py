"""From submissions and a layout to the blocks of a paper; the same for documents and workbooks."""

from collections.abc import Iterable, Sequence
from itertools import chain

from knowledge.forms import Field, PaperColumn, PaperSection
from papers.blocks import Block, Grid, Line, Row, Sheet
from papers.checklist import checklist
from papers.filling import (
    DOTS,
    Entry,
    applies,
    entries,
    fill,
    label,
    printed,
    said,
    submission,
    total,
    words,
)
from papers.frames import covering, head, letterhead, signing
from papers.paper import Filled, NoPaper, Paper, clean

# Widths in millimetres of columns that the layout leaves open.
_NARROW, _WIDE = 12, 40
# Rows to write on, where nobody has filled in any.
_EMPTY_ROWS = 3
# Headings under which rows are numbered.
_NUMBERED = ("STT", "Số tt", "TT")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def composed(paper: Paper) -> tuple[Sheet, ...]:
    """The sheets of a paper: one for a list, else those of each submission. Raises `NoPaper`."""
    if not paper.filled:
        raise NoPaper("Chưa có bài nộp nào để xuất; anh/chị chờ đơn vị gửi và duyệt rồi xuất lại.")
    kind = paper.form.layout.kind
    if kind == "list":
        return (*covering(paper), _sheet(paper, paper.filled))
    if kind == "checklist":
        return tuple(chain.from_iterable(checklist(paper, filled) for filled in paper.filled))
    return tuple(_sheet(paper, (filled,)) for filled in paper.filled)


def _sheet(paper: Paper, filled: Sequence[Filled]) -> Sheet:
    """One sheet; a list is the ward's own, anything else a unit's."""
    layout = paper.form.layout
    whose = None if layout.kind == "list" else filled[0]
    blocks: list[Block] = [*letterhead(paper, whose), *head(paper, whose)]
    blocks += _counted(paper, whose)
    for section in sections(paper):
        blocks += _section(paper, filled, section)
    blocks += [Line(fill(note, words(paper, whose)), "italic") for note in layout.notes]
    blocks += signing(paper, whose)
    return Sheet(whose.unit.name if whose else "Danh sách", tuple(blocks), layout.landscape)


def _counted(paper: Paper, filled: Filled | None) -> Iterable[Line]:
    """How many rows there are, beside how many the document asks of this kind of unit; no verdict."""
    field = paper.form.field(paper.form.layout.rows)
    if field is None or filled is None:
        return
    count = total(entries(paper.form, filled, field.id))
    for quota in paper.form.quotas:
        where = f" ({quota.section})" if quota.section else ""
        if filled.unit.kind in quota.units:
            yield Line(f"{label(field)}: {count}; số phải đăng ký: {quota.count:02}{where}.")
        elif filled.unit.kind in quota.proposed_by:
            yield Line(f"{label(field)}: {count}, đề xuất vào số {quota.count:02} của {quota.units[0]}{where}.")


def sections(paper: Paper) -> tuple[PaperSection, ...]:
    """The sections of the layout; made from its rows, or from the groups of the form, where it names none."""
    layout = paper.form.layout
    if layout.sections:
        return layout.sections
    if layout.rows or layout.columns:
        return (PaperSection(rows=layout.rows, columns=layout.columns),)
    loose = tuple(field.id for field in paper.form.fields if not field.group)
    found = [PaperSection(fields=loose)] if loose else []
    for place, group in enumerate(paper.form.groups):
        ids = tuple(field.id for field in paper.form.fields if field.group == group.id)
        found.append(PaperSection(f"{group.number or _roman(place)}. {group.title}", fields=ids))
    return tuple(found)


def _roman(place: int) -> str:
    return _ROMAN[place] if place < len(_ROMAN) else str(place + 1)


def _section(paper: Paper, filled: Sequence[Filled], section: PaperSection) -> Iterable[Block]:
    tabled = bool(section.rows or section.columns)
    rows = _rows(paper, filled, section) if tabled else []
    first = submission(paper.form, filled[0])
    if not tabled and not first.meets(section.when):
        return
    known = said(first, words(paper, filled[0])) | {"count": total(rows)}
    if section.heading:
        yield Line(fill(section.heading, known), "heading")
    for line in section.lines:
        yield Line(fill(line, known))
    for id in section.fields:
        yield from _answered(paper, filled[0], paper.form.field(id), alone=len(section.fields) == 1)
    if tabled:
        yield _grid(paper, rows, section.columns or _own_columns(paper.form.field(section.rows)))


def _rows(paper: Paper, filled: Sequence[Filled], section: PaperSection) -> list[Entry]:
    if section.rows:
        found = [entry for one in filled for entry in entries(paper.form, one, section.rows)]
    else:
        found = [submission(paper.form, one) for one in filled]
    return [entry for entry in found if entry.meets(section.when)]


def _own_columns(field: Field | None) -> tuple[PaperColumn, ...]:
    columns = field.columns if field else ()
    return (PaperColumn("STT"), *(PaperColumn(label(column), column.id) for column in columns))


def _grid(paper: Paper, rows: Sequence[Entry], columns: Sequence[PaperColumn]) -> Grid:
    """A table of entries; without any, some rows to write on."""
    cells = [tuple(_cell(paper, entry, column, place) for column in columns) for place, entry in enumerate(rows, 1)]
    empty = ("",) * (len(columns) - 1)
    cells = cells or [(str(place), *empty) for place in range(1, _EMPTY_ROWS + 1)]
    widths = tuple(column.width or (_WIDE if place else _NARROW) for place, column in enumerate(columns))
    headings = tuple(clean(column.heading) for column in columns)
    return Grid(headings, widths, tuple(map(Row, cells)), frozenset({0}))


def _cell(paper: Paper, entry: Entry, column: PaperColumn, place: int) -> str:
    """An answer, a text with answers in it, or the number of the row where a column names no field."""
    if not column.field:
        return str(place) if column.heading in _NUMBERED else ""
    if "{" in column.field:
        return fill(column.field, said(entry, words(paper, entry.filled)), dots="").strip()
    return entry.text(column.field)


def _answered(paper: Paper, filled: Filled, field: Field | None, *, alone: bool) -> Iterable[Block]:
    """The answer to one field: its question with a short answer, above a long one or above a table."""
    if field is None or not applies(field, filled):
        return
    if field.kind == "rows":
        if not alone:
            yield Line(f"{label(field)}:")
        yield _grid(paper, entries(paper.form, filled, field.id), _own_columns(field))
        return
    text = printed(field, filled.answers.get(field.id)) or DOTS
    if alone:
        yield Line(text)
    elif field.kind == "long_text":
        yield Line(f"{label(field)}:")
        yield Line(text)
    else:
        yield Line(f"{label(field)}: {text}")
