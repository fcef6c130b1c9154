"""Opening a round, a question at a time: form, period, units, due day, who signs. Nothing is owed before the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from conversation import Reply
from handlers.commands import folded, wants
from handlers.flow import Flow
from handlers.opening_answers import PRESSED, TYPED, Told, switched
from handlers.opening_texts import (
    CONFIRM,
    DUE,
    EACH,
    FORM,
    NAME,
    PERIOD,
    SIGNER,
    STEPS,
    UNITS,
    Opening,
    ask_confirm,
    ask_due,
    ask_each,
    ask_form,
    ask_period,
    ask_signer,
    ask_units,
    eligible,
    forms_named,
    owing,
)
from handlers.permissions import may, refused, turned_away
from handlers.round_news import announced
from handlers.turn import Turn
from storage.registry import Round

_BACK = frozenset({"quay lai", "tro lai", "truoc", "back"})
_ASK: Mapping[str, Callable[[Turn, Opening], list[Reply]]] = {
    PERIOD: ask_period,
    UNITS: ask_units,
    EACH: ask_each,
    DUE: ask_due,
    SIGNER: lambda turn, _: ask_signer(turn),
    CONFIRM: ask_confirm,
}


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Begin; a button of an opening that is over does nothing."""
    if turn.incoming.choice != NAME and not wants(turn, NAME, "mo dot", "mo dot moi", "mo dot nop bai", "open a round"):
        return None
    if away := turned_away(turn, "open_round"):
        return away
    turn.remember(opening=None)
    turn.enter(NAME, FORM)
    return ask_form(turn)


def ask(turn: Turn) -> list[Reply]:
    """The question of the step."""
    opening = _kept(turn)
    step = turn.conversation.step
    if opening is None or step not in _ASK:
        turn.enter(NAME, FORM)
        return ask_form(turn)
    return _ASK[step](turn, opening)


def read(turn: Turn) -> Sequence[Reply] | None:
    """The answer to the step; None where it is about something else."""
    pressed = turn.pressed(NAME)
    if turn.incoming.kind == "choice" and (pressed is None or not pressed[0]):
        return None
    if not may(turn, "open_round"):
        turn.enter("")
        return refused(turn, "open_round")
    if pressed:
        return _pressed(turn, *pressed)
    if turn.incoming.kind != "text" or not turn.text:
        return None
    step = turn.conversation.step
    if step == FORM:
        named = forms_named(turn, turn.text)
        return _formed(turn, named[0]) if len(named) == 1 else None
    if folded(turn.text) in _BACK:
        return _go(turn, STEPS[max(STEPS.index(UNITS if step == EACH else step) - 1, 0)])
    opening = _kept(turn)
    told = TYPED[step](turn, opening, turn.text) if opening and step in TYPED else None
    return _told(turn, opening, told) if opening and told else None


def expects_number(turn: Turn) -> bool:
    """Whether a typed number is a year or the number of a unit."""
    return turn.conversation.step in (PERIOD, UNITS, EACH)


FLOW = Flow(ask, read, expects_number)


def _kept(turn: Turn) -> Opening | None:
    """What was told so far; None where the form is not there any more."""
    data = turn.conversation.data.get("opening")
    version = turn.knowledge.library.forms.get(str(data["form"])) if isinstance(data, dict) else None
    if version is None or not isinstance(data, dict):
        return None
    due = date.fromisoformat(data["due"]) if data["due"] else None
    return Opening(version, data["period"], list(data["units"]), due, data["signer"], data["whole"])


def _keep(turn: Turn, opening: Opening) -> None:
    turn.remember(
        opening={
            "form": opening.form.id,
            "period": opening.period,
            "units": opening.units,
            "due": opening.due.isoformat() if opening.due else "",
            "signer": opening.signer,
            "whole": opening.whole,
        }
    )


def _go(turn: Turn, step: str) -> list[Reply]:
    turn.enter(NAME, step)
    return ask(turn)


def _told(turn: Turn, opening: Opening, told: Told) -> list[Reply]:
    """Remember an answer and go where it leads."""
    opening.whole = opening.whole or told.step == CONFIRM
    _keep(turn, opening)
    following = _go(turn, told.step)
    return [Reply(told.says), *following] if told.says else following


def _pressed(turn: Turn, verb: str, arg: str, revision: str) -> list[Reply]:
    opening, step = _kept(turn), turn.conversation.step
    if step == FORM or opening is None:
        return _formed(turn, arg) if verb == FORM else ask_form(turn, arg if verb == "trang" else "")
    if verb == "den" and arg in STEPS:
        return _go(turn, arg)
    if verb == CONFIRM:
        return _confirmed(turn, opening, revision)
    if step == EACH and verb in ("bat", "trang"):
        page = arg.rpartition("/")[2]
        if verb == "bat":
            switched(turn, opening, arg)
            _keep(turn, opening)
        return ask_each(turn, opening, page or "0")
    # A button of another step does nothing but ask again.
    if verb == (UNITS if step == EACH else step) and verb in PRESSED:
        return _told(turn, opening, PRESSED[verb](turn, opening, arg))
    return ask(turn)


def _formed(turn: Turn, form: str) -> list[Reply]:
    version = turn.knowledge.library.forms.get(form)
    if version is None:
        return ask_form(turn)
    opening = Opening(version)
    if eligible(turn, opening.form):
        return _told(turn, opening, Told(PERIOD))
    text = turn.say(
        "Biểu này dành cho {kinds}, mà phường chưa nhập đơn vị nào như vậy. "
        "Nhờ người quản trị nhập thêm, hoặc chọn biểu khác.",
        kinds=", ".join(opening.form.units),
    )
    return [Reply(text), *ask_form(turn)]


def _confirmed(turn: Turn, opening: Opening, revision: str) -> list[Reply]:
    """Open the round, if all of it was just shown and is still possible."""
    units = {unit.code for unit in owing(turn, opening)}
    opening = replace(opening, units=[code for code in opening.units if code in units])
    if turn.conversation.step != CONFIRM or revision != str(turn.conversation.revision) or not opening.units:
        text = turn.say("Thông tin của đợt vừa đổi. Anh/chị xem lại rồi bấm lần nữa.")
        _keep(turn, opening)
        return [Reply(text), *(ask(turn) if opening.units else _go(turn, PERIOD))]
    round = _opened(turn, opening)
    turn.enter("")
    turn.remember(opening=None)
    return announced(turn, round)


def _opened(turn: Turn, opening: Opening) -> Round:
    registry, version = turn.records.registry, opening.version
    id = registry.code()
    while registry.rounds.get(id):
        id = registry.code()
    round = Round(
        id=id,
        form=version.form.id,
        version=version.hash,
        period=opening.period,
        units=tuple(opening.units),
        due=opening.due,
        signer=opening.signer,
        opened_by=turn.person.id,
        # The storage writes when it was.
        opened_at=datetime.min.replace(tzinfo=UTC),
    )
    registry.rounds.save_version(version.form.id, version.hash, version.body)
    registry.rounds.open(round)
    return round
