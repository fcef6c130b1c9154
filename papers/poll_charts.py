"""What people chose in a poll, as a picture: all of them, then unit by unit, and under it what it is worth."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from textwrap import shorten

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from conversation import PaperFile
from papers.charts import PLAIN, WIDTH
from papers.paper import NoPaper, clean, slug

# A poll is never to be taken for a vote of residents (Luật 10/2022/QH15).
WORTH = "Thăm dò, không có giá trị biểu quyết"
MOST_UNITS = 10
_POINTS, _LETTERS, _QUESTION = 150, 30, 110
# From dark to light, so that they differ in grey as well: eight, as many as a poll may have options.
_COLOURS = ("#0D3B66", "#B3541E", "#2E7D32", "#F4A300", "#6A4C93", "#4FB3BF", "#C9ADA7", "#BDBDBD")
_DARK = frozenset(_COLOURS[:3]) | {_COLOURS[4]}
# Percent of a bar in which a number has room.
_NARROWEST = 5


def poll_chart(
    code: str,
    question: str,
    options: Sequence[str],
    counts: Mapping[tuple[str, str], int],
    units: Mapping[str, str],
) -> PaperFile:
    """PNG. `counts`: by unit and number of the option, as text from "0"; `units`: names by code. Raises `NoPaper`."""
    if not counts:
        raise NoPaper("Chưa có ai trả lời nên chưa có hình kết quả.")
    by_unit = {unit: _of(unit, counts, len(options)) for unit in dict.fromkeys(unit for unit, _ in counts)}
    largest = sorted(by_unit, key=lambda unit: -sum(by_unit[unit]))[:MOST_UNITS]
    shown = [unit for unit in by_unit if unit in largest]
    whole = [sum(row[place] for row in by_unit.values()) for place in range(len(options))]
    figure = Figure(figsize=(WIDTH, 2.7 + 0.52 * len(options) + 0.6 * len(shown)), dpi=_POINTS, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, height_ratios=[len(options) + 0.4, 1.15 * len(shown) + 0.6])
    figure.suptitle(_broken(question), **PLAIN, fontsize=15, fontweight="bold")
    above.set_title(f"{WORTH}\n{sum(whole)} người trả lời, mã {code}", **PLAIN, fontsize=12)
    heading = "Theo đơn vị" if len(shown) == len(by_unit) else f"{len(shown)} đơn vị đông người trả lời nhất"
    below.set_title(heading, **PLAIN, fontsize=12, loc="left")
    _whole(above, options, whole)
    _shares(below, [(units.get(unit, unit) or "Chưa chọn tổ", by_unit[unit]) for unit in shown])
    picture = BytesIO()
    figure.savefig(picture, format="png", pil_kwargs={"optimize": True})
    return PaperFile(f"tham-do_{slug(code)}.png", "image/png", picture.getvalue())


def _of(unit: str, counts: Mapping[tuple[str, str], int], options: int) -> list[int]:
    return [counts.get((unit, str(number)), 0) for number in range(options)]


def _broken(question: str) -> str:
    """The question in at most three lines."""
    words = shorten(clean(question), _QUESTION, placeholder="…").split()
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 42 and len(lines) < 3:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _whole(axes: Axes, options: Sequence[str], whole: Sequence[int]) -> None:
    most, total = max(whole) or 1, sum(whole)
    for place, (option, count) in enumerate(zip(options, whole, strict=True)):
        axes.barh(place, count, color=_COLOURS[place % len(_COLOURS)], height=0.5)
        share = f"{count} ({round(100 * count / total)} %)"
        axes.text(count + most * 0.015, place, share, va="center", **PLAIN, fontsize=12)
        axes.text(0, place - 0.3, _short(option), va="bottom", **PLAIN, fontsize=12)
    axes.set_xlim(-most * 0.03, most * 1.25)
    axes.set_ylim(len(options) - 0.6, -0.85)
    axes.set_axis_off()


def _shares(axes: Axes, rows: Sequence[tuple[str, Sequence[int]]]) -> None:
    """Each unit as one bar of a hundred percent, with the count in each part."""
    for place, (name, row) in enumerate(rows):
        left, whole = 0.0, sum(row) or 1
        for number, count in enumerate(row):
            share, colour = 100 * count / whole, _COLOURS[number % len(_COLOURS)]
            axes.barh(place, share, left=left, color=colour, height=0.4, edgecolor="white")
            if share >= _NARROWEST:
                ink = "white" if colour in _DARK else "black"
                axes.text(left + share / 2, place, str(count), ha="center", va="center", color=ink, **PLAIN)
            left += share
        axes.text(0, place - 0.24, _short(name), va="bottom", **PLAIN, fontsize=11)
    axes.set_xlim(-2, 102)
    axes.set_ylim(len(rows) - 0.6, -0.75)
    axes.set_axis_off()


def _short(name: str) -> str:
    return shorten(clean(name), _LETTERS + 18, placeholder="…")
