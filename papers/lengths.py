"""How long text is in Times New Roman, near enough to choose where it breaks and how high a row must be."""

import math

# Mean widths in millimetres for each point of size, measured on Liberation Serif 2, which has the widths of Times New
# Roman: capitals with Vietnamese marks, digits, spaces, other letters; bold is a little wider.
_CAPITAL, _DIGIT, _SPACE, _SMALL, _BOLD = 0.243, 0.176, 0.088, 0.158, 1.05
_LINE = 1.28
# A line ends before a word that does not fit: this share of it stays empty.
_RAGGED = 0.93
# Excel's limit for the height of a row.
_HIGHEST = 409


def length(text: str, points: float, *, bold: bool = False) -> float:
    """Millimetres of a line of text."""
    capitals, digits, spaces = sum(map(str.isupper, text)), sum(map(str.isdigit, text)), text.count(" ")
    small = len(text) - capitals - digits - spaces
    widths = capitals * _CAPITAL + digits * _DIGIT + spaces * _SPACE + small * _SMALL
    return points * widths * (_BOLD if bold else 1)


def height(text: str, room: float, points: float, *, bold: bool = False) -> float:
    """Points that a text needs in a room of some millimetres."""
    lines = sum(max(1, math.ceil(length(line, points, bold=bold) / (room * _RAGGED))) for line in text.split("\n"))
    return min(lines * points * _LINE + 3, _HIGHEST)
