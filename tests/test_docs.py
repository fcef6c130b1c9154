"""The README, the guides and the changelog say what is there: commands, settings, files, the example."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest

from channels.command_line import main
from knowledge.checking import check_library
from knowledge.lexicon import load_lexicon
from knowledge.loading import load_library
from knowledge.proofreading import check_forms
from knowledge.understanding import Knowledge
from settings import described
from tests.test_architecture import MAY_IMPORT, WHOLE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GUIDE = ROOT / "docs" / "them-van-ban.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = ROOT / "docs" / "pictures"
# A README that is slow to load is not read.
MOST_BYTES = 150_000
# Made when the bot runs, or in examples that tell people to make it.
MADE = ("data/", "locales/<code>.po", "knowledge/sources/vi-du.txt", "knowledge/documents/vi-du.toml")
SUFFIXES = (".py", ".toml", ".md", ".txt", ".po", ".svg", ".png")
# Names of what comes with somebody's machine rather than with the project.
LOCAL = re.compile(r"(?<![\w.:/])/(?:work|tmp|home|root|mnt|Users)/|\b(?:TODO|FIXME|XXX|AI|LLM|GPT)\b")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """The text below a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables of a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for place, row in enumerate(cells) if place > 1 and not set("".join(row)) <= set("-")]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# Commands and settings.


@each_page
def test_commands_that_are_named_exist(page: Path) -> None:
    named = set(re.findall(r"bot\.py ([a-z]+)\b", read(page))) | set(re.findall(r"`make ([a-z]+)`", read(page)))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= set(main.commands) | targets


def test_every_command_and_option_is_in_the_readme() -> None:
    table = section(README, "Commands")
    for name, command in every_command(main):
        assert f"`bot.py {name}" in table
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert option.upper() in table.upper(), f"bot.py {name} {option}"


def every_command(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Commands by their whole name: "units import"."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_the_table_of_settings_is_that_of_the_code() -> None:
    wanted = [[f"`{name}`", default, meaning] for name, default, meaning in described()]
    assert rows(section(README, "Settings")) == wanted


@each_page
def test_settings_that_are_named_exist(page: Path) -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)\b", read(page)))
    assert named <= {name for name, _, _ in described()}


def test_what_people_can_type_is_what_the_bot_listens_for() -> None:
    table = rows(section(README, "What people can type"))
    listed = re.findall(r"# .*?/([a-z0-9]+)", (ROOT / "handlers" / "__init__.py").read_text(encoding="utf-8"))
    assert {row[0].strip("`/") for row in table} == set(listed)


def test_the_import_table_is_the_one_that_is_held() -> None:
    said = {row[0].strip("`/").removesuffix(".py"): row[2] for row in rows(section(CONTRIBUTING, "Shape"))}
    assert {said.pop(place) for place in WHOLE} == {"everything"}
    here = {place: names for place, names in MAY_IMPORT.items() if list(ROOT.glob(f"{place}*"))}
    assert {place: set(re.findall(r"`([\w.]+)`", cell)) for place, cell in said.items()} == here


# Files.


def named_files(page: Path) -> Iterator[Path]:
    """Every file and folder that a page links to, shows, or names by its path."""
    text = re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'src="([^"]+)"', text):
        if "://" not in target:
            yield page.parent / target
    for name in re.findall(r"`([a-z._][\w.<>*/-]*)`", text):
        path = "/" in name.strip("/") or name.endswith("/") or name.endswith(SUFFIXES)
        if path and name not in SUFFIXES and not name.startswith(MADE):
            yield ROOT / name


@each_page
def test_files_that_are_named_exist(page: Path) -> None:
    for path in named_files(page):
        there = list(path.parent.glob(path.name)) if "*" in path.name else path.exists()
        assert there, f"{page.name} names {path.relative_to(ROOT)}"


def test_pictures_are_small_and_all_shown() -> None:
    shown = {path.resolve() for page in PAGES for path in named_files(page) if path.suffix == ".png"}
    there = set(PICTURES.glob("*.png"))
    assert shown == there
    for path in there:
        assert path.stat().st_size <= MOST_BYTES, f"{path.name}: take it smaller"


def test_every_guide_can_be_found_from_the_readme() -> None:
    found, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page not in found:
            found.add(page)
            todo += [path.resolve() for path in named_files(page) if path.suffix == ".md"]
    assert found >= set(PAGES)


# The example of a document.


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A folder with the two files of the guide's example, under the names that the guide gives them."""
    named = re.findall(r"`knowledge/\w+/(vi-du\.\w+)`", read(GUIDE))
    assert named == ["vi-du.txt", "vi-du.toml"]
    (source,), (data,) = blocks(read(GUIDE), "text"), blocks(read(GUIDE), "toml")
    for name, text in zip(named, (source, data), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_has_no_problem(example: Path) -> None:
    library, problems = load_library((example,))
    assert [*problems, *check_library(library, load_lexicon(), example), *check_forms(library, example)] == []
    (document,) = library.documents.values()
    assert document.corrections
    kinds = {entry.kind for entry in document.entries}
    assert kinds >= {"definition", "quota", "deadline", "duty", "gap"}
    assert any(entry.notes for entry in document.entries)
    assert any(entry.asked for entry in document.entries)


def test_the_example_answers_what_the_guide_asks(example: Path) -> None:
    knowledge, _ = Knowledge.load((example,))
    (asked,) = re.findall(r'bot\.py ask "([^"]+)"', read(GUIDE))
    finding = knowledge.find(asked, date(2026, 3, 10))
    assert finding.entry is not None
    assert finding.entry.id == "vi-du-han"


def test_the_guide_explains_every_name_of_its_example(example: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", read(GUIDE), flags=re.MULTILINE | re.DOTALL)
    with (example / "vi-du.toml").open("rb") as file:
        table = tomllib.load(file)
    names = {*table, *(name for entry in (*table["entries"], *table["forms"]) for name in entry)} - {"entries"}
    names |= {name for form in table["forms"] for field in form["fields"] for name in field}
    unexplained = [name for name in names if not re.search(rf"[`\[.]{name}[`\]]", text)]
    assert not unexplained


# Words.


@each_page
def test_pages_are_clean_text(page: Path) -> None:
    text = read(page)
    assert unicodedata.is_normalized("NFC", text)
    assert not LOCAL.findall(text)
    assert not EMOJI.findall(text)
    assert "!" not in re.sub(r"!\[|<!--", "", text), "nobody is shouted at"


def test_the_changelog_has_this_version() -> None:
    version = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["version"]
    assert re.findall(r"^## \[([^\]]+)\]", read(ROOT / "CHANGELOG.md"), re.MULTILINE)[0] == version
