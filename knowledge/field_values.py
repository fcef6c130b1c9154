"""From what people type into a field of a form to the value that is kept, and back to how an official writes it.

Values are what JSON can hold:

- text, long_text, name: text in NFC; line breaks only in long_text
- integer: int; decimal: text with a point, "0.5"
- share: {"part": int, "whole": int}
- date: "2026-11-20", "2026-11" or "2026"
- period: {"from": date, "to": date}, "to" empty for "nay"
- time: "19:30"; phone: "0912345678"
- yes_no, yes_no_na: "yes", "no", "na"
- one_of: the value of an option; many_of: a list of them

`rows` and `files` are read one column and one file at a time.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from knowledge.amounts import number_in
from knowledge.bad_answers import BadAnswer, Problem
from knowledge.days import date_in, date_shown
from knowledge.folding import tidy
from knowledge.forms import Field
from knowledge.hours import time_in, time_shown
from knowledge.periods import period_in, period_shown
from knowledge.picks import option_in, options_in
from knowledge.shares import meets, percent, percent_shown, share_in
from knowledge.tick_words import tick_in

__all__ = ["LIMITS", "BadAnswer", "Problem", "meets", "percent", "read", "shown"]

# Most letters of each kind of text.
LIMITS: Mapping[str, int] = {"text": 300, "long_text": 4000, "name": 80}
_TICKS = {"yes": "Có", "no": "Không", "na": "Không áp dụng"}
_PHONE = re.compile(r"\+?\d(?:[\s.()-]{0,2}\d)*")
# Mobile numbers have ten digits, landlines eleven with their area (plan of 2018).
_VIETNAMESE = re.compile(r"0[35789]\d{8}|02\d{9}")
_LONGEST_PHONE = 80
# Digits of one number, with the country in front.
_ONE_PHONE = 15


def read(field: Field, text: str, today: date) -> object:
    """The value of an answer. Raises `BadAnswer`, never anything else, whatever the text."""
    if len(text) > 4 * max(LIMITS.values()):
        raise BadAnswer("too_long", text)
    if not tidy(text):
        raise BadAnswer("empty")
    match field.kind:
        case "text" | "long_text" | "name":
            return _text(field.kind, text)
        case "integer" | "decimal":
            return _number(field, text)
        case "share":
            return share_in(field, text)
        case "date":
            return date_in(text, today)
        case "period":
            return period_in(text, today)
        case "time":
            return time_in(text)
        case "phone":
            return _phone(text)
        case "yes_no" | "yes_no_na":
            return tick_in(field, text)
        case "one_of":
            return option_in(field, text)
        case "many_of":
            return options_in(field, text)
    raise BadAnswer("no_option", text)


def _text(kind: str, text: str) -> str:
    kept = tidy(text, lines=kind == "long_text")
    if len(kept) > LIMITS[kind]:
        raise BadAnswer("too_long", kept)
    if kind == "name" and re.search(r"\d", kept):
        raise BadAnswer("has_digits", kept)
    if kind == "name" and not any(letter.isalpha() for letter in kept):
        raise BadAnswer("no_name", kept)
    return kept


def _number(field: Field, text: str) -> int | str:
    """A count is never negative, unless the field says how low it may be."""
    value = number_in(text)
    least = 0 if field.least is None and field.kind == "integer" else field.least
    if field.kind == "integer" and (value != int(value) or _english(text)):
        raise BadAnswer("not_whole", text)
    if least is not None and value < Decimal(str(least)):
        raise BadAnswer("too_small", text)
    if field.greatest is not None and value > Decimal(str(field.greatest)):
        raise BadAnswer("too_large", text)
    return int(value) if field.kind == "integer" else _plain(value)


def _english(text: str) -> bool:
    """ "1,000" is one with three decimals here, and a thousand elsewhere."""
    return re.search(r"\d,000(?!\d)", text) is not None and re.search(r"\d,\d{3},|\d,\d{3}\.\d", text) is None


def _plain(value: Decimal) -> str:
    """A decimal number without needless zeros and exponents."""
    plain = format(value, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def _phone(text: str) -> str:
    """A Vietnamese number of ten or eleven digits that begins with 0."""
    if len(text) > _LONGEST_PHONE:
        raise BadAnswer("no_phone", text)
    found = [re.sub(r"\D", "", match[0]) for match in _PHONE.finditer(tidy(text))]
    if len(found) > 1 or (found and len(found[0]) > _ONE_PHONE):
        raise BadAnswer("several_phones", text)
    digits = re.sub(r"^(?:00)?84(?=\d{9,10}$)", "0", found[0]) if found else ""
    # A table calculator takes the zero away.
    digits = f"0{digits}" if re.fullmatch(r"[35789]\d{8}", digits) else digits
    if not _VIETNAMESE.fullmatch(digits):
        raise BadAnswer("no_phone", text)
    return digits


def shown(field: Field, value: object) -> str:
    """A value as an official would write it; empty for a skipped field. Reading it again gives the value."""
    if value is None:
        return ""
    match field.kind:
        case "integer" | "decimal":
            return _number_shown(str(value))
        case "yes_no" | "yes_no_na":
            return _TICKS.get(str(value), str(value))
        case "date":
            return date_shown(str(value))
        case "time":
            return time_shown(str(value))
        case "phone":
            return f"{str(value)[:4]} {str(value)[4:-3]} {str(value)[-3:]}"
        case "one_of":
            return _label(field, value)
        case "many_of":
            return (
                "; ".join(_label(field, picked) for picked in value) if isinstance(value, list | tuple) else str(value)
            )
        case "files":
            return f"{len(value)} tệp" if isinstance(value, list | tuple) else str(value)
    return _pair_shown(value) if isinstance(value, Mapping) else str(value)


def _pair_shown(value: Mapping[str, object]) -> str:
    """A period or a share."""
    if "from" in value:
        return period_shown(str(value["from"]), str(value.get("to", "")))
    exact = percent(value)
    counts = f"{_number_shown(str(value.get('part')))}/{_number_shown(str(value.get('whole')))}"
    return counts if exact is None else f"{counts} ({percent_shown(exact)} %)"


def _label(field: Field, value: object) -> str:
    return next((option.label for option in field.options if option.value == value), str(value))


def _number_shown(plain: str) -> str:
    """Dots between thousands and a comma before decimals: "1.250,5"."""
    if not re.fullmatch(r"-?\d{1,20}(?:\.\d{1,20})?", plain):
        return plain
    whole, _, decimals = plain.partition(".")
    grouped = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", whole)
    return f"{grouped},{decimals}" if decimals else grouped
