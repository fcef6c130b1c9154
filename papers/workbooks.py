"""XLSX: the sheets of a paper, and before them, where there are several submissions, all answers in one table."""

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import count, zip_longest

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from conversation import PaperFile
from papers.blocks import Block, Grid, Hand, Letterhead, Line, Sheet, Signing, Title
from papers.cells import FONT, MILLIMETRES_PER_LETTER, Look, Writer
from papers.composition import composed, differences
from papers.documents import mark, text_width
from papers.extracts import table
from papers.lengths import height
from papers.paper import Paper, clean, file_name
from papers.raster import raster
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
    number = sheet.oddHeader.center
    number.text, number.font, number.size = "&P", f"{FONT},Regular", 13


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
        tables = [block.widths for block in sheet.blocks if isinstance(block, Grid)]
        tables += [(1,) * len(block.hands) for block in sheet.blocks if isinstance(block, Signing) and block.hands[2:]]
        self._raster = raster(dict.fromkeys(tables), text_width(sheet.landscape))
        self._row = 1

    def write(self) -> None:
        """Write every block below the one before."""
        set_page(self._sheet, self._source.landscape)
        for column, room in enumerate(self._raster.widths, start=1):
            self._sheet.column_dimensions[get_column_letter(column)].width = round(room / MILLIMETRES_PER_LETTER, 1)
        for block in self._source.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Letterhead():
                self._letterhead(block)
            case Title():
                for text in filter(None, (block.name, block.about)):
                    self._across(text, Look(14, bold=True, across="center"))
                if block.attached:
                    self._across(block.attached, Look(13, italic=True, across="center"))
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
        for pair in zip_longest(filter(_filled, left), filter(_filled, right), fillvalue=("", False)):
            looks = [Look(12, bold, text == head.dated, "center", shrinks=True) for text, bold in pair]
            self._parts([text for text, _ in pair], looks, (2, 3))
        self._row += 1

    def _across(self, text: str, look: Look) -> None:
        self._parts([text], [look], (1,))

    def _parts(self, texts: Sequence[str], looks: Sequence[Look], shares: Sequence[float]) -> None:
        """Write a row of texts that have these shares of the page."""
        for text, look, (first, last) in zip(texts, looks, self._raster.spans(shares), strict=True):
            self._writer.text(self._sheet, self._row, first, text, look)
            if last > first:
                for column in range(first + 1, last + 1) if look.boxed else ():
                    self._writer.text(self._sheet, self._row, column, "", look)
                self._sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=first, end_column=last)
            self._raise(text, self._raster.room(first, last), look)
        self._row += 1

    def _raise(self, text: str, room: float, look: Look) -> None:
        """Make the row high enough: LibreOffice does not measure rows by itself, and nobody measures joined cells."""
        row = self._sheet.row_dimensions[self._row]
        lines = "" if look.shrinks else text
        row.height = max(row.height or 0, height(lines, room, look.size, bold=look.bold))

    def _grid(self, grid: Grid) -> None:
        head = Look(bold=True, across="center", boxed=True)
        if self._sheet.print_title_rows is None and len(self._tables()) == 1:
            self._sheet.print_title_rows = f"{self._row}:{self._row}"
        self._parts(grid.headings, [head] * len(grid.headings), grid.widths)
        for row in grid.rows:
            across = ["center" if place in grid.centred else "left" for place in range(len(row.cells))]
            self._parts(row.cells, [Look(bold=row.strong, across=where, boxed=True) for where in across], grid.widths)
        self._row += 1

    def _tables(self) -> list[Grid]:
        return [block for block in self._source.blocks if isinstance(block, Grid)]

    def _signing(self, signing: Signing) -> None:
        hands = (Hand(""), *signing.hands) if len(signing.hands) == 1 else signing.hands
        plain, bold = Look(13, italic=True, across="center"), Look(13, bold=True, across="center")
        for texts, look in (
            ([hand.title for hand in hands], bold),
            ([hand.note for hand in hands], plain),
            ([""] * len(hands), plain),
            ([""] * len(hands), plain),
            ([hand.name for hand in hands], bold),
        ):
            self._parts(texts, [look] * len(hands), [1.0] * len(hands))
        for text in ("Nơi nhận:", *signing.receivers) if signing.receivers else ():
            self._across(text, Look(11, italic=text == "Nơi nhận:"))


def _filled(line: tuple[str, bool]) -> bool:
    return bool(line[0])
