"""Long service: time in office, what shuts out, and which clause says so."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.office_time import office_time
from knowledge.periods import bounds, periods_in
from tests.test_form_checks import LIBRARY, TODAY, check, coded, form, reasons

# Long service


def person(**answers: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "chuc_vu": "to-truong",
        "bai_nhiem": "no",
        "ky_luat": "no",
        "vi_pham": "no",
        "da_tang": "no",
    }
    whole |= {"hinh_thuc": "tang", "periods": "3/2012 đến nay"} | answers
    return {f"nguoi/r1/{column.replace('_', '-')}": value for column, value in whole.items()}


@pytest.mark.parametrize(
    ("periods", "outcome", "months"),
    [
        ("3/2012 đến nay", "met", 176),
        ("3/2012-5/2018; 6/2019-nay", "met", 163),
        ("2010-2015; 2013-2020", "open", 120),
        ("2010-2015; 2013-2021", "met", 132),
        ("1/2015-1/2025", "open", 120),
        ("1/1/2015-31/12/2024", "met", 120),
        ("1/1/2015-30/12/2024", "not_met", 119),
        ("01/03/2012 - 01/05/2012; 01/06/2012 - 01/08/2012", "not_met", 4),
        ("1/2016 đến nay", "met", 130),
        ("1/2017 đến nay", "not_met", 118),
        ("11/2016 đến nay", "open", 120),
        ("2030 đến 2045", "not_met", 0),
        ("từ 2005 đến 2010 và 2012 đến 2019", "met", 144),
    ],
)
def test_time_in_office(periods: str, outcome: str, months: int) -> None:
    found = reasons(person(periods=periods))["tenure"]
    assert (found["outcome"], found["months"], found["needed"]) == (outcome, months, 120)
    assert found["as_of"] == TODAY


def test_service_counts_as_of_the_day_that_staff_set() -> None:
    assert reasons(person(periods="1/2015 đến nay"), as_of="2024-10-01")["tenure"]["months"] == 117
    assert reasons(person(periods="1/2015 đến 12/2030"), as_of="2024-10-01")["tenure"]["months"] == 117
    assert reasons(person(periods="1/2015 đến nay"), as_of="không rõ")["tenure"]["as_of"] == TODAY


def test_the_arithmetic_can_be_printed() -> None:
    found = reasons(person(periods="6/2019-nay; 3/2012-5/2018; 1/2018-3/2018"))["tenure"]
    stretches: Any = found["stretches"]
    assert [(s.first, s.last, s.months, s.counted) for s in stretches] == [
        ("2012-03", "2018-05", 74, 74),
        ("2018-01", "2018-03", 2, 0),
        ("2019-06", "", 89, 89),
    ]
    assert found["months"] == 163


@pytest.mark.parametrize(
    ("answers", "reason", "outcome", "entry"),
    [
        ({}, "office", "met", "kh71-nien-han-doi-tuong"),
        ({"chuc_vu": "truong-thon"}, "office", "met", "kh71-nien-han-doi-tuong"),
        ({"chuc_vu": "bi-thu"}, "office", "not_met", "kh71-nien-han-doi-tuong"),
        ({}, "dismissed", "met", "kh71-nien-han-loai-tru"),
        ({"bai_nhiem": "yes"}, "dismissed", "not_met", "kh71-nien-han-loai-tru"),
        ({"ky_luat": "yes"}, "discipline", "not_met", "kh71-nien-han-loai-tru"),
        ({"vi_pham": "yes"}, "law", "not_met", "kh71-nien-han-loai-tru"),
        ({"da_tang": "yes"}, "once", "not_met", "kh71-nien-han-mot-lan"),
        ({"da_tang": "no"}, "once", "met", "kh71-nien-han-mot-lan"),
        ({"periods": "lâu rồi"}, "periods", "open", "kh71-nien-han-cong-don"),
        ({"hinh_thuc": "truy-tang"}, "until_now", "open", "kh71-nien-han-cong-don"),
    ],
)
def test_each_condition_has_its_clause(answers: Any, reason: str, outcome: str, entry: str) -> None:
    found = coded("long_service", check("kh71-khen-nien-han", person(**answers), "phường"))
    (finding,) = [finding for finding in found if finding.numbers["reason"] == reason]
    assert (finding.numbers["outcome"], finding.entry) == (outcome, entry)
    assert finding.severity == ("note" if outcome == "met" else "warn")
    assert LIBRARY.entries[finding.entry].quote


def test_what_is_not_answered_yet_has_no_verdict() -> None:
    assert reasons({"nguoi/r1/ten": "Nguyễn Văn An"}) == {}
    assert reasons({}) == {}


def test_everybody_of_a_list_is_judged_alone() -> None:
    two = person() | {path.replace("r1", "r2"): value for path, value in person(da_tang="yes").items()}
    found = coded("long_service", check("kh71-khen-nien-han", two, "phường"))
    assert [f.paths for f in found if f.numbers["outcome"] != "met"] == [("nguoi/r2/da-tang",)]


MONTHS = st.integers(1990 * 12, 2025 * 12)
SPANS = st.lists(st.tuples(MONTHS, st.integers(1, 200)), min_size=1, max_size=5)


def iso(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


@given(SPANS)
def test_each_month_counts_once(spans: Sequence[tuple[int, int]]) -> None:
    found = office_time([(iso(first), iso(first + length)) for first, length in spans], date(2060, 1, 1))
    covered = {month for first, length in spans for month in range(first, first + length)}
    assert found.months == len(covered)
    assert found.least <= found.months <= found.most
    assert sum(stretch.counted for stretch in found.stretches) == found.months
    assert office_time([], TODAY).months == 0


DAYS = st.dates(date(1990, 1, 1), date(2026, 1, 1))


@given(DAYS, DAYS, DAYS)
def test_more_time_is_never_less_service(first: date, last: date, as_of: date) -> None:
    first, last = min(first, last), max(first, last)
    found = office_time([(first.isoformat(), last.isoformat())], as_of)
    assert found.least == found.months == found.most
    assert found.months <= office_time([(first.isoformat(), "")], max(as_of, last)).months
    rough = office_time([(first.isoformat()[:7], last.isoformat()[:7])], as_of)
    assert rough.least <= found.months <= rough.most


@given(st.lists(st.tuples(MONTHS, st.integers(1, 200)), min_size=1, max_size=6))
def test_periods_of_a_list_are_read_again(spans: Sequence[tuple[int, int]]) -> None:
    periods = [{"from": iso(first), "to": iso(min(first + length, 2099 * 12))} for first, length in spans]
    column = form("kh71-khen-nien-han").fields[0].columns[0]
    text = "; ".join(
        f"{period['from'][5:]}/{period['from'][:4]}-{period['to'][5:]}/{period['to'][:4]}" for period in periods
    )
    assert periods_in(text, TODAY) == periods
    assert column.id == "ten"
    assert bounds("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
