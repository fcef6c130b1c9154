"""How far the rounds have come, as a picture that can be read on a phone and passed on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from textwrap import shorten
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from conversation import PaperFile
from papers.paper import NoPaper, clean
from storage.registry import Tally

# matplotlib brings it, and it has all Vietnamese letters.
FONT = "DejaVu Sans"
# What people typed is no formula.
PLAIN: dict[str, Any] = {"family": FONT, "parse_math": False}
# Inches at 150 points: 1,080 pixels, as wide as phones are.
WIDTH, _POINTS = 7.2, 150
MOST_BARS = 8
_LETTERS = 48
# Percent of a bar in which a number has room.
_NARROWEST = 4
# Apart also for who does not see colours: from dark to light, and with the count in each.
_SHARES = (
    ("Đã nhận", ("accepted",), "#1B5E20", "white"),
    ("Chờ duyệt", ("submitted",), "#1976D2", "white"),
    ("Trả lại", ("returned",), "#F9A825", "black"),
    ("Chưa nộp", ("", "draft", "withdrawn"), "#E0E0E0", "black"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One round: its form, when it is due, and the state of each unit."""

    name: str
    tally: Tally


def progress(bars: Sequence[Bar], ward: str, on: date | None) -> PaperFile:
    """Units by the state of their submission, a bar a round; of more than eight the first. Raises `NoPaper`."""
    if not bars:
        raise NoPaper("Chưa có đợt nào đang mở; anh/chị mở đợt rồi xem lại tiến độ.")
    shown = bars[:MOST_BARS]
    figure = Figure(figsize=(WIDTH, 1.9 + 0.95 * len(shown)), dpi=_POINTS, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for place, bar in enumerate(shown):
        _draw(axes, place, bar)
    _frame(axes, shown)
    told = [f"ngày {on:%d/%m/%Y}"] if on else []
    told += [f"{len(shown)} trong {len(bars)} đợt"] if len(bars) > len(shown) else []
    title = f"Tiến độ nộp bài, {clean(ward)}\n{', '.join(told)}".strip()
    figure.suptitle(title, **PLAIN, fontsize=15, fontweight="bold")
    picture = BytesIO()
    figure.savefig(picture, format="png", pil_kwargs={"optimize": True})
    name = f"tien-do{'_' + on.isoformat() if on else ''}.png"
    return PaperFile(name, "image/png", picture.getvalue())


def counted(tally: Tally) -> list[int]:
    """Units accepted, waiting, returned and not yet there."""
    states: Counter[str] = Counter(tally.states.values())
    return [sum(states[state] for state in of) for _, of, _, _ in _SHARES]


def _draw(axes: Axes, place: int, bar: Bar) -> None:
    left = 0.0
    numbers = counted(bar.tally)
    whole = sum(numbers) or 1
    for count, (_, _, colour, ink) in zip(numbers, _SHARES, strict=True):
        share = 100 * count / whole
        axes.barh(place, share, left=left, color=colour, height=0.42, edgecolor="white")
        if share >= _NARROWEST:
            axes.text(left + share / 2, place, str(count), ha="center", va="center", color=ink, **PLAIN, fontsize=12)
        left += share
    round = bar.tally.round
    due = f"hạn {round.due:%d/%m/%Y}" if round.due else ""
    when = ", ".join(part for part in (round.period, due) if part)
    name = shorten(clean(bar.name), _LETTERS, placeholder="…")
    handed = numbers[0] + numbers[1]
    axes.text(0, place - 0.27, f"{name}\n{clean(when)[:_LETTERS]}", va="bottom", **PLAIN, fontsize=11)
    axes.text(100, place - 0.27, f"{handed}/{sum(numbers)} đã nộp", ha="right", va="bottom", **PLAIN, fontsize=11)


def _frame(axes: Axes, bars: Sequence[Bar]) -> None:
    axes.set_xlim(0, 100)
    axes.set_ylim(len(bars) - 0.5, -0.95)
    axes.set_axis_off()
    for name, _, colour, _ in _SHARES:
        axes.barh(0, 0, color=colour, label=name)
    axes.legend(
        ncols=4, loc="upper center", bbox_to_anchor=(0.5, 0.02), frameon=False, prop={"family": FONT, "size": 11}
    )
