"""Who plays in a conversation: units, roles and open rounds that are there before anybody speaks.

A table of a transcript may have

    roles = {an = "leader:tdp-05", binh = "staff:demo"}
    names = {an = "bà Lan"}
    units = [{code = "thcs", name = "Trường THCS Tân Phong", kind = "trường học"}]
    rounds = ["tp-tu-danh-gia", {form = "kh41-dang-ky", units = ["tdp-05"], period = "năm 2026", due = 2026-12-01}]

People are named by their chat; "telegram/7" is one on another channel. The ward's own units are always there.
A round is for all units of the kinds that its form is for, unless it names some.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, get_args

from conversation import Address
from knowledge.understanding import Knowledge
from knowledge.units import Ward
from storage.handling import TransactionRecords
from storage.registry import Registry, Role, Round, UnitRow

CAST = {"roles", "names", "units", "rounds"}
BY = "cast"


def seated(records: TransactionRecords, told: Mapping[str, Any], knowledge: Knowledge, ward: Ward, today: date) -> None:
    """Put what a table of a transcript tells into the registry."""
    registry = records.registry
    registry.units.save(UnitRow(ward.code, ward.name, "phường"))
    for unit in ward.units:
        registry.units.save(UnitRow(unit.code, unit.name, unit.kind, unit.parent))
    for table in told.get("units", ()):
        registry.units.save(UnitRow(**{"parent": ward.code} | table))
    for chat, held in told.get("roles", {}).items():
        channel, _, place = chat.rpartition("/")
        person, _ = records.sender(Address(channel or "pretend", place))
        for one in held.split():
            role, _, unit = one.partition(":")
            named = told.get("names", {}).get(chat, chat.capitalize())
            registry.roles.give(person.id, named, _role(role), unit, today, BY)
    for number, table in enumerate(told.get("rounds", ()), 1):
        _open(registry, {"form": table} if isinstance(table, str) else table, f"r{number}", knowledge, today)


def _role(name: str) -> Role:
    found: Role = next(role for role in get_args(Role) if role == name)
    return found


def _open(registry: Registry, table: Mapping[str, Any], id: str, knowledge: Knowledge, today: date) -> None:
    version = knowledge.library.forms[table["form"]]
    registry.rounds.save_version(version.form.id, version.hash, version.body)
    kinds = version.form.units
    owing = [unit.code for unit in registry.units.all() if (unit.kind in kinds if kinds else unit.parent)]
    registry.rounds.open(
        Round(
            id=table.get("id", id),
            form=version.form.id,
            version=version.hash,
            period=table.get("period", f"năm {today.year}"),
            units=tuple(table.get("units", owing)),
            due=table.get("due"),
            signer=table.get("signer", ""),
            opened_by=BY,
            opened_at=datetime.now(UTC),
            settings=table.get("settings", {}),
        )
    )
