"""What is kept of a file that somebody sent: a kind that is taken, a picture without its place, bit by bit the same."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, UnidentifiedImageError

from storage.file_kinds import DOCX, JPEG, PDF, PNG, XLSX, UnfitFile, cleaned, named
from storage.pictures import BrokenPicture, clean_jpeg, clean_png
from tests import pictures
from tests.pictures import chunk, docx, jpeg, png, xlsx

# Everything that a telephone writes into a JPEG beside the picture.
SEGMENTS = {
    "xmp": b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><exif:GPSLatitude>16,3.12N</exif:GPSLatitude></x:xmpmeta>",
    "iptc": b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x5aDa Nang",
    "mpf": b"MPF\0MM\0\x2a secret",
    "own": b"secret of the maker",
}


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def pixels(content: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.mode, picture.size, picture.tobytes()


def place_of(content: bytes) -> object:
    with Image.open(io.BytesIO(content)) as picture:
        return dict(picture.getexif().get_ifd(0x8825))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_loses_its_place_and_stays_the_picture_it_is(orientation: int, progressive: bool) -> None:
    taken = jpeg(orientation=orientation, progressive=progressive)
    assert place_of(taken)
    media_type, kept = cleaned(taken)
    assert (media_type, pixels(kept), place_of(kept)) == (JPEG, pixels(taken), {})
    with Image.open(io.BytesIO(kept)) as picture:
        # How it is turned is all that is left.
        assert dict(picture.getexif()) == ({0x0112: orientation} if orientation > 1 else {})
    assert b"Co Bay" not in kept
    assert b"chup tai nha" not in kept
    assert cleaned(kept) == (JPEG, kept)


@pytest.mark.parametrize(
    ("name", "marker"), [("xmp", 0xE1), ("iptc", 0xED), ("mpf", 0xE2), ("own", 0xEF), ("own", 0xFE)]
)
def test_no_other_metadata_stays_in_a_jpeg(name: str, marker: int) -> None:
    taken = jpeg()
    told = taken[:2] + segment(marker, SEGMENTS[name]) + taken[2:]
    kept = clean_jpeg(told)
    assert kept == clean_jpeg(taken)
    assert SEGMENTS[name] not in kept


def test_what_follows_a_jpeg_is_left_out() -> None:
    """A preview with a place of its own, or a film of the moment."""
    taken = jpeg()
    assert clean_jpeg(taken + jpeg()) == clean_jpeg(taken)
    assert clean_jpeg(taken + b"ftypmp42 secret") == clean_jpeg(taken)


def test_colours_stay() -> None:
    picture, kept = Image.new("CMYK", (8, 8), (10, 80, 30, 5)), io.BytesIO()
    picture.save(kept, "JPEG", icc_profile=b"a profile of the colours")
    content = clean_jpeg(kept.getvalue())
    assert pixels(content) == pixels(kept.getvalue())
    with Image.open(io.BytesIO(content)) as again:
        assert again.info["icc_profile"] == b"a profile of the colours"
        assert "adobe" in again.info


def test_a_jpeg_that_was_cut_off_is_closed() -> None:
    taken = jpeg(64, 64)
    assert clean_jpeg(taken[:-40]).endswith(b"\xff\xd9")


@pytest.mark.parametrize("end", [2, 4, 30])
def test_a_jpeg_without_a_picture_is_none(end: int) -> None:
    with pytest.raises(BrokenPicture):
        clean_jpeg(jpeg()[:end])


def test_a_png_keeps_nothing_but_its_picture() -> None:
    secrets = [
        (b"eXIf", b"MM\0\x2a secret place"),
        (b"tEXt", b"Comment\0secret"),
        (b"zTXt", b"Comment\0\0secret"),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0secret"),
        (b"tIME", b"\x07\xea\x0b\x15\x08\0\0"),
        (b"prVt", b"secret"),
    ]
    taken = png(30, 20, (b"pHYs", b"\0\0\x0b\x13\0\0\x0b\x13\1"), *secrets) + chunk(b"tEXt", b"after the end\0secret")
    kept = clean_png(taken)
    assert kept == png(30, 20, (b"pHYs", b"\0\0\x0b\x13\0\0\x0b\x13\1"))
    assert pixels(kept) == pixels(taken)


def test_a_png_that_moves_still_moves() -> None:
    frames, kept = [Image.new("L", (8, 8), shade) for shade in (0, 90, 200)], io.BytesIO()
    frames[0].save(kept, "PNG", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(clean_png(kept.getvalue()))) as picture:
        assert getattr(picture, "n_frames", 1) == 3


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (0, 5), (2**31, 2**31)])
def test_pictures_that_unfold_into_too_much_are_refused(width: int, height: int) -> None:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    with pytest.raises(UnfitFile):
        cleaned(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b""))
    taken = jpeg()
    place = taken.index(b"\xff\xc0") + 5
    with pytest.raises(UnfitFile):
        cleaned(taken[:place] + struct.pack(">HH", min(height, 65_535), min(width, 65_535)) + taken[place + 4 :])


# Other kinds.


def archive(*names: str, size: int = 1) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            target.writestr(name, b"\0" * size)
    return kept.getvalue()


@pytest.mark.parametrize(("content", "media_type"), [(pictures.PDF, PDF), (xlsx(), XLSX), (docx(), DOCX)])
def test_papers_stay_as_they_are(content: bytes, media_type: str) -> None:
    assert cleaned(content) == (media_type, content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0",
        b"\x7fELF",
        b"<html>",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x18ftypheic",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"x" * 500,
        archive("a.txt"),
        archive("xl/workbook.xml", "xl/vbaProject.bin"),
        archive("word/document.xml", "word/VBAPROJECT.BIN"),
    ],
    ids=lambda content: content[:8].hex(),
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(UnfitFile):
        cleaned(content)


# Made when they are asked for: every process of a test run reads this file.
@pytest.mark.parametrize(
    ("names", "size"), [(["xl/workbook.xml"], 200_000_001), (["word/document.xml", *map(str, range(5_000))], 1)]
)
def test_what_unfolds_into_too_much_is_refused(names: list[str], size: int) -> None:
    content = archive(*names, size=size)
    with pytest.raises(UnfitFile):
        cleaned(content)


def test_a_name_says_what_the_file_is() -> None:
    assert named("họp tổ.JPEG", JPEG) == "họp tổ.JPEG"
    assert named("họp tổ.png", JPEG) == "họp tổ.jpg"
    assert named("danh sách", XLSX) == "danh sách.xlsx"
    assert named("virus.exe", PDF) == "virus.pdf"


# Any bytes.

HEADS = (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"PK\x03\x04")


@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_any_bytes_are_taken_or_refused(head: bytes, rest: bytes) -> None:
    try:
        media_type, kept = cleaned(head + rest)
    except UnfitFile:
        return
    assert media_type in (JPEG, PNG, PDF, XLSX, DOCX)
    assert cleaned(kept) == (media_type, kept)


def damaged(make: Callable[[], bytes]) -> st.SearchStrategy[bytes]:
    """A good file with some bytes changed, taken out or put in."""
    content = make()
    changes = st.lists(
        st.tuples(st.integers(0, len(content)), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4
    )

    def change(places: list[tuple[int, int, bytes]]) -> bytes:
        made = content
        for place, gone, put in places:
            made = made[:place] + put + made[place + gone :]
        return made

    return changes.map(change)


@given(damaged(jpeg) | damaged(lambda: jpeg(progressive=True)) | damaged(png) | damaged(xlsx) | damaged(docx))
def test_a_damaged_file_is_taken_or_refused_and_no_more_is_lost(content: bytes) -> None:
    try:
        _, kept = cleaned(content)
    except UnfitFile:
        return
    if content.startswith((b"\xff\xd8", b"\x89P")):
        before = seen(content)
        assert before is None or before == seen(kept)


def seen(content: bytes) -> object:
    """The picture, or None where nobody could see it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pixels(content)
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, struct.error, Image.DecompressionBombError):
        return None


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from(["L", "RGB", "RGBA", "P", "1"]),
    st.integers(1, 8),
    st.binary(max_size=200),
)
def test_any_picture_looks_the_same(width: int, height: int, mode: str, orientation: int, noise: bytes) -> None:
    base = Image.frombytes("L", (width, height), (noise or b"\x7f").ljust(width * height, b"\x2a")[: width * height])
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update(pictures.PLACE)
    for kind in ("PNG",) if mode in ("RGBA", "P", "1") else ("PNG", "JPEG"):
        taken = io.BytesIO()
        base.convert(mode).save(taken, kind, exif=exif)
        _, kept = cleaned(taken.getvalue())
        assert pixels(kept) == pixels(taken.getvalue())
        assert place_of(kept) == {}
