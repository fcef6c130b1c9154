"""First contact: one short notice of what is kept and why, and what the person says to it."""

from collections.abc import Sequence

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice, private_only
from handlers.permissions import held
from handlers.turn import Turn, reply, value

# Names the text below; a new text gets a new name, and everybody is shown it once.
VERSION = "2026-11"
# Courtesies of somebody in need.
URGENT = frozenset({"fire", "crime", "medical", "help"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Keep what the person said to the notice, or show it again."""
    pressed = turn.pressed("thongbao") or _typed(turn)
    if pressed is None:
        return None
    if turn.incoming.group:
        return private_only(turn)
    step, version, _ = pressed
    if step not in ("dongy", "khong") or version != VERSION:
        turn.remember(noticed=VERSION)
        return show(turn)
    turn.remember(noticed=VERSION)
    return _accept(turn) if step == "dongy" else _refuse(turn)


def _typed(turn: Turn) -> list[str] | None:
    """The words of the buttons, typed later: the notice may no longer be the last thing said."""
    asked = turn.conversation.data.get("noticed") == VERSION and not turn.person.notice
    if not asked or turn.incoming.kind != "text":
        return None
    step = {"dong y": "dongy", "khong dong y": "khong"}.get(folded(turn.text))
    return [step, VERSION, ""] if step else None


def due(turn: Turn) -> bool:
    """Whether the notice follows the answer: once, never in a group or an emergency."""
    if turn.incoming.group or turn.conversation.data.get("noticed") == VERSION:
        return False
    return not _urgent(turn)


def show(turn: Turn) -> list[Reply]:
    """The notice, with its two buttons."""
    text = turn.say(
        "<b>Xin phép bà con một điều.</b> Để trả lời đúng người và trả lời tiếp câu sau, "
        "{ward} giữ: mã tài khoản của anh/chị trên ứng dụng này, ngôn ngữ, "
        "tổ và nơi anh/chị tự chọn, câu đang hỏi dở; trên trang web thì cả cuộc trò chuyện, để mở lại còn thấy. "
        "Câu hỏi còn được ghi riêng, không kèm tên, để trả lời tốt hơn. "
        "Tin nhắn đi qua ứng dụng anh/chị đang dùng, có thể ở nước ngoài.\n\n"
        "Gõ <b>dữ liệu của tôi</b> để xem hoặc xóa bất cứ lúc nào. "
        "Xin đừng gửi ảnh căn cước. Không đồng ý thì anh/chị vẫn hỏi được.",
        ward=turn.ward.name,
    )
    return reply(
        text,
        Choice(str(turn.say("Đồng ý")), value("thongbao", "dongy", VERSION)),
        Choice(str(turn.say("Không")), value("thongbao", "khong", VERSION)),
    )


def agreed(turn: Turn) -> None:
    """Keep that the person agrees to the notice, which they know."""
    turn.person = turn.records.notice(turn.person, "accepted", VERSION)
    turn.remember(noticed=VERSION)


def _accept(turn: Turn) -> list[Reply]:
    turn.person = turn.records.notice(turn.person, "accepted", VERSION)
    return reply(turn.say("Cảm ơn anh/chị. Mời anh/chị hỏi tiếp."), menu_choice(turn))


def _refuse(turn: Turn) -> list[Reply]:
    turn.person = turn.records.notice(turn.person, "refused", VERSION)
    # A flow that asks for something personal does not go on after a refusal.
    turn.enter("")
    if turn.person.unit or turn.person.locality:
        turn.save_person(unit="", locality="")
    text = turn.say(
        "Vâng, tôi không giữ tổ và nơi của anh/chị. Tôi chỉ giữ mã tài khoản, câu đang hỏi dở và, trên trang web, "
        "cuộc trò chuyện này để trả lời. Anh/chị gõ dữ liệu của tôi để xóa lúc nào cũng được, và vẫn hỏi như thường."
    )
    roles = held(turn)
    for role in roles:
        # A role is kept with the account, so there is none without consent.
        turn.records.registry.roles.end(role.id, turn.today, turn.person.id)
    if roles:
        text += " " + turn.say("Vai trò của anh/chị cũng hết từ bây giờ; bài của đơn vị vẫn ở lại với đơn vị.")
    return reply(text, menu_choice(turn))


def _urgent(turn: Turn) -> bool:
    folded = turn.knowledge.read(turn.text).folded
    return any(
        courtesy.id in URGENT and any(pattern.search(folded) for pattern in courtesy.patterns)
        for courtesy in turn.knowledge.lexicon.courtesies
    )
