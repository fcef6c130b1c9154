"""What people type into the fields of a form: the value that is kept, or what is wrong with it, and never a guess."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.field_values import LIMITS, BadAnswer, meets, percent, read, shown
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


DATES = table("""
    1-10-2024 → 2024-10-01
    01/10/2024 → 2024-10-01
    01.10.24 → 2024-10-01
    1/5/98 → 1998-05-01
    ngày 01 tháng 10 năm 2024 → 2024-10-01
    Ngày 1 tháng 10, 2024 → 2024-10-01
    ngay 1 thang 10 nam 2024 → 2024-10-01
    1/10 năm 2024 → 2024-10-01
    20 - 11 - 2026 → 2026-11-20
    20 11 2026 → 2026-11-20
    20112026 → 2026-11-20
    2026-11-20 → 2026-11-20
    20261120 → 2026-11-20
    20/11/2026. → 2026-11-20
    tháng 11/2026 → 2026-11
    11/2026 → 2026-11
    T11/2026 → 2026-11
    tháng 11 năm 2026 → 2026-11
    2026-11 → 2026-11
    ngày tháng 5 năm 2024 → 2024-05
    tháng tư năm 2026 → 2026-04
    2026 → 2026
    năm 2026 → 2026
    hôm nay → 2026-11-21
    hnay → 2026-11-21
    hôm qua → 2026-11-20
    tối qua → 2026-11-20
    hôm kia → 2026-11-19
    ngày mai → 2026-11-22
    thứ hai tuần này → 2026-11-16
    thứ 6 tuần trước → 2026-11-13
    cn tuần sau → 2026-11-29
    thứ sáu 20/11/2026 → 2026-11-20
    thứ sáu, ngày 20/11 → 2026-11-20
    tháng này → 2026-11
    tháng trước → 2026-10
    năm ngoái → 2025
    20/11 → 2026-11-20
    ngày 20 tháng 11 → 2026-11-20
    cuối tháng 10/2026 → 2026-10-31
    đầu tháng 10 năm 2026 → 2026-10-01
    giữa năm 2026 → 2026-06-30
    đến hết tháng 10 năm 2021 → 2021-10-31
    19h30 ngày 20/11/2026 → 2026-11-20
    20/11/2026 lúc 19 giờ 30 → 2026-11-20
    ngày hai mươi tháng mười một năm 2026 → 2026-11-20
    mùng 5 tháng 10 dương lịch → 2026-10-05
    mùng 5 → !lunar
    mùng 5 tháng 10 → !lunar
    mồng ba tháng giêng → !lunar
    rằm tháng 7 → !lunar
    5/10 âm lịch → !lunar
    30/02/2023 → !impossible_date
    29/2/2025 → !impossible_date
    31/4 → !impossible_date
    10/25/2024 → !impossible_date
    0/5/2024 → !impossible_date
    tháng 13/2024 → !impossible_date
    20/3 → !which_year
    tháng 3 → !which_year
    29/2 → !which_year
    1/1/1024 → !which_year
    thứ hai → !which_week
    thứ hai ngày 20/11/2026 → !weekday_differs
    trước ngày 20/11/2026 → !not_exact
    khoảng 20/11/2026 → !not_exact
    1/10/2024 và 2/10/2024 → !several_dates
    01/10/2024 - 05/10/2024 → !several_dates
    chưa biết → !no_date
    không phải 20/11 → !no_date
    quý I/2026 → !no_date
    ngày 5 → !no_date
    20/11/2026 5 → !no_date
    nay → !no_date
""")


@pytest.mark.parametrize(("typed", "value"), DATES)
def test_dates(typed: str, value: str) -> None:
    assert outcome(field("date"), typed) == value


def test_a_day_without_a_year_is_the_near_one() -> None:
    assert outcome(field("date"), "28/12", date(2027, 1, 5)) == "2026-12-28"
    assert outcome(field("date"), "3/1", date(2026, 12, 28)) == "2027-01-03"
    assert outcome(field("date"), "28/12", date(2026, 11, 21)) == "2026-12-28"
    assert outcome(field("date"), "29/2", date(2024, 3, 5)) == "2024-02-29"


@pytest.mark.parametrize(
    ("typed", "value"),
    table(
        """
    3/2012 - 5/2018 → 2012-03 2018-05
    3/2012-5/2018 → 2012-03 2018-05
    từ 3/2012 đến 5/2018 → 2012-03 2018-05
    tháng 3/2012 tới tháng 5/2018 → 2012-03 2018-05
    từ tháng 3 đến tháng 5 năm 2018 → 2018-03 2018-05
    2012-2018 → 2012 2018
    nhiệm kỳ 2020 - 2025 → 2020 2025
    2012-05 đến 2018-06 → 2012-05 2018-06
    01/03/2012-31/05/2018 → 2012-03-01 2018-05-31
    1-3-2012 - 31-5-2018 → 2012-03-01 2018-05-31
    từ ngày 1 đến 5/10/2024 → 2024-10-01 2024-10-05
    từ 1/10 đến 5/10 → 2026-10-01 2026-10-05
    từ tháng 3 năm 2012 đến nay → 2012-03 nay
    từ 3/2012 đến hôm nay → 2012-03 nay
    2012 - nay → 2012 nay
    3/2012 → nay → 2012-03 nay
    1-3-2012 đến nay → 2012-03-01 nay
    năm 2026 → 2026 2026
    tháng 11/2026 → 2026-11 2026-11
    ngày 20/11/2026 → 2026-11-20 2026-11-20
    quý II/2026 → 2026-04 2026-06
    quý 4 năm 2026 → 2026-10 2026-12
    6 tháng đầu năm 2026 → 2026-01 2026-06
    5/2018 - 3/2012 → !reversed
    từ 2030 đến nay → !reversed
    từ 2012 → !no_end
    2012 → !no_end
    3/2012 → !no_end
    3 năm → !no_period
    đến nay → !no_period
    3/2012, 5/2018 → !no_period
    từ 2012 đến 2015 và 2016 đến 2018 → !several_dates
    từ 30/2/2012 đến nay → !impossible_date
    từ mùng 5 đến nay → !lunar
""".replace("3/2012 → nay →", "3/2012 => nay →")
    ),
)
def test_periods(typed: str, value: str) -> None:
    ends = value.replace("nay", "").split(" ")
    expected: object = value if value.startswith("!") else {"from": ends[0], "to": ends[1]}
    assert outcome(field("period"), typed) == expected


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    19h30 → 19:30
    19:30 → 19:30
    19g30 → 19:30
    19 giờ 30 phút → 19:30
    lúc 19 giờ → 19:00
    7 giờ tối → 19:00
    7h30 tối → 19:30
    7 rưỡi tối → 19:30
    bảy giờ tối → 19:00
    mười chín giờ ba mươi → 19:30
    7h sáng → 07:00
    7 giờ → 07:00
    7 giờ kém 15 → 06:45
    12h trưa → 12:00
    12 giờ đêm → 00:00
    1 giờ trưa → 13:00
    2 giờ chiều → 14:00
    2 giờ đêm → 02:00
    10 giờ đêm → 22:00
    7:30 pm → 19:30
    12 am → 00:00
    tối 7h → 19:00
    chiều mai lúc 2 giờ → 14:00
    tôi họp lúc 7h → 07:00
    tôi 7h → 07:00
    19 → 19:00
    24h → 00:00
    25h → !no_time
    19h75 → !no_time
    20h sáng → !no_time
    tối → !no_time
    19h30 - 21h → !several_times
"""),
)
def test_times(typed: str, value: str) -> None:
    assert outcome(field("time"), typed) == value


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


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    có → yes
    Có ạ → yes
    CÓ. → yes
    co → yes
    x → yes
    ok → yes
    đạt → yes
    rồi → yes
    dạ có → yes
    đã có rồi → yes
    Yes → yes
    ✓ → yes
    không → no
    Không. → no
    ko → no
    k → no
    chưa → no
    chưa đạt → no
    khong dat → no
    dạ chưa ạ → no
    no → no
    không áp dụng → na
    khong ap dung → na
    kad → na
    n.a. → na
    N/A → na
    - → na
    có nhưng chưa đủ → !no_tick
    không biết → !no_tick
    hình như có → !no_tick
    có lẽ → !no_tick
    cơ bản đạt → !no_tick
    1 → !no_tick
    có hay không → !no_tick
"""),
)
def test_ticks(typed: str, value: str) -> None:
    assert outcome(field("yes_no_na"), typed) == value


def test_a_tick_that_may_mean_either_column_is_none() -> None:
    happened = field("yes_no", bad="yes")
    assert outcome(happened, "đạt") == "!which_tick"
    assert outcome(happened, "không có") == "no"
    assert outcome(happened, "có") == "yes"
    no_poor = Field("4.2", "yes_no", "Bản, Tổ dân phố không có hộ nghèo")
    assert outcome(no_poor, "không có") == "!which_tick"
    assert outcome(no_poor, "không") == "no"
    assert outcome(no_poor, "đạt") == "yes"
    assert outcome(field("yes_no"), "không áp dụng") == "!no_na"


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    1 → thuong-ky
    số 3 → tong-ket
    3. → tong-ket
    Họp bất thường → bat-thuong
    hop bat thuong → bat-thuong
    hop b → bat-thuong
    định kỳ → thuong-ky
    tong-ket → tong-ket
    lấy → y-kien
    họp → !several_options
    9 → !no_option
    0 → !no_option
    h → !no_option
    gì cũng được → !no_option
"""),
)
def test_one_of(typed: str, value: str) -> None:
    assert outcome(ONE, typed) == value


def test_a_number_that_is_also_a_label_is_not_guessed() -> None:
    asked = field("one_of", options=(Option("a", "2 lần"), Option("b", "1 lần")))
    assert outcome(asked, "1") == "!several_options"
    assert outcome(asked, "1 lần") == "b"
    tones = field("one_of", options=(Option("a", "Tổ"), Option("b", "Tờ")))
    assert [outcome(tones, typed) for typed in ("Tổ", "tờ", "to")] == ["a", "b", "!several_options"]


@pytest.mark.parametrize(
    ("typed", "value"),
    table("""
    1 3 → thuong-ky tong-ket
    3,1 → thuong-ky tong-ket
    1, 1 → thuong-ky
    1-3 → thuong-ky bat-thuong tong-ket
    1 và 2 → thuong-ky bat-thuong
    họp thường kỳ; lấy ý kiến và bỏ phiếu → thuong-ky y-kien
    lay y kien va bo phieu, hội nghị, tổng kết → tong-ket y-kien
    định kỳ và hội → thuong-ky tong-ket
    tất cả → !too_many
    1 9 → !no_option
    3-1 → !no_option
    họp bất thường, xyz → !no_option
    họp, 3 → !several_options
"""),
)
def test_many_of(typed: str, value: str) -> None:
    assert outcome(MANY, typed) == (value if value.startswith("!") else value.split())


def test_texts_are_kept_as_they_are_typed() -> None:
    assert read(field("text"), "  “Hẻm  sáng”\n– xanh\u200b ", TODAY) == "“Hẻm sáng” – xanh"
    assert read(field("text"), "Tie\u0302\u0301ng Vie\u0323\u0302t", TODAY) == "Tiếng Việt"
    assert read(field("long_text"), "một\r\n\r\n\r\n\r\nhai  ba \n bốn", TODAY) == "một\n\nhai ba\nbốn"
    assert read(field("name"), "Nguyễn  Thị  Bé (Ba)", TODAY) == "Nguyễn Thị Bé (Ba)"
    assert read(field("text"), "a\x00b\ud800c", TODAY) == "a b c"


@pytest.mark.parametrize("kind", ["text", "long_text", "name"])
def test_texts_have_limits(kind: FieldKind) -> None:
    limit = LIMITS[kind]
    assert read(field(kind), "ă" * limit, TODAY) == "ă" * limit
    assert outcome(field(kind), "ă" * (limit + 1)) == "!too_long"
    assert outcome(field(kind), " " * 100_000 + "a") == "!too_long"
    assert outcome(field(kind), " \u200b\n ") == "!empty"


def test_names_are_names() -> None:
    assert outcome(field("name"), "Nguyễn Văn A 0912") == "!has_digits"
    assert outcome(field("name"), "...") == "!no_name"


def test_a_value_of_another_form_version_is_shown_as_it_is() -> None:
    for kind in KINDS:
        assert "lạ" in shown(field(kind), "lạ")
    assert shown(ONE, "lạ") == "lạ"
    assert shown(MANY, "lạ") == "lạ"


def test_what_is_wrong_is_given_back() -> None:
    with pytest.raises(BadAnswer) as caught:
        read(field("date"), "30/02/2023", TODAY)
    assert caught.value.given == "30/02/2023"
    with pytest.raises(BadAnswer) as caught:
        read(field("integer"), "a" * 5000, TODAY)
    assert len(caught.value.given) <= 60


KINDS: tuple[FieldKind, ...] = (
    *("text", "long_text", "integer", "decimal", "date", "period", "time", "phone", "yes_no", "yes_no_na", "name"),
)
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
