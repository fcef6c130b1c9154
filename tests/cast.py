"""Who plays in a conversation: units, roles and open rounds that are there before anybody speaks.

A table of a transcript may have

    roles = {an = "leader:tdp-05", binh = "staff:demo"}
    names = {an = "bà Lan"}
    units = [{code = "thcs", name = "Trường THCS Tân Phong", kind = "trường học"}]
    rounds = ["tp-tu-danh-gia", {form = "kh41-dang-ky", units = ["tdp-05"], period = "năm 2026", due = 2026-12-01}]
    homes = {an = "tdp-05"}
    crowd = 501
    submissions = [{unit = "tdp-05", by = "an", answers = {"3.5" = "no"}}, {round = "r2", unit = "tdp-06"}]

People are named by their chat; "telegram/7" is one on another channel. A home is somebody's own unit, a crowd is of
no unit.
The ward's own units are always there. A round is for all units of the kinds that its form is for, unless it names
some. Rounds are called r1, r2, …. A submission is one of r1, and handed in, unless it says otherwise (`state`); every
field has an answer that speaks for the unit, those excepted that it names by number or id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, get_args

from conversation import Address
from knowledge import steps
from knowledge.forms import TICKS, Field, version_of
from knowledge.understanding import Knowledge
from knowledge.units import Ward
from storage.handling import TransactionRecords
from storage.registry import Registry, Role, Round, State, UnitRow

CAST = {"roles", "names", "units", "rounds", "submissions", "homes", "crowd"}
BY = "cast"


Seat = Callable[[TransactionRecords], None]


def seats(told: Mapping[str, Any], knowledge: Knowledge, ward: Ward, today: date) -> Iterator[Seat]:
    """What is to be done so that all is there of which a table of a transcript tells."""
    yield partial(_seat, told=told, knowledge=knowledge, ward=ward, today=today)
    for table in told.get("submissions", ()):
        yield partial(_hand_in, table=table, names=told.get("names", {}))


def _seat(records: TransactionRecords, told: Mapping[str, Any], knowledge: Knowledge, ward: Ward, today: date) -> None:
    registry = records.registry
    registry.units.save(UnitRow(ward.code, ward.name, "phường"))
    for unit in ward.units:
        registry.units.save(UnitRow(unit.code, unit.name, unit.kind, unit.parent))
    for table in told.get("units", ()):
        registry.units.save(UnitRow(**{"parent": ward.code} | table))
    for chat, held in told.get("roles", {}).items():
        person, _ = records.sender(_address(chat))
        for one in held.split():
            role, _, unit = one.partition(":")
            named = told.get("names", {}).get(chat, chat.capitalize())
            registry.roles.give(person.id, named, _role(role), unit, today, BY)
    for chat, unit in told.get("homes", {}).items():
        records.save_person(replace(records.sender(_address(chat))[0], unit=unit))
    for number in range(told.get("crowd", 0)):
        records.sender(Address("pretend", f"người {number}"))
    for number, table in enumerate(told.get("rounds", ()), 1):
        _open(registry, {"form": table} if isinstance(table, str) else table, f"r{number}", knowledge, today)


def _address(chat: str) -> Address:
    channel, _, place = chat.rpartition("/")
    return Address(channel or "pretend", place)


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


def _hand_in(records: TransactionRecords, table: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """A submission with answers, in the state that the table asks for."""
    registry, chat = records.registry, table.get("by", "an")
    round, unit = registry.rounds.get(table.get("round", "r1")), registry.units.get(table["unit"])
    assert round is not None
    assert unit is not None
    person, _ = records.sender(_address(chat))
    name = names.get(chat, chat.capitalize())
    submissions = registry.submissions
    begun = submissions.begin(round, unit.code, person.id, name, table.get("given_by", ""))
    form = version_of(registry.rounds.version(round.version)).form
    wanted = dict(table.get("answers", {}))
    answers: dict[str, object] = {}
    for field in steps.asked(form, steps.Owner(unit.kind, unit.attributes), {}):
        answers |= {field.id: wanted.pop(field.number, wanted.pop(field.id, usual(field)))}
        if field.kind == "rows":
            answers |= {f"{field.id}/r1/{column.id}": usual(column) for column in field.columns}
    for path, told in (answers | wanted).items():
        if told is not None:
            submissions.answer(begun.id, path, told, str(told), person.id, name)
    path_of: dict[str, Sequence[State]] = {"draft": (), "submitted": ("submitted",)}
    state = table.get("state", "submitted")
    for to in path_of.get(state, ("submitted", state)):
        moved = submissions.move(submissions.get(begun.id) or begun, to, person.id)
        assert moved is not None


def usual(field: Field) -> object:
    """An answer that a field takes and that speaks for the unit; a list has one row. None for files."""
    if field.kind in TICKS:
        return "no" if field.bad == "yes" else "yes"
    options = [option.value for option in field.options]
    values: dict[str, object] = {
        "text": "Trồng cây xanh",
        "long_text": "Mười hộ trồng cây trước nhà.",
        "name": "Trần Văn Ba",
        "integer": int(field.least or 5),
        "decimal": "5",
        "share": {"part": 45, "whole": 50},
        "date": "2026-11-20",
        "period": {"from": "2026-01", "to": "2026-11"},
        "time": "19:30",
        "phone": "0912345678",
        "one_of": options[0] if options else "",
        "many_of": options[:1],
        "rows": 1,
    }
    return values.get(field.kind)
