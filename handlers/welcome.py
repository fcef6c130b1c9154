"""/start and /trogiup: who the bot is, and everything it can do."""

from collections.abc import Sequence

from conversation import Choice, Reply
from handlers.commands import HELP, menu_choice, wants
from handlers.desk import desk_choice
from handlers.permissions import units_of
from handlers.turn import Turn, reply, value


def start(turn: Turn) -> Sequence[Reply] | None:
    """A greeting with the four things that most people come for."""
    if not wants(turn, "start", "bat dau"):
        return None
    turn.enter("")
    name = turn.incoming.name.strip()[:40]
    hello = turn.say("Chào {name}.", name=name) if name else turn.say("Chào bà con.")
    text = turn.say(
        "{hello} Tôi là <b>Bạn Phố</b> của {ward}. Tôi trả lời bằng đúng lời văn bản: "
        "tiêu chí, hạn nộp, khen thưởng, ai phụ trách.\n\n"
        "Anh/chị cứ gõ câu hỏi như nói chuyện, có dấu hay không dấu đều được. "
        "Ví dụ: “hạn nộp danh sách khen thưởng là khi nào”.",
        hello=hello,
        ward=turn.ward.name,
    )
    return reply(text, *_own(turn), *_main(turn), menu_choice(turn))


def help(turn: Turn) -> Sequence[Reply] | None:
    """Everything the bot can do, each as a button."""
    if not wants(turn, "trogiup", *HELP):
        return None
    text = turn.say("Anh/chị gõ câu hỏi, hoặc chọn một việc dưới đây. Đang làm dở mà muốn thôi thì gõ <b>hủy</b>.")
    return reply(text, *_own(turn), *_reminders(turn), *_main(turn), *_other(turn))


def _own(turn: Turn) -> list[Choice]:
    """What somebody with a role comes for."""
    if turn.incoming.group:
        return []
    forms = Choice(str(turn.say("Biểu mẫu của đơn vị")), value("bieumau"))
    return [*([forms] if units_of(turn, "see_own") else []), *desk_choice(turn)]


def _reminders(turn: Turn) -> list[Choice]:
    """For leaders; staff have it among their own things."""
    mine = not turn.incoming.group and bool(units_of(turn, "see_own"))
    return [Choice(str(turn.say("Nhắc việc")), value("nhacviec"))] if mine else []


def unknown(turn: Turn) -> Sequence[Reply] | None:
    """A command that the bot does not have."""
    if not turn.command():
        return None
    text = turn.say("Tôi không có lệnh này. Anh/chị gõ câu hỏi, hoặc chọn một việc dưới đây.")
    return reply(text, *_main(turn), menu_choice(turn))


def _main(turn: Turn) -> list[Choice]:
    return [
        Choice(str(turn.say("Hạn nộp")), value("hannop")),
        Choice(str(turn.say("Tiêu chí, chỉ tiêu")), value("tieuchi")),
        Choice(str(turn.say("5 không")), value("5khong")),
        Choice(str(turn.say("Văn bản")), value("vanban")),
    ]


def _other(turn: Turn) -> list[Choice]:
    personal = [
        Choice(str(turn.say("Tổ và nơi của tôi")), value("donvi")),
        Choice(str(turn.say("Tin muốn nhận")), value("nhantin")),
        Choice(str(turn.say("Vai trò của tôi")), value("vaitro")),
        Choice(str(turn.say("Nối tài khoản")), value("lienket")),
        Choice(str(turn.say("Dữ liệu của tôi")), value("dulieu")),
    ]
    return [
        *([] if turn.incoming.group else personal),
        Choice("Ngôn ngữ / Language", value("ngonngu")),
        Choice(str(turn.say("Liên hệ phường")), value("lienhe")),
    ]
