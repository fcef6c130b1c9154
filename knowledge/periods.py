"""Stretches of time that an answer names: {"from": iso, "to": iso}, where "to" is empty for "nay"."""

import calendar
import re
from dataclasses import replace
from datetime import date

from knowledge.bad_answers import BadAnswer
from knowledge.days import date_shown, iso_of, outside, scanned
from knowledge.moments import Moment

_CONNECTED = re.compile(
    r"\s*(?:cho\s+)?(?:-+>?|=>|~|→|den|toi|to|until|till)\s*(?:cho\s+)?(?:het\s+)?(?:ngay\s+|thang\s+|nam\s+)*"
)
_SINCE = re.compile(r"\b(?:tu|since)\b")
# A single month or year is a period of its own where its name stands before it.
_WHOLE = re.compile(r"\b(?:nam|thang|ngay|ca nam|trong)\s+(?:nam\s+|thang\s+|ngay\s+)*$")
_QUARTER = re.compile(r"\bquy\s*(iv|i{1,3}|[1-4])\s*(?:/|-|nam|,)?\s*(?:nam\s+)?((?:19|20)\d{2})\b")
_HALF = re.compile(r"\b(?:6|sau)\s*thang\s*(dau|cuoi)\s*nam\s*((?:19|20)\d{2})\b")
_APART = re.compile(r"[;\n]")
_ALSO_APART = re.compile(r",|(?<!\w)(?:và|va|rồi|roi)(?!\w)")
LONGEST_LIST = 600
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def period_in(text: str, today: date) -> dict[str, str]:
    """The period of an answer: "3/2012 - 5/2018", "từ tháng 3 năm 2012 đến nay", "quý I/2026". Raises `BadAnswer`."""
    folded, found = scanned(text, today)
    fixed = _fixed(folded)
    if fixed:
        return fixed
    found = [moment for moment in found if moment.now or moment.year or moment.month or moment.day]
    if re.search(r"\d", outside(folded, found)):
        raise BadAnswer("no_period", text)
    if len(found) > 2:
        raise BadAnswer("several_dates", text)
    if len(found) == 2:
        return _between(folded, found[0], found[1], text, today)
    if not found or found[0].now:
        raise BadAnswer("no_period", text)
    return _alone(folded, found[0], text, today)


def periods_in(text: str, today: date) -> list[dict[str, str]]:
    """The periods of an answer that may name several: "3/2012-5/2018; 6/2019 đến nay". Raises `BadAnswer`."""
    found: list[dict[str, str]] = []
    for piece in filter(str.strip, _APART.split(text[:LONGEST_LIST])):
        try:
            found.append(period_in(piece, today))
        except BadAnswer as bad:
            pieces = [part for part in _ALSO_APART.split(piece) if part.strip()]
            if bad.problem != "several_dates" or len(pieces) < 2:
                raise
            found += [period_in(part, today) for part in pieces]
    if not found or len(text) > LONGEST_LIST:
        raise BadAnswer("no_period", text)
    return found


def _fixed(folded: str) -> dict[str, str] | None:
    """A quarter or half of a year, where the answer names one and nothing else."""
    found = [(match[1], match[2], 3) for match in _QUARTER.finditer(folded)]
    found += [("1" if match[1] == "dau" else "2", match[2], 6) for match in _HALF.finditer(folded)]
    rest = _HALF.sub("", _QUARTER.sub("", folded))
    if len(found) != 1 or re.search(r"\d|\bquy\b", rest):
        return None
    name, year, months = found[0]
    last = months * (_QUARTERS.get(name) or int(name))
    return {"from": f"{year}-{last - months + 1:02}", "to": f"{year}-{last:02}"}


def _between(folded: str, first: Moment, last: Moment, text: str, today: date) -> dict[str, str]:
    joined = _CONNECTED.fullmatch(folded[first.end : last.start])
    since_now = last.now and not folded[first.end : last.start].strip()
    if (first.now and not first.year) or not (joined or since_now):
        raise BadAnswer("no_period", text)
    if last.now:
        value = {"from": iso_of(first, text, today), "to": ""}
        end = today.isoformat()
    else:
        # "từ ngày 1 đến 5/10/2024": what the first lacks stands with the last.
        first = replace(first, month=first.month or (last.month if first.day else None), year=first.year or last.year)
        end = iso_of(last, text, today)
        value = {"from": iso_of(first, text, today), "to": end}
    if bounds(value["from"])[0] > bounds(end)[1]:
        raise BadAnswer("reversed", text)
    return value


def _alone(folded: str, moment: Moment, text: str, today: date) -> dict[str, str]:
    before = folded[: moment.start]
    if _SINCE.search(before) or not (moment.day or _WHOLE.search(before)):
        raise BadAnswer("no_end", text)
    iso = iso_of(moment, text, today)
    return {"from": iso, "to": iso}


def bounds(iso: str) -> tuple[date, date]:
    """First and last day of a date of any precision."""
    year, month, day = (*map(int, iso.split("-")), 0, 0)[:3]
    if day:
        return date(year, month, day), date(year, month, day)
    if month:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, 1, 1), date(year, 12, 31)


def period_shown(first: str, last: str) -> str:
    """A period as officials write it: "từ 3/2012 đến nay"."""
    if first == last:
        return f"ngày {date_shown(first)}" if len(first) == 10 else date_shown(first)
    ends = [date_shown(iso).removeprefix("tháng ").removeprefix("năm ") if iso else "nay" for iso in (first, last)]
    return f"từ {ends[0]} đến {ends[1]}"
