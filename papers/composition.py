"""From submissions and a layout to the blocks of a paper; the same for documents and workbooks."""

from collections.abc import Iterable, Sequence
from itertools import chain

from knowledge.forms import Form
from knowledge.layouts import PaperColumn, PaperSection
from papers.blocks import Block, Grid, Line, Row, Sheet
from papers.checklist import checklist
from papers.filling import DOTS, Entry, entries, fill, label, said, submission, total, words
from papers.frames import covering, head, letterhead, signing
from papers.narration import answered, numbered_grid
from papers.paper import Filled, NoPaper, Paper, clean
from papers.years_in_office import years_in_office

# Headings under which rows are numbered.
_NUMBERED = ("STT", "Số tt", "TT")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def composed(paper: Paper) -> tuple[Sheet, ...]:
    """The sheets of a paper: one for a list, else those of each submission. Raises `NoPaper`."""
    if not paper.filled:
        raise NoPaper("Chưa có bài nộp nào để xuất; anh/chị chờ đơn vị gửi và duyệt rồi xuất lại.")
    kind = paper.form.layout.kind
    if kind == "list":
        rows = [row for section in sections(paper) for row in _rows(paper, paper.filled, section)]
        return (*covering(paper, total(rows)), _sheet(paper, paper.filled))
    if kind == "checklist":
        return tuple(chain.from_iterable(checklist(paper, filled) for filled in paper.filled))
    return tuple(_sheet(paper, (filled,)) for filled in paper.filled)


def differences(paper: Paper) -> tuple[Sheet, ...]:
    """For staff, and never for print with the paper: every difference from the annex that the document prints."""
    found = paper.form.layout.deviations
    if not found:
        return ()
    rows = tuple(Row((str(place), clean(text))) for place, text in enumerate(found, start=1))
    title = Line("KHÁC VỚI MẪU CỦA VĂN BẢN (dành cho cán bộ, không in kèm)", "centre")
    return (Sheet("Khác mẫu", (title, Grid(("STT", "Điểm khác và lý do"), (12, 153), rows, frozenset({0})))),)


def _sheet(paper: Paper, filled: Sequence[Filled]) -> Sheet:
    """One sheet; a list of several units, or with a letterhead, is the ward's own, anything else a unit's."""
    layout = paper.form.layout
    whole = layout.kind == "list" and (len(filled) > 1 or layout.header != "none")
    whose = None if whole else filled[0]
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
            least = "ít nhất " if quota.comparator == ">=" else ""
            yield Line(f"{label(field)}: {count}; số phải đăng ký: {least}{quota.count:02}{where}.")
        elif filled.unit.kind in quota.proposed_by:
            yield Line(f"{label(field)}: {count}, đề xuất vào số {quota.count:02} của {quota.units[0]}{where}.")


def sections(paper: Paper) -> tuple[PaperSection, ...]:
    """The sections of the layout; made from its tables, or from the groups of the form, where it names none."""
    layout = paper.form.layout
    if layout.sections:
        return layout.sections
    if layout.tables:
        return tuple(
            PaperSection(table.heading, rows=layout.rows, columns=layout.columns, when=table.where)
            for table in layout.tables
        )
    if layout.rows or layout.columns:
        return (PaperSection(rows=layout.rows, columns=layout.columns),)
    return tuple(_grouped(paper.form))


def _grouped(form: Form) -> Iterable[PaperSection]:
    """Fields without a group first, files last."""
    loose = [field for field in form.fields if not field.group]
    yield PaperSection(fields=tuple(field.id for field in loose if field.kind != "files"))
    for place, group in enumerate(form.groups):
        ids = tuple(field.id for field in form.fields if field.group == group.id)
        yield PaperSection(f"{group.number or _roman(place)}. {group.title}", fields=ids)
    yield PaperSection(fields=tuple(field.id for field in loose if field.kind == "files"))


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
    alone = len(section.fields) == 1 and bool(section.heading) and not section.lines
    blocks = list(answered(paper.form, filled[0], section.fields, alone=alone))
    yield from blocks
    if section.fields and section.heading and not (blocks or section.lines or tabled):
        yield Line(DOTS)
    if tabled:
        yield _grid(paper, rows, section.columns)


def _rows(paper: Paper, filled: Sequence[Filled], section: PaperSection) -> list[Entry]:
    if section.rows:
        found = [entry for one in filled for entry in entries(paper.form, one, section.rows)]
    else:
        found = [submission(paper.form, one) for one in filled]
    return [entry for entry in found if entry.meets(section.when)]


def _grid(paper: Paper, rows: Sequence[Entry], columns: Sequence[PaperColumn]) -> Grid:
    cells = [tuple(_cell(paper, entry, column, place) for column in columns) for place, entry in enumerate(rows, 1)]
    return numbered_grid([column.heading for column in columns], [column.width for column in columns], cells)


def _cell(paper: Paper, entry: Entry, column: PaperColumn, place: int) -> str:
    """An answer, a text with answers in it, or the number of the row where a column names no field."""
    if not column.field:
        return str(place) if column.heading in _NUMBERED else ""
    if "{" in column.field:
        whole = said(submission(paper.form, entry.filled), words(paper, entry.filled))
        if "{service}" in column.field:
            whole["service"] = years_in_office(entry, paper.as_of)
        return fill(column.field, said(entry, whole), dots="").strip()
    return entry.text(column.field)
