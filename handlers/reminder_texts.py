"""How reminders are said: the last day with its weekday, whether the office is closed then, how far it is."""

from datetime import date

from markupsafe import Markup

from handlers.owed import DOCUMENT, Owed
from handlers.translation import Translator
from handlers.wording import day
from knowledge.holidays import holidays

# The command, and the steps of buttons that several files make.
NAME = "nhacviec"
LATER, SILENCE = "sau", "tat"


def weekday(say: Translator, on: date) -> Markup:
    """The name of a day of the week, as it stands in a sentence."""
    names = (
        say("thứ Hai"),
        say("thứ Ba"),
        say("thứ Tư"),
        say("thứ Năm"),
        say("thứ Sáu"),
        say("thứ Bảy"),
        say("Chủ nhật"),
    )
    return names[on.weekday()]


def day_words(say: Translator, on: date) -> Markup:
    """A day with its weekday: "thứ Hai 30/11/2026"."""
    return say("{weekday} {day}", weekday=weekday(say, on), day=day(on))


def owed_line(say: Translator, owed: Owed, today: date) -> Markup:
    """What is owed, by whom, until when."""
    whose = say("{unit}: ", unit=owed.unit) if owed.unit else ""
    back = say(" (phường nhờ sửa)") if owed.returned else ""
    line = say("▪ {whose}<b>{what}</b>{back}", whose=whose, what=owed.what, back=back)
    return line + last_words(say, owed, today) + owed.note


def last_words(say: Translator, owed: Owed, today: date) -> Markup:
    """How far the last day is; where the office is closed then, by when it is better done."""
    last = owed.last
    days, on = (last - today).days, day_words(say, last)
    if days < 0:
        return say(": hạn {on} đã qua {days} ngày.", on=on, days=-days)
    if days == 0:
        return say(": hôm nay là ngày cuối.") + _closed(say, last, today)
    if owed.kind == DOCUMENT:
        # `trước ngày 01 tháng 10` ends the day before.
        ahead = say(": ngày cuối an toàn là {on}, còn {days} ngày.", on=on, days=days)
    else:
        ahead = say(": hạn {on}, còn {days} ngày.", on=on, days=days)
    return ahead + _closed(say, last, today)


def _closed(say: Translator, last: date, today: date) -> Markup:
    known = holidays()
    if not known.closed(last):
        return Markup("")
    name, before = known.name(last), known.last_open(last)
    closed = say(" Hôm ấy nghỉ {name}", name=name) if name else say(" Hôm ấy phường nghỉ")
    if before < today:
        return closed + "."
    return closed + say("; nên xong trước, muộn nhất {on}.", on=day_words(say, before))
