"""What all tests share: asyncio, both engines, the questions that are kept aside, no clock on generated examples."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import ENGINES, database_url

# The machine is shared: how long an example takes says nothing about what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    """What runs the tests that wait."""
    return "asyncio"


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once with each engine."""
    return database_url(request.param, tmp_path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--held", action="store_true", help="also score the questions that are kept aside")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "held: scores the questions that are kept aside; runs with --held only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("held"):
        return
    held = [item for item in items if item.get_closest_marker("held")]
    if held:
        config.hook.pytest_deselected(items=held)
        items[:] = [item for item in items if item not in held]
