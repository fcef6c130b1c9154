"""Stretches of time that people put into a question: years in office, spans from year to year, months.

All of it reads folded text: lower case, no diacritics.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge.figures import CACHED

_UNITS = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin")
_NUMBERS = {word: value for value, word in enumerate(_UNITS, 1)}
_NUMBERS |= {"muoi": 10} | {f"muoi {word}": 10 + value for word, value in list(_NUMBERS.items())} | {"muoi lam": 15}
_NUMBERS |= {f"{word} muoi": 10 * value for value, word in enumerate(_UNITS, 1) if value > 1}
_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_YEARS = re.compile(
    rf"(\d{{1,3}}|(?<!\w)(?:{_WORDS}))\s*(?:nam(?! (?:nao|ngoai|19\d\d|20\d\d))|years?|yrs?)"
    r"(?:\s*(?:ruoi|(\d{1,2})\s*(?:thang|months?)))?"
)
_MONTHS = re.compile(r"(?<!nam )\b(\d{1,3})\s*(?:thang(?! \d)|months?)\b(?!\s*nam)")
_PAUSE = re.compile(
    r"(?:nghi(?: lam)?(?: (?:to truong|truong thon))?"
    r"|nghi(?: (?!lam|roi|r |giu|xong|tiep|sau|truoc|huu)\w+){1,3}"
    r"|ngat quang|gian doan|dut|break|off|dung lai)"
    r"\s*(?:mat\s*|het\s*|ngang\s*|o nha\s*)?$"
)
_NOW = r"nay|gio|hien nay|bay gio|now|hom nay|today|present"
# "tu 3/2012 den nay", "from 2010 to 2015".
_OF_YEAR = r"\s*(?:[/.-]|nam)\s*"
_BEGUN = r"(?:nhan (?:chuc|viec|nhiem)|bat dau|duoc bau|len lam|dam nhan|giu chuc|vao lam)[^\d]{0,40}?"
_DAY = rf"(?:ngay\s*)?(?:(?:\d{{1,2}}[/.-]|\d{{1,2}}\s+thang\s+)(?=\d{{1,2}}{_OF_YEAR}\d))?"
_SPAN = re.compile(
    rf"(?:tu|from|since|{_BEGUN})\s*{_DAY}(?:nam\s*|thang\s*)?(?:(\d{{1,2}}){_OF_YEAR})?((?:19|20)\d{{2}})\s*"
    r"(?:den|toi|-|to|until|->)?\s*(?:nam\s*|thang\s*|het\s*)*"
    rf"(?:(?:(\d{{1,2}}){_OF_YEAR})?((?:19|20)\d{{2}})|({_NOW}))?"
)
_BARE_SPAN = re.compile(
    r"(?<![\d/])(?:(\d{1,2})/)?((?:19|20)\d{2})\s*(?:-|den|toi)\s*(?:(\d{1,2})/)?((?:19|20)\d{2})(?![\d/])"
)
_UNTIL_NOW = re.compile(
    r"\b(?:den|toi) (?:nay|gio|bay gio|hom nay)|\b(?:den|toi)? ?(?:nay|gio|vay) (?:da )?(?:du|duoc|dat)\b"
    r"|\b(?:du|dat|duoc)\b[^,;.]{0,30}\b(?:chua|khong)\b"
)
_LONGEST_LIFE = 70
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of time in office, in months; `raw` as the person wrote it."""

    raw: str
    months: int
    # What stands before and behind it in the message, folded.
    before: str = ""
    behind: str = ""


def years_in(folded: str, today: date) -> int | None:
    """Years that a folded message spans, the first and the last of them counted: "từ 2016 tới hết 2020" is five."""
    spans = [(int(match[2]), int(match[4] or today.year)) for match in _SPAN.finditer(folded) if match[4] or match[5]]
    spans += [(int(match[2]), int(match[4])) for match in _BARE_SPAN.finditer(folded)]
    return next((last - first + 1 for first, last in spans if first <= last), None)


@lru_cache(maxsize=CACHED)
def terms_in(folded: str, today: date) -> tuple[Term, ...]:
    """Periods in office that a folded message states, pauses left out; overlapping spans count once."""
    if spans := _spans(folded, today):
        return tuple(spans)
    found = tuple(term for match in _YEARS.finditer(folded) if (term := _years(folded, match)))
    return found or tuple(Term(m[0], int(m[1])) for m in _MONTHS.finditer(folded) if int(m[1]) > 12)


def months_in(folded: str) -> tuple[Term, ...]:
    """Months that a folded message states, however few: "thêm 6 tháng nữa"."""
    return tuple(Term(match[0], int(match[1])) for match in _MONTHS.finditer(folded))


def _years(folded: str, match: re.Match[str]) -> Term | None:
    before = folded[: match.start()].rstrip()
    years = _NUMBERS.get(match[1]) or int(match[1])
    if _PAUSE.search(before) or not 0 < years <= _LONGEST_LIFE:
        return None
    rest = 6 if match[0].endswith("ruoi") else int(match[2] or 0)
    return Term(match[0], 12 * years + rest, before[-_AROUND:], folded[match.end() : match.end() + _AROUND])


def _spans(folded: str, today: date) -> list[Term]:
    now = today.year * 12 + today.month - 1
    found: list[tuple[int, int, str]] = []
    for match in _SPAN.finditer(folded):
        open_ended = not match[4] and not match[5]
        if open_ended and "since" not in match[0] and not _UNTIL_NOW.search(folded):
            continue
        start = int(match[2]) * 12 + int(match[1] or 1) - 1
        end = int(match[4]) * 12 + int(match[3] or 1) - 1 if match[4] else now
        found.append((start, end, match[0]))
    for match in _BARE_SPAN.finditer(folded):
        if not any(match[0] in raw for _, _, raw in found):
            start, end = int(match[2]) * 12 + int(match[1] or 1) - 1, int(match[4]) * 12 + int(match[3] or 1) - 1
            found.append((start, end, match[0]))
    return _merged(sorted(span for span in found if span[1] > span[0]))


def _merged(spans: list[tuple[int, int, str]]) -> list[Term]:
    """Spans as terms, each month counted once. `spans` are sorted; months are counted from year 0."""
    found: list[Term] = []
    until = 0
    for start, end, raw in spans:
        begins = max(start, until)
        if end > begins:
            found.append(Term(raw.strip(), end - begins))
            until = end
    return found
