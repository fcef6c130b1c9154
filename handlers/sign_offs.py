"""Who decides that an announcement goes out: its writer, for many people a second one; staff hear of urgent ones."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.bulletin_screens import MOST_ALONE
from handlers.bulletins import announced, audience_words, gone, others, save, short_text, without_effect
from handlers.colleagues import name_of, tell
from handlers.commands import menu_choice
from handlers.permissions import turned_away
from handlers.sendings import card_choice, followed
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from storage.announcements import Announcement, NobodyReached, TooLong

NAME = "duyettin"
YES, NO = "gui", "khong"


def handle(turn: Turn) -> Sequence[Reply] | None:
    """A second one looks at an announcement, and sends it or gives it back."""
    pressed = turn.pressed(NAME)
    if pressed is None:
        return None
    if away := turned_away(turn, "approve_announcement"):
        return away
    verb, id, revision = pressed
    if (told := announced(turn, id)) is None:
        return gone(turn)
    if told.state != "waiting":
        text = turn.say("Thông báo {code} không còn chờ duyệt.", code=told.code)
        return reply(text, card_choice(turn.say, told), menu_choice(turn))
    if told.by == turn.person.id:
        return reply(
            turn.say("Anh/chị soạn thông báo này nên người khác duyệt. Tôi đã báo cho họ."), card_choice(turn.say, told)
        )
    if verb not in (YES, NO) or revision != str(told.revision):
        return shown(turn.say, turn, told)
    return _approved(turn, told) if verb == YES else _given_back(turn, told)


def shown(say: Translator, turn: Turn, told: Announcement) -> list[Reply]:
    """The announcement and the two decisions."""
    about = say(
        "{name} xin duyệt thông báo <b>{code}</b> ở trên, gửi cho {audience}.",
        name=name_of(turn, told.by) or say("Một cán bộ"),
        code=told.code,
        audience=audience_words(turn, told.audience),
    )
    decisions = (
        Choice(str(say("Duyệt và gửi")), value(NAME, YES, told.id, told.revision)),
        Choice(str(say("Chưa duyệt, trả lại")), value(NAME, NO, told.id, told.revision)),
    )
    return [without_effect(told), Reply(about, decisions)]


def sent_or_proposed(turn: Turn, told: Announcement) -> tuple[list[Reply], bool]:
    """Send it, or let it wait for a second one; False where it stays a draft."""
    news = turn.records.registry.announcements
    total = news.count(told.audience, told.kind, told.topic).total
    if told.kind != "urgent" and total > MOST_ALONE:
        return _proposed(turn, told, total)
    return _sent(turn, told)


def _proposed(turn: Turn, told: Announcement, total: int) -> tuple[list[Reply], bool]:
    say, news = turn.say, turn.records.registry.announcements
    whom = others(turn, told)
    if not whom:
        text = say(
            "Gửi cho hơn {most} người cần một cán bộ nữa duyệt, mà phường chưa có ai khác. Anh/chị mời thêm cán bộ.",
            most=MOST_ALONE,
        )
        return reply(text), False
    waiting = news.propose(told.id, told.revision, turn.person.id)
    if waiting is None:
        return reply(say("Thông báo vừa được sửa. Anh/chị xem lại rồi bấm lần nữa.")), False
    heard = [person for person in whom if _asked(turn, waiting, person)]
    text = say(
        "Thông báo <b>{code}</b> gửi cho {total} người nên cần một cán bộ nữa duyệt. Tôi đã báo {count} người.",
        code=told.code,
        total=total,
        count=len(heard),
    )
    return reply(text, card_choice(say, waiting), menu_choice(turn)), True


def _asked(turn: Turn, told: Announcement, person: str) -> bool:
    say = Translator(turn.records.kept(person).person.language)
    return all(turn.records.queue(person, one) for one in shown(say, turn, told))


def _sent(turn: Turn, told: Announcement) -> tuple[list[Reply], bool]:
    wrong = _wrong(turn, told)
    if isinstance(wrong, Markup):
        return reply(wrong), False
    if wrong.kind == "urgent":
        tell(turn, others(turn, wrong), lambda say: _urgent_news(say, turn, wrong))
    return followed(turn, wrong), True


def _wrong(turn: Turn, told: Announcement) -> Announcement | Markup:
    """The announcement as it goes out, or why it does not."""
    say = turn.say
    try:
        confirmed = turn.records.registry.announcements.confirm(told.id, told.revision, turn.person.id)
    except NobodyReached:
        return say("Chưa có ai nhận được tin này, nên chưa gửi. Anh/chị sửa người nhận.")
    except TooLong as error:
        return say("Tin dài quá một tin nhắn của {channel}, nên chưa gửi. Anh/chị rút ngắn.", channel=str(error))
    return confirmed or say("Thông báo vừa được sửa. Anh/chị xem lại rồi bấm lần nữa.")


def _urgent_news(say: Translator, turn: Turn, told: Announcement) -> Reply:
    text = say(
        "{name} vừa gửi tin <b>khẩn</b> {code}: “{text}”. Nếu là nhầm, mở ra và dừng ngay.",
        name=name_of(turn, turn.person.id) or say("Một cán bộ"),
        code=told.code,
        text=short_text(told, 200),
    )
    return Reply(text, (card_choice(say, told),))


def _approved(turn: Turn, told: Announcement) -> list[Reply]:
    result = _wrong(turn, told)
    if isinstance(result, Markup):
        return reply(result, menu_choice(turn))
    name = name_of(turn, turn.person.id)

    def words(say: Translator) -> Reply:
        text = say("{name} đã duyệt, thông báo {code} bắt đầu gửi.", name=name or say("Một cán bộ"), code=told.code)
        return Reply(text, (card_choice(say, told),))

    tell(turn, [told.by], words)
    return followed(turn, result)


def _given_back(turn: Turn, told: Announcement) -> list[Reply]:
    if save(turn, told) is None:
        return reply(turn.say("Thông báo {code} không còn chờ duyệt.", code=told.code), menu_choice(turn))
    turn.records.registry.audit.add("announcement", told.id, "given back", turn.person.id)
    name = name_of(turn, turn.person.id)

    def words(say: Translator) -> Reply:
        text = say(
            "{name} chưa duyệt thông báo {code}. Anh/chị sửa rồi gửi lại.",
            name=name or say("Một cán bộ"),
            code=told.code,
        )
        return Reply(text, (Choice(str(say("Sửa tiếp")), value("guitin", "mo", told.id)),))

    tell(turn, [told.by], words)
    return reply(turn.say("Đã trả lại cho người soạn; chưa gửi cho ai."), menu_choice(turn))
