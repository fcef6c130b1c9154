"""Cells of a workbook: looks that are made once, and text that stays text."""

from dataclasses import dataclass, field

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from papers.paper import clean

FONT = "Times New Roman"
# Programs take text that begins with these for a formula, or did once (OWASP, CSV injection).
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
MILLIMETRES_PER_LETTER = 1.9


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks."""

    size: int = 12
    bold: bool = False
    italic: bool = False
    across: str = "left"
    boxed: bool = False
    filled: str = ""
    # People may write into it although the sheet is locked.
    open: bool = False
    # On one line, smaller where it has no room.
    shrinks: bool = False


@dataclass(slots=True)
class Writer:
    """Writes cells of one workbook; a style is made once and shared, which makes large tables quick."""

    book: Workbook
    _styles: dict[tuple[Look, bool], object] = field(default_factory=dict)

    def text(self, sheet: Worksheet, row: int, column: int, value: object, look: Look) -> Cell:
        """Write text: it is never a formula, an error or a number, whatever it looks like."""
        cell: Cell = sheet.cell(row, column)
        written = clean(value)
        if written:
            # Not through `value`, which guesses what it might be.
            cell._value, cell.data_type = written, "s"
        quoted = written.startswith(RISKY)
        style = self._styles.get((look, quoted))
        if style is None:
            self._style(cell, look, quoted)
            self._styles[look, quoted] = cell._style
        else:
            cell._style = style
        return cell

    def _style(self, cell: Cell, look: Look, quoted: bool) -> None:
        cell.font = Font(name=FONT, size=look.size, bold=look.bold, italic=look.italic)
        cell.alignment = Alignment(
            horizontal=look.across, vertical="center", wrap_text=not look.shrinks, shrink_to_fit=look.shrinks
        )
        cell.number_format = "@"
        cell.quotePrefix = quoted
        cell.protection = Protection(locked=not look.open)
        if look.boxed:
            cell.border = _BOX
        if look.filled:
            cell.fill = PatternFill("solid", fgColor=look.filled)
