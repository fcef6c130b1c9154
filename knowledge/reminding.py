"""On which mornings somebody is reminded of what is due, and which deadlines of the documents bind the ward itself.

`calendar/reminders.toml` says how many days before; a morning that falls on a public holiday moves before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from knowledge.dates import due, exists
from knowledge.holidays import Holidays
from knowledge.loading import Problem
from knowledge.model import Deadline, Document, Entry, Library

REMINDERS_FILE = Path(__file__).parent / "calendar" / "reminders.toml"
# Earlier or later nobody is written to, whatever the file says.
EARLIEST, LATEST = time(6), time(21)
_MOST_DAYS = 366
_OVER = ("het_thoi_han", "co_quan_da_giai_the", "duoc_thay_the")


@dataclass(frozen=True, slots=True)
class Mornings:
    """How many days before the last safe day people are reminded, and between which hours of Việt Nam."""

    days: tuple[int, ...] = (30, 7, 3, 1, 0)
    first: time = time(7, 30)
    last: time = time(20)

    def open(self, at: time) -> bool:
        """Whether reminders may be sent at this time of a day."""
        return self.first <= at < self.last


@dataclass(frozen=True, slots=True)
class WardDuty:
    """A deadline of a document that binds the ward, and the last safe day of its next occurrence."""

    document: Document
    entry: Entry
    deadline: Deadline
    last: date


@cache
def mornings() -> Mornings:
    """What the file says; what is wrong with it is for `read_mornings` to say."""
    return read_mornings()[0]


def read_mornings(path: Path = REMINDERS_FILE) -> tuple[Mornings, list[Problem]]:
    """The file, and everything that is wrong with it; where it is wrong the usual days and hours count."""
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        return Mornings(), [Problem(path.name, "", f"không đọc được ({error}); sửa lại cho đúng TOML, UTF-8")]
    wrong = [*_wrong(data)]
    if wrong:
        return Mornings(), [Problem(path.name, name, text) for name, text in wrong]
    days = tuple(sorted(set(data["days"]), reverse=True))
    return Mornings(days, time.fromisoformat(data["from"]), time.fromisoformat(data["until"])), []


def _wrong(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    days = data.get("days")
    if not isinstance(days, list) or not days or not all(type(day) is int and 0 <= day <= _MOST_DAYS for day in days):
        yield "days", f"phải là các số ngày từ 0 đến {_MOST_DAYS}, ví dụ [30, 7, 3, 1, 0]"
    times = [_time(data.get(name)) for name in ("from", "until")]
    if None in times or not EARLIEST <= times[0] < times[1] <= LATEST:  # type: ignore[operator]  # none is None
        yield "from, until", "phải là hai giờ từ “06:00” đến “21:00”, giờ đầu trước giờ cuối, ví dụ “07:30” và “20:00”"
    for name in data.keys() - {"days", "from", "until"}:
        yield name, "không hiểu tên này; chỉ có days, from, until"


def _time(text: object) -> time | None:
    try:
        return time.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def mornings_before(last: date, days: Iterable[int], holidays: Holidays) -> frozenset[date]:
    """The days on which somebody is reminded of something with this last safe day."""
    return frozenset(holidays.no_holiday_before(last - timedelta(days=before)) for before in days)


def rings(
    last: date, since: date, today: date, holidays: Holidays, days: Iterable[int], snoozed: date | None = None
) -> bool:
    """Whether a reminder is due by today that was not by the day before it was looked at last.

    `since` is that last day; `snoozed`: until when somebody wants to hear nothing, and on which day they do. Past
    days never ring: whoever was away hears of what is still ahead, once, however many mornings have gone by. What was
    put off to a day past the last one, because that was moved, is not put off.
    """
    if today > last:
        return False
    found = mornings_before(last, days, holidays)
    if snoozed and snoozed <= last:
        found = frozenset({snoozed, *(morning for morning in found if morning > snoozed)})
    return any(since < morning <= today for morning in found)


def ward_duties(library: Library, today: date) -> list[WardDuty]:
    """The deadlines ahead of the documents that bind the ward, the next one first.

    `hằng năm` gives its next occurrence. A document whose time is over, or that another one has replaced, binds nobody
    any more; neither does a day that is not in the calendar.
    """
    found = []
    for entry, deadline in _bound(library, "ward"):
        document = library.document_of(entry)
        seen = due(deadline, today)
        last = seen.following or seen.last
        if last and last >= today and not _over(document, last, today):
            found.append(WardDuty(document, entry, deadline, last))
    return sorted(found, key=lambda duty: (duty.last, duty.entry.id))


def unbound(library: Library) -> list[tuple[Entry, Deadline]]:
    """The deadlines that bind a level which no longer exists: nobody is reminded of them."""
    return [*_bound(library, "ended")]


def _bound(library: Library, whom: str) -> Iterator[tuple[Entry, Deadline]]:
    for entry in library.entries.values():
        for deadline in entry.deadlines:
            if deadline.binds == whom and exists(deadline.year, deadline.month, deadline.day):
                yield entry, deadline


def _over(document: Document, last: date, today: date) -> bool:
    if document.period_end and last > document.period_end:
        return True
    return document.status in _OVER and (document.status_since is None or document.status_since <= today)


def check_binding(library: Library) -> list[Problem]:
    """What is wrong with whom the deadlines bind: only one with a day can remind, and one of an entry."""
    problems = []
    for entry in library.entries.values():
        binding = [deadline for deadline in entry.deadlines if deadline.binds]
        for deadline in binding:
            if deadline.day is None:
                text = f"“{deadline.raw}” có binds mà không có ngày, nên không nhắc được; bỏ binds hoặc ghi month, day"
                problems.append(Problem(f"{entry.document}.toml", entry.id, text))
        if len(binding) > 1:
            text = f"có {len(binding)} hạn ghi binds; tách mỗi hạn ra một mục để bot nhắc riêng"
            problems.append(Problem(f"{entry.document}.toml", entry.id, text))
    return problems
