"""/guitin: writing an announcement, a question at a time. Nothing is sent before it was shown as it will be seen."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers import media
from handlers.bulletin_answers import PRESSED, TYPED, switched, text_read, text_wrong
from handlers.bulletin_audience import ask_round, ask_units
from handlers.bulletin_details import details, tried, unreached
from handlers.bulletin_drafts import ask, corrected, go, going_on, kept, polling, was_shown
from handlers.bulletin_files import dropped, file_read, takes_files
from handlers.bulletin_orders import SAID, said_to_go, sent, word_read
from handlers.bulletin_screens import (
    AUDIENCE,
    CONFIRM,
    DETAILS,
    FILE,
    GO,
    KIND,
    NAME,
    OPTIONS,
    ROUND,
    ROUNDS,
    SEND,
    TEXT,
    TIME,
    TOPIC,
    TRIAL,
    UNITS,
    UNREACHED,
    WHERE,
    WORD,
    ask_text,
)
from handlers.bulletins import (
    BELOW,
    SHOWN,
    everybody,
    file_of,
    is_poll,
    is_settled,
    marked_body,
    save,
    within,
)
from handlers.commands import FORMS, HELP, OWN, folded, menu_choice, wants
from handlers.flow import Flow
from handlers.permissions import may, refused, turned_away
from handlers.sendings import AGAIN, CORRECT, PHRASES, card_choice, is_over, may_be_corrected
from handlers.spoken_audience import audience_read
from handlers.turn import Turn, reply, value
from storage.announcements import Announcement

_PHRASES = (
    "thong bao moi",
    "tin moi",
    "soan tin moi",
    "gui thong bao",
    "soan thong bao",
    "gui tin",
    "soan tin",
    "send an announcement",
)
_POLLS = ("tham do", "hoi tham do", "tham do y kien", "hoi y kien ba con", "lay y kien", "poll")
_BACK = frozenset({"quay lai", "tro lai", "truoc", "back"})
_STOP = frozenset({"huy", "huy bo", "thoi", "dung", "dung lai", "thoat", "cancel", "stop"})
# These are no announcement, and no part of one.
_ELSEWHERE = frozenset(
    {
        *(*HELP, *OWN, *PHRASES, *FORMS),
        *("nhac viec", "them han", "han nop", "lich", "tien do", "duyet", "can bo", "viec cua can bo", "mo dot", "dot"),
    }
)
# Said where nothing more is to be chosen.
_ENOUGH = frozenset({"xong", "xong roi", "tiep", "tiep tuc", "ok", "duoc roi", "the thoi", "vay thoi", "done"})
_READ = {**TYPED, **dict.fromkeys((AUDIENCE, ROUND, TOPIC, WHERE), audience_read)}
_STEPS = (TEXT, OPTIONS, KIND, AUDIENCE, UNITS, ROUND, TOPIC, WHERE, TIME, CONFIRM)
# Buttons that open a list when they name nothing in it.
_LISTS = (ROUND, TOPIC, WHERE)


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Begin, or go on with a draft; a button of one that was sent says so."""
    pressed = turn.pressed(NAME)
    polls = pressed is None and wants(turn, "thamdo", *_POLLS) and may(turn, "announce")
    if pressed is None and not polls and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "announce"):
        return away
    verb, arg, _ = pressed or ("", "", "")
    told = turn.records.registry.announcements.get(arg) if arg else None
    if told and within(turn, told):
        return _earlier(turn, told, verb)
    if verb not in ("", "thamdo"):
        return reply(turn.say("Nút này đã cũ. Anh/chị gõ câu hỏi, hoặc bấm Trợ giúp để chọn lại."), menu_choice(turn))
    return _begin(turn, poll=polls or verb == "thamdo")


def _begin(turn: Turn, *, poll: bool) -> list[Reply]:
    turn.enter(NAME, TEXT)
    turn.remember(bulletin={"id": "", "poll": poll})
    return ask_text(turn, poll=poll)


def _earlier(turn: Turn, told: Announcement, verb: str) -> list[Reply]:
    """A draft is gone on with or thrown away; what is sent is not sent twice, but repeated or corrected."""
    if (verb == AGAIN and is_over(told)) or (verb == CORRECT and may_be_corrected(turn.records, told)):
        return _following(turn, told, verb)
    if told.state not in ("draft", "waiting"):
        text = turn.say("Thông báo {code} đã được gửi hoặc đã dừng; không gửi hai lần.", code=told.code)
        return reply(text, card_choice(turn.say, told))
    if verb == "bo":
        return _thrown_away(turn, told)
    if verb == SEND and told.state == "waiting":
        text = turn.say("Thông báo {code} đang chờ người khác duyệt; bấm một lần là đủ.", code=told.code)
        return reply(text, card_choice(turn.say, told))
    return opened(turn, told)


def _following(turn: Turn, told: Announcement, verb: str) -> list[Reply]:
    """The same words to who did not get them, or other words to exactly those who did."""
    if verb == AGAIN:
        again = turn.records.registry.announcements.again_to_unreached(told.id, turn.person.id)
        return opened(turn, save(turn, again) or again)
    turn.enter(NAME, TEXT)
    turn.remember(bulletin={"id": "", "poll": False, "corrects": told.id})
    return ask(turn)


def opened(turn: Turn, told: Announcement) -> list[Reply]:
    """Go on with a draft at its last screen."""
    turn.remember(bulletin={"id": told.id, "poll": is_poll(told)})
    return go(turn, CONFIRM)


def read(turn: Turn) -> Sequence[Reply] | None:
    """The answer to the step; None where it is about something else."""
    pressed = turn.pressed(NAME)
    if (turn.pressed(BELOW) or [""])[0] == SHOWN:
        return _button_shown(turn)
    if turn.pressed(media.NAME):
        # What is asked stays above it; asking it again would push it out of sight.
        return media.handle(turn)
    if turn.incoming.kind == "choice" and (pressed is None or not pressed[0]):
        return None
    if not may(turn, "announce"):
        turn.enter("")
        return refused(turn, "announce")
    told, step = kept(turn), turn.conversation.step
    if told and told.state not in ("draft", "waiting"):
        turn.enter("")
        return _earlier(turn, told, "")
    if pressed:
        return _pressed(turn, told, *pressed)
    if turn.incoming.files and takes_files(turn):
        return going_on(turn, file_read(turn, told)) if told else _drafted(turn)
    if turn.incoming.kind != "text" or not turn.text:
        return None
    return _typed(turn, told, step, folded(turn.text))


def _typed(turn: Turn, told: Announcement | None, step: str, words: str) -> Sequence[Reply] | None:
    """What was typed: a word that steers, or the answer."""
    if step in _STEPS and words in _BACK:
        return _back(turn, told)
    if words in _STOP:
        return _stopped(turn, told)
    if step == TEXT and words in _PHRASES:
        return ask(turn)
    if step != OPTIONS and words in _ELSEWHERE:
        return None
    if told is None:
        return _drafted(turn)
    if step == WORD:
        return word_read(turn, told)
    if step == CONFIRM and words in SAID:
        return said_to_go(turn, told, words)
    if step in (AUDIENCE, UNITS, ROUND, TOPIC, WHERE, TIME) and words in _ENOUGH | SAID:
        return go(turn, CONFIRM)
    answered = _READ[step](turn, told) if step in _READ else None
    return going_on(turn, answered) if answered else None


def _button_shown(turn: Turn) -> list[Reply]:
    """A button of a preview does nothing; "thôi", which is part of a label, means to stop writing."""
    if folded(turn.text) in _STOP:
        return _stopped(turn, kept(turn))
    return reply(turn.say("Đây là bản xem trước, chưa gửi cho ai."))


def _stopped(turn: Turn, told: Announcement | None) -> list[Reply]:
    """Leave; what was written is kept."""
    turn.enter("")
    if told is None or told.state != "draft":
        return reply(turn.say("Đã dừng, không có gì thay đổi thêm."), menu_choice(turn))
    say = turn.say
    text = say("Đã dừng soạn. Bản nháp {code} vẫn giữ, chưa gửi cho ai.", code=told.code)
    go_on = Choice(str(say("Soạn tiếp")), value(NAME, "mo", told.id))
    return reply(text, go_on, Choice(str(say("Bỏ bản này")), value(NAME, "bo", told.id)), menu_choice(turn))


def expects_number(turn: Turn) -> bool:
    """Whether a typed number is the number of a unit, or a time."""
    return turn.conversation.step in (TEXT, OPTIONS, AUDIENCE, UNITS, TIME)


FLOW = Flow(ask, read, expects_number, own_cancel=True, takes_files=takes_files)


def _drafted(turn: Turn) -> list[Reply]:
    """The first text or photo makes a draft."""
    wrong = None if turn.incoming.files else text_wrong(turn)
    if wrong:
        return [Reply(wrong), *ask(turn)]
    poll = polling(turn)
    news, wrong_one = turn.records.registry.announcements, corrected(turn)
    # The body is written when the id is known: buttons name it.
    told = (
        news.correction(wrong_one.id, Reply(Markup("")), turn.person.id, marked_body(wrong_one))
        if wrong_one
        else news.draft("normal", Reply(Markup("")), everybody(turn), turn.person.id)
    )
    # A correction has the photo of what it corrects, until another comes.
    settings = {"text": "", "poll": poll, "file": file_of(wrong_one) if wrong_one else {}}
    told = save(turn, told, settings=settings) or told
    turn.remember(bulletin={"id": told.id, "poll": poll})
    return going_on(turn, file_read(turn, told) if turn.incoming.files else text_read(turn, told))


def _back(turn: Turn, told: Announcement | None) -> list[Reply]:
    """The question before; of what was shown as a whole the last screen."""
    if was_shown(turn) and turn.conversation.step in (TEXT, OPTIONS, KIND, AUDIENCE):
        return go(turn, CONFIRM)
    polled = told is not None and is_poll(told)
    before = {OPTIONS: TEXT, KIND: OPTIONS if polled else TEXT, AUDIENCE: KIND, UNITS: AUDIENCE, ROUND: AUDIENCE}
    before |= {TOPIC: AUDIENCE, WHERE: AUDIENCE}
    fixed = told is not None and is_settled(told)
    last = {TIME: CONFIRM, CONFIRM: KIND if fixed else AUDIENCE, WORD: CONFIRM}
    return go(turn, (before | last).get(turn.conversation.step, TEXT))


def _pressed(turn: Turn, told: Announcement | None, verb: str, arg: str, revision: str) -> list[Reply]:
    if verb in ("mo", AGAIN, CORRECT) or told is None or verb == "thamdo":
        return list(handle(turn) or ())
    if verb == GO and arg in _STEPS:
        return go(turn, arg)
    if verb == "bo":
        return _thrown_away(turn, told)
    if verb == DETAILS:
        return details(turn, told, arg)
    if verb == UNREACHED:
        return unreached(turn, told, arg)
    if verb == TRIAL:
        return tried(turn, told)
    if verb == SEND:
        return sent(turn, told, arg, revision)
    if is_settled(told):
        # For whom it is was settled when it was begun.
        verb = verb if verb in (KIND, FILE, "ngay", "thuc", "xong") else CONFIRM
    if verb in ("bat", "trang"):
        code, _, page = arg.rpartition("/")
        if verb == "bat":
            switched(turn, told, code)
        turn.enter(NAME, UNITS)
        return ask_units(turn, kept(turn) or told, page or "0")
    if verb == ROUNDS:
        turn.enter(NAME, ROUND)
        return ask_round(turn, arg or "0")
    if verb in PRESSED and (verb not in _LISTS or arg):
        return going_on(turn, PRESSED[verb](turn, told, arg))
    return go(turn, verb) if verb in _STEPS else ask(turn)


def _thrown_away(turn: Turn, told: Announcement) -> list[Reply]:
    turn.records.registry.announcements.cancel(told.id, turn.person.id)
    dropped(turn, told)
    turn.enter("")
    turn.remember(bulletin=None)
    return reply(turn.say("Đã bỏ thông báo {code}, không gửi cho ai.", code=told.code), menu_choice(turn))
