"""Numbers as people type them into a field, in Vietnamese writing: "1.250" is 1250, "0,5" is a half.

A dot stands between thousands and a comma before decimals, as the documents write; the English way is understood
only where it cannot mean anything else. Everything is exact: `Decimal` and `Fraction`, never a float.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from knowledge.bad_answers import BadAnswer
from knowledge.folding import aligned, tidy, toned
from knowledge.spoken import WORDS, spoken

LONGEST = 120
MOST_DIGITS = 15
MOST_DECIMALS = 6

_SCALES = {
    **dict.fromkeys(["ty", "ti"], 10**9),
    **dict.fromkeys(["trieu", "tr"], 10**6),
    **dict.fromkeys(["nghin", "ngan", "k"], 1000),
}
_GROUPED = r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"
# "1,250,000" and "1,250.5" can only be English.
_ENGLISH = r"[1-9]\d{0,2}(?:,\d{3}){2,}|[1-9]\d{0,2}(?:,\d{3})+\.\d+"
_SPACED = r"[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?"
_PLAIN = r"\d+(?:[.,]\d+)?"


def _number(*ways: str) -> re.Pattern[str]:
    """A number in some ways of writing, what multiplies it, and the "2" of "5tr2" or the half of "5 triệu rưỡi"."""
    scale = rf"\s*(?P<scale>{'|'.join(_SCALES)})(?:(?P<behind>\d{{1,3}})|\s+(?P<half>ruoi))?(?![a-z\d])"
    return re.compile(
        rf"(?<![\w.,])(?P<sign>-(?=\d)|am\s+)?(?P<number>(?:{'|'.join(ways)})(?![.,]?\d))(?:{scale})?"
        r"(?P<percent>\s*(?:%|phan tram\b))?"
    )


_ONE = _number(_GROUPED, _ENGLISH, _SPACED, _PLAIN)
# Where two numbers are asked "1 250" are two.
_SEVERAL = _number(_GROUPED, _ENGLISH, _PLAIN)
# A digit of a square or cubic unit counts nothing.
_UNIT_DIGIT = re.compile(r"(?<=[a-z])[23](?!\w)")
_ABOUT_BEFORE = re.compile(r"(?:[~≈<>≤≥]|\b(?:khoang|gan|hon|tren|duoi|uoc|it nhat|toi da|toi thieu))(?:\s+\w+)?\s*$")
_ABOUT_BEHIND = re.compile(r"\s*(?:\w+\s+)?(?:tro len|tro xuong|hon|may)\b")
# Without their tones these are other words.
_ABOUT = re.compile(r"(?<!\w)(?:chừng|tầm|cỡ)(?!\w)")
_NONE = re.compile(
    r"(?:khong|(?:khong|ko|chua) co)(?: (?:ai|gi|ho|nguoi|cai|truong hop|cong trinh|can|mo hinh|phieu))?"
    r"(?: nao)?(?: ca)?"
)
# Before and behind a number in words; behind it "số", "phần" make it another one: "một số", "hai phần ba".
_LEAD = frozenset({"co", "la", "duoc", "tong", "cong", "tat", "ca", "du"})
_OTHER = frozenset({"so", "vai", "it", "phan", "may", "chuc", "hay", "den", "hoac", "phay", "diem", "le"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text: its value and where it stands."""

    value: Decimal
    start: int
    end: int
    # A percent sign belongs to it.
    percent: bool = False


def readable(text: str) -> str:
    """The text in which numbers are looked for: without diacritics, signs and digits of one width."""
    return aligned(tidy(unicodedata.normalize("NFKC", text[:LONGEST]))).replace("−", "-").replace("–", "-")


def number_in(text: str) -> Decimal:
    """The one number of an answer: "12 hộ", "5 triệu", "mười hai", "không có". Raises `BadAnswer`."""
    if len(text) > LONGEST:
        raise BadAnswer("not_a_number", text)
    folded = readable(text)
    if _NONE.fullmatch(folded):
        return Decimal(0)
    found = amounts_in(folded, spaced=True)
    if len(found) > 1:
        raise BadAnswer("several_numbers", text)
    if _loose_digits(folded, found):
        raise BadAnswer("not_a_number", text)
    value = found[0].value if found else _spoken_in(folded, text)
    if is_about(folded, text, found):
        raise BadAnswer("not_exact", text)
    return _limited(value, text)


def amounts_in(folded: str, *, spaced: bool = False) -> list[Amount]:
    """The numbers written with digits in a readable text, in order; with `spaced` "12 345" is one number."""
    found: list[Amount] = []
    last_scale = 1
    for match in (_ONE if spaced else _SEVERAL).finditer(folded):
        scale = _SCALES.get(match["scale"] or "", 1)
        amount = Amount(_valued(match, scale), match.start(), match.end(), bool(match["percent"]))
        if found and scale < last_scale and not folded[found[-1].end : amount.start].strip():
            # "5 triệu 200 nghìn" is one number.
            before = found.pop()
            amount = Amount(before.value + amount.value, before.start, amount.end, amount.percent)
        found.append(amount)
        last_scale = scale
    return found


def _valued(match: re.Match[str], scale: int) -> Decimal:
    value = _written(match["number"]) * scale
    if match["behind"]:
        value += Decimal(match["behind"]) * scale / 10 ** len(match["behind"])
    elif match["half"]:
        value += Decimal(scale) / 2
    return -value if match["sign"] else value


def _written(number: str) -> Decimal:
    if re.fullmatch(_GROUPED, number) or re.fullmatch(_SPACED, number):
        return Decimal(number.replace(".", "").replace(" ", "").replace(",", "."))
    if re.fullmatch(_ENGLISH, number):
        return Decimal(number.replace(",", ""))
    return Decimal(number.replace(",", "."))


def _loose_digits(folded: str, found: list[Amount]) -> bool:
    """Whether digits stand outside the numbers: "tổ5", "1.2.3"."""
    for amount in reversed(found):
        folded = folded[: amount.start] + " " + folded[amount.end :]
    return re.search(r"\d", _UNIT_DIGIT.sub("", folded)) is not None


def is_about(folded: str, text: str, found: list[Amount]) -> bool:
    """Whether the first number is only roughly meant: "hơn 100", "khoảng 12", "80 trở lên"."""
    if _ABOUT.search(toned(text[:LONGEST])):
        return True
    before, behind = (folded[: found[0].start], folded[found[0].end :]) if found else (folded, "")
    return bool(_ABOUT_BEFORE.search(before) or _ABOUT_BEHIND.match(behind))


def _spoken_in(folded: str, text: str) -> Decimal:
    """A number in words, behind words that only lead to it and before what it counts."""
    words = re.findall(r"[a-z]+", folded.replace("phan tram", ""))
    while words and words[0] in _LEAD:
        words = words[1:]
    said = spoken(words)
    rest = words[said[1] :] if said else []
    if said is None or set(rest[:1]) & (_OTHER | WORDS - {"nam"}):
        raise BadAnswer("not_a_number", text)
    return Decimal(said[0].numerator) / Decimal(said[0].denominator)


def _limited(value: Decimal, text: str) -> Decimal:
    if abs(value) >= 10**MOST_DIGITS:
        raise BadAnswer("too_large", text)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise BadAnswer("too_long", text)
    return value
