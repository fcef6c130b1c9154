"""A workbook that somebody sent is unpacked here, within limits, before anything in it is believed.

A ZIP file names the sizes of its parts, and may lie. So the sizes that it names must be small, no more than they
say is unpacked, and what comes out is packed anew: nobody else opens the file that was sent.
"""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from knowledge.bad_cells import CellProblem

MOST_BYTES = 3_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 200
_ENCRYPTED = 0x1
# OLE compound files: workbooks of before 2007, and workbooks with a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Entities could make little text much, or name other files.
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")
# What a broken file makes of the module is not said anywhere: all of it means that it is broken.
_BROKEN = (
    *(BadZipFile, zlib.error, struct.error, ValueError, OSError, EOFError),
    *(NotImplementedError, RuntimeError, OverflowError, MemoryError),
)


class Unopened(Exception):
    """The file is not opened; `problem` says why."""

    def __init__(self, problem: CellProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def repacked(content: bytes) -> BytesIO:
    """The same parts in a file that is what it says. Raises `Unopened`."""
    if len(content) > MOST_BYTES:
        raise Unopened("too_large")
    if content.startswith(_OLE):
        raise Unopened("old_or_locked")
    try:
        with ZipFile(BytesIO(content)) as sent:
            return _repacked(sent)
    except _BROKEN as error:
        raise Unopened("not_xlsx") from error


def _repacked(sent: ZipFile) -> BytesIO:
    listed = sent.infolist()
    _look(listed)
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as file:
        for part in listed:
            with sent.open(part) as packed:
                # With a size, no more is unpacked; without one, as much as there is.
                text = packed.read(part.file_size)
            if _declares(text):
                raise Unopened("not_xlsx")
            file.writestr(part.filename, text)
    return made


def _look(listed: list[ZipInfo]) -> None:
    """What the directory alone tells. Raises `Unopened`."""
    names = {part.filename for part in listed}
    if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
        raise Unopened("too_much")
    if "xl/workbook.xml" not in names or len(names) < len(listed):
        raise Unopened("not_xlsx")
    if any(part.flag_bits & _ENCRYPTED for part in listed):
        raise Unopened("old_or_locked")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unopened("macros")
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in listed):
        raise Unopened("not_xlsx")


def _declares(text: bytes) -> bool:
    """Whether a part has declarations of its own, or hides them in UTF-16, which programs do not write."""
    return any(word in text for word in _DECLARED) or text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<\x00" in text[:64]
