"""/thongbao: what somebody wants to receive; and what is pressed below an announcement: read, or a choice of a poll."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.bulletins import BELOW, CHOSE, LEAVE, READ, RECEIVING, SHOWN, gone, options_of, topic_name
from handlers.commands import folded, menu_choice, private_only, wants
from handlers.permissions import may
from handlers.reactions import PICTURE, RESULT, WHO_READ, counted
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.wording import capital
from knowledge.units import Topic
from storage.announcements import Announcement, Level

NAME = RECEIVING
TOPIC = "chude"
_LEVELS: Mapping[str, Level] = {"moi": "all", "quantrong": "important", "khan": "urgent", "khong": "none"}
_PHRASES = ("nhan tin", "thong bao", "nhan thong bao", "tin muon nhan", "what i receive", "notifications")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Choose what one receives; leaving is one press."""
    pressed = turn.pressed(NAME)
    if pressed is None and not wants(turn, "thongbao", "nhantin", *_PHRASES) and not wants(turn, NAME):
        return None
    if turn.incoming.group:
        return private_only(turn)
    verb, arg, _ = pressed or ("", "", "")
    topic = turn.ward.topic(arg)
    if verb == LEAVE:
        return left(turn, topic)
    if verb == TOPIC:
        return _topics(turn, topic)
    return _chose(turn, _LEVELS[verb]) if verb in _LEVELS else shown(turn)


def left(turn: Turn, topic: Topic | None) -> list[Reply]:
    """One press below a message: no more about its topic, or nothing but the urgent."""
    return _left_topic(turn, topic) if topic else _chose(turn, "urgent")


def _chose(turn: Turn, level: Level) -> list[Reply]:
    _choose(turn, level)
    return reply(_kept(turn, level) + _duties(turn, level), _other(turn), menu_choice(turn))


def _choose(turn: Turn, level: Level) -> None:
    """One level for everything: what was chosen for single topics is over."""
    news, me = turn.records.registry.announcements, turn.person.id
    for topic in {"", *news.subscriptions(me)}:
        news.subscribe(me, level, topic)


def shown(turn: Turn) -> list[Reply]:
    """What one receives, and what else one may choose."""
    say, chosen = turn.say, turn.records.registry.announcements.subscriptions(turn.person.id)
    level = chosen.get("", "all")
    labels = {
        "moi": say("Mọi tin"),
        "quantrong": say("Chỉ tin quan trọng và khẩn"),
        "khan": say("Chỉ tin khẩn"),
        "khong": say("Không nhận tin nào"),
    }
    text = say("<b>Anh/chị muốn nhận tin nào của {ward}?</b> Đổi lúc nào cũng được.", ward=turn.ward.name)
    text += _without(turn, chosen)
    choices = []
    for name, label in labels.items():
        mark = "✓ " if _LEVELS[name] == level else ""
        choices.append(Choice(f"{mark}{label}", value(NAME, name)))
    if turn.ward.topics and level in ("all", "important"):
        choices.append(Choice(str(say("Chọn theo chủ đề")), value(NAME, TOPIC)))
    return reply(text, *choices)


def _without(turn: Turn, chosen: Mapping[str, Level]) -> Markup:
    """The topics of which somebody hears nothing who else hears everything."""
    names = [topic_name(turn.say, topic) for topic in turn.ward.topics if not _hears(chosen, topic)]
    if not names or chosen.get("", "all") != "all":
        return Markup("")
    return "\n" + turn.say("Đang thôi nhận: {topics}.", topics="; ".join(names))


def _hears(chosen: Mapping[str, Level], topic: Topic) -> bool:
    return chosen.get(topic.code, chosen.get("", "all")) in ("all", "important")


def _topics(turn: Turn, switched: Topic | None) -> list[Reply]:
    """Each topic in or out; a press puts one in or out."""
    say, news, me = turn.say, turn.records.registry.announcements, turn.person.id
    if switched:
        chosen = news.subscriptions(me)
        usual: Level = "important" if chosen.get("", "all") == "important" else "all"
        news.subscribe(me, "urgent" if _hears(chosen, switched) else usual, switched.code)
    chosen = news.subscriptions(me)
    choices = []
    for topic in turn.ward.topics:
        mark = "✓ " if _hears(chosen, topic) else ""
        choices.append(Choice(cut(mark + capital(topic_name(say, topic))), value(NAME, TOPIC, topic.code)))
    text = say("Bấm vào chủ đề để nhận hay thôi nhận. Tin khẩn như bão, lũ vẫn gửi.")
    return reply(text, *choices, Choice(str(say("Xong phần này")), value(NAME)), replaces=switched is not None)


def kept_as(turn: Turn) -> list[Reply]:
    """Nothing was chosen: what one receives stays as it is."""
    chosen = turn.records.registry.announcements.subscriptions(turn.person.id)
    words: Mapping[Level, Markup] = {
        "all": turn.say("Vâng, tôi để như cũ: anh/chị nhận mọi tin của phường."),
        "important": turn.say("Vâng, tôi để như cũ: anh/chị chỉ nhận tin quan trọng và tin khẩn."),
        "urgent": turn.say("Vâng, tôi để như cũ: anh/chị chỉ nhận tin khẩn."),
        "none": turn.say("Vâng, tôi để như cũ: anh/chị không nhận tin nào."),
    }
    return reply(words[chosen.get("", "all")] + _without(turn, chosen), _other(turn), menu_choice(turn))


def _left_topic(turn: Turn, topic: Topic) -> list[Reply]:
    """One press below a message about something: no more about that."""
    turn.records.registry.announcements.subscribe(turn.person.id, "urgent", topic.code)
    text = turn.say(
        "Vâng, anh/chị thôi nhận tin về {topic}. Tin khẩn và các tin khác vẫn gửi.", topic=topic_name(turn.say, topic)
    )
    everything = Choice(str(turn.say("Thôi nhận mọi tin")), value(NAME, LEAVE))
    return reply(text, everything, _other(turn), menu_choice(turn))


def _kept(turn: Turn, level: Level) -> Markup:
    say = turn.say
    words = {
        "all": say("Vâng, anh/chị nhận mọi tin của phường."),
        "important": say("Vâng, anh/chị chỉ nhận tin quan trọng và tin khẩn."),
        "urgent": say("Vâng, anh/chị thôi nhận tin của phường; chỉ khi có việc khẩn như bão, lũ tôi mới nhắn."),
        "none": say("Vâng, anh/chị không nhận tin nào của phường nữa, kể cả tin khẩn."),
    }
    return words[level]


def _duties(turn: Turn, level: Level) -> Markup:
    """What does not end with it: what a leader or staff owe is no announcement."""
    if level in ("all", "important") or not may(turn, "be_reminded"):
        return Markup("")
    return turn.say(" Hạn của đơn vị thì mỗi sáng tôi vẫn nhắc; muốn hoãn, anh/chị gõ <b>nhắc lại sau</b>.")


def _other(turn: Turn) -> Choice:
    return Choice(str(turn.say("Chọn lại")), value(NAME))


def below(turn: Turn) -> Sequence[Reply] | None:
    """Keep that it was read, or what was chosen; staff see the counts."""
    pressed = turn.pressed(BELOW)
    if pressed is None:
        return _typed(turn)
    verb, arg, _ = pressed
    id, _, rest = arg.partition("/")
    told = turn.records.registry.announcements.get(id)
    if told is None:
        return gone(turn)
    if verb in (WHO_READ, RESULT, PICTURE):
        return counted(turn, told, verb, arg)
    if verb == CHOSE:
        return _chosen(turn, told, rest)
    if verb == SHOWN:
        return _only_shown(turn, told)
    return _read(turn, told) if verb == READ else None


def _typed(turn: Turn) -> list[Reply] | None:
    """An option of the newest that this person got, in its words."""
    text = folded(turn.text)
    if turn.incoming.kind != "text" or turn.incoming.group or turn.command() or not text:
        return None
    told = turn.records.registry.announcements.newest_of(turn.person.id)
    if told is None:
        return None
    options = [folded(option) for option in options_of(told)]
    if text.isdecimal() and not turn.conversation.data.get("choices") and 0 < int(text[:3]) <= len(options):
        return _chosen(turn, told, str(int(text[:3]) - 1))
    return _chosen(turn, told, str(options.index(text))) if text in options else None


def _only_shown(turn: Turn, told: Announcement) -> list[Reply]:
    if told.state in ("draft", "waiting"):
        return reply(turn.say("Đây là bản xem trước, chưa gửi cho ai."))
    return reply(turn.say("Đây là bản xem trước; nút ở đây không có tác dụng."))


def _read(turn: Turn, told: Announcement) -> list[Reply]:
    news, say = turn.records.registry.announcements, turn.say
    if news.mark_read(told.id, turn.person.id):
        return reply(say("Cảm ơn anh/chị, phường biết anh/chị đã đọc tin này."))
    return reply(say("Đã ghi nhận rồi, anh/chị không cần bấm nữa."))


def _chosen(turn: Turn, told: Announcement, number: str) -> list[Reply]:
    say, options = turn.say, options_of(told)
    known = number.isascii() and number.isdigit() and int(number) < len(options)
    if not known or not turn.records.registry.announcements.choose(told.id, turn.person.id, number):
        return reply(say("Câu hỏi này không gửi cho anh/chị, nên không ghi được lựa chọn."), menu_choice(turn))
    return reply(
        say(
            "Đã ghi: <b>{option}</b>. Muốn đổi thì bấm lựa chọn khác. Thăm dò, không có giá trị biểu quyết.",
            option=options[int(number)],
        )
    )
