"""How long somebody served in several periods: overlaps count once, months and years written without days as a range.

Periods that do not follow each other are added up in whole months and then in days, 30 of which are a month
(Civil Code 2015, article 146.1). A period as precise as its months may begin on the last day of one and end on the
first of another: what is sure, and what is possible, are kept beside the plain difference of the months.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.periods import bounds

_DAYS_OF_MONTH = 30
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One period and the months that it adds to the earlier ones."""

    first: str
    # Empty: until now.
    last: str
    # Plain difference of the months.
    months: int
    # What is left of it where it overlaps with earlier periods.
    counted: int


@dataclass(frozen=True, slots=True)
class OfficeTime:
    """Time in office as of a day, in whole months."""

    stretches: tuple[Stretch, ...]
    months: int
    # Surely, and possibly, where days are not written.
    least: int
    most: int


# First and last date in ISO of any precision; the last one is empty for "until now".
Period = tuple[str, str]
# First day, and the day after the last one.
_Span = tuple[date, date]


def office_time(periods: Iterable[Period], as_of: date, *, adds_up: bool = True) -> OfficeTime:
    """The time that periods make as of a day; where broken periods do not add up, the longest of them."""
    ordered = sorted(periods, key=lambda period: bounds(period[0])[0])
    plain = [_plain(period, as_of) for period in ordered]
    stretches = tuple(
        Stretch(period[0], period[1], months([span]), months(plain[: place + 1]) - months(plain[:place]))
        for place, (period, span) in enumerate(zip(ordered, plain, strict=True))
    )
    spans = (plain, [_sure(period, as_of) for period in ordered], [_possible(period, as_of) for period in ordered])
    plainly, least, most = (months(way) if adds_up else _longest(way) for way in spans)
    return OfficeTime(stretches, plainly, least, most)


def months(spans: Sequence[_Span]) -> int:
    """Whole months of all spans together, each day counted once; days that are left of one span alone are none."""
    merged = _merged(spans)
    whole, days = 0, 0
    for first, end in merged:
        found = (end.year - first.year) * 12 + end.month - first.month
        if end.day < first.day:
            found -= 1
        whole += found
        days += (end - _later(first, found)).days
    return whole + (days // _DAYS_OF_MONTH if len(merged) > 1 else 0)


def _longest(spans: Sequence[_Span]) -> int:
    return max((months([span]) for span in _merged(spans)), default=0)


def _merged(spans: Sequence[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for first, end in sorted(span for span in spans if span[0] < span[1]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((first, end))
    return found


def _later(day: date, count: int) -> date:
    """The same day some months later; the first of the next month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def _plain(period: Period, as_of: date) -> _Span:
    """From the beginning of the first month to the beginning of the last; days as they are written."""
    last = period[1]
    end = bounds(last)[0] if last else as_of
    # The last day itself is served where it is known.
    return bounds(period[0])[0], min(end + _DAY if len(last) in (0, 10) else end, as_of + _DAY)


def _sure(period: Period, as_of: date) -> _Span:
    end = bounds(period[1])[0] if period[1] else as_of
    return bounds(period[0])[1], min(end, as_of) + _DAY


def _possible(period: Period, as_of: date) -> _Span:
    end = bounds(period[1])[1] if period[1] else as_of
    return bounds(period[0])[0], min(end, as_of) + _DAY
