"""What a value is shown as is read as the same value again; any text gives a value or what is wrong."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.field_values import BadAnswer, read, shown
from knowledge.forms import Field
from tests.test_field_values import KINDS, MANY, ONE, SHARE, TODAY, field, outcome

FIELDS = (*map(field, KINDS), SHARE, ONE, MANY, field("rows"), field("files"))
PIECES = re.findall(
    r"\S+",
    "ngày tháng năm từ đến nay 3 12 2012 05/2018 30/02/2023 1.250 0,5 mười hai trăm linh triệu tr rưỡi giờ kém tối thứ"
    " tuần này trước hôm mùng dương lịch không có chưa đạt trên trong tổng số hộ % / - , quý II và 0912345678",
)
TYPED = (
    st.text(max_size=80)
    | st.text("0123456789/.,-:% ngaythMămốùêkosucđạrưỡi\nquýIV()~+h'", max_size=60)
    | st.lists(
        st.sampled_from(PIECES),
        max_size=9,
    ).map(" ".join)
)


@given(st.sampled_from(FIELDS), TYPED, st.dates(date(1990, 1, 1), date(2090, 1, 1)))
@example(field("date"), "29/2", date(2026, 11, 21))
def test_any_text_gives_a_value_or_what_is_wrong(asked: Field, typed: str, today: date) -> None:
    try:
        value = read(asked, typed, today)
    except BadAnswer:
        return
    assert read(asked, shown(asked, value), today) == value


@pytest.mark.parametrize("asked", FIELDS, ids=lambda asked: asked.kind)
@pytest.mark.parametrize("piece", ["1", "1.", "1,000", "a ", "không có ", "1/1/", "tháng ", "mười ", "-", "́", "ﷺ"])
def test_very_long_answers_are_quick(asked: Field, piece: str) -> None:
    outcome(asked, piece * 50_000)


COUNTS = st.integers(0, 10**9)


@given(COUNTS)
def test_numbers_shown_are_read_again(number: int) -> None:
    assert read(field("integer"), shown(field("integer"), number), TODAY) == number


@given(st.decimals(-(10**9), 10**9, places=4))
def test_decimals_shown_are_read_again(number: Decimal) -> None:
    value = read(field("decimal"), format(number, "f").replace(".", ","), TODAY)
    assert Decimal(str(value)) == number
    assert read(field("decimal"), shown(field("decimal"), value), TODAY) == value


@given(COUNTS, st.integers(1, 10**9))
def test_shares_shown_are_read_again(part: int, whole: int) -> None:
    value = {"part": min(part, whole), "whole": whole}
    assert read(SHARE, shown(SHARE, value), TODAY) == value


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(0, 100))
def test_a_share_never_looks_like_the_target_that_it_misses(part: int, whole: int, asked: int) -> None:
    value = {"part": min(part, whole), "whole": whole}
    exact = Fraction(100 * value["part"], whole)
    assert (f"({asked} %)" in shown(SHARE, value)) == (exact == asked)


ISO_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda day: day.isoformat())
ISO = ISO_DAYS | ISO_DAYS.map(lambda iso: iso[:7]) | ISO_DAYS.map(lambda iso: iso[:4])


@given(ISO)
def test_dates_shown_are_read_again(iso: str) -> None:
    assert read(field("date"), shown(field("date"), iso), TODAY) == iso


@given(ISO, ISO)
def test_periods_shown_are_read_again(one: str, other: str) -> None:
    first, last = sorted((one, other), key=lambda iso: iso[:4])
    for value in ({"from": first, "to": last}, {"from": first, "to": ""}):
        again = outcome(field("period"), shown(field("period"), value), date(2099, 12, 31))
        assert again == value or (again == "!reversed" and first[:4] == last[:4])


@given(st.integers(0, 23), st.integers(0, 59))
def test_times_shown_are_read_again(hour: int, minute: int) -> None:
    value = f"{hour:02}:{minute:02}"
    assert read(field("time"), shown(field("time"), value), TODAY) == value
