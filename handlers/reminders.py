"""/nhacviec: what somebody is reminded of, putting it off; for staff also what nobody is to be reminded of."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import menu_choice, wants
from handlers.desk import turn_to
from handlers.owed import DOCUMENT, OWN, Owed, duties, owed_by, own_items, round_items, wards
from handlers.paging import packed, page_number, turning
from handlers.permissions import may, refused, turned_away
from handlers.reminder_texts import NAME, SILENCE, owed_line
from handlers.snoozes import later, offers, puts_off
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.ward_deadlines import NAME as ADDING
from handlers.wording import day
from knowledge.holidays import holidays
from knowledge.reminding import mornings, unbound

SEE, DONE, WAKE, DROP, DROPPED = "xem", "xong", "bat", "bo", "bothat"
ROOM = 620
_PHRASES = ("nhac viec", "viec can nhac", "nhac han", "reminders", "my reminders")
_ACTS = frozenset({SILENCE, DONE, WAKE, DROP, DROPPED})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The list, one item, putting it off, switching it off and on."""
    pressed = turn.pressed(NAME)
    if pressed is None and not wants(turn, NAME, "nhac", *_PHRASES) and not puts_off(turn):
        return None
    if away := turned_away(turn, "be_reminded"):
        return away
    verb, item, _ = pressed or ("", "", "")
    if puts_off(turn):
        return later(turn)
    turn_to(turn)
    found = {owed.item: owed for owed in listed(turn)}
    if verb in _ACTS and not may(turn, "set_reminders"):
        return refused(turn, "set_reminders")
    if item not in found or verb == "trang":
        return _list(turn, list(found.values()), item)
    return _acted(turn, found[item], verb) if verb in _ACTS else _seen(turn, found[item])


def listed(turn: Turn) -> list[Owed]:
    """What one is reminded of; for staff also the rounds of which units are, and what is switched off."""
    found = {owed.item: owed for owed in owed_by(turn) if owed.last >= turn.today}
    if may(turn, "set_reminders"):
        staff = set(wards(turn))
        owns = [one for one in turn.records.registry.reminders.owns() if one.unit in staff]
        for owed in (*duties(turn), *own_items(turn, owns), *round_items(turn)):
            found.setdefault(owed.item, owed)
    return sorted(found.values(), key=lambda owed: (owed.last, owed.item))


def _list(turn: Turn, found: list[Owed], page: str) -> list[Reply]:
    say, staff = turn.say, may(turn, "set_reminders")
    add = [Choice(str(say("Thêm hạn của phường")), value(ADDING))] if staff else []
    calendar = Choice(str(say("Đưa hạn vào lịch điện thoại")), value("lich"))
    if not found:
        nothing = say("Hiện không có việc nào để nhắc anh/chị.")
        return reply(nothing, *add, calendar, menu_choice(turn))
    pages = packed((_line(turn, owed) for owed in found), ROOM)
    number = page_number(page, len(pages))
    first = sum(map(len, pages[:number]))
    shown = found[first : first + len(pages[number])]
    choices = [Choice(cut(owed.what.striptags()), value(NAME, SEE, owed.item)) for owed in shown]
    nav = turning(turn, value(NAME), number, len(pages))
    lines = [_head(turn), *pages[number], *(_notes(turn) if staff and number == 0 else [])]
    return reply(Markup("\n").join(lines), *choices, *nav, *add, calendar, replaces=bool(page))


def _head(turn: Turn) -> Markup:
    known = mornings()
    days = ", ".join(str(count) for count in known.days if count)
    return turn.say(
        "<b>Nhắc việc</b>: mỗi sáng từ {time}, một tin, trước hạn {days} ngày và ngày cuối.",
        time=f"{known.first:%H:%M}",
        days=days,
    )


def _line(turn: Turn, owed: Owed) -> Markup:
    line = owed_line(turn.say, owed, turn.today)
    off = turn.records.registry.reminders.silenced().get(owed.item, frozenset())
    if None in off:
        return line + turn.say(" <i>Đã tắt.</i>")
    return line + (turn.say(" <i>Lần này đã xong.</i>") if owed.last in off else "")


def _notes(turn: Turn) -> list[Markup]:
    """For staff: deadlines that bind nobody any more, and years whose days off nobody has entered."""
    say = turn.say
    notes = [
        say(
            "Không nhắc ai: {what}, {raw}. Văn bản giao việc này cho {who}, cấp này không còn.",
            what=deadline.what,
            raw=deadline.raw,
            who=deadline.who,
        )
        for _, deadline in unbound(turn.knowledge.library)
    ]
    if unknown := holidays().unknown(turn.today):
        years = ", ".join(map(str, unknown))
        notes.append(say("Chưa ai nhập ngày nghỉ Tết năm {years} nên tôi không tính đến; tôi không đoán.", years=years))
    return notes


def _seen(turn: Turn, owed: Owed) -> list[Reply]:
    """One item with what can be done about it."""
    say = turn.say
    mine = any(one.item == owed.item for one in owed_by(turn))
    until = turn.records.registry.reminders.snoozed(turn.person.id).get(owed.item)
    text = _line(turn, owed)
    off = bool(turn.records.registry.reminders.silenced().get(owed.item, frozenset()) & {None, owed.last})
    # Nobody is reminded of what is switched off, so there is nothing to put off.
    choices = [*([owed.go] if owed.go else []), *(offers(turn, owed) if mine and not off else [])]
    if mine and until and turn.today < until <= owed.last:
        text += say(" Anh/chị đã hoãn nhắc tới {day}.", day=day(until))
    if may(turn, "set_reminders"):
        choices += _switches(turn, owed)
    return reply(text, *choices, _back(turn))


def _switches(turn: Turn, owed: Owed) -> list[Choice]:
    say, reminders = turn.say, turn.records.registry.reminders
    off = reminders.silenced().get(owed.item, frozenset())
    if off & {None, owed.last}:
        found = [Choice(str(say("Nhắc lại như cũ")), value(NAME, WAKE, owed.item))]
    else:
        own = reminders.own(owed.item.partition("/")[2]) if owed.kind == OWN else None
        again = owed.kind == DOCUMENT or bool(own and own.yearly)
        found = [Choice(str(say("Lần này đã xong")), value(NAME, DONE, owed.item))] if again else []
        found.append(Choice(str(say("Tắt nhắc việc này")), value(NAME, SILENCE, owed.item)))
    return [*found, *([Choice(str(say("Bỏ hạn này")), value(NAME, DROP, owed.item))] if owed.kind == OWN else [])]


def _acted(turn: Turn, owed: Owed, verb: str) -> list[Reply]:
    """Switch an item off or on for everybody, or drop one of the ward's own."""
    say, reminders, who = turn.say, turn.records.registry.reminders, turn.person.id
    if verb == DROP and owed.kind == OWN:
        really = Choice(str(say("Bỏ hẳn")), value(NAME, DROPPED, owed.item))
        text = say("Bỏ hẳn hạn <b>{what}</b>? Không ai được nhắc nữa, và lịch cũng không còn.", what=owed.what)
        return reply(text, really, Choice(str(say("Để lại")), value(NAME, SEE, owed.item)))
    if verb == DROPPED and owed.kind == OWN:
        reminders.end(owed.item.partition("/")[2], who)
        return reply(say("Đã bỏ hạn <b>{what}</b>.", what=owed.what), _back(turn))
    if verb == DONE:
        reminders.silence(owed.item, owed.last, who)
        text = say("Tốt quá. Lần này tôi không nhắc <b>{what}</b> nữa.", what=owed.what)
    elif verb == SILENCE:
        reminders.silence(owed.item, None, who)
        text = say("Đã tắt: không ai được nhắc <b>{what}</b> nữa, cho tới khi cán bộ bật lại.", what=owed.what)
    else:
        reminders.wake(owed.item, who)
        text = say("Vâng, tôi lại nhắc <b>{what}</b> như trước.", what=owed.what)
    return reply(text, Choice(str(say("Xem lại việc này")), value(NAME, SEE, owed.item)), _back(turn))


def _back(turn: Turn) -> Choice:
    return Choice(str(turn.say("Các việc khác")), value(NAME))
