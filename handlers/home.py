"""/donvi: the person's own tổ or thôn, then the place whose documents come first."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice, private_only, wants
from handlers.flow import Flow
from handlers.turn import Turn, reply, value
from handlers.wording import capital
from knowledge.units import Unit, localities

NAME = "donvi"
UNIT, PLACE = "to", "noi"
# The value of "none of these"; no unit or place may have this code.
NONE = "khong"
# More buttons than this are slower than typing.
MOST_BUTTONS = 24
_NUMBER = re.compile(r"(?:(?:to|tdp|to dan pho|ban|thon)\s+)?(?:so\s+)?0*(\d{1,3})")
_PHRASES = (
    "don vi",
    "doi don vi",
    "chon don vi",
    "to cua toi",
    "to va noi cua toi",
    "unit",
    "my unit",
    "my group and place",
)
_SKIP = frozenset({"bo qua", "khong", "khong co", "skip", "none"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Begin the flow, or take a pressed button of it, however old."""
    pressed = turn.pressed(NAME)
    if not pressed and not wants(turn, NAME, *_PHRASES):
        return None
    if turn.incoming.group:
        return private_only(turn)
    if turn.person.notice == "refused":
        return _needs_consent(turn)
    if pressed and pressed[0] in (UNIT, PLACE):
        return _chosen(turn, pressed[0], pressed[1])
    turn.enter(NAME, UNIT if turn.ward.units else PLACE)
    return ask(turn)


def ask(turn: Turn) -> list[Reply]:
    """The question of the step that the person is in."""
    return _ask_place(turn) if turn.conversation.step == PLACE else _ask_unit(turn)


def read(turn: Turn) -> Sequence[Reply] | None:
    """A typed number or name; None where the text is something else."""
    text = folded(turn.text)
    if turn.incoming.kind != "text" or not text:
        return None
    if text in _SKIP:
        return _chosen(turn, turn.conversation.step, NONE)
    if turn.conversation.step == PLACE:
        code = next((c for c, name in _places(turn).items() if folded(name) == text), "")
        return _chosen(turn, PLACE, code) if code else None
    named = next((unit for unit in turn.ward.units if folded(unit.name) == text), None)
    match = _NUMBER.fullmatch(text)
    if named is None and match is None:
        return None
    unit = named or _numbered(turn, int(match[1]) if match else 0)
    if unit is None:
        text_ = turn.say("{ward} không có tổ mang số này.", ward=capital(turn.ward.name))
        return [Reply(text_), *ask(turn)]
    return _chosen(turn, UNIT, unit.code)


def expects_number(turn: Turn) -> bool:
    """Whether people of this ward say their unit by its number."""
    return turn.conversation.step == UNIT and any(_number(unit) for unit in turn.ward.units)


FLOW = Flow(ask, read, expects_number)


def _number(unit: Unit) -> str:
    last = unit.name.split()[-1].lstrip("0")
    return last if last.isdigit() else ""


def _numbered(turn: Turn, number: int) -> Unit | None:
    return next((unit for unit in turn.ward.units if _number(unit) == str(number)), None)


def _chosen(turn: Turn, step: str, code: str) -> list[Reply]:
    if step == UNIT:
        known = turn.ward.unit(code)
        if known is None and code != NONE:
            turn.enter(NAME, UNIT)
            return ask(turn)
        turn.save_person(unit=known.code if known else "")
        turn.enter(NAME, PLACE)
        return ask(turn)
    if code not in _places(turn) and code != NONE:
        turn.enter(NAME, PLACE)
        return ask(turn)
    turn.save_person(locality="" if code == NONE else code)
    turn.enter("")
    return reply(_summary(turn), menu_choice(turn))


def _summary(turn: Turn) -> Markup:
    unit = turn.ward.unit(turn.person.unit)
    place = _places(turn).get(turn.person.locality, "")
    parts = [
        turn.say("Đã ghi: <b>{unit}</b>.", unit=unit.name) if unit else turn.say("Không ghi tổ nào."),
        turn.say("Ưu tiên văn bản: <b>{place}</b>.", place=place) if place else turn.say("Không ưu tiên nơi nào."),
        turn.say("Muốn đổi, anh/chị gõ <b>đơn vị</b>."),
    ]
    return Markup(" ").join(parts)


def _needs_consent(turn: Turn) -> list[Reply]:
    text = turn.say("Anh/chị đã chọn không lưu, nên tôi không ghi tổ và nơi ở. Nếu đổi ý, xin xem lại lời xin phép.")
    again = Choice(str(turn.say("Xem lại lời xin phép")), value("thongbao"))
    return reply(text, again, menu_choice(turn))


def _ask_unit(turn: Turn) -> list[Reply]:
    named = [unit for unit in turn.ward.units if not _number(unit)]
    if not expects_number(turn):
        buttons = [Choice(unit.name, value(NAME, UNIT, unit.code)) for unit in named]
        skip = Choice(str(turn.say("Bỏ qua")), value(NAME, UNIT, NONE))
        text = turn.say("Anh/chị ở đâu trong {ward}?", ward=turn.ward.name)
        return reply(text, *buttons[:MOST_BUTTONS], skip)
    text = turn.say("Anh/chị ở tổ số mấy của {ward}? Gõ số tổ, ví dụ <b>5</b>.", ward=turn.ward.name)
    if named:
        names = ", ".join(unit.name for unit in named)
        text += turn.say(" Ở nơi không có số thì gõ tên: {names}.", names=names)
    # No buttons: their numbers would be taken for numbers of units.
    return reply(text + turn.say(" Chưa muốn nói thì gõ <b>bỏ qua</b>."))


def _ask_place(turn: Turn) -> list[Reply]:
    places = [Choice(name, value(NAME, PLACE, code)) for code, name in _places(turn).items()]
    text = turn.say("Câu hỏi hợp với nhiều văn bản thì nên ưu tiên văn bản của nơi nào? Anh/chị vẫn hỏi được mọi nơi.")
    skip = Choice(str(turn.say("Không ưu tiên nơi nào")), value(NAME, PLACE, NONE))
    return reply(text, *places, skip)


def _places(turn: Turn) -> dict[str, str]:
    return localities(turn.knowledge.library)
