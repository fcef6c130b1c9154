"""Days, months and years in what people write, as precise as they are written.

The day always comes first. Nothing is repaired here: a moment may be a day that no calendar has.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.spoken import spoken

# "01.10.24" is of this century, unless that is farther ahead than this.
_AHEAD = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a month or a year, and where it stands in its text."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    # 0 is Monday; named beside a day or instead of one.
    weekday: int | None = None
    # "nay", "hôm nay".
    now: bool = False


_YEAR = r"(?:19|20)\d{2}"
_SEP = r"\s*[/.-]\s*"
_RELATIVE = {
    **dict.fromkeys(["hom nay", "hnay", "bua nay", "ngay hom nay", "sang nay", "trua nay", "chieu nay", "today"], 0),
    **dict.fromkeys(["hom qua", "hqua", "bua qua", "toi qua", "dem qua", "chieu qua", "sang qua", "yesterday"], -1),
    **dict.fromkeys(["hom kia", "bua kia"], -2),
    **dict.fromkeys(["ngay mai", "nmai", "sang mai", "chieu mai", "toi mai", "tomorrow"], 1),
    **dict.fromkeys(["ngay kia"], 2),
}
_STEPS = {"nay": 0, "truoc": -1, "ngoai": -1, "vua roi": -1, "vua qua": -1, "roi": -1, "sau": 1, "toi": 1}
_STEP = "|".join(sorted(_STEPS, key=len, reverse=True))
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5} | {str(n): n - 2 for n in range(2, 8)}
_NOW = r"(?:hien nay|hien tai|bay gio|nay|gio|now|present)\b"
_SAID = r"muoi(?: mot| hai)?|mot|hai|ba|tu|bon|nam|sau|bay|tam|chin"
_SAID_DAY = re.compile(r"(?<=ngay )[a-z ]{2,20}(?= thang)")
_SAID_MONTH = re.compile(rf"(?<=thang )(?:{_SAID})\b(?! (?:nay|truoc|sau|toi))")


def _part(match: re.Match[str], name: str) -> int | None:
    found = match.groupdict().get(name)
    return int(found) if found else None


def _written(match: re.Match[str], today: date) -> Moment:
    year = _part(match, "y")
    short = _part(match, "short")
    if short is not None:
        year = 2000 + short if 2000 + short <= today.year + _AHEAD else 1900 + short
    return Moment(match.start(), match.end(), year, _part(match, "m"), _part(match, "d"))


def _relative(match: re.Match[str], today: date) -> Moment:
    days = _RELATIVE[match[0]]
    day = today + timedelta(days=days)
    return Moment(match.start(), match.end(), day.year, day.month, day.day, now=not days)


def _now(match: re.Match[str], _today: date) -> Moment:
    return Moment(match.start(), match.end(), now=True)


def _weekday(match: re.Match[str], today: date) -> Moment:
    weekday = _WEEKDAYS[match["name"]] if match["name"] else 6
    if not match["step"]:
        return Moment(match.start(), match.end(), weekday=weekday)
    day = today + timedelta(days=weekday - today.weekday() + 7 * _STEPS[match["step"]])
    return Moment(match.start(), match.end(), day.year, day.month, day.day)


def _step(match: re.Match[str], today: date) -> Moment:
    """ "tháng trước", "năm nay"."""
    step = _STEPS[match["step"]]
    if match["what"] == "nam":
        return Moment(match.start(), match.end(), today.year + step)
    year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    return Moment(match.start(), match.end(), year, month + 1)


def _edge(match: re.Match[str], today: date) -> Moment:
    """Beginning, middle and end of a month or year are days (Civil Code 2015, article 146)."""
    year, month = _part(match, "y"), _part(match, "m")
    place = ("dau", "giua", "cuoi", "het").index(match["edge"])
    if month is None:
        return Moment(match.start(), match.end(), year, *((1, 1), (6, 30), (12, 31), (12, 31))[place])
    last = calendar.monthrange(year or today.year, month)[1] if 1 <= month <= 12 else 31
    return Moment(match.start(), match.end(), year, month, (1, 15, last, last)[place])


_OF = r"\s*(?:[/.,-]|nam)?\s*"
_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Moment]], ...] = tuple(
    (re.compile(pattern), builder)
    for pattern, builder in (
        (rf"(?P<edge>dau|giua|cuoi|het) thang (?P<m>\d{{1,2}}){_OF}(?P<y>{_YEAR})(?!\d)", _edge),
        (rf"(?P<edge>dau|giua|cuoi|het) nam (?P<y>{_YEAR})(?!\d)", _edge),
        (rf"(?P<y>{_YEAR})([/.-])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}})(?!\d)", _written),
        (
            rf"(?P<d>\d{{1,2}})(?:{_SEP}|\s+thang\s+)(?P<m>\d{{1,2}})(?:{_SEP}|\s*,?\s*(?:nam\s+)?)(?P<y>\d{{4}})(?!\d)",
            _written,
        ),
        (r"(?P<d>\d{1,2})([/.-])(?P<m>\d{1,2})\2(?P<short>\d{2})(?!\d)", _written),
        (rf"(?P<d>\d{{2}})(?P<m>\d{{2}})(?P<y>{_YEAR})(?!\d)", _written),
        (rf"(?P<y>{_YEAR})(?P<m>\d{{2}})(?P<d>\d{{2}})(?!\d)", _written),
        (rf"(?P<d>\d{{1,2}}) (?P<m>\d{{1,2}}) (?P<y>{_YEAR})(?!\d)", _written),
        (rf"(?P<y>{_YEAR})[/.-](?P<m>\d{{1,2}})(?!\s*[/.]|\d|-\d)", _written),
        (rf"(?P<m>\d{{1,2}})(?:{_SEP}|\s*,?\s*(?:nam\s+)?)(?P<y>{_YEAR})(?!\d)", _written),
        (rf"(?P<d>\d{{1,2}})(?:{_SEP}|\s+thang\s+)(?P<m>\d{{1,2}})(?!\d)", _written),
        (r"(?<=thang )(?P<m>\d{1,2})(?![\d/.-])", _written),
        (r"(?<=ngay )(?P<d>\d{1,2})(?![\d/.])", _written),
        (rf"(?P<y>{_YEAR})(?![\d%])", _written),
        (rf"(?:{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})\b", _relative),
        (rf"t(?P<m>\d{{1,2}})[/.-](?P<y>{_YEAR})(?!\d)", _written),
        (
            r"(?:(?:thu\s+|t)(?P<name>hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|cn)\b(?![/.-]\d)"
            rf"(?:,?\s+tuan\s+(?P<step>{_STEP})\b)?",
            _weekday,
        ),
        (rf"(?P<what>thang|nam)\s+(?P<step>{_STEP})\b", _step),
        (_NOW, _now),
    )
)


def in_digits(folded: str) -> str:
    """The text with days and months in digits where they are said in words: "ngay hai muoi thang tu"."""
    return _SAID_MONTH.sub(_said, _SAID_DAY.sub(_said, folded))


def _said(match: re.Match[str]) -> str:
    words = match[0].split()
    if words == ["tu"]:
        return "4"
    said = spoken(words)
    return str(said[0]) if said and said[1] == len(words) else match[0]


def moments_in(folded: str, today: date) -> list[Moment]:
    """The moments of a folded text in the order in which they stand there."""
    found: list[Moment] = []
    place = 0
    while place < len(folded):
        moment = _moment_at(folded, place, today)
        if moment:
            found.append(moment)
        place = moment.end if moment else place + 1
    return found


def _moment_at(folded: str, place: int, today: date) -> Moment | None:
    if place and folded[place - 1].isalnum():
        return None
    for pattern, builder in _SHAPES:
        match = pattern.match(folded, place)
        if match:
            return builder(match, today)
    return None
