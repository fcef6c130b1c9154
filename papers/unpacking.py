"""A workbook that somebody sent is looked at from outside before anything in it is believed.

A ZIP file names the sizes of its parts in its directory, and Python's `zipfile` unpacks no more of a part than the
directory names. So a directory that adds up to little cannot become much.
"""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from knowledge.bad_cells import CellProblem

MOST_BYTES = 3_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 200
_ENCRYPTED = 0x1
# OLE compound files: workbooks of before 2007, and workbooks with a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Entities could make little text much, or name other files.
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")


def refused(content: bytes) -> CellProblem | None:
    """Why a file is not opened; None where it may be."""
    if len(content) > MOST_BYTES:
        return "too_large"
    if content.startswith(_OLE):
        return "old_or_locked"
    try:
        with ZipFile(BytesIO(content)) as parts:
            return _refused(parts)
    # What a broken file makes of the module is not said anywhere: all of it means that it is broken.
    except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, OverflowError):
        return "not_xlsx"


def _refused(parts: ZipFile) -> CellProblem | None:
    listed = parts.infolist()
    names = {part.filename for part in listed}
    if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
        return "too_much"
    if "xl/workbook.xml" not in names or len(names) < len(listed):
        return "not_xlsx"
    if any(part.flag_bits & _ENCRYPTED for part in listed):
        return "old_or_locked"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "macros"
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in listed):
        return "not_xlsx"
    return "not_xlsx" if any(_declares(parts.read(part)) for part in listed) else None


def _declares(text: bytes) -> bool:
    """Whether a part has declarations of its own, or hides them in UTF-16, which programs do not write."""
    return any(word in text for word in _DECLARED) or text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<\x00" in text[:64]
