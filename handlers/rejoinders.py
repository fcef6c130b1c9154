"""What people type below a message of the ward instead of pressing: read, show it again, no more of this, who says so.

What can only be meant for announcements is always understood; what may mean something else, where one came within the
last two weeks.
"""

from collections.abc import Callable, Mapping, Sequence

from conversation import Choice, Reply
from handlers.bulletins import BELOW, LEAVE, READ, is_poll, short_text
from handlers.commands import menu_choice
from handlers.news_words import READING, Meaning, meaning, said_of
from handlers.owed import owed_by
from handlers.permissions import may
from handlers.receiving import NAME, kept_as, left, shown
from handlers.reminder_texts import LATER
from handlers.reminder_texts import NAME as REMINDERS
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.wording import moment
from storage.announcements import Announcement

_OTHERS = 3


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Do what was meant; None where the words say something else."""
    if turn.incoming.kind != "text" or turn.incoming.group or turn.command():
        return None
    meant = meaning(turn.text)
    return _ANSWERS[meant](turn) if meant else None


def _newest(turn: Turn) -> Announcement | None:
    return turn.records.registry.announcements.newest_of(turn.person.id)


def _left(turn: Turn) -> Sequence[Reply] | None:
    # Whoever sends one just now means that.
    if may(turn, "announce") and turn.records.registry.announcements.active():
        return None
    return left(turn, None)


def _turned_off(turn: Turn) -> Sequence[Reply] | None:
    """What came last is to be no more: as its button does it; of those who are reminded perhaps a reminder."""
    if may(turn, "be_reminded") and owed_by(turn):
        text = turn.say("Anh/chị muốn tắt gì? Việc chưa nộp thì tôi chỉ hoãn nhắc được, không quên hẳn.")
        return reply(text, *_ways(turn))
    newest = _newest(turn)
    return left(turn, turn.ward.topic(newest.topic)) if newest else shown(turn)


def _ways(turn: Turn) -> list[Choice]:
    later = Choice(str(turn.say("Hoãn nhắc việc")), value(REMINDERS, LATER))
    return [_no_more_choice(turn), later]


def _no_more_choice(turn: Turn) -> Choice:
    return Choice(str(turn.say("Thôi nhận tin của phường")), value(NAME, LEAVE))


def _never_minded(turn: Turn) -> Sequence[Reply] | None:
    """“Thôi khỏi” changes nothing; below a message of the ward it may mean no more of these."""
    offered = turn.conversation.data.get("choices")
    if isinstance(offered, list) and any(str(choice[1]).startswith(f"{NAME}:") for choice in offered):
        return kept_as(turn)
    text = turn.say("Vâng. Khi nào cần, anh/chị cứ gõ câu hỏi.")
    level = turn.records.registry.announcements.subscriptions(turn.person.id).get("", "all")
    if not _newest(turn) or level in ("urgent", "none"):
        return reply(text, menu_choice(turn))
    return reply(text + turn.say(" Muốn thôi nhận tin của phường thì bấm nút dưới đây."), _no_more_choice(turn))


def _again(turn: Turn) -> Sequence[Reply] | None:
    """The newest once more, with its buttons."""
    words = said_of(turn.text)
    if ("nhac" in words and may(turn, "be_reminded")) or ("lai" not in words and may(turn, "announce")):
        # To some it means what they are reminded of, to staff a new one to write.
        return None
    newest = _newest(turn)
    if newest is None:
        text = turn.say("Hai tuần nay phường chưa gửi anh/chị tin nào. Anh/chị cần gì thì gõ câu hỏi.")
        return reply(text, menu_choice(turn))
    sent = newest.starts_at or newest.confirmed_at or newest.created_at
    return [Reply(turn.say("Tin mới nhất phường gửi anh/chị, {when}:", when=moment(turn.say, sent))), newest.body]


def _noted(turn: Turn) -> Sequence[Reply] | None:
    """The newest of those that ask whether they were read; the others by their names."""
    news = turn.records.registry.announcements
    unread = [told for told in news.unread_of(turn.person.id) if not is_poll(told)]
    newest = unread[0] if unread else _newest(turn)
    # “Hiểu rồi” is said to answers as well.
    if newest is None or not (unread or READING & said_of(turn.text)):
        return None
    if not news.mark_read(newest.id, turn.person.id):
        return reply(turn.say("Đã ghi nhận rồi, anh/chị không cần bấm nữa."))
    text = turn.say("Cảm ơn anh/chị, phường biết anh/chị đã đọc tin “{text}”", text=short_text(newest))
    others = unread[1:]
    if not others:
        return reply(text + ".")
    text += turn.say(". Còn {count} tin chưa báo đã đọc:", count=len(others))
    return reply(text, *(_read_choice(turn, told) for told in others[:_OTHERS]))


def _read_choice(turn: Turn, told: Announcement) -> Choice:
    return Choice(cut(str(turn.say("Đã đọc: {text}", text=short_text(told)))), value(BELOW, READ, told.id))


def _said_who(turn: Turn) -> Sequence[Reply] | None:
    """Whose words they are, so that nobody takes them for a fraud."""
    newest = _newest(turn)
    if newest is None:
        return None
    text = turn.say(
        "Tin “{text}”, mã {code}, do {ward} gửi qua Bạn Phố. Còn ngờ thì anh/chị gọi hoặc tới phường hỏi, đọc mã này.",
        text=short_text(newest),
        code=newest.code,
        ward=turn.ward.name,
    )
    return reply(text, Choice(str(turn.say("Liên hệ phường")), value("lienhe")))


def _shown(turn: Turn) -> Sequence[Reply] | None:
    return shown(turn)


_ANSWERS: Mapping[Meaning, Callable[[Turn], Sequence[Reply] | None]] = {
    "on again": _shown,
    "again": _again,
    "no more": _left,
    "off": _turned_off,
    "never mind": _never_minded,
    "read": _noted,
    "who": _said_who,
}
