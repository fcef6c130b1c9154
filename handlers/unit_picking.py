"""Choosing units of the ward: typed as "1-5, 8" or by name, or pressed one by one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversation import Choice
from handlers.paging import page_number, pages_of
from handlers.step_texts import cut
from handlers.turn import Turn, value
from knowledge.folding import folded_words
from storage.registry import UnitRow

# Longer texts name no units.
LONGEST = 400
_ALL = frozenset({"tat ca", "het", "lay het", "all", "toan bo"})
_EXCEPT = re.compile(r"\b(?:tru|ngoai tru|except)\b")
_RANGE = re.compile(r"(\d{1,4})\s*(?:-|–|đến|den|tới)\s*(\d{1,4})")
_BETWEEN = re.compile(r"[,;\n]")
_AS_TYPED = re.compile(r"[,;\n]|\svà\s|\sva\s|\strừ\s")
_PARTS = re.compile(r", | va | and ")
_NUMBER = re.compile(r"(?:[a-z ]+ )?0*(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Picked:
    """Codes in the order of the units, and the parts of the text that name none or several."""

    codes: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def picked(units: Sequence[UnitRow], text: str) -> Picked | None:
    """What a text such as "1-5, tổ 8", "tất cả trừ 3" names of some units; None where it names none of them."""
    if len(text) > LONGEST:
        return None
    plain = ", ".join(_folded(part) for part in _BETWEEN.split(_RANGE.sub(_listed, text.casefold())))
    whole, *left_out = _EXCEPT.split(plain, maxsplit=1)
    wanted, unknown = _named(units, whole)
    if left_out:
        out, more = _named(units, left_out[0])
        wanted, unknown = ((wanted or {unit.code for unit in units}) - out if out else set()), [*unknown, *more]
    if not wanted:
        return None
    typed = {_folded(part): part.strip() for part in _AS_TYPED.split(text)}
    codes = tuple(unit.code for unit in units if unit.code in wanted)
    return Picked(codes, tuple(typed.get(part, part) for part in unknown))


def _listed(numbers: re.Match[str]) -> str:
    first, last = int(numbers[1]), int(numbers[2])
    return ", ".join(str(number) for number in range(first, min(last, first + 999) + 1))


def _named(units: Sequence[UnitRow], text: str) -> tuple[set[str], list[str]]:
    codes: set[str] = set()
    unknown = []
    for part in filter(None, (piece.strip(" ,") for piece in _PARTS.split(text))):
        numbers = part.split() if part.replace(" ", "").isdecimal() else [part]
        for name in numbers:
            found = _matching(units, name)
            codes.update(found)
            unknown += [] if found else [name]
    return codes, unknown


def _matching(units: Sequence[UnitRow], name: str) -> list[str]:
    """Codes of the units with a name, of a kind, with a number, or the only one with these words in its name."""
    if name in _ALL:
        return [unit.code for unit in units]
    exact = [unit.code for unit in units if name in (_folded(unit.name), _folded(unit.code))]
    kind = [unit.code for unit in units if _folded(unit.kind) == name.removeprefix("cac ")]
    if exact or kind:
        return exact or kind
    number = _NUMBER.fullmatch(name)
    if number:
        return _numbered(units, number[1], name.split()[0])
    within = [unit.code for unit in units if f" {name} " in f" {_folded(unit.name)} "]
    return within if len(within) == 1 else []


def _numbered(units: Sequence[UnitRow], number: str, word: str) -> list[str]:
    """The units with a number; where units of several kinds have it only those whose kind is said: "thon 1"."""
    having = [unit for unit in units if _folded(unit.name).split(" ")[-1].lstrip("0") == number]
    said = [unit for unit in having if _folded(unit.kind).split(" ")[0] == word]
    several = len({unit.kind for unit in having}) > 1
    return [unit.code for unit in (said if said or several else having)]


def _folded(text: str) -> str:
    return " ".join(folded_words(text))


def switches(
    turn: Turn, units: Sequence[UnitRow], chosen: Iterable[str], flow: str, page: str
) -> tuple[list[Choice], int, int]:
    """A button for each unit of a page that puts it in or out, then buttons to other pages; page and pages."""
    within = set(chosen)
    pages = pages_of(units)
    number = page_number(page, len(pages))
    found = []
    for unit in pages[number]:
        mark = "✓ " if unit.code in within else ""
        found.append(Choice(cut(f"{mark}{unit.name}"), value(flow, "bat", f"{unit.code}/{number}")))
    if number > 0:
        found.append(Choice(str(turn.say("Trang trước")), value(flow, "trang", str(number - 1))))
    if number + 1 < len(pages):
        found.append(Choice(str(turn.say("Trang sau")), value(flow, "trang", str(number + 1))))
    return found, number, len(pages)
