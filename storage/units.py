"""The units of the ward, in the order in which they were imported."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import json
from collections.abc import Sequence

from storage.audits import TransactionAudit
from storage.database import Row, Transaction, Value, as_json, clean, day, day_text
from storage.filing import UnitRow

_COLUMNS = "code, name, kind, parent, households, attributes, valid_from, valid_to"
_ALL = f"select {_COLUMNS} from unit order by position"
_GET = f"select {_COLUMNS} from unit where code = :code"
# `union` ends also where two units are each other's parent.
BELOW = """
with recursive below (code) as (
    select cast(:code as text)
    union
    select u.code from unit u join below b on u.parent = b.code
)
select u.code from unit u join below b on u.code = b.code
order by case when u.code = :code then 0 else 1 end, u.position
"""
_SAVE = f"""
insert into unit ({_COLUMNS})
values (:code, :name, :kind, :parent, :households, :attributes, :valid_from, :valid_to)
on conflict (code) do update set name = excluded.name, kind = excluded.kind, parent = excluded.parent,
households = excluded.households, attributes = excluded.attributes,
valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""


class TransactionUnits:
    """`storage.registry.Units` of the open transaction."""

    def __init__(self, transaction: Transaction, audit: TransactionAudit) -> None:
        self._transaction = transaction
        self._audit = audit

    def all(self) -> Sequence[UnitRow]:
        """Every unit, in the order in which they were imported."""
        return [_unit(row) for row in self._transaction.execute(_ALL)]

    def get(self, code: str) -> UnitRow | None:
        """One unit, or None."""
        rows = self._transaction.execute(_GET, code=clean(code))
        return _unit(rows[0]) if rows else None

    def below(self, code: str) -> Sequence[str]:
        """Codes of a unit and of all that belong to it, at any depth; its own first."""
        return [str(row[0]) for row in self._transaction.execute(BELOW, code=clean(code))]

    def save(self, unit: UnitRow, by: str = "cli") -> bool:
        """Add or replace by code; False where nothing changed."""
        rows = self._transaction.execute(f"{_GET} /* for update */", code=clean(unit.code))
        before = _told(_unit(rows[0])) if rows else ""
        after = _told(unit)
        if before == after:
            return False
        self._transaction.execute(_SAVE, **_values(unit))
        self._audit.add("unit", unit.code, "changed" if before else "added", by, before, after)
        return True


def _values(unit: UnitRow) -> dict[str, Value]:
    return {
        "code": clean(unit.code),
        "name": clean(unit.name),
        "kind": clean(unit.kind),
        "parent": clean(unit.parent),
        "households": unit.households,
        "attributes": as_json(dict(sorted(unit.attributes.items()))),
        "valid_from": day_text(unit.valid_from),
        "valid_to": day_text(unit.valid_to),
    }


def _told(unit: UnitRow) -> str:
    """The unit for people who read the audit."""
    return as_json(_values(unit) | {"attributes": dict(sorted(unit.attributes.items()))})


def _unit(row: Row) -> UnitRow:
    code, name, kind, parent, households, attributes, valid_from, valid_to = row
    return UnitRow(code, name, kind, parent, households, json.loads(attributes), day(valid_from), day(valid_to))
