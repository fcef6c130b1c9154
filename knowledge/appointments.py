"""A day and a time of day in one text: "7 giờ sáng mai", "19:30 ngày 25/11", "chiều thứ bảy lúc 2h"."""

import re
from datetime import date, datetime, time, timedelta

from knowledge.amounts import LONGEST
from knowledge.bad_answers import BadAnswer
from knowledge.dates import exists
from knowledge.folding import fold
from knowledge.hours import time_in
from knowledge.moments import Moment, in_digits, moments_in

# The part of the day belongs to the hour, wherever it stands.
_PART = re.compile(r"(?:sang|trua|chieu|toi|dem)\b")
_TOMORROW = re.compile(r"\b(sang|trua|chieu|toi|dem) mai\b")
_AROUND = re.compile(r"\b(?:ngay|vao|luc|thi|gui|hen)\b")


def appointment_in(text: str, now: datetime) -> datetime:
    """The moment that a text names, without a zone, as `now` has none: where no day is said, today.

    A day without a year is the next such day. Raises `BadAnswer` ("no_time", "no_date") where one of them is
    not clear, or there is no such day.
    """
    if len(text) > LONGEST:
        raise BadAnswer("no_time", text)
    folded = in_digits(_TOMORROW.sub(r"\1 ngay mai", fold(text)))
    named = [one for one in moments_in(folded, now.date()) if one.day or one.weekday is not None]
    if len(named) > 1:
        raise BadAnswer("no_date", text)
    on = now.date()
    for one in named:
        on = _day(one, on, text)
        part = _PART.match(folded, one.start)
        folded = f"{folded[: one.start]}{part[0] if part else ''}{folded[one.end :]}"
    clock = time_in(" ".join(_AROUND.sub(" ", folded).split()).strip(" ,.-"))
    return datetime.combine(on, time.fromisoformat(clock))


def _day(moment: Moment, today: date, text: str) -> date:
    if moment.day is None:
        return today + timedelta(days=((moment.weekday or 0) - today.weekday()) % 7)
    month = moment.month or today.month
    for year in [moment.year] if moment.year else [today.year, today.year + 1]:
        if not exists(year, month, moment.day):
            break
        on = date(year, month, moment.day)
        if moment.year or on >= today:
            return on
    raise BadAnswer("no_date", text)
