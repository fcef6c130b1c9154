"""The answers to the questions of an announcement: each changes the draft, and says where to go."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from markupsafe import Markup

from handlers.asides import is_question
from handlers.bulletin_audience import NO_TOPIC, audience_units
from handlers.bulletin_drafts import was_shown
from handlers.bulletin_files import caption_wrong, file_removed
from handlers.bulletin_screens import (
    AUDIENCE,
    CONFIRM,
    FILE,
    KIND,
    OPTIONS,
    ROUND,
    TEXT,
    TIME,
    TOPIC,
    UNITS,
    WHERE,
)
from handlers.bulletins import KINDS, LONGEST, everybody, file_of, is_poll, is_settled, options_of, save
from handlers.opening_answers import Told
from handlers.round_texts import round_for
from handlers.translation import languages
from handlers.turn import Turn
from handlers.unit_picking import picked
from handlers.wording import ZONE, moment
from knowledge.appointments import appointment_in
from knowledge.bad_answers import BadAnswer
from storage.announcements import Announcement, Audience, Kind, Member

MOST_OPTIONS, LONGEST_OPTION, MOST_DAYS = 8, 50, 60


def text_wrong(turn: Turn) -> Markup | None:
    """What is wrong with a text as an announcement; None: nothing."""
    length = len(turn.text)
    if length > LONGEST:
        return turn.say(
            "Nội dung dài {length} chữ và dấu, quá {most}. Anh/chị rút ngắn rồi gõ lại; chưa gửi gì.",
            length=length,
            most=LONGEST,
        )
    return None


def text_read(turn: Turn, told: Announcement) -> Told:
    """Another text for a draft."""
    wrong = caption_wrong(turn, turn.text) if file_of(told) else text_wrong(turn)
    if wrong:
        return Told(TEXT, wrong)
    _change(turn, told, settings={**told.settings, "text": turn.text})
    if is_poll(told) and len(options_of(told)) < 2:
        return Told(OPTIONS)
    return Told(CONFIRM if is_settled(told) or was_shown(turn) else KIND)


def options_read(turn: Turn, told: Announcement) -> Told | None:
    """The options of a poll, one a line."""
    found = list(dict.fromkeys(" ".join(line.split()) for line in turn.text.splitlines() if line.strip()))
    if len(found) == 1:
        found = list(dict.fromkeys(part.strip() for part in found[0].split(";") if part.strip()))
    if not 2 <= len(found) <= MOST_OPTIONS or any(len(option) > LONGEST_OPTION for option in found):
        text = turn.say("Cần từ 2 đến 8 lựa chọn, mỗi dòng một lựa chọn không quá 50 chữ và dấu.")
        return Told(OPTIONS, text)
    _change(turn, told, settings={**told.settings, "options": found})
    return Told(CONFIRM if was_shown(turn) else KIND)


def kind_pressed(turn: Turn, told: Announcement, arg: str) -> Told:
    """One of the three kinds."""
    kind: Kind | None = next((kind for kind in KINDS if kind == arg), None)
    if kind is None:
        return Told(KIND)
    _change(turn, told, kind=kind)
    return Told(CONFIRM if is_settled(told) or was_shown(turn) else AUDIENCE)


def role_pressed(turn: Turn, told: Announcement, arg: str) -> Told:
    """One role in or out."""
    group: tuple[Member, ...] = {"leader": ("leader",), "staff": ("staff", "admin")}.get(arg, ())  # type: ignore[assignment]
    kept = tuple(role for role in told.audience.roles if role not in group)
    roles = kept if set(group) & set(told.audience.roles) else (*kept, *group)
    return _audience(turn, told, replace(told.audience, roles=roles, not_submitted=""))


def language_pressed(turn: Turn, told: Announcement, arg: str) -> Told:
    """One language in or out."""
    if arg in languages():
        chosen = set(told.audience.languages) ^ {arg}
        spoken = tuple(one for one in languages() if one in chosen)
        _change(turn, told, audience=replace(told.audience, languages=spoken))
    return Told(WHERE)


def channel_pressed(turn: Turn, told: Announcement, arg: str) -> Told:
    """One channel in or out."""
    places = turn.records.registry.announcements.places()
    if arg not in places:
        return Told(WHERE)
    chosen = set(told.audience.channels) ^ {arg}
    channels = tuple(place for place in places if place in chosen)
    _change(turn, told, audience=replace(told.audience, channels=channels))
    return Told(WHERE)


def topic_pressed(turn: Turn, told: Announcement, arg: str) -> Told:
    """What it is about, or nothing that people choose by."""
    topic = turn.ward.topic(arg)
    if topic is None and arg != NO_TOPIC:
        return Told(TOPIC)
    _change(turn, told, topic=topic.code if topic else "")
    return Told(AUDIENCE)


def everybody_pressed(turn: Turn, told: Announcement, _: str) -> Told:
    """All conditions away."""
    return _audience(turn, told, everybody(turn))


def round_pressed(turn: Turn, told: Announcement, arg: str) -> Told:
    """Those who have not handed in in a round."""
    round = round_for(turn, "announce", arg) if arg else None
    if round is None:
        return Told(ROUND)
    return _audience(turn, told, replace(told.audience, not_submitted=round.id, roles=()))


def units_read(turn: Turn, told: Announcement) -> Told | None:
    """Units as typed; where a part names none, the choice so far is shown."""
    found = picked(audience_units(turn), turn.text)
    if found is None:
        wrong = turn.say("Tôi không rõ “{text}” là đơn vị nào.", text=turn.text[:60])
        return None if is_question(turn) else Told(AUDIENCE, wrong)
    _audience(turn, told, replace(told.audience, units=found.codes))
    if not found.unknown:
        return Told(AUDIENCE)
    names, count = ", ".join(found.unknown)[:100], len(found.codes)
    return Told(UNITS, turn.say("Đã chọn {count} đơn vị. Còn “{names}” thì tôi không rõ.", count=count, names=names))


def switched(turn: Turn, told: Announcement, code: str) -> None:
    """Put one unit in or out; with none of them it is for all whom one may write to."""
    order = [unit.code for unit in audience_units(turn)]
    chosen = (set(told.audience.units) & set(order)) ^ ({code} & set(order))
    units = tuple(one for one in order if one in chosen) or everybody(turn).units
    _change(turn, told, audience=replace(told.audience, units=units))


def time_read(turn: Turn, told: Announcement) -> Told | None:
    """When it is to be sent."""
    now = turn.records.registry.now
    try:
        local = appointment_in(turn.text, now.astimezone(ZONE).replace(tzinfo=None))
    except BadAnswer:
        text = turn.say("Tôi chưa rõ giờ gửi. Gõ như <b>7 giờ sáng mai</b> hay <b>19:30 ngày 25/11</b>.")
        return None if is_question(turn) else Told(TIME, text)
    at = local.replace(tzinfo=ZONE)
    if at <= now:
        return Told(TIME, turn.say("Lúc {when} đã qua. Anh/chị gõ giờ sau bây giờ.", when=moment(turn.say, at)))
    if (at - now).days > MOST_DAYS:
        return Told(TIME, turn.say("Lúc {when} xa quá; hẹn được trong 60 ngày.", when=moment(turn.say, at)))
    _change(turn, told, starts_at=at)
    return Told(CONFIRM)


def time_beside(turn: Turn, told: Announcement) -> Told | None:
    """A time that is typed below what will be sent; anything else is not about it."""
    try:
        appointment_in(turn.text, turn.records.registry.now.astimezone(ZONE).replace(tzinfo=None))
    except BadAnswer:
        return None
    # A bare number is no time of day here.
    return None if turn.text.isdigit() else time_read(turn, told)


def now_pressed(turn: Turn, told: Announcement, _: str) -> Told:
    """At once."""
    _change(turn, told, starts_at=None)
    return Told(CONFIRM)


def loud_pressed(turn: Turn, told: Announcement, _: str) -> Told:
    """Whether quiet hours hold it."""
    _change(turn, told, quiet=not told.quiet)
    return Told(CONFIRM)


def _audience(turn: Turn, told: Announcement, audience: Audience) -> Told:
    _change(turn, told, audience=audience)
    return Told(AUDIENCE)


def _change(turn: Turn, told: Announcement, **changes: object) -> None:
    # Where somebody decided about it meanwhile nothing changes, and the next screen says so.
    save(turn, told, **changes)


TYPED: Mapping[str, Callable[[Turn, Announcement], Told | None]] = {
    TEXT: text_read,
    OPTIONS: options_read,
    AUDIENCE: units_read,
    UNITS: units_read,
    TIME: time_read,
    CONFIRM: time_beside,
}
PRESSED: Mapping[str, Callable[[Turn, Announcement, str], Told]] = {
    KIND: kind_pressed,
    "vaitro": role_pressed,
    "tieng": language_pressed,
    WHERE: channel_pressed,
    TOPIC: topic_pressed,
    "het": everybody_pressed,
    ROUND: round_pressed,
    "ngay": now_pressed,
    "thuc": loud_pressed,
    FILE: file_removed,
    "xong": lambda *_: Told(CONFIRM),
}
