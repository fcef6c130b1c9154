"""The forms that ship: what they ask stands in the documents, and nothing is asked that does not."""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from knowledge.checking import corrected_source
from knowledge.folding import collapse
from knowledge.forms import TICKS, Field, Form, Version, published, version_of
from knowledge.model import Library
from knowledge.proofreading import check_forms
from knowledge.reloading import Documents
from knowledge.steps import Owner, asked
from tests.talk import knowledge

ROOT = Path(__file__).parent.parent
# One form for each paper of the issue "Forms to ship", by its number there.
SHIPPED = {
    "kh41-dang-ky": 1,
    "kh41-ket-qua": 2,
    "cam-ket-ho": 3,
    "tp-tu-danh-gia": 4,
    "kh48-bc-chi-tieu": 5,
    "hop-to": 6,
    "kh71-khen-nien-han": 7,
    "kh71-khen": 8,
    "ducpho-khen": 8,
    "kh41-khen": 8,
    "tp-khen": 8,
    "kh71-bc-nam": 9,
    "ducpho-bc-nam": 9,
    "kh48-mo-hinh": 10,
    "kh71-diem": 10,
    "ducpho-tuyen-duong": 10,
}
OWN = {"cam-ket-ho", "hop-to"}


def library() -> Library:
    return knowledge().library


def form(id: str) -> Form:
    return library().forms[id].form


def everything(form: Form) -> Iterator[Field]:
    """Fields, columns and further numbers."""
    for field in form.fields:
        yield from (field, *field.columns, *field.more)


def all_fields() -> list[tuple[str, Field]]:
    return [(id, field) for id in SHIPPED for field in everything(form(id))]


@cache
def source(document: str) -> str:
    return corrected_source(library().documents[document])


def test_the_forms_of_the_issue_are_there_and_in_order() -> None:
    assert set(library().forms) == set(SHIPPED)
    assert set(SHIPPED.values()) == set(range(1, 11))
    assert [str(problem) for problem in check_forms(library())] == []
    assert {version.form.id for version in library().own_forms} == OWN


def test_the_self_assessment_has_every_row_of_the_table() -> None:
    fields = form("tp-tu-danh-gia").fields
    out, criteria = fields[:3], fields[3:]
    assert [field.number for field in out] == ["1", "2", "3"]
    assert all(field.bad == "yes" and field.group == "loai-tru" for field in out)
    assert all(field.bad == "no" for field in criteria)
    assert [field.number for field in criteria if field.group == "ts4"] == [
        *("4.1", "4.2", "4.3", "4.4", "4.5 (trẻ em)", "4.5 (dân số)", "4.6"),
    ]
    sizes = [sum(field.group == f"ts{number}" for field in criteria) for number in range(1, 6)]
    assert sizes == [2, 11, 20, 7, 5]
    assert len(fields) == 48


def test_no_row_of_the_self_assessment_is_asked_of_a_unit_it_is_not_for() -> None:
    table = form("tp-tu-danh-gia")

    def numbers(kind: str, **attributes: bool) -> set[str]:
        known = {name.replace("_", " "): told for name, told in attributes.items()}
        return {field.number for field in asked(table, Owner(kind, known), {})}

    every = {field.number for field in table.fields}
    assert every - numbers("tổ dân phố") == {"2.9", "2.10"}
    assert every - numbers("bản", nông_nghiệp=True, nông_thôn_mới=True) == {"2.11"}
    assert every - numbers("bản", nông_nghiệp=False, nông_thôn_mới=True) == {"2.9", "2.11"}
    # An attribute that nobody has told is asked, not guessed.
    assert {field.id for field in asked(table, Owner("bản", {}), {}) if field.id.startswith("@")} == {
        "@nông nghiệp",
        "@nông thôn mới",
    }


def test_answers_that_contradict_each_other_are_named() -> None:
    conflicts = form("tp-tu-danh-gia").conflicts
    assert {conflict.all for conflict in conflicts} == {
        ("loai-1=yes", "3.17=yes"),
        ("loai-1=yes", "5.3=yes"),
        ("loai-3=yes", "5.3=yes"),
    }


def test_every_part_of_every_target_is_reported() -> None:
    report = form("kh48-bc-chi-tieu")
    common = [field.entry for field in report.fields if field.group == "chung"]
    targets = {entry.removesuffix("a").removesuffix("b") for entry in common}
    assert targets == {f"kh48-chung-{number}" for number in range(1, 11)}
    parts = [entry.id for entry in library().entries.values() if entry.id.startswith(("kh48-kinh-te-", "kh48-do-thi-"))]
    whole = {"kh48-kinh-te-3"}
    assert {field.entry for field in report.fields if field.group != "chung"} == set(parts) - whole
    trained = [field for field in report.fields if field.entry == "kh48-chung-7"]
    assert len(trained) == len(library().entries["kh48-chung-7"].items)
    poor = report.field("2-1-4b")
    assert poor is not None
    assert poor.previous == "2-1-4a"
    green = report.field("2-2-2-4")
    assert green is not None
    assert green.target is not None
    assert (green.target.value, green.target.value_max, green.target.unit) == (3, 4, "m²")


@pytest.mark.parametrize(("id", "field"), all_fields(), ids=lambda part: part if isinstance(part, str) else part.id)
def test_a_target_is_one_that_the_text_states(id: str, field: Field) -> None:
    entry = library().entries.get(field.entry)
    whole = next((f for f in form(id).fields if field in f.more), field)
    entry = entry or library().entries.get(whole.entry)
    stated = {(q.comparator, q.value, q.value_max) for q in entry.quantities} if entry else set()
    if field.target:
        assert (field.target.comparator, field.target.value, field.target.value_max) in stated


@pytest.mark.parametrize("id", ["tp-tu-danh-gia", "kh48-bc-chi-tieu"])
def test_a_comparison_that_the_text_leaves_open_has_no_target(id: str) -> None:
    for field in form(id).fields:
        quantities = library().entries[field.entry].quantities
        if quantities and all(quantity.comparator == "none" for quantity in quantities):
            assert field.target is None, field.id
            assert field.share is not None, field.id


def test_every_criterion_is_quoted() -> None:
    quoted = 0
    for id, field in all_fields():
        if not field.quotes:
            continue
        entry = library().entries[field.entry]
        assert collapse(field.prompt) in source(entry.document), (id, field.id)
        quoted += 1
    assert quoted >= 48 + 24 + 3 + 10


def test_a_tick_against_the_unit_is_a_case_of_the_document_or_a_question() -> None:
    against = {(id, field.id): field.quotes for id, field in all_fields() if field.bad == "yes"}
    assert {key for key, quotes in against.items() if quotes} == {("tp-tu-danh-gia", f"loai-{n}") for n in (1, 2, 3)}
    asked_about = {key for key, quotes in against.items() if not quotes}
    excluded = {("kh71-khen-nien-han", id) for id in ("bai-nhiem", "ky-luat", "vi-pham", "da-tang")}
    assert asked_about == {("kh41-dang-ky", "bat-buoc")} | excluded


def test_the_table_is_headed_as_in_the_plan() -> None:
    for group in form("tp-tu-danh-gia").groups:
        assert collapse(group.title) in source("tanphong")
    for note in form("tp-tu-danh-gia").layout.notes:
        assert collapse(note) in source("tanphong")


def test_what_is_ticked_reads_as_a_statement() -> None:
    for id, field in all_fields():
        if field.kind in TICKS:
            assert not field.short.startswith(("Không", "Chưa")), (id, field.short)


def test_registration_has_the_quotas_and_suggestions_of_the_plan() -> None:
    registration = form("kh41-dang-ky")
    stated = library().entries["kh41-so-luong"].quantities
    assert [quota.count for quota in registration.quotas] == [int(quantity.value) for quantity in stated]
    works = registration.fields[0].columns
    nos = library().children(library().entries["kh41-5-khong"])
    assert [option.entry for option in works[0].options] == [no.id for no in nos]
    assert all(option.suggestions for option in works[0].options)
    assert registration.fields[0].naming == works[1]


def test_results_begin_with_what_was_registered() -> None:
    registered = {column.id for column in form("kh41-dang-ky").fields[0].columns}
    result = form("kh41-ket-qua").fields[0]
    assert result.rows_from == "kh41-dang-ky/cong-trinh"
    assert {"ten", "du-kien"} <= registered & {column.id for column in result.columns}


def test_annexes_have_the_headings_of_the_plans() -> None:
    for id, entry in (("kh41-dang-ky", "kh41-bang-dang-ky"), ("tp-tu-danh-gia", "tanphong-mau-bang")):
        printed = library().entries[entry].form
        assert printed is not None
        assert tuple(column.heading for column in form(id).layout.columns) == printed.columns
    award = form("kh71-khen-nien-han").layout
    annex = library().entries["kh71-phu-luc-1"].form
    assert annex is not None
    mended = tuple("Ghi chú" if heading == "Chi chú" else heading for heading in annex.columns)
    assert tuple(column.heading for column in award.columns) == mended
    assert [table.where.values for table in award.tables] == [("tang",), ("truy-tang",)]
    assert any("Chi chú" in deviation for deviation in award.deviations)
    assert all(form(id).layout.deviations for id in SHIPPED)


def test_party_and_state_are_not_mixed() -> None:
    for id in SHIPPED:
        document = library().documents.get(form(id).document)
        if document and document.organ == "party":
            assert form(id).layout.header != "state", id
        elif document:
            assert form(id).layout.header != "party", id


def test_texts_are_short_and_quiet() -> None:
    for id in SHIPPED:
        assert len(form(id).intro) <= 300, id
        assert len(form(id).who) <= 200, id
    for id, field in all_fields():
        assert "!" not in field.prompt + field.short + field.help, (id, field.id)
        assert len(field.help) <= 200, (id, field.id)
        assert len(field.prompt) <= 600, (id, field.id)


@pytest.mark.parametrize("id", SHIPPED)
def test_a_published_form_is_the_same_for_ever(id: str) -> None:
    version: Version = library().forms[id]
    again = version_of(version.body)
    assert again == version
    shuffled = dict(reversed(json.loads(version.body).items()))
    assert published(shuffled) == version
    assert published(shuffled | {"title": "khác"}).hash != version.hash


def test_a_form_that_changes_is_read_again_and_a_bad_one_takes_no_good_one_away(tmp_path: Path) -> None:
    documents, forms = tmp_path / "documents", tmp_path / "forms"
    for folder, name in ((documents, "kh48.toml"), (forms, "meetings.toml")):
        folder.mkdir()
        shutil.copy(ROOT / "knowledge" / folder.name / name, folder)
    read = Documents((documents,), forms)
    assert read.refresh() == []
    before = read.knowledge.library.forms["hop-to"]
    file = forms / "meetings.toml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace(before.form.title, "Biên bản họp tổ"), encoding="utf-8")
    assert read.refresh() == []
    after = read.knowledge.library.forms["hop-to"]
    assert (after.form.title, after.hash != before.hash) == ("Biên bản họp tổ", True)
    file.write_text(good + "\n[[forms]]\nid = ", encoding="utf-8")
    [problem] = read.refresh()
    assert "bản đọc được trước đó vẫn được dùng" in problem.text
    assert read.knowledge.library.forms["hop-to"] == after
    file.unlink()
    assert read.refresh() == []
    assert "hop-to" not in read.knowledge.library.forms
