"""From the TOML files of a folder to a `Library`, with every problem named where it stands."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import tomli

from knowledge.model import Document, Entry, Library

DOCUMENTS_DIR = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file: where, what, and what to do about it."""

    file: str
    entry: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.entry or '(đầu tệp)'}: {self.text}"


class _Bad(Exception):
    """A table that cannot become its shape; the message says what and what to do."""


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
    return Library(documents, entries), problems


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
    except _Bad as error:
        where, _, what = str(error).rpartition("|")
        return None, [*problems, Problem(path.name, where, what)]


def _document(data: Mapping[str, Any]) -> Document:
    table = dict(data)
    name = str(table.get("id", ""))
    given = table.get("period", {})
    if not isinstance(given, Mapping):
        raise _Bad("|“period” phải là một bảng [period]")
    period = dict(given)
    table["period_start"], table["period_end"] = period.pop("start", None), period.pop("end", None)
    table["period"] = period | {"raw": period.get("raw", "")}
    entries = []
    seen: set[str] = set()
    listed = table.get("entries", ())
    if not isinstance(listed, list | tuple) or not all(isinstance(raw, Mapping) for raw in listed):
        raise _Bad("|“entries” phải là các bảng [[entries]]")
    for raw in listed:
        label = str(raw.get("id", "mục không có mã"))
        if label in seen:
            raise _Bad(f"{label}|mã này dùng hai lần; mỗi mục cần một mã riêng")
        seen.add(label)
        entries.append(_build(Entry, raw | {"document": name}, label))
    table["entries"] = tuple(_with_award(entry, entries) for entry in entries)
    document: Document = _build(Document, table, "")
    return document


def _with_award(entry: Entry, entries: Sequence[Entry]) -> Entry:
    if not entry.award_from:
        return entry
    award = next((other.award for other in entries if other.id == entry.award_from), None)
    if award is None:
        raise _Bad(f"{entry.id}|award_from = “{entry.award_from}” không có phần award; sửa mã")
    return replace(entry, award=award)


@cache
def _hints(shape: type) -> Mapping[str, Any]:
    return get_type_hints(shape)


def _build(shape: type, table: Mapping[str, Any], where: str) -> Any:
    """An instance of a data class from a TOML table. Raises `_Bad` with the place and the remedy."""
    hints = _hints(shape)
    names = {field.name for field in fields(shape)}
    for key in table:
        if key not in names:
            raise _Bad(f"{where}|không hiểu “{key}”; các tên dùng được: {', '.join(sorted(names))}")
    values = {}
    for field in fields(shape):
        if field.name in table:
            values[field.name] = _value(hints[field.name], table[field.name], where, field.name)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise _Bad(f"{where}|thiếu “{field.name}”; ghi thêm")
    return shape(**values)


def _value(hint: Any, value: Any, where: str, name: str) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        return _items(get_args(hint)[0], value, where, name)
    if origin is Literal:
        if value not in get_args(hint):
            raise _Bad(f"{where}|“{name}” là “{value}”; phải là một trong: {', '.join(get_args(hint))}")
        return value
    if origin is UnionType:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return None if value is None else _value(kinds[0], value, where, name)
    if is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            return value
        if not isinstance(value, Mapping):
            raise _Bad(f"{where}|“{name}” phải là một bảng [{name}]")
        return _build(hint, value, f"{where}" if where else name)
    return _plain(hint, value, where, name)


def _items(hint: Any, value: Any, where: str, name: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _Bad(f"{where}|“{name}” phải là một danh sách [...]")
    return tuple(_value(hint, item, where, name) for item in value)


def _plain(hint: Any, value: Any, where: str, name: str) -> Any:
    if hint is float and isinstance(value, int):
        return float(value)
    if hint in (str, int, float, bool, date) and type(value) is hint:
        return value
    words = {str: "chữ", int: "số nguyên", float: "số", bool: "true hoặc false", date: "ngày như 2024-03-19"}
    raise _Bad(f"{where}|“{name}” là {value!r}; phải là {words.get(hint, hint)}")
