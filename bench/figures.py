"""What a measurement found, and the table that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its peer's, and the bar that it has to meet."""

    what: str
    ours: float
    unit: str
    peer: float
    # What the peer is.
    against: str
    # The bar in words, and whether it is met; without a bar the value stands for itself.
    bar: str = ""
    met: bool = True

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the peer's."""
        return self.ours / self.peer if self.peer else float("inf")

    @property
    def verdict(self) -> str:
        """Whether the bar is met, in words; empty where there is none."""
        if not self.bar:
            return ""
        return "met" if self.met else "NOT MET"

    def cells(self) -> tuple[str, ...]:
        """The figure as one line of the table."""
        peer = f"{short(self.peer)} {self.unit}: {self.against}"
        ours = f"{short(self.ours)} {self.unit}"
        return self.what, ours, peer, f"{self.ratio:.3g} ×", self.bar, self.verdict


HEAD = ("what", "measured", "peer in the same run", "ratio", "bar", "")


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table that also reads well as Markdown."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join(chain(lines[:1], [f"|{rule}|"], lines[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def short(value: float) -> str:
    """Three digits that count, no exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
