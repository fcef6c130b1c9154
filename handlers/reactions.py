"""What people pressed below announcements, counted by unit for staff: who read it, and what was chosen in a poll."""

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.bulletins import BELOW, is_poll, options_of, within
from handlers.commands import private_only
from handlers.paging import packed, page_number, split_arg, turning
from handlers.permissions import may, refused
from handlers.sendings import card_choice
from handlers.turn import Turn, reply, value
from handlers.unit_names import unit_name
from storage.announcements import Announcement

WHO_READ, RESULT, PICTURE = "aidoc", "ketqua", "anhkq"


def counted(turn: Turn, told: Announcement, verb: str, arg: str) -> list[Reply]:
    """By unit: who read it, or what was chosen, as text or as a picture."""
    if turn.incoming.group:
        return private_only(turn)
    if not may(turn, "announce") or not within(turn, told):
        return refused(turn, "announce")
    if verb == PICTURE and is_poll(told):
        return _picture(turn, told)
    polled = verb == RESULT and is_poll(told)
    head, lines = _poll_lines(turn, told) if polled else _read_lines(turn, told)
    pages = packed(lines)
    number = page_number(split_arg(arg)[1], len(pages))
    nav = turning(turn, value(BELOW, verb, told.id), number, len(pages))
    drawn = [Choice(str(turn.say("Gửi ảnh kết quả")), value(BELOW, PICTURE, told.id))] if polled and lines else []
    return reply(Markup("\n").join([head, *pages[number]]), *nav, *drawn, card_choice(turn.say, told))


def _picture(turn: Turn, told: Announcement) -> list[Reply]:
    """To be passed on: what it is worth stands in the picture as well."""
    if not turn.records.registry.announcements.choices(told.id):
        return reply(turn.say("Chưa có ai trả lời nên chưa có hình kết quả."), card_choice(turn.say, told))
    text = turn.say("Ảnh kết quả {code} đây. Thăm dò, không có giá trị biểu quyết.", code=told.code)
    back = Choice(str(turn.say("Kết quả thăm dò")), value(BELOW, RESULT, told.id))
    picture = Attachment("poll", {"announcement": told.id})
    return [Reply(text, (back, card_choice(turn.say, told)), attachments=(picture,))]


def _read_lines(turn: Turn, told: Announcement) -> tuple[Markup, list[Markup]]:
    say, counts = turn.say, turn.records.registry.announcements.reads(told.id)
    read, sent = (sum(count[place] for count in counts.values()) for place in (0, 1))
    head = say("<b>{code}</b>: đã đọc {read}/{sent}.", code=told.code, read=read, sent=sent)
    return head, [
        say("{unit}: {read}/{sent}", unit=_unit(turn, unit), read=one, sent=of) for unit, (one, of) in counts.items()
    ]


def _poll_lines(turn: Turn, told: Announcement) -> tuple[Markup, list[Markup]]:
    """All votes by option, then by unit; always with what they are worth."""
    say, counts, options = turn.say, turn.records.registry.announcements.choices(told.id), options_of(told)
    whole = sum(counts.values())
    head = say(
        "<b>{code}</b>: {count} người trả lời. Thăm dò, không có giá trị biểu quyết.", code=told.code, count=whole
    )
    lines = []
    for number, option in enumerate(options if whole else ()):
        count = sum(one for (_, chosen), one in counts.items() if chosen == str(number))
        share = round(100 * count / whole) if whole else 0
        bar = "▓" * (share // 10) + "░" * (10 - share // 10)
        lines.append(
            say("{option}: <b>{count}</b> ({share} %)\n{bar}", option=option, bar=bar, count=count, share=share)
        )
    for unit in dict.fromkeys(unit for unit, _ in counts):
        theirs = ", ".join(f"{option} {counts.get((unit, str(n)), 0)}" for n, option in enumerate(options))
        lines.append(say("{unit}: {counts}", unit=_unit(turn, unit), counts=theirs))
    return head, lines


def _unit(turn: Turn, code: str) -> str:
    return unit_name(turn, code) if code else str(turn.say("chưa chọn tổ"))
