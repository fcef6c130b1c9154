"""How dates, numbers, sources and deadlines are said, the same in every reply."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from conversation import Address
from handlers.translation import Translator
from knowledge.dates import Due, due, exists
from knowledge.model import Deadline, Document, Entry, PartialDate

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_CHANNELS = {"telegram": "Telegram", "zalo": "Zalo", "web": "trang web", "terminal": "cửa sổ dòng lệnh"}
# After this many days nobody counts them any more.
COUNTED_DAYS = 366


def day(value: date) -> str:
    """A day as papers write it: 01/10/2024, 09/6/2021 (months 1 and 2 padded: Decree 30/2020, annex I)."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"{value.day:02d}/{month}/{value.year}"


def bare(text: Markup) -> str:
    """A sentence as plain text, for a button or inside another sentence; it holds no tags."""
    return str(text.unescape())


def moment(say: Translator, at: datetime) -> Markup:
    """A moment by the clocks of Việt Nam: "14:05 ngày 21/11/2026"."""
    local = at.astimezone(ZONE)
    return say("{time} ngày {day}", time=f"{local:%H:%M}", day=day(local.date()))


def local_day(at: datetime) -> date:
    """The day of a moment in Việt Nam."""
    return at.astimezone(ZONE).date()


def number(value: float, language: str) -> str:
    """A number with at most one decimal; a comma before it in Vietnamese."""
    text = f"{value:.1f}".removesuffix(".0")
    return text if language == "en" else text.replace(".", ",")


def issued(value: PartialDate) -> str:
    """The date of a paper as far as it is known: 19/3/2024, 5/2024, 2021, or empty."""
    if value.year and value.month and value.day:
        return day(date(value.year, value.month, value.day))
    if value.year and value.month:
        return f"{value.month}/{value.year}"
    return str(value.year) if value.year else ""


def paper(say: Translator, document: Document) -> Markup:
    """The document's type and number, with its place where the number is blank."""
    if document.number.startswith("/"):
        return say("{type} không ghi số", type=document.type)
    return say("{type} {number}", type=document.type, number=document.number)


def source_line(say: Translator, document: Document, entries: Sequence[Entry]) -> Markup:
    """Where a quote comes from: paper, issuer, date, section."""
    sections = "; ".join(dict.fromkeys(entry.section for entry in entries))
    parts = [paper(say, document), document.issuer, issued(document.issued), sections]
    return say("Nguồn: {source}", source=", ".join(str(part) for part in parts if part))


def banner(say: Translator, document: Document, today: date) -> Markup:
    """One line where the document's time is over or its issuer is gone on this day; else empty."""
    if document.status in ("con_thoi_han", "chua_ro"):
        return Markup("")
    if document.status_since and today < document.status_since:
        return Markup("")
    return say("Lưu ý: {text}", text=standing(say, document))


def standing(say: Translator, document: Document) -> str:
    """How a document stands today: its time, and whether its issuer is still there."""
    reason = document.status_reason
    return reason.text_en if say.language == "en" and reason.text_en else reason.text


def title(say: Translator, entry: Entry) -> str:
    """The entry's topic in the person's language."""
    return entry.title_en if say.language == "en" else entry.title


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def deadline_line(say: Translator, deadline: Deadline, today: date) -> Markup:
    """A deadline as written, then the last safe day and how far it is."""
    who = say(" ({who})", who=deadline.who) if 0 < len(deadline.who) <= 60 else ""
    head = say("{what}{who}: <b>{raw}</b>.", what=capital(deadline.what), who=who, raw=deadline.raw)
    if not exists(deadline.year, deadline.month, deadline.day):
        return head + say(" Ngày này không có trong lịch, cần hỏi lại nơi ban hành.")
    return head + state(say, deadline, due(deadline, today))


def state(say: Translator, deadline: Deadline, seen: Due) -> Markup:
    """Where a deadline stands: days left or passed, and the next occurrence."""
    if seen.last is None:
        return Markup("")
    last = day(seen.last)
    if seen.state == "ahead":
        return say(" Ngày cuối an toàn là {last}, còn {days} ngày.", last=last, days=seen.days)
    if seen.state == "today":
        return say(" Hôm nay {last} là ngày cuối an toàn.", last=last)
    if seen.state == "passed" and seen.following:
        return say(
            " Năm nay đã qua {days} ngày (ngày cuối an toàn là {last}). Lần tới: {next}.",
            days=-seen.days,
            last=last,
            next=next_time(say, deadline, seen),
        )
    if seen.state == "passed" and -seen.days > COUNTED_DAYS:
        return say(" Đã qua từ lâu (ngày cuối an toàn là {last}).", last=last)
    if seen.state == "passed":
        return say(" Đã qua {days} ngày (ngày cuối an toàn là {last}).", days=-seen.days, last=last)
    return Markup("")


def next_time(say: Translator, deadline: Deadline, seen: Due) -> Markup:
    """The next occurrence of a yearly deadline, as it would be written."""
    if seen.following is None or deadline.day is None or deadline.month is None:
        return Markup("")
    year = seen.following.year + (1 if (deadline.month, deadline.day) == (1, 1) and deadline.kind == "before" else 0)
    on = day(date(year, deadline.month, deadline.day))
    return say("trước {day}", day=on) if deadline.kind == "before" else say("chậm nhất {day}", day=on)


def channel_name(address: Address) -> str:
    """The name of an address's channel, without who is there."""
    return _CHANNELS.get(address.channel, address.channel)
