"""From the TOML files of a folder to a `Library`, with every problem named where it stands."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli

from knowledge.forms import FORMS_DIR, Version, versions
from knowledge.model import Document, Entry, Library
from knowledge.tables import BadTable, build

DOCUMENTS_DIR = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file: where, what, and what to do about it."""

    file: str
    entry: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.entry or '(đầu tệp)'}: {self.text}"


def load_library(folders: Sequence[Path] = (DOCUMENTS_DIR,)) -> tuple[Library, list[Problem]]:
    """Read every `*.toml` of the folders. A file with a problem is left out and its problems returned."""
    documents: dict[str, Document] = {}
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for path in _files(folders, problems):
        document, found = load_document(path)
        problems += found
        if document is None:
            continue
        if document.id in documents:
            problems.append(Problem(path.name, "", f"mã văn bản “{document.id}” đã dùng ở tệp khác; đặt mã khác"))
            continue
        twice = [entry.id for entry in document.entries if entry.id in entries]
        if twice:
            problems.append(Problem(path.name, twice[0], "mã này đã dùng ở văn bản khác; đặt mã khác"))
            continue
        documents[document.id] = document
        entries |= {entry.id: entry for entry in document.entries}
    own, found = load_forms()
    return Library(documents, entries, own), problems + found


def load_forms(folder: Path = FORMS_DIR) -> tuple[tuple[Version, ...], list[Problem]]:
    """The forms that no document prescribes: `[[forms]]` of every file of a folder."""
    read = [load_form_file(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(version for found, _ in read for version in found), [one for _, some in read for one in some]


def load_form_file(path: Path) -> tuple[tuple[Version, ...], list[Problem]]:
    """The forms of one file, none where anything is wrong with it."""
    try:
        return tuple(versions(tomli.loads(path.read_text(encoding="utf-8")).get("forms", ()))), []
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        return (), [Problem(path.name, "", f"không đọc được ({error}); sửa lại cho đúng TOML, UTF-8")]
    except BadTable as error:
        where, _, what = str(error).rpartition("|")
        return (), [Problem(path.name, where, what)]


def _files(folders: Sequence[Path], problems: list[Problem]) -> Iterable[Path]:
    for folder in folders:
        files = sorted(folder.glob("*.toml"))
        if not files:
            problems.append(Problem(str(folder), "", "không có tệp .toml nào; kiểm tra KNOWLEDGE_DIR"))
        yield from files


def load_document(path: Path) -> tuple[Document | None, list[Problem]]:
    """Read one file. Returns no document where its shape is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomli.loads(text)
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        return None, [Problem(path.name, "", f"không đọc được ({error}); sửa lại cho đúng TOML, UTF-8")]
    problems = []
    if not unicodedata.is_normalized("NFC", text):
        problems.append(Problem(path.name, "", "chữ không ở dạng NFC; lưu lại tệp bằng bộ gõ Unicode dựng sẵn"))
    try:
        return _document(data), problems
    except BadTable as error:
        where, _, what = str(error).rpartition("|")
        return None, [*problems, Problem(path.name, where, what)]


def _document(data: Mapping[str, Any]) -> Document:
    table = dict(data)
    name = str(table.get("id", ""))
    given = table.get("period", {})
    if not isinstance(given, Mapping):
        raise BadTable("|“period” phải là một bảng [period]")
    period = dict(given)
    table["period_start"], table["period_end"] = period.pop("start", None), period.pop("end", None)
    table["period"] = period | {"raw": period.get("raw", "")}
    entries = []
    seen: set[str] = set()
    listed = table.get("entries", ())
    if not isinstance(listed, list | tuple) or not all(isinstance(raw, Mapping) for raw in listed):
        raise BadTable("|“entries” phải là các bảng [[entries]]")
    for raw in listed:
        label = str(raw.get("id", "mục không có mã"))
        if label in seen:
            raise BadTable(f"{label}|mã này dùng hai lần; mỗi mục cần một mã riêng")
        seen.add(label)
        entries.append(build(Entry, raw | {"document": name}, label))
    table["entries"] = tuple(_with_award(entry, entries) for entry in entries)
    table["forms"] = tuple(versions(table.get("forms", ()), name))
    document: Document = build(Document, table, "")
    return document


def _with_award(entry: Entry, entries: Sequence[Entry]) -> Entry:
    if not entry.award_from:
        return entry
    award = next((other.award for other in entries if other.id == entry.award_from), None)
    if award is None:
        raise BadTable(f"{entry.id}|award_from = “{entry.award_from}” không có phần award; sửa mã")
    return replace(entry, award=award)
