"""What all tests share: the questions that are kept aside, and no clock on generated examples."""

import pytest
from hypothesis import settings

# The machine is shared: how long an example takes says nothing about what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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
