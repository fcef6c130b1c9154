"""Numbers in a question: shares, counts, areas, time in office; and numbers that only name something."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.figures import areas_in, counts_of, shares_in
from knowledge.stretches import terms_in

TODAY = date(2026, 11, 21)


def months(text: str) -> list[int]:
    return [term.months for term in terms_in(text, TODAY)]


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("dat 65%", 65),
        ("dat 65 phan tram", 65),
        ("99,5 %", 99.5),
        ("0.5%", 0.5),
        ("62/90 nha", 100 * 62 / 90),
        ("45 tren 50 ho", 90),
        ("45 trong tong so 50 ho", 90),
        ("80 ho tren tong so 120 ho", 100 * 80 / 120),
        ("to co 120 ho ma moi co 80 ho", 100 * 80 / 120),
        ("200 nha xay thi 194 nha co phep", 97),
        ("45 out of 50 households", 90),
        ("100 houses, 59 of them", 59),
        ("tieu chi 3.3 dat 70%", 70),
    ],
)
def test_shares(text: str, percent: float) -> None:
    assert shares_in(text)[0].percent == pytest.approx(percent)


@pytest.mark.parametrize(
    "text", ["2/10", "12/10", "3/4", "150/100 ho", "100/0 ho", "quan 3 dang ky 8", "to 16", "01/10/2024", "71/kh", ""]
)
def test_no_shares(text: str) -> None:
    assert shares_in(text) == ()


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_share_is_part_of_a_whole(part: int, total: int) -> None:
    found = shares_in(f"{part} tren tong so {total} ho")
    if part <= total:
        assert (found[0].part, found[0].total) == (part, total)
        assert 0 < found[0].percent <= 100
    else:
        assert not found


@pytest.mark.parametrize(
    ("text", "nouns", "counts"),
    [
        ("dang ky 8 cong trinh", (), [8]),
        ("dang ky duoc 8 cai", (), [8]),
        ("dang ky 8", (), [8]),
        ("co 3 mo hinh", (), [3]),
        ("ke hoach 48 co 3 mo hinh", (), [3]),
        ("to 16 lam 2 cong trinh", (), [2]),
        ("co 4 tuyen pho", ("tuyen pho",), [4]),
        ("8,5 cong trinh", (), []),
        ("lam 8 nam", (), []),
        ("co 65%", (), []),
    ],
)
def test_counts(text: str, nouns: tuple[str, ...], counts: list[int]) -> None:
    assert counts_of(text, frozenset(nouns)) == counts


def test_areas() -> None:
    assert areas_in("cho 4 m2, 3,5 met vuong va 12 m²") == [4, 3.5, 12]
    assert areas_in("4 met") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lam 10 nam", [120]),
        ("muoi nam", [120]),
        ("5 nam ruoi", [66]),
        ("3 nam 6 thang", [42]),
        ("12 years", [144]),
        ("20 thang", [20]),
        ("8 nam, nghi 1 nam, lam lai 3 nam", [96, 36]),
        ("8 nam, nghi 1, lam lai 3 nam", [96, 36]),
        ("9 nam ngat quang 2 nam roi 4 nam", [108, 48]),
        ("tu 3/2012 den nay", [176]),
        ("tu nam 2012 toi gio", [178]),
        ("tu thang 6/2016 toi nay", [125]),
        ("since 2012", [178]),
        ("tu 2010 den 2015", [60]),
        ("from 2010 to 2015", [60]),
        ("2010-2015", [60]),
        ("tu 1/2015 den 1/2025", [120]),
    ],
)
def test_time_in_office(text: str, found: list[int]) -> None:
    assert months(text) == found


def test_spans_that_overlap_count_once() -> None:
    assert sum(months("tu 2010 den 2015 va tu 2013 den 2020")) == 120
    assert sum(months("tu 2010 den 2020 va tu 2012 den 2015")) == 120
    assert sum(months("tu 2000 den 2005 va tu 2010 den 2015")) == 120


@pytest.mark.parametrize("text", ["nam 2012", "tu 2012", "100 nam", "0 nam", "nghi 3 nam", "thang 10", "to 12", ""])
def test_no_time_in_office(text: str) -> None:
    assert months(text) == []


@given(st.integers(1950, 2025), st.integers(1, 12), st.integers(0, 40))
def test_a_span_is_as_long_as_it_says(year: int, month: int, years: int) -> None:
    found = months(f"tu {month}/{year} den {month}/{year + years}")
    assert sum(found) == 12 * years


@given(st.text("0123456789/%., abcdeghiknmtu", max_size=60))
def test_any_figures_can_be_read(text: str) -> None:
    assert all(share.percent > 0 for share in shares_in(text) if share.part is not None)
    assert all(term.months > 0 for term in terms_in(text, TODAY))
    assert all(count >= 0 for count in counts_of(text, frozenset()))
    assert all(area >= 0 for area in areas_in(text))
