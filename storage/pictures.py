"""Pictures without what telephones write into them: place, maker, time. The picture itself stays bit by bit.

JPEG: ITU-T T.81, annex B, and CIPA DC-008 (Exif); PNG: https://www.w3.org/TR/png-3/.
"""

import re
import struct
from collections.abc import Iterator

# More pixels than any telephone takes: a small file may unfold into more memory than there is.
MAX_PIXELS = 100_000_000

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_ORIENTATION = 0x0112
# A turned picture stays turned: this is all that is written back.
_EXIF_HEAD = b"\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"

_PNG = b"\x89PNG\r\n\x1a\n"
# What a picture needs to look as it does; texts, times and Exif are not among them.
_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)


class BrokenPicture(ValueError):
    """Not a picture that can be read, or one that is far too large."""


def clean_jpeg(content: bytes) -> bytes:
    """A JPEG without metadata, but for how it is turned. Raises `BrokenPicture`."""
    parts: list[bytes] = []
    turned, seen = 1, False
    for marker, part in _segments(content):
        if marker == _APP1:
            turned = _turned(part[4:]) or turned
        elif marker in _FRAMES:
            _check_size(*struct.unpack(">HH", part[5:9].ljust(4, b"\0")))
        seen = seen or marker == _SOS
        if _is_kept(marker, part):
            parts.append(part)
    if not seen:
        raise BrokenPicture("no picture in it")
    first = 1 if parts[0][1] == _APP0 else 0
    if turned != 1:
        parts.insert(first, _EXIF_HEAD + struct.pack(">HHI", turned, 0, 0))
    return b"".join([b"\xff\xd8", *parts, b"\xff\xd9"])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each part up to the picture's end; a scan comes with its data."""
    if content[:2] != b"\xff\xd8":
        raise BrokenPicture("no JPEG")
    place = 2
    while place < len(content):
        if content[place] != 0xFF:
            raise BrokenPicture("no marker where one belongs")
        while content[place + 1 : place + 2] == b"\xff":
            place += 1
        marker = content[place + 1] if place + 1 < len(content) else _EOI
        if marker == _EOI:
            # What comes after it is another picture or a film, with metadata of its own.
            return
        if marker in _ALONE:
            yield marker, content[place : place + 2]
            place += 2
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        end = place + 2 + length
        if length < 2 or end > len(content) or marker in (0, _SOI):
            raise BrokenPicture("a part has no end")
        if marker == _SOS:
            following = _NEXT_MARKER.search(content, end)
            end = following.start() if following else len(content)
        yield marker, content[place:end]
        place = end


def _is_kept(marker: int, part: bytes) -> bool:
    if marker == _APP2:
        return part[4:16] == b"ICC_PROFILE\0"
    return marker in (_APP0, _APP14) or not (_APP0 <= marker <= 0xEF or marker == _COM)


def _turned(exif: bytes) -> int:
    """How the picture is turned, 2 to 8; 0 where this says nothing about it."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[6:10])
    if not exif.startswith(b"Exif\0\0") or order is None:
        return 0
    tiff = exif[6:]
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(entries, 100)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value) if 1 < value <= 8 else 0
    except struct.error:
        return 0
    return 0


def clean_png(content: bytes) -> bytes:
    """A PNG with nothing but its picture. Raises `BrokenPicture`."""
    if not content.startswith(_PNG):
        raise BrokenPicture("no PNG")
    kept, place, name = [_PNG], len(_PNG), b""
    while name != b"IEND":
        length, name = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(content) or (name == b"IHDR") != (place == len(_PNG)):
            raise BrokenPicture("a part has no end, or is not where it belongs")
        if name == b"IHDR":
            _check_size(*struct.unpack(">II", content[place + 8 : place + 16]))
        if name in _CHUNKS:
            kept.append(content[place:end])
        place = end
    return b"".join(kept)


def _check_size(one: int, other: int) -> None:
    if not 0 < one * other <= MAX_PIXELS:
        raise BrokenPicture("too large or empty")
