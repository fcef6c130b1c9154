"""XLSX to be filled in on a computer: one line an answer, ids in a hidden column, lists to choose from."""

from dataclasses import dataclass, field
from io import BytesIO

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from conversation import PaperFile
from knowledge.forms import TICKS, Field, Version
from papers.blank_lines import (
    ABOUT_SHEET,
    ANSWER,
    ANSWERS_MARK,
    ANSWERS_SHEET,
    CHOICES_SHEET,
    COLUMNS_MARK,
    HELP,
    ID,
    MARK,
    NUMBER,
    PART,
    QUESTION,
    TICK_WORDS,
    WHOLE,
    BlankLine,
    columns,
    how,
    lines,
    row_fields,
    row_ids_of,
    rows_sheet,
)
from papers.cells import Look, Writer
from papers.lengths import height
from papers.paper import file_name
from papers.workbooks import MEDIA_TYPE, set_page
from storage.registry import UnitRow

_ASK, _OPEN, _SHUT, _HEAD = "FFFFFF", "FFF9E5", "EDEDED", "DDEBF7"
_WIDTHS = {ID: 4, NUMBER: 9, QUESTION: 62, ANSWER: 30, PART: 12, WHOLE: 12, HELP: 34}
_MILLIMETRES = 1.9
_INSTRUCTIONS = (
    "Chỉ ghi vào ô màu vàng. Không thêm, bớt dòng, không dùng công thức. Ô nào chưa có thì để trống.",
    "Ghi xong, lưu lại dạng .xlsx rồi gửi tệp này vào khung chat của phường. Ảnh thì gửi riêng trong khung chat.",
    "Không ghi số căn cước. Tên người chỉ ghi ở chỗ biểu mẫu hỏi.",
)


def blank(version: Version, unit: UnitRow, ward: str, period: str = "", round: str = "") -> PaperFile:
    """The blank of a form version for one unit in one round, as XLSX."""
    book = Workbook()
    maker = _Maker(Writer(book), version, unit)
    maker.answers(book.active, f"{unit.name}, {ward}" + (f", {period}" if period else ""))
    for rows in row_fields(version.form, unit.kind):
        maker.rows(book.create_sheet(rows_sheet(version.form, rows)), rows)
    maker.about(round)
    if not any(line.id for line in lines(version.form, unit.kind)):
        book.active = 1
    book.properties.title, book.properties.creator = version.form.title, ward
    content = BytesIO()
    book.save(content)
    return PaperFile(file_name(version.form, f"mau-{unit.code}", None, ".xlsx"), MEDIA_TYPE, content.getvalue())


@dataclass(slots=True)
class _Maker:
    writer: Writer
    version: Version
    unit: UnitRow
    # By what is offered: the cells that hold it.
    _lists: dict[tuple[str, ...], str] = field(default_factory=dict)

    def answers(self, sheet: Worksheet, whose: str) -> None:
        """The sheet with one line an answer."""
        sheet.title = ANSWERS_SHEET
        self.writer.text(sheet, 1, ID, ANSWERS_MARK, Look(8))
        set_page(sheet, landscape=True)
        for column, width in _WIDTHS.items():
            sheet.column_dimensions[get_column_letter(column)].width = width
        row = self._top(sheet, whose, HELP)
        headings = {
            NUMBER: "Số",
            QUESTION: "Nội dung",
            ANSWER: "Trả lời",
            PART: "Số đạt",
            WHOLE: "Tổng số",
            HELP: "Cách ghi",
        }
        for column, text in headings.items():
            self._write(sheet, row, column, text, Look(bold=True, across="center", boxed=True, filled=_HEAD))
        sheet.print_title_rows, sheet.freeze_panes = f"{row}:{row}", f"A{row + 1}"
        for place, line in enumerate(lines(self.version.form, self.unit.kind), start=row + 1):
            self._line(sheet, place, line)
        self._shut(sheet)

    def _top(self, sheet: Worksheet, whose: str, last: int) -> int:
        """Title, whose blank it is, and how to fill it in; returns the row below."""
        looks = (Look(15, bold=True), Look(13, bold=True), *[Look(italic=True)] * len(_INSTRUCTIONS))
        for row, (text, look) in enumerate(
            zip((self.version.form.title, whose, *_INSTRUCTIONS), looks, strict=True), 1
        ):
            self.writer.text(sheet, row, NUMBER, text, look)
            sheet.merge_cells(start_row=row, end_row=row, start_column=NUMBER, end_column=max(last, NUMBER + 1))
            sheet.row_dimensions[row].height = 22 if row < 3 else 17
        return len(_INSTRUCTIONS) + 4

    def _line(self, sheet: Worksheet, row: int, line: BlankLine) -> None:
        asks = bool(line.id)
        self.writer.text(sheet, row, ID, line.id, Look(8))
        for column, text in ((NUMBER, line.number), (QUESTION, line.question), (HELP, line.help)):
            look = Look(bold=not asks, italic=column == HELP, boxed=True, filled=_ASK if asks else _SHUT)
            self._write(sheet, row, column, text, look)
        single = line.beside is not None and line.beside[1].kind != "share"
        writable = {ANSWER: line.written, PART: line.beside is not None, WHOLE: line.beside is not None and not single}
        for column, may in writable.items():
            filled = _OPEN if asks and may else _SHUT
            self.writer.text(sheet, row, column, "", Look(boxed=True, filled=filled, open=asks and may))
        if line.written and line.field:
            self._offer(sheet, line.field, f"{get_column_letter(ANSWER)}{row}")

    def _write(self, sheet: Worksheet, row: int, column: int, text: str, look: Look) -> None:
        self.writer.text(sheet, row, column, text, look)
        line = sheet.row_dimensions[row]
        line.height = max(line.height or 0, height(text, _WIDTHS[column] * _MILLIMETRES, look.size, bold=look.bold))

    def rows(self, sheet: Worksheet, rows: Field) -> None:
        """The sheet of one list: a line a row, ids of the columns in a hidden row, of the rows in a hidden column."""
        set_page(sheet, landscape=True)
        asked = columns(rows)
        top = self._top(sheet, rows.prompt, len(asked) + NUMBER)
        self.writer.text(sheet, 1, ID, rows.id, Look(8))
        self.writer.text(sheet, top, ID, COLUMNS_MARK, Look(8))
        sheet.row_dimensions[top].hidden = True
        head = Look(bold=True, across="center", boxed=True, filled=_HEAD)
        self.writer.text(sheet, top + 1, NUMBER, "STT", head)
        last = top + 1 + len(row_ids_of(rows))
        for place, column in enumerate(asked, start=NUMBER + 1):
            letter = get_column_letter(place)
            self.writer.text(sheet, top, place, column.id, Look(8))
            self.writer.text(sheet, top + 1, place, _asked(column), head)
            sheet.column_dimensions[letter].width = 42 if column.kind == "long_text" else 26
            self._offer(sheet, column, f"{letter}{top + 2}:{letter}{last}")
        sheet.row_dimensions[top + 1].height = 66
        for row, id in enumerate(row_ids_of(rows), start=top + 2):
            self.writer.text(sheet, row, ID, id, Look(8))
            self.writer.text(sheet, row, NUMBER, str(row - top - 1), Look(across="center", boxed=True))
            for place in range(NUMBER + 1, NUMBER + 1 + len(asked)):
                self.writer.text(sheet, row, place, "", Look(boxed=True, filled=_OPEN, open=True))
            sheet.row_dimensions[row].height = 32
        sheet.freeze_panes = f"A{top + 2}"
        self._shut(sheet)

    def _offer(self, sheet: Worksheet, asked: Field, cells: str) -> None:
        """A list to choose from, kept on a hidden sheet: in the cell itself only 255 letters have room."""
        words = TICK_WORDS[asked.kind] if asked.kind in TICKS else tuple(option.label for option in asked.options)
        if not words or asked.kind == "many_of":
            return
        rule = DataValidation(type="list", formula1=self._kept(words), allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = "Chưa đúng", "Anh/chị chọn một mục trong danh sách."
        rule.add(cells)
        sheet.add_data_validation(rule)

    def _kept(self, words: tuple[str, ...]) -> str:
        if words not in self._lists:
            book = self.writer.book
            sheet = book[CHOICES_SHEET] if self._lists else book.create_sheet(CHOICES_SHEET)
            sheet.sheet_state = "veryHidden"
            letter = get_column_letter(len(self._lists) + 1)
            for row, word in enumerate(words, start=1):
                self.writer.text(sheet, row, len(self._lists) + 1, word, Look())
            self._lists[words] = f"'{CHOICES_SHEET}'!${letter}$1:${letter}${len(words)}"
        return self._lists[words]

    def about(self, round: str) -> None:
        """The hidden sheet that says what this is a blank of."""
        sheet = self.writer.book.create_sheet(ABOUT_SHEET)
        sheet.sheet_state = "veryHidden"
        told = (MARK, self.version.form.id, self.version.hash, self.unit.code, round)
        for column, text in enumerate(told, start=1):
            self.writer.text(sheet, 1, column, text, Look())

    def _shut(self, sheet: Worksheet) -> None:
        """Hide the ids and lock what is not asked; without a password, because nothing here is secret."""
        sheet.column_dimensions[get_column_letter(ID)].hidden = True
        sheet.protection.sheet = True
        sheet.protection.formatRows = sheet.protection.formatColumns = False


def _asked(column: Field) -> str:
    text = how(column)
    if column.kind == "share":
        text = "Ghi dạng 45/60."
    return f"{column.short or column.prompt}\n{text}".strip()
