"""Putting units into an open round or taking them out; a unit that has begun stays in."""

from collections.abc import Sequence
from dataclasses import replace

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.closings import SEE
from handlers.opening_texts import eligible
from handlers.permissions import units_of
from handlers.round_news import joined
from handlers.round_texts import form_of
from handlers.rounds import NAME as ROUNDS
from handlers.turn import Turn, reply, value
from handlers.unit_picking import picked, switches
from storage.registry import Round, UnitRow

UNITS = "dv"


def ask_units(turn: Turn, round: Round, flow: str, page: str = "") -> list[Reply]:
    """The units of the round and those that could be in it, each with a button."""
    say = turn.say
    choices, number, pages = switches(turn, _possible(turn, round), round.units, flow, page)
    text = say(
        "Đợt này có {count} đơn vị. Bấm tên, hoặc gõ số tổ hay tên, để thêm vào hoặc bớt ra.", count=len(round.units)
    )
    if pages > 1:
        text += say(" Trang {page}/{pages}.", page=number + 1, pages=pages)
    done = Choice(str(say("Xong")), value(ROUNDS, SEE, round.id))
    return reply(text, *choices, done, replaces=bool(page))


def _possible(turn: Turn, round: Round) -> list[UnitRow]:
    """Units of the kinds of the form and of one's ward, and those that are in it."""
    mine = set(units_of(turn, "open_round"))
    fitting = {unit.code for unit in eligible(turn, form_of(turn, round.version))} & mine
    there = fitting | set(round.units)
    return [unit for unit in turn.records.registry.units.all() if unit.code in there]


def switched(turn: Turn, round: Round, verb: str, arg: str, flow: str) -> list[Reply]:
    """A unit put in or out, or another page."""
    code, _, page = arg.rpartition("/")
    if verb == "trang":
        return ask_units(turn, round, flow, arg or "0")
    says = _switch(turn, round, {code})
    round = turn.records.registry.rounds.get(round.id) or round
    return [*says, *ask_units(turn, round, flow, "" if says else page or "0")]


def read_units(turn: Turn, round: Round, flow: str) -> Sequence[Reply] | None:
    """Units as typed: those that are in go out, the others come in."""
    found = picked(_possible(turn, round), turn.text)
    if found is None:
        wrong = turn.say("Tôi không rõ “{text}” là đơn vị nào.", text=turn.text[:60])
        return None if is_question(turn) else [Reply(wrong), *ask_units(turn, round, flow)]
    says = _switch(turn, round, set(found.codes))
    round = turn.records.registry.rounds.get(round.id) or round
    return [*says, *ask_units(turn, round, flow)]


def _switch(turn: Turn, round: Round, codes: set[str]) -> list[Reply]:
    """Change the round, tell those who are new in it; returns what staff should know."""
    say = turn.say
    registry = turn.records.registry
    states = registry.submissions.tally(round).states
    possible = _possible(turn, round)
    begun = {code for code in codes if states.get(code, "") not in ("", "withdrawn")}
    wanted = set(round.units) ^ (codes - begun)
    if not wanted:
        return [Reply(say("Đợt cần ít nhất một đơn vị. Không cần đợt này nữa thì đóng đợt."))]
    units = tuple(unit.code for unit in possible if unit.code in wanted)
    changed = replace(round, units=units)
    registry.rounds.change(changed, turn.person.id)
    joined(turn, changed, wanted - set(round.units))
    names = ", ".join(unit.name for unit in possible if unit.code in begun)
    return [Reply(say("{names} đã làm bài nên vẫn ở trong đợt.", names=names))] if names else []
