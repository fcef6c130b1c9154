"""A deadline of the ward's own, a question at a time: what, until when, who is reminded, once or every year."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import get_args

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.commands import folded, wants
from handlers.due_days import due_read
from handlers.flow import Flow
from handlers.owed import wards
from handlers.permissions import may, refused, turned_away
from handlers.reminder_texts import NAME as REMINDERS
from handlers.reminder_texts import day_words
from handlers.turn import Turn, reply, value
from storage.reminders import OwnDeadline, Whom

NAME = "hanrieng"
WHAT, LAST, WHOM, YEARLY, CONFIRM = "gi", "ngay", "ai", "lap", "xong"
SHORTEST, LONGEST = 4, 120
# More would fill every morning.
MOST = 40
_STEPS = (WHAT, LAST, WHOM, YEARLY, CONFIRM)
_WHOLE = frozenset({"what", "last", "whom", "yearly"})
_BACK = frozenset({"quay lai", "tro lai", "truoc", "back"})
_PHRASES = ("them han", "them han cua phuong", "dat han", "them viec can nhac", "add a deadline")
_YES = frozenset({"hang nam", "moi nam", "nam nao cung", "yearly", "every year"})
_NO = frozenset({"mot lan", "chi lan nay", "lan nay", "khong", "khong lap", "once", "no"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Begin; a button of an adding that is over does nothing."""
    if turn.incoming.choice != NAME and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "set_reminders"):
        return away
    turn.remember(deadline=None)
    if len(turn.records.registry.reminders.owns()) >= MOST:
        text = turn.say("Phường đã có {count} hạn riêng. Anh/chị bỏ bớt hạn cũ rồi thêm.", count=MOST)
        return reply(text, Choice(str(turn.say("Các việc khác")), value(REMINDERS)))
    turn.enter(NAME, WHAT)
    return ask(turn)


def ask(turn: Turn) -> list[Reply]:
    """The question of the step."""
    say, step = turn.say, turn.conversation.step
    if step == LAST:
        return reply(say("Ngày cuối là ngày nào? Gõ như <b>20/12</b> hoặc <b>20/12/{year}</b>.", year=turn.today.year))
    if step == WHOM:
        return reply(say("Nhắc ai?"), *(Choice(str(name), value(NAME, WHOM, whom)) for whom, name in _names(turn)))
    if step == YEARLY:
        once, yearly = say("Chỉ lần này"), say("Hằng năm")
        choices = [Choice(str(name), value(NAME, YEARLY, arg)) for name, arg in ((once, "0"), (yearly, "1"))]
        return reply(say("Năm nào cũng có hạn này không?"), *choices)
    if step == CONFIRM and _kept(turn).keys() >= _WHOLE:
        return _ask_confirm(turn)
    turn.enter(NAME, WHAT)
    return reply(say("Việc gì, gõ ngắn gọn? Ví dụ <b>gửi danh sách trực Tết</b>."))


def read(turn: Turn) -> Sequence[Reply] | None:
    """The answer to the step; None where it is about something else."""
    pressed = turn.pressed(NAME)
    if turn.incoming.kind == "choice" and (pressed is None or not pressed[0]):
        return None
    if not may(turn, "set_reminders"):
        turn.enter("")
        return refused(turn, "set_reminders")
    step = turn.conversation.step if turn.conversation.step in _STEPS else WHAT
    if pressed:
        return _pressed(turn, step, *pressed)
    if turn.incoming.kind != "text" or not turn.text or turn.command():
        return None
    if folded(turn.text) in _BACK:
        turn.enter(NAME, _STEPS[max(_STEPS.index(step) - 1, 0)])
        return ask(turn)
    return _TYPED[step](turn) if step in _TYPED else None


FLOW = Flow(ask, read, lambda turn: turn.conversation.step == LAST)


def _kept(turn: Turn) -> dict[str, str]:
    found = turn.conversation.data.get("deadline")
    return {str(name): str(text) for name, text in found.items()} if isinstance(found, dict) else {}


def _keep(turn: Turn, following: str, **told: str) -> list[Reply]:
    """Remember an answer and go on; what was asked for again at the end leads back there."""
    kept = _kept(turn) | told
    turn.remember(deadline=kept)
    turn.enter(NAME, CONFIRM if kept.keys() >= _WHOLE else following)
    return ask(turn)


def _what(turn: Turn) -> Sequence[Reply] | None:
    what = " ".join(turn.text.split())
    if what.endswith("?") and is_question(turn):
        return None
    if not SHORTEST <= len(what) <= LONGEST:
        text = turn.say("Anh/chị ghi việc trong khoảng {least} đến {most} chữ cái.", least=SHORTEST, most=LONGEST)
        return [Reply(text), *ask(turn)]
    return _keep(turn, LAST, what=what)


def _last(turn: Turn) -> Sequence[Reply] | None:
    found = due_read(turn, turn.text, None)
    if not isinstance(found, date):
        return None if is_question(turn) else [Reply(found), *ask(turn)]
    if found < turn.today:
        past = turn.say("{on} đã qua rồi. Anh/chị gõ một ngày còn ở phía trước.", on=day_words(turn.say, found))
        return [Reply(past), *ask(turn)]
    return _keep(turn, WHOM, last=found.isoformat())


def _whom(turn: Turn) -> Sequence[Reply] | None:
    words = folded(turn.text)
    meant = [whom for whom, name in _names(turn) if folded(str(name)) == words]
    return _keep(turn, YEARLY, whom=meant[0]) if meant else None


def _yearly(turn: Turn) -> Sequence[Reply] | None:
    words = folded(turn.text)
    return _keep(turn, CONFIRM, yearly="1" if words in _YES else "0") if words in _YES | _NO else None


_TYPED: Mapping[str, Callable[[Turn], Sequence[Reply] | None]] = {
    WHAT: _what,
    LAST: _last,
    WHOM: _whom,
    YEARLY: _yearly,
}


def _names(turn: Turn) -> list[tuple[Whom, Markup]]:
    say = turn.say
    return [
        ("staff", say("Cán bộ phường")),
        ("leaders", say("Người phụ trách các đơn vị")),
        ("all", say("Cả cán bộ và các đơn vị")),
    ]


def _pressed(turn: Turn, step: str, verb: str, arg: str, revision: str) -> list[Reply]:
    if verb == "den" and arg in _STEPS:
        kept = _kept(turn)
        kept.pop({WHAT: "what", LAST: "last", WHOM: "whom", YEARLY: "yearly"}.get(arg, ""), None)
        turn.remember(deadline=kept)
        turn.enter(NAME, arg)
        return ask(turn)
    if verb == step == WHOM and arg in get_args(Whom):
        return _keep(turn, YEARLY, whom=arg)
    if verb == step == YEARLY and arg in ("0", "1"):
        return _keep(turn, CONFIRM, yearly=arg)
    if verb == step == CONFIRM and _kept(turn).keys() >= _WHOLE and revision == str(turn.conversation.revision):
        return _added(turn)
    # A button of another step does nothing but ask again.
    return ask(turn)


def _ask_confirm(turn: Turn) -> list[Reply]:
    say, kept = turn.say, _kept(turn)
    last = date.fromisoformat(kept["last"])
    text = say(
        "<b>Thêm hạn này?</b>\nViệc: {what}\nNgày cuối: {on}{yearly}\nNhắc: {whom}",
        what=kept["what"],
        on=day_words(say, last),
        yearly=say(", hằng năm") if kept["yearly"] == "1" else "",
        whom=dict(_names(turn)).get(_whom_of(kept), ""),
    )
    # The conversation is saved once more with this question, and the button is for that state only.
    add = Choice(str(say("Thêm hạn")), value(NAME, CONFIRM, "", turn.conversation.revision + 1))
    change = Choice(str(say("Sửa ngày")), value(NAME, "den", LAST))
    return reply(text, add, change, Choice(str(say("Thôi, không thêm")), value("huy")))


def _whom_of(kept: Mapping[str, str]) -> Whom:
    found: Whom = next((whom for whom in get_args(Whom) if whom == kept.get("whom")), "staff")
    return found


def _added(turn: Turn) -> list[Reply]:
    kept, registry = _kept(turn), turn.records.registry
    [ward, *_] = wards(turn)
    id = registry.code()
    while registry.reminders.own(id):
        id = registry.code()
    # The storage writes when it was.
    never = datetime.min.replace(tzinfo=UTC)
    last, yearly = date.fromisoformat(kept["last"]), kept["yearly"] == "1"
    registry.reminders.add(OwnDeadline(id, ward, kept["what"], last, yearly, _whom_of(kept), turn.person.id, never))
    turn.remember(deadline=None)
    turn.enter("")
    text = turn.say("Đã thêm hạn <b>{what}</b>, {on}.", what=kept["what"], on=day_words(turn.say, last))
    return reply(text, Choice(str(turn.say("Các việc khác")), value(REMINDERS)))
