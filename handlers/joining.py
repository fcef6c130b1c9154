"""A code of the ward gives a role: typed, or brought by a link. Without consent there is no role."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers import demonstration, notice
from handlers.colleagues import tell
from handlers.commands import menu_choice, private_only
from handlers.flow import Flow
from handlers.invitations import LONGEST_NAME, OPERATOR
from handlers.passcodes import digest, locked_out, typed, wrong
from handlers.permissions import held
from handlers.role_texts import greeting, role_in
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.unit_names import is_current, unit_name
from storage.registry import Role

NAME = "thamgia"
# What a person has to say to the notice before they get what they asked for: a hash, or a role of the demo.
Wanted = Mapping[str, str]


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Take a code; None where the message is none."""
    code = typed("invitation", turn.text) if turn.incoming.kind == "text" else None
    if code is None:
        return None
    if turn.incoming.group:
        return private_only(turn)
    if not code:
        return _how(turn)
    return locked_out(turn) or _offered(turn, digest("invitation", code))


def ask(turn: Turn) -> list[Reply]:
    """Whether the person agrees that the role is kept with their account."""
    text = turn.say(
        "Anh/chị có đồng ý để tôi ghi vai trò không? Không đồng ý thì không có vai trò, vẫn hỏi như thường."
    )
    return reply(
        text,
        Choice(str(turn.say("Đồng ý")), value("thongbao", "dongy", notice.VERSION)),
        Choice(str(turn.say("Không")), value("thongbao", "khong", notice.VERSION)),
    )


def read(turn: Turn) -> Sequence[Reply] | None:
    """What the person says to the notice; None where it is something else."""
    pressed = turn.pressed("thongbao")
    if pressed is None:
        return None
    wanted = turn.conversation.data.get("wanted")
    said = notice.handle(turn)
    if pressed[0] not in ("dongy", "khong") or pressed[1] != notice.VERSION:
        return said
    turn.enter("")
    turn.remember(wanted=None)
    if turn.person.notice == "accepted" and isinstance(wanted, dict):
        return _given(turn, wanted)
    without = turn.say("Vì vậy anh/chị không có vai trò nào.")
    if isinstance(wanted, dict) and "hash" in wanted:
        without += " " + turn.say("Mã chưa dùng đến; đổi ý thì anh/chị gõ lại mã.")
    return [*(said or ()), Reply(without)]


FLOW = Flow(ask, read)


def with_consent(turn: Turn, wanted: Wanted, head: Markup) -> list[Reply]:
    """Give what is wanted, after the notice was accepted; `head` says what it is."""
    if turn.person.notice == "accepted":
        return _given(turn, wanted)
    turn.remember(wanted=dict(wanted), noticed=notice.VERSION)
    turn.enter(NAME, "dongy")
    why = turn.say("Muốn nhận thì tôi phải ghi vai trò và tên cùng tài khoản này. Không đồng ý thì không có vai trò.")
    return [Reply(head + " " + why), *notice.show(turn)]


def _how(turn: Turn) -> list[Reply]:
    text = turn.say(
        "Mã mời có 12 chữ và số, ví dụ <code>K7MR-3XPQ-9TWA</code>. Anh/chị gõ cả mã, có gạch nối hay không đều được. "
        "Chưa có mã thì xin cán bộ phường."
    )
    return reply(text, menu_choice(turn))


def _offered(turn: Turn, hash: str) -> list[Reply]:
    """What a code gives, if it is one that holds."""
    registry = turn.records.registry
    invitation = registry.roles.invited(hash)
    unit = registry.units.get(invitation.unit) if invitation else None
    if invitation is None:
        return wrong(turn)
    if unit is None or not is_current(turn, unit):
        text = turn.say("Mã đúng, nhưng đơn vị của mã này không còn trong danh sách. Xin phường mã mới.")
        return reply(text, menu_choice(turn))
    role = role_in(turn.say, invitation.role, unit.name)
    if any((one.role, one.unit) == (invitation.role, unit.code) for one in held(turn)):
        return reply(turn.say("Anh/chị đã là {role}, mã này chưa dùng đến.", role=role), menu_choice(turn))
    return with_consent(turn, {"hash": hash}, turn.say("Mã này mời anh/chị làm <b>{role}</b>.", role=role))


def _given(turn: Turn, wanted: Wanted) -> list[Reply]:
    turn.enter("")
    if "hash" not in wanted:
        return demonstration.given(turn, wanted["role"], wanted["unit"])
    roles = turn.records.registry.roles
    invitation = roles.take(wanted["hash"], turn.person.id)
    if invitation is None:
        # Somebody else was faster, or it has expired while the person read the notice.
        return wrong(turn)
    name = invitation.name or turn.person.name or turn.incoming.name.strip()[:LONGEST_NAME]
    roles.give(turn.person.id, name, invitation.role, invitation.unit, turn.today, invitation.by)
    if name and not turn.person.name:
        turn.save_person(name=name)
    _told(turn, invitation.by, name, invitation.role, invitation.unit)
    return greeting(turn, invitation.role, invitation.unit, name)


def _told(turn: Turn, inviter: str, name: str, role: Role, unit: str) -> None:
    """Whoever made the invitation in the chat is told that it was taken."""
    if inviter in ("", OPERATOR, turn.person.id):
        return
    place = unit_name(turn, unit)

    def words(say: Translator) -> Reply:
        who = name or say("Người được mời")
        return Reply(say("{name} đã nhận lời mời, từ hôm nay là {role}.", name=who, role=role_in(say, role, place)))

    tell(turn, [inviter], words)
