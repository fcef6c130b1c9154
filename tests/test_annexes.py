"""The self-assessment and the award list, row by row as the plans print them."""

from typing import Any

import pytest

from knowledge.folding import collapse
from knowledge.forms import TICKS
from papers.composition import composed
from papers.documents import document
from papers.paper import Filled, Paper
from papers.workbooks import workbook
from tests.filled_forms import (
    GROUP,
    VILLAGE,
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
from tests.test_papers import LONG_SERVICE, SELF_ASSESSMENT, SOURCES, STATE, source

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
