"""The order to send: a press or a word for what was just shown; for what is urgent the word on the screen."""

from conversation import Reply
from handlers.bulletin_answers import now_pressed
from handlers.bulletin_drafts import go, going_on
from handlers.bulletin_screens import CONFIRM, NAME, SEND, TIME, WORD, ask_word, word_for
from handlers.commands import folded
from handlers.sign_offs import sent_or_proposed
from handlers.turn import Turn
from storage.announcements import Announcement

# What is said instead of pressing.
SAID = frozenset({"gui", "gui di", "gui luon", "gui ngay", "ok gui", "dong y gui", "send", "send it"})


def said_to_go(turn: Turn, told: Announcement, words: str) -> list[Reply]:
    """As the button that was offered; "gửi ngay" to one that has a time first takes that away."""
    if words == "gui ngay" and told.starts_at:
        return going_on(turn, now_pressed(turn, told, ""))
    offered = turn.conversation.data.get("choices")
    values = [str(choice[1]) for choice in offered] if isinstance(offered, list) else []
    shown = next((one.split(":") for one in values if one.startswith(f"{NAME}:{SEND}:")), None)
    return sent(turn, told, *shown[2:4]) if shown and len(shown) == 4 else go(turn, CONFIRM)


def sent(turn: Turn, told: Announcement, id: str, revision: str) -> list[Reply]:
    """Send what was just shown; an urgent one after its word."""
    if id != told.id or revision != str(told.revision):
        text = turn.say("Thông báo vừa được sửa. Anh/chị xem lại rồi bấm lần nữa.")
        return [Reply(text), *go(turn, CONFIRM)]
    now = turn.records.registry.now
    if told.starts_at and told.starts_at <= now:
        return [Reply(turn.say("Giờ hẹn đã qua. Anh/chị chọn lại giờ.")), *go(turn, TIME)]
    return go(turn, WORD) if told.kind == "urgent" else _decided(turn, told)


def word_read(turn: Turn, told: Announcement) -> list[Reply]:
    """The word on the screen sends it; any other is said to be wrong."""
    if folded(turn.text) == folded(word_for(told)):
        return _decided(turn, told)
    return [Reply(turn.say("Chưa đúng chữ cần gõ, nên chưa gửi.")), *ask_word(turn, told)]


def _decided(turn: Turn, told: Announcement) -> list[Reply]:
    """Sent, or shown to a second one; where it could not be, the last screen again."""
    replies, done = sent_or_proposed(turn, told)
    if not done:
        return [*replies, *go(turn, CONFIRM)]
    turn.enter("")
    turn.remember(bulletin=None)
    return replies
