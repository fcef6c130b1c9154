"""A CSV file of an office as rows by column: what Excel, LibreOffice and people write, read strictly."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from knowledge.folding import folded_words

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
_SEPARATORS = ",;\t"

# Number of the line in the file, from 1, and the row's cells by column; a column that is not there is missing.
Row = tuple[int, Mapping[str, str]]
# Columns by folded heading; those with an empty name are passed over.
Headings = Mapping[tuple[str, ...], str]


class BadLine(Exception):
    """What is wrong in a line of the file (from 1; 0: the file as a whole), and what to do."""

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.line, self.what, self.remedy = line, what, remedy

    def __str__(self) -> str:
        """One line for people."""
        place = f"dòng {self.line}: " if self.line else ""
        return f"{place}{self.what}; {self.remedy}"


def short(text: str) -> str:
    """What was read, for an error: on one line, without what a terminal would obey, and not all of a long one."""
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return shown if len(shown) <= 40 else shown[:39] + "…"


def table_rows(data: bytes, headings: Headings, needed: Sequence[str]) -> list[Row]:
    """The rows below the headings, empty ones left out. Raises `BadLine`."""
    if len(data) > MOST_BYTES:
        raise BadLine(0, f"tệp lớn hơn {MOST_BYTES // 1_000_000} MB", "tách thành nhiều tệp nhỏ hơn")
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine(0, "tệp không phải UTF-8", "trong Excel chọn Lưu thành, kiểu “CSV UTF-8”") from None
    rows = _numbered(text, headings)
    line, head = next(rows, (0, []))
    columns = _columns(line, head, headings, needed)
    found: list[Row] = [(line, _cells(line, row, columns)) for line, row in rows]
    if not found:
        raise BadLine(0, "tệp không có đơn vị nào", "ghi mỗi đơn vị một dòng, dưới dòng tên cột")
    return found


def _numbered(text: str, headings: Headings) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=_separator(text, headings), strict=True)
    count, begins = 0, 1
    while True:
        try:
            row = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            remedy = "mở bao nhiêu dấu ngoặc kép thì đóng bấy nhiêu, mỗi ô ghi ngắn"
            raise BadLine(begins, "không đọc được dòng này", remedy) from None
        # Excel may say in a line of its own how it separates.
        if any(row) and not (begins == 1 and row[0].casefold().startswith("sep=")):
            count += 1
            if count > MOST_ROWS + 1:
                raise BadLine(0, f"tệp có hơn {MOST_ROWS} dòng", "tách thành nhiều tệp nhỏ hơn")
            yield begins, row
        begins = reader.line_num + 1


def _separator(text: str, headings: Headings) -> str:
    """The mark that gives the most headings that are known."""
    lines = (line for line in text.splitlines() if line.strip() and not line.casefold().startswith("sep="))
    head = next(lines, "")
    return max(_SEPARATORS, key=lambda mark: sum(folded_words(cell) in headings for cell in head.split(mark)))


def _columns(line: int, head: Sequence[str], headings: Headings, needed: Sequence[str]) -> list[str]:
    """The column of every cell, empty for those that are passed over."""
    columns: list[str] = []
    for cell in head:
        words = folded_words(cell)
        if words and words not in headings:
            known = ", ".join(dict.fromkeys(column for column in headings.values() if column))
            raise BadLine(line, f"không hiểu tên cột “{short(cell)}”", f"các cột dùng được: {known}")
        column = headings.get(words, "")
        if column and column in columns:
            raise BadLine(line, f"cột “{short(cell)}” có hai lần", "bỏ một cột")
        columns.append(column)
    missing = [column for column in needed if column not in columns]
    if missing:
        raise BadLine(line, f"thiếu cột {', '.join(missing)}", f"dòng đầu ghi tên cột, ít nhất: {', '.join(needed)}")
    return columns


def _cells(line: int, row: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if any(row[len(columns) :]):
        raise BadLine(line, "có nhiều ô hơn số cột", "ô nào có dấu ngăn cột bên trong thì đặt trong ngoặc kép")
    filled = [*row, *[""] * (len(columns) - len(row))]
    return {column: cell for column, cell in zip(columns, filled, strict=False) if column}
