"""What is asked while an announcement is written, and what is shown before it is sent."""

from collections import Counter

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.bulletins import (
    KINDS,
    LONGEST,
    WITH_FILE,
    audience_words,
    file_of,
    hushed_until,
    is_photo,
    is_poll,
    is_settled,
    kind_name,
    lasting,
    options_of,
    places_line,
    reasons_line,
    topic_name,
    without_effect,
)
from handlers.turn import Turn, reply, value
from handlers.unit_names import unit_name
from handlers.wording import bare, moment
from storage.announcements import Announcement, Headcount

NAME = "guitin"
TEXT, OPTIONS, KIND, AUDIENCE, UNITS, ROUND, TIME, CONFIRM, WORD, TOPIC, WHERE = (
    *("noidung", "luachon", "loai", "nguoi", "donvi", "chuanop", "gio", "xem", "khan", "chude", "kenh"),
)
ROLE, LANGUAGE, EVERYBODY, DONE, SEND, NOW, LOUD, GO = "vaitro", "tieng", "het", "xong", "gui", "ngay", "thuc", "den"
FILE, DETAILS, TRIAL, UNREACHED, ROUNDS = "boanh", "kyhon", "guithu", "aikhong", "trangdot"
# More people than this need a second pair of eyes.
MOST_ALONE = 500
MOST_UNITS = 6
_WORDS = ("sông lớn", "núi cao", "đồng lúa", "cây tre", "bến nước", "mái đình", "con đò", "hoa gạo")


def ask_text(turn: Turn, *, poll: bool = False) -> list[Reply]:
    """The text, or the question of a poll."""
    say = turn.say
    if poll:
        return reply(
            say(
                "<b>Thăm dò ý kiến</b>\nAnh/chị gõ một câu hỏi cho bà con. "
                "Đây chỉ là thăm dò, không có giá trị biểu quyết."
            )
        )
    text = say(
        "<b>Soạn thông báo</b>\nAnh/chị gõ nội dung, không quá {most} chữ và dấu. "
        "Kèm được một ảnh hoặc tệp. Muốn chữ đậm thì gõ &lt;b&gt;như thế này&lt;/b&gt;. "
        "Chưa gửi gì trước khi anh/chị xem lại.",
        most=f"{LONGEST:,}".replace(",", "."),
    )
    return reply(
        text,
        Choice(str(say("Hỏi thăm dò")), value(NAME, "thamdo")),
        Choice(str(say("Tin đã soạn, đã gửi")), value("tindagui")),
    )


def ask_caption(turn: Turn, told: Announcement) -> list[Reply]:
    """The text that goes with a photo or file."""
    say = turn.say
    text = (
        say("Giờ anh/chị gõ nội dung đi cùng ảnh, không quá {most} chữ và dấu.", most=WITH_FILE)
        if is_photo(told)
        else say("Giờ anh/chị gõ nội dung đi cùng tệp, không quá {most} chữ và dấu.", most=WITH_FILE)
    )
    return reply(text)


def ask_correction(turn: Turn, wrong: Announcement) -> list[Reply]:
    """The text of a correction."""
    text = turn.say(
        "<b>Đính chính {code}</b>\nAnh/chị gõ lại cho đúng. Tin này chỉ tới những người đã nhận tin trước; "
        "nơi nào sửa được tin cũ thì tin cũ được ghi là đã đính chính.",
        code=wrong.code,
    )
    if is_photo(wrong):
        text += turn.say(" Ảnh của tin trước được gửi kèm lại; muốn thay thì gửi ảnh khác.")
    elif file_of(wrong):
        text += turn.say(" Tệp của tin trước được gửi kèm lại; muốn thay thì gửi tệp khác.")
    return reply(text)


def ask_options(turn: Turn) -> list[Reply]:
    """The options of a poll."""
    return reply(turn.say("Các lựa chọn là gì? Mỗi dòng một lựa chọn, từ 2 đến 8."))


def ask_kind(turn: Turn) -> list[Reply]:
    """The kind, with what it means."""
    say = turn.say
    text = say(
        "<b>Thông báo loại nào?</b>\n"
        "Thường: ai chọn nhận mọi tin thì nhận.\n"
        "Quan trọng: có nút “Đã đọc”; ai chỉ nhận tin quan trọng cũng nhận.\n"
        "Khẩn: gửi ngay cả ban đêm; ai chỉ nhận tin khẩn cũng nhận; cán bộ khác được báo ngay."
    )
    return reply(text, *(Choice(kind_name(say, kind).capitalize(), value(NAME, KIND, kind)) for kind in KINDS))


def ask_time(turn: Turn) -> list[Reply]:
    """When."""
    say = turn.say
    text = say("Gửi lúc nào? Gõ giờ và ngày, ví dụ <b>7 giờ sáng mai</b> hay <b>19:30 ngày 25/11</b>.")
    return reply(text, Choice(str(say("Gửi ngay")), value(NAME, NOW)))


def word_for(told: Announcement) -> str:
    """What an officer types so that nothing urgent is sent by a slip of the finger."""
    return _WORDS[int(told.id, 16) % len(_WORDS)]


def ask_word(turn: Turn, told: Announcement) -> list[Reply]:
    """The word for urgent ones."""
    say, news = turn.say, turn.records.registry.announcements
    count, word = news.count(told.audience, told.kind, told.topic).total, word_for(told)
    text = (
        say(
            "Tin <b>khẩn</b> đi lúc {when} tới {count} người, kể cả ban đêm. Chắc chắn thì anh/chị gõ: <b>{word}</b>.",
            when=moment(say, told.starts_at),
            count=count,
            word=word,
        )
        if told.starts_at
        else say(
            "Tin <b>khẩn</b> đi ngay tới {count} người, kể cả ban đêm. Chắc chắn gửi thì anh/chị gõ: <b>{word}</b>.",
            count=count,
            word=word,
        )
    )
    return reply(text, Choice(str(turn.say("Quay lại")), value(NAME, GO, CONFIRM)))


def preview(turn: Turn, told: Announcement) -> list[Reply]:
    """The announcement as people will see it, then who gets it, when, and what can still be changed."""
    counts = turn.records.registry.announcements.count(told.audience, told.kind, told.topic)
    seen = turn.say("<b>Ở trên là đúng như người nhận sẽ thấy.</b>")
    lines = [seen, *_about(turn, told), *_numbers(turn, told, counts)]
    return [without_effect(told), Reply(Markup("\n").join(lines), tuple(_choices(turn, told, counts)))]


def _about(turn: Turn, told: Announcement) -> list[Markup]:
    say = turn.say
    lines = [
        say("Loại: {kind}. Người nhận: {audience}.", kind=kind_name(say, told.kind),
            audience=audience_words(turn, told.audience))
    ]  # fmt: skip
    if topic := turn.ward.topic(told.topic):
        lines.append(say("Tin thuộc chủ đề {topic}.", topic=topic_name(say, topic)))
    if told.starts_at:
        lines.append(say("Gửi lúc {when}.", when=moment(say, told.starts_at)))
    else:
        lines.append(say("Gửi ngay khi anh/chị bấm nút."))
    quiet = hushed_until(told.starts_at or turn.records.registry.now)
    if quiet and told.kind != "urgent":
        lines.append(
            say("Đang bật giờ yên tĩnh 21:00–06:00: tin chờ tới {when} mới đi.", when=moment(say, quiet))
            if told.quiet
            else say("<b>Gửi cả trong giờ yên tĩnh 21:00–06:00</b>; việc này được ghi lại.")
        )
    return lines


def _numbers(turn: Turn, told: Announcement, counts: Headcount) -> list[Markup]:
    say = turn.say
    if not counts.total:
        nobody = say("<b>Chưa có ai nhận được tin này</b>, nên chưa gửi được.")
        instead = say(" Anh/chị gọi hoặc tới nhà.") if is_settled(told) else say(" Anh/chị sửa người nhận.")
        lines = [nobody + instead]
    else:
        channels: Counter[str] = Counter()
        units: Counter[str] = Counter()
        for (unit, channel), count in counts.people.items():
            channels[channel] += count
            units[unit] += count
        lines = [
            say("<b>{count} người nhận</b>: {places}.", count=counts.total, places=places_line(channels.most_common())),
            say("Theo đơn vị: {units}.", units=_by_unit(turn, units)),
            say("Gửi hết trong {time}.", time=lasting(say, counts.seconds)),
        ]
    if counts.unreachable:
        missing = sum(counts.unreachable.values())
        why = reasons_line(say, counts.unreachable)
        lines.append(say("Không tới được {count} người: {why}.", count=missing, why=why))
    return lines


def _by_unit(turn: Turn, units: Counter[str]) -> str:
    named = [f"{unit_name(turn, code) or turn.say('chưa chọn tổ')}: {count}" for code, count in units.most_common()]
    more = len(named) - MOST_UNITS
    first = "; ".join(named[:MOST_UNITS])
    return first if more <= 0 else bare(turn.say("{names} và {count} đơn vị nữa", names=first, count=more)).strip()


def _choices(turn: Turn, told: Announcement, counts: Headcount) -> list[Choice]:
    say = turn.say
    found = []
    if counts.total:
        needs = counts.total > MOST_ALONE and told.kind != "urgent"
        label = say("Xin duyệt để gửi") if needs else say("Gửi cho {count} người", count=counts.total)
        found.append(Choice(str(label), value(NAME, SEND, told.id, told.revision)))
    found.append(Choice(str(say("Sửa nội dung")), value(NAME, GO, TEXT)))
    if is_poll(told) and options_of(told):
        found.append(Choice(str(say("Sửa lựa chọn")), value(NAME, GO, OPTIONS)))
    if file_of(told):
        label = say("Bỏ ảnh kèm") if is_photo(told) else say("Bỏ tệp kèm")
        found.append(Choice(str(label), value(NAME, FILE)))
    found.append(Choice(str(say("Đổi loại")), value(NAME, GO, KIND)))
    if not is_settled(told):
        found.append(Choice(str(say("Đổi người nhận")), value(NAME, GO, AUDIENCE)))
    found.append(Choice(str(say("Hẹn giờ")), value(NAME, GO, TIME)))
    waits = told.kind != "urgent" and hushed_until(told.starts_at or turn.records.registry.now)
    if waits:
        label = say("Gửi cả trong giờ yên tĩnh") if told.quiet else say("Giữ giờ yên tĩnh")
        found.append(Choice(str(label), value(NAME, LOUD)))
    found.append(Choice(str(say("Xem từng kênh, từng đơn vị")), value(NAME, DETAILS)))
    found.append(Choice(str(say("Bản in, bản đọc loa, SMS")), value("bantin", "", told.id)))
    return [*found, Choice(str(say("Không gửi, bỏ bản này")), value(NAME, "bo", told.id))]
