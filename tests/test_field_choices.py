"""Ticks, options, texts and names as people type them."""

import pytest

from knowledge.field_values import LIMITS, BadAnswer, read, shown
from knowledge.forms import Field, FieldKind, Option
from tests.test_field_values import KINDS, MANY, ONE, TODAY, field, outcome, table


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
