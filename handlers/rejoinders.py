"""What people type below a message of the ward instead of pressing: read, show it again, no more of this, who says so.

Many who get announcements type few words, without diacritics, and not those of a button. What can only be meant for
announcements is always understood; what may mean something else, where one came within the last two weeks.
"""

from collections.abc import Callable, Mapping, Sequence

from conversation import Choice, Reply
from handlers.bulletins import BELOW, LEAVE, READ, is_poll, short_text
from handlers.commands import folded, menu_choice
from handlers.owed import owed_by
from handlers.permissions import may
from handlers.receiving import NAME, kept_as, left, shown
from handlers.reminder_texts import LATER
from handlers.reminder_texts import NAME as REMINDERS
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.wording import moment
from storage.announcements import Announcement

# Words around the one that counts: who speaks, to whom, how kindly.
_AROUND = frozenset(
    {
        *("toi", "minh", "ba", "ong", "bac", "chau", "em", "co", "chu", "chi", "anh", "con", "may", "cai"),
        *("oi", "a", "ah", "da", "vang", "u", "uh", "ok", "xin", "lam", "on", "voi", "giup", "cho", "please"),
        *("nhe", "nha", "nhi", "di", "roi", "nua", "nay", "do", "day", "ay", "luon", "het", "nao", "gi", "qua"),
        *("the", "vay", "muon", "can", "phai", "thi", "la", "ma"),
    }
)
_NO = frozenset({"dung", "ngung", "thoi", "khoi", "khong", "ko", "k", "tat", "bo", "chan", "huy"})
_NEWS = frozenset({"gui", "nhan", "tin", "thong", "bao", "nhan tin", "dang", "ky", "lai"})
# Of these something has to be there for "no more" to be about messages.
_SENT = frozenset({"gui", "nhan", "tin", "thong"})
_ONLY_NO = frozenset({"tat", "phien", "stop", "unsubscribe"})
_NEVER_MIND = frozenset({"thoi", "thoi khoi", "khong can", "thoi khong can", "khoi can", "dung lai", "thoat"})
_AGAIN = frozenset({"gui", "xem", "doc", "noi", "nhac"})
_READ = frozenset({"doc", "xem", "nhan", "nghe"})
_KNOWING = _READ | {"ro", "biet", "hieu"}
_KNOWN = _KNOWING | {"duoc", "xong", "tin", "thong", "bao"}
_WHO = frozenset(
    {
        "ai gui",
        "tin cua ai",
        "ai gui tin",
        "tin ai gui",
        "co that khong",
        "that khong",
        "tin that khong",
        "tin co that khong",
        "co phai lua dao khong",
        "tin co phai lua dao khong",
        "tin lua dao khong",
        "co phai that khong",
        "who sent",
    }
)
# More words are a sentence of its own.
_MOST = 9
_OTHERS = 3


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Do what was meant; None where the words say something else."""
    if turn.incoming.kind != "text" or turn.incoming.group or turn.command():
        return None
    words = folded(turn.text).split()
    if not words or len(words) > _MOST:
        return None
    for meant, answered in _MEANINGS.items():
        if meant(words):
            return answered(turn)
    return None


def _core(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _AROUND]


def _no_more(words: Sequence[str]) -> bool:
    """“dung gui nua”, “khong muon nhan tin nay nua”, “tat thong bao di”."""
    core = set(_core(words))
    return bool(core & _NO) and bool(core & _SENT) and core <= _NO | _NEWS and not _cancels(core)


def _cancels(core: set[str]) -> bool:
    # “hủy thông báo” is what staff say of their own; of one's own receiving it is “hủy nhận tin”.
    return "huy" in core and not core & {"nhan", "dang"}


def _off(words: Sequence[str]) -> bool:
    """“tat di”, “phien qua”, “stop”."""
    core = _core(words) or [word for word in words if word == "stop"]
    return len(core) == 1 and core[0] in _ONLY_NO


def _lets_be(words: Sequence[str]) -> bool:
    """“thoi khoi”, “khong can dau”."""
    return " ".join(word for word in words if word == "can" or (word not in _AROUND and word != "dau")) in _NEVER_MIND


def _on_again(words: Sequence[str]) -> bool:
    """“nhan lai”, “bat thong bao lai”."""
    core = set(_core(words))
    turned_on = bool(core & {"bat", "mo"}) and bool(core & {"tin", "thong"})
    return core <= {"bat", "mo", *_NEWS} and (turned_on or ("lai" in core and bool(core & {"bat", "nhan"})))


def _repeats(words: Sequence[str]) -> bool:
    """“gui lai”, “doc lai tin nay di”."""
    core = set(_core(words))
    return "lai" in core and bool(core & _AGAIN) and core <= _AGAIN | {"lai", "tin", "thong", "bao", "lan"}


def _knows(words: Sequence[str]) -> bool:
    """“da doc roi”, “ba biet roi chau oi”, “doc xong tin roi”."""
    core = set(_core(words))
    return bool({"roi", "da", "xong"} & set(words)) and core <= _KNOWN and bool(core & _KNOWING)


def _doubts(words: Sequence[str]) -> bool:
    """“ai gui vay”, “tin nay cua ai”."""
    return " ".join(word for word in words if word not in {"nay", "vay", "the", "day", "do", "a", "ha"}) in _WHO


def _newest(turn: Turn) -> Announcement | None:
    return turn.records.registry.announcements.newest_of(turn.person.id)


def _left(turn: Turn) -> Sequence[Reply] | None:
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
    if not _newest(turn):
        return reply(text, menu_choice(turn))
    return reply(text + turn.say(" Muốn thôi nhận tin của phường thì bấm nút dưới đây."), _no_more_choice(turn))


def _again(turn: Turn) -> Sequence[Reply] | None:
    """The newest once more, with its buttons."""
    words = folded(turn.text).split()
    if "nhac" in words and may(turn, "be_reminded"):
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
    if newest is None or not (unread or _READ & set(folded(turn.text).split())):
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


# In this order: “thoi khong can gui nua” says more than “thoi”.
_MEANINGS: Mapping[Callable[[Sequence[str]], bool], Callable[[Turn], Sequence[Reply] | None]] = {
    _on_again: _shown,
    _repeats: _again,
    _no_more: _left,
    _off: _turned_off,
    _lets_be: _never_minded,
    _knows: _noted,
    _doubts: _said_who,
}
