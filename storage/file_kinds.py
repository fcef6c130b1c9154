"""Which files are taken, by what is in them; names and what a platform says about them count for nothing."""

import io
import zipfile
from pathlib import PurePath

from storage.pictures import BrokenPicture, clean_jpeg, clean_png

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument"
XLSX, DOCX = f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.wordprocessingml.document"

# Endings that a name may keep; the first is given where it has another.
ENDINGS = {
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    PDF: (".pdf",),
    XLSX: (".xlsx",),
    DOCX: (".docx",),
}
# Of an office file: parts, and bytes when it is unfolded. A form of the ward has 30 and a million.
_MOST_PARTS, _MOST_UNFOLDED = 5_000, 200_000_000


class UnfitFile(ValueError):
    """Not one of the kinds that are taken, or broken."""


def cleaned(content: bytes) -> tuple[str, bytes]:
    """Media type of a file, and the file as it is kept: pictures without metadata. Raises `UnfitFile`."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return JPEG, clean_jpeg(content)
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return PNG, clean_png(content)
    except BrokenPicture as error:
        raise UnfitFile(str(error)) from None
    if content.startswith(b"%PDF-"):
        return PDF, content
    if content.startswith(b"PK\x03\x04"):
        return _office(content), content
    raise UnfitFile("no kind that is taken")


def named(name: str, media_type: str) -> str:
    """A name whose ending says what the file is."""
    endings = ENDINGS[media_type]
    path = PurePath(name)
    return name if path.suffix.lower() in endings else path.stem + endings[0]


def _office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except Exception as error:
        # The library raises whatever an odd archive leads to.
        raise UnfitFile(type(error).__name__) from None
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNFOLDED:
        raise UnfitFile("unfolds into too much")
    names = {part.filename for part in parts}
    if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
        raise UnfitFile("has macros in it")
    if "xl/workbook.xml" in names:
        return XLSX
    if "word/document.xml" in names:
        return DOCX
    raise UnfitFile("another archive")
