"""The demo ward lets everybody try every role, with rounds to fill in; no other ward does."""

import hashlib
from collections.abc import Mapping
from datetime import date

from conversation import Reply
from handlers.commands import menu_choice
from handlers.notice import VERSION
from handlers.permissions import held
from handlers.role_texts import greeting
from handlers.turn import Turn, reply, value
from handlers.unit_names import current
from knowledge.forms import Version
from knowledge.unit_kinds import UNIT_KINDS
from knowledge.units import Ward
from storage.registry import Role, Round

RESIDENT = "resident"
ROLES: Mapping[str, Role] = {"leader": "leader", "staff": "staff", "admin": "admin"}
_BY = "demo"


class NoDemonstration(ValueError):
    """A role to try was asked for in a real ward; the text says what to do."""

    # The text is for whoever runs the bot.
    for_people = True


def given(turn: Turn, role: str, unit: str) -> list[Reply]:
    """The role that somebody tries from now on, in place of those they had."""
    if not turn.ward.fictitious:
        text = turn.say("Chỉ phường chạy thử mới cho chọn vai. Ở đây anh/chị xin mã mời của phường.")
        return reply(text, menu_choice(turn))
    roles = turn.records.registry.roles
    for tenure in held(turn):
        roles.end(tenure.id, turn.today, _BY)
    note = Reply(turn.say("Đây là phường dựng để chạy thử, số liệu đều là minh họa. Đổi vai thì gõ <b>vai trò</b>."))
    if role not in ROLES or turn.records.registry.units.get(unit) is None:
        return [*reply(turn.say("Anh/chị đang là <b>người dân</b>."), menu_choice(turn)), note]
    name = turn.person.name or turn.incoming.name.strip()
    roles.give(turn.person.id, name, ROLES[role], unit, turn.today, _BY)
    open_rounds(turn)
    return [note, *greeting(turn, ROLES[role], unit, name)]


def open_rounds(turn: Turn) -> None:
    """A round of this year for every form that some unit can owe, once."""
    rounds = turn.records.registry.rounds
    units = current(turn)
    for version in turn.knowledge.library.forms.values():
        owing = tuple(unit.code for unit in units if unit.kind in version.form.units)
        id = round_id(version.form.id, turn.today.year)
        if owing and rounds.get(id) is None:
            rounds.save_version(version.form.id, version.hash, version.body)
            rounds.open(_round(turn, version, id, owing))


def round_id(form: str, year: int) -> str:
    """The id of the demo's round of a form in a year: always the same, and short, because buttons carry it."""
    return f"thu{year}-{hashlib.sha256(form.encode()).hexdigest()[:8]}"


def _round(turn: Turn, version: Version, id: str, units: tuple[str, ...]) -> Round:
    period = f"năm {turn.today.year}"
    due = date(turn.today.year, 12, 31)
    return Round(id, version.form.id, version.hash, period, units, due, "", _BY, turn.records.registry.now)


def presses(role: str, ward: Ward) -> list[str]:
    """What somebody presses who wants to try a role at once: they agree to what is kept, and choose.

    Nothing for a resident. Raises `NoDemonstration` in a real ward.
    """
    if role not in ROLES:
        return []
    if not ward.fictitious:
        raise NoDemonstration(f"--as {role}: chỉ dùng với phường chạy thử; ở phường thật xin mã mời (bot.py invite)")
    homes = [unit.code for unit in ward.units if UNIT_KINDS[unit.kind].home]
    return [value("vaitro", "thu", f"{role}/{homes[0]}" if homes else role, VERSION)]
