"""The units of a ward from an office's table (CSV): all of them, or what is wrong in which line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.folding import folded_words, toned
from knowledge.roster_cells import BadCell, read_attributes, read_code, read_count, read_day, read_kind, read_name
from knowledge.roster_table import BadLine, short, table_rows
from knowledge.unit_kinds import UNIT_KINDS, read_roster_words
from knowledge.units import Unit

# As many wrong lines are told at once; whoever mends them finds the others in the next attempt.
MOST_PROBLEMS = 50
NEEDED = ("code", "name", "kind")

_WORDS = read_roster_words()["columns"]
_HEADINGS = {folded_words(word): column for column, words in _WORDS.items() for word in words}
_PASSED_OVER = "passed_over"


@dataclass(frozen=True, slots=True)
class Roster:
    """The units of a table in its order; where anything is wrong: what, and no units."""

    units: tuple[Unit, ...] = ()
    problems: tuple[BadLine, ...] = ()


def read_roster(data: bytes, ward: Unit, known: Sequence[Unit] = ()) -> Roster:
    """The units of a CSV file, whatever its bytes are.

    `ward` is what a unit without a parent belongs to; `known` are the units that are there already. What a
    missing column would say of a unit that is known stays as it is.
    """
    headings = {words: "" if column == _PASSED_OVER else column for words, column in _HEADINGS.items()}
    try:
        rows = table_rows(data, headings, NEEDED)
    except BadLine as bad:
        return Roster(problems=(bad,))
    before = {unit.code: unit for unit in (ward, *known)}
    units: dict[int, Unit] = {}
    problems: list[BadLine] = []
    for line, cells in rows:
        try:
            units[line] = _unit(cells, ward, before)
        except BadCell as bad:
            problems.append(BadLine(line, bad.what, bad.remedy))
    problems += [*_twice(units, before), *_parents(units, before), *_names(units, before)]
    return Roster(problems=_told(problems)) if problems else Roster(tuple(units.values()))


def _told(problems: Sequence[BadLine]) -> tuple[BadLine, ...]:
    ordered = sorted(problems, key=lambda problem: problem.line)
    rest = len(ordered) - MOST_PROBLEMS
    more = [BadLine(0, f"còn {rest} lỗi nữa", "sửa các dòng trên rồi nhập lại")] if rest > 0 else []
    return (*ordered[:MOST_PROBLEMS], *more)


def _unit(cells: Mapping[str, str], ward: Unit, before: Mapping[str, Unit]) -> Unit:
    code, name = read_code(cells["code"]), read_name(cells["name"])
    kind = read_kind(cells["kind"], name)
    known = before.get(code, Unit(code, name, kind, ward.code))
    parent = (cells["parent"] or ward.code) if "parent" in cells else known.parent
    if UNIT_KINDS[kind].ward != (code == ward.code):
        remedy = f"phường, xã chỉ một dòng, mã “{ward.code}” như UNIT; đơn vị khác dùng mã khác"
        raise BadCell(f"mã “{code}” không hợp với loại {kind}", remedy)
    unit = Unit(
        code,
        name,
        kind,
        "" if code == ward.code else parent,
        read_count(cells["households"]) if "households" in cells else known.households,
        read_attributes(cells["attributes"]) if "attributes" in cells else known.attributes,
        read_day(cells["valid_from"]) if "valid_from" in cells else known.valid_from,
        read_day(cells["valid_to"]) if "valid_to" in cells else known.valid_to,
    )
    first, last = _span(unit)
    if last < first:
        raise BadCell("ngày hết đứng trước ngày bắt đầu", "đổi lại valid_from và valid_to")
    return unit


def _twice(units: Mapping[int, Unit], before: Mapping[str, Unit]) -> Iterator[BadLine]:
    """Codes that stand twice, or are told from another by their capitals alone."""
    seen = {code.casefold(): (code, 0) for code in before}
    for line, unit in units.items():
        code, first = seen.get(unit.code.casefold(), (unit.code, 0))
        if first:
            yield BadLine(line, f"mã “{unit.code}” đã có ở dòng {first}", "mỗi đơn vị một mã, một dòng")
        elif code != unit.code:
            yield BadLine(line, f"mã “{unit.code}” chỉ khác “{code}” ở chữ hoa", f"mã không đổi, ghi “{code}”")
        seen[unit.code.casefold()] = (unit.code, line)


def _parents(units: Mapping[int, Unit], before: Mapping[str, Unit]) -> Iterator[BadLine]:
    """Parents that are nowhere, and units that belong to themselves."""
    parents = {unit.code: unit.parent for unit in (*before.values(), *units.values())}
    circles = _circles(parents)
    for line, unit in units.items():
        if unit.parent and unit.parent not in parents:
            what = f"đơn vị cấp trên “{short(unit.parent)}” không có"
            yield BadLine(line, what, "ghi mã có trong tệp hoặc đã nhập trước; để trống là thuộc phường")
        elif unit.code in circles:
            yield BadLine(line, f"“{unit.code}” thuộc về chính mình qua “{short(unit.parent)}”", "sửa lại cột parent")


def _circles(parents: Mapping[str, str]) -> set[str]:
    """Codes of units that are above themselves."""
    found: set[str] = set()
    seen: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        code = start
        while code in parents and code not in seen and code not in path:
            path[code] = None
            code = parents[code]
        if code in path:
            way = list(path)
            found.update(way[way.index(code) :])
        seen.update(path)
    return found


def _names(units: Mapping[int, Unit], before: Mapping[str, Unit]) -> Iterator[BadLine]:
    """Units of one name in one place at the same time: one of them was given a second code."""
    lines = {unit.code: line for line, unit in units.items()}
    there = {unit.code: unit for unit in (*before.values(), *units.values())}
    latest: dict[tuple[str, str], Unit] = {}
    for unit in sorted(there.values(), key=lambda unit: (_span(unit), lines.get(unit.code, 0))):
        key = (unit.parent, toned(unit.name))
        other = latest.get(key)
        line = max(lines.get(unit.code, 0), lines.get(other.code, 0)) if other else 0
        if other and line and _span(unit)[0] <= _span(other)[1]:
            code = other.code if line == lines.get(unit.code) else unit.code
            remedy = f"mã không đổi: ghi lại mã “{code}”; đơn vị cũ đã hết thì ghi ngày hết của mã ấy"
            yield BadLine(line, f"“{unit.name}” đã có với mã “{code}”", remedy)
        if other is None or _span(unit)[1] > _span(other)[1]:
            latest[key] = unit


def _span(unit: Unit) -> tuple[date, date]:
    """First and last day of a unit, as far as days go where they are open."""
    return unit.valid_from or date.min, unit.valid_to or date.max
