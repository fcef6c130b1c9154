"""A text to be read out over loudspeakers: numbers, days, times and telephone numbers in Vietnamese words."""

import re
import unicodedata
from collections.abc import Callable

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ((10**9, "tỷ"), (10**6, "triệu"), (1000, "nghìn"))
# Longer ones are no quantities: they are read digit by digit.
_LONGEST = 12
_YEAR = r"(?:19|20)\d\d"


def in_words(number: int) -> str:
    """A number from 0 to 999,999,999,999 as it is said. Raises `ValueError` for others."""
    if not 0 <= number < 10**_LONGEST:
        raise ValueError(number)
    if number < 1000:
        return _below_thousand(number, whole=True)
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            said = f"{in_words(number // scale)} {name}"
            break
    if not rest:
        return said
    # "một nghìn không trăm linh năm": where a group follows its hundreds are said.
    follows = _below_thousand(rest, whole=False) if rest < 1000 else in_words(rest)
    return f"{said} {follows}"


def _below_thousand(number: int, *, whole: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    said = [f"{_DIGITS[hundreds]} trăm"] if hundreds or not whole else []
    if not rest:
        return " ".join(said) or _DIGITS[0]
    if tens == 0:
        return " ".join([*said, *(["linh"] if said else []), _DIGITS[unit]])
    said.append("mười" if tens == 1 else f"{_DIGITS[tens]} mươi")
    if unit:
        said.append({1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(unit, _DIGITS[unit]))
    return " ".join(said)


def digit_by_digit(text: str) -> str:
    """The digits of a text, each said alone."""
    return " ".join(_DIGITS[int(sign)] for sign in text if sign.isdecimal())


def aloud(text: str) -> str:
    """The text with everything written in digits said in words; links are left out, as nobody can write them down."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, said in _SHAPES:
        text = pattern.sub(said, text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def _number(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return in_words(int(digits)) if len(digits) <= _LONGEST else digit_by_digit(digits)


def _day(match: re.Match[str]) -> str:
    day, month = int(match[1]), int(match[2])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    # The first ten days of a month are said with "mồng".
    said = f" ngày {'mồng ' if day <= 10 else ''}{in_words(day)} tháng {in_words(month)}"
    year = match.groupdict().get("year")
    return f"{said} năm {in_words(int(year))}" if year else said


def _month(match: re.Match[str]) -> str:
    month = int(match[1])
    return f" tháng {in_words(month)} năm {in_words(int(match[2]))}" if 1 <= month <= 12 else match[0]


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 24 or minute > 59:
        return match[0]
    return f"{in_words(hour)} giờ{f' {in_words(minute)} phút' if minute else ''}"


def _decimal(match: re.Match[str]) -> str:
    behind = match[2]
    said = in_words(int(behind)) if len(behind) <= 2 and not behind.startswith("0") else digit_by_digit(behind)
    return f"{_number(match[1])} phẩy {said}"


_Said = Callable[[re.Match[str]], str]
_SHAPES: tuple[tuple[re.Pattern[str], _Said], ...] = (
    (re.compile(r"https?://\S+"), lambda _: ""),
    (re.compile(rf"(?:\bngày\s+)?\b(\d{{1,2}})[/.-](\d{{1,2}})[/.-](?P<year>{_YEAR})\b", re.IGNORECASE), _day),
    (re.compile(rf"(?:\btháng\s+)?\b(\d{{1,2}})/({_YEAR})\b", re.IGNORECASE), _month),
    (re.compile(r"(?:\bngày\s+)?(?<![\d/,.])(\d{1,2})/(\d{1,2})(?![\d/%])", re.IGNORECASE), _day),
    (re.compile(r"\b(\d{1,2})\s*(?:h|g|:|giờ)\s*(\d{2})(?:\s*phút)?\b", re.IGNORECASE), _time),
    (re.compile(r"\b(\d{1,2})\s*(?:h|giờ)(?!\w)()", re.IGNORECASE), _time),
    (re.compile(r"(?<!\d)0\d{2,3}(?:[ .]?\d{3}){2}\d?(?!\d)"), lambda match: digit_by_digit(match[0])),
    (re.compile(r"(?<!\d)(\d{1,3}(?:\.\d{3})+|\d+),(\d+)"), _decimal),
    (re.compile(r"(?<!\d)\d{1,3}(?:\.\d{3})+(?!\d)"), lambda match: _number(match[0])),
    (re.compile(r"(?<=\d)\s*[-–]\s*(?=\d)"), lambda _: " đến "),
    (re.compile(r"(?<=\d)\s*/\s*(?=\d)"), lambda _: " trên "),
    (re.compile(r"\d+"), lambda match: f" {_number(match[0])} "),
    (re.compile(r"\s*%"), lambda _: " phần trăm"),
    (re.compile(r"(?<=\w)\s*(?:đ|VNĐ|VND)(?!\w)(?=[\s.,;)]|$)"), lambda match: _currency(match)),
    (re.compile(r" +([.,;:)])"), lambda match: match[1]),
)


def _currency(match: re.Match[str]) -> str:
    before = match.string[: match.start()].rsplit(None, 1)
    known = {*_DIGITS, "mười", "mươi", "mốt", "lăm", "trăm", "nghìn", "triệu", "tỷ"}
    return " đồng" if before and before[-1] in known else match[0]
