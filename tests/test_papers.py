"""Papers against the annexes in the sources: every heading, row and line; and what people typed in every cell."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from knowledge.folding import collapse
from knowledge.forms import TICKS, published
from papers.composition import composed
from papers.documents import document
from papers.extracts import as_json, comma_separated, harmless
from papers.filling import padded, spelled
from papers.paper import MOST_LETTERS, Filled, NoPaper, Paper, clean, file_name
from papers.workbooks import tab, workbook
from storage.registry import UnitRow
from tests.filled_forms import (
    DAY,
    GROUP,
    OFFICE,
    VILLAGE,
    WARD,
    answers,
    book,
    cells,
    opened,
    paper,
    paragraphs,
    tables,
    value,
    versions,
)

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "knowledge" / "sources"
FORMS = sorted(versions())
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
REGISTRATION, SELF_ASSESSMENT, LONG_SERVICE, MINUTES = "kh41-dang-ky", "tp-tu-danh-gia", "kh71-khen-nien-han", "hop-to"
any_text = st.text(st.characters(), max_size=60)
by_form = pytest.mark.parametrize("id", FORMS)


def source(number: str) -> str:
    return collapse_lines(next(SOURCES.glob(f"{number}-*")).read_text(encoding="utf-8"))


def collapse_lines(text: str) -> str:
    return "\n".join(collapse(line) for line in text.splitlines())


def mm(length: Length | None) -> int:
    assert length is not None
    millimetres: float = length.mm
    return round(millimetres)


# Quận 3: five columns.


def registration_heading() -> list[str]:
    lines = next(SOURCES.glob("004-*")).read_text(encoding="utf-8").splitlines()
    return next(collapse(line.replace("\t", "|")).split("|") for line in lines if line.startswith("STT\t"))


def test_the_registration_has_the_five_columns_of_the_plan() -> None:
    file = opened(document(paper(REGISTRATION)).content)
    (table,) = tables(file)
    assert table[0] == registration_heading()
    assert len(table[0]) == 5
    form = versions()[REGISTRATION].form
    given = answers(form)
    for place, row in enumerate(table[1:], start=1):
        ids = ("ten", "hinh-thuc", "thoi-gian", "du-kien")
        assert row == [str(place), *(given[f"cong-trinh/r{place}/{id}"] for id in ids)]
    assert len(table) == 4


def test_the_registration_lies_across_names_the_unit_and_leaves_room_to_confirm() -> None:
    file = opened(document(paper(REGISTRATION)).content)
    section = file.sections[0]
    assert (mm(section.page_width), mm(section.page_height)) == (297, 210)
    lines = paragraphs(file)
    assert "BẢNG ĐĂNG KÝ CÔNG TRÌNH “VIỆC CÓ Ý NGHĨA GIÚP DÂN”" in lines
    assert "Tổ dân phố số 5, năm 2026" in lines
    assert "xác nhận của cấp ủy/ thủ trưởng cơ quan, đơn vị" in " ".join(lines[-2:]).lower()
    assert "xác nhận của cấp ủy/ thủ trưởng cơ quan, đơn vị" in source("004").lower()
    assert STATE not in lines
    assert PARTY not in lines


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("đảng bộ cơ sở", "03; số phải đăng ký: 02 (mục II.4)."),
        ("phường", "03; số phải đăng ký: 10 (mục II.3)."),
        ("tổ dân phố", "03, đề xuất vào số 10 của phường (mục II.3)."),
    ],
)
def test_the_number_stands_beside_what_the_plan_asks(kind: str, said: str) -> None:
    unit = UnitRow("x", "Đơn vị X", kind)
    filled = Filled(unit, answers(versions()[REGISTRATION].form))
    lines = paragraphs(opened(document(paper(REGISTRATION, filled)).content))
    assert f"Công trình đăng ký: {said}" in lines


def test_without_works_there_are_rows_to_write_on() -> None:
    (table,) = tables(opened(document(paper(REGISTRATION, Filled(GROUP, {}))).content))
    assert table[1:] == [[str(place), "", "", "", ""] for place in (1, 2, 3)]


# Tân Phong: Có and Không.


def printed_rows() -> list[tuple[str, str]]:
    """Number and words of every row of the printed table, in order."""
    text = next(SOURCES.glob("003-*")).read_text(encoding="utf-8")
    text = text[text.index("BẢNG TỰ ĐÁNH GIÁ") :]
    lines = [collapse(line) for line in text[: text.index("(mục 5.1")].splitlines() if collapse(line)]
    start = lines.index("Không") + 1
    return list(zip(lines[start::2], lines[start + 1 :: 2], strict=True))


@pytest.mark.parametrize("make", [document, workbook])
def test_the_self_assessment_is_the_printed_table_row_by_row(make: Any) -> None:
    content = make(paper(SELF_ASSESSMENT)).content
    if make is document:
        table = tables(opened(content))[0]
    else:
        sheet = book(content).worksheets[0]
        rows = cells(sheet.iter_rows())
        start = rows.index(["Số tt", "Tiêu chí", "Có", "Không"])
        table = rows[start : start + 1 + len(printed_rows())]
    assert table[0] == ["Số tt", "Tiêu chí", "Có", "Không"]
    assert [(row[0], row[1]) for row in table[1:]] == printed_rows()
    assert len(table) == 1 + 7 + 48


def test_each_answer_is_one_x_and_what_does_not_apply_is_blank() -> None:
    form = versions()[SELF_ASSESSMENT].form
    given = {field.id: "yes" for field in form.fields if field.kind in TICKS} | {
        "loai-2": "no",
        "3.8": "no",
        "2.1": "na",
    }
    table = tables(opened(document(paper(SELF_ASSESSMENT, Filled(GROUP, given))).content))[0]
    marks = {row[1]: (row[2], row[3]) for row in table[1:]}
    for field in form.fields:
        expected = {"yes": ("x", ""), "no": ("", "x")}.get(str(given[field.id]), ("", ""))
        # Rows for villages stay blank in a residential group.
        expected = ("", "") if field.units and GROUP.kind not in field.units else expected
        assert marks[collapse(field.prompt)] == expected, field.id
    for group in form.groups:
        assert marks[collapse(group.title)] == ("", "")


def test_what_is_blank_is_explained_and_what_was_added_stands_apart() -> None:
    form = versions()[SELF_ASSESSMENT].form
    given = {field.id: "yes" for field in form.fields} | {"2.1": "na", "1.1#": {"part": 9, "whole": 10}}
    del given["4.2"]
    sheets = composed(paper(SELF_ASSESSMENT, Filled(VILLAGE, given)))
    _, blank, added = tables(opened(document(paper(SELF_ASSESSMENT, Filled(VILLAGE, given))).content))
    assert {row[0]: row[2] for row in blank[1:]} == {
        "2.1": "Đơn vị trả lời: không áp dụng.",
        "2.10": "Văn bản chỉ áp dụng đối với đơn vị có: nông thôn mới.",
        "2.11": "Văn bản chỉ áp dụng đối với tổ dân phố.",
        "4.2": "Đơn vị chưa trả lời.",
    }
    assert [row[0] for row in added[1:]] == ["1.1"]
    assert added[1][2].endswith("9/10 (90 %)")
    assert [sheet.name for sheet in sheets] == [
        "Bản Nà Tâm",
        "Bản Nà Tâm - Mục để trống",
        "Bản Nà Tâm - Số liệu, ý kiến",
    ]


def test_title_and_notes_of_the_self_assessment_are_the_printed_ones_with_the_rounds_year() -> None:
    lines = paragraphs(opened(document(paper(SELF_ASSESSMENT)).content))
    text = source("003")
    for line in (
        "BẢNG TỰ ĐÁNH GIÁ",
        "THỰC HIỆN TIÊU CHÍ BÌNH XÉT TỔ DÂN PHỐ",
        "PHÁT TRIỂN TOÀN DIỆN NĂM 2020",
        "(mục 5.1 đến 5.5 theo quy định của Bộ Công an)",
        "Ghi chú: Căn cứ vào việc thực hiện các tiêu chí tại khu dân cư để lựa chọn đánh dấu (x) vào ô "
        "“có” hoặc “không”.",
    ):
        assert line in text
        assert line.replace("2020", "2026") in lines
    assert "(Kèm theo kế hoạch số /KH-UBND ngày tháng năm của UBND phường Tân Phong)" in lines


# Đà Nẵng: Phụ lục I.


def award(**kinds: str) -> Paper:
    """Three people, by row: how each is awarded."""
    given = answers(versions()[LONG_SERVICE].form)
    given |= {f"nguoi/{row}/hinh-thuc": kind for row, kind in kinds.items()}
    return paper(LONG_SERVICE, Filled(GROUP, given), settings={"as_of": "2026-03-01"})


def test_the_award_list_is_annex_one_with_its_two_tables() -> None:
    text = source("000")
    annex = text[text.index("Phụ lục I\n") : text.index("Phụ lục II\n")]
    file = opened(document(award(r1="tang", r2="truy-tang", r3="tang")).content)
    lines = paragraphs(file)
    for line in ("DANH SÁCH", "CÁC CÁ NHÂN ĐỀ NGHỊ CHỦ TỊCH UBND THÀNH PHỐ KHEN THƯỞNG NIÊN HẠN"):
        assert line in annex
        assert line in " ".join(lines)
    attached = "(Ban hành kèm theo Tờ trình số /TTr-UBND ngày tháng năm của Chủ tịch UBND quận, huyện...)"
    assert attached in annex
    assert attached in lines
    for line, count in (
        ("1. Tặng Bằng khen cho..... cá nhân", " 02 "),
        ("2. Truy tặng Bằng khen cho..... cá nhân", " 01 "),
    ):
        assert line in annex
        assert line.replace("..... ", count) in lines
    # The printed heading has a misprint, which is mended and named in the deviations.
    printed = next(line for line in annex.splitlines() if line.startswith("STT"))
    headings = ["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Thời gian giữ chức vụ", "Ghi chú"]
    assert " ".join(headings) == printed.replace("Chi chú", "Ghi chú")
    given, posthumous = tables(file)
    assert given[0] == posthumous[0] == headings
    assert [row[:2] for row in given[1:]] == [["1", "Nguyễn Thị Hoa"], ["2", "Lò Văn Pâng"]]
    assert [row[:2] for row in posthumous[1:]] == [["1", "Trần Văn Bình"]]
    assert any("Chi chú" in deviation for deviation in versions()[LONG_SERVICE].form.layout.deviations)


def test_ghi_chu_adds_the_years_up_and_flags_without_dropping() -> None:
    given = award(r1="tang", r2="tang", r3="tang")
    changed = dict(given.filled[0].answers) | {"nguoi/r2/da-tang": "yes", "nguoi/r3/periods": "hồi xưa"}
    table = tables(opened(document(paper(LONG_SERVICE, Filled(GROUP, changed), settings=given.settings)).content))[0]
    notes = [row[5] for row in table[1:]]
    assert notes[0].startswith("6 năm 5 tháng + 8 năm 2 tháng = 14 năm 7 tháng (tính đến 01/03/2026).")
    assert "Lưu ý: đã được tặng bằng khen niên hạn." in notes[1]
    assert notes[2] == value(next(c for c in versions()[LONG_SERVICE].form.fields[0].columns if c.id == "ghi-chu"))


def test_a_letter_goes_before_the_award_list_in_the_wards_name() -> None:
    lines = paragraphs(opened(document(paper(LONG_SERVICE, signer="Lê Văn Bính, Phó Chủ tịch")).content))
    letter = lines[: lines.index("DANH SÁCH")]
    assert letter[:6] == [
        "ỦY BAN NHÂN DÂN",
        "PHƯỜNG TÂN PHONG",
        "Số: /TTr-UBND",
        STATE,
        "Độc lập - Tự do - Hạnh phúc",
        "Tân Phong, ngày tháng năm",
    ]
    assert "TỜ TRÌNH" in letter
    assert any(line.startswith("Kính gửi: …") for line in letter)
    assert any("cho 03 cá nhân" in line for line in letter)
    assert letter[letter.index("TM. ỦY BAN NHÂN DÂN") :][:4] == [
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Lê Văn Bính",
    ]


def test_the_lists_of_several_units_are_one_list() -> None:
    form = versions()[LONG_SERVICE].form
    several = [Filled(unit, answers(form, rows=2)) for unit in (GROUP, VILLAGE)]
    given, posthumous = tables(opened(document(paper(LONG_SERVICE, *several)).content))
    assert [row[0] for row in given[1:] + posthumous[1:]] == ["1", "2", "1", "2"]


# Minutes and reports.


def test_minutes_follow_form_three_and_give_no_verdict() -> None:
    file = opened(document(paper(MINUTES)).content)
    lines = paragraphs(file)
    whole = "\n".join(lines)
    order = (
        "UBND PHƯỜNG TÂN PHONG",
        "TỔ DÂN PHỐ SỐ 5",
        STATE,
        "Tân Phong, ngày tháng năm",
        "BIÊN BẢN CUỘC HỌP",
        "CỦA CỘNG ĐỒNG DÂN CƯ",
        "Về việc",
        "Hôm nay, vào hồi 19 giờ 30, ngày 01/02/2026",
        "tổ chức cuộc họp của cộng đồng dân cư về việc",
        "I. THÀNH PHẦN THAM DỰ",
        "1. Chủ trì: Ông (bà) Nguyễn Thị Hoa. Chức vụ:",
        "2. Thư ký: Ông (bà)",
        "3. Thành phần tham dự: tổng số hộ gia đình 40.",
        "- Số hộ gia đình có đại diện tham dự cuộc họp: 40.",
        "- Số hộ gia đình không có người đại diện tham dự cuộc họp: 0.",
        "II. NỘI DUNG",
        "III. KẾT QUẢ BIỂU QUYẾT",
        "IV. KẾT LUẬN",
        "V. VIỆC CHƯA LÀM ĐƯỢC",
        "Cuộc họp kết thúc vào hồi",
        "THƯ KÝ",
        "CHỦ TRÌ",
        "TRƯỞNG BAN CÔNG TÁC MẶT TRẬN",
        "ĐẠI DIỆN HỘ GIA ĐÌNH",
    )
    places = [whole.index(part) for part in order]
    assert places == sorted(places)
    votes = next(table for table in tables(file) if "Việc biểu quyết" in table[0])
    assert [row[-1] for row in votes[1:]] == ["40/40", "41/40", "42/40"]
    assert "đạt" not in whole.lower().replace("đạt chuẩn", "")


def test_only_the_chosen_kind_of_paper_is_printed() -> None:
    given = answers(versions()[MINUTES].form) | {"van-ban": "nghi-quyet"}
    lines = paragraphs(opened(document(paper(MINUTES, Filled(GROUP, given))).content))
    assert "NGHỊ QUYẾT" in lines
    assert "BIÊN BẢN CUỘC HỌP" not in lines


@pytest.mark.parametrize("id", ["kh71-bc-nam", "ducpho-bc-nam"])
def test_reports_have_four_parts(id: str) -> None:
    lines = paragraphs(opened(document(paper(id)).content))
    parts = [line for line in lines if re.match(r"[IV]+\. ", line)]
    assert [part.split(".")[0] for part in parts] == ["I", "II", "III", "IV"]
    for part, words in zip(parts, ("kết quả", "tồn tại, hạn chế", "phương hướng", "kiến nghị"), strict=True):
        assert words in part.lower()


def test_a_part_that_nobody_answered_has_dots_to_write_on() -> None:
    lines = paragraphs(opened(document(paper("kh71-bc-nam", Filled(GROUP, {}))).content))
    assert lines[next(i for i, line in enumerate(lines) if line.startswith("IV.")) + 1].startswith("…")


def test_a_groups_report_has_no_number_and_the_wards_has() -> None:
    form = versions()["kh71-bc-nam"].form
    group = paragraphs(opened(document(paper(form.id, Filled(GROUP, answers(form)), number="5")).content))
    ward = paragraphs(opened(document(paper(form.id, Filled(OFFICE, answers(form)), number="5", day=DAY)).content))
    assert not any(line.startswith("Số:") for line in group)
    assert f"Số: 05/{form.layout.symbol}" in ward
    assert "Tân Phong, ngày 01 tháng 3 năm 2026" in ward


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


# Any text in any cell.


def typed(text: str) -> str:
    """What is left of a text that people typed, however a file is read."""
    return collapse(clean(text))


@given(any_text)
@settings(max_examples=30)
def test_any_text_survives_in_a_document(text: str) -> None:
    filled = Filled(GROUP, {"cong-trinh/r1/ten": text, "cong-trinh/r1/du-kien": text})
    made = paper(REGISTRATION, filled, signer=text, asked_by=text)
    (table,) = tables(opened(document(made).content))
    assert [table[1][1], table[1][4]] == [typed(text)] * 2


@given(any_text)
@settings(max_examples=30)
def test_any_text_survives_in_a_workbook_and_is_no_formula(text: str) -> None:
    filled = Filled(UnitRow("x", text, "tổ dân phố"), {"cong-trinh/r1/ten": text})
    made = book(workbook(paper(REGISTRATION, filled, Filled(GROUP, {}), signer=text)).content)
    found = [cell for sheet in made.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} == {"s"}
    assert not typed(text) or typed(text) in [collapse(cell.value) for cell in found]


@pytest.mark.parametrize(
    "text", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "#N/A", "#REF!", "1e5", "TRUE"]
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    sheet = book(workbook(paper(REGISTRATION, Filled(GROUP, {"cong-trinh/r1/ten": text}))).content).worksheets[0]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == clean(text)]
    assert cell.data_type == "s"
    assert bool(cell.quotePrefix) == (text[0] in "=+-@\t")
    assert cell.number_format == "@"


@given(any_text)
@settings(max_examples=80)
def test_any_text_comes_out_of_csv_and_no_cell_begins_a_formula(text: str) -> None:
    filled = Filled(GROUP, {"cong-trinh/r1/ten": text, "cong-trinh/r1/khong": "x"})
    content = comma_separated(paper(REGISTRATION, filled)).content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert rows[1][rows[0].index("Tên công trình")] == harmless(clean(text))
    assert harmless(clean(text)).removeprefix("'") == clean(text).removeprefix("'")


@given(
    st.dictionaries(st.sampled_from(["cong-trinh/r1/ten", "cong-trinh", "lạ"]), any_text | st.none() | st.integers())
)
def test_json_keeps_every_answer_by_its_path(given_answers: dict[str, object]) -> None:
    filled = Filled(GROUP, given_answers, "BN-1")
    whole = json.loads(as_json(paper(REGISTRATION, filled)).content)
    (submission,) = whole["submissions"]
    expected = {
        path: text.encode("utf-8", "replace").decode() if isinstance(text, str) else text
        for path, text in given_answers.items()
    }
    assert submission["answers"] == expected
    assert (whole["form"], whole["version"]) == (REGISTRATION, versions()[REGISTRATION].hash)


def test_csv_has_a_line_a_row_and_json_how_it_is_printed() -> None:
    rows = list(csv.reader(io.StringIO(comma_separated(paper(REGISTRATION)).content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    assert rows[1][:5] == ["BN-7K3M9Q", "to-5", "Tổ dân phố số 5", "tổ dân phố", "đã nhận"]
    checklist = paper(SELF_ASSESSMENT, Filled(GROUP, {"1.1": "yes", "1.1#": {"part": 9, "whole": 10}}))
    (submission,) = json.loads(as_json(checklist).content)["submissions"]
    assert submission["shown"] == {"1.1": "Có", "1.1#": "9/10 (90 %)"}
    heading, line = list(csv.reader(io.StringIO(comma_separated(checklist).content.decode("utf-8-sig"), newline="")))
    assert "9/10 (90 %)" in line
    assert len(heading) == len(line)


# Names, limits, several units.


@given(any_text)
def test_names_of_files_are_plain_letters(text: str) -> None:
    name = file_name(versions()[REGISTRATION].form, text, DAY, ".docx")
    assert re.fullmatch(r"kh41-dang-ky_([a-z0-9-]+_)?2026-03-01\.docx", name)


def test_several_units_make_a_summary_and_a_sheet_each() -> None:
    form = versions()[REGISTRATION].form
    units = [UnitRow(f"t{place}", "Tổ [1]: a/b*?" + "x" * 40, "tổ dân phố") for place in range(3)]
    made = book(workbook(paper(REGISTRATION, *(Filled(unit, answers(form)) for unit in units))).content)
    assert made.sheetnames[0] == "Tổng hợp"
    assert len(made.sheetnames) == len({name.lower() for name in made.sheetnames}) == 5
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in made.sheetnames)
    assert len(list(made["Tổng hợp"].rows)) == 10
    file = opened(document(paper(REGISTRATION, *(Filled(unit, answers(form)) for unit in units))).content)
    assert len(file.sections) == len(tables(file)) == 3


def test_too_many_papers_for_one_document_are_refused_with_what_to_do() -> None:
    many = [Filled(UnitRow(f"t{place}", f"Tổ {place}", "tổ dân phố"), {}) for place in range(101)]
    with pytest.raises(NoPaper, match="xuất từng đơn vị, hoặc xuất tệp Excel"):
        document(paper(REGISTRATION, *many))
    assert book(workbook(paper(REGISTRATION, *many)).content).sheetnames == ["Tổng hợp", "Khác mẫu"]


def test_a_cell_holds_what_a_cell_can() -> None:
    filled = Filled(GROUP, {"cong-trinh/r1/ten": "x" * 40_000})
    assert "x" * MOST_LETTERS in [
        cell.value for row in book(workbook(paper(REGISTRATION, filled)).content).worksheets[0].rows for cell in row
    ]


@given(st.lists(any_text, max_size=6))
def test_sheets_have_names_that_excel_takes(names: list[str]) -> None:
    made = Workbook()
    for name in names:
        made.create_sheet(tab(made, name))
    lowered = [title.lower() for title in made.sheetnames]
    assert len(set(lowered)) == len(lowered)
    assert all(0 < len(title) <= 31 for title in made.sheetnames)


def test_the_workbook_prints_as_the_layout_says() -> None:
    sheet = book(workbook(paper(REGISTRATION)).content).worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows
    fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value}
    assert fonts == {"Times New Roman"}


@pytest.mark.slow
def test_nothing_of_papers_is_loaded_to_answer_a_question(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(ROOT / "bot.py"), "ask", "hạn nộp báo cáo là khi nào"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "knowledge" in loaded
    assert not loaded & {"papers", "docx", "openpyxl", "matplotlib", "segno", "lxml"}


def test_sizes_are_those_of_the_state_and_of_the_party() -> None:
    def sizes(id: str) -> dict[str, float]:
        file = opened(document(paper(id)).content)
        every = [
            *file.paragraphs,
            *(p for table in file.tables[:1] for cell in table.rows[0].cells for p in cell.paragraphs),
        ]
        return {p.text: run.font.size.pt for p in every for run in p.runs if run.font.size}

    state, party = sizes("kh71-bc-nam"), sizes("kh48-bc-chi-tieu")
    assert [state[text] for text in (STATE, "Độc lập - Tự do - Hạnh phúc", "BÁO CÁO")] == [12, 13, 14]
    assert [party[text] for text in (PARTY, "ĐẢNG ỦY", "*", "BÁO CÁO")] == [15, 14, 14, 16]
    assert next(size for text, size in party.items() if text.startswith("kết quả thực hiện")) == 15
