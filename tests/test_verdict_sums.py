"""What several owe together, rates, rows that are added up, shares that come to a number."""

import pytest

from knowledge.verdicts import (
    Change,
    Duration,
    Least,
    Outcome,
    Projection,
    Total,
)
from tests.test_verdicts import of


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("12 phường quận 3 cộng lại phải có bao nhiêu công trình", 120),
        ("4 chi bộ cơ sở với 2 đảng bộ cơ sở tổng cộng mấy công trình", 8),
        ("mặt trận với năm đoàn thể quận 3, tức 6 cơ quan, cộng lại mấy công trình", 12),
        ("mười hai phường tổng cộng bao nhiêu công trình", 120),
        ("muoi hai phuong tong cong bao nhieu cong trinh", 120),
        ("năm phòng ban tổng cộng đăng ký mấy công trình", 5),
        ("3 trường học với 2 phường thì tổng bao nhiêu công trình", 23),
    ],
)
def test_what_several_units_owe_together(question: str, total: int) -> None:
    found = of("kh41-so-luong", question)
    assert isinstance(found, Total)
    assert found.total == total == sum(count * row.value for count, row in found.parts)


def test_no_sum_where_none_is_asked() -> None:
    assert not isinstance(of("kh41-so-luong", "12 phường quận 3 mỗi phường đăng ký mấy công trình"), Total)


@pytest.mark.parametrize(
    "question",
    [
        # Nobody counts these, and one of the two is no unit that the table has.
        "12 phường quận 3 tổng cộng bao nhiêu hộ dân",
        "2 phường quận 3 với 3 thôn tổng cộng mấy công trình",
        "phường 9 với phường 10 cộng lại mấy công trình",
    ],
)
def test_no_sum_of_what_no_row_gives(question: str) -> None:
    assert not isinstance(of("kh41-so-luong", question), Total)


@pytest.mark.parametrize(
    ("entry", "question", "total"),
    [
        ("kh71-diem-ve-sinh", "mười phường mỗi năm chọn bao nhiêu khu vực điểm tất cả", 100),
        ("tanphong-2-3", "năm tổ dân phố cộng lại phải có mấy mô hình kinh tế", 10),
    ],
)
def test_what_each_of_several_units_must_have(entry: str, question: str, total: int) -> None:
    found = of(entry, question)
    assert isinstance(found, Total)
    assert found.total == total


@pytest.mark.parametrize(("after", "outcome"), [("3,0%", "not_met"), ("2,9%", "met"), ("3,5%", "not_met")])
def test_a_year_against_the_yearly_rate(after: str, outcome: Outcome) -> None:
    found = of("kh48-chung-4", f"hộ nghèo đầu năm 3,4% cuối năm còn {after}, kế hoạch 48 coi vậy được chưa")
    assert isinstance(found, Change)
    assert found.outcome == outcome
    assert found.change == pytest.approx(3.4 - float(after[:-1].replace(",", ".")))


@pytest.mark.parametrize(
    ("entry", "question", "met"),
    [
        ("tanphong-5-5", "tổ có 8 anh bảo vệ dân phố, một anh vừa bị cảnh cáo, tính sao", False),
        ("tanphong-4-2", "tổ em còn 2 hộ nghèo thì tiêu chí 4.2 tính sao", False),
        ("tanphong-3-15", "tổ 85 nhà, 2 nhà hay quăng rác ra suối, được chưa", False),
        ("tanphong-3-19", "được công nhận tổ dân phố văn hóa từ 2016 tới hết 2020, đủ chưa", False),
        ("tanphong-3-19", "được công nhận tổ dân phố văn hóa từ 2015 tới hết 2020, đủ chưa", True),
        ("tanphong-4-2", "tổ em không còn hộ nghèo thì tiêu chí 4.2 tính sao", None),
        ("tanphong-3-3", "tiêu chí nào nói về nhà dột nát", None),
    ],
)
def test_what_must_not_happen_and_whole_years(entry: str, question: str, met: bool | None) -> None:
    found = of(entry, question)
    assert not isinstance(found, Duration | Least | Projection | Total)
    assert (found.outcome == "met" if found else None) is met


def test_rows_that_are_added_up() -> None:
    found = of("kh71-tong-ket-chi-tieu", "cộng cấp phường xã với cấp dưới phường xã thì nhiều nhất mấy bằng khen")
    assert isinstance(found, Total)
    assert (found.total, [count for count, _ in found.parts]) == (50, [1, 1])


@pytest.mark.parametrize("question", ["thi đua quận 3 kéo dài mấy tháng", "how long did the contest run"])
def test_how_long_it_runs(question: str) -> None:
    found = of("kh41-thoi-gian-thi-dua", question)
    assert isinstance(found, Duration)
    assert found.months == 6


@pytest.mark.parametrize(
    ("entry", "question", "count"),
    [
        ("tanphong-3-20", "tổ có 120 hộ thì ít nhất mấy hộ chấp hành pháp luật mới đạt", 114),
        ("tanphong-3-20", "tổ có 121 hộ thì ít nhất mấy hộ chấp hành pháp luật mới đạt", 115),
        # More than 80 %: not the very number.
        ("tanphong-3-3", "tổ có 90 nhà thì bao nhiêu nhà phải kiên cố mới đạt 3.3", 73),
        ("tanphong-3-20", "we have 200 households, how many households must obey the law", 190),
        # What they have is held against the text instead.
        ("tanphong-3-20", "100 hộ có 90 hộ chấp hành, phải thêm bao nhiêu hộ", None),
        ("tanphong-3-20", "tổ có 120 hộ thì đạt chưa", None),
    ],
)
def test_how_many_a_share_comes_to(entry: str, question: str, count: int | None) -> None:
    found = of(entry, question)
    assert (found.count if isinstance(found, Least) else None) == count
