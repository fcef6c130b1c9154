"""One text, four media: besides the chat a sheet in large print, a script for loudspeakers, and SMS."""

import html
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.bulletins import announced, file_of, gone
from handlers.permissions import turned_away
from handlers.sendings import card_choice
from handlers.turn import Turn, reply, value
from knowledge.aloud import aloud
from knowledge.short_messages import sms_parts
from storage.announcements import Announcement

NAME = "bantin"
SHEET, SCRIPT, MESSAGES = "sheet", "script", "sms"
# Longer ones come as a file.
_ROOM = 800


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The media of an announcement, or one of them."""
    pressed = turn.pressed(NAME)
    if pressed is None:
        return None
    if away := turned_away(turn, "announce"):
        return away
    what, id, _ = pressed
    if (told := announced(turn, id)) is None:
        return gone(turn)
    made = {SHEET: _sheet, SCRIPT: _script, MESSAGES: _messages}
    if what in made:
        return [made[what](turn, told)]
    return reply(_head(turn, told), *_choices(turn, told))


def _head(turn: Turn, told: Announcement) -> Markup:
    head = turn.say("<b>{code}</b>: cùng một nội dung, dùng ở đâu?", code=told.code)
    if told.state in ("draft", "waiting"):
        head += "\n" + turn.say("Đây còn là bản nháp: xem trước thì được, duyệt rồi mới dùng.")
    if file_of(told):
        head += "\n" + turn.say("Ảnh hay tệp kèm theo chỉ đi cùng tin nhắn.")
    return head


def _choices(turn: Turn, told: Announcement) -> list[Choice]:
    say = turn.say
    draft = told.state in ("draft", "waiting")
    back = Choice(str(say("Về bản đang soạn")), value("guitin", "mo", told.id)) if draft else card_choice(say, told)
    return [
        Choice(str(say("Tờ A4 chữ to (Word)")), value(NAME, SHEET, told.id)),
        Choice(str(say("Bài đọc loa")), value(NAME, SCRIPT, told.id)),
        Choice(str(say("Tin SMS")), value(NAME, MESSAGES, told.id)),
        back,
    ]


def _sheet(turn: Turn, told: Announcement) -> Reply:
    return _file(turn, told, SHEET, turn.say("Tờ A4 chữ to đây; anh/chị in rồi dán bảng tin."))


def _script(turn: Turn, told: Announcement) -> Reply:
    text = aloud(_visible(told))
    if len(text) > _ROOM:
        return _file(turn, told, SCRIPT, turn.say("Bài đọc loa dài nên tôi gửi thành tệp; số và ngày đã ghi bằng chữ."))
    return Reply(turn.say("<b>Bài đọc loa</b>\n{text}", text=text), tuple(_choices(turn, told)))


def _messages(turn: Turn, told: Announcement) -> Reply:
    parts = sms_parts(_visible(told))
    if sum(map(len, parts)) > _ROOM:
        text = turn.say("Tin SMS gồm {count} phần nên tôi gửi thành tệp, mỗi dòng một phần.", count=len(parts))
        return _file(turn, told, MESSAGES, text)
    head = turn.say("<b>Tin SMS</b>: {count} phần, mỗi phần không quá 160 ký tự.", count=len(parts))
    shown = [Markup("<code>{}</code>").format(part) for part in parts]
    return Reply(Markup("\n").join([head, *shown]), tuple(_choices(turn, told)))


def _file(turn: Turn, told: Announcement, format: str, text: Markup) -> Reply:
    file = Attachment("notice", {"announcement": told.id, "format": format})
    return Reply(text, tuple(_choices(turn, told)), attachments=(file,))


def _visible(told: Announcement) -> str:
    """What people see, line by line."""
    lines = str(told.body.text).splitlines()
    return "\n".join(html.unescape(str(Markup(line).striptags())) for line in lines)  # noqa: S704 -- ours
