"""Days on which the ward office is closed: public holidays of `calendar/holidays.toml`, and weekends.

Which days they are is announced year by year; a year that is not in the file is not known, and nothing is guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from knowledge.dates import exists
from knowledge.loading import Problem
from knowledge.tables import BadTable, build

HOLIDAYS_FILE = Path(__file__).parent / "calendar" / "holidays.toml"
# No holiday is longer; a longer one is a year or a month mistyped.
_LONGEST = 14
_DAY = timedelta(days=1)
_SATURDAY = 5
# From this month on the next year's days off are announced, and reminders reach into it.
_ANNOUNCED = 11


@dataclass(frozen=True, slots=True)
class Yearly:
    """A holiday on the same day of every year."""

    name: str
    month: int
    day: int
    source: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """Some days off in a row, both ends included."""

    name: str
    first: date
    last: date
    # Whether it is that of the lunar new year, which moves from year to year.
    lunar_new_year: bool = False


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The days off of one year, from where somebody has them, and the day on which they looked."""

    year: int
    source: str
    checked: date
    holidays: tuple[Holiday, ...]
    # Days of a weekend on which the office works in exchange for another day.
    working: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Holidays:
    """All that the file says."""

    yearly: tuple[Yearly, ...] = ()
    years: Mapping[int, HolidayYear] = field(default_factory=dict)

    def known(self, year: int) -> bool:
        """Whether the lunar new year of a year is in the file."""
        found = self.years.get(year)
        return found is not None and any(holiday.lunar_new_year for holiday in found.holidays)

    def unknown(self, today: date) -> list[int]:
        """Years whose lunar new year should be in the file by now: this one, and late in the year the next one."""
        needed = [today.year, *([today.year + 1] if today.month >= _ANNOUNCED else [])]
        return [year for year in needed if not self.known(year)]

    def name(self, on: date) -> str:
        """What is celebrated on a day; empty for any other day."""
        found = self.years.get(on.year)
        of_year = (one.name for one in (found.holidays if found else ()) if one.first <= on <= one.last)
        every_year = (one.name for one in self.yearly if (one.month, one.day) == (on.month, on.day))
        return next(of_year, "") or next(every_year, "")

    def closed(self, on: date) -> bool:
        """Whether the office is closed: a holiday, or a weekend that nobody works in exchange."""
        if self.name(on):
            return True
        found = self.years.get(on.year)
        return on.weekday() >= _SATURDAY and not (found and on in found.working)

    def last_open(self, until: date) -> date:
        """The last day on which the office is open, this day counted in."""
        while self.closed(until):
            until -= _DAY
        return until

    def no_holiday_before(self, on: date) -> date:
        """The day itself, or the last one before it that is no holiday; weekends are none."""
        while self.name(on):
            on -= _DAY
        return on

    def no_holiday_after(self, on: date) -> date:
        """The day itself, or the first one after it that is no holiday."""
        while self.name(on):
            on += _DAY
        return on


@cache
def holidays() -> Holidays:
    """The holidays of the file; what is wrong with it is for `check_holidays` to say."""
    return read_holidays()[0]


def read_holidays(path: Path | None = None) -> tuple[Holidays, list[Problem]]:
    """The holidays of a file, the ward's otherwise, and everything that is wrong with it. Wrong tables are left out."""
    path = path or HOLIDAYS_FILE
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        return Holidays(), [Problem(path.name, "", f"không đọc được ({error}); sửa lại cho đúng TOML, UTF-8")]
    problems: list[Problem] = [
        Problem(path.name, name, "không hiểu tên này; chỉ có [[yearly]] và [[years]]")
        for name in data.keys() - {"yearly", "years"}
    ]
    yearly = [*_built(Yearly, data.get("yearly", []), path.name, problems)]
    years = {one.year: one for one in _built(HolidayYear, data.get("years", []), path.name, problems)}
    problems += [Problem(path.name, *found) for found in _wrong(yearly, years, data.get("years", []))]
    return Holidays(tuple(one for one in yearly if exists(None, one.month, one.day)), years), problems


def _built(shape: type, tables: Any, file: str, problems: list[Problem]) -> Iterator[Any]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        problems.append(Problem(file, "", "các khối phải ghi dưới [[yearly]] hoặc [[years]]"))
        return
    for table in tables:
        try:
            yield build(shape, table, str(table.get("year", table.get("name", ""))))
        except BadTable as error:
            where, _, what = str(error).rpartition("|")
            problems.append(Problem(file, where, what))


def _wrong(yearly: list[Yearly], years: Mapping[int, HolidayYear], tables: object) -> Iterator[tuple[str, str]]:
    """Where something is wrong, and what to do."""
    for day in yearly:
        if not exists(None, day.month, day.day):
            yield day.name, f"ngày {day.day}/{day.month} không có trong lịch; sửa lại"
    for year, count in _doubled(tables):
        yield str(year), f"năm này ghi {count} lần; gộp vào một khối [[years]]"
    for one in years.values():
        yield from ((str(one.year), text) for text in _wrong_year(one))


def _doubled(tables: object) -> Iterator[tuple[int, int]]:
    listed = tables if isinstance(tables, list) else []
    said = [table.get("year") for table in listed if isinstance(table, Mapping)]
    return ((year, said.count(year)) for year in dict.fromkeys(said) if isinstance(year, int) and said.count(year) > 1)


def _wrong_year(one: HolidayYear) -> Iterator[str]:
    if not one.source.strip():
        yield "chưa ghi nguồn; ghi số thông báo hoặc nơi đăng vào source"
    if not any(holiday.lunar_new_year for holiday in one.holidays):
        yield "chưa có ngày nghỉ Tết Nguyên đán; thêm một khối [[years.holidays]] có lunar_new_year = true"
    for holiday in one.holidays:
        if holiday.first > holiday.last:
            yield f"“{holiday.name}”: ngày đầu sau ngày cuối; sửa first, last"
        elif (holiday.last - holiday.first).days >= _LONGEST:
            yield f"“{holiday.name}”: nghỉ quá {_LONGEST} ngày; xem lại tháng, năm"
        elif one.year not in (holiday.first.year, holiday.last.year):
            yield f"“{holiday.name}”: {holiday.first} không thuộc năm {one.year}; chuyển sang khối của năm ấy"
    for on in one.working:
        if on.year != one.year or on.weekday() < _SATURDAY:
            yield f"working: {on} không phải Thứ Bảy, Chủ nhật của năm {one.year}; sửa ngày"
