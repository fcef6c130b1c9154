"""What stands around a paper: heading, margins, number, day, signature, foot."""

import re
from datetime import date

import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from knowledge.folding import collapse
from knowledge.forms import published
from papers.documents import document
from papers.extracts import as_json, comma_separated
from papers.filling import padded, spelled
from papers.paper import Filled, NoPaper, Paper
from papers.workbooks import workbook
from tests.filled_forms import (
    GROUP,
    WARD,
    book,
    cells,
    opened,
    paper,
    paragraphs,
    versions,
)
from tests.test_papers import LONG_SERVICE, PARTY, REGISTRATION, STATE, by_form, mm

# Frames.


@by_form
def test_state_and_party_words_are_never_mixed(id: str) -> None:
    header = versions()[id].form.layout.header
    lines = paragraphs(opened(document(paper(id)).content))
    assert (STATE in lines) == (header == "state")
    assert (PARTY in lines) == (header == "party")
    assert not ({STATE, PARTY} <= set(lines))


@by_form
def test_page_margins_and_numbers_are_those_of_decree_30(id: str) -> None:
    file = opened(document(paper(id)).content)
    layout = versions()[id].form.layout
    assert mm(file.sections[-1].page_width) == (297 if layout.landscape else 210)
    for section in file.sections:
        assert {mm(section.page_width), mm(section.page_height)} == {210, 297}
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert tuple(map(mm, margins)) == (20, 20, 30, 15)
        assert section.different_first_page_header_footer
        assert not section.first_page_header.paragraphs[0].text
        (field,) = section.header._element.findall(f".//{qn('w:fldSimple')}")
        assert field.get(qn("w:instr")) == "PAGE"
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    normal = file.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))


@by_form
def test_heading_rows_are_repeated_and_rows_are_not_split(id: str) -> None:
    for table in opened(document(paper(id)).content).tables:
        rows = table._tbl.findall(qn("w:tr"))
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
        ruled = table._tbl.find(f".//{qn('w:tblHeader')}") is not None
        assert ruled == (rows[0].find(f".//{qn('w:tblHeader')}") is not None)


@by_form
def test_what_nobody_typed_is_blank_and_nothing_is_left_in_braces(id: str) -> None:
    for content in (document(paper(id)).content, document(paper(id, Filled(GROUP, {}))).content):
        whole = "\n".join(paragraphs(opened(content)))
        assert "{" not in whole
        assert "None" not in whole
        assert "Đã ký" not in whole
        assert not re.search(r"Số:? \d", whole)


def test_number_day_and_signer_stand_where_staff_typed_them() -> None:
    typed = paper(LONG_SERVICE, number="7", day=date(2026, 9, 30), signer="Lê Văn Bính, Chủ tịch")
    whole = "\n".join(paragraphs(opened(document(typed).content)))
    assert "Số: 07/TTr-UBND" in whole
    assert "Tân Phong, ngày 30 tháng 9 năm 2026" in whole
    assert "(Ban hành kèm theo Tờ trình số 07/TTr-UBND ngày 30 tháng 9 năm 2026 của" in whole
    assert "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nLê Văn Bính" in whole


def test_days_and_numbers_are_padded_as_the_decree_says() -> None:
    assert spelled(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert spelled(date(2026, 12, 15)) == "ngày 15 tháng 12 năm 2026"
    assert collapse(spelled(None)) == "ngày tháng năm"
    assert [padded(number) for number in ("5", "71", "", "5a")] == ["05", "71", "", "5a"]


def test_a_unit_signs_its_own_paper_and_the_ward_confirms() -> None:
    lines = paragraphs(opened(document(paper("tp-tu-danh-gia", signer="Lê Văn Bính, Chủ tịch")).content))
    end = lines[: lines.index("GIẢI THÍCH CÁC MỤC ĐỂ TRỐNG")][-6:]
    assert end == ["XÁC NHẬN CỦA", "PHƯỜNG TÂN PHONG", "CHỦ TỊCH", "TỔ TRƯỞNG", "(Ký, ghi rõ họ tên)", "Lê Văn Bính"]


def test_the_foot_says_who_had_it_made_and_that_it_is_not_accepted_yet() -> None:
    draft = Filled(GROUP, {}, state="submitted")
    file = opened(document(paper(REGISTRATION, draft, asked_by="Lê Thị B")).content)
    foot = "Có bài chưa được phường nhận. Xuất từ Bạn Phố ngày 01/03/2026, người xuất: Lê Thị B"
    assert file.sections[0].first_page_footer.paragraphs[0].text == foot
    assert file.sections[0].footer.paragraphs[0].text == foot


def test_nothing_to_print_is_said() -> None:
    empty = Paper(versions()[REGISTRATION], WARD, ())
    for make in (document, workbook, comma_separated, as_json):
        with pytest.raises(NoPaper, match="Chưa có bài nộp nào"):
            make(empty)


@by_form
def test_the_differences_from_the_annex_can_be_read(id: str) -> None:
    layout = versions()[id].form.layout
    assert layout.deviations, id
    sheet = book(workbook(paper(id)).content)["Khác mẫu"]
    written = {row[1] for row in cells(sheet.iter_rows()) if len(row) > 1}
    assert {collapse(text) for text in layout.deviations} <= written


def test_a_form_of_a_new_document_needs_no_code() -> None:
    table = {
        "id": "moi",
        "title": "Danh sách hộ hiến đất",
        "units": ["tổ dân phố"],
        "groups": [{"id": "a", "title": "Kết quả"}],
        "fields": [
            {"id": "so-ho", "kind": "integer", "prompt": "Số hộ đã hiến đất", "group": "a"},
            {
                "id": "ho",
                "kind": "rows",
                "prompt": "Các hộ",
                "columns": [{"id": "ten", "kind": "name", "prompt": "Tên"}],
            },
        ],
        "layout": {"kind": "report", "header": "state", "title": "BÁO CÁO HIẾN ĐẤT NĂM {year}"},
    }
    filled = Filled(GROUP, {"so-ho": 1250, "ho": 1, "ho/r1/ten": "Vàng A Sủa"})
    lines = paragraphs(opened(document(Paper(published(table), WARD, (filled,), "năm 2027")).content))
    assert {"BÁO CÁO HIẾN ĐẤT NĂM 2027", "I. Kết quả", "Số hộ đã hiến đất: 1.250", "Vàng A Sủa"} <= set(lines)
