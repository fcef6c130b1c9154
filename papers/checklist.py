"""The Có / Không table of a self-assessment, and behind it why rows are blank and what the unit added.

The annex (Kế hoạch of phường Tân Phong) knows only Có and Không: a row that does not apply stays blank there, and
what explains it stands on sheets of its own.
"""

from collections.abc import Iterable

from knowledge.forms import TICKS, Field, Group
from papers.beside import beside
from papers.blocks import Block, Grid, Line, Row, Sheet
from papers.filling import applies, fill, label, number, printed, words
from papers.frames import head, letterhead, signing
from papers.paper import Filled, Paper, clean

_HEADINGS = ("Số tt", "Tiêu chí", "Có", "Không")
_WIDTHS = (14, 121, 15, 15)
_MARK = "x"


def checklist(paper: Paper, filled: Filled) -> tuple[Sheet, ...]:
    """The sheets of one submission: the table, then what explains it where there is anything to explain."""
    known = words(paper, filled)
    layout = paper.form.layout
    headings = tuple(clean(column.heading) for column in layout.columns) or _HEADINGS
    widths = tuple(column.width for column in layout.columns)
    grid = Grid(
        headings, widths if all(widths) and widths else _WIDTHS, tuple(_rows(paper, filled)), frozenset({0, 2, 3})
    )
    notes = [Line(fill(note, known), "italic") for note in layout.notes]
    blocks = [*letterhead(paper, filled), *head(paper, filled), grid, *notes, *signing(paper, filled)]
    sheets = [Sheet(filled.unit.name, tuple(blocks), layout.landscape)]
    if blank := tuple(_blank(paper, filled)):
        sheets.append(_beside(filled, "Mục để trống", "GIẢI THÍCH CÁC MỤC ĐỂ TRỐNG", "Lý do để trống", blank))
    if added := tuple(_added(paper, filled)):
        sheets.append(_beside(filled, "Số liệu, ý kiến", "SỐ LIỆU, Ý KIẾN CỦA ĐƠN VỊ", "Số liệu, ý kiến", added))
    return tuple(sheets)


def _rows(paper: Paper, filled: Filled) -> Iterable[Row]:
    """Each group with its heading, in the order of the form; groups without rows are headings over groups."""
    for group in paper.form.groups:
        yield Row((group.number, clean(group.title), "", ""), strong=True)
        yield from (_row(field, filled) for field in _ticks(paper, group))


def _ticks(paper: Paper, group: Group) -> list[Field]:
    return [field for field in paper.form.fields if field.group == group.id and field.kind in TICKS]


def _row(field: Field, filled: Filled) -> Row:
    value = _tick(field, filled)
    return Row((number(field), clean(field.prompt), _MARK * (value == "yes"), _MARK * (value == "no")))


def _tick(field: Field, filled: Filled) -> object:
    return filled.answers.get(field.id) if applies(field, filled) else None


def _blank(paper: Paper, filled: Filled) -> Iterable[Row]:
    for field in paper.form.fields:
        if field.kind in TICKS and _tick(field, filled) not in ("yes", "no"):
            yield Row((number(field), clean(field.prompt), _reason(field, filled)))


def _reason(field: Field, filled: Filled) -> str:
    if field.units and filled.unit.kind not in field.units:
        return f"Văn bản chỉ áp dụng đối với {', '.join(field.units)}."
    if field.needs and applies(field, filled) is False:
        return f"Văn bản chỉ áp dụng đối với đơn vị có: {field.needs}."
    if filled.answers.get(field.id) == "na":
        return "Đơn vị trả lời: không áp dụng."
    return "Đơn vị chưa trả lời."


def _added(paper: Paper, filled: Filled) -> Iterable[Row]:
    """Numbers beside ticks, and the fields that are no ticks."""
    for field in paper.form.fields:
        if not applies(field, filled):
            continue
        if field.kind not in TICKS:
            text = printed(field, filled.answers.get(field.id))
        else:
            text = "\n".join(beside(field, filled.answers))
        if text:
            yield Row((number(field), label(field), text))


def _beside(filled: Filled, name: str, title: str, heading: str, rows: tuple[Row, ...]) -> Sheet:
    blocks: list[Block] = [
        Line(title, "centre"),
        Line(f"(Kèm theo bảng tự đánh giá của {filled.unit.name}; không thuộc biểu mẫu)", "italic"),
        Grid(("Số tt", "Tiêu chí", heading), (14, 95, 56), rows, frozenset({0})),
    ]
    return Sheet(f"{filled.unit.name} - {name}", tuple(blocks))
