"""Who may do what, in one table; every refusal says who may."""

from collections.abc import Mapping, Sequence
from typing import Literal

from markupsafe import Markup

from conversation import Reply
from handlers.commands import menu_choice, private_only
from handlers.turn import Turn, reply
from storage.registry import Role, Tenure

Action = Literal[
    # For one's own unit.
    "fill_in",
    "send",
    "withdraw",
    "see_own",
    "report_unit",
    "be_reminded",
    # For every unit of the ward.
    "see_all",
    "fill_in_for",
    "open_round",
    "review",
    "take_back",
    "progress",
    "export",
    "invite_leader",
    "end_leader",
    "announce",
    "approve_announcement",
    "set_reminders",
    "invite_staff",
    "end_staff",
    "import_units",
]

_LEADER: frozenset[Action] = frozenset({"fill_in", "send", "withdraw", "see_own", "report_unit", "be_reminded"})
_ANNOUNCING: frozenset[Action] = frozenset({"announce", "approve_announcement"})
_REMINDERS: frozenset[Action] = frozenset({"be_reminded", "set_reminders"})
_STAFF: frozenset[Action] = (
    _ANNOUNCING
    | _REMINDERS
    | {
        *("see_all", "fill_in_for", "open_round", "review", "take_back", "progress", "export"),
        *("invite_leader", "end_leader"),
    }
)
_ADMIN: frozenset[Action] = _STAFF | {"invite_staff", "end_staff", "import_units"}

MAY: Mapping[Role, frozenset[Action]] = {"leader": _LEADER, "staff": _STAFF, "admin": _ADMIN}
# What inviting to a role is, and ending one.
INVITES: Mapping[Role, Action] = {"leader": "invite_leader", "staff": "invite_staff", "admin": "invite_staff"}
ENDS: Mapping[Role, Action] = {"leader": "end_leader", "staff": "end_staff", "admin": "end_staff"}
# What a role reaches: its own unit, or the ward with all that belongs to it.
WHOLE_WARD: frozenset[Role] = frozenset({"staff", "admin"})


def held(turn: Turn) -> Sequence[Tenure]:
    """The roles of the person who writes, today."""
    return turn.records.registry.roles.of(turn.person.id, turn.today)


def may(turn: Turn, action: Action, unit: str = "") -> bool:
    """Whether the person may do it in a unit; without a unit: in any."""
    return any(action in MAY[role.role] and reaches(turn, role, unit) for role in held(turn))


def reaches(turn: Turn, role: Tenure, unit: str) -> bool:
    """Whether a unit is the role's own or, for staff, belongs to it."""
    if not unit or role.unit == unit:
        return True
    return role.role in WHOLE_WARD and unit in turn.records.registry.units.below(role.unit)


def units_of(turn: Turn, action: Action) -> Sequence[str]:
    """Codes of the units in which the person may do it, their own first."""
    found: list[str] = []
    for role in held(turn):
        if action in MAY[role.role]:
            whole = role.role in WHOLE_WARD
            found += turn.records.registry.units.below(role.unit) if whole else [role.unit]
    return list(dict.fromkeys(found))


def refused(turn: Turn, action: Action) -> list[Reply]:
    """What is said to somebody who may not: who may, and what to do."""
    allowed = [role for role in ("leader", "staff", "admin") if action in MAY[role]]
    return reply(
        turn.say(
            "Việc này dành cho {who}. Nếu đúng là việc của anh/chị, xin mã mời của phường.", who=_who(turn, allowed)
        ),
        menu_choice(turn),
    )


def turned_away(turn: Turn, action: Action) -> list[Reply] | None:
    """What is said instead in a group, where nothing personal is answered, and to somebody who may not; else None."""
    if turn.incoming.group:
        return private_only(turn)
    return None if may(turn, action) else refused(turn, action)


def role_name(turn: Turn, role: str) -> str:
    """The role in the language of the turn."""
    names = {
        "leader": turn.say("tổ trưởng, trưởng thôn, trưởng bản và người phụ trách đơn vị"),
        "staff": turn.say("cán bộ phường"),
        "admin": turn.say("người quản trị của phường"),
    }
    return str(names[role])


def _who(turn: Turn, roles: Sequence[str]) -> Markup:
    return Markup(", ").join(role_name(turn, role) for role in roles)
