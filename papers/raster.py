"""The columns of a sheet on which tables of different widths stand below one another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Borders nearer than this are one.
_SAME = 4.0


@dataclass(frozen=True, slots=True)
class Raster:
    """Right borders of the columns, in millimetres from the left; the last one is the width of the page."""

    borders: tuple[float, ...]

    @property
    def widths(self) -> tuple[float, ...]:
        """Millimetres of each column."""
        return tuple(border - before for before, border in zip((0.0, *self.borders), self.borders, strict=False))

    def spans(self, shares: Sequence[float]) -> list[tuple[int, int]]:
        """First and last column, counted from 1, of parts that have these shares of the width."""
        ends = [self._nearest(border) for border in _borders(shares, self.borders[-1])]
        found, first = [], 1
        for place, end in enumerate(ends):
            # Each part has a column, also those that follow.
            last = min(max(end, first), len(self.borders) - (len(ends) - 1 - place))
            found.append((first, max(last, first)))
            first = max(last, first) + 1
        return found

    def room(self, first: int, last: int) -> float:
        """Millimetres of some columns together."""
        return sum(self.widths[first - 1 : last])

    def _nearest(self, border: float) -> int:
        return min(range(len(self.borders)), key=lambda place: abs(self.borders[place] - border)) + 1


def raster(tables: Iterable[Sequence[int]], width: float) -> Raster:
    """Columns in which all these tables have theirs; without tables four equal ones."""
    wanted = sorted(border for shares in tables for border in _borders(shares, width)) or [
        width * place / 4 for place in range(1, 5)
    ]
    found: list[float] = []
    for border in wanted:
        if not found or border - found[-1] > _SAME:
            found.append(border)
    found[-1] = width
    # Signatures stand side by side, and need two columns at least.
    return Raster(tuple(found) if len(found) > 1 else (width / 2, width))


def _borders(shares: Sequence[float], width: float) -> list[float]:
    whole = sum(shares)
    return [width * sum(shares[: place + 1]) / whole for place in range(len(shares))]
