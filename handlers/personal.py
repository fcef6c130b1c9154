"""/dulieu: what is kept about the person; after a second question it is deleted."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from babel import Locale
from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice, private_only, wants
from handlers.flow import Flow
from handlers.notice import VERSION
from handlers.permissions import role_name
from handlers.turn import Turn, reply, value
from handlers.wording import channel_name, day
from knowledge.units import localities
from storage.records import Kept
from storage.registry import Tenure

NAME = "dulieu"
DELETE = "xoa"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# More would not fit into one message.
MOST_ROLES = 3
_SHOW = ("du lieu", "du lieu cua toi", "thong tin cua toi", "my data")
_DELETE = frozenset(
    {
        "xoa du lieu",
        "xoa du lieu cua toi",
        "xoa thong tin",
        "xoa thong tin cua toi",
        "delete my data",
        "delete my information",
    }
)


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Show what is kept, ask whether to delete it, or delete it."""
    pressed = turn.pressed(NAME)
    deletes = turn.incoming.kind == "text" and folded(turn.text) in _DELETE
    if not pressed and not deletes and not wants(turn, NAME, *_SHOW):
        return None
    if turn.incoming.group:
        return private_only(turn)
    if deletes or (pressed and pressed[0] == DELETE and not pressed[1]):
        turn.enter(NAME, DELETE)
        return ask(turn)
    if pressed and pressed[0] == DELETE:
        return _confirmed(turn, pressed[2])
    return _show(turn)


def ask(turn: Turn) -> list[Reply]:
    """The second question before everything is deleted."""
    text = turn.say(
        "Tôi sẽ xóa hết những gì đang giữ về anh/chị: tài khoản, tổ và nơi, ngôn ngữ, "
        "câu đang hỏi dở. "
        "Xóa rồi không lấy lại được. Anh/chị có chắc không?"
    )
    if _acts(turn):
        text += "\n\n" + turn.say(
            "Vai trò của anh/chị cũng hết. Bài nộp và nhật ký duyệt ở lại với đơn vị, "
            "bài vẫn ghi tên người đã điền, vì phường phải lưu hồ sơ."
        )
    if turn.records.kept(turn.person.id).files:
        text += turn.say(" Ảnh và tệp chưa nộp cũng bị xóa; trong bài đã nộp cho phường thì ở lại hồ sơ của phường.")
    # The conversation is saved once more with this question, and the button is for that state only.
    revision = turn.conversation.revision + 1
    return reply(
        text,
        Choice(str(turn.say("Xóa hết")), value(NAME, DELETE, "het", revision)),
        Choice(str(turn.say("Giữ lại")), value("huy")),
    )


def read(_: Turn) -> Sequence[Reply] | None:
    """Nothing is read here: only the button deletes, and typing its words presses it."""
    return None


FLOW = Flow(ask, read)


def _confirmed(turn: Turn, revision: str) -> list[Reply]:
    if turn.conversation.flow != NAME or revision != str(turn.conversation.revision):
        text = turn.say("Nút này đã cũ nên tôi chưa xóa gì. Muốn xóa, anh/chị gõ <b>xóa dữ liệu của tôi</b>.")
        return reply(text, menu_choice(turn))
    turn.enter("")
    turn.remember(noticed=VERSION)
    acts = _acts(turn)
    turn.records.forget(turn.person.id)
    text = turn.say("Đã xóa hết những gì tôi giữ về anh/chị. Lần sau anh/chị nhắn, tôi coi như mới gặp lần đầu.")
    if acts:
        text += " " + turn.say("Bài nộp của đơn vị thì còn, vì phường phải lưu hồ sơ.")
    return reply(text)


def _show(turn: Turn) -> list[Reply]:
    kept = turn.records.kept(turn.person.id)
    lines = [turn.say("<b>Những gì tôi đang giữ về anh/chị</b>"), *_lines(turn, kept)]
    choices = [
        Choice(str(turn.say("Xóa thông tin của tôi")), value(NAME, DELETE)),
        Choice(str(turn.say("Xem lại lời xin phép")), value("thongbao")),
        menu_choice(turn),
    ]
    return reply(Markup("\n").join(lines), *choices)


def _lines(turn: Turn, kept: Kept) -> list[Markup]:
    say, person = turn.say, kept.person
    unit = turn.records.registry.units.get(person.unit)
    place = localities(turn.knowledge.library).get(person.locality, "")
    none = say("chưa chọn")
    lines = [
        say("Tài khoản: {channels}", channels=", ".join(_channels(kept))),
        say("Tổ: {unit}", unit=unit.name if unit else none),
        say("Nơi được ưu tiên: {place}", place=place or none),
        say("Ngôn ngữ: {language}", language=_language(person.language) or none),
        _consent(turn, kept),
        say("Số tin đã nhận: {count}", count=sum(kept.messages.values())),
    ]
    if kept.since:
        lines.append(say("Từ ngày: {day}", day=day(kept.since.astimezone(ZONE).date())))
    if kept.lines:
        lines.append(say("Dòng trò chuyện còn xem lại được: {count}", count=kept.lines))
    if kept.files:
        lines.append(say("Ảnh và tệp: {count}", count=kept.files))
    if kept.waiting or kept.unsent:
        lines.append(say("Tin đang chờ: {count}", count=kept.waiting + kept.unsent))
    if kept.announcements:
        lines.append(say("Thông báo đã gửi cho anh/chị: {count}", count=kept.announcements))
    if turn.focus and turn.focus.question:
        lines.append(say("Câu đang hỏi dở: {question}", question=turn.focus.question[:120]))
    return [*lines, *_duties(turn, kept)]


def _duties(turn: Turn, kept: Kept) -> list[Markup]:
    """What is kept because the person acts for a unit."""
    newest = [*reversed(kept.roles)]
    lines = [_role(turn, tenure) for tenure in newest[:MOST_ROLES]]
    if newest[MOST_ROLES:]:
        lines.append(turn.say("Vai trò khác: {count}", count=len(newest) - MOST_ROLES))
    if kept.papers:
        lines.append(turn.say("Bài nộp anh/chị đã điền: {count}", count=kept.papers))
    if kept.events:
        lines.append(turn.say("Bước ghi trong nhật ký duyệt: {count}", count=kept.events))
    if kept.snoozes:
        lines.append(turn.say("Việc đã hoãn nhắc: {count}", count=kept.snoozes))
    if kept.calendars:
        lines.append(turn.say("Liên kết lịch hạn nộp: {count}", count=kept.calendars))
    return lines


def _role(turn: Turn, tenure: Tenure) -> Markup:
    unit = turn.records.registry.units.get(tenure.unit)
    said = {
        "role": role_name(turn, tenure.role),
        "unit": unit.name if unit else tenure.unit,
        "first": day(tenure.first),
    }
    if tenure.last is None:
        return turn.say("Vai trò: {role} ({unit}), từ {first}", **said)
    return turn.say("Vai trò: {role} ({unit}), {first} – {last}", last=day(tenure.last), **said)


def _acts(turn: Turn) -> bool:
    """Whether the person has acted for a unit, or may."""
    kept = turn.records.kept(turn.person.id)
    return bool(kept.roles or kept.papers or kept.events)


def _channels(kept: Kept) -> list[str]:
    return sorted({channel_name(reach.address) for reach in kept.addresses})


def _language(code: str) -> str:
    return (Locale.parse(code).get_display_name(code) or code) if code else ""


def _consent(turn: Turn, kept: Kept) -> Markup:
    said = {
        "accepted": turn.say("đồng ý"),
        "refused": turn.say("không đồng ý"),
        "": turn.say("chưa trả lời"),
    }[kept.person.notice]
    if kept.notice_at is None:
        return turn.say("Lời xin phép: {said}", said=said)
    on = day(kept.notice_at.astimezone(ZONE).date())
    return turn.say("Lời xin phép: {said}, ngày {day}", said=said, day=on)
