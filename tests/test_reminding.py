"""On which mornings reminders ring: before the last safe day, never afterwards, not on holidays, each once."""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import holidays as days_off
from knowledge.holidays import Holidays, holidays, read_holidays
from knowledge.loading import DOCUMENTS_DIR
from knowledge.model import Library
from knowledge.reloading import examine
from knowledge.reminding import (
    REMINDERS_FILE,
    check_binding,
    mornings_before,
    read_mornings,
    rings,
    unbound,
    ward_duties,
)
from tests.talk import knowledge

DAY = timedelta(days=1)
DAYS = (30, 7, 3, 1, 0)
TET = date(2026, 2, 16)
LIBRARY = knowledge().library
dates = st.dates(date(2025, 6, 1), date(2027, 6, 30))


def before(last: date, *days: int) -> set[date]:
    return {last - DAY * day for day in days}


# Holidays.


def test_the_file_of_the_ward_has_no_problem() -> None:
    found, problems = read_holidays()
    assert problems == []
    assert found.known(2026)
    assert not found.known(2031)
    assert found.name(date(2026, 2, 18)) == "Tết Nguyên đán"
    # A fixed day needs no year in the file; one that moves is never guessed.
    assert found.name(date(2031, 4, 30)) == "Ngày Chiến thắng"
    assert not any(found.name(date(2031, 1, 15) + DAY * day) for day in range(45))


def test_a_year_is_missed_when_its_days_should_be_known() -> None:
    assert holidays().unknown(date(2026, 10, 31)) == []
    assert holidays().unknown(date(2026, 11, 21)) == [2027]
    assert holidays().unknown(date(2031, 1, 1)) == [2031]


def test_weekends_are_closed_unless_somebody_works_in_exchange() -> None:
    known = holidays()
    assert known.closed(date(2026, 11, 22))
    assert not known.closed(date(2026, 11, 23))
    assert known.last_open(date(2026, 11, 22)) == date(2026, 11, 20)
    assert known.last_open(date(2026, 2, 20)) == date(2026, 2, 13)


def holiday_file(folder: Path, text: str) -> Path:
    path = folder / "holidays.toml"
    path.write_text(text, encoding="utf-8")
    return path


YEAR = 'year = 2027\nsource = "x"\nchecked = 2026-12-01\n'
TET_2027 = '[[years.holidays]]\nname = "Tết"\nfirst = 2027-02-05\nlast = 2027-02-11\nlunar_new_year = true\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[years]", "không đọc được"),
        ("[[year]]\n", "không hiểu tên này"),
        ("years = 3", "phải ghi dưới"),
        (f"[[years]]\n{YEAR}holidays = []", "chưa có ngày nghỉ Tết"),
        (f"[[years]]\n{YEAR}lunar = 1", "không hiểu “lunar”"),
        (f"[[years]]\n{YEAR.replace('x', '')}{TET_2027}", "chưa ghi nguồn"),
        (f"[[years]]\n{YEAR}{TET_2027.replace('2027-02-11', '2027-02-04')}", "ngày đầu sau ngày cuối"),
        (f"[[years]]\n{YEAR}{TET_2027.replace('2027-02-11', '2027-03-11')}", "nghỉ quá"),
        (f"[[years]]\n{YEAR}{TET_2027.replace('2027', '2028')}", "không thuộc năm 2027"),
        (f"[[years]]\n{YEAR}working = [2027-02-01]\n{TET_2027}", "không phải Thứ Bảy"),
        (f"[[years]]\n{YEAR}{TET_2027}" * 2, "ghi 2 lần"),
        ('[[yearly]]\nname = "Lễ"\nmonth = 2\nday = 30\nsource = "x"', "không có trong lịch"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_what_to_do(text: str, said: str, tmp_path: Path) -> None:
    _, problems = read_holidays(holiday_file(tmp_path, text))
    assert said in "\n".join(map(str, problems))


def test_check_says_what_is_wrong_with_the_holidays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days_off, "HOLIDAYS_FILE", holiday_file(tmp_path, f"[[years]]\n{YEAR}holidays = []"))
    _, problems = examine((DOCUMENTS_DIR,))
    [problem] = problems
    assert str(problem).startswith("holidays.toml: 2027: chưa có ngày nghỉ Tết Nguyên đán; thêm")


@given(text=st.text(max_size=200))
def test_whatever_stands_in_the_files_nothing_breaks(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = holiday_file(tmp_path_factory.getbasetemp(), text)
    assert isinstance(read_holidays(path)[0], Holidays)
    assert read_mornings(path)[0].days


# Mornings.


def test_the_file_of_reminders_is_what_was_agreed() -> None:
    found, problems = read_mornings()
    assert problems == []
    assert (found.days, found.first, found.last) == (DAYS, time(7, 30), time(20))
    assert not found.open(time(7, 29))
    assert found.open(time(7, 30))
    assert not found.open(time(20))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[30, 7, 3, 1, 0]", "[]", "phải là các số ngày"),
        ("[30, 7, 3, 1, 0]", "[true]", "phải là các số ngày"),
        ('"07:30"', '"05:00"', "hai giờ"),
        ('"07:30"', "7", "hai giờ"),
        ('"20:00"', '"07:00"', "hai giờ"),
        ("days", "dayz", "không hiểu"),
    ],
)
def test_a_wrong_hour_leaves_the_usual_ones(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "reminders.toml"
    path.write_text(REMINDERS_FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found, problems = read_mornings(path)
    assert said in "\n".join(map(str, problems))
    assert found.days == DAYS


def test_reminders_ring_so_many_days_before_and_on_the_last_day() -> None:
    last = date(2026, 9, 30)
    assert mornings_before(last, DAYS, holidays()) == before(last, *DAYS)
    # Across the end of a year; the first of January is a holiday.
    last = date(2027, 1, 4)
    assert mornings_before(last, DAYS, holidays()) == {*before(last, 30, 7, 1, 0), date(2026, 12, 31)}


def test_what_would_ring_in_tet_rings_before_it() -> None:
    last = date(2026, 2, 19)
    found = mornings_before(last, DAYS, holidays())
    assert found == {*before(last, 30, 7), date(2026, 2, 15)}
    assert not any(holidays().name(morning) for morning in found)


@given(last=dates, since=dates, away=st.integers(0, 60))
def test_however_long_nobody_looked_it_rings_once_and_never_afterwards(last: date, since: date, away: int) -> None:
    """Looking every day, and looking again after some days, are the same reminders, none doubled."""
    known, today = holidays(), since + DAY * away
    found = mornings_before(last, DAYS, known)
    assert rings(last, since, today, known, DAYS) == (today <= last and any(since < at <= today for at in found))
    each_day = [at for at in (since + DAY * n for n in range(1, 90)) if rings(last, at - DAY, at, known, DAYS)]
    assert each_day == sorted(at for at in found if since < at < since + DAY * 90)


@given(last=dates, snoozed=dates, at=dates)
def test_whoever_asked_for_later_hears_nothing_before_and_something_then(last: date, snoozed: date, at: date) -> None:
    found = rings(last, at - DAY, at, holidays(), DAYS, snoozed)
    if snoozed > last:
        # The last day was moved before it.
        assert found == rings(last, at - DAY, at, holidays(), DAYS)
    elif at < snoozed or at > last:
        assert not found
    elif at == snoozed:
        assert found
    else:
        assert found == rings(last, at - DAY, at, holidays(), DAYS)


# Deadlines that bind the ward.


def test_plan_71_binds_the_ward_twice_a_year_and_the_district_no_more() -> None:
    duties = ward_duties(LIBRARY, date(2026, 9, 1))
    assert [(duty.entry.id, duty.last) for duty in duties] == [
        ("kh71-han-phuong", date(2026, 9, 30)),
        ("kh71-bao-cao", date(2026, 10, 31)),
    ]
    assert [entry.id for entry, _ in unbound(LIBRARY)] == ["kh71-han-quan"]


def test_every_year_comes_again_the_day_after() -> None:
    duties = {duty.entry.id: duty.last for duty in ward_duties(LIBRARY, date(2026, 10, 1))}
    assert duties == {"kh71-bao-cao": date(2026, 10, 31), "kh71-han-phuong": date(2027, 9, 30)}


@given(today=dates)
def test_nothing_that_is_past_or_impossible_binds_anybody(today: date) -> None:
    for duty in ward_duties(LIBRARY, today):
        assert today <= duty.last <= today + DAY * 366
        assert duty.deadline.recurring


def test_whom_a_deadline_binds_is_checked() -> None:
    assert check_binding(LIBRARY) == []
    entry = LIBRARY.entries["kh71-han-phuong"]
    [deadline] = entry.deadlines
    without_day = replace(entry, deadlines=(replace(deadline, day=None, month=None),))
    twice = replace(entry, deadlines=(deadline, deadline))
    for wrong, said in ((without_day, "có binds mà không có ngày"), (twice, "có 2 hạn ghi binds")):
        [problem] = check_binding(Library(LIBRARY.documents, {entry.id: wrong}))
        assert said in str(problem)
        assert str(problem).startswith("kh71.toml: kh71-han-phuong: ")


def test_a_document_whose_time_is_over_binds_nobody() -> None:
    document = LIBRARY.documents["kh71"]
    today = date(2026, 9, 1)
    for changes in ({"period_end": date(2026, 8, 31)}, {"status": "duoc_thay_the"}, {"status": "het_thoi_han"}):
        over = Library({"kh71": replace(document, **changes)}, LIBRARY.entries)
        assert ward_duties(over, today) == []
    # Until then it does.
    until = replace(document, status="het_thoi_han", status_since=date(2026, 9, 2))
    assert len(ward_duties(Library({"kh71": until}, LIBRARY.entries), today)) == 2
