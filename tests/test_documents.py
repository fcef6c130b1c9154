"""The five documents as entered: complete, word for word, and each clause found by its own questions."""

import re
from collections import Counter
from datetime import date
from functools import cache

import pytest

from knowledge.checking import check_library, corrected_source, quote_parts
from knowledge.folding import collapse
from knowledge.loading import load_library
from knowledge.model import ROLES, Document, Entry
from tests.talk import TODAY, knowledge

# Words between two clauses that say nothing by themselves: "cụ thể như sau".
LINKING = 4
# Share of the written questions that find their entry among the first three candidates.
REACHABLE = 0.98


def library() -> dict[str, Entry]:
    return dict(knowledge().library.entries)


def values(entry: str) -> list[float]:
    return [row.value for row in library()[entry].quantities]


def test_every_file_is_read_and_says_only_what_is_there() -> None:
    found, problems = load_library()
    wrong = [*problems, *check_library(found, knowledge().lexicon)]
    # That whole paragraphs stand in quotes is looked at below, letter by letter.
    assert [str(problem) for problem in wrong if problem.entry] == []
    assert not problems


@pytest.mark.parametrize("document", sorted(knowledge().library.documents))
def test_nothing_of_the_source_is_left_out(document: str) -> None:
    paper = knowledge().library.documents[document]
    left = [text for text in uncovered(paper) if len(re.findall(r"[^\W\d_]{2,}", text)) > LINKING]
    assert left == []


def uncovered(paper: Document) -> list[str]:
    """What of a source stands in no quote, item, row or ceremony."""
    source = corrected_source(paper)
    said = {text for entry in paper.entries for text in (entry.quote, *entry.items, *paper.ceremonial)}
    said |= {row.quote for entry in paper.entries for row in entry.quantities}
    covered = bytearray(len(source))
    for part in {part for text in said for part in quote_parts(text)}:
        for match in re.finditer(re.escape(part), source):
            covered[match.start() : match.end()] = b"x" * len(part)
    return [source[gap.start() : gap.end()] for gap in re.finditer(rb"\0+", covered)]


def test_five_documents_with_their_numbers() -> None:
    documents = knowledge().library.documents
    assert {document.id: document.number for document in documents.values()} == {
        "kh71": "71/KH-UBND",
        "kh48": "48-KH/ĐU",
        "ducpho": "/KH-UBND",
        "tanphong": "/KH-UBND",
        "kh41": "41-KH/QU",
    }
    assert {document.id for document in documents.values() if document.organ == "party"} == {"kh48", "kh41"}


def test_what_a_paper_leaves_blank_stays_blank() -> None:
    documents = knowledge().library.documents
    assert (documents["ducpho"].issued.year, documents["ducpho"].issued.month, documents["ducpho"].issued.day) == (
        2024,
        5,
        None,
    )
    issued = documents["kh71"].issued
    assert (issued.day, issued.month, issued.year) == (19, 3, 2024)
    assert documents["ducpho"].period_end == date(2026, 12, 31)
    assert documents["kh71"].period_end is None


@pytest.mark.parametrize("document", sorted(knowledge().library.documents))
def test_every_quote_stands_in_its_source(document: str) -> None:
    paper = knowledge().library.documents[document]
    source = corrected_source(paper)
    assert source
    for entry in paper.entries:
        assert quote_parts(entry.quote), entry.id
        for quote in (entry.quote, *(row.quote for row in entry.quantities), *entry.items):
            for part in quote_parts(quote):
                assert part in source, f"{entry.id}: {part}"


def test_corrections_touch_only_what_they_list() -> None:
    for document in knowledge().library.documents.values():
        for correction in document.corrections:
            assert correction.where, correction.wrong
            assert collapse(correction.wrong) != collapse(correction.right)
            # A scan error is letters or one stray word, never another statement.
            assert abs(len(correction.wrong.split()) - len(correction.right.split())) <= 1, correction


def test_the_table_of_tan_phong_is_whole() -> None:
    rows = Counter(entry.number for entry in library().values() if entry.document == "tanphong" and entry.number)
    wanted = [
        f"{part}.{row}" for part, last in ((1, 2), (2, 11), (3, 20), (4, 6), (5, 5)) for row in range(1, last + 1)
    ]
    assert set(rows) == set(wanted)
    assert sum(rows.values()) == 45
    assert [number for number, times in rows.items() if times > 1] == ["4.5"]
    assert len(knowledge().library.children(library()["tanphong-loai-tru"])) == 3


def test_a_number_used_twice_is_noted() -> None:
    for entry in library().values():
        if entry.number == "4.5":
            assert any("4.5" in note.text for note in entry.notes), entry.id


def test_the_targets_of_plan_48_with_their_agencies() -> None:
    general = knowledge().library.children(library()["kh48-chi-tieu-chung"])
    economic = knowledge().library.children(library()["kh48-kinh-te"])
    urban = knowledge().library.children(library()["kh48-do-thi"])
    assert [len(group) for group in (general, economic, urban)] == [10, 3, 4]
    for entry in (*general, *economic, *urban):
        roles = {agencies.role for agencies in entry.agencies}
        assert {"lead", "advise", "implement"} <= roles, entry.id
        assert all(agencies.names for agencies in entry.agencies), entry.id


@pytest.mark.parametrize(
    ("entry", "numbers"),
    [
        ("kh71-tong-ket-chi-tieu", [67, 10, 7, 20, 30]),
        ("kh41-so-luong", [1, 2, 10, 2, 1]),
        ("tanphong-3-3", [80, 60, 0]),
        ("tanphong-3-18", [70, 3]),
        ("tanphong-3-19", [6]),
        ("kh48-chung-4", [0.5]),
        ("kh71-rac-95", [95]),
        ("kh71-diem-ve-sinh", [10]),
    ],
)
def test_numbers_of_the_documents(entry: str, numbers: list[float]) -> None:
    assert values(entry) == numbers


def test_years_in_office_that_the_awards_ask() -> None:
    long_service = library()["kh71-nien-han"].award
    closing = library()["kh71-pl2-2b-15-nam"].award
    assert long_service is not None
    assert closing is not None
    assert (long_service.tenure_months, long_service.tenure_adds_up, long_service.tenure_preferred) == (
        120,
        True,
        False,
    )
    assert (closing.tenure_months, closing.tenure_adds_up, closing.tenure_preferred) == (180, False, True)


def days(document: str) -> set[tuple[int | None, int | None, int | None, str]]:
    return {
        (deadline.day, deadline.month, deadline.year, deadline.kind)
        for entry in library().values()
        if entry.document == document
        for deadline in entry.deadlines
        if deadline.day
    }


def test_days_of_the_documents() -> None:
    assert {(1, 10, None, "before"), (15, 10, None, "before"), (1, 11, None, "before")} <= days("kh71")
    assert {(30, 2, 2023, "before")} <= days("kh48")
    for day in ((10, 6, 2021), (5, 10, 2021)):
        assert {(*day, "before"), (*day, "by")} <= days("kh41"), "both wordings"


def test_the_five_nos_are_defined_in_one_place_and_named_in_another() -> None:
    defined = [entry for entry in library().values() if entry.kind == "definition" and "“5 không”" in entry.title]
    assert {entry.document for entry in defined} == {"kh41"}
    assert any(len(knowledge().library.children(entry)) == 5 for entry in defined)
    gaps = {entry.id for entry in library().values() if entry.kind == "gap"}
    assert {"kh71-nam-khong", "kh71-ba-co", "kh71-bon-an", "kh48-gap-6-khong", "ducpho-gap-9-tieu-chi"} <= gaps
    assert "ducpho-gap-gia-dinh" in gaps


def test_every_entry_says_where_it_stands() -> None:
    for entry in library().values():
        assert entry.section, entry.id
        assert entry.title, entry.id
        assert entry.title_en, entry.id
        assert len(f"hoi:nguyen:{entry.id}:coordinate".encode()) <= 64, entry.id
        assert all(agencies.role in ROLES and agencies.label for agencies in entry.agencies), entry.id


def test_ids_name_their_document_and_parents_hold_no_circle() -> None:
    for entry in library().values():
        assert entry.id.startswith(f"{entry.document}-")
        seen = {entry.id}
        parent = library().get(entry.parent)
        while parent:
            assert parent.id not in seen, entry.id
            assert parent.document == entry.document
            seen.add(parent.id)
            parent = library().get(parent.parent)


def test_what_has_changed_since_has_its_source_and_day() -> None:
    notes = [note for entry in library().values() for note in entry.notes]
    assert notes
    for note in (*notes, *(document.status_reason for document in knowledge().library.documents.values())):
        assert note.text_en, note.text
        assert bool(note.source) == bool(note.on), note.text
        if note.since:
            assert note.source, note.text


@pytest.mark.slow
def test_every_entry_is_found_by_its_own_questions() -> None:
    missed = [
        f"{entry.id}: {question}"
        for entry in library().values()
        for question in entry.questions
        if entry.id not in first_three(question)
    ]
    asked = sum(len(entry.questions) for entry in library().values())
    share = 1 - len(missed) / asked
    print(f"reachable: {asked - len(missed)}/{asked} = {100 * share:.2f} %", *missed, sep="\n  ")
    assert share >= REACHABLE


def test_no_entry_is_lost_to_all_of_its_questions() -> None:
    lost = [
        entry.id
        for entry in library().values()
        if entry.questions and not any(entry.id in first_three(question) for question in entry.questions)
    ]
    assert not lost


@cache
def first_three(question: str) -> list[str]:
    """Ids of the first candidates; a number goes its own way."""
    numbered = knowledge().find(question, TODAY).entries
    matches = knowledge().examine(knowledge().read(question), TODAY)[1]
    return [entry.id for entry in numbered] + [match.entry.id for match in matches[:3]]
