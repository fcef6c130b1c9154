"""The ward that the bot serves, its units, and where people can reach it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import tomli

from knowledge.folding import folded_words
from knowledge.model import Library
from knowledge.unit_kinds import UNIT_KINDS

UNITS_DIR = Path(__file__).parent / "units"
DEMO = "demo"
# A button says it with a few words before it.
LONGEST_TOPIC = 36
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,23}", re.ASCII)


class WardError(ValueError):
    """The ward's file cannot be used; the text names the file, what is wrong and what to do."""

    # The text is for whoever runs the bot.
    for_people = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A value that somebody has looked up, and the day on which they did."""

    text: str
    checked: date
    # The same in English; empty where the value needs no translation.
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Where people reach the ward, and the two national services that it points to."""

    address: Checked
    hours: Checked
    phone: Checked
    # Address of the national public-service portal.
    portal: Checked
    # Address of VNeID.
    vneid: Checked


@dataclass(frozen=True, slots=True)
class Unit:
    """The ward or what belongs to it: a residential group, a village, a school, a Party cell."""

    code: str
    name: str
    # The documents' own word for it, one of `UNIT_KINDS`: "tổ dân phố", "bản", "đảng bộ cơ sở".
    kind: str
    # Code of the unit that it belongs to; empty for the ward.
    parent: str
    households: int | None = None
    # Attribute by name; a name that is missing is not known.
    attributes: Mapping[str, bool] = field(default_factory=dict)
    # First and last day on which it is a unit; None: from ever, or without an end.
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What announcements are about and people choose by: "điện, nước"."""

    code: str
    # As it stands within a sentence; the same in English, or empty.
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """The ward, its contact card and its units in the order in which people expect them."""

    code: str
    name: str
    # Its data is made up, for demonstrations.
    fictitious: bool
    card: Card
    units: tuple[Unit, ...]
    topics: tuple[Topic, ...] = ()

    def topic(self, code: str) -> Topic | None:
        """The topic with a code, or None."""
        return next((topic for topic in self.topics if topic.code == code), None)

    def unit(self, code: str) -> Unit | None:
        """The unit with a code, or None."""
        return next((unit for unit in self.units if unit.code == code), None)

    @property
    def itself(self) -> Unit:
        """The ward as a unit, to which all others belong."""
        kind = next(
            (kind for kind in UNIT_KINDS.values() if kind.ward and self.name.startswith(kind.name)),
            UNIT_KINDS["phường"],
        )
        return Unit(self.code, self.name, kind.name, "")


def load_ward(code: str = DEMO, folder: Path = UNITS_DIR) -> Ward:
    """Read `<code>.toml` of a folder. Raises `WardError`."""
    path = folder / f"{code}.toml"
    if not code.replace("-", "").replace("_", "").isalnum() or not path.is_file():
        known = ", ".join(sorted(other.stem for other in folder.glob("*.toml"))) or "chưa có tệp nào"
        raise WardError(f"UNIT: không có đơn vị “{code}” trong {folder}; các mã dùng được: {known}")
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise WardError(f"{path.name}: không đọc được ({error}); sửa lại cho đúng TOML, UTF-8") from error
    return _ward(_Table(path.name, "", data))


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file that knows where it stands, for errors."""

    file: str
    name: str
    data: Mapping[str, Any]

    def get(self, key: str, kind: type) -> Any:
        """A value of a kind; a missing or other one raises with the remedy."""
        value = self.data.get(key)
        words = {
            str: "chữ",
            bool: "true hoặc false",
            date: "ngày như 2026-11-21",
            int: "số nguyên",
            dict: "bảng",
            list: "danh sách",
        }
        if type(value) is not kind or value == "":
            wrong = "thiếu" if value in (None, "") else f"là {value!r}, sai kiểu ở"
            raise WardError(f"{self.file}: {self.name or 'đầu tệp'}: {wrong} “{key}”; ghi {words[kind]}")
        return value

    def maybe(self, key: str, kind: type) -> Any:
        """A value of a kind, or None where there is none."""
        return self.get(key, kind) if key in self.data else None

    def table(self, key: str) -> "_Table":
        """A table inside this one."""
        return _Table(self.file, f"{self.name}.{key}".lstrip("."), self.get(key, dict))

    def checked(self, key: str) -> Checked:
        """A value with the day on which it was looked up."""
        inner = self.table(key)
        return Checked(inner.get("text", str), inner.get("checked", date), str(inner.data.get("text_en", "")))


def _ward(table: _Table) -> Ward:
    code = table.get("code", str)
    card = table.table("card")
    names = ("address", "hours", "phone", "portal", "vneid")
    return Ward(
        code=code,
        name=table.get("name", str),
        fictitious=table.get("fictitious", bool),
        card=Card(**{name: card.checked(name) for name in names}),
        units=_units(table, code),
        topics=_topics(table),
    )


def _topics(table: _Table) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    for place, raw in enumerate(table.maybe("topics", list) or (), start=1):
        if not isinstance(raw, Mapping):
            raise WardError(f"{table.file}: topics số {place}: không phải bảng; ghi dưới [[topics]]")
        row = _Table(table.file, f"topics số {place}", raw)
        topic = Topic(row.get("code", str), row.get("name", str), str(raw.get("name_en", "")))
        if not _TOPIC.fullmatch(topic.code):
            raise WardError(f"{table.file}: {row.name}: mã “{topic.code}” chỉ gồm a–z, 0–9, gạch nối, không quá 24")
        if len(topic.name) > LONGEST_TOPIC or any(topic.code == other.code for other in topics):
            wrong = f"tên dài quá {LONGEST_TOPIC} chữ" if len(topic.name) > LONGEST_TOPIC else "mã dùng hai lần"
            raise WardError(f"{table.file}: {row.name}: {wrong}; đặt lại")
        topics.append(topic)
    return tuple(topics)


def _units(table: _Table, ward: str) -> tuple[Unit, ...]:
    units: list[Unit] = []
    for place, raw in enumerate(table.get("units", list), start=1):
        if not isinstance(raw, Mapping):
            raise WardError(f"{table.file}: units số {place}: không phải bảng; ghi dưới [[units]]")
        row = _Table(table.file, f"units số {place}", raw)
        unit = _unit(row)
        known = {ward, *(other.code for other in units)}
        if unit.code in known:
            raise WardError(f"{table.file}: {row.name}: mã “{unit.code}” dùng hai lần; đặt mã khác")
        if unit.parent not in known:
            raise WardError(f"{table.file}: {row.name}: parent “{unit.parent}” chưa có ở trên; đổi thứ tự")
        units.append(unit)
    return tuple(units)


def _unit(row: _Table) -> Unit:
    kind = row.get("kind", str)
    if kind not in UNIT_KINDS:
        raise WardError(f"{row.file}: {row.name}: “kind” là “{kind}”; phải là một trong: {', '.join(UNIT_KINDS)}")
    attributes = row.table("attributes") if "attributes" in row.data else _Table(row.file, row.name, {})
    return Unit(
        row.get("code", str),
        row.get("name", str),
        kind,
        row.get("parent", str),
        row.maybe("households", int),
        {name: attributes.get(name, bool) for name in attributes.data},
        row.maybe("valid_from", date),
        row.maybe("valid_to", date),
    )


def locality_code(locality: str) -> str:
    """The code of a place that documents are for: "Đà Nẵng" → "da-nang"."""
    return "-".join(folded_words(locality))


def localities(library: Library) -> dict[str, str]:
    """Names by code of the places that the documents are for, in the documents' order."""
    return {locality_code(document.locality): document.locality for document in library.documents.values()}


def documents_of(library: Library, locality: str) -> tuple[str, ...]:
    """Ids of the documents of a place, by its code; empty for an unknown or empty code."""
    return tuple(d.id for d in library.documents.values() if locality_code(d.locality) == locality)
