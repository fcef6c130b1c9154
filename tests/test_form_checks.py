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


def reasons(answers: Mapping[str, object], **settings: str) -> dict[str, Mapping[str, object]]:
    found = coded("long_service", check("kh71-khen-nien-han", answers, "phường", **settings))
    return {str(finding.numbers["reason"]): finding.numbers for finding in found}


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
