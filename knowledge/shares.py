"""Shares that people give as two counts, and what a document asks of a percentage: exact, never a float."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from knowledge.amounts import LONGEST, Amount, amounts_in, is_about, readable
from knowledge.bad_answers import BadAnswer
from knowledge.figures import shares_in
from knowledge.folding import fold
from knowledge.forms import Field, Target

MOST = 10**9
_NEGATED = re.compile(r"\b(?:khong|chua|ko|con lai|thieu)\b")
_NUMBER = re.compile(r"-?\d{1,16}(?:\.\d{1,6})?")
_MOST_DECIMALS = 6


def share_in(field: Field, text: str) -> dict[str, int]:
    """{"part", "whole"} of an answer such as "45/60", "45 trên 60 hộ", "45 60". Raises `BadAnswer`.

    A percentage alone is not enough, because the bot divides; beside the two counts it must agree with them.
    """
    if len(text) > LONGEST:
        raise BadAnswer("no_share", text)
    folded = readable(text)
    found = amounts_in(folded)
    counts = [amount for amount in found if not amount.percent]
    if is_about(folded, text, counts):
        raise BadAnswer("not_exact", text)
    if len(counts) != 2:
        raise BadAnswer("several_numbers" if len(counts) > 2 else "no_share", text)
    part, whole = _counted(counts, folded, text)
    if _NEGATED.search(folded) and not _NEGATED.search(_asked(field)):
        raise BadAnswer("negated", text)
    value = {"part": part, "whole": whole}
    _agree(value, [amount for amount in found if amount.percent], text)
    return value


def _counted(counts: list[Amount], folded: str, text: str) -> tuple[int, int]:
    for amount in counts:
        if amount.value != int(amount.value):
            raise BadAnswer("not_whole", text)
        if not 0 <= amount.value <= MOST:
            raise BadAnswer("too_small" if amount.value < 0 else "too_large", text)
    part, whole = (int(amount.value) for amount in counts)
    if part > whole and any((share.part, share.total) == (whole, part) for share in shares_in(folded)):
        # "có 120 hộ mà mới có 80 hộ".
        return whole, part
    if whole == 0:
        raise BadAnswer("zero_whole", text)
    if part > whole:
        raise BadAnswer("part_over_whole", text)
    return part, whole


def _asked(field: Field) -> str:
    share = field.share
    return fold(f"{share.part} {share.whole}" if share else field.prompt)


def _agree(value: Mapping[str, int], percents: list[Amount], text: str) -> None:
    exact = percent(value)
    for amount in percents:
        given = amount.value.as_tuple().exponent
        decimals = -given if isinstance(given, int) else 0
        if exact is not None and abs(Fraction(amount.value) - exact) >= Fraction(1, 10 ** max(decimals, 0)):
            raise BadAnswer("percent_differs", text)


def percent(value: object) -> Fraction | None:
    """The percentage that a share is, or a number that is one already; None for anything else."""
    if isinstance(value, Mapping):
        part, whole = value.get("part"), value.get("whole")
        if type(part) is int and type(whole) is int and whole > 0:
            return Fraction(100 * part, whole)
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    return Fraction(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def meets(target: Target, value: object) -> bool | None:
    """Whether a number is what the document asks; None where there is nothing to compare."""
    number = percent(value)
    if number is None or (isinstance(value, Mapping) and target.unit != "%"):
        return None
    asked = Fraction(str(target.value))
    if target.comparator == "range":
        return asked <= number <= Fraction(str(target.value_max if target.value_max is not None else target.value))
    compared = {
        ">": number > asked,
        ">=": number >= asked,
        "<": number < asked,
        "<=": number <= asked,
        "=": number == asked,
    }
    return compared[target.comparator]


@lru_cache(maxsize=1024)
def percent_shown(exact: Fraction) -> str:
    """A percentage with one decimal, "33,3"; with more where rounding would make a whole one of it: "89,96"."""
    for decimals in range(1, _MOST_DECIMALS + 1):
        scaled = exact * 10**decimals
        rounded = int(scaled + Fraction(1, 2))
        if rounded % 10**decimals or scaled == rounded:
            break
    whole, rest = divmod(rounded, 10**decimals)
    digits = str(rest).rjust(decimals, "0").rstrip("0")
    return f"{whole},{digits}" if digits else str(whole)
