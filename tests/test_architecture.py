"""The shape of the project: who may import whom, how files are named, how long they are."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Proofs and measurements may use everything.
FREE = ("tests", "bench")
# What puts everything together.
WHOLE = ("bot",)
# Folders that are made, not written.
MADE = ("data", "shots", "build", "dist", "node_modules")

# What writes and draws files: documents, calendars, workbooks, charts, codes.
PAPER_LIBRARIES = {"docx", "icalendar", "openpyxl", "matplotlib", "segno"}

# What each place may import besides the standard library, MarkupSafe and itself.
MAY_IMPORT: dict[str, set[str]] = {
    "conversation": set(),
    "knowledge": {"numpy", "rapidfuzz", "tomli"},
    "storage": {"conversation", "sqlite_utils", "psycopg"},
    "handlers": {
        "conversation",
        "knowledge",
        "storage.records",
        "storage.registry",
        "storage.announcements",
        "storage.reminders",
        "babel",
    },
    "papers": {
        "conversation",
        "knowledge",
        "storage.records",
        "storage.registry",
        "storage.announcements",
        "storage.reminders",
        *PAPER_LIBRARIES,
    },
    "channels": {"conversation", "aiohttp", "telegram", "starlette", "uvicorn", "click"},
    "engine": {"conversation", "handlers", "storage"},
    "settings": set(),
}
# Where a place is split between platforms, one file knows its platform and no other.
PLATFORMS = {
    "telegram": {"telegram"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "sqlite_utils": {"sqlite"},
    "psycopg": {"postgres"},
    "click": {"command"},
}
LONGEST = 300
VAGUE = {"util", "utils", "common", "manager", "base", "service"}
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


@cache
def files() -> tuple[Path, ...]:
    """Every Python file of ours, relative to the root."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    return tuple(sorted(p for p in found if not p.parts[0].startswith(".") and p.parts[0] not in MADE))


def code() -> list[Path]:
    """The files that run in the product."""
    return [path for path in files() if path.parts[0] not in FREE]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a file's tree, for those who look for something in it."""
    return tuple(ast.walk(tree(path)))


def place(path: Path) -> str:
    """The part of the project that a file belongs to: its folder, or its own name."""
    return path.parts[0] if len(path.parts) > 1 else path.stem


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that a file imports, also inside functions."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: write the whole name of the module"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def allowed(name: str, here: str) -> bool:
    top = name.split(".")[0]
    if top in sys.stdlib_module_names or top in ("markupsafe", here):
        return True
    return any(name == other or name.startswith(f"{other}.") for other in MAY_IMPORT[here])


by_file = pytest.mark.parametrize("path", code(), ids=str)


@by_file
def test_imports_follow_the_table(path: Path) -> None:
    if place(path) in WHOLE:
        return
    assert place(path) in MAY_IMPORT, f"{path}: a place that the design does not have"
    for line, name in imports(path):
        assert allowed(name, place(path)), f"{path}:{line}: {place(path)} must not import {name}"


@by_file
def test_a_platform_stays_in_its_file(path: Path) -> None:
    if place(path) in WHOLE:
        return
    for line, name in imports(path):
        owners = PLATFORMS.get(name.split(".")[0])
        first = path.stem.split("_")[0]
        assert owners is None or first in owners, f"{path}:{line}: {name} belongs to {owners}"


@by_file
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    if path.name == "settings.py":
        return
    for node in nodes(path):
        named = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        assert named not in ("environ", "environb", "getenv"), f"{path}: read it in settings.py"


@pytest.mark.parametrize("path", [p for p in code() if place(p) in ("handlers", "knowledge", "conversation")], ids=str)
def test_what_decides_is_pure(path: Path) -> None:
    """No waiting, no clock, no network: today is an argument, effects go through the records."""
    for line, name in imports(path):
        top = name.split(".")[0]
        assert top not in ("time", "asyncio", "socket", "sqlite3", "random"), f"{path}:{line}"
    for node in nodes(path):
        if isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
            assert (owner, node.attr) not in CLOCK, f"{path}:{node.lineno}: today is an argument"
        if place(path) != "conversation":
            waits = isinstance(node, ast.Await | ast.AsyncFunctionDef)
            assert not waits, f"{path}: nothing waits here"


@pytest.mark.parametrize("path", files(), ids=str)
def test_files_are_short(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{path}: {lines} lines; split it by what its parts are about"


def test_folders_are_flat() -> None:
    for path in files():
        assert len(path.parts) <= 2, f"{path}: code stands at most one folder deep"


@pytest.mark.parametrize("path", files(), ids=str)
def test_names_say_something(path: Path) -> None:
    words = set(re.split(r"[_\W]+", "_".join([*path.parts[:-1], path.stem]).lower()))
    assert not words & VAGUE, f"{path}: name it after what it does"
    for node in nodes(path):
        if isinstance(node, ast.ClassDef):
            parts = {part.lower() for part in re.findall(r"[A-Z][a-z]*|[a-z]+", node.name)}
            assert not parts & VAGUE, f"{path}:{node.lineno}: class {node.name}"


def test_nothing_lies_at_the_top_that_is_not_in_the_design() -> None:
    top = {path.stem for path in files() if len(path.parts) == 1}
    folders = {path.parts[0] for path in files() if len(path.parts) > 1}
    assert top <= {*WHOLE, "conversation", "engine", "settings"}
    assert folders <= {"channels", "handlers", "knowledge", "papers", "storage", *FREE}
