"""“Nhắc lại sau”: hearing nothing of one thing for some days, never past its last day."""

import re
from datetime import date, timedelta

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice
from handlers.owed import Owed, owed_by
from handlers.reminder_texts import LATER, NAME, day_words, owed_line
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value

# Verbs of the buttons: after so many days, and on the last day.
LAST = "hc"
_AFTER = (1, 3, 7)
# What a button holds; nothing is reminded of so long before.
_MOST_DAYS = 99
_VERB = re.compile(r"h(c|[1-9]\d?)")
_TYPED = re.compile(
    r"(?:hay |xin )?(?:nhac (?:toi )?(?:lai )?sau|nhac lai(?: toi)?|hoan(?: nhac)?(?: lai)?|de sau (?:hay )?nhac)"
    r"(?: (?:(?P<count>\d{1,2}) (?P<unit>ngay|tuan)(?: nua)?|(?P<tomorrow>(?:ngay )?mai)|(?P<week>tuan sau)))?"
    r"|(?:thoi )?(?:de )?(?:(?P<tomorrow_first>(?:ngay |sang )?mai)|(?P<week_first>tuan sau)|hom khac)"
    r" (?:hay )?nhac(?: lai)?(?: toi)?(?: nhe| nha)?"
    r"|remind me (?:later|in (?P<days>\d{1,2}) days?|(?P<then>tomorrow))"
)
# Nobody leaves what a unit owes for good; what can be done instead is offered.
_NEVER = re.compile(
    r"(?:thoi |xin |lam on )*(?:dung|tat|ngung|khoi|khong|bo)(?: can)? (?:nhac|nhac viec|nhac nho|nhac han)"
    r"(?: (?:nua|toi|di|viec|nhe|nha|lai))*"
)
# More buttons than this are slower than typing.
_MOST = 8


def puts_off(turn: Turn) -> bool:
    """Whether the message puts a reminder off, pressed or in words."""
    pressed = turn.pressed(NAME)
    if pressed:
        return pressed[0] == LATER or bool(_VERB.fullmatch(pressed[0]))
    text = folded(turn.text)
    return turn.incoming.kind == "text" and bool(_TYPED.fullmatch(text) or _NEVER.fullmatch(text))


def later(turn: Turn) -> list[Reply]:
    """Put one thing off, or ask which and for how long."""
    verb, item, _ = turn.pressed(NAME) or ("", "", "")
    ahead = [owed for owed in owed_by(turn) if owed.last >= turn.today]
    if not ahead:
        return reply(turn.say("Anh/chị không còn việc nào đang được nhắc."), menu_choice(turn))
    if not verb and _NEVER.fullmatch(folded(turn.text)):
        text = turn.say("Việc chưa nộp thì tôi không tắt được, chỉ hoãn được; nộp rồi tôi thôi nhắc.")
        return [Reply(text), *(_how_long(turn, ahead[0]) if len(ahead) == 1 else _which(turn, ahead, LATER))]
    days = _VERB.fullmatch(verb)
    way = days[1] if days else _typed(turn)
    chosen = next((owed for owed in ahead if owed.item == item), None)
    if item and chosen is None:
        return reply(turn.say("Việc này đã xong hoặc đã qua hạn, tôi không nhắc nữa."), menu_choice(turn))
    if chosen is None and len(ahead) == 1:
        chosen = ahead[0]
    if chosen is None:
        return _which(turn, ahead, f"h{way}" if way else LATER)
    return _put_off(turn, chosen, way) if way else _how_long(turn, chosen)


def offers(turn: Turn, owed: Owed) -> list[Choice]:
    """The buttons that put one thing off; none on its last day."""
    say = turn.say
    labels = {1: say("Nhắc lại ngày mai"), 3: say("Nhắc lại sau 3 ngày"), 7: say("Nhắc lại sau 1 tuần")}
    left = (owed.last - turn.today).days
    found = [Choice(str(labels[days]), value(NAME, f"h{days}", owed.item)) for days in _AFTER if days <= left]
    last = [Choice(str(say("Nhắc lại sáng ngày cuối")), value(NAME, LAST, owed.item))] if left > 1 else []
    return [*found, *last]


def _typed(turn: Turn) -> str:
    """Days that were typed, as in a button; empty where none were."""
    match = _TYPED.fullmatch(folded(turn.text)) if turn.incoming.kind == "text" else None
    if match is None:
        return ""
    if match["tomorrow"] or match["tomorrow_first"] or match["then"]:
        return "1"
    if match["week"] or match["week_first"]:
        return "7"
    count = int(match["count"] or match["days"] or 0)
    days = count * (7 if match["unit"] == "tuan" else 1)
    return str(min(days, _MOST_DAYS) or "")


def _which(turn: Turn, ahead: list[Owed], verb: str) -> list[Reply]:
    lines = [turn.say("Anh/chị muốn hoãn nhắc việc nào?")]
    shown = ahead[:_MOST]
    lines += [owed_line(turn.say, owed, turn.today) for owed in shown[:4]]
    choices = [Choice(cut(owed.what.striptags()), value(NAME, verb, owed.item)) for owed in shown]
    return reply(Markup("\n").join(lines), *choices)


def _how_long(turn: Turn, owed: Owed) -> list[Reply]:
    choices = offers(turn, owed)
    if not choices:
        return _no_longer(turn, owed)
    text = owed_line(turn.say, owed, turn.today) + "\n" + turn.say("Tôi nhắc lại khi nào?")
    return reply(text, *choices)


def _put_off(turn: Turn, owed: Owed, way: str) -> list[Reply]:
    until = owed.last if way == "c" else turn.today + timedelta(days=int(way))
    if owed.last == turn.today:
        return _no_longer(turn, owed)
    if until > owed.last:
        text = turn.say(
            "Lúc ấy đã quá hạn {on}. Anh/chị chọn ngày sớm hơn giúp tôi.", on=day_words(turn.say, owed.last)
        )
        return reply(text, *offers(turn, owed), menu_choice(turn))
    turn.records.registry.reminders.snooze(turn.person.id, owed.item, until)
    return reply(_told(turn, owed, until), *([owed.go] if owed.go else []), menu_choice(turn))


def _told(turn: Turn, owed: Owed, until: date) -> Markup:
    return turn.say(
        "Vâng. Sáng {on} tôi nhắc lại <b>{what}</b>. Xong trước thì tôi không nhắc nữa.",
        on=day_words(turn.say, until),
        what=owed.what,
    )


def _no_longer(turn: Turn, owed: Owed) -> list[Reply]:
    text = turn.say("Hôm nay là ngày cuối của <b>{what}</b>, nên không hoãn được nữa.", what=owed.what)
    return reply(text, *([owed.go] if owed.go else []), menu_choice(turn))
