"""What stands on a paper, before it is a document or a workbook: sheets of blocks, texts already filled in."""

from dataclasses import dataclass
from typing import Literal

Voice = Literal["body", "heading", "subheading", "centre", "italic"]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, on the left; the state's or the Party's words, on the right (NĐ 30/2020, HD 36-HD/VPTW)."""

    kind: Literal["state", "party"]
    # The body above, or empty.
    parent: str
    issuer: str
    # "Số:      /BC-UBND", or empty; "Tân Phong, ngày …", or empty.
    number: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """The name of the paper, in capitals, and what it is about; then the italic line of what it belongs to."""

    name: str
    about: str = ""
    attached: str = ""
    # A short line below, as papers of their own have it and annexes do not.
    ruled: bool = False
    # As the Party has it: 16 points, what it is about 15 (HD 36-HD/VPTW); else both 14.
    large: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; line ends inside it begin further ones."""

    text: str
    voice: Voice = "body"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `strong` for the heading of a group of rows."""

    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a heading row that is repeated on each page. Widths are shares of the page's width."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[Row, ...]
    # Places of columns whose text stands in the middle.
    centred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Hand:
    """Where somebody signs: as whom, how, and the name if it is known."""

    title: str
    note: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """The end of a paper: receivers on the left, or none, and the blocks of those who sign."""

    hands: tuple[Hand, ...]
    receivers: tuple[str, ...] = ()


Block = Letterhead | Title | Line | Grid | Signing


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the file that begins on a page of its own, pages counted from 1."""

    # For the tab of a workbook.
    name: str
    blocks: tuple[Block, ...]
    landscape: bool = False
