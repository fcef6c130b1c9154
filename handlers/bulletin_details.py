"""An announcement looked at closely before it is sent: who gets it where, how it looks there, who does not get it."""

import html
from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Address, Choice, Reply
from handlers.bulletin_screens import CONFIRM, DETAILS, GO, NAME, TRIAL, UNREACHED
from handlers.bulletins import channel_called, file_of, is_photo, places_line, reasons_line, without_effect
from handlers.paging import packed, page_number, turning
from handlers.turn import Turn, reply, value
from handlers.unit_names import unit_name
from storage.announcements import UNSUBSCRIBED, Announcement, Headcount, Missing

# Where there are pictures, letters that are bold, and buttons.
_FULL = ("telegram", "web")
MOST_LISTED, MOST_NAMES = 2_000, 8


def details(turn: Turn, told: Announcement, page: str) -> list[Reply]:
    """How many by unit and channel; then how it looks where nothing but letters is shown."""
    say = turn.say
    counts = turn.records.registry.announcements.count(told.audience, told.kind, told.topic)
    lines = [say("<b>Trên từng kênh</b>"), *_looks(turn, told, counts)]
    if counts.people:
        lines += [say("<b>Theo đơn vị và kênh</b>"), *_by_unit(turn, counts)]
    pages = packed(lines)
    number = page_number(page, len(pages))
    choices = turning(turn, value(NAME, DETAILS), number, len(pages))
    if counts.unreachable:
        choices.append(Choice(str(say("Ai không nhận được, vì sao")), value(NAME, UNREACHED)))
    if _elsewhere(turn):
        choices.append(Choice(str(say("Gửi thử tới kênh khác của tôi")), value(NAME, TRIAL)))
    choices.append(Choice(str(say("Quay lại")), value(NAME, GO, CONFIRM)))
    shown = Reply(Markup("\n").join(pages[number]), tuple(choices), replaces=bool(page))
    return [shown] if page else [Reply(_letters(turn, told)), shown]


def _looks(turn: Turn, told: Announcement, counts: Headcount) -> list[Markup]:
    say = turn.say
    people: Counter[str] = Counter()
    for (_, channel), count in counts.people.items():
        people[channel] += count
    lines = []
    for place in turn.records.registry.announcements.places():
        how = say("như bản xem trước, có chữ đậm và nút bấm") if place in _FULL else say("chỉ có chữ, như bản ở trên")
        if is_photo(told) and place in _FULL:
            how += say("; ảnh nằm trên chữ") if place == "telegram" else say("; ảnh nằm dưới chữ")
        elif file_of(told):
            how += say("; tệp mở từ tin nhắn")
        lines.append(
            say("▪ {channel}, {count} người: {how}.", channel=channel_called(place), count=people[place], how=how)
        )
    return lines


def _by_unit(turn: Turn, counts: Headcount) -> list[Markup]:
    units: dict[str, Counter[str]] = {}
    for (unit, channel), count in counts.people.items():
        units.setdefault(unit, Counter())[channel] += count
    ordered = sorted(units, key=lambda unit: (not unit, unit))
    return [
        turn.say(
            "{unit}: {places}",
            unit=unit_name(turn, unit) if unit else turn.say("chưa chọn tổ"),
            places=places_line(units[unit].most_common()),
        )
        for unit in ordered
    ]


def _letters(turn: Turn, told: Announcement) -> Markup:
    """What is seen where there are no tags and no buttons."""
    lines = [html.unescape(str(Markup(line).striptags())) for line in str(told.body.text).splitlines()]  # noqa: S704
    lines += [f"{number}. {choice.label}" for number, choice in enumerate(told.body.choices, 1)]
    head = turn.say("<b>Nơi chỉ có chữ</b>, tin hiện như sau:")
    return Markup("{}\n<blockquote>{}</blockquote>").format(head, "\n".join(lines))


def unreached(turn: Turn, told: Announcement, page: str) -> list[Reply]:
    """Who would not get it, unit by unit, with the names that are known: to be called or visited."""
    say, news = turn.say, turn.records.registry.announcements
    missing = news.unreachable(told.audience, told.kind, told.topic, MOST_LISTED)
    whole = sum(news.count(told.audience, told.kind, told.topic).unreachable.values())
    units: dict[str, list[Missing]] = {}
    for one in missing:
        units.setdefault(one.unit, []).append(one)
    lines = [say("<b>Không tới được {count} người</b>", count=whole)]
    lines += [_line(turn, unit, units[unit]) for unit in sorted(units, key=lambda unit: (not unit, unit))]
    if whole > len(missing):
        lines.append(say("… và {count} người nữa.", count=whole - len(missing)))
    pages = packed(lines)
    number = page_number(page, len(pages))
    nav = turning(turn, value(NAME, UNREACHED), number, len(pages))
    back = Choice(str(say("Quay lại")), value(NAME, GO, CONFIRM))
    return reply(Markup("\n").join(pages[number]), *nav, back, replaces=bool(page))


def _line(turn: Turn, unit: str, people: Sequence[Missing]) -> Markup:
    say = turn.say
    why = reasons_line(say, Counter(one.reason for one in people))
    named = [one.name for one in people if one.name and one.reason != UNSUBSCRIBED][:MOST_NAMES]
    line = say("▪ {unit}: {why}", unit=unit_name(turn, unit) if unit else say("chưa chọn tổ"), why=why)
    return line + (f" ({', '.join(named)})" if named else "")


def _elsewhere(turn: Turn) -> list[Address]:
    """Where else the writer is reached."""
    places = turn.records.registry.announcements.places()
    found = [reach.address for reach in turn.records.reach(turn.person.id) if not reach.unreachable]
    return [address for address in found if address.channel in places and address != turn.incoming.address]


def tried(turn: Turn, told: Announcement) -> list[Reply]:
    """Send it to the writer's other addresses, exactly as people will get it."""
    say, places = turn.say, _elsewhere(turn)
    back = Choice(str(say("Quay lại")), value(NAME, GO, CONFIRM))
    if not places:
        return reply(say("Anh/chị chưa nối kênh nào khác. Gõ <b>liên kết</b> để nối."), back)
    for address in places:
        turn.records.queue(address, Reply(say("Bản gửi thử, chỉ mình anh/chị thấy:")))
        turn.records.queue(address, without_effect(told))
    where = ", ".join(dict.fromkeys(channel_called(address.channel) for address in places))
    return reply(say("Đã gửi thử tới {where} của anh/chị. Chưa gửi cho ai khác.", where=where), back)
