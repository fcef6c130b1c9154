"""Units of the registry as people name them: by their number, their name or their code."""

import re
from collections.abc import Sequence

from handlers.turn import Turn
from knowledge.folding import folded_words
from knowledge.unit_kinds import UNIT_KINDS
from storage.registry import UnitRow

# Longer texts name no unit.
LONGEST = 130
# Names in one sentence.
MOST_NAMED = 8
_KIND_WORDS = sorted(
    {" ".join(folded_words(word)) for kind in UNIT_KINDS.values() for word in (kind.name, *kind.aliases)},
    key=len,
    reverse=True,
)
_NUMBERED = re.compile(rf"(?:({'|'.join(_KIND_WORDS)}) )?(?:so )?0*([1-9]\d{{0,3}})")


def current(turn: Turn) -> list[UnitRow]:
    """The units that there are today, the ward among them, in the order of the registry."""
    return [unit for unit in turn.records.registry.units.all() if is_current(turn, unit)]


def is_current(turn: Turn, unit: UnitRow) -> bool:
    """Whether a unit has begun and not ended."""
    begun = unit.valid_from is None or unit.valid_from <= turn.today
    return begun and (unit.valid_to is None or turn.today <= unit.valid_to)


def homes(turn: Turn) -> list[UnitRow]:
    """The units of today in which people live."""
    return [unit for unit in current(turn) if unit.kind in UNIT_KINDS and UNIT_KINDS[unit.kind].home]


def number_of(unit: UnitRow) -> str:
    """The number that ends the unit's name, or nothing."""
    last = unit.name.split()[-1].lstrip("0")
    return last if last.isascii() and last.isdigit() else ""


def named(units: Sequence[UnitRow], text: str) -> list[UnitRow] | None:
    """The units that a text names: one, several that have the number, or none with it; None: it names nothing."""
    words = _folded(text) if len(text) <= LONGEST else ""
    exact = [unit for unit in units if words and words in (_folded(unit.name), _folded(unit.code))]
    if exact:
        return exact
    found = _NUMBERED.fullmatch(words)
    if not found:
        return None
    having = [unit for unit in units if number_of(unit) == found[2]]
    said = [unit for unit in having if found[1] in _kind_words(unit)] if found[1] else having
    return said or having


def examples(units: Sequence[UnitRow]) -> str:
    """Names of units that have no number to say, some of them."""
    return ", ".join([unit.name for unit in units if not number_of(unit)][:MOST_NAMED])


def unit_name(turn: Turn, code: str) -> str:
    """The name of a unit, today's or an earlier one's; its code where there is none."""
    unit = turn.records.registry.units.get(code)
    return unit.name if unit else code


def _kind_words(unit: UnitRow) -> set[str]:
    kind = UNIT_KINDS.get(unit.kind)
    return {_folded(word) for word in (kind.name, *kind.aliases)} if kind else set()


def _folded(text: str) -> str:
    return " ".join(folded_words(text))
