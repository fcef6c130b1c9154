"""/donvi: the person's own tổ or thôn, then the place whose documents come first."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice, private_only, wants
from handlers.flow import Flow
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.unit_names import MOST_NAMED, examples, homes, named, number_of
from handlers.wording import capital
from knowledge.units import localities
from storage.registry import UnitRow

NAME = "donvi"
UNIT, PLACE = "to", "noi"
# The value of "none of these"; no unit or place may have this code.
NONE = "khong"
# More buttons than this are slower than typing.
MOST_BUTTONS = 24
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
    turn.enter(NAME, UNIT if homes(turn) else PLACE)
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
    found = named(homes(turn), turn.text)
    if found is None:
        return None
    if len(found) != 1:
        return [_which(turn, found), *ask(turn)]
    return _chosen(turn, UNIT, found[0].code)


def expects_number(turn: Turn) -> bool:
    """Whether people of this ward say their unit by its number."""
    return turn.conversation.step == UNIT and any(number_of(unit) for unit in homes(turn))


FLOW = Flow(ask, read, expects_number)


def _which(turn: Turn, found: Sequence[UnitRow]) -> Reply:
    if found:
        names = ", ".join(unit.name for unit in found[:MOST_NAMED])
        return Reply(turn.say("Có nhiều nơi mang số này: {names}. Anh/chị gõ đủ tên giúp tôi.", names=names))
    return Reply(turn.say("{ward} không có tổ mang số này.", ward=capital(turn.ward.name)))


def _chosen(turn: Turn, step: str, code: str) -> list[Reply]:
    if step == UNIT:
        known = next((unit for unit in homes(turn) if unit.code == code), None)
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
    unit = turn.records.registry.units.get(turn.person.unit)
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
    if not expects_number(turn):
        buttons = [Choice(cut(unit.name), value(NAME, UNIT, unit.code)) for unit in homes(turn)]
        skip = Choice(str(turn.say("Bỏ qua")), value(NAME, UNIT, NONE))
        text = turn.say("Anh/chị ở đâu trong {ward}?", ward=turn.ward.name)
        return reply(text, *buttons[:MOST_BUTTONS], skip)
    text = turn.say("Anh/chị ở tổ số mấy của {ward}? Gõ số tổ, ví dụ <b>5</b>.", ward=turn.ward.name)
    if names := examples(homes(turn)):
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
