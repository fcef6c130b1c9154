"""XLSX: the sheets of a paper, and before them, where there are several submissions, all answers in one table."""

import re
from io import BytesIO
from itertools import count

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from conversation import PaperFile
from papers.blocks import Block, Grid, Letterhead, Line, Row, Sheet, Signing, Title
from papers.cells import MILLIMETRES_PER_LETTER, Look, Writer
from papers.composition import composed, differences
from papers.documents import mark
from papers.extracts import table
from papers.lengths import height
from papers.paper import Paper, clean, file_name
from papers.ruling import PARTY, STATE

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# More submissions than this are slow to make and tedious to leaf through: then there is only the table of all.
MOST_SHEETS = 40
_A4 = 9
_MARGIN, _WIDE_MARGIN = 0.6, 1.0
_NOT_IN_TABS = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TAB = 31


def workbook(paper: Paper) -> PaperFile:
    """The paper as XLSX. Raises `NoPaper`."""
    sheets = composed(paper) if len(paper.filled) <= MOST_SHEETS or paper.form.layout.kind == "list" else ()
    book = Workbook()
    book.remove(book.active)
    writer = Writer(book)
    if len(paper.filled) > 1:
        _summary(writer, paper)
    for sheet in (*sheets, *differences(paper)):
        _Page(writer, sheet).write()
    book.properties.creator = book.properties.lastModifiedBy = clean(paper.ward)
    book.properties.title, book.properties.description = clean(paper.form.title), mark(paper)
    content = BytesIO()
    book.save(content)
    unit = paper.filled[0].unit.code if len(paper.filled) == 1 else ""
    return PaperFile(file_name(paper.form, unit, paper.made, ".xlsx"), MEDIA_TYPE, content.getvalue())


def tab(book: Workbook, name: str) -> str:
    """A name for a sheet: at most 31 letters, none that Excel refuses, and no other sheet's."""
    wanted = _NOT_IN_TABS.sub(" ", clean(name).replace("\n", " ")).strip(" '")[:_LONGEST_TAB] or "Trang"
    taken = {title.lower() for title in book.sheetnames}
    for number in count(2):
        if wanted.lower() not in taken:
            break
        wanted = f"{wanted[: _LONGEST_TAB - 4].rstrip()} {number}"
    return wanted


def set_page(sheet: Worksheet, landscape: bool) -> None:
    """A4, as wide as the page, page number in the top margin from the second page on."""
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = _WIDE_MARGIN, _MARGIN, 0.8, 0.8
    sheet.HeaderFooter.differentFirst = True
    sheet.oddHeader.center.text = "&P"


def _summary(writer: Writer, paper: Paper) -> None:
    sheet = writer.book.create_sheet("Tổng hợp")
    set_page(sheet, landscape=True)
    headings, lines = table(paper)
    for column, heading in enumerate(headings, start=1):
        writer.text(sheet, 1, column, heading, Look(size=11, bold=True, across="center", boxed=True, filled="DDEBF7"))
        sheet.column_dimensions[get_column_letter(column)].width = 14 if column <= 5 else 24
    look = Look(size=11, boxed=True)
    for row, line in enumerate(lines, start=2):
        for column, cell in enumerate(line, start=1):
            writer.text(sheet, row, column, cell, look)
    sheet.freeze_panes = "D2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = sheet.dimensions


class _Page:
    """One sheet of a paper on one sheet of a workbook, from top to bottom."""

    def __init__(self, writer: Writer, sheet: Sheet) -> None:
        self._writer = writer
        self._source = sheet
        self._sheet: Worksheet = writer.book.create_sheet(tab(writer.book, sheet.name))
        grids = [block for block in sheet.blocks if isinstance(block, Grid)]
        width = 252 if sheet.landscape else 165
        widths = max((grid.widths for grid in grids), key=len, default=(1, 1, 1, 1))
        self._millimetres = [width * share / sum(widths) for share in widths]
        self._columns = len(widths)
        self._row = 1

    def write(self) -> None:
        """Write every block below the one before."""
        set_page(self._sheet, self._source.landscape)
        for column, room in enumerate(self._millimetres, start=1):
            self._sheet.column_dimensions[get_column_letter(column)].width = round(room / MILLIMETRES_PER_LETTER, 1)
        for block in self._source.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Letterhead():
                self._letterhead(block)
            case Title():
                for text in filter(None, (block.name, block.about)):
                    self._across(text, Look(size=14, bold=True, across="center"))
                if block.attached:
                    self._across(block.attached, Look(size=13, italic=True, across="center"))
                self._row += 1
            case Line():
                bold = block.voice in ("heading", "centre")
                across = "center" if block.voice == "centre" else "left"
                self._across(block.text, Look(13, bold, block.voice in ("italic", "subheading"), across))
            case Grid():
                self._grid(block)
            case Signing():
                self._signing(block)

    def _letterhead(self, head: Letterhead) -> None:
        state = head.kind == "state"
        left = [(head.parent, False), (head.issuer, True), ("" if state else "*", False), (head.number, False)]
        right = [(text, True) for text in (STATE if state else (PARTY,))] + [(head.dated, False)]
        left, right = [line for line in left if line[0]], [line for line in right if line[0]]
        for place in range(max(len(left), len(right))):
            for side, lines in ((0, left), (1, right)):
                text, bold = lines[place] if place < len(lines) else ("", False)
                self._half(text, side, Look(12, bold, text == head.dated, "center"))
            self._row += 1
        self._row += 1

    def _half(self, text: str, side: int, look: Look, parts: int = 2) -> None:
        """Write into one of some equal parts of the row."""
        first = side * self._columns // parts + 1
        last = max((side + 1) * self._columns // parts, first)
        self._merged(text, min(first, self._columns), min(last, self._columns), look)

    def _across(self, text: str, look: Look) -> None:
        self._merged(text, 1, self._columns, look)
        self._row += 1

    def _merged(self, text: str, first: int, last: int, look: Look) -> None:
        """Write into joined cells."""
        self._writer.text(self._sheet, self._row, first, text, look)
        if last > first:
            self._sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=first, end_column=last)
        self._raise(text, sum(self._millimetres[first - 1 : last]), look)

    def _raise(self, text: str, room: float, look: Look) -> None:
        """Make the row high enough: LibreOffice does not measure rows by itself, and nobody measures joined cells."""
        row = self._sheet.row_dimensions[self._row]
        row.height = max(row.height or 0, height(text, room, look.size, bold=look.bold))

    def _grid(self, grid: Grid) -> None:
        heading = Look(bold=True, across="center", boxed=True)
        if self._sheet.print_title_rows is None:
            self._sheet.print_title_rows = f"{self._row}:{self._row}"
        self._cells(Row(grid.headings), [heading] * len(grid.headings))
        for row in grid.rows:
            across = ["center" if place in grid.centred else "left" for place in range(len(row.cells))]
            self._cells(row, [Look(bold=row.strong, across=where, boxed=True) for where in across])
        self._row += 1

    def _cells(self, row: Row, looks: list[Look]) -> None:
        for column, (text, look) in enumerate(zip(row.cells, looks, strict=True), start=1):
            self._writer.text(self._sheet, self._row, column, text, look)
            self._raise(text, self._millimetres[column - 1], look)
        self._row += 1

    def _signing(self, signing: Signing) -> None:
        hands = [None, *signing.hands] if len(signing.hands) == 1 else [*signing.hands]
        for line in ("title", "note", "", "", "name"):
            for place, hand in enumerate(hands):
                text = getattr(hand, line) if hand and line else ""
                look = Look(13, bold=line != "note", italic=line == "note", across="center")
                self._half(text, place, look, len(hands))
            self._row += 1
        for text in ("Nơi nhận:", *signing.receivers) if signing.receivers else ():
            self._across(text, Look(11, italic=text == "Nơi nhận:"))
