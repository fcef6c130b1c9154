"""Changing an open round: due day, who signs, its units, and what the form's checks need from staff."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.closings import SEE
from handlers.commands import folded
from handlers.due_days import NO_DUE, NONE, OF_DOCUMENT, due_choices, due_question, due_read
from handlers.flow import Flow
from handlers.permissions import turned_away
from handlers.round_news import due_changed
from handlers.round_settings import (
    AS_OF,
    RATIO,
    SOURCE,
    ratio_choices,
    ratio_question,
    ratio_read,
    source_question,
    source_read,
)
from handlers.round_texts import form_of, round_for, round_name
from handlers.round_units import UNITS, ask_units, read_units, switched
from handlers.rounds import NAME as ROUNDS
from handlers.rounds import shown
from handlers.turn import Turn, reply, value
from handlers.wording import day
from knowledge.form_deadlines import FormDeadline, form_deadline
from knowledge.ratios import Ratio, kept_ratio
from storage.registry import Round

NAME = "suadot"
DUE, SIGNER, VOTES, SERVICE = "han", "nguoiky", "votes", "long_service"
LONGEST_SIGNER = 120
# An answer that is stored as it is, one that is not understood, or None where it is about something else.
Read = Callable[[Turn, Round], Sequence[Reply] | None]


def handle(turn: Turn) -> Sequence[Reply] | None:
    """A button below a round that begins a change."""
    pressed = turn.pressed(NAME)
    if pressed is None:
        return None
    if away := turned_away(turn, "open_round"):
        return away
    verb, arg, _ = pressed
    round = round_for(turn, "open_round", arg) if verb in _ASK else None
    if round is None or round.closed_at:
        return _gone(turn)
    turn.remember(**{RATIO: None})
    turn.enter(NAME, f"{verb}/{round.id}")
    return ask(turn)


def ask(turn: Turn) -> list[Reply]:
    """The question of the change."""
    verb, round = _at(turn)
    if round is None:
        return _gone(turn)
    return _ASK[verb](turn, round)


def read(turn: Turn) -> Sequence[Reply] | None:
    """The answer."""
    pressed = turn.pressed(NAME)
    verb, round = _at(turn)
    if round is None:
        return _gone(turn)
    if turn.incoming.kind == "choice":
        return _pressed(turn, round, verb, *pressed[:2]) if pressed else None
    if turn.incoming.kind != "text" or not turn.text:
        return None
    return _READ[verb](turn, round)


def expects_number(turn: Turn) -> bool:
    """Whether a typed number is the number of a unit."""
    return turn.conversation.step.startswith(UNITS)


FLOW = Flow(ask, read, expects_number)


def _at(turn: Turn) -> tuple[str, Round | None]:
    """What is being changed, and the round; None where it is closed or not one's own."""
    verb, _, id = turn.conversation.step.partition("/")
    round = round_for(turn, "open_round", id) if verb in _ASK else None
    return verb, round if round and round.closed_at is None else None


def _gone(turn: Turn) -> list[Reply]:
    turn.enter("")
    back = Choice(str(turn.say("Các đợt đang mở")), value(ROUNDS))
    return reply(turn.say("Đợt này đã đóng hoặc không còn, nên không đổi được nữa."), back)


def _pressed(turn: Turn, round: Round, at: str, verb: str, arg: str) -> Sequence[Reply] | None:
    """A button of the change that is open; one that begins another change does that."""
    if verb == DUE and at == DUE and arg in (OF_DOCUMENT, NONE):
        found = _deadline(turn, round)
        return _due_set(turn, round, found.last if found and arg == OF_DOCUMENT else None)
    if verb == RATIO and at == VOTES and (ratio := kept_ratio(arg)):
        return _ratio_set(turn, round, ratio)
    if at == UNITS and verb in ("bat", "trang"):
        return switched(turn, round, verb, arg, NAME)
    return None if verb in _ASK else ask(turn)


def _saved(turn: Turn, round: Round, text: Markup) -> list[Reply]:
    turn.records.registry.rounds.change(round, turn.person.id)
    turn.enter("")
    return [Reply(text), *shown(turn, round)]


def _deadline(turn: Turn, round: Round) -> FormDeadline | None:
    return form_deadline(turn.knowledge.library, form_of(turn, round.version), round.period, turn.today)


def _ask_due(turn: Turn, round: Round) -> list[Reply]:
    found = _deadline(turn, round)
    now = turn.say("Hạn hiện nay: {day}.", day=day(round.due)) if round.due else turn.say("Đợt này chưa đặt hạn.")
    return reply(now + "\n" + due_question(turn, found), *due_choices(turn, found, NAME), _back(turn, round))


def _back(turn: Turn, round: Round) -> Choice:
    return Choice(str(turn.say("Giữ như cũ")), value(ROUNDS, SEE, round.id))


def _read_due(turn: Turn, round: Round) -> Sequence[Reply] | None:
    if folded(turn.text) in NO_DUE:
        return _due_set(turn, round, None)
    due = due_read(turn, turn.text, _deadline(turn, round))
    if isinstance(due, date):
        return _due_set(turn, round, due)
    return None if is_question(turn) else [Reply(due), *ask(turn)]


def _due_set(turn: Turn, round: Round, due: date | None) -> list[Reply]:
    if due == round.due:
        return _saved(turn, round, turn.say("Hạn vẫn như cũ."))
    changed = replace(round, due=due)
    count = due_changed(turn, changed)
    text = turn.say("Đã đặt hạn {day}.", day=day(due)) if due else turn.say("Đã bỏ hạn nộp.")
    return _saved(turn, changed, text + turn.say(" Đã nhắn {count} người chưa nộp.", count=count))


def _ask_signer(turn: Turn, round: Round) -> list[Reply]:
    text = turn.say(
        "Người ký của đợt <b>{round}</b> là ai? Gõ họ tên và chức vụ như in trên giấy, "
        "ví dụ <b>Nguyễn Văn A, Chủ tịch</b>.",
        round=round_name(turn, round),
    )
    return reply(text, _back(turn, round))


def _read_signer(turn: Turn, round: Round) -> Sequence[Reply] | None:
    signer = " ".join(turn.text.split())
    if signer.endswith("?") and is_question(turn):
        return None
    if len(signer) > LONGEST_SIGNER:
        return [Reply(turn.say("Dài quá. Anh/chị chỉ gõ họ tên và chức vụ giúp tôi.")), *ask(turn)]
    return _saved(turn, replace(round, signer=signer), turn.say("Đã ghi người ký: {signer}.", signer=signer))


def _ask_votes(turn: Turn, round: Round) -> list[Reply]:
    waiting = kept_ratio(str(turn.conversation.data.get(RATIO, "")))
    if waiting:
        return reply(source_question(turn, waiting), _back(turn, round))
    return reply(ratio_question(turn), *ratio_choices(turn, NAME), _back(turn, round))


def _read_votes(turn: Turn, round: Round) -> Sequence[Reply] | None:
    waiting = kept_ratio(str(turn.conversation.data.get(RATIO, "")))
    if turn.text.endswith("?") and is_question(turn):
        return None
    if waiting is None:
        ratio = ratio_read(turn, turn.text)
        return _ratio_set(turn, round, ratio) if isinstance(ratio, Ratio) else [Reply(ratio), *ask(turn)]
    source = source_read(turn, turn.text)
    if isinstance(source, Markup):
        return [Reply(source), *ask(turn)]
    turn.remember(**{RATIO: None})
    settings = {**round.settings, RATIO: str(waiting), SOURCE: source}
    return _saved(turn, replace(round, settings=settings), turn.say("Đã ghi tỷ lệ thông qua và căn cứ."))


def _ratio_set(turn: Turn, round: Round, ratio: Ratio) -> list[Reply]:
    turn.remember(**{RATIO: str(ratio)})
    return _ask_votes(turn, round)


def _ask_service(turn: Turn, round: Round) -> list[Reply]:
    text = turn.say(
        "Thâm niên của các tổ trưởng, trưởng thôn tính đến ngày nào? Gõ ngày, ví dụ <b>{day}</b>.", day=day(turn.today)
    )
    return reply(text, _back(turn, round))


def _read_service(turn: Turn, round: Round) -> Sequence[Reply] | None:
    as_of = due_read(turn, turn.text, None)
    if not isinstance(as_of, date):
        return None if is_question(turn) else [Reply(as_of), *ask(turn)]
    settings = {**round.settings, AS_OF: as_of.isoformat()}
    text = turn.say("Thâm niên tính đến ngày {day}.", day=day(as_of))
    return _saved(turn, replace(round, settings=settings), text)


_ASK: Mapping[str, Callable[[Turn, Round], list[Reply]]] = {
    DUE: _ask_due,
    SIGNER: _ask_signer,
    UNITS: lambda turn, round: ask_units(turn, round, NAME),
    VOTES: _ask_votes,
    SERVICE: _ask_service,
}
_READ: Mapping[str, Read] = {
    DUE: _read_due,
    SIGNER: _read_signer,
    UNITS: lambda turn, round: read_units(turn, round, NAME),
    VOTES: _read_votes,
    SERVICE: _read_service,
}
