"""What all tests share: asyncio, both engines, people to write to, the questions that are kept aside, no hurry."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from conversation import Pace
from storage import open_store
from storage.store import Store
from tests import postgres_server
from tests.crowd import NOON, Crowd
from tests.databases import ENGINES, Desk, Hands, database_url
from tests.pretend import Pretend
from tests.ward import found_ward

_MEMORY = Path("/dev/shm")
# What a whole run keeps there at a time, many times over.
_ROOM = 2_000_000_000

# The machine is shared: how long an example takes says nothing about what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    """What runs the tests that wait."""
    return "asyncio"


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database, once with each engine."""
    return database_url(request.param, tmp_path)


@pytest.fixture
def hands() -> Hands:
    """A clock at noon, when nobody's sleep is disturbed."""
    hands = Hands()
    hands.now = NOON
    return hands


@pytest.fixture
async def store(url: str, hands: Hands) -> AsyncIterator[Store]:
    """A database that is open, of a worker that lives."""
    store = open_store(url, hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


@pytest.fixture
async def desk(store: Store) -> Desk:
    """Two places where people are reached: one that is sent to and can edit, and pages."""
    return Desk(store, Pretend(pace=Pace(100, 1), edits=True, part=200), Pretend("web", pulls=True))


@pytest.fixture
async def crowd(desk: Desk) -> Crowd:
    """A ward with its units and nobody in it yet."""
    crowd = Crowd(desk.store, desk.channels)
    await crowd.registry(found_ward)
    return crowd


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--held", action="store_true", help="also score the questions that are kept aside")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "held: scores the questions that are kept aside; runs with --held only")
    if not _is_worker(config):
        # Of the processes that are started, too.
        os.environ["TMPDIR"] = tempfile.tempdir = str(_fast_room())
        postgres_server.share()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config):
        postgres_server.end_shared()


def _fast_room() -> Path:
    """Where databases are made and thrown away by the thousand: in memory where there is enough of it."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    return Path(tempfile.gettempdir())


def _is_worker(config: pytest.Config) -> bool:
    """Whether this is one of the processes that share out the tests (pytest-xdist)."""
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("held"):
        return
    held = [item for item in items if item.get_closest_marker("held")]
    if held:
        config.hook.pytest_deselected(items=held)
        items[:] = [item for item in items if item not in held]
