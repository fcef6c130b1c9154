"""Papers as LibreOffice prints them, and a blank that it has saved again."""

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from papers.blank_reading import read_blank
from papers.documents import document
from papers.workbooks import workbook
from tests.filled_forms import DAY, opened, paper, paragraphs, unit_for, versions
from tests.test_blanks import fill_in, fresh, saved

PROGRAMS = ("soffice", "pdfinfo", "pdftotext", "pdffonts")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
FORMS = sorted(versions())
# Width and height of A4 in points.
PORTRAIT, LANDSCAPE = (595, 842), (842, 595)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(MISSING) and os.environ.get("CI") != "true",
        reason=f"{', '.join(MISSING)} missing: install LibreOffice, Poppler and Liberation fonts (apt-get install "
        "libreoffice-writer libreoffice-calc poppler-utils fonts-liberation2)",
    ),
]


def converted(folder: Path, kind: str, *files: Path) -> None:
    """Have LibreOffice convert files, with settings of its own so that an open one is no matter."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder / kind), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)


def told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The PDF of the document and of the workbook of every form, by "form.docx" and "form.xlsx"."""
    folder = tmp_path_factory.mktemp("printed")
    files = []
    for id in FORMS:
        for made in (document(paper(id)), workbook(paper(id))):
            kind = made.name.rpartition(".")[2]
            file = folder / f"{id}-{kind}.{kind}"
            file.write_bytes(made.content)
            files.append(file)
    converted(folder, "pdf", *files)
    return {file.stem: folder / "pdf" / f"{file.stem}.pdf" for file in files}


def sizes(pdf: Path) -> list[tuple[int, int]]:
    """Width and height of each page in points."""
    found = re.findall(
        r"^Page +\d+ size: +([\d.]+) x ([\d.]+) pts", told("pdfinfo", "-l", "99", str(pdf)), re.MULTILINE
    )
    return [(round(float(width)), round(float(height))) for width, height in found]


@pytest.mark.parametrize("id", FORMS)
def test_every_page_is_a4_the_way_the_layout_says(printed: Mapping[str, Path], id: str) -> None:
    layout = versions()[id].form.layout
    pages = sizes(printed[f"{id}-docx"])
    main = LANDSCAPE if layout.landscape else PORTRAIT
    assert pages[0] == (PORTRAIT if layout.covering else main)
    assert pages[-1] == (PORTRAIT if layout.kind == "checklist" else main)
    # Three rows or one submission of plausible length; the checklist has its notes besides.
    most = {"checklist": 8, "minutes": 3, "list": 4, "report": 3, "table": 2}[layout.kind]
    assert 1 <= len(pages) <= most
    assert sizes(printed[f"{id}-xlsx"])[0] == pages[0]


@pytest.mark.parametrize("id", FORMS)
def test_every_word_stands_in_the_print_in_one_font(printed: Mapping[str, Path], id: str) -> None:
    words = set(" ".join(paragraphs(opened(document(paper(id)).content))).split())
    assert len(words) > 30
    for kind in ("docx", "xlsx"):
        pdf = str(printed[f"{id}-{kind}"])
        text = unicodedata.normalize("NFC", told("pdftotext", "-raw", pdf, "-"))
        # Printers break lines also at hyphens and slashes inside of words.
        joined = "".join(text.split())
        missing = {word for word in words if word not in joined}
        assert not missing
        fonts = {line.split()[0].partition("+")[2] for line in told("pdffonts", pdf).splitlines()[2:]}
        # Times New Roman, or what has its widths where it is not installed; nothing is borrowed from a third font.
        assert all(font.startswith(("LiberationSerif", "TimesNewRoman")) for font in fonts), fonts


def test_words_of_the_state_stay_on_one_line_and_pages_are_numbered_from_the_second(
    printed: Mapping[str, Path],
) -> None:
    pages = told("pdftotext", "-layout", str(printed["tp-tu-danh-gia-docx"]), "-").split("\f")
    assert not re.match(r"\s*1\s*$", pages[0].splitlines()[0])
    assert [page.strip().splitlines()[0].strip() for page in pages[1:4]] == ["2", "3", "4"]
    # Each part is numbered anew, and its first page has no number.
    assert pages[4].strip().startswith("GIẢI THÍCH")
    assert all("Số tt" in page for page in pages[:4])


def test_a_blank_that_libreoffice_saved_again_is_read(tmp_path: Path) -> None:
    files, expected = [], {}
    for id in FORMS:
        version = versions()[id]
        unit = unit_for(version.form)
        made = fresh(id, unit)
        expected[id] = fill_in(made, version, unit)
        files.append(tmp_path / f"{id}.xlsx")
        files[-1].write_bytes(saved(made))
    converted(tmp_path, "xlsx", *files)
    for id in FORMS:
        version = versions()[id]
        read = read_blank((tmp_path / "xlsx" / f"{id}.xlsx").read_bytes(), version, unit_for(version.form), DAY)
        assert (id, read.bad) == (id, ())
        assert {path: given.value for path, given in read.answers.items()} == expected[id]
