"""Days, periods and hours as people type them."""

from datetime import date

import pytest

from tests.test_field_values import field, outcome, table

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
