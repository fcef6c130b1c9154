"""What people type into the fields of a form: the value that is kept, or what is wrong with it, and never a guess."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.field_values import BadAnswer, meets, percent, read, shown
from knowledge.forms import Field, FieldKind, Option, Share, Target

TODAY = date(2026, 11, 21)
OPTIONS = (
    Option("thuong-ky", "Họp thường kỳ", ("dinh ky",)),
    Option("bat-thuong", "Họp bất thường"),
    Option("tong-ket", "Hội nghị, tổng kết"),
    Option("y-kien", "Lấy ý kiến và bỏ phiếu"),
)


def field(kind: FieldKind, **more: Any) -> Field:
    return Field("f", kind, "Anh/chị cho biết?", **more)


SHARE = field("share", share=Share("hộ đã ký", "tổng số hộ"))
ONE = field("one_of", options=OPTIONS)
MANY = field("many_of", options=OPTIONS, most=3)


def outcome(field: Field, text: str, today: date = TODAY) -> object:
    """The value, or the problem behind an exclamation mark."""
    try:
        return read(field, text, today)
    except BadAnswer as bad:
        return f"!{bad.problem}"


def table(text: str) -> Sequence[tuple[str, str]]:
    """Lines "typed → value" as pairs."""
    rows = [line.split(" → ") for line in text.strip().splitlines()]
    return [(typed.strip(), value.strip()) for typed, value in rows]


NUMBERS = table("""
    12 → 12
    01 → 1
    1.250 → 1250
    1.250.000 → 1250000
    1,250,000 → 1250000
    12 345 → 12345
    12 hộ → 12
    12hộ → 12
    có 12 hộ ạ → 12
    45 m2 → 45
    45m² → 45
    １２ → 12
    mười hai → 12
    muoi lam → 15
    hai mươi tư hộ → 24
    một trăm linh năm → 105
    một nghìn hai trăm → 1200
    mười năm → 10
    5 triệu → 5000000
    5tr2 → 5200000
    5 triệu rưỡi → 5500000
    5 triệu 200 nghìn đồng → 5200000
    20k → 20000
    2 tỷ → 2000000000
    không → 0
    không có hộ nào → 0
    50% → 50
    một trăm năm → !not_a_number
    một số hộ → !not_a_number
    hai phần ba → !not_a_number
    ba mươi mấy → !not_a_number
    không biết → !not_a_number
    chưa → !not_a_number
    tổ5 → !not_a_number
    1.2.3 → !not_a_number
    1e5 → !not_a_number
    1.25.000 → !not_a_number
    45/60 → !several_numbers
    10-12 → !several_numbers
    12/10/2026 → !several_numbers
    khoảng 12 → !not_exact
    hơn 100 hộ → !not_exact
    trên 80 → !not_exact
    80 trở lên → !not_exact
    ~20 → !not_exact
    chừng 20 → !not_exact
    0,5 → !not_whole
    1,5 → !not_whole
    1,000 → !not_whole
    1,250 → !not_whole
    -5 → !too_small
    âm 5 → !too_small
    9999999999999999 → !too_large
""")


@pytest.mark.parametrize(("typed", "value"), NUMBERS)
def test_whole_numbers(typed: str, value: str) -> None:
    expected = value if value.startswith("!") else int(value)
    assert outcome(field("integer"), typed) == expected


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    0,5 → 0.5
    0.5 → 0.5
    0,50 → 0.5
    1.250,5 → 1250.5
    1,250.5 → 1250.5
    1.250 → 1250
    1,25 → 1.25
    -0,5 → -0.5
    tám rưỡi → 8.5
    97,5 % → 97.5
    97,5 phần trăm → 97.5
    0 → 0
    3,1415926 → !too_long
    101 → !too_large
    -4 → !too_small
    1.250,5,5 → !not_a_number
"""),
)
def test_decimals(typed: str, value: str) -> None:
    limits = {"1.250,5": None, "1,250.5": None, "1.250": None}
    found = outcome(field("decimal", least=-3, greatest=None if typed in limits else 100), typed)
    assert found == value


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    45/60 → 45 60
    45 / 60 hộ → 45 60
    45 trên 60 hộ → 45 60
    45 trong tổng số 60 → 45 60
    45 60 → 45 60
    45, 60 → 45 60
    1 250 → 1 250
    1.045/1.250 → 1045 1250
    5/12 → 5 12
    0/60 → 0 60
    60/60 hộ đã ký → 60 60
    45/60 (75 %) → 45 60
    1/3 (33,3%) → 1 3
    2/3 (66%) → 2 3
    có 120 hộ mà mới có 80 hộ → 80 120
    75% → !no_share
    75 phần trăm → !no_share
    tất cả → !no_share
    45 → !no_share
    45,60 → !no_share
    60/45 → !part_over_whole
    45/0 → !zero_whole
    0/0 → !zero_whole
    45/60 (80%) → !percent_differs
    15/60 hộ chưa ký → !negated
    khoảng 45/60 → !not_exact
    45,5/60 → !not_whole
    -5/60 → !too_small
    45 60 75 → !several_numbers
    45/9999999999999 → !too_large
"""),
)
def test_shares(typed: str, value: str) -> None:
    numbers = [int(number) for number in value.split()] if not value.startswith("!") else []
    expected: object = {"part": numbers[0], "whole": numbers[1]} if numbers else value
    assert outcome(SHARE, typed) == expected


def test_a_share_of_those_who_do_not_may_say_so() -> None:
    asked = field("share", share=Share("hộ không thả rông gia súc", "hộ chăn nuôi"))
    assert outcome(asked, "45/60 hộ không thả rông") == {"part": 45, "whole": 60}


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    0912345678 → 0912345678
    0912.345.678 → 0912345678
    +84 912 345 678 → 0912345678
    84912345678 → 0912345678
    0084 912 345 678 → 0912345678
    912345678 → 0912345678
    sđt của tôi là 0912 345 678 ạ → 0912345678
    (024) 3825 1234 → 02438251234
    0236.3881.888 → 02363881888
    01234567890 → !no_phone
    091234567 → !no_phone
    1022 → !no_phone
    không có → !no_phone
    0912345678 0987654321 → !several_phones
    0912345678, 0987654321 → !several_phones
"""),
)
def test_phones(typed: str, value: str) -> None:
    assert outcome(field("phone"), typed) == value


KINDS: tuple[FieldKind, ...] = (
    *("text", "long_text", "integer", "decimal", "date", "period", "time", "phone", "yes_no", "yes_no_na", "name"),
)


@pytest.mark.parametrize(
    ("asked", "value", "text"),
    [
        (SHARE, {"part": 45, "whole": 60}, "45/60 (75 %)"),
        (SHARE, {"part": 1045, "whole": 3000}, "1.045/3.000 (34,8 %)"),
        (SHARE, {"part": 1799, "whole": 2000}, "1.799/2.000 (89,95 %)"),
        (field("date"), "2026-11-20", "20/11/2026"),
        (field("date"), "2026-11", "tháng 11/2026"),
        (field("date"), "2026", "năm 2026"),
        (field("period"), {"from": "2012-03", "to": ""}, "từ 3/2012 đến nay"),
        (field("period"), {"from": "2012-03", "to": "2018-05"}, "từ 3/2012 đến 5/2018"),
        (field("period"), {"from": "2026", "to": "2026"}, "năm 2026"),
        (field("time"), "19:30", "19 giờ 30"),
        (field("phone"), "0912345678", "0912 345 678"),
        (field("yes_no"), "yes", "Có"),
        (field("yes_no"), "no", "Không"),
        (field("yes_no_na"), "na", "Không áp dụng"),
        (field("integer"), 1250, "1.250"),
        (field("decimal"), "-1250.5", "-1.250,5"),
        (ONE, "tong-ket", "Hội nghị, tổng kết"),
        (MANY, ["tong-ket", "y-kien"], "Hội nghị, tổng kết; Lấy ý kiến và bỏ phiếu"),
        (field("text"), "nguyên văn", "nguyên văn"),
        (field("text"), None, ""),
    ],
)
def test_values_as_officials_write_them(asked: Field, value: object, text: str) -> None:
    assert shown(asked, value) == text


@pytest.mark.parametrize(
    ("comparator", "asked", "value", "met"),
    [
        (">", 90, {"part": 27, "whole": 30}, False),
        (">=", 90, {"part": 27, "whole": 30}, True),
        (">", 90, {"part": 28, "whole": 30}, True),
        ("=", 100, {"part": 999, "whole": 1000}, False),
        ("=", 100, {"part": 1000, "whole": 1000}, True),
        ("<=", 0.5, "0.5", True),
        ("<", 0.5, "0.5", False),
        (">=", 33.3, {"part": 1, "whole": 3}, True),
        (">=", 2, 2, True),
        (">=", 2, 1, False),
        (">=", 2, None, None),
        (">=", 2, "nhiều", None),
        (">=", 2, True, None),
        (">=", 2, {"part": 1, "whole": 0}, None),
    ],
)
def test_targets_are_compared_exactly(comparator: Any, asked: float, value: object, met: bool | None) -> None:
    assert meets(Target(comparator, asked), value) is met


def test_a_range_holds_both_ends() -> None:
    target = Target("range", 3, "m²", 4)
    assert [meets(target, value) for value in ("2.9", 3, "3.5", 4, "4.1")] == [False, True, True, True, False]
    assert meets(target, {"part": 3, "whole": 4}) is None


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 100))
def test_a_target_is_met_as_integers_say(part: int, whole: int, asked: int) -> None:
    value = {"part": part, "whole": whole}
    assert meets(Target(">=", asked), value) == (100 * part >= asked * whole)
    assert percent(value) == Fraction(100 * part, whole)
