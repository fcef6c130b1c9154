"""A text to be read out over loudspeakers: numbers, days, times and telephone numbers in Vietnamese words."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import tomli

from knowledge.loading import Problem

WORDS_FILE = Path(__file__).parent / "lexicon" / "aloud.toml"
_TABLES = ("words", "units", "each")
Words = Mapping[str, Mapping[str, str]]

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
    """The text with everything written in digits said in words; links are left out, as nobody can write them down.

    Abbreviations and units are said as `lexicon/aloud.toml` has them.
    """
    text = unicodedata.normalize("NFKC", text)
    lines = []
    for line in text.splitlines():
        said = line
        for pattern, shape in _shapes():
            said = pattern.sub(shape, said)
        lines.append(_begun(line, " ".join(said.split())))
    return "\n".join(lines).strip()


def _begun(written: str, said: str) -> str:
    """A line that begins with a number or a capital begins with a capital."""
    first = written.lstrip()[:1]
    return said[:1].upper() + said[1:] if first.isupper() or first.isdecimal() else said


def _number(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return in_words(int(digits)) if len(digits) <= _LONGEST else digit_by_digit(digits)


def _month_name(month: int) -> str:
    return "tư" if month == 4 else in_words(month)


def _days(match: re.Match[str]) -> str:
    """ "ngày 5-7/12" as two days of one month."""
    first, last, month = int(match[1]), int(match[2]), int(match[3])
    if not (1 <= first < last <= 31 and 1 <= month <= 12):
        return match[0]
    return f" ngày {_day_name(first)} đến {last}/{month}"


def _day_name(day: int) -> str:
    # The first ten days of a month are said with "mồng".
    return f"{'mồng ' if day <= 10 else ''}{in_words(day)}"


def _day(match: re.Match[str]) -> str:
    day, month = int(match[1]), int(match[2])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    word = "Ngày" if match[0].startswith("N") else "ngày"
    said = f" {word} {_day_name(day)} tháng {_month_name(month)}"
    year = match.groupdict().get("year")
    return f"{said} năm {in_words(int(year))}" if year else said


def _named_day(match: re.Match[str]) -> str:
    """ "đường 30/4" has a day for its name."""
    return f"{match[1]} {in_words(int(match[2]))} tháng {_month_name(int(match[3]))}"


def _month(match: re.Match[str]) -> str:
    month = int(match[1])
    return f" tháng {_month_name(month)} năm {in_words(int(match[2]))}" if 1 <= month <= 12 else match[0]


def _quarter(match: re.Match[str]) -> str:
    named = {"I": "một", "II": "hai", "III": "ba", "IV": "tư"}[match[2]]
    return f"{match[1]} {named}{f' năm {in_words(int(match[3]))}' if match[3] else ''}"


def _paper(match: re.Match[str]) -> str:
    """ "71/KH-UBND", "12/2025/NQ-HĐND": a number is no day."""
    year = f" năm {in_words(int(match[2]))}" if match[2] else ""
    return f"{in_words(int(match[1]))}{year} gạch {match[3].replace('-', ' ')}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 24 or minute > 59:
        return match[0]
    return f"{in_words(hour)} giờ{f' {in_words(minute)} phút' if minute else ''}"


def _decimal(match: re.Match[str]) -> str:
    behind = match[2]
    said = in_words(int(behind)) if len(behind) <= 2 and not behind.startswith("0") else digit_by_digit(behind)
    return f"{_number(match[1])} phẩy {said}"


def _telephone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return digit_by_digit(digits) if len(digits) in (10, 11) else match[0]


def read_words(path: Path = WORDS_FILE) -> tuple[Words, list[Problem]]:
    """How abbreviations and units are said, by table, and everything that is wrong with the file."""
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        return {}, [Problem(path.name, "", f"không đọc được ({error}); sửa lại cho đúng TOML, UTF-8")]
    wrong = [
        Problem(path.name, name, "không hiểu; chỉ có [words], [units], [each], mỗi dòng một chữ và cách đọc")
        for name, table in data.items()
        if name not in _TABLES or not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values())
    ]
    return {} if wrong else data, wrong


_Said = Callable[[re.Match[str]], str]


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], _Said], ...]:
    """What is said for each shape, in this order; the last ones leave no digit."""
    tables = read_words()[0]
    words, units, each = (tables.get(name, {}) for name in _TABLES)
    return (
        (re.compile(r"https?://\S+"), lambda _: ""),
        # Numbers of papers, of houses, and of telephones are no days.
        (re.compile(rf"(?<![\d/])(\d{{1,6}})/(?:({_YEAR})/)?((?:[A-ZĐ]{{2,}}-?)+)(?![a-z])"), _paper),
        (
            re.compile(r"\b((?:số nhà|nhà số|số|hẻm|ngõ|ngách|kiệt|lô|thửa)\s+\d+\w?)/(?=\d)", re.IGNORECASE),
            lambda match: f"{match[1]} trên ",
        ),
        (re.compile(r"\b((?:đường|phố|quảng trường|trường)\s+(?:số\s+)?)(\d{1,2})/(1[0-2]|[1-9])\b", re.I), _named_day),
        (re.compile(r"(?<![\d.,])1[89]00(?:[ .]?\d{2,4}){1,3}(?!\d)"), lambda match: digit_by_digit(match[0])),
        (re.compile(r"(?<!\d)\(?0\d{1,3}\)?(?:[ .-]?\d{2,4}){2,4}(?!\d)"), _telephone),
        (
            re.compile(r"\b((?:gọi|tổng đài|đường dây nóng|điện thoại)(?:\s+số)?:?\s+)(\d{3,4})\b", re.IGNORECASE),
            lambda match: match[1] + digit_by_digit(match[2]),
        ),
        (re.compile(rf"(?<!\w)({_any(words)})(?!\w)"), lambda match: str(words[match[1]])),
        (re.compile(r"(?<=\d)\s*(?:đ|VNĐ|VND)(?!\w)"), lambda _: " đồng"),
        (re.compile(rf"(?<=\w)\s*/\s*({_any(each)})(?!\w)"), lambda match: f" một {each[match[1]]}"),
        (re.compile(rf"(?<=\d)\s*({_any(units)})(?!\w)"), lambda match: f" {units[match[1]]}"),
        # From one day or hour to another, before either is words.
        (re.compile(r"(?<=\d)(\s*(?:h|g|giờ|:)\s*\d{0,2})\s*[-–]\s*(?=\d)"), lambda match: f"{match[1]} đến "),
        (re.compile(r"\b(?:ngày\s+)?(\d{1,2})\s*[-–]\s*(\d{1,2})/(\d{1,2})(?![\d%])", re.IGNORECASE), _days),
        (re.compile(r"(?<=/)(\d{1,4})\s*[-–]\s*(?=\d{1,2}/)"), lambda match: f"{match[1]} đến "),
        (re.compile(rf"\b([Qq]uý)\s+(IV|I{{1,3}})(?:/({_YEAR}))?\b"), _quarter),
        (re.compile(rf"(?:\bngày\s+)?\b(\d{{1,2}})[/.-](\d{{1,2}})[/.-](?P<year>{_YEAR})\b", re.IGNORECASE), _day),
        (re.compile(rf"(?:\btháng\s+)?\b(\d{{1,2}})/({_YEAR})\b", re.IGNORECASE), _month),
        (re.compile(r"(?:\bngày\s+)?(?<![\d/,.])(\d{1,2})/(\d{1,2})(?![\d/%])", re.IGNORECASE), _day),
        (re.compile(r"\b(tháng)\s+4\b", re.IGNORECASE), lambda match: f"{match[1]} tư"),
        (re.compile(r"\b(\d{1,2})\s*(?:h|g|:|giờ)\s*(\d{2})(?:\s*phút)?\b", re.IGNORECASE), _time),
        (re.compile(r"\b(\d{1,2})\s*(?:h|giờ)(?!\w)()", re.IGNORECASE), _time),
        (re.compile(r"(?<!\d)(\d{1,3}(?:\.\d{3})+|\d+),(\d+)"), _decimal),
        (re.compile(r"(?<!\d)\d{1,3}(?:\.\d{3})+(?!\d)"), lambda match: _number(match[0])),
        (re.compile(r"(?<=\d)\s*[-–]\s*(?=\d)"), lambda _: " đến "),
        (re.compile(r"(?<=\d)\s*/\s*(?=\d)"), lambda _: " trên "),
        (re.compile(r"\d+"), lambda match: f" {_number(match[0])} "),
        (re.compile(r"\s*%"), lambda _: " phần trăm"),
        (re.compile(r" +([.,;:)])"), lambda match: match[1]),
    )


def _any(table: Mapping[str, str]) -> str:
    """Any word of a table, the longest first."""
    # Of none nothing is found.
    return "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True)) or r"(?!)"
