"""/moi: staff invite the leader of a unit, admins their colleagues; a successor comes in place of a predecessor."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.asides import is_question
from handlers.commands import folded, menu_choice, private_only, wants
from handlers.flow import Flow
from handlers.invitations import LONGEST_NAME, ROLES, Issued, fits, issue
from handlers.permissions import INVITES, may, refused, units_of
from handlers.role_texts import role_in
from handlers.succession import END, ENDED, NEXT, ask_end, end, end_choices, holders_line, read_term
from handlers.turn import Turn, reply, value
from handlers.unit_names import current, examples, named
from handlers.wording import capital, moment
from storage.registry import Role, UnitRow

NAME = "moi"
ROLE, UNIT, PERSON = "vai", "donvi", "ten"
_PHRASES = ("moi", "moi nguoi phu trach", "moi to truong", "moi can bo", "tao ma moi", "invite")
_NAMELESS = frozenset({"bo qua", "chua biet", "chua biet ten", "skip"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Begin, or take a pressed button, however old."""
    pressed = turn.pressed(NAME)
    if not pressed and not wants(turn, NAME, *_PHRASES):
        return None
    if turn.incoming.group:
        return private_only(turn)
    verb, arg, revision = pressed or ("", "", "")
    if verb == END:
        return ask_end(turn, arg)
    if verb == ENDED:
        return end(turn, arg, revision)
    if not may(turn, "invite_leader"):
        return refused(turn, "invite_leader")
    if verb == PERSON and turn.conversation.flow == NAME:
        return _invited(turn, "")
    role = next((role for role in ROLES if role == arg.partition("/")[0]), None)
    if verb in (ROLE, NEXT) and role:
        return _begin(turn, role, arg.partition("/")[2])
    turn.enter(NAME, ROLE if may(turn, "invite_staff") else UNIT)
    turn.remember(inviting={"role": "leader", "unit": ""})
    return ask(turn)


def ask(turn: Turn) -> list[Reply]:
    """The question of the step."""
    return {ROLE: _ask_role, UNIT: _ask_unit, END: ask_end}.get(turn.conversation.step, _ask_person)(turn)


def read(turn: Turn) -> Sequence[Reply] | None:
    """A unit or a name; None where the text is something else."""
    if turn.incoming.kind != "text" or not turn.text:
        return None
    if turn.conversation.step == END:
        return read_term(turn)
    if turn.conversation.step == UNIT:
        return _read_unit(turn)
    return _read_person(turn) if turn.conversation.step == PERSON else None


FLOW = Flow(ask, read, lambda turn: turn.conversation.step == UNIT)


def _begin(turn: Turn, role: Role, unit: str) -> list[Reply]:
    """Go on where a role is known, and perhaps the unit; of the ward as a whole there is one."""
    if not may(turn, INVITES[role], unit):
        return refused(turn, INVITES[role])
    units = _units(turn, role)
    where = units[0].code if role != "leader" and units and not unit else unit
    turn.remember(inviting={"role": role, "unit": where})
    turn.enter(NAME, PERSON if where else UNIT)
    return ask(turn)


def _ask_role(turn: Turn) -> list[Reply]:
    labels = {
        "leader": turn.say("Người phụ trách một đơn vị"),
        "staff": turn.say("Cán bộ phường"),
        "admin": turn.say("Người quản trị"),
    }
    choices = [Choice(str(label), value(NAME, ROLE, role)) for role, label in labels.items()]
    return reply(turn.say("Anh/chị mời ai?"), *choices)


def _ask_unit(turn: Turn) -> list[Reply]:
    text = turn.say(
        "Mời người phụ trách đơn vị nào? Gõ số tổ, ví dụ <b>5</b>, hoặc tên: {names}.",
        names=examples(_units(turn, "leader")),
    )
    # No buttons: their numbers would be taken for numbers of units.
    return reply(text)


def _ask_person(turn: Turn) -> list[Reply]:
    role, unit = _kept(turn)
    if unit is None:
        turn.enter(NAME, UNIT)
        return _ask_unit(turn)
    head = turn.say("Mời làm <b>{role}</b>.", role=role_in(turn.say, role, unit.name))
    text = turn.say("Người được mời tên gì? Gõ họ và tên.")
    nameless = Choice(str(turn.say("Chưa biết tên")), value(NAME, PERSON))
    lines = [head, *holders_line(turn, role, unit.code), text]
    return reply(Markup("\n").join(lines), nameless, *end_choices(turn, role, unit.code))


def _read_unit(turn: Turn) -> Sequence[Reply] | None:
    found = named(_units(turn, "leader"), turn.text)
    if found is None:
        return None if is_question(turn) else _unclear(turn)
    if len(found) != 1:
        return _unclear(turn)
    turn.remember(inviting={"role": "leader", "unit": found[0].code})
    turn.enter(NAME, PERSON)
    return ask(turn)


def _unclear(turn: Turn) -> list[Reply]:
    return [Reply(turn.say("Tôi chưa rõ đơn vị nào. Anh/chị gõ đủ tên giúp tôi.")), *ask(turn)]


def _read_person(turn: Turn) -> Sequence[Reply] | None:
    if folded(turn.text) in _NAMELESS:
        return _invited(turn, "")
    name = " ".join(turn.text.split())
    # A name may hold words that some document explains, but who asks writes no capital before each word.
    if name.endswith("?") or (not name.istitle() and is_question(turn)):
        return None
    if len(name) > LONGEST_NAME or any(letter.isdigit() for letter in name) or not name.isprintable():
        text = turn.say("Chỗ này cần họ và tên: không có chữ số, dài nhất {most} chữ.", most=LONGEST_NAME)
        return [Reply(text), *ask(turn)]
    return _invited(turn, name)


def _invited(turn: Turn, name: str) -> list[Reply]:
    """Make the invitation, and the message to forward."""
    role, unit = _kept(turn)
    if unit is None:
        return ask(turn)
    if not may(turn, INVITES[role], unit.code):
        turn.enter("")
        return refused(turn, INVITES[role])
    issued = issue(turn.records.registry, role, unit, name, turn.person.id)
    turn.enter("")
    turn.remember(inviting=None)
    until = moment(turn.say, issued.invitation.expires)
    head = turn.say(
        "Mã mời dùng một lần, đến {until}. Anh/chị chuyển tin dưới đây cho đúng người được mời, đừng gửi vào nhóm.",
        until=until,
    )
    again = Choice(str(turn.say("Mời người khác")), value(NAME))
    return [
        Reply(head),
        Reply(_to_forward(turn, issued, unit), (again, menu_choice(turn)), attachments=_picture(turn, issued)),
    ]


def _picture(turn: Turn, issued: Issued) -> tuple[Attachment, ...]:
    """The link as a picture, to be printed or held before somebody's phone; without a link there is none."""
    links = issued.links(turn.doors)
    return (Attachment("qr", {"text": links[0]}),) if links else ()


def _to_forward(turn: Turn, issued: Issued, unit: UnitRow) -> Markup:
    who = issued.invitation.name or turn.say("anh/chị")
    lines = [
        turn.say(
            "{ward} mời {who} làm <b>{role}</b> trên Bạn Phố.",
            ward=capital(turn.ward.name),
            who=who,
            role=role_in(turn.say, issued.invitation.role, unit.name),
        )
    ]
    links = issued.links(turn.doors)
    lines += [Markup('<a href="{}">{}</a>').format(link, link) for link in links]
    said = (
        turn.say("Mở đường dẫn trên, hoặc nhắn cho Bạn Phố mã này:") if links else turn.say("Nhắn cho Bạn Phố mã này:")
    )
    return Markup("\n").join([*lines, said, Markup("<code>{}</code>").format(issued.code)])


def _kept(turn: Turn) -> tuple[Role, UnitRow | None]:
    """Which role is given, and where, as far as it was told and may be."""
    kept = turn.conversation.data.get("inviting")
    told = kept if isinstance(kept, dict) else {}
    role: Role = next((role for role in ROLES if role == told.get("role")), "leader")
    return role, next((unit for unit in _units(turn, role) if unit.code == told.get("unit")), None)


def _units(turn: Turn, role: Role) -> list[UnitRow]:
    """The units of today for which the person may invite to a role, those below the ward first."""
    mine = set(units_of(turn, INVITES[role]))
    found = [unit for unit in current(turn) if unit.code in mine and fits(role, unit)]
    return sorted(found, key=lambda unit: not unit.parent)
