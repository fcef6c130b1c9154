"""Numbers written out in Vietnamese words, without diacritics: "hai muoi lam", "mot tram linh nam"."""

from collections.abc import Sequence
from fractions import Fraction

_UNITS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
# Behind tens one says mốt, tư, lăm; "năm" there is a year.
_BEHIND_TENS = {word: value for word, value in _UNITS.items() if word != "nam"} | {"tu": 4, "lam": 5, "nham": 5}
_SCALES = {"nghin": 1000, "ngan": 1000, "trieu": 10**6, "ty": 10**9, "ti": 10**9}
WORDS = frozenset([*_BEHIND_TENS, *_UNITS, *_SCALES, "muoi", "tram", "linh", "le", "ruoi"])


def spoken(words: Sequence[str]) -> tuple[Fraction, int] | None:
    """The number with which the words begin and how many of them it takes; None where they begin with none.

    What may mean two things is none: "một trăm năm" is 105 to nobody who says "linh".
    """
    total = place = 0
    least = 10**12
    while place < len(words):
        group, used = _below_thousand(words[place:], inner=bool(place))
        scale = _SCALES.get(words[place + used]) if place + used < len(words) else None
        if not used or (scale and scale >= least):
            break
        place += used + bool(scale)
        total += group * (scale or 1)
        least = scale or 1
        if scale is None:
            break
    if not place:
        return None
    if words[place : place + 1] == ["ruoi"] and (least > 1 or total < 100):
        return Fraction(total) + Fraction(least, 2), place + 1
    return None if _colloquial(words, place, least) else (Fraction(total), place)


def _colloquial(words: Sequence[str], place: int, least: int) -> bool:
    """Whether a digit follows hundreds or thousands without "linh": "trăm hai" is 120, "trăm năm" 100 years."""
    follows = words[place] if place < len(words) else ""
    return follows in _UNITS and (least > 1 or words[place - 1] == "tram")


def _below_thousand(words: Sequence[str], *, inner: bool) -> tuple[int, int]:
    """A number under a thousand at the beginning and the words it takes; 0 of them where there is none."""
    hundreds, place = 0, 0
    if len(words) > 1 and words[1] == "tram" and (words[0] in _UNITS or words[0] == "khong"):
        hundreds, place = 100 * _UNITS.get(words[0], 0), 2
    elif words[:1] == ["tram"]:
        hundreds, place = 100, 1
    rest = words[place:]
    if len(rest) > 1 and rest[0] in ("linh", "le") and rest[1] in _BEHIND_TENS | _UNITS:
        return hundreds + (_BEHIND_TENS | _UNITS)[rest[1]], place + 2
    if len(rest) > 1 and rest[0] in _UNITS and rest[1] == "muoi":
        return _with_unit(hundreds + 10 * _UNITS[rest[0]], rest, 2, place)
    if rest[:1] == ["muoi"]:
        return _with_unit(hundreds + 10, rest, 1, place)
    alone = rest[:1] and rest[0] in _UNITS
    if alone and not place and (not inner or (len(rest) > 1 and rest[1] in _SCALES)):
        return _UNITS[rest[0]], 1
    return hundreds, place


def _with_unit(tens: int, rest: Sequence[str], used: int, place: int) -> tuple[int, int]:
    if len(rest) > used and rest[used] in _BEHIND_TENS:
        return tens + _BEHIND_TENS[rest[used]], place + used + 1
    return tens, place + used
