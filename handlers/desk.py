"""/canbo: everything that ward staff do here, with what waits for them."""

from collections.abc import Sequence

from conversation import Choice, Reply
from handlers.commands import menu_choice, wants
from handlers.permissions import may, turned_away, units_of
from handlers.round_texts import seen
from handlers.turn import Turn, reply, value

NAME = "canbo"
# Flows of staff that hold nothing but where one is.
_LOOKED_AT = frozenset({"duyet", "xuat", "nhapthay", "suadot"})
_PHRASES = ("can bo", "viec can bo", "viec cua can bo", "can bo phuong", "staff")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The menu of staff."""
    if turn.incoming.choice != NAME and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "review"):
        return away
    turn_to(turn)
    say = turn.say
    waiting, rounds = waiting_count(turn), len(seen(turn, "open_round"))
    text = say(
        "<b>Việc của cán bộ phường</b>\nBài chờ xem: {waiting}. Đợt đang mở: {rounds}.", waiting=waiting, rounds=rounds
    )
    return reply(
        text,
        Choice(str(say("Bài chờ xem ({count})", count=waiting)), value("duyet")),
        Choice(str(say("Tiến độ nộp bài")), value("tiendo")),
        Choice(str(say("Các đợt nộp bài")), value("dot")),
        Choice(str(say("Xuất biểu")), value("xuat")),
        Choice(str(say("Nhập thay bài giấy")), value("nhapthay")),
        Choice(str(say("Gửi thông báo")), value("guitin")),
        Choice(str(say("Nhắc việc")), value("nhacviec")),
        Choice(str(say("Mời người phụ trách")), value("moi")),
        menu_choice(turn),
    )


def turn_to(turn: Turn) -> None:
    """Go to another thing of staff's: what was only looked at is not asked again; what is half told stays open."""
    if turn.conversation.flow in _LOOKED_AT:
        turn.enter("")


def waiting_count(turn: Turn) -> int:
    """How many submissions of the ward wait for staff."""
    mine = set(units_of(turn, "review"))
    counts = turn.records.registry.submissions.count_each(["submitted"])
    return sum(count for (_, unit), count in counts.items() if unit in mine)


def desk_choice(turn: Turn) -> list[Choice]:
    """The button to this menu, for those who have it."""
    return [Choice(str(turn.say("Việc của cán bộ")), value(NAME))] if may(turn, "review") else []
