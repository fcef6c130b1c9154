"""The ward's file: what is in the demo's, and what is said about a wrong one."""

from pathlib import Path

import pytest

from knowledge.unit_kinds import UNIT_KINDS
from knowledge.units import UNITS_DIR, WardError, documents_of, load_ward, localities
from tests.talk import knowledge

DEMO = (UNITS_DIR / "demo.toml").read_text(encoding="utf-8")


def test_the_demo_ward_says_that_it_is_made_up() -> None:
    ward = load_ward()
    assert ward.name == "phường Tân Phong"
    assert ward.fictitious
    homes = [unit for unit in ward.units if UNIT_KINDS[unit.kind].home]
    assert [unit.name for unit in homes] == [*(f"Tổ dân phố số {number}" for number in range(1, 17)), "Bản Tân Phong"]
    assert all(unit.households for unit in homes)
    # What is not known is left out, and asked.
    assert homes[-1].attributes == {"nông nghiệp": True}
    assert {unit.kind for unit in ward.units} == set(UNIT_KINDS) - {"phường", "xã", "thôn"}
    assert ward.itself.kind == "phường"
    for value in (ward.card.address, ward.card.hours, ward.card.phone):
        assert "minh họa" in value.text
        assert "sample data" in value.text_en
        assert not any(letter.isdigit() for letter in value.text)
    assert ward.card.portal.text == "https://dichvucong.gov.vn"
    assert ward.card.vneid.text == "https://vneid.gov.vn"


def test_every_form_is_for_kinds_of_unit_that_there_are() -> None:
    for version in knowledge().library.forms.values():
        form = version.form
        named = {*form.units, *(kind for field in form.fields for kind in field.units)}
        named |= {kind for quota in form.quotas for kind in (*quota.units, *quota.proposed_by)}
        assert named <= set(UNIT_KINDS), form.id


def test_units_are_found_by_their_code() -> None:
    ward = load_ward()
    found = ward.unit("tdp-05")
    assert found is not None
    assert found.name == "Tổ dân phố số 5"
    assert ward.unit("tdp-99") is None


def test_documents_of_a_place() -> None:
    library = knowledge().library
    assert set(localities(library)) == {"da-nang", "quan-3", "duc-pho", "tan-phong", "dang-uy-phuong"}
    assert documents_of(library, "quan-3") == ("kh41",)
    assert documents_of(library, "") == ()
    assert documents_of(library, "ha-noi") == ()


@pytest.mark.parametrize("code", ["khong-co", "../demo", "", "demo/../demo", "a\0b"])
def test_an_unknown_ward_names_those_there_are(code: str) -> None:
    with pytest.raises(WardError, match="các mã dùng được: demo"):
        load_ward(code)


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("code =", 'code = "demo"', "không đọc được"),
        ('name = ""', 'name = "phường Tân Phong"', "thiếu “name”"),
        ('fictitious = "có"', "fictitious = true", "true hoặc false"),
        ("[card.fax]", "[card.phone]", "thiếu “phone”"),
        ('checked = "hôm qua"', "checked = 2026-11-21", "ngày như"),
        ('code = "tdp-01"', 'code = "tdp-02"', "dùng hai lần"),
        ('parent = "khac"', 'parent = "demo"', "chưa có ở trên"),
        ('kind = "khối"', 'kind = "tổ dân phố"', "“kind” là “khối”; phải là một trong: phường"),
        ('households = "nhiều"', "households = 118", "số nguyên"),
        ('code = "Điện"', 'code = "dien-nuoc"', "chỉ gồm a–z"),
        ('code = "y-te"', 'code = "dien-nuoc"', "mã dùng hai lần"),
        (f'name = "{"x" * 37}"', 'name = "điện, nước"', "dài quá 36"),
        ('attributes = { "nông nghiệp" = "có" }', 'attributes = { "nông nghiệp" = true }', "true hoặc false"),
    ],
)
def test_a_wrong_file_is_named_with_the_remedy(wrong: str, right: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "demo.toml").write_text(DEMO.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(WardError, match=says) as raised:
        load_ward("demo", tmp_path)
    assert str(raised.value).startswith("demo.toml: ")


def test_a_folder_without_wards(tmp_path: Path) -> None:
    with pytest.raises(WardError, match="chưa có tệp nào"):
        load_ward("demo", tmp_path)
