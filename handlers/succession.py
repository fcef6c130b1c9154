"""The end of somebody's role, from /moi: the unit's papers stay with the unit, whoever comes next goes on with them."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.colleagues import tell
from handlers.commands import menu_choice
from handlers.permissions import ENDS, may, refused
from handlers.rejections import sentence
from handlers.role_texts import role_in
from handlers.step_texts import cut
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.unit_names import unit_name
from handlers.wording import bare, day
from knowledge.field_values import BadAnswer
from knowledge.field_values import read as read_value
from knowledge.forms import Field
from storage.registry import Role, Tenure

NAME = "moi"
END, ENDED, NEXT = "ket", "het", "tiep"
# Buttons that end a role, in one message.
MOST_ENDS = 5
# A term is not written down farther ahead.
MOST_YEARS = 10
_LAST = Field(id="last", kind="date", prompt="ngày hết nhiệm kỳ")


def holders_line(turn: Turn, role: Role, unit: str) -> Sequence[Markup]:
    """Who has the role now, as a line; none where nobody has."""
    told = [
        turn.say(
            "{name} (từ {first}{last})",
            name=called(turn.say, tenure),
            first=day(tenure.first),
            last=_last(turn, tenure),
        )
        for tenure in _holders(turn, role, unit)
    ]
    return [turn.say("Hiện có: {names}.", names=Markup(", ").join(told[:MOST_ENDS]))] if told else []


def _last(turn: Turn, tenure: Tenure) -> Markup:
    return turn.say(" đến hết {last}", last=day(tenure.last)) if tenure.last else Markup("")


def end_choices(turn: Turn, role: Role, unit: str) -> list[Choice]:
    """A button for each holder that ends the role, where the person may."""
    if not may(turn, ENDS[role], unit):
        return []
    return [
        Choice(cut(bare(turn.say("Kết thúc vai trò: {name}", name=called(turn.say, one)))), value(NAME, END, one.id))
        for one in _holders(turn, role, unit)[:MOST_ENDS]
    ]


def ask_end(turn: Turn, id: str = "") -> list[Reply]:
    """The second question before a role ends; asked again, the role is the one of the conversation."""
    kept = turn.conversation.data.get("ending")
    tenure = _tenure(turn, id or str(kept or ""))
    if tenure is None:
        turn.enter("")
        return _gone(turn)
    if not may(turn, ENDS[tenure.role], tenure.unit):
        return refused(turn, ENDS[tenure.role])
    turn.remember(ending=tenure.id, inviting={"role": tenure.role, "unit": tenure.unit})
    turn.enter(NAME, END)
    text = turn.say(
        "Kết thúc vai trò <b>{role}</b> của {name} từ hôm nay? Người ấy không xem và không sửa được nữa; "
        "bài của đơn vị ở lại với đơn vị, người kế nhiệm làm tiếp. Muốn hẹn trước thì gõ ngày hết nhiệm kỳ, "
        "ví dụ <b>{day}</b>.",
        day=day(date(turn.today.year + 1, 12, 31)),
        role=role_in(turn.say, tenure.role, unit_name(turn, tenure.unit)),
        name=called(turn.say, tenure),
    )
    # The conversation is saved once more with this question, and the button is for that state only.
    sure = value(NAME, ENDED, tenure.id, turn.conversation.revision + 1)
    return reply(text, Choice(str(turn.say("Kết thúc")), sure), Choice(str(turn.say("Để như cũ")), value("huy")))


def read_term(turn: Turn) -> Sequence[Reply] | None:
    """The last day of a role as typed, where its end is asked about; None for a question about something else."""
    tenure = _tenure(turn, str(turn.conversation.data.get("ending") or ""))
    if tenure is None or not may(turn, ENDS[tenure.role], tenure.unit):
        return None
    try:
        last = date.fromisoformat(str(read_value(_LAST, turn.text, turn.today)))
    except BadAnswer as bad:
        return None if is_question(turn) else [Reply(sentence(turn, _LAST, bad)), *ask_end(turn)]
    except ValueError:
        return [Reply(turn.say("Anh/chị gõ đủ ngày, tháng, năm giúp tôi.")), *ask_end(turn)]
    if not turn.today <= last <= turn.today.replace(year=turn.today.year + MOST_YEARS, day=1):
        text = turn.say(
            "Ngày hết nhiệm kỳ phải từ hôm nay đến không quá {years} năm nữa. Anh/chị gõ lại giúp tôi.",
            years=MOST_YEARS,
        )
        return [Reply(text), *ask_end(turn)]
    if _is_last_admin(turn, tenure):
        return _last_admin(turn, tenure)
    turn.records.registry.roles.until(tenure.id, last, turn.today, turn.person.id)
    turn.enter("")
    turn.remember(ending=None)
    return _ends_on(turn, tenure, last)


def _ends_on(turn: Turn, tenure: Tenure, last: date) -> list[Reply]:
    """What is said of a term that was set, to both."""
    place = unit_name(turn, tenure.unit)

    def words(say: Translator) -> Reply:
        role = role_in(say, tenure.role, place)
        text = say("Nhiệm kỳ {role} của anh/chị đến hết ngày {day}, phường vừa ghi.", role=role, day=day(last))
        return Reply(text)

    if tenure.person != turn.person.id:
        tell(turn, [tenure.person], words)
    text = turn.say(
        "Đã ghi: {name} là {role} đến hết ngày {day}. Sau ngày ấy vai trò tự kết thúc, bài ở lại với đơn vị.",
        name=called(turn.say, tenure),
        role=role_in(turn.say, tenure.role, place),
        day=day(last),
    )
    following = Choice(str(turn.say("Mời người kế nhiệm")), value(NAME, NEXT, f"{tenure.role}/{tenure.unit}"))
    return reply(text, following, menu_choice(turn))


def _is_last_admin(turn: Turn, tenure: Tenure) -> bool:
    return tenure.role == "admin" and len(_holders(turn, "admin", tenure.unit)) == 1


def _last_admin(turn: Turn, tenure: Tenure) -> list[Reply]:
    turn.enter("")
    text = turn.say("Đây là người quản trị cuối cùng. Anh/chị mời người kế nhiệm trước, rồi hãy kết thúc.")
    invite = Choice(str(turn.say("Mời người quản trị")), value(NAME, NEXT, f"admin/{tenure.unit}"))
    return reply(text, invite, menu_choice(turn))


def end(turn: Turn, id: str, revision: str) -> list[Reply]:
    """End a role that was just asked about; then its successor can be invited."""
    tenure = _tenure(turn, id)
    if tenure is None:
        return _gone(turn)
    action = ENDS[tenure.role]
    if not may(turn, action, tenure.unit):
        return refused(turn, action)
    if turn.conversation.step != END or revision != str(turn.conversation.revision):
        return ask_end(turn, id)
    if _is_last_admin(turn, tenure):
        return _last_admin(turn, tenure)
    turn.records.registry.roles.end(tenure.id, turn.today, turn.person.id)
    turn.enter("")
    turn.remember(ending=None)
    place = unit_name(turn, tenure.unit)
    _tell(turn, tenure, place)
    text = turn.say(
        "Đã kết thúc: {name} không còn là {role}.",
        name=called(turn.say, tenure),
        role=role_in(turn.say, tenure.role, place),
    )
    following = Choice(str(turn.say("Mời người kế nhiệm")), value(NAME, NEXT, f"{tenure.role}/{tenure.unit}"))
    return reply(text, following, menu_choice(turn))


def called(say: Translator, tenure: Tenure) -> str:
    """What the holder of a role is called."""
    return tenure.name or str(say("chưa có tên"))


def _tell(turn: Turn, tenure: Tenure, place: str) -> None:
    def words(say: Translator) -> Reply:
        text = say(
            "Từ hôm nay anh/chị thôi làm {role}. Cảm ơn anh/chị đã gánh vác. Bài đã làm ở lại với đơn vị; "
            "anh/chị vẫn hỏi tôi như thường, có gì chưa rõ xin hỏi phường.",
            role=role_in(say, tenure.role, place),
        )
        return Reply(text)

    if tenure.person != turn.person.id:
        tell(turn, [tenure.person], words)


def _gone(turn: Turn) -> list[Reply]:
    return reply(turn.say("Vai trò này đã kết thúc từ trước."), menu_choice(turn))


def _holders(turn: Turn, role: Role, unit: str) -> list[Tenure]:
    return [one for one in turn.records.registry.roles.in_unit(unit, turn.today) if one.role == role]


def _tenure(turn: Turn, id: str) -> Tenure | None:
    roles = turn.records.registry.roles
    held = [one for role in ENDS for one in roles.holders(role, turn.today)]
    return next((one for one in held if one.id == id), None)
