"""Votes of a meeting: counted over all households, against the ratio of the law."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.ratios import Ratio
from tests.test_form_checks import check, coded

# Votes


def meeting(agreed: int, against: int = 0, blank: int = 0, households: int | None = 90, present: int = 80) -> Any:
    votes = {"tan-thanh": agreed, "khong": against, "khong-y-kien": blank}
    answers: dict[str, object] = {f"phieu/r1/{column}": count for column, count in votes.items()}
    return answers | {"ho-du": present} | ({"ho-tong": households} if households is not None else {})


def result(answers: Mapping[str, object], **settings: str) -> Mapping[str, object]:
    found = coded("votes", check("hop-to", answers, **settings))
    return next(finding.numbers for finding in found if finding.numbers["reason"] == "result")


LAW = "Điều 21 Luật 10/2022/QH15"


@pytest.mark.parametrize(
    ("ratio", "agreed", "households", "passed"),
    [
        (">1/2", 45, 90, False),
        (">1/2", 46, 90, True),
        (">=2/3", 60, 90, True),
        (">=2/3", 59, 90, False),
        (">=2/3", 61, 91, True),
        (">=2/3", 60, 91, False),
        (">=1/2", 45, 90, True),
    ],
)
def test_votes_are_counted_over_all_households(ratio: str, agreed: int, households: int, passed: bool) -> None:
    found = result(meeting(agreed, households=households), ratio=ratio, ratio_source=LAW)
    assert (found["passed"], found["share"], found["ratio_source"]) == (passed, Fraction(agreed, households), LAW)
    assert str(found["ratio"]) == ratio


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"ratio": ">1/2"},
        {"ratio_source": LAW},
        {"ratio": "1/2", "ratio_source": LAW},
        {"ratio": ">1/2", "ratio_source": " "},
    ],
)
def test_without_a_ratio_and_its_law_nothing_passes(settings: Mapping[str, str]) -> None:
    found = result(meeting(90), **settings)
    assert (found["passed"], found["ratio"], found["for"]) == (None, None, 90)


def test_without_the_number_of_households_nothing_passes() -> None:
    assert result(meeting(46, households=None), ratio=">1/2", ratio_source=LAW)["passed"] is None
    assert result(meeting(46, households=0), ratio=">1/2", ratio_source=LAW)["passed"] is None
    assert result(meeting(95), ratio=">1/2", ratio_source=LAW)["passed"] is None


@pytest.mark.parametrize(
    ("answers", "reasons"),
    [
        (meeting(50, 20, 10), []),
        (meeting(50, 20, 11), ["over_present"]),
        (meeting(50, 20, 21), ["over_households"]),
        (meeting(50, present=91), ["present_over_households"]),
    ],
)
def test_votes_that_nobody_can_have_given(answers: Mapping[str, object], reasons: Sequence[str]) -> None:
    found = [f for f in coded("votes", check("hop-to", answers)) if f.severity == "warn"]
    assert [finding.numbers["reason"] for finding in found] == reasons


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 9), st.integers(1, 9), st.sampled_from([">", ">="]))
def test_a_ratio_is_compared_as_whole_numbers(agreed: int, households: int, part: int, whole: int, sign: Any) -> None:
    ratio = Ratio(sign, Fraction(min(part, whole), whole))
    found = result(meeting(agreed, households=households, present=households), ratio=str(ratio), ratio_source=LAW)
    left, right = agreed * ratio.share.denominator, households * ratio.share.numerator
    # More than all is no ratio, and more votes than households are no result.
    possible = agreed <= households and str(ratio) != ">1/1"
    assert found["passed"] is ((left > right if sign == ">" else left >= right) if possible else None)
