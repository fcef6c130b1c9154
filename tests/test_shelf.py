"""The shelf: files for one page and one day."""

import asyncio
import re
import shutil
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.links import Links
from channels.text import MAX_FILE_NAME, file_name
from conversation import (
    Attachment,
    PaperFile,
)
from storage.offers import Offers
from storage.shelf import Shelf, ShelfFull
from tests.pictures import PNG
from tests.test_web_files import FILES
from tests.web_echo import SECRET

pytestmark = pytest.mark.anyio


# The shelf.


async def test_a_shelf_is_for_nobody_else_and_for_a_day(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", seconds=0.2)
    offer = await shelf.put(FILES["chart"])
    assert await shelf.take(offer.key) == FILES["chart"]
    assert await shelf.offered(offer.key) == offer
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "shelf").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "shelf" / offer.key).stat().st_mode) == 0o600
    await asyncio.sleep(0.3)
    await shelf.prune()
    assert await shelf.take(offer.key) is None
    assert list((tmp_path / "shelf").iterdir()) == []


async def test_a_shelf_takes_no_more_than_it_may(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, most=1_000)
    await shelf.put(PaperFile("a", PNG, b"x" * 800))
    with pytest.raises(ShelfFull):
        await shelf.put(PaperFile("b", PNG, b"x" * 800))
    # Also for a process that comes later; what was deleted makes room.
    with pytest.raises(ShelfFull):
        await Shelf(tmp_path, most=1_000).put(PaperFile("b", PNG, b"x" * 800))
    shutil.rmtree(tmp_path, ignore_errors=True)
    await shelf.put(PaperFile("b", PNG, b"x" * 800))


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 33])
async def test_no_other_file_can_be_taken(tmp_path: Path, key: str) -> None:
    assert await Shelf(tmp_path).take(key) is None


async def test_a_file_is_made_once_for_its_place(tmp_path: Path) -> None:
    made = 0

    async def count(attachment: Attachment) -> PaperFile:
        nonlocal made
        made += 1
        return FILES["chart"]

    first = await Offers(Shelf(tmp_path), Shelf(tmp_path / "uploads"), count).offer("web/an/1/0", Attachment("chart"))
    # Another process, or the same one after a restart.
    again = await Offers(Shelf(tmp_path), Shelf(tmp_path / "uploads"), count).offer("web/an/1/0", Attachment("chart"))
    other = await Offers(Shelf(tmp_path), Shelf(tmp_path / "uploads"), count).offer("web/an/2/0", Attachment("chart"))
    assert first == again
    assert first is not None
    assert other is not None
    assert (first.key != other.key, made) == (True, 2)


@given(st.text())
def test_any_text_opens_nothing(token: str) -> None:
    assert Links(SECRET).key(token, "chat") is None


@given(st.text())
def test_any_name_is_one_that_every_system_takes(name: str) -> None:
    made = file_name(name)
    assert 0 < len(made) <= MAX_FILE_NAME + 1
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\ud800-\udfff]', made)
    assert made.strip(" ") == made
    assert made not in (".", "..")


def test_the_ending_of_a_name_stays() -> None:
    assert file_name("../../Biên bản/họp.docx") == "_.._Biên bản_họp.docx"
    assert file_name("a" * 500 + ".xlsx") == "a" * (MAX_FILE_NAME - 5) + ".xlsx"
    assert file_name("") == "tep"
