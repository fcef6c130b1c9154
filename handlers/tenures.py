"""/vaitro: which roles one has; in the demo ward, and only there, a role to try."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers import demonstration, notice
from handlers.commands import menu_choice, private_only, wants
from handlers.flow import Flow
from handlers.joining import with_consent
from handlers.permissions import held
from handlers.role_texts import next_steps, role_in, tenure_line
from handlers.turn import Turn, reply, value
from handlers.unit_names import current, examples, named, unit_name
from storage.registry import UnitRow

NAME = "vaitro"
TRY, WHICH = "thu", "donvi"
_PHRASES = ("vai tro", "vai tro cua toi", "doi vai", "chon vai", "my role", "my roles")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Show the roles, or take one to try."""
    pressed = turn.pressed(NAME)
    if not pressed and not wants(turn, NAME, *_PHRASES):
        return None
    if turn.incoming.group:
        return private_only(turn)
    if pressed and pressed[0] == TRY:
        if pressed[2] == notice.VERSION and turn.ward.fictitious:
            # Whoever starts the terminal in a role says so with it.
            notice.agreed(turn)
        return _try(turn, pressed[1])
    return _shown(turn)


def ask(turn: Turn) -> list[Reply]:
    """For which unit somebody wants to try to be the leader."""
    text = turn.say(
        "Anh/chị muốn làm thử người phụ trách đơn vị nào? Gõ số tổ, ví dụ <b>5</b>, hoặc tên: {names}.",
        names=examples(_units(turn)),
    )
    # No buttons: their numbers would be taken for numbers of units.
    return reply(text)


def read(turn: Turn) -> Sequence[Reply] | None:
    """A unit; None where the text is something else."""
    if turn.incoming.kind != "text":
        return None
    found = named(_units(turn), turn.text)
    if found is None:
        return None
    if len(found) != 1:
        return [Reply(turn.say("Tôi chưa rõ đơn vị nào. Anh/chị gõ đủ tên giúp tôi.")), *ask(turn)]
    return _tried(turn, "leader", found[0].code)


FLOW = Flow(ask, read, lambda turn: turn.conversation.step == WHICH)


def _units(turn: Turn) -> list[UnitRow]:
    return [unit for unit in current(turn) if unit.parent]


def _shown(turn: Turn) -> list[Reply]:
    tenures = held(turn)
    lines = [turn.say("<b>Vai trò của anh/chị</b>"), *(tenure_line(turn, tenure) for tenure in tenures)]
    if not tenures:
        lines.append(turn.say("người dân"))
    if not turn.ward.fictitious:
        if not tenures:
            lines.append(turn.say("Phường có gửi mã mời thì anh/chị gõ mã vào đây."))
        steps = [step for role in dict.fromkeys(tenure.role for tenure in tenures) for step in next_steps(turn, role)]
        return reply(Markup("\n").join(lines), *steps, menu_choice(turn))
    lines.append(turn.say("Phường này dựng để chạy thử, nên anh/chị chọn vai nào cũng được và đổi lúc nào cũng được:"))
    return reply(Markup("\n").join(lines), *_roles_to_try(turn), menu_choice(turn))


def _roles_to_try(turn: Turn) -> list[Choice]:
    labels = {
        demonstration.RESIDENT: turn.say("Người dân"),
        "leader": turn.say("Tổ trưởng, người phụ trách đơn vị"),
        "staff": turn.say("Cán bộ phường"),
        "admin": turn.say("Người quản trị"),
    }
    return [Choice(str(label), value(NAME, TRY, role)) for role, label in labels.items()]


def _try(turn: Turn, arg: str) -> list[Reply]:
    role, _, unit = arg.partition("/")
    if turn.ward.fictitious and role == "leader" and unit not in {one.code for one in _units(turn)}:
        turn.enter(NAME, WHICH)
        return ask(turn)
    return _tried(turn, role, unit if role == "leader" else turn.ward.code)


def _tried(turn: Turn, role: str, unit: str) -> list[Reply]:
    turn.enter("")
    tried = demonstration.ROLES.get(role)
    if tried is None or not turn.ward.fictitious:
        return demonstration.given(turn, role, unit)
    words = role_in(turn.say, tried, unit_name(turn, unit))
    return with_consent(turn, {"role": role, "unit": unit}, turn.say("Anh/chị chọn làm <b>{role}</b>.", role=words))
