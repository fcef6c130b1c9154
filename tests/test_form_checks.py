"""What a form says about itself before it is sent: exact, with the clause, and never more than the documents say."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.field_values import read, shown
from knowledge.form_checks import findings
from knowledge.form_findings import Finding
from knowledge.forms import Form, Quota, Target
from knowledge.office_time import office_time
from knowledge.periods import bounds, periods_in
from knowledge.ratios import Ratio
from tests.talk import knowledge

TODAY = date(2026, 11, 21)
LIBRARY = knowledge().library


def form(id: str) -> Form:
    return LIBRARY.forms[id].form


def check(id: str, answers: Mapping[str, object], kind: str = "tổ dân phố", **settings: str) -> Sequence[Finding]:
    return findings(form(id), answers, kind, settings, LIBRARY, TODAY)


def coded(code: str, found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.code == code]


# Self-assessment


@pytest.mark.parametrize(
    ("answers", "paths"),
    [
        ({"loai-1": "yes", "3.17": "yes", "5.3": "no"}, [("loai-1", "3.17")]),
        ({"loai-1": "yes", "3.17": "yes", "5.3": "yes"}, [("loai-1", "3.17"), ("loai-1", "5.3")]),
        ({"loai-3": "yes", "5.3": "yes"}, [("loai-3", "5.3")]),
        ({"loai-1": "no", "loai-3": "no", "3.17": "yes", "5.3": "yes"}, []),
        ({"loai-1": "yes"}, []),
        ({}, []),
    ],
)
def test_contradictions_are_pointed_out(answers: Mapping[str, object], paths: Sequence[object]) -> None:
    found = coded("conflict", check("tp-tu-danh-gia", answers))
    assert [finding.paths for finding in found] == paths
    assert all(finding.says and finding.severity == "warn" and finding.entry in LIBRARY.entries for finding in found)


@pytest.mark.parametrize(
    ("tick", "part", "whole", "said"),
    [
        ("yes", 27, 30, "warn"),
        ("no", 27, 30, None),
        ("yes", 28, 30, None),
        ("no", 28, 30, "note"),
        (None, 27, 30, "warn"),
        (None, 28, 30, "note"),
    ],
)
def test_numbers_beside_a_tick_are_compared(tick: str | None, part: int, whole: int, said: str | None) -> None:
    """Criterion 3.7 asks "trên 90%": 27 of 30 are exactly 90 and not over it."""
    answers: dict[str, object] = {"3.7#": {"part": part, "whole": whole}} | ({"3.7": tick} if tick else {})
    found = coded("share", check("tp-tu-danh-gia", answers))
    assert [finding.severity for finding in found] == ([said] if said else [])
    for finding in found:
        assert finding.numbers["met"] is (part == 28)
        assert finding.numbers["percent"] == Fraction(100 * part, whole)
        assert (finding.paths, finding.entry) == (("3.7", "3.7#"), "tanphong-3-7")


def test_every_part_of_a_row_is_compared_by_itself() -> None:
    answers: dict[str, object] = {"3.3": "yes", "3.3#": {"part": 85, "whole": 100}}
    answers |= {"3.3#xay-moi": {"part": 59, "whole": 100}, "3.3#dot-nat": 0}
    assert [finding.paths for finding in check("tp-tu-danh-gia", answers)] == [("3.3", "3.3#xay-moi")]


def test_counts_beside_a_tick_are_compared() -> None:
    assert [f.severity for f in check("tp-tu-danh-gia", {"2.3": "yes", "2.3#": 1})] == ["warn"]
    assert not check("tp-tu-danh-gia", {"2.3": "yes", "2.3#": 2})
    assert not check("tp-tu-danh-gia", {"4.2": "yes", "4.2#": 0})
    assert [f.severity for f in check("tp-tu-danh-gia", {"4.2": "yes", "4.2#": 1})] == ["warn"]


def test_what_the_text_leaves_open_has_no_verdict() -> None:
    """2.7 says "99%" and not from how many on."""
    assert not check("tp-tu-danh-gia", {"2.7": "yes", "2.7#": {"part": 1, "whole": 100}})


# Targets of 48-KH/ĐU


def test_targets_of_a_report_are_compared_where_the_text_allows() -> None:
    answers: dict[str, object] = {
        "2-1-2": {"part": 9, "whole": 10},
        "2-1-3": "85",
        "2-1-5": {"part": 1, "whole": 10},
        "2-1-6": 0,
        "2-2-2-2": {"part": 97, "whole": 100},
        "2-2-2-4": "3.5",
    }
    found = {
        finding.paths[0]: finding.numbers["met"] for finding in coded("target", check("kh48-bc-chi-tieu", answers))
    }
    assert found == {"2-1-2": False, "2-1-3": True, "2-1-6": False, "2-2-2-2": False, "2-2-2-4": True}


def test_a_yearly_change_is_a_number_without_a_verdict() -> None:
    answers = {"2-1-4a": {"part": 30, "whole": 1000}, "2-1-4b": {"part": 24, "whole": 960}}
    (found,) = coded("change", check("kh48-bc-chi-tieu", answers))
    assert found.numbers == {"before": Fraction(3), "after": Fraction(5, 2), "change": Fraction(-1, 2)}
    assert (found.paths, found.severity, found.entry) == (("2-1-4a", "2-1-4b"), "note", "kh48-chung-4")


# Registration of works


def works(count: int, **more: object) -> dict[str, object]:
    return {f"cong-trinh/r{place}/ten": "Cầu" for place in range(count)} | {
        f"cong-trinh/r0/{column.replace('_', '-')}": value for column, value in more.items()
    }


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("trường học", 1),
        ("phòng ban", 1),
        ("đơn vị", 1),
        ("Mặt trận, đoàn thể", 2),
        ("phường", 10),
        ("đảng bộ cơ sở", 2),
        ("chi bộ cơ sở", 1),
    ],
)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_the_quota_of_the_kind_is_said(kind: str, asked: int, off: int) -> None:
    (found,) = coded("quota", check("kh41-dang-ky", works(asked + off), kind))
    assert (found.numbers["count"], found.numbers["asked"], found.numbers["met"]) == (asked + off, asked, not off)
    assert found.severity == ("warn" if off else "note")
    assert found.entry == "kh41-so-luong"
    assert ("Mặt trận" in str(found.numbers["shared_by"])) == (kind == "phường")


def test_who_proposes_into_the_wards_number_has_none_of_its_own() -> None:
    (found,) = coded("quota", check("kh41-dang-ky", works(3), "tổ dân phố"))
    assert (found.numbers["proposes"], found.numbers["asked"], found.severity) == (True, 10, "note")
    assert "met" not in found.numbers
    assert not coded("quota", check("kh41-dang-ky", works(3), "xã"))


def test_at_least_is_not_exceeded() -> None:
    rows = {f"diem/r{place}/ten": "Tuyến" for place in range(12)}
    (found,) = coded("quota", check("kh71-diem", rows, "phường"))
    assert (found.numbers["met"], found.numbers["asked"], found.entry) == (True, 10, "kh71-diem-ve-sinh")


def quotas() -> list[tuple[str, Quota]]:
    return [(id, quota) for id, version in LIBRARY.forms.items() for quota in version.form.quotas]


@pytest.mark.parametrize(
    ("id", "quota"), quotas(), ids=lambda value: value if isinstance(value, str) else value.section
)
def test_quotas_are_the_numbers_of_the_documents(id: str, quota: Quota) -> None:
    stated = [(row.value, row.comparator) for row in LIBRARY.entries[quota.entry].quantities]
    assert (quota.count, quota.comparator) in stated, id


def test_a_mandatory_target_may_not_be_registered() -> None:
    (found,) = coded("mandatory", check("kh41-dang-ky", works(1, bat_buoc="yes"), "trường học"))
    assert (found.severity, found.entry) == ("warn", "kh41-khong-chi-tieu")
    assert found.paths == ("cong-trinh/r0/bat-buoc",)
    assert not coded("mandatory", check("kh41-dang-ky", works(1, bat_buoc="no"), "trường học"))


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


def reasons(answers: Mapping[str, object], **settings: str) -> dict[str, Mapping[str, object]]:
    found = coded("long_service", check("kh71-khen-nien-han", answers, "phường", **settings))
    return {str(finding.numbers["reason"]): finding.numbers for finding in found}


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


# Award at the conference


def test_fifteen_years_are_a_preference() -> None:
    for years in (14, 15):
        found = check("kh71-khen", {"de-nghi/r1/nhom": "cn-duoi", "de-nghi/r1/so-nam": years}, "phường")
        (finding,) = coded("tenure_preferred", found)
        assert finding.numbers == {"years": years, "preferred_months": 180, "preferred": years >= 15}
        assert (finding.severity, finding.entry) == ("note", "kh71-pl2-2b-15-nam")


def test_the_citys_ceilings_are_shown_and_never_counted() -> None:
    rows = {f"de-nghi/r{place}/ten": "Tổ" for place in range(67)}
    found = check("kh71-khen", rows, "phường")
    (ceilings,) = coded("ceilings", found)
    pairs: Any = ceilings.numbers["ceilings"]
    assert [most for _, most in pairs] == [67, 10, 7, 20, 30]
    assert (ceilings.severity, ceilings.entry) == ("note", "kh71-tong-ket-chi-tieu")
    assert not coded("quota", found)


# Any answers


VALUES = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(-5, 10**6),
    st.booleans(),
    st.sampled_from(["yes", "no", "na"]),
    st.lists(st.text(max_size=5), max_size=3),
    st.fixed_dictionaries({"part": st.integers(-1, 99), "whole": st.integers(0, 99)}),
    st.fixed_dictionaries({"from": st.just("2012-03"), "to": st.sampled_from(["", "2018"])}),
)


def paths(asked: Form) -> list[str]:
    columns = [f"{field.id}/r{row}/{column.id}" for field in asked.fields for column in field.columns for row in "12"]
    return [*columns, *(field.id for field in asked.fields), *(f"{field.id}#" for field in asked.fields)]


@given(st.data(), st.sampled_from(sorted(LIBRARY.forms)), st.sampled_from(["phường", "tổ dân phố", "trường học", "?"]))
def test_any_answers_can_be_checked(data: st.DataObject, id: str, kind: str) -> None:
    answers = data.draw(st.dictionaries(st.sampled_from(paths(form(id))), VALUES, max_size=30))
    settings = data.draw(st.dictionaries(st.sampled_from(["ratio", "ratio_source", "as_of"]), st.text(max_size=12)))
    for finding in findings(form(id), answers, kind, settings, LIBRARY, TODAY):
        assert not finding.entry or finding.entry in LIBRARY.entries
        assert all(path.split("#")[0] in paths(form(id)) or path.count("/") == 1 for path in finding.paths)


def test_columns_that_the_checks_look_for_are_there() -> None:
    for id, field, columns in (
        ("kh71-khen-nien-han", "nguoi", "chuc-vu periods bai-nhiem ky-luat vi-pham da-tang hinh-thuc"),
        ("kh41-dang-ky", "cong-trinh", "bat-buoc"),
        ("hop-to", "phieu", "tan-thanh khong khong-y-kien"),
        ("kh71-khen", "de-nghi", "so-nam"),
    ):
        found = form(id).field(field)
        assert found is not None
        assert {*columns.split()} <= {column.id for column in found.columns}


def test_every_share_of_every_form_can_be_typed_and_shown() -> None:
    for id in LIBRARY.forms:
        for field in form(id).fields:
            if field.kind == "share":
                value = read(field, "45 trên tổng số 60", TODAY)
                assert read(field, shown(field, value), TODAY) == value
                assert field.target is None or isinstance(field.target, Target)
