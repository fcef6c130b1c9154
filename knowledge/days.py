"""The one day, month or year that an answer names, as ISO text of its precision: "2026-11-20", "2026-11", "2026".

A day that is not in the calendar is never repaired, and a day of the lunar calendar is none: laws and papers
count by the solar one (Civil Code 2015, article 146).
"""

import re
from dataclasses import replace
from datetime import date

from knowledge.amounts import LONGEST, readable
from knowledge.bad_answers import BadAnswer
from knowledge.dates import exists
from knowledge.moments import Moment, in_digits, moments_in

FIRST_YEAR, LAST_YEAR = 1900, 2099
# A day without a year is this year's where that is less than half a year away, or another one's that is very near.
_NEAR, _VERY_NEAR = 183, 45

_LUNAR = re.compile(
    r"\b(?:am lich|thang gieng|thang chap|ram|tet|(?:mung|mong)\s+(?:\d|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi))"
)
_SOLAR = re.compile(r"\bduong lich\b|\bdl\b")
_CLOCK = re.compile(r"(?<![\d/.-])\d{1,2}\s*(?:gio\b|h|g|:)\s*(?:\d{1,2}(?!\d))?(?:\s*phut\b)?")
_ABOUT = re.compile(r"\b(?:khoang|truoc|sau|cham nhat|du kien)\s+(?:ngay\s+|thang\s+|nam\s+)*$")
_NO_DAY = re.compile(r"\b(?:khong|chua|ko|quy|thang (?:dau|cuoi))\b")


def scanned(text: str, today: date) -> tuple[str, list[Moment]]:
    """A readable form of an answer and the moments in it. Raises `BadAnswer` for the lunar calendar."""
    if len(text) > LONGEST:
        raise BadAnswer("no_date", text)
    folded = readable(text)
    if _LUNAR.search(folded):
        if not _SOLAR.search(folded):
            raise BadAnswer("lunar", text)
        folded = re.sub(r"\b(?:mung|mong)\b", "ngay", folded)
    folded = in_digits(_CLOCK.sub(lambda match: " " * len(match[0]), folded))
    return folded, moments_in(folded, today)


def outside(folded: str, moments: list[Moment]) -> str:
    """What a text says besides its moments."""
    for moment in reversed(moments):
        folded = folded[: moment.start] + "|" + folded[moment.end :]
    return folded


def date_in(text: str, today: date) -> str:
    """The date of an answer in ISO of its precision. Raises `BadAnswer`."""
    folded, found = scanned(text, today)
    rest = outside(folded, found)
    named = [moment for moment in found if moment.year or moment.month or moment.day]
    if re.search(r"\d", rest) or _NO_DAY.search(rest):
        raise BadAnswer("no_date", text)
    if not named:
        raise BadAnswer("which_week" if any(m.weekday is not None for m in found) else "no_date", text)
    if len(named) > 1:
        raise BadAnswer("several_dates", text)
    if _ABOUT.search(rest.split("|")[found.index(named[0])]):
        raise BadAnswer("not_exact", text)
    iso = iso_of(named[0], text, today)
    for moment in found:
        if moment.weekday is not None and len(iso) == 10 and date.fromisoformat(iso).weekday() != moment.weekday:
            raise BadAnswer("weekday_differs", text)
    return iso


def iso_of(moment: Moment, text: str, today: date) -> str:
    """ISO text of a moment, with the year that a person means. Raises `BadAnswer`."""
    if moment.month is None and moment.day is not None:
        raise BadAnswer("no_date", text)
    if not exists(moment.year, moment.month, moment.day):
        raise BadAnswer("impossible_date", text)
    if moment.year is None:
        moment = replace(moment, year=_year_of(moment, text, today))
        if not exists(moment.year, moment.month, moment.day):
            raise BadAnswer("impossible_date", text)
    if moment.year is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadAnswer("which_year", text)
    return "-".join(f"{part:02}" for part in (moment.year, moment.month, moment.day) if part is not None)


def _year_of(moment: Moment, text: str, today: date) -> int:
    """The year of a day or month that is written without one. Raises `BadAnswer` where two are likely."""
    month, day = moment.month or 1, moment.day or 15
    away = {
        year: abs((date(year, month, day) - today).days)
        for year in (today.year - 1, today.year, today.year + 1)
        if exists(year, month, day)
    }
    nearest = min(away, key=lambda year: away[year], default=0)
    if nearest and away[nearest] <= (_NEAR if nearest == today.year else _VERY_NEAR):
        return nearest
    raise BadAnswer("which_year", text)


def date_shown(iso: str) -> str:
    """A date as officials write it: "20/11/2026", "tháng 11/2026", "năm 2026"."""
    parts = iso.split("-")
    if len(parts) == 3:
        return "/".join(reversed(parts))
    return f"tháng {int(parts[1])}/{parts[0]}" if len(parts) == 2 else f"năm {parts[0]}"
