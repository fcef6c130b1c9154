"""What a deadline means on a day: never a day too late, never a day that is not in the calendar."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import Due, as_day, dates_in, due, exists, months_in
from knowledge.model import Deadline, DeadlineKind, PartialDate
from tests.talk import knowledge

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 30))
KINDS = st.sampled_from(["before", "by"])


def fixed(kind: DeadlineKind, on: date) -> Deadline:
    return Deadline("", kind, "", year=on.year, month=on.month, day=on.day)


def every_year(kind: DeadlineKind, month: int, day: int) -> Deadline:
    return Deadline("", kind, "", month=month, day=day, recurring=True)


def within(start: date | None, end: date) -> Deadline:
    return Deadline("", "within", "", start=start, end=end)


def test_before_a_day_ends_the_day_before() -> None:
    deadline = fixed("before", date(2021, 6, 10))
    assert due(deadline, date(2021, 6, 8)) == Due("ahead", date(2021, 6, 9), 1)
    assert due(deadline, date(2021, 6, 9)) == Due("today", date(2021, 6, 9), 0)
    assert due(deadline, date(2021, 6, 10)) == Due("passed", date(2021, 6, 9), -1)


def test_by_a_day_includes_it() -> None:
    deadline = fixed("by", date(2021, 6, 10))
    assert due(deadline, date(2021, 6, 9)) == Due("ahead", date(2021, 6, 10), 1)
    assert due(deadline, date(2021, 6, 10)) == Due("today", date(2021, 6, 10), 0)
    assert due(deadline, date(2021, 6, 11)) == Due("passed", date(2021, 6, 10), -1)


def test_within_a_time_it_is_open() -> None:
    deadline = within(date(2021, 5, 1), date(2021, 10, 31))
    assert due(deadline, date(2021, 4, 30)) == Due("ahead", date(2021, 10, 31), 184)
    assert due(deadline, date(2021, 5, 1)).state == "open"
    assert due(deadline, date(2021, 10, 31)) == Due("open", date(2021, 10, 31), 0)
    assert due(deadline, date(2021, 11, 1)) == Due("passed", date(2021, 10, 31), -1)
    assert due(within(None, date(2021, 10, 31)), date(1999, 1, 1)).state == "open"


def test_every_year_the_next_one_is_named() -> None:
    deadline = every_year("before", 10, 1)
    assert due(deadline, date(2024, 9, 30)) == Due("today", date(2024, 9, 30), 0)
    assert due(deadline, date(2024, 10, 2)) == Due("passed", date(2024, 9, 30), -2, date(2025, 9, 30))
    assert due(deadline, date(2024, 12, 31)) == Due("passed", date(2024, 9, 30), -92, date(2025, 9, 30))
    assert due(deadline, date(2025, 1, 1)) == Due("ahead", date(2025, 9, 30), 272)


@pytest.mark.parametrize(
    ("deadline", "today", "last"),
    [
        (every_year("before", 1, 1), date(2025, 12, 30), date(2024, 12, 31)),
        (every_year("before", 3, 1), date(2024, 2, 1), date(2024, 2, 29)),
        (every_year("before", 3, 1), date(2023, 2, 1), date(2023, 2, 28)),
        (every_year("by", 2, 29), date(2024, 2, 29), date(2024, 2, 29)),
        (every_year("by", 2, 29), date(2023, 1, 1), date(2023, 2, 28)),
        (every_year("by", 12, 31), date(2023, 12, 31), date(2023, 12, 31)),
        (fixed("before", date(2024, 1, 1)), date(2023, 12, 1), date(2023, 12, 31)),
        (fixed("before", date(2024, 3, 1)), date(2024, 1, 1), date(2024, 2, 29)),
        (fixed("by", date(2024, 2, 29)), date(2025, 1, 1), date(2024, 2, 29)),
    ],
)
def test_leap_years_and_ends_of_years(deadline: Deadline, today: date, last: date) -> None:
    assert due(deadline, today).last == last


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2023, 2, 30), (2023, 2, 29), (2021, 4, 31), (2021, 13, 1), (2021, 6, 0), (None, 2, 30)]
)
def test_a_day_that_is_not_in_the_calendar_is_never_counted(year: int | None, month: int, day: int) -> None:
    assert not exists(year, month, day)
    assert due(Deadline("", "before", "", year=year, month=month, day=day), date(2023, 1, 1)) == Due("impossible")


@pytest.mark.parametrize(
    ("deadline", "state"),
    [
        (Deadline("thường xuyên", "continuous", ""), "open"),
        (Deadline("hằng năm", "yearly", "", recurring=True), "open"),
        (Deadline("đột xuất", "on_demand", ""), "none"),
        (Deadline("tại hội nghị tổng kết", "event", ""), "none"),
        (Deadline("đến năm 2026", "by", "", year=2026), "none"),
        (Deadline("tháng 5", "by", "", month=5), "none"),
        (Deadline("ngày 05/10", "by", "", month=10, day=5), "none"),
    ],
)
def test_without_a_day_nothing_is_counted(deadline: Deadline, state: str) -> None:
    found = due(deadline, date(2024, 5, 5))
    assert (found.state, found.last, found.days) == (state, None, 0)


@given(KINDS, DAYS, DAYS)
def test_the_last_safe_day_is_never_after_the_written_one(kind: DeadlineKind, on: date, today: date) -> None:
    found = due(fixed(kind, on), today)
    assert found.last is not None
    assert found.last <= on
    assert found.last == on - timedelta(days=kind == "before")
    consistent(found, today)


@given(KINDS, st.integers(1, 12), st.integers(1, 31), DAYS)
def test_yearly_days_are_counted_in_their_own_year(kind: DeadlineKind, month: int, day: int, today: date) -> None:
    found = due(every_year(kind, month, day), today)
    if day > calendar.monthrange(2000, month)[1]:
        assert found == Due("impossible")
        return
    assert found.last is not None
    consistent(found, today)
    assert found.last <= date(today.year, month, min(day, calendar.monthrange(today.year, month)[1]))
    if found.following:
        assert found.state == "passed"
        assert found.following > today or (month, day, kind) == (1, 1, "before")


@given(DAYS, st.integers(0, 400), DAYS)
def test_a_term_ends_on_its_last_day(start: date, length: int, today: date) -> None:
    end = start + timedelta(days=length)
    found = due(within(start, end), today)
    assert found.last == end
    assert found.days == (end - today).days
    assert (found.state == "passed") == (today > end)
    assert (found.state == "open") == (start <= today <= end)


def consistent(found: Due, today: date) -> None:
    assert found.last is not None
    assert found.days == (found.last - today).days
    assert found.state == ("ahead" if found.days > 0 else "today" if found.days == 0 else "passed")


@given(DAYS)
def test_every_deadline_of_the_documents_can_be_seen_from_any_day(today: date) -> None:
    for entry in knowledge().library.entries.values():
        for deadline in entry.deadlines:
            found = due(deadline, today)
            assert (found.last is None) == (found.state in ("none", "impossible") or found == Due("open"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hom nay 2/10 roi", [(None, 10, 2)]),
        ("02/10/2024", [(2024, 10, 2)]),
        ("2-10-2024", [(2024, 10, 2)]),
        ("2.10.2024", [(2024, 10, 2)]),
        ("5/6/21", [(2021, 6, 5)]),
        ("ngay 2 thang 10", [(None, 10, 2)]),
        ("ngay 02 thang 10 nam 2024", [(2024, 10, 2)]),
        ("30/2", [(None, 2, 30)]),
        ("2/10 va 5/10", [(None, 10, 2), (None, 10, 5)]),
        ("sau ngay 1 thang 10 truoc 15/10", [(None, 10, 1), (None, 10, 15)]),
        ("62/90 nha", []),
        ("tieu chi 3.15", []),
        ("0,5%", []),
        ("1/13", []),
        ("10/2024", []),
        ("", []),
    ],
)
def test_days_in_a_message(text: str, found: list[tuple[int | None, int, int]]) -> None:
    assert [(day.year, day.month, day.day) for day in dates_in(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("tu 3/2012", [(2012, 3)]), ("thang 3 nam 2012", [(2012, 3)]), ("13/2012", []), ("hom nay", [])],
)
def test_months_in_a_message(text: str, found: list[tuple[int, int]]) -> None:
    assert [(month.year, month.month) for month in months_in(text)] == found


def test_a_day_without_a_year_is_this_year() -> None:
    today = date(2024, 6, 1)
    assert as_day(PartialDate("2/10", None, 10, 2), today) == date(2024, 10, 2)
    assert as_day(PartialDate("2/10/2021", 2021, 10, 2), today) == date(2021, 10, 2)
    assert as_day(PartialDate("30/2", None, 2, 30), today) is None
    assert as_day(PartialDate("29/2", None, 2, 29), date(2023, 1, 1)) is None
    assert as_day(PartialDate("10/2024", 2024, 10), today) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_as_it_is_written(on: date) -> None:
    for text in (f"{on.day}/{on.month}/{on.year}", f"ngay {on.day} thang {on.month} nam {on.year}"):
        (found,) = dates_in(text)
        assert as_day(found, date(2024, 1, 1)) == on


@given(st.text("0123456789/.- thangym", max_size=60))
def test_days_in_any_figures_are_plausible(text: str) -> None:
    for found in dates_in(text):
        assert found.month in range(1, 13)
        assert found.day in range(1, 32)
        as_day(found, date(2024, 1, 1))
