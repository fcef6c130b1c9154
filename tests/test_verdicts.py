"""Conclusions from numbers: at the bound, below and above it; and no conclusion where the text gives none."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Comparator, Deadline, Entry, Quantity
from knowledge.reckoning import verdict_on
from knowledge.verdicts import (
    Count,
    Duration,
    Excluded,
    Lateness,
    Least,
    Outcome,
    Projection,
    Tenure,
    Threshold,
    Total,
    Verdict,
)
from tests.talk import knowledge

TODAY = date(2026, 11, 21)
LONG_SERVICE = "kh71-nien-han-tieu-chuan"


def of(entry: str, question: str, today: date = TODAY) -> Verdict | None:
    return verdict_on(knowledge().library.entries[entry], knowledge().read(question), today)


def tenure(question: str, entry: str = LONG_SERVICE) -> Tenure:
    found = of(entry, question)
    assert isinstance(found, Tenure), found
    return found


def asking(*rows: Quantity) -> Entry:
    """An entry of the documents that asks for these quantities and nothing else."""
    entry = knowledge().library.entries["tanphong-3-18"]
    return replace(entry, quantities=rows, deadlines=(), award=None)


def share(comparator: Comparator, value: float, most: float | None = None) -> Quantity:
    return Quantity("", comparator, value, "%", "gia đình văn hóa", value_max=most)


def outcome(entry: Entry, question: str) -> Outcome | None:
    found = verdict_on(entry, knowledge().read(question), TODAY)
    assert not isinstance(found, Duration | Least | Projection | Total)
    return found.outcome if found else None


@pytest.mark.parametrize(
    ("question", "months", "enough"),
    [
        ("làm tổ trưởng 10 năm", 120, True),
        ("làm tổ trưởng được 9 năm 11 tháng", 119, False),
        ("lam to truong 12 nam", 144, True),
        ("làm tổ trưởng 8 năm, nghỉ 1 năm, làm lại 3 năm", 132, True),
        ("làm tổ trưởng 6 năm, nghỉ 5 năm, làm lại 3 năm", 108, False),
        ("làm trưởng thôn 6 năm rồi làm tổ trưởng 5 năm", 132, True),
        ("tổ trưởng từ 3/2012 đến nay", 176, True),
        ("tổ trưởng từ 11/2016 đến nay", 120, True),
        ("tổ trưởng từ 12/2016 đến nay", 119, False),
        ("tổ trưởng từ 2010 đến 2015 và từ 2013 đến 2020", 120, True),
        ("tổ trưởng từ 2010 đến 2015 và từ 2016 đến 2020", 108, False),
        ("làm tổ trưởng 9 năm cộng 4 năm là 13 năm", 156, True),
    ],
)
def test_years_in_office(question: str, months: int, enough: bool) -> None:
    found = tenure(question)
    assert (found.months, found.outcome) == (months, "met" if enough else "not_met")
    assert found.needed == 120
    assert not found.office


@given(st.integers(1, 50))
def test_ten_years_are_the_bound(years: int) -> None:
    assert tenure(f"tôi làm tổ trưởng {years} năm").outcome == ("met" if years >= 10 else "not_met")


@given(st.lists(st.integers(1, 9), min_size=2, max_size=2))
def test_broken_service_adds_up(parts: list[int]) -> None:
    first, second = parts
    found = tenure(f"làm tổ trưởng {first} năm, nghỉ 2 năm, làm lại {second} năm")
    assert found.months == 12 * (first + second)


@pytest.mark.parametrize("question", ["làm bí thư chi bộ 12 năm", "công an viên 12 năm", "làm tổ phó 11 năm"])
def test_time_in_another_office_decides_nothing(question: str) -> None:
    found = tenure(question)
    assert found.outcome == "open"
    assert found.office


@pytest.mark.parametrize(
    "question", ["làm tổ phó 5 năm và tổ trưởng 8 năm được không", "tổ trưởng 8 năm với tổ phó 5 năm"]
)
def test_only_the_heads_own_years_count(question: str) -> None:
    found = tenure(question)
    assert (found.months, found.outcome) == (96, "not_met")


def test_where_time_does_not_add_up_the_longest_counts() -> None:
    found = tenure("ở tổ dân phố 9 năm, rồi nghỉ 1 năm, rồi 16 năm", "kh71-pl2-2b-15-nam")
    assert (found.months, found.outcome, found.preferred) == (192, "met", True)
    assert tenure("tổ dân phố 14 năm", "kh71-pl2-2b-15-nam").outcome == "not_met"
    assert tenure("tổ dân phố 15 năm", "kh71-pl2-2b-15-nam").outcome == "met"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("bị bãi nhiệm năm 2020 thì sao", "bãi nhiệm"),
        ("làm 12 năm nhưng đang bị kỷ luật", "kỷ luật"),
        ("12 năm mà vi phạm pháp luật", "vi phạm"),
        ("12 năm, đã được tặng bằng khen niên hạn rồi", "đã được tặng"),
    ],
)
def test_what_shuts_out(question: str, words: str) -> None:
    found = of(LONG_SERVICE, question)
    assert isinstance(found, Excluded)
    assert words in found.exclusion.text
    assert found.outcome == "not_met"


@pytest.mark.parametrize(
    "question",
    [
        "12 năm không bị kỷ luật",
        "12 năm chưa từng bị kỷ luật",
        "không hề bị kỷ luật, làm 12 năm",
        "15 năm không vi phạm pháp luật gì",
        "12 năm và không có bị kỷ luật",
        "12 nam khong bi ky luat",
        "đã bị kỷ luật xong hồi 2015, làm 12 năm",
    ],
)
def test_what_did_not_happen_shuts_nobody_out(question: str) -> None:
    assert tenure(question).outcome == "met"


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (">", "not_met", "not_met", "met"),
        (">=", "not_met", "met", "met"),
        ("<", "met", "not_met", "not_met"),
        ("<=", "met", "met", "not_met"),
        ("none", "open", "open", "open"),
    ],
)
def test_shares_at_the_bound(comparator: Comparator, below: Outcome, at: Outcome, above: Outcome) -> None:
    entry = asking(share(comparator, 80))
    found = [outcome(entry, f"được {percent}% gia đình văn hóa thì đạt chưa") for percent in ("79,9", "80", "80,1")]
    assert found == [below, at, above]


def test_a_closed_range_holds_its_ends() -> None:
    entry = asking(share("range", 60, 80))
    found = [outcome(entry, f"{percent}% đạt chưa") for percent in ("59,9", "60", "70", "80", "80,1")]
    assert found == ["not_met", "met", "met", "met", "not_met"]


@given(st.integers(1, 200), st.integers(1, 200))
def test_part_of_a_whole_against_a_share(part: int, total: int) -> None:
    found = verdict_on(
        asking(share(">=", 60)), knowledge().read(f"có {part} trên tổng số {total} hộ thì đạt chưa"), TODAY
    )
    if part > total:
        assert not isinstance(found, Threshold)
        return
    assert isinstance(found, Threshold)
    assert found.outcome == ("met" if 100 * part >= 60 * total else "not_met")


def test_one_part_of_a_criterion_leaves_the_others_open() -> None:
    found = of("tanphong-3-3", "tổ 16 có 62/90 nhà mới sửa lại thì tiêu chí nhà ở đạt không")
    assert isinstance(found, Threshold)
    assert found.outcome == "met"
    assert found.share.percent == pytest.approx(68.888, abs=0.001)
    assert found.quantity.raw == "60% trở lên"
    assert any(other.raw == "Trên 80%" for other in found.others)


def test_over_eighty_percent_is_more_than_eighty() -> None:
    for percent, expected in (("80", "not_met"), ("80,5", "met")):
        found = of("tanphong-3-3", f"có {percent}% hộ nhà kiên cố thì đạt chưa")
        assert isinstance(found, Threshold)
        assert (found.quantity.raw, found.outcome) == ("Trên 80%", expected)


@pytest.mark.parametrize(
    ("question", "expected", "missing"),
    [
        ("phường đăng ký 8 công trình còn thiếu mấy", "not_met", 2),
        ("phường đăng ký 10 công trình đủ chưa", "met", 0),
        ("phường đăng ký 12 công trình thì dư mấy", "not_met", -2),
        ("chi bộ cơ sở đăng ký 1 công trình đủ chưa", "met", 0),
        ("trường học đăng ký 0 công trình thiếu mấy", "not_met", 1),
    ],
)
def test_counts_against_their_row(question: str, expected: Outcome, missing: float) -> None:
    found = of("kh41-so-luong", question)
    assert isinstance(found, Count)
    assert (found.outcome, found.missing) == (expected, missing)


@pytest.mark.parametrize(("count", "expected"), [(66, "met"), (67, "met"), (68, "not_met")])
def test_counts_at_most(count: int, expected: Outcome) -> None:
    entry = asking(Quantity("không quá 67", "<=", 67, "suất", "khen thưởng"))
    assert outcome(entry, f"đề nghị {count} suất được không") == expected


@pytest.mark.parametrize(("area", "expected"), [("2,9", "not_met"), ("3", "met"), ("4", "met"), ("4,1", "not_met")])
def test_areas_within_a_range(area: str, expected: Outcome) -> None:
    entry = asking(Quantity("từ 3 đến 4 m²", "range", 3, "m²", "nhà vệ sinh", value_max=4))
    assert outcome(entry, f"xây {area} m2 được không") == expected


def test_a_date_is_no_count() -> None:
    assert of("kh41-so-luong", "ngày 10/6 phường nộp được không") is None


@pytest.mark.parametrize(
    ("kind", "question", "expected", "days"),
    [
        ("before", "ngày 9/6 nộp còn kịp không", "met", 0),
        ("before", "ngày 10/6 nộp còn kịp không", "not_met", -1),
        ("by", "ngày 10/6 nộp còn kịp không", "met", 0),
        ("by", "ngày 11/6 nộp còn kịp không", "not_met", -1),
        ("by", "1/6/2021 nộp còn kịp không", "met", 9),
        ("by", "1/6/2022 nộp còn kịp không", "not_met", -356),
    ],
)
def test_lateness(kind: str, question: str, expected: Outcome, days: int) -> None:
    deadline = Deadline("", "before" if kind == "before" else "by", "nộp", year=2021, month=6, day=10)
    entry = replace(asking(), deadlines=(deadline,))
    found = verdict_on(entry, knowledge().read(question), TODAY)
    assert isinstance(found, Lateness)
    assert (found.outcome, found.days) == (expected, days)


def test_lateness_today() -> None:
    entry = replace(asking(), deadlines=(Deadline("", "by", "nộp", month=10, day=5, recurring=True),))
    found = verdict_on(entry, knowledge().read("hôm nay nộp còn kịp không"), date(2024, 10, 7))
    assert isinstance(found, Lateness)
    assert (found.days, found.last, found.following) == (-2, date(2024, 10, 5), date(2025, 10, 5))


def test_an_impossible_day_is_never_late() -> None:
    entry = replace(asking(), deadlines=(Deadline("", "before", "nộp", year=2023, month=2, day=30),))
    assert verdict_on(entry, knowledge().read("hôm nay nộp còn kịp không"), TODAY) is None


def test_a_yearly_rate_is_carried_on() -> None:
    row = Quantity("giảm 0,5%/năm", "=", 0.5, "%", "tỷ lệ hộ nghèo giảm", per="năm")
    found = verdict_on(asking(row), knowledge().read("hộ nghèo đang 3% thì sau 4 năm còn bao nhiêu"), TODAY)
    assert isinstance(found, Projection)
    assert (found.rate, found.years, found.result) == (-0.5, 4, 1.0)
    found = verdict_on(asking(row), knowledge().read("hộ nghèo đang 1% sau 9 năm còn bao nhiêu"), TODAY)
    assert isinstance(found, Projection)
    assert found.result == 0


@pytest.mark.parametrize("question", ["gia đình văn hóa", "tiêu chí 3.18 là gì", "tổ 5 hỏi gia đình văn hóa"])
def test_without_figures_there_is_nothing_to_conclude(question: str) -> None:
    assert of("tanphong-3-18", question) is None


@given(st.text(max_size=150), st.sampled_from(sorted(knowledge().library.entries)))
def test_any_text_against_any_rule(question: str, entry: str) -> None:
    of(entry, question)


@given(st.text("0123456789/%,. năm hộ công trình tổ trưởng không kịp", max_size=60))
def test_any_figures_against_the_computed_rules(question: str) -> None:
    for entry in (LONG_SERVICE, "kh41-so-luong", "tanphong-3-3", "kh71-tong-ket-chi-tieu"):
        of(entry, question)
