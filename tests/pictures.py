"""Small files of the kinds that people send, made byte by byte or by the libraries that write them."""

import struct
import zlib
from io import BytesIO

from docx import Document
from openpyxl import Workbook
from PIL import Image

PNG = "image/png"
JPEG = "image/jpeg"
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
# Degrees, minutes, seconds of a place, as a telephone writes them into a picture.
PLACE = {1: "N", 2: (16.0, 3.0, 7.5), 3: "E", 4: (108.0, 12.0, 33.25)}


def png(width: int = 3, height: int = 2, *chunks: tuple[bytes, bytes]) -> bytes:
    """A black picture, with more chunks behind the first."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * width) * height)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, content) for name, content in parts)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def jpeg(width: int = 16, height: int = 8, *, orientation: int = 1, progressive: bool = False) -> bytes:
    """A picture as a telephone takes it: with a place, a maker and an orientation in it."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "May Cua Co Bay"
    exif.get_ifd(0x8825).update(PLACE)
    kept = BytesIO()
    picture.save(kept, "JPEG", exif=exif, comment=b"chup tai nha", progressive=progressive)
    return kept.getvalue()


def xlsx(text: str = "Đạt") -> bytes:
    """A workbook with one filled cell."""
    book, kept = Workbook(), BytesIO()
    assert book.active is not None
    book.active["A1"] = text
    book.save(kept)
    return kept.getvalue()


def docx(text: str = "Biên bản") -> bytes:
    """A document with one paragraph."""
    document, kept = Document(), BytesIO()
    document.add_paragraph(text)
    document.save(kept)
    return kept.getvalue()
