"""/hannop: what one owes oneself, then every dated deadline of the documents against today, the next one first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice, wants
from handlers.owed import ROUND, go_choices, owed_by, silent
from handlers.paging import packed, page_number, turning
from handlers.permissions import may
from handlers.reminder_texts import NAME as REMINDERS
from handlers.reminder_texts import owed_line
from handlers.turn import Turn, reply, value
from handlers.wording import capital, state
from knowledge.dates import Due, due
from knowledge.model import Deadline, Document, Library
from knowledge.reminding import unbound

NAME = "hannop"
ROOM = 760
# Things to do at once that stand as buttons below one's own list.
MOST_BUTTONS = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A deadline in the list, and where it stands today."""

    document: Document
    deadline: Deadline
    seen: Due
    # Last day of what is written, for the order; None where that is no day.
    last: date | None
    # Whether something is still to be done by `last`.
    ahead: bool


def handle(turn: Turn) -> Sequence[Reply] | None:
    """What one owes, and one page of the list."""
    if (asked := _asked_mine(turn)) is not None:
        return asked
    pressed = turn.pressed(NAME)
    if not pressed and not wants(turn, NAME, *_PHRASES):
        return None
    page = pressed[1] if pressed else ""
    mine = [] if page else _mine(turn)
    found = by_date(turn.knowledge.library, turn.today)
    if not found:
        return [*mine, *reply(turn.say("Các văn bản tôi có không ghi hạn nào có ngày."), menu_choice(turn))]
    head = turn.say("<b>Hạn nộp, hạn làm trong các văn bản</b>")
    return [*mine, *deadline_page(turn, head, found, value(NAME), page)]


def _asked_mine(turn: Turn) -> list[Reply] | None:
    """What one owes oneself, asked for in words by those who owe something by their role; None: something else."""
    text = folded(turn.text) if turn.incoming.kind == "text" else ""
    if text not in _OWN_PHRASES | _DONE_PHRASES or turn.incoming.group or not may(turn, "be_reminded"):
        return None
    if text in _OWN_PHRASES:
        return _mine(turn)
    if any(one.kind == ROUND for one in owed_by(turn)):
        missing = turn.say("Bài dưới đây phường chưa nhận được. Đã điền rồi thì anh/chị mở ra và bấm gửi giúp tôi.")
        return [Reply(missing), *_mine(turn)]
    return [Reply(turn.say("Phường đã nhận đủ bài của anh/chị. Cảm ơn anh/chị.")), *_mine(turn)]


def _mine(turn: Turn) -> list[Reply]:
    """What the person owes, late things first; nothing for those who owe nothing by their role."""
    if turn.incoming.group or not may(turn, "be_reminded"):
        return []
    say, silenced = turn.say, turn.records.registry.reminders.silenced()
    # A form stays owed although nobody is reminded of it.
    owed = [one for one in owed_by(turn) if one.kind == ROUND or not silent(silenced, one)]
    calendar = Choice(str(say("Đưa hạn vào lịch điện thoại")), value("lich"))
    if not owed:
        return reply(say("<b>Hạn của anh/chị</b>\nHiện không còn việc nào có hạn."), calendar)
    lines = packed((owed_line(say, one, turn.today) for one in owed), ROOM)[0]
    left = len(owed) - len(lines)
    more = [say("Còn {count} việc nữa: gõ <b>nhắc việc</b> để xem hết.", count=left)] if left else []
    go = go_choices(owed, MOST_BUTTONS)
    settings = Choice(str(say("Nhắc việc")), value(REMINDERS))
    return reply(Markup("\n").join([say("<b>Hạn của anh/chị</b>"), *lines, *more]), *go, settings, calendar)


def deadline_page(turn: Turn, head: Markup, found: Iterable[Listed], listing: str, page: str) -> list[Reply]:
    """As many deadlines below a head as one reply has room for, and buttons to the others."""
    pages = packed((_line(turn, item) for item in found), ROOM)
    number = page_number(page, len(pages))
    if len(pages) > 1:
        head += turn.say(" (trang {page}/{pages})", page=number + 1, pages=len(pages))
    choices = turning(turn, listing, number, len(pages)) or [menu_choice(turn)]
    text = Markup("\n\n").join([head, *pages[number]])
    return reply(text, *choices, replaces=bool(page))


def by_date(library: Library, today: date, documents: Iterable[str] = ()) -> list[Listed]:
    """Dated deadlines: days ahead, the next first; running terms; then what is over, the latest first.

    The same deadline in several entries of a document stands once. `documents` limits the list.
    """
    only = set(documents) or set(library.documents)
    found: dict[tuple[object, ...], Listed] = {}
    for entry in library.entries.values():
        for deadline in entry.deadlines if entry.document in only else ():
            item = _listed(library.document_of(entry), deadline, today)
            if item.last or item.seen.state == "impossible":
                found.setdefault(_identity(item), item)
    return sorted(found.values(), key=_place)


def _listed(document: Document, deadline: Deadline, today: date) -> Listed:
    seen = due(deadline, today)
    last = seen.following or seen.last
    if deadline.kind == "by" and deadline.year and deadline.month is None:
        last = date(deadline.year, 12, 31)
    return Listed(document, deadline, seen, last, ahead=last is not None and last >= today)


def _identity(item: Listed) -> tuple[object, ...]:
    on = item.deadline
    return item.document.id, on.raw.casefold(), on.year, on.month, on.day, on.start, on.end


def _place(item: Listed) -> tuple[int, int]:
    if item.last is None:
        return 3, 0
    if not item.ahead:
        return 2, -item.last.toordinal()
    # A term of years is no day on which something is handed in.
    return int(item.deadline.day is None), item.last.toordinal()


def _line(turn: Turn, item: Listed) -> Markup:
    """A deadline as written, what is due, where, and how far it is; quieter when it is over."""
    deadline, say = item.deadline, turn.say
    weight = Markup("<b>{}</b>") if item.ahead else Markup("<i>{}</i>")
    raw = weight.format(capital(deadline.raw))
    place = item.document.locality
    text = say("{raw}: {what} — {place}.", raw=raw, what=deadline.what, place=place)
    if item.seen.state == "impossible":
        return text + say(" Ngày này không có trong lịch, cần hỏi lại nơi ban hành.")
    if item.seen.state == "open":
        return text + say(" Đang trong thời gian này.")
    if item.seen.state == "none":
        return text if item.ahead else text + say(" Năm này đã qua.")
    return text + state(say, deadline, item.seen) + _bound(turn, item)


def _bound(turn: Turn, item: Listed) -> Markup:
    """Where the document gives it to a level that is no more."""
    ended = {(entry.document, deadline.raw) for entry, deadline in unbound(turn.knowledge.library)}
    if (item.document.id, item.deadline.raw) not in ended:
        return Markup("")
    return turn.say(" Văn bản giao cho {who}; cấp này không còn nên không nhắc ai.", who=item.deadline.who)


_PHRASES = ("han nop", "cac han nop", "danh sach han nop", "han chot", "lich han nop", "deadlines")
# Of one's own; the first is what the button of a morning says.
_OWN_PHRASES = frozenset(
    {
        *(
            "han cua toi",
            "viec cua toi",
            "viec toi phai lam",
            "toi phai nop gi",
            "toi con phai nop gi",
            "con phai nop gi",
        ),
        *("con phai nop gi", "hom nay toi phai lam gi", "hom nay phai lam gi", "toi con no gi", "con no gi"),
        *(
            "co han gi khong",
            "sap den han gi",
            "sap toi han gi",
            "toi co han gi khong",
            "my deadlines",
            "what do i owe",
        ),
    }
)
_DONE_PHRASES = frozenset(
    {"toi nop roi", "nop roi", "da nop roi", "da nop", "toi da nop", "toi da nop roi", "to toi nop roi"}
)
