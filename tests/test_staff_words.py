"""What staff type and what they are shown, piece by piece: units, items, ratios, days, differences."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.unit_picking import picked
from knowledge.differences import differences
from knowledge.form_deadlines import form_deadline, last_day, year_of
from knowledge.forms import version_of
from knowledge.model import Deadline
from knowledge.ratios import kept_ratio, typed_ratio
from storage.registry import UnitRow
from tests.talk import TODAY, knowledge

GROUPS = [UnitRow(f"tdp-{number:02}", f"Tổ dân phố số {number}", "tổ dân phố", "p") for number in range(1, 17)]
UNITS = [*GROUPS, UnitRow("ban-01", "Bản Tân Phong", "bản", "p"), UnitRow("thon-1", "Thôn 1", "thôn", "p")]
EVERY = [unit.code for unit in UNITS]


def groups(*numbers: int) -> list[str]:
    return [f"tdp-{number:02}" for number in numbers]


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("2-5, 8", groups(2, 3, 4, 5, 8), []),
        ("từ 2 đến 4", groups(2, 3, 4), []),
        ("3 5 7", groups(3, 5, 7), []),
        ("tổ 2, bản tân phong", [*groups(2), "ban-01"], []),
        ("TDP-05", groups(5), []),
        ("tất cả", EVERY, []),
        ("tất cả trừ tổ 3 và tổ 4", [code for code in EVERY if code not in groups(3, 4)], []),
        ("trừ 3", [code for code in EVERY if code != "tdp-03"], []),
        ("các tổ dân phố", groups(*range(1, 17)), []),
        ("bản", ["ban-01"], []),
        ("tân phong", ["ban-01"], []),
        # Two kinds of unit have this number: it has to be said which.
        ("thôn 1", ["thon-1"], []),
        ("tổ 1", groups(1), []),
        ("1, 2", groups(2), ["1"]),
        ("2, tổ 77", groups(2), ["tổ 77"]),
    ],
)
def test_units_are_named_as_people_name_them(text: str, codes: list[str], unknown: list[str]) -> None:
    found = picked(UNITS, text)
    assert found is not None
    assert list(found.codes) == codes
    assert list(found.unknown) == unknown


@pytest.mark.parametrize("text", ["", "xyz", "1", "tổ 99", "trừ xyz", "hạn nộp là khi nào", "x" * 500])
def test_what_names_no_unit_is_none(text: str) -> None:
    assert picked(UNITS, text) is None


@given(st.text(max_size=80) | st.from_regex(r"[0-9, tổtrừ-]{0,40}", fullmatch=True))
def test_whatever_is_typed_names_units_or_nothing(text: str) -> None:
    found = picked(UNITS, text)
    assert found is None or (found.codes and set(found.codes) <= set(EVERY))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("trên 50%", ">1/2"),
        ("quá nửa tổng số hộ", ">1/2"),
        ("> 1/2", ">1/2"),
        ("hơn 50 phần trăm", ">1/2"),
        ("từ 2/3 trở lên", ">=2/3"),
        ("2/3 trở lên.", ">=2/3"),
        ("ít nhất 75,5%", ">=151/200"),
        ("at least 2/3", ">=2/3"),
    ],
)
def test_a_ratio_is_read_as_the_law_writes_it(text: str, kept: str) -> None:
    found = typed_ratio(text)
    assert str(found) == kept
    assert kept_ratio(kept) == found


# Whether "2/3" means more than that or at least that is not guessed.
@pytest.mark.parametrize("text", ["2/3", "50%", "trên 100%", "trên 5/0", "trên 2/3 trở lên", "từ 3/2", "", "đa số"])
def test_what_is_no_ratio_is_none(text: str) -> None:
    assert typed_ratio(text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_ratio_or_none(text: str) -> None:
    found = typed_ratio(text)
    assert found is None or kept_ratio(str(found)) == found


@pytest.mark.parametrize(
    ("ratio", "votes", "households", "holds"),
    [
        (">1/2", 50, 100, False),
        (">1/2", 51, 100, True),
        (">=2/3", 66, 100, False),
        (">=2/3", 67, 100, True),
        (">=2/3", 2, 3, True),
    ],
)
def test_a_ratio_holds_by_whole_numbers(ratio: str, votes: int, households: int, holds: bool) -> None:
    found = kept_ratio(ratio)
    assert found is not None
    assert found.holds(votes, households) == holds


BEFORE_OCTOBER = Deadline("Trước ngày 01 tháng 10 hằng năm", "before", "danh sách", month=10, day=1, recurring=True)
IN_2021 = Deadline("trước ngày 10 tháng 6 năm 2021", "before", "đăng ký", year=2021, month=6, day=10)
NEW_YEAR = Deadline("trước ngày 01/01/2027", "before", "báo cáo", year=2027, month=1, day=1)
NEVER = Deadline("trước 30/02/2023", "before", "đăng ký", year=2023, month=2, day=30)


@pytest.mark.parametrize(
    ("deadline", "year", "last"),
    [
        (BEFORE_OCTOBER, 2026, date(2026, 9, 30)),
        (BEFORE_OCTOBER, 2027, date(2027, 9, 30)),
        (BEFORE_OCTOBER, None, date(2027, 9, 30)),
        (IN_2021, 2021, date(2021, 6, 9)),
        (IN_2021, None, date(2021, 6, 9)),
        # A plan of 2021 that is opened again gives no day for another year.
        (IN_2021, 2026, None),
        (NEW_YEAR, 2026, date(2026, 12, 31)),
        (NEVER, 2023, None),
    ],
)
def test_the_last_safe_day_is_one_of_the_rounds_own_year(
    deadline: Deadline, year: int | None, last: date | None
) -> None:
    assert last_day(deadline, year, TODAY) == last


@pytest.mark.parametrize(
    ("text", "year"), [("năm 2026", 2026), ("quý I/2027", 2027), ("hè này", None), ("20261", None)]
)
def test_the_year_of_a_period(text: str, year: int | None) -> None:
    assert year_of(text) == year


def test_every_deadline_that_a_form_names_is_in_its_document() -> None:
    library = knowledge().library
    for version in library.forms.values():
        found = form_deadline(library, version.form, "năm 2026", TODAY)
        assert (found is not None) == bool(version.form.deadline), version.form.id
        if found and version.form.deadline_of:
            assert version.form.deadline_of in {alias.casefold() for alias in found.deadline.aliases}, version.form.id


FORM = version_of(
    """{"id": "f", "title": "F", "fields": [
        {"id": "a", "kind": "yes_no", "prompt": "A?", "share": {"part": "x", "whole": "y"}},
        {"id": "rows", "kind": "rows", "prompt": "Rows?", "columns": [
            {"id": "sort", "kind": "one_of", "prompt": "Sort?", "options": [{"value": "x", "label": "X"}]},
            {"id": "name", "kind": "text", "prompt": "Name?"}]},
        {"id": "b", "kind": "text", "prompt": "B?"}]}"""
).form


def told(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[object, ...]]:
    return [
        (one.field.id, one.column.id if one.column else "", one.row, one.before, one.after)
        for one in differences(FORM, before, after)
    ]


def test_what_is_another_answer_now_in_the_order_of_the_form() -> None:
    before = {"b": "x", "a": "yes", "a#": {"part": 1, "whole": 2}}
    after = {"b": "y", "a": "no", "a#": {"part": 2, "whole": 2}}
    assert told(before, before) == []
    assert told(before, after) == [
        ("a", "", 0, "yes", "no"),
        ("a", "", 0, {"part": 1, "whole": 2}, {"part": 2, "whole": 2}),
        ("b", "", 0, "x", "y"),
    ]
    assert told({}, {"b": "y"}) == [("b", "", 0, None, "y")]


def test_rows_that_came_and_went_and_changed() -> None:
    before = {"rows": 2, "rows/r1/name": "Một", "rows/r2/name": "Hai", "rows/r2/sort": "x"}
    after = {"rows": 2, "rows/r2/name": "Hai mới", "rows/r2/sort": "x", "rows/r3/name": "Ba"}
    assert told(before, after) == [
        ("rows", "", 1, "Một", None),
        ("rows", "name", 1, "Hai", "Hai mới"),
        ("rows", "", 2, None, "Ba"),
    ]


paths = st.sampled_from(["a", "a#", "b", "rows", "rows/r1/name", "rows/r1/sort", "rows/r2/name", "rows/r10/name"])
answers = st.dictionaries(paths, st.sampled_from([None, "x", "y", 1]), max_size=8)


@given(answers, answers)
def test_differences_are_none_only_where_there_is_none(before: dict[str, object], after: dict[str, object]) -> None:
    found = differences(FORM, before, after)
    assert not differences(FORM, before, before)
    for one in found:
        assert one.before != one.after or (one.column is None and one.row)
