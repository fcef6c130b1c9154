"""The folder that files are kept in: nothing beside it is opened."""

from pathlib import Path

import pytest

from storage.depot import Depot, new_id
from storage.files import plain_name
from tests.pictures import PDF

pytestmark = pytest.mark.anyio


# The depot.


@pytest.mark.parametrize("id", ["", "../../etc/passwd", "A" * 32, "0" * 31])
async def test_the_depot_opens_nothing_else(tmp_path: Path, id: str) -> None:
    depot = Depot(tmp_path)
    with pytest.raises(ValueError, match="not the id"):
        await depot.read(id)
    with pytest.raises(ValueError, match="not the id"):
        await depot.save(id, PDF)


async def test_deleting_twice_is_no_error(tmp_path: Path) -> None:
    depot, id = Depot(tmp_path), new_id()
    await depot.save(id, PDF)
    await depot.save(id, PDF + PDF)
    assert await depot.read(id) == PDF + PDF
    for _ in range(2):
        await depot.delete(id)
    with pytest.raises(FileNotFoundError):
        await depot.read(id)


def test_names_for_papers_are_ascii() -> None:
    assert plain_name("Biên bản Đường phố.pdf") == "Bien ban Duong pho.pdf"
    assert plain_name("会议.pdf") == "__.pdf"
