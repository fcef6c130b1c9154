"""/lich: the deadlines of one's unit in the calendar of a telephone, by a private link or as a file."""

from collections.abc import Sequence

from conversation import Attachment, Choice, Reply
from handlers.commands import menu_choice, wants
from handlers.owed import wards
from handlers.permissions import refused, turned_away, units_of
from handlers.turn import Turn, reply, value
from storage.registry import UnitRow

NAME = "lich"
FILE, RENEW, RENEWED = "tep", "doi", "doithat"
# The page that the web server answers calendars on.
PATH = "/lich"
# One reply for each unit; nobody is responsible for more by themselves.
MOST = 4
_PHRASES = ("lich", "lich han nop", "dua vao lich", "dua han vao lich", "lich dien thoai", "calendar")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The link of each unit, the file, or another link."""
    pressed = turn.pressed(NAME)
    if pressed is None and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "be_reminded"):
        return away
    verb, code, _ = pressed or ("", "", "")
    units = units_with_calendar(turn)
    chosen = next((unit for unit in units if unit.code == code), None)
    if chosen is None:
        return [reply for unit in units[:MOST] for reply in _shown(turn, unit)] or refused(turn, "be_reminded")
    if verb == RENEW and turn.doors.web:
        return _ask(turn, chosen)
    if verb == RENEWED and turn.doors.web:
        turn.records.registry.reminders.calendar(turn.person.id, chosen.code, renewed=True)
        return [Reply(turn.say("Liên kết cũ từ nay không mở được nữa.")), *_shown(turn, chosen)]
    return _file(turn, chosen) if verb == FILE else _shown(turn, chosen)


def units_with_calendar(turn: Turn) -> list[UnitRow]:
    """The units whose deadlines one has a calendar of: one's own, and for staff the ward."""
    codes = dict.fromkeys([*units_of(turn, "see_own"), *wards(turn)])
    found = [turn.records.registry.units.get(code) for code in codes]
    return [unit for unit in found if unit]


def _shown(turn: Turn, unit: UnitRow) -> list[Reply]:
    """The link where people can reach the server, else the file."""
    say = turn.say
    if not turn.doors.web:
        return _file(turn, unit)
    key = turn.records.registry.reminders.calendar(turn.person.id, unit.code)
    text = say(
        "<b>Lịch hạn nộp, {unit}</b>\n{link}\n\n"
        "Chép liên kết này vào ứng dụng lịch: iPhone chọn Thêm lịch đăng ký; Google Lịch (trên máy tính) chọn "
        "Lịch khác, Từ URL. Lịch tự cập nhật: hạn đổi thì lịch đổi, nộp rồi thì thôi nhắc. "
        "Liên kết là của riêng anh/chị, xin đừng gửi cho người khác.",
        unit=unit.name,
        link=f"{turn.doors.web}{PATH}/{key}.ics",
    )
    return reply(
        text,
        Choice(str(say("Lấy tệp lịch")), value(NAME, FILE, unit.code)),
        Choice(str(say("Đổi liên kết")), value(NAME, RENEW, unit.code)),
        menu_choice(turn),
    )


def _file(turn: Turn, unit: UnitRow) -> list[Reply]:
    text = turn.say(
        "<b>Lịch hạn nộp, {unit}</b>\nMở tệp này trên điện thoại rồi bấm Thêm. "
        "Tệp ghi hạn như hôm nay; hạn đổi thì anh/chị lấy tệp mới.",
        unit=unit.name,
    )
    params = {"unit": unit.code, "today": turn.today.isoformat()}
    return [Reply(text, (menu_choice(turn),), attachments=(Attachment("calendar", params),))]


def _ask(turn: Turn, unit: UnitRow) -> list[Reply]:
    say = turn.say
    text = say(
        "Đổi liên kết lịch của {unit}? Liên kết cũ sẽ không mở được nữa, máy nào đang dùng thì phải thêm lại.",
        unit=unit.name,
    )
    really = Choice(str(say("Đổi")), value(NAME, RENEWED, unit.code))
    return reply(text, really, Choice(str(say("Giữ liên kết cũ")), value(NAME, "", unit.code)))
