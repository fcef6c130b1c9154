"""How roles are called, and what somebody who has just got one can do."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import menu_choice
from handlers.desk import desk_choice
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.unit_names import unit_name
from handlers.wording import day
from storage.registry import Role, Tenure


def role_in(say: Translator, role: Role, unit: str) -> Markup:
    """A role with the name of the unit in which it is held."""
    return {
        "leader": say("người phụ trách {unit}", unit=unit),
        "staff": say("cán bộ {unit}", unit=unit),
        "admin": say("người quản trị của {unit}", unit=unit),
    }[role]


def tenure_line(turn: Turn, tenure: Tenure) -> Markup:
    """A role, where, since when, and until when where that is known."""
    role = role_in(turn.say, tenure.role, unit_name(turn, tenure.unit))
    line = turn.say("{role}, từ {first}", role=role, first=day(tenure.first))
    return line + turn.say(" đến hết {last}", last=day(tenure.last)) if tenure.last else line


def greeting(turn: Turn, role: Role, unit: str, name: str = "") -> list[Reply]:
    """Who one is from now on, what one can do, and the button to begin."""
    hello = turn.say("Chào {name}. ", name=name) if name else Markup("")
    begins = turn.say("Từ hôm nay anh/chị là <b>{role}</b>.", role=role_in(turn.say, role, unit_name(turn, unit)))
    does = {
        "leader": turn.say(
            "Anh/chị điền biểu mẫu phường giao ngay tại đây, từng câu một, nghỉ lúc nào cũng được; "
            "xem bài đã gửi, sửa chỗ phường nhờ sửa. Sắp tới hạn thì sáng sớm tôi nhắc."
        ),
        "staff": turn.say(
            "Anh/chị mở đợt, xem đơn vị nào đã nộp, nhận hoặc nhờ sửa từng mục, xuất giấy tờ, "
            "gửi thông báo cho bà con, và mời người phụ trách các đơn vị."
        ),
        "admin": turn.say("Anh/chị làm mọi việc của cán bộ, và mời hoặc kết thúc vai trò của cán bộ."),
    }[role]
    return reply(hello + begins + "\n\n" + does, *next_steps(turn, role), menu_choice(turn))


def next_steps(turn: Turn, role: Role) -> Sequence[Choice]:
    """The buttons that a role begins with."""
    if role == "leader":
        return [Choice(str(turn.say("Biểu mẫu cần làm")), value("bieumau"))]
    invites = turn.say("Mời người phụ trách") if role == "staff" else turn.say("Mời cán bộ, người phụ trách")
    return [*desk_choice(turn), Choice(str(invites), value("moi"))]
