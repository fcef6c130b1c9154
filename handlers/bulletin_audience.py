"""For whom an announcement is: units, roles, who owes a form, what it is about, languages and channels."""

from dataclasses import replace

from conversation import Choice, Reply
from handlers.bulletin_screens import (
    AUDIENCE,
    DONE,
    EVERYBODY,
    LANGUAGE,
    NAME,
    ROLE,
    ROUND,
    ROUNDS,
    TOPIC,
    UNITS,
    WHERE,
)
from handlers.bulletins import audience_words, channel_called, language_name, top_units, topic_name
from handlers.listing import listed
from handlers.round_texts import round_label, seen
from handlers.step_texts import cut
from handlers.translation import languages
from handlers.turn import Turn, reply, value
from handlers.unit_picking import switches
from handlers.wording import bare, capital
from storage.announcements import Announcement
from storage.registry import UnitRow

NO_TOPIC = "khong"


def ask_audience(turn: Turn, told: Announcement) -> list[Reply]:
    """For whom; what is chosen adds up."""
    say, audience = turn.say, told.audience
    text = say(
        "<b>Gửi cho ai?</b> Đang chọn: {audience}.\nBấm để thêm điều kiện, hoặc gõ số tổ, ví dụ <b>1-5, 8</b>.",
        audience=audience_words(turn, audience),
    )
    if topic := turn.ward.topic(told.topic):
        text += "\n" + say("Tin thuộc chủ đề {topic}.", topic=topic_name(say, topic))
    roles = (("leader", say("Người phụ trách đơn vị")), ("staff", say("Cán bộ phường")))
    choices = [Choice(str(say("Xong phần người nhận")), value(NAME, DONE))]
    choices.append(Choice(str(say("Chọn đơn vị")), value(NAME, UNITS)))
    for role, label in roles:
        choices.append(Choice(_ticked(str(label), on=role in audience.roles), value(NAME, ROLE, role)))
    owing = _ticked(str(say("Người chưa nộp biểu mẫu")), on=bool(audience.not_submitted))
    choices.append(Choice(owing, value(NAME, ROUND)))
    if turn.ward.topics:
        choices.append(Choice(_ticked(str(say("Chủ đề của tin")), on=bool(told.topic)), value(NAME, TOPIC)))
    chosen = bool(audience.languages or audience.channels)
    choices.append(Choice(_ticked(str(say("Ngôn ngữ, kênh nhận tin")), on=chosen), value(NAME, WHERE)))
    choices.append(Choice(str(say("Mọi người")), value(NAME, EVERYBODY)))
    return reply(text, *choices)


def _ticked(label: str, *, on: bool) -> str:
    return f"✓ {label}" if on else label


def audience_units(turn: Turn) -> list[UnitRow]:
    """The units of one's part of the ward, without the one to which all of them belong."""
    found = turn.records.registry.units
    tops = top_units(turn)
    codes = [code for top in tops for code in found.below(top)]
    units = [unit for unit in found.all() if unit.code in codes]
    return [unit for unit in units if unit.parent] or units


def ask_units(turn: Turn, told: Announcement, page: str = "") -> list[Reply]:
    """The units one by one, each in or out."""
    say = turn.say
    choices, number, pages = switches(turn, audience_units(turn), told.audience.units, NAME, page)
    text = say("Bấm tên để chọn hoặc bỏ. Đã chọn {count}.", count=len(told.audience.units))
    if pages > 1:
        text += say(" Trang {page}/{pages}.", page=number + 1, pages=pages)
    return reply(text, *choices, Choice(str(say("Xong phần đơn vị")), value(NAME, AUDIENCE)), replaces=bool(page))


def ask_round(turn: Turn, page: str = "") -> list[Reply]:
    """Which open round, a page at a time."""
    say = turn.say
    rounds, back = seen(turn, "announce"), Choice(str(say("Quay lại")), value(NAME, AUDIENCE))
    if not rounds:
        return reply(say("Chưa có đợt nộp nào đang mở."), back)
    choices = [Choice(round_label(turn, round), value(NAME, ROUND, round.id)) for round in rounds]
    head = say("Người phụ trách chưa nộp bài của đợt nào?")
    (shown,) = listed(turn, head, choices, value(NAME, ROUNDS), page)
    return [replace(shown, choices=(*shown.choices, back))]


def ask_topic(turn: Turn, told: Announcement) -> list[Reply]:
    """What it is about: who chose not to hear of that does not get it."""
    say = turn.say
    text = say("Tin này về việc gì? Ai đã thôi nhận chủ đề nào thì không nhận tin thuộc chủ đề đó, trừ tin khẩn.")
    choices = [
        Choice(
            cut(_ticked(capital(topic_name(say, topic)), on=topic.code == told.topic)), value(NAME, TOPIC, topic.code)
        )
        for topic in turn.ward.topics
    ]
    return reply(text, *choices, Choice(str(say("Không thuộc chủ đề nào")), value(NAME, TOPIC, NO_TOPIC)))


def ask_where(turn: Turn, told: Announcement) -> list[Reply]:
    """In which language, and on which channels."""
    say, audience = turn.say, told.audience
    choices = []
    for tag in languages():
        spoken = bare(say("Dùng {language}", language=language_name(tag)))
        choices.append(Choice(_ticked(spoken, on=tag in audience.languages), value(NAME, LANGUAGE, tag)))
    for place in turn.records.registry.announcements.places():
        label = bare(say("Nhận tin qua {channel}", channel=channel_called(place)))
        choices.append(Choice(_ticked(label, on=place in audience.channels), value(NAME, WHERE, place)))
    text = say("Chỉ gửi cho người dùng ngôn ngữ nào, nhận tin qua kênh nào? Không chọn thì gửi hết.")
    return reply(text, *choices, Choice(str(say("Xong phần này")), value(NAME, AUDIENCE)))
