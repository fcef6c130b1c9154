"""The answers to the questions of an opening: what was typed or pressed at each step, and where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from handlers.asides import is_question
from handlers.commands import folded
from handlers.due_days import NO_DUE, NONE, due_read
from handlers.opening_texts import (
    CHOOSE,
    CONFIRM,
    DONE,
    DUE,
    EACH,
    EVERY,
    PERIOD,
    SIGNER,
    UNITS,
    Opening,
    deadline_of,
    owing,
    periods,
    signers,
)
from handlers.turn import Turn
from handlers.unit_picking import picked
from knowledge.form_deadlines import year_of

LONGEST_PERIOD, LONGEST_SIGNER = 60, 120
_LATER = frozenset({"de sau", "bo qua", "chua ro", "khong", "skip"})


@dataclass(frozen=True, slots=True)
class Told:
    """Where an answer leads, and what is said before the next question."""

    step: str
    says: Markup | None = None


# An answer of a step: the opening is changed in place; None: it is about something else.
Read = Callable[[Turn, Opening, str], Told | None]


def period_pressed(turn: Turn, opening: Opening, arg: str) -> Told:
    """One of the periods that were offered."""
    offered = periods(turn, opening.form)
    return _perioded(turn, opening, offered[int(arg)]) if arg.isdecimal() and int(arg) < len(offered) else Told(PERIOD)


def period_read(turn: Turn, opening: Opening, text: str) -> Told | None:
    """A typed period; a year alone is "năm 2026"."""
    period = " ".join(text.split())
    if len(period) > LONGEST_PERIOD or year_of(period) is None:
        wrong = turn.say("Tên kỳ cần ngắn và có năm, ví dụ <b>năm {year}</b>.", year=turn.today.year)
        return None if is_question(turn) else Told(PERIOD, wrong)
    return _perioded(turn, opening, str(turn.say("năm {year}", year=period)) if period.isdecimal() else period)


def _perioded(turn: Turn, opening: Opening, period: str) -> Told:
    before, opening.period = opening.period, period
    if owing(turn, opening):
        opening.units = []
        return Told(UNITS)
    opening.period = before
    text = turn.say(
        "Mọi đơn vị đã có đợt {period} đang mở của biểu này. Gõ <b>đợt</b> để xem, hoặc chọn kỳ khác.", period=period
    )
    return Told(PERIOD, text)


def units_pressed(turn: Turn, opening: Opening, arg: str) -> Told:
    """All units, one by one, or done with choosing."""
    if arg == EVERY:
        opening.units = [unit.code for unit in owing(turn, opening)]
    if arg == CHOOSE or not opening.units:
        return Told(EACH)
    return Told(_next(opening, DUE)) if arg in (EVERY, DONE) else Told(UNITS)


def units_read(turn: Turn, opening: Opening, text: str) -> Told | None:
    """Units as typed; where a part of it names none, the choice so far is shown."""
    found = picked(owing(turn, opening), text)
    if found is None:
        wrong = turn.say("Tôi không rõ “{text}” là đơn vị nào.", text=text[:60])
        return None if is_question(turn) else Told(UNITS, wrong)
    opening.units = list(found.codes)
    if not found.unknown:
        return Told(_next(opening, DUE))
    names = ", ".join(found.unknown)[:100]
    count = len(found.codes)
    return Told(EACH, turn.say("Đã chọn {count} đơn vị. Còn “{names}” thì tôi không rõ.", count=count, names=names))


def switched(turn: Turn, opening: Opening, arg: str) -> None:
    """Put one unit in or out."""
    code = arg.rpartition("/")[0]
    order = [unit.code for unit in owing(turn, opening)]
    chosen = set(opening.units) ^ ({code} & set(order))
    opening.units = [one for one in order if one in chosen]


def due_pressed(turn: Turn, opening: Opening, arg: str) -> Told:
    """The document's day, or none."""
    found = deadline_of(turn, opening)
    opening.due = None if arg == NONE or found is None else found.last
    return Told(_next(opening, SIGNER))


def due_typed(turn: Turn, opening: Opening, text: str) -> Told | None:
    """The ward's own day."""
    if folded(text) in NO_DUE:
        return due_pressed(turn, opening, NONE)
    due = due_read(turn, text, deadline_of(turn, opening))
    if not isinstance(due, date):
        return None if is_question(turn) else Told(DUE, due)
    opening.due = due
    return Told(_next(opening, SIGNER))


def signer_pressed(turn: Turn, opening: Opening, arg: str) -> Told:
    """Somebody who signed before, or nobody yet."""
    known = signers(turn)
    opening.signer = known[int(arg)] if arg.isdecimal() and int(arg) < len(known) else ""
    return Told(CONFIRM)


def signer_read(turn: Turn, opening: Opening, text: str) -> Told | None:
    """Name and office as printed."""
    signer = " ".join(text.split())
    if signer.endswith("?") and is_question(turn):
        return None
    if len(signer) > LONGEST_SIGNER:
        return Told(SIGNER, turn.say("Dài quá. Anh/chị chỉ gõ họ tên và chức vụ giúp tôi."))
    opening.signer = "" if folded(text) in _LATER else signer
    return Told(CONFIRM)


def _next(opening: Opening, step: str) -> str:
    """The next step; what is mended at the end leads back there."""
    return CONFIRM if opening.whole else step


TYPED: Mapping[str, Read] = {
    PERIOD: period_read,
    UNITS: units_read,
    EACH: units_read,
    DUE: due_typed,
    SIGNER: signer_read,
}
PRESSED: Mapping[str, Callable[[Turn, Opening, str], Told]] = {
    PERIOD: period_pressed,
    UNITS: units_pressed,
    DUE: due_pressed,
    SIGNER: signer_pressed,
}
