"""Papers against the annexes in the sources: every heading, row and line; and what people typed in every cell."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from docx.shared import Length
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from knowledge.folding import collapse
from papers.documents import document
from papers.paper import MOST_LETTERS, Filled, NoPaper, clean, file_name
from papers.workbooks import tab, workbook
from storage.registry import UnitRow
from tests.filled_forms import (
    DAY,
    GROUP,
    OFFICE,
    answers,
    book,
    opened,
    paper,
    paragraphs,
    tables,
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


def typed(text: str) -> str:
    """What is left of a text that people typed, however a file is read."""
    return collapse(clean(text))


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
