"""Tables of a DOCX: the two columns at the top and at the end, and ruled tables with a repeated heading row."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from papers.blocks import Grid, Hand, Letterhead, Signing
from papers.lengths import length

_TWIPS = 1440 / 25.4
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
# How long these are in Times New Roman bold, in millimetres, at 12, 13 and 15 points: the line below is as long.
_STATE_WIDTH, _MOTTO_WIDTH, _PARTY_WIDTH = 89, 56, 73
# Between the two columns, so that they do not run into one another.
_BETWEEN = 4
_KINDS = (" PHƯỜNG ", " XÃ ", " THỊ TRẤN ", " ĐẶC KHU ")


def add_letterhead(file: Document, head: Letterhead, width: int) -> None:
    """Who writes on the left, the state's or the Party's words on the right (NĐ 30/2020, Phụ lục I; HD 36-HD/VPTW)."""
    right = max(_STATE_WIDTH + 1, round(width * 0.6))
    size = 12 if head.kind == "state" else 14
    issuer = _broken(head.issuer, width - _STATE_WIDTH - _BETWEEN, size)
    needed = max(length(line, size, bold=True) for line in (*issuer.split("\n"), head.parent)) + _BETWEEN
    right = min(right, max(_STATE_WIDTH + 1, width - round(needed)))
    left, state = width - right, head.kind == "state"
    table = _columns(file, (left, right))
    one, other = table.rows[0].cells
    if head.parent:
        _centred(one, head.parent, size)
    for line in issuer.split("\n"):
        _centred(one, line, size, bold=True)
    if state:
        rule(one.add_paragraph(), left, round(min(length(head.issuer, size, bold=True), left) * 0.4))
        _centred(other, STATE[0], 12, bold=True)
        _centred(other, STATE[1], 13, bold=True)
        rule(other.add_paragraph(), right, _MOTTO_WIDTH)
    else:
        _centred(one, "*", 14)
        _centred(other, PARTY, 15, bold=True)
        rule(other.add_paragraph(), right, _PARTY_WIDTH)
    if head.number:
        _centred(one, head.number, 13 if state else 14)
    if head.dated:
        _centred(other, head.dated, 13 if state else 14, italic=True)


def _broken(issuer: str, room: int, size: int) -> str:
    """The issuer on one line where it fits beside the state's words, else broken before the kind of the ward."""
    if length(issuer, size, bold=True) <= room:
        return issuer
    for kind in _KINDS:
        if kind in issuer:
            return issuer.replace(kind, f"\n{kind.lstrip()}", 1)
    return issuer


def add_signing(file: Document, signing: Signing, width: int) -> None:
    """Receivers on the left, or nobody; those who sign beside one another, the only one on the right."""
    space = file.add_paragraph().paragraph_format
    space.space_after, space.keep_with_next = Pt(6), True
    count = max(len(signing.hands), 2)
    table = _columns(file, (width // count,) * count, rows=2)
    hands = signing.hands if len(signing.hands) > 1 else (None, *signing.hands)
    if signing.receivers:
        _receivers(table.rows[0].cells[0], signing.receivers)
    above, below = table.rows[0].cells, table.rows[1].cells
    for hand, over, under in zip(hands, above, below, strict=False):
        if hand:
            _hand(hand, over, under)
    for cell in above:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _hand(hand: Hand, above: _Cell, below: _Cell) -> None:
    """As whom and how somebody signs; below, with room for the hand, the name."""
    for line in hand.title.split("\n"):
        _centred(above, line, 13, bold=True)
    if hand.note:
        _centred(above, hand.note, 13, italic=True)
    _centred(below, hand.name, 13, bold=True).paragraph_format.space_before = Pt(48)


def _receivers(cell: _Cell, receivers: Iterable[str]) -> None:
    cell.paragraphs[0].add_run("Nơi nhận:").font.size = Pt(12)
    cell.paragraphs[0].runs[0].bold = cell.paragraphs[0].runs[0].italic = True
    for line in receivers:
        cell.add_paragraph().add_run(line).font.size = Pt(11)


def add_grid(file: Document, grid: Grid, width: int, *, signed: bool) -> None:
    """A ruled table; where it is signed, its last row stays with the signature.

    Its rows are written as XML: cell by cell, python-docx needs seconds for a long list.
    """
    twips = [round(width * _TWIPS * share / sum(grid.widths)) for share in grid.widths]
    heading = _row(grid.headings, twips, ["CellCentre"] * len(twips), strong=True, stays=True, heading=True)
    styles = ["CellCentre" if place in grid.centred else "Cell" for place in range(len(twips))]
    last = len(grid.rows) - 1
    rows = "".join(
        _row(row.cells, twips, styles, strong=row.strong, stays=row.strong or (signed and place == last))
        for place, row in enumerate(grid.rows)
    )
    columns = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in twips)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{heading}{rows}</w:tbl>'
    )
    file.element.body.sectPr.addprevious(table)


def _row(
    cells: Sequence[str],
    twips: Sequence[int],
    styles: Sequence[str],
    *,
    strong: bool,
    stays: bool,
    heading: bool = False,
) -> str:
    properties = "<w:cantSplit/><w:tblHeader/>" if heading else "<w:cantSplit/>"
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraphs(text, style, strong, stays)}</w:tc>"
        for text, wide, style in zip(cells, twips, styles, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{written}</w:tr>"


def _paragraphs(text: str, style: str, strong: bool, stays: bool) -> str:
    """The lines of a cell; `stays` on the page of the row that follows."""
    bold = "<w:rPr><w:b/></w:rPr>" if strong else ""
    keep = "<w:keepNext/>" if stays else ""
    return "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}</w:pPr>'
        f'<w:r>{bold}<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )


def _columns(file: Document, widths: Sequence[int], rows: int = 1) -> Table:
    """Rows without borders and without room inside their cells."""
    table: Table = file.add_table(rows=rows, cols=len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for row in table.rows:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        for column, cell, width in zip(table.columns, row.cells, widths, strict=True):
            column.width = cell.width = Mm(width)
    none = '<w:{} w:w="0" w:type="dxa"/>'
    room = f"<w:tblCellMar {nsdecls('w')}>{none.format('left')}{none.format('right')}</w:tblCellMar>"
    table._tbl.tblPr.insert_element_before(parse_xml(room), "w:tblLook")
    return table


def _centred(cell: _Cell, text: str, size: int, *, bold: bool = False, italic: bool = False) -> Paragraph:
    first = cell.paragraphs[0]
    paragraph: Paragraph = first if len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def rule(paragraph: Paragraph, room: int, length: int) -> Paragraph:
    """A line of some millimetres in the middle of the paragraph's room, drawn as its upper border."""
    side = Mm(max(room - length, 0) / 2)
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = side
    form.space_before, form.line_spacing, form.space_after = Pt(3), Pt(4), Pt(2)
    line = '<w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/>'
    borders = parse_xml(f"<w:pBdr {nsdecls('w')}>{line}</w:pBdr>")
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")
    return paragraph
