"""Files that are no blank, or want to be more than they are: refused unopened, and any bytes are answered."""

import io
import os
import tracemalloc
import zipfile
import zlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from papers.blank_lines import (
    ANSWERS_SHEET,
)
from papers.blank_reading import read_blank
from papers.blanks import blank
from papers.unpacking import MOST_BYTES, MOST_UNPACKED, Unopened, repacked
from tests.filled_forms import DAY, GROUP, WARD, book, versions
from tests.test_blanks import CHECKLIST, back, by_path, fresh, saved

# Files that are no workbooks, or want to be more than they are.


def zipped(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


@cache
def bomb() -> bytes:
    return zipped({"xl/workbook.xml": b"<a>" + b" " * (MOST_UNPACKED + 1)})


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not_xlsx"),
        (b"PK\x03\x04", "not_xlsx"),
        (b"ten,so\r\na,1\r\n", "not_xlsx"),
        (os.urandom(5_000), "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old_or_locked"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (zipped({f"x/{place}": b"" for place in range(300)}), "too_much"),
        (zipped({"a.txt": b"a"}), "not_xlsx"),
        (zipped({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "macros"),
        (zipped({"xl/workbook.xml": b"<a/>"}, zipfile.ZIP_BZIP2), "not_xlsx"),
        (zipped({"xl/workbook.xml": ENTITIES}), "not_xlsx"),
        (zipped({"xl/workbook.xml": ENTITIES.decode().encode("utf-16")}), "not_xlsx"),
        (zipped({"xl/workbook.xml": ENTITIES.decode().encode("utf-16-le")}), "not_xlsx"),
    ],
)
def test_other_files_are_refused_unopened(content: bytes, problem: str) -> None:
    refused(content, problem)


def refused(content: bytes, problem: str) -> None:
    with pytest.raises(Unopened, match=problem):
        repacked(content)
    assert [bad.problem for bad in read_blank(content, versions()[CHECKLIST], GROUP, DAY).bad] == [problem]


def test_a_bomb_is_refused() -> None:
    refused(bomb(), "too_much")


def test_the_bomb_is_small_and_would_be_large() -> None:
    assert len(bomb()) < 30_000


def test_a_size_that_is_not_true_gives_no_more_than_it_says() -> None:
    """The directory names 1,000 bytes where 10 MB are packed, with the right sum of the first 1,000."""
    content = bytearray(zipped({"xl/workbook.xml": b"<a/>" + b" " * 10_000_000}))
    sum_ = zlib.crc32(b"<a/>" + b" " * 996).to_bytes(4, "little")
    for mark, offset in ((b"PK\x01\x02", 16), (b"PK\x03\x04", 14)):
        at = content.index(mark) + offset
        content[at : at + 4] = sum_
        content[at + 8 : at + 12] = (1_000).to_bytes(4, "little")
    tracemalloc.start()
    made = repacked(bytes(content))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with zipfile.ZipFile(made) as file:
        assert [part.file_size for part in file.infolist()] == [1_000]
    assert most < 1_000_000


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("damage", [b"", b"<a>", b"\x00\x01", b"<sheetData><row r='x'>"])
def test_damaged_parts_are_refused_or_say_nothing(name: str, damage: bytes) -> None:
    parts = parts_of(saved(fresh()))
    assert name in parts
    read = read_blank(zipped(parts | {name: damage}), versions()[CHECKLIST], GROUP, DAY)
    assert read.answers == {}


def test_a_sheet_that_claims_to_be_endless_is_not() -> None:
    parts = parts_of(saved(fresh()))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'ref="A1:', b'ref="A1:XFD1048576" x="')
    read = read_blank(zipped(parts | {"xl/worksheets/sheet1.xml": sheet}), versions()[CHECKLIST], GROUP, DAY)
    assert {bad.problem for bad in read.bad} <= {"not_xlsx"}


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(content: bytes) -> None:
    for given_bytes in (content, b"PK\x03\x04" + content):
        assert len(read_blank(given_bytes, versions()[CHECKLIST], GROUP, DAY).bad) == 1


@given(st.integers(0, 12_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=150)
def test_a_blank_with_damaged_bytes_is_answered(place: int, damage: bytes) -> None:
    content = bytearray(_BLANK)
    at = place % len(content)
    content[at : at + len(damage)] = damage
    read = read_blank(bytes(content), versions()[CHECKLIST], GROUP, DAY)
    assert read.answers == {} or not read.bad


_BLANK = blank(versions()[CHECKLIST], GROUP, WARD).content


@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.integers(1, 12), st.text(max_size=20) | st.integers() | st.floats()),
        max_size=8,
    )
)
@settings(max_examples=30)
def test_anything_in_any_cell_is_answered(written: list[tuple[int, int, str | float]]) -> None:
    made = book(_BLANK)
    for row, column, value in written:
        cell = made[ANSWERS_SHEET].cell(row, column)
        # The other cells of joined ones hold nothing.
        if isinstance(cell, Cell):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    read = back(made)
    assert all(bad.problem for bad in read.bad)
    assert all(path in by_path(CHECKLIST, GROUP) or "#" in path for path in read.answers)
