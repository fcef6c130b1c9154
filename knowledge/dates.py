"""What a deadline means on a given day, and the dates that people write in a message.

`trước ngày X` ends the day before X; `hạn chót`, `đến hết` and `chậm nhất` include it. A deadline with a fixed date
is a point in time and is never moved for a weekend (Civil Code 2015, articles 147–148, move computed terms only).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge.model import Deadline, PartialDate

State = Literal["ahead", "today", "passed", "open", "impossible", "none"]

_DAY_MONTH = re.compile(r"(?<![\d./,-])(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?(?![\d/%]|[.,]\d)")
_SPELLED = re.compile(r"\b(?:ngay|mung|mong)?\s*(\d{1,2})\s+thang\s+(\d{1,2})(?:\s*(?:nam|,)?\s*(\d{4}))?")
_MONTH_YEAR = re.compile(r"\b(?:thang\s*)?(\d{1,2})\s*[/.-]\s*(\d{4})\b|\bthang\s+(\d{1,2})\s+nam\s+(\d{4})")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline seen from one day."""

    state: State
    # Last day on which it is surely not late, of the occurrence that matters; None where there is none.
    last: date | None = None
    # Days from today to `last`: 0 on that day, negative afterwards.
    days: int = 0
    # Where this year's has passed and it recurs: the next last safe day.
    following: date | None = None


def exists(year: int | None, month: int | None, day: int | None) -> bool:
    """Whether such a day is in the calendar; a missing year counts as a leap year."""
    if month is None or day is None:
        return month is None or 1 <= month <= 12
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2000, month)[1]


def due(deadline: Deadline, today: date) -> Due:
    """Where a deadline stands on a day."""
    if not exists(deadline.year, deadline.month, deadline.day):
        return Due("impossible")
    if deadline.kind == "within" and deadline.end:
        return _within(deadline.start, deadline.end, today)
    if deadline.month is None or deadline.day is None:
        return Due("open" if deadline.kind in ("continuous", "yearly") else "none")
    if deadline.recurring and deadline.year is None:
        this, following = _last(deadline, today.year), _last(deadline, today.year + 1)
        if today <= this:
            return _seen(this, today)
        return Due("passed", this, (this - today).days, following)
    if deadline.year is None:
        return Due("none")
    return _seen(_last(deadline, deadline.year), today)


def _last(deadline: Deadline, year: int) -> date:
    month, day = deadline.month or 1, deadline.day or 1
    on = date(year, month, min(day, calendar.monthrange(year, month)[1]))
    return on - timedelta(days=1) if deadline.kind == "before" else on


def _seen(last: date, today: date) -> Due:
    days = (last - today).days
    return Due("ahead" if days > 0 else "today" if days == 0 else "passed", last, days)


def _within(start: date | None, end: date, today: date) -> Due:
    if start and today < start:
        return Due("ahead", end, (end - today).days)
    return _seen(end, today) if today > end else Due("open", end, (end - today).days)


def dates_in(folded: str) -> list[PartialDate]:
    """Days and months that a folded message names, in order: 2/10, 02/10/2024, ngay 2 thang 10."""
    found: list[tuple[int, PartialDate]] = []
    for match in _DAY_MONTH.finditer(folded):
        day, month = int(match[1]), int(match[2])
        if 1 <= day <= 31 and 1 <= month <= 12:
            year = int(match[3]) + (2000 if match[3] and len(match[3]) == 2 else 0) if match[3] else None
            found.append((match.start(), PartialDate(match[0], year, month, day)))
    for match in _SPELLED.finditer(folded):
        day, month = int(match[1]), int(match[2])
        if 1 <= day <= 31 and 1 <= month <= 12:
            found.append(
                (match.start(), PartialDate(match[0].strip(), int(match[3]) if match[3] else None, month, day))
            )
    return [partial for _, partial in sorted(found, key=lambda item: item[0])]


def months_in(folded: str) -> list[PartialDate]:
    """Months of a year that a folded message names: 3/2012, thang 3 nam 2012."""
    found = []
    for match in _MONTH_YEAR.finditer(folded):
        month, year = int(match[1] or match[3]), int(match[2] or match[4])
        if 1 <= month <= 12:
            found.append(PartialDate(match[0], year, month))
    return found


def as_day(partial: PartialDate, today: date) -> date | None:
    """The day a person means; without a year the one in the year of today. None where there is no such day."""
    year = partial.year or today.year
    if partial.month is None or partial.day is None or not exists(year, partial.month, partial.day):
        return None
    return date(year, partial.month, partial.day)
