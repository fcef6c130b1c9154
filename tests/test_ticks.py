"""Several ticks in one message, as people type them: what is clear is read, the rest is said back, none is guessed."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.forms import Field
from knowledge.steps import Owner, asked
from knowledge.ticks import Ticks, read_ticks
from tests.talk import knowledge


@cache
def rows(group: str) -> tuple[Field, ...]:
    """Rows of a group of the self-assessment, as a tổ dân phố is asked them."""
    form = knowledge().library.forms["tp-tu-danh-gia"].form
    return tuple(field for field in asked(form, Owner("tổ dân phố", {}), {}) if field.group == group)


KNOCK_OUT, SECOND, THIRD, FOURTH = "loai-tru", "ts2", "ts3", "ts4"
ALL_THIRD = {f"3.{place}": "yes" for place in range(1, 21)}


def ticks(fields: Sequence[Field], text: str) -> tuple[Mapping[str, str], str]:
    found = read_ticks(fields, text)
    return found.values, found.unread


def spelled(text: str) -> dict[str, str]:
    """ "3.1 yes, 3.2 no" as a mapping."""
    return dict(part.split() for part in text.split(", ")) if text else {}


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("1 có 2 không 3 có", "loai-1 yes, loai-2 no, loai-3 yes"),
        ("1 co 2 khong 3 co", "loai-1 yes, loai-2 no, loai-3 yes"),
        ("1c 2k 3c", "loai-1 yes, loai-2 no, loai-3 yes"),
        ("1c2k3c", "loai-1 yes, loai-2 no, loai-3 yes"),
        ("1:có, 2:không, 3:không", "loai-1 yes, loai-2 no, loai-3 no"),
        ("1. không 2. không 3. có", "loai-1 no, loai-2 no, loai-3 yes"),
        ("1) không\n2) không\n3) không", "loai-1 no, loai-2 no, loai-3 no"),
        ("1-3 không", "loai-1 no, loai-2 no, loai-3 no"),
        ("1,2,3 không", "loai-1 no, loai-2 no, loai-3 no"),
        ("1, 2 không; 3 có", "loai-1 no, loai-2 no, loai-3 yes"),
        ("1 đến 3 không ạ", "loai-1 no, loai-2 no, loai-3 no"),
        ("không có cái nào", "loai-1 no, loai-2 no, loai-3 no"),
        ("ko có trường hợp nào hết", "loai-1 no, loai-2 no, loai-3 no"),
        ("tất cả không", "loai-1 no, loai-2 no, loai-3 no"),
        ("cả 3 đều không", "loai-1 no, loai-2 no, loai-3 no"),
        ("cả ba mục không", "loai-1 no, loai-2 no, loai-3 no"),
        ("đều không", "loai-1 no, loai-2 no, loai-3 no"),
        ("2 có, còn lại không", "loai-1 no, loai-2 yes, loai-3 no"),
        ("không hết trừ 2", ""),
        ("tất cả không, trừ 2 có", "loai-1 no, loai-2 yes, loai-3 no"),
        ("tất cả không trừ 2", "loai-1 no, loai-2 yes, loai-3 no"),
        ("1 chưa", "loai-1 no"),
        ("có hết", "loai-1 yes, loai-2 yes, loai-3 yes"),
        ("1 yes 2 no 3 no", "loai-1 yes, loai-2 no, loai-3 no"),
        ("all no", "loai-1 no, loai-2 no, loai-3 no"),
        ("none of them", "loai-1 no, loai-2 no, loai-3 no"),
        ("2 yes, the rest no", "loai-1 no, loai-2 yes, loai-3 no"),
    ],
)
def test_what_must_not_happen(typed: str, values: str) -> None:
    assert ticks(rows(KNOCK_OUT), typed)[0] == spelled(values)


@pytest.mark.parametrize("typed", ["đạt hết", "1 đạt", "ok hết", "không hết", "chưa hết", "không", "cả 4 đều không"])
def test_what_may_mean_either_is_said_back(typed: str) -> None:
    assert ticks(rows(KNOCK_OUT), typed) == ({}, typed)


@pytest.mark.parametrize(
    ("typed", "values", "unread"),
    [
        ("3.1 co, 3.2 ko; 3.5 x", "3.1 yes, 3.2 no, 3.5 yes", ""),
        ("3.1 có 3.15 không", "3.1 yes, 3.15 no", ""),
        ("1 có 15 không", "3.1 yes, 3.15 no", ""),
        ("1-5 có, 6 không", "3.1 yes, 3.2 yes, 3.3 yes, 3.4 yes, 3.5 yes, 3.6 no", ""),
        ("từ 3.1 đến 3.3 có, 3.4 không", "3.1 yes, 3.2 yes, 3.3 yes, 3.4 no", ""),
        ("3.1-3.3 đều có", "3.1 yes, 3.2 yes, 3.3 yes", ""),
        ("3.1 – 3.3 đạt hết", "3.1 yes, 3.2 yes, 3.3 yes", ""),
        ("có: 1, 2, 3; không: 4 5", "3.1 yes, 3.2 yes, 3.3 yes, 3.4 no, 3.5 no", ""),
        ("có 1 2 3 không 4", "3.1 yes, 3.2 yes, 3.3 yes, 3.4 no", ""),
        ("dạ 3.1 có ạ, 3.2 chưa nhé", "3.1 yes, 3.2 no", ""),
        ("Em báo cáo: mục 3.1 có, mục 3.2 không ạ.", "3.1 yes, 3.2 no", ""),
        ("3.1 - có - 3.2 - không", "3.1 yes, 3.2 no", ""),
        ("3.1→có", "3.1 yes", ""),
        ("3.9 -, 3.10 -", "3.9 na, 3.10 na", ""),
        ("3.9 kad; 3.10 không áp dụng", "3.9 na, 3.10 na", ""),
        ("3.1 đạt, 3.2 chưa đạt", "3.1 yes, 3.2 no", ""),
        ("3.1 có 3.2", "3.1 yes", "3.2"),
        ("3.1 không áp dụng", "", "3.1 không áp dụng"),
        ("3.21 có", "", "3.21 có"),
        ("25 có", "", "25 có"),
        ("2.1 có", "", "2.1 có"),
        ("3.1 có 3.1 không", "", "3.1 có 3.1 không"),
        ("3.1 có lẽ", "", "3.1 có lẽ"),
        ("3.1 không biết, 3.2 có", "3.2 yes", "3.1 không biết"),
        ("3.5 thùng rác có", "", "3.5 thùng rác có"),
        ("3.5 có nhưng chưa đủ, 3.6 có", "3.6 yes", "3.5 có nhưng chưa đủ"),
        ("có 1 không 2 có", "", "có 1 không 2 có"),
        ("1-3-5 có", "", "1-3-5 có"),
        ("5-1 có", "", "5-1 có"),
        ("3,15 có", "", "3,15 có"),
        ("tổ mình làm tốt lắm", "", "tổ mình làm tốt lắm"),
        ("3.17 không có", "", "3.17 không có"),
        ("3.4 không có", "3.4 no", ""),
        ("trừ 3.5 có hết", "", "3.5 có hết"),
    ],
)
def test_criteria(typed: str, values: str, unread: str) -> None:
    assert ticks(rows(THIRD), typed) == (spelled(values), unread)


@pytest.mark.parametrize(
    ("typed", "others", "unread"),
    [
        ("có hết", "", ""),
        ("đạt hết", "", ""),
        ("tất cả đều có", "", ""),
        ("Có tất cả ạ", "", ""),
        ("toàn bộ đạt", "", ""),
        ("đều có cả", "", ""),
        ("có hết trừ 3.5", "3.5 no", ""),
        ("có hết, trừ 3.5 không, 3.9 không áp dụng", "3.5 no, 3.9 na", ""),
        ("co het tru 3.5 ko, 3.9 khong ap dung", "3.5 no, 3.9 na", ""),
        ("3.5 không, còn lại có hết", "3.5 no", ""),
        ("riêng 3.5 không, các mục còn lại đều có", "3.5 no", ""),
        ("có hết ngoại trừ 5 và 6", "3.5 no, 3.6 no", ""),
        ("có hết trừ 3.2-3.4", "3.2 no, 3.3 no, 3.4 no", ""),
        ("tất cả có trừ 3.5 3.9", "3.5 no, 3.9 -", "3.9"),
        ("có hết. 3.7 có 45/50", "", ""),
        ("all yes", "", ""),
        ("All yes except 3.5", "3.5 no", ""),
        ("all yes except 3.5 and 3.6", "3.5 no, 3.6 no", ""),
        ("3.5 no, the rest yes", "3.5 no", ""),
        ("3.5 is no, 3.9 not applicable, all others are yes", "3.5 no, 3.9 na", ""),
    ],
)
def test_all_with_exceptions(typed: str, others: str, unread: str) -> None:
    expected = ALL_THIRD | spelled(others)
    assert ticks(rows(THIRD), typed) == ({id: tick for id, tick in expected.items() if tick != "-"}, unread)


@pytest.mark.parametrize(
    "typed",
    [
        "có hết nhưng rác thì chưa",
        "có hết trừ cái thùng rác",
        "có hết trừ 3.5 và thùng rác",
        "có hết, 3.25 không",
        "có hết, còn lại không",
        "hình như có hết",
        "gần như đạt hết trừ 3.1",
        "all yes but the bins, rác thì chưa hết",
    ],
)
def test_all_is_left_out_where_anything_is_unclear(typed: str) -> None:
    values, unread = ticks(rows(THIRD), typed)
    assert len(values) <= 1
    assert "hết" in unread


def test_all_of_what_must_and_must_not_happen_is_nothing() -> None:
    assert ticks((*rows(KNOCK_OUT), *rows(THIRD)), "có hết") == ({}, "có hết")


@pytest.mark.parametrize(
    ("typed", "values", "unread"),
    [
        ("4.5 có", "", "4.5 có"),
        ("4.5k, 4.6k", "4.6 no", "4.5k"),
        ("4.5 trẻ em có, 4.5 dân số không", "4.5-1 yes, 4.5-2 no", ""),
        ("4.5 tre em co", "4.5-1 yes", ""),
        ("4.5 (dân số) có", "4.5-2 yes", ""),
        ("4.5a có 4.5b không", "4.5-1 yes, 4.5-2 no", ""),
        ("5 có 6 không 7 có", "4.5-1 yes, 4.5-2 no, 4.6 yes", ""),
        ("4.4-4.6 có", "4.4 yes, 4.5-1 yes, 4.5-2 yes, 4.6 yes", ""),
        ("có hết trừ 4.5", "4.1 yes, 4.2 yes, 4.3 yes, 4.4 yes, 4.6 yes", "4.5"),
        ("4.2 không có", "", "4.2 không có"),
    ],
)
def test_a_number_that_two_rows_share(typed: str, values: str, unread: str) -> None:
    assert ticks(rows(FOURTH), typed) == (spelled(values), unread)


@pytest.mark.parametrize(
    ("typed", "numbers", "unread"),
    [
        ("3.7 có 45/50", {"3.7": {"part": 45, "whole": 50}}, ""),
        ("3.7 có (45/50 hộ)", {"3.7": {"part": 45, "whole": 50}}, ""),
        ("3.7 45/50 có", {"3.7": {"part": 45, "whole": 50}}, ""),
        ("3.7 có 45 trên 50", {"3.7": {"part": 45, "whole": 50}}, ""),
        ("3.7 có 1.045/1.250", {"3.7": {"part": 1045, "whole": 1250}}, ""),
        ("3.7: 45/50", {"3.7": {"part": 45, "whole": 50}}, ""),
        ("3.19 có 7 năm", {"3.19": 7}, ""),
        ("3.7 có 90%", {}, "90%"),
        ("3.7 có 60/50", {}, "60/50"),
        ("3.7 có 45/0", {}, "45/0"),
        ("3.4 có 45/50", {}, "45/50"),
        ("3.7 3.15 có 45/50", {}, "45/50"),
    ],
)
def test_numbers_beside_a_tick(typed: str, numbers: object, unread: str) -> None:
    found = read_ticks(rows(THIRD), typed)
    assert (found.numbers, found.unread) == (numbers, unread)
    assert bool(found.values) == ("có" in typed)


def test_numbers_do_not_tick() -> None:
    assert read_ticks(rows(THIRD), "3.7: 10/50").values == {}


def test_rows_that_this_unit_is_not_asked_are_no_rows() -> None:
    assert ticks(rows(SECOND), "2.3 có 3 mô hình, 2.9 có") == ({"2.3": "yes"}, "2.9 có")
    assert read_ticks(rows(SECOND), "2.3 có 3 mô hình").numbers == {"2.3": 3}


def test_one_row_needs_no_number() -> None:
    only = [field for field in rows(THIRD) if field.id == "3.7"]
    assert read_ticks(only, "có 45/50") == Ticks({"3.7": "yes"}, {"3.7": {"part": 45, "whole": 50}}, "")
    assert ticks(only, "không") == ({"3.7": "no"}, "")
    assert ticks(only, "không, còn 3 hộ chưa")[0] == {}


def test_too_much_is_not_read() -> None:
    assert read_ticks(rows(THIRD), "3.1 có " * 1000).values == {}
    assert read_ticks((), "có").values == {}


GROUPS = st.sampled_from([KNOCK_OUT, SECOND, THIRD, FOURTH, "ts1", "ts5"])
PIECES = re.findall(
    r"\S+",
    "1 2 3 3.1 3.15 4.5 4.5a 4.5(trẻ em) 12 0 có không ko k c x chưa đạt hết tất cả đều trừ còn lại không_áp_dụng kad -"
    " ; , . 45/50 90% 7 năm mô hình nào đến thùng rác riêng và 1-3 ca 3",
)
TYPED = st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)


@given(GROUPS, TYPED)
def test_any_text_is_ticks_or_unread(group: str, typed: str) -> None:
    fields = rows(group)
    found = read_ticks(fields, typed)
    kinds = {field.id: field.kind for field in fields}
    assert list(found.values) == [field.id for field in fields if field.id in found.values]
    for id, tick in found.values.items():
        assert tick in ("yes", "no") or kinds[id] == "yes_no_na"
    assert found.values or found.numbers or found.unread or not re.search(r"[^\W_]", typed)


@given(
    st.lists(st.sampled_from(["yes", "no"]), min_size=20, max_size=20), st.sampled_from(["có", "co", "c", "x", "đạt"])
)
def test_a_whole_list_is_read_as_it_is_typed(given_ticks: Sequence[str], yes: str) -> None:
    words = {"yes": yes, "no": "ko"}
    expected = {f"3.{place}": tick for place, tick in enumerate(given_ticks, 1)}
    for separator in (" ", ", ", "\n", "; "):
        own = separator.join(f"{id} {words[tick]}" for id, tick in expected.items())
        placed = separator.join(f"{place}{words[tick]}" for place, tick in enumerate(given_ticks, 1))
        assert ticks(rows(THIRD), own) == (expected, "")
        assert ticks(rows(THIRD), placed) == (expected, "")


@given(st.sets(st.integers(1, 20), max_size=6))
def test_exceptions_are_never_ticked_as_the_rest(excepted: set[int]) -> None:
    names = " ".join(f"3.{place}" for place in sorted(excepted))
    values, _ = ticks(rows(THIRD), f"có hết trừ {names}" if excepted else "có hết")
    assert {id for id, tick in values.items() if tick == "yes"} == {*ALL_THIRD} - {f"3.{place}" for place in excepted}


@pytest.mark.parametrize("piece", ["1 ", "1c", "có ", "1,", "1-", "tất cả ", "45/50 ", "3.7 có 45/50 ", "-", "( "])
def test_long_messages_are_quick(piece: str) -> None:
    read_ticks(rows(THIRD), (piece * 2000)[:2000])
