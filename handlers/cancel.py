"""/huy: leave whatever is half done; "quay lại" where nothing is."""

from collections.abc import Sequence

from conversation import Reply
from handlers.commands import folded, menu_choice, wants
from handlers.turn import Turn, reply


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Leave any flow. Short words such as "thôi" mean it only inside one."""
    inside = bool(turn.conversation.flow)
    meant = wants(turn, "huy", "huy bo", "cancel")
    if not meant and not (inside and turn.incoming.kind == "text" and folded(turn.text) in _WORDS):
        return None
    turn.enter("")
    if not inside:
        return _nothing(turn)
    return reply(turn.say("Đã dừng, không có gì thay đổi thêm."), menu_choice(turn))


def back(turn: Turn) -> Sequence[Reply] | None:
    """“Quay lại” goes nowhere outside a flow, and asks for nothing."""
    plain = turn.incoming.kind == "text" and not turn.conversation.flow
    return _nothing(turn) if plain and folded(turn.text) in _BACK else None


def _nothing(turn: Turn) -> list[Reply]:
    return reply(turn.say("Hiện không có việc gì đang làm dở."), menu_choice(turn))


_BACK = frozenset(
    {"quay lai", "tro lai", "quay ve", "tro ve", "lui lai", "quay lai di", "tro lai di", "back", "go back"}
)
_WORDS = frozenset({"thoi", "dung", "dung lai", "thoat", "stop"})
