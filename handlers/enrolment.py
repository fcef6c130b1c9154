"""Units into the registry: from an office's table, and those that the ward's own file names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from handlers.wording import day
from knowledge.roster import Roster, read_roster
from knowledge.units import Unit, Ward
from storage.registry import Registry, UnitRow

IMPORTED = "imported"
# More changes than this are counted and not told one by one.
MOST_TOLD = 100
# How the fields of a unit are called in the report.
_WORDS = {
    "name": "tên",
    "kind": "loại",
    "parent": "thuộc",
    "households": "số hộ",
    "attributes": "đặc điểm",
    "valid_from": "từ ngày",
    "valid_to": "đến ngày",
}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What an import did: lines for people, and whether anything was wrong (then nothing was written)."""

    lines: tuple[str, ...]
    refused: bool = False


def enrol(registry: Registry, ward: Ward, data: bytes, by: str) -> Enrolled:
    """Bring the registry in line with a CSV file: all of it, or nothing where a line is wrong."""
    before = {row.code: row for row in registry.units.all()}
    roster = read_roster(data, ward.itself, [_unit(row) for row in before.values()])
    if roster.problems:
        wrong = sum(problem.line > 0 for problem in roster.problems) or 1
        head = f"Chưa nhập gì vì có {wrong} chỗ sai. Sửa từng dòng dưới đây rồi nhập lại cả tệp."
        return Enrolled((head, *map(str, roster.problems)), refused=True)
    if ward.code not in before and all(unit.code != ward.code for unit in roster.units):
        registry.units.save(_row(ward.itself), by)
    changed = [unit for unit in roster.units if registry.units.save(_row(unit), by)]
    if changed or not _was_imported(registry, ward):
        registry.audit.add("unit", ward.code, IMPORTED, by, after=str(len(roster.units)))
    return Enrolled(tuple(_report(before, roster, changed)))


def enrol_own(registry: Registry, ward: Ward) -> None:
    """Add the units of the ward's own file that are not there yet; an imported registry keeps what it has."""
    known = {row.code for row in registry.units.all()}
    own = (ward.itself,) if _was_imported(registry, ward) else (ward.itself, *ward.units)
    for unit in own:
        if unit.code not in known:
            registry.units.save(_row(unit), "ward")


def _was_imported(registry: Registry, ward: Ward) -> bool:
    return any(event.action == IMPORTED for event in registry.audit.of("unit", ward.code))


def _report(before: dict[str, UnitRow], roster: Roster, changed: Sequence[Unit]) -> Iterator[str]:
    added = [unit for unit in changed if unit.code not in before]
    mended = [unit for unit in changed if unit.code in before]
    kept = len(roster.units) - len(changed)
    yield f"Thêm {len(added)}, đổi {len(mended)}, giữ {kept}."
    told = [f"thêm {unit.code}: {unit.name} ({unit.kind})" for unit in added]
    told += [f"đổi {unit.code}: {'; '.join(_differences(before[unit.code], _row(unit)))}" for unit in mended]
    yield from told[:MOST_TOLD]
    if told[MOST_TOLD:]:
        yield f"và {len(told) - MOST_TOLD} thay đổi nữa"
    absent = {row.code for row in before.values() if row.parent} - {unit.code for unit in roster.units}
    if absent:
        yield f"Không có trong tệp, giữ nguyên: {len(absent)}. Đơn vị nào đã hết thì ghi ngày hết của mã ấy."


def _differences(before: UnitRow, after: UnitRow) -> Iterator[str]:
    for field in fields(UnitRow):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield f"{_WORDS[field.name]} {_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={'có' if holds else 'không'}" for name, holds in value.items()) or "trống"
    if isinstance(value, date):
        return day(value)
    return "trống" if value in (None, "") else f"“{value}”"


def _row(unit: Unit) -> UnitRow:
    return UnitRow(*(getattr(unit, field.name) for field in fields(UnitRow)))


def _unit(row: UnitRow) -> Unit:
    return Unit(*(getattr(row, field.name) for field in fields(Unit)))
