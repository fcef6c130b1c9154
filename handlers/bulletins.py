"""How an announcement is said: its body as everybody sees it, its kind, its audience, why it reaches somebody not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from markupsafe import Markup

from conversation import SHARED, Address, Attachment, Choice, Reply
from handlers.commands import menu_choice
from handlers.permissions import reaches, role_name, units_of
from handlers.round_texts import names_line, round_name
from handlers.step_texts import cut
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.typed_markup import marked_up
from handlers.wording import ZONE, channel_name
from knowledge.units import Topic, Ward
from storage.announcements import (
    CHANNEL_OFF,
    FORGOTTEN,
    NO_ADDRESS,
    NOT_SEEN,
    QUIET_FROM,
    QUIET_UNTIL,
    UNSUBSCRIBED,
    Announcement,
    Audience,
    Kind,
)

LONGEST = 3_500
# Below a photo: with the heading, and a note that it was corrected, it stays under what a caption may have.
WITH_FILE = 800
KINDS: tuple[Kind, ...] = ("normal", "important", "urgent")
# The flow of what people press below an announcement.
BELOW = "tb"
# The last: a button of what is only shown before it is sent.
READ, CHOSE, SHOWN = "doc", "chon", "thu"
RECEIVING, LEAVE = "nhantin", "thoi"


def text_of(told: Announcement) -> str:
    """What staff typed."""
    return str(told.settings.get("text", ""))


def file_of(told: Announcement) -> dict[str, str]:
    """The photo or file that goes with it: id, name, media_type; empty for none."""
    found = told.settings.get("file")
    return {str(name): str(one) for name, one in found.items()} if isinstance(found, dict) else {}


def is_photo(told: Announcement) -> bool:
    """Whether what goes with it is a picture."""
    return file_of(told).get("media_type", "").startswith("image/")


def is_settled(told: Announcement) -> bool:
    """Whether it was settled before for whom it is: of a correction, or a repetition for those whom it missed."""
    return bool(told.audience.got or told.audience.missed)


def options_of(told: Announcement) -> list[str]:
    """The options of a poll; none for an announcement."""
    found = told.settings.get("options")
    return [str(option) for option in found] if isinstance(found, list) else []


def is_poll(told: Announcement) -> bool:
    """Whether it asks a question."""
    return bool(told.settings.get("poll"))


def body_of(told: Announcement, ward: Ward) -> Reply:
    """What people see: who says it, what kind it is, what it is about, the text, and what can be pressed."""
    languages = told.audience.languages
    say = Translator(languages[0] if len(languages) == 1 else "vi")
    topic = ward.topic(told.topic)
    about = topic_name(say, topic) if topic else ""
    text = Markup("<b>{}</b>\n\n{}").format(_head(say, told, ward.name, about), marked_up(text_of(told)))
    if is_poll(told):
        text += "\n\n" + say("<i>Thăm dò, không có giá trị biểu quyết.</i>")
    file = file_of(told)
    attached = (Attachment(SHARED, {"id": file["id"]}),) if file else ()
    return Reply(text, tuple(_buttons(say, told, about)), attachments=attached)


def marked_body(told: Announcement) -> Reply:
    """What stands in the place of a message once it is corrected."""
    languages = told.audience.languages
    say = Translator(languages[0] if len(languages) == 1 else "vi")
    note = say("<b>Tin này đã được đính chính, xem tin mới.</b>")
    return replace(told.body, text=Markup("{}\n\n{}").format(note, told.body.text), choices=())


def without_effect(told: Announcement) -> Reply:
    """What people will see, for those who look at it first: its buttons do nothing, also not when it is sent."""
    nothing = value(BELOW, SHOWN, told.id)
    return replace(told.body, choices=tuple(Choice(one.label, nothing) for one in told.body.choices))


def topic_name(say: Translator, topic: Topic) -> str:
    """What it is about, as it stands within a sentence."""
    return topic.name_en if say.language == "en" and topic.name_en else topic.name


def _head(say: Translator, told: Announcement, ward: str, about: str) -> Markup:
    if told.corrects:
        urgent = told.kind == "urgent"
        return say("KHẨN: {ward} đính chính", ward=ward) if urgent else say("Đính chính của {ward}", ward=ward)
    if is_poll(told):
        return say("{ward} hỏi ý kiến bà con", ward=ward[:1].upper() + ward[1:])
    heads = {
        "normal": say("Thông báo của {ward}", ward=ward),
        "important": say("Thông báo quan trọng của {ward}", ward=ward),
        "urgent": say("KHẨN: {ward} thông báo", ward=ward),
    }
    return heads[told.kind] + (f": {about}" if about else "")


def _buttons(say: Translator, told: Announcement, about: str) -> list[Choice]:
    found = [
        Choice(cut(option), value(BELOW, CHOSE, f"{told.id}/{number}"))
        for number, option in enumerate(options_of(told))
    ]
    if told.kind != "normal" and not found:
        found.append(Choice(str(say("Đã đọc")), value(BELOW, READ, told.id)))
    if told.kind != "urgent":
        label = say("Thôi nhận tin về {topic}", topic=about) if about else say("Thôi nhận tin")
        if is_poll(told):
            # Below the options it must not look like one of them.
            label = say("Không muốn nhận những tin này nữa")
        found.append(Choice(cut(str(label)), value(RECEIVING, LEAVE, told.topic)))
    return found


def save(turn: Turn, told: Announcement, **changes: object) -> Announcement | None:
    """Change a draft, its body with it; None where it is not a draft any more."""
    changed: Announcement = replace(told, **changes)  # type: ignore[arg-type]  # fields of an announcement
    changed = replace(changed, body=body_of(changed, turn.ward))
    return turn.records.registry.announcements.save(changed)


def kind_name(say: Translator, kind: Kind) -> Markup:
    """The kind in one word."""
    return {"normal": say("thường"), "important": say("quan trọng"), "urgent": say("khẩn")}[kind]


def short_text(told: Announcement, most: int = 40) -> str:
    """The beginning of an announcement, for lists."""
    return cut(marked_up(text_of(told)).striptags(), most)


def audience_words(turn: Turn, audience: Audience) -> Markup:
    """For whom it is."""
    say, registry = turn.say, turn.records.registry
    earlier = registry.announcements.get(audience.missed or audience.got) if audience.missed or audience.got else None
    parts: list[Markup] = []
    if earlier and audience.missed:
        parts.append(say("người chưa nhận được {code}", code=earlier.code))
    elif earlier:
        parts.append(say("đúng những người đã nhận {code}", code=earlier.code))
    round = registry.rounds.get(audience.not_submitted) if audience.not_submitted else None
    if round:
        parts.append(say("người phụ trách chưa nộp {round}", round=round_name(turn, round)))
    parts += _members(turn, audience)
    if audience.languages:
        parts.append(
            say("người dùng {languages}", languages=", ".join(language_name(one) for one in audience.languages))
        )
    if audience.channels:
        places = ", ".join(channel_called(one) for one in audience.channels)
        parts.append(say("người nhận tin qua {channels}", channels=places))
    return Markup("; ").join(parts) if parts else say("mọi người")


def _members(turn: Turn, audience: Audience) -> list[Markup]:
    """Roles and units, which hold together; none where neither is chosen."""
    named = [role_name(turn, role) for role in audience.roles if role not in ("resident", "admin")]
    roles = turn.say(" và ").join(Markup.escape(name) for name in named)
    units = [unit for unit in turn.records.registry.units.all() if unit.code in audience.units]
    places = Markup.escape(names_line(turn, units)) if units else Markup("")
    if roles and places:
        return [turn.say("{roles} ở {units}", roles=roles, units=places)]
    return [part for part in (roles, places) if part]


def channel_called(name: str) -> str:
    """A channel by the name that people know."""
    return channel_name(Address(name, ""))


def language_name(tag: str) -> str:
    """A language by its own name."""
    return {"vi": "Tiếng Việt", "en": "English"}.get(tag, tag)


def everybody(turn: Turn) -> Audience:
    """All whom one may write to: everybody, or those of one's own part of the ward."""
    mine = set(units_of(turn, "announce"))
    if mine >= {unit.code for unit in turn.records.registry.units.all()}:
        return Audience(turn.today)
    return Audience(turn.today, units=tuple(top_units(turn)))


def top_units(turn: Turn) -> list[str]:
    """Units of one's part of the ward that belong to no other of them."""
    mine = units_of(turn, "announce")
    found = (turn.records.registry.units.get(code) for code in mine)
    return [unit.code for unit in found if unit and unit.parent not in mine]


def within(turn: Turn, told: Announcement) -> bool:
    """Whether all for whom it is belong to one's part of the ward, or one wrote it."""
    limits = set(everybody(turn).units)
    if not limits or told.by == turn.person.id:
        return True
    return bool(told.audience.units) and set(told.audience.units) <= set(units_of(turn, "announce"))


def announced(turn: Turn, id: str) -> Announcement | None:
    """One by its id, of one's part of the ward."""
    told = turn.records.registry.announcements.get(id)
    return told if told and within(turn, told) else None


def gone(turn: Turn) -> list[Reply]:
    """What is said where there is none."""
    return reply(turn.say("Không thấy thông báo này nữa."), menu_choice(turn))


def others(turn: Turn, told: Announcement) -> list[str]:
    """Ids of the other staff who can decide about it."""
    roles = turn.records.registry.roles
    units = told.audience.units or tuple(unit.code for unit in turn.records.registry.units.all())
    held = [*roles.holders("staff", turn.today), *roles.holders("admin", turn.today)]
    found = [one.person for one in held if all(reaches(turn, one, unit) for unit in units)]
    return [person for person in dict.fromkeys(found) if person not in (turn.person.id, told.by)]


def reason_words(say: Translator, reason: str) -> Markup:
    """Why somebody is not reached."""
    known = {
        NO_ADDRESS: say("chưa nối ứng dụng nào"),
        NOT_SEEN: say("lâu không mở trang web"),
        CHANNEL_OFF: say("kênh đang tắt"),
        UNSUBSCRIBED: say("đã chọn không nhận"),
        FORGOTTEN: say("đã xóa dữ liệu"),
    }
    if reason in known:
        return known[reason]
    lower = reason.casefold()
    if "blocked" in lower:
        return say("đã chặn Bạn Phố")
    if "deactivated" in lower:
        return say("tài khoản không còn")
    return say("không thấy cuộc trò chuyện") if "not found" in lower else say("nền tảng từ chối")


def reasons_line(say: Translator, counts: Mapping[str, int]) -> Markup:
    """How many for which reason; reasons that read the same are added up."""
    added: dict[Markup, int] = {}
    for reason, count in counts.items():
        words = reason_words(say, reason)
        added[words] = added.get(words, 0) + count
    return Markup(", ").join(Markup("{} {}").format(words, count) for words, count in added.items())


def places_line(counts: Sequence[tuple[str, int]]) -> str:
    """How many on which channel."""
    return ", ".join(f"{channel_called(name)} {count}" for name, count in counts)


def lasting(say: Translator, seconds: float) -> Markup:
    """How long it takes."""
    if seconds < 60:
        return say("chưa tới 1 phút")
    minutes = round(seconds / 60)
    return (
        say("khoảng {count} phút", count=minutes) if minutes < 120 else say("khoảng {count} giờ", count=minutes // 60)
    )


def hushed_until(at: datetime) -> datetime | None:
    """When people may be written to again; None where they may be at this moment."""
    local = at.astimezone(ZONE)
    if QUIET_UNTIL <= local.hour < QUIET_FROM:
        return None
    on = local.date() + timedelta(days=1 if local.hour >= QUIET_FROM else 0)
    return datetime(on.year, on.month, on.day, QUIET_UNTIL, tzinfo=ZONE)
