"""Numbers that people put into a question: shares, counts, years in office.

All of it reads folded text: lower case, no diacritics.
"""

import re
from dataclasses import dataclass
from datetime import date

_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|phan tram|percent|pct)")
_RATIO = re.compile(
    r"(\d{1,5})\s*(?:/|tren|trong|trong so|trong tong so|out of|of)\s*(?:tong so\s*|tong\s*)?(\d{1,5})(?!\s*[/.-]\s*\d{2,4})\s*(ho|nha|gia dinh|nguoi|households?|families|houses|chau|em|hoc sinh|can|chuc danh|to|doanh nghiep|phieu|nguoi dan|dan|co so|cho|via he|thu tuc|lao dong)?"
)
_OF_TOTAL = re.compile(
    r"(\d{1,5})\s*(?:ho|nha|gia dinh|nguoi|households?)[^\d]{0,60}?(?:tren|trong|tong|tong so|tong cong|out of|/)\s*(?:tong so|tong cong|so)?\s*(\d{1,5})\s*(?:ho|nha|gia dinh|nguoi|households?|can)?"
)
_TOTAL_FIRST = re.compile(
    r"(?:co|tong|tong cong|to em|tong so)\s*(?:tat ca\s*)?(\d{2,5})\s*(?:ho|nha|gia dinh|nguoi|can)[^\d%]{1,60}?(?:thi|ma|trong do|co|moi|duoc|nhung|,)\s*[^\d%]{0,30}?(\d{1,5})\s*(?:ho|nha|gia dinh|nguoi|can)"
)
_YEARS = re.compile(r"(\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)\s*(?:nam|years?|yrs?)(?:\s*(?:ruoi|(\d{1,2})\s*(?:thang|months?)))?")
_MONTHS = re.compile(r"(?<!nam )\b(\d{1,3})\s*(?:thang(?! \d)|months?)\b(?!\s*nam)")
_SPAN = re.compile(
    r"(?:tu|from|since)\s*(?:nam\s*|thang\s*)?(?:(\d{1,2})\s*[/.-]\s*)?((?:19|20)\d{2})\s*(?:den|toi|-|to|until|->)?\s*(?:nam\s*|thang\s*|het\s*)*(?:(?:(\d{1,2})\s*[/.-]\s*)?((?:19|20)\d{2})|(nay|gio|hien nay|bay gio|now|hom nay|today|present))?"
)
_BARE_SPAN = re.compile(r"\b((?:19|20)\d{2})\s*(?:-|den|toi)\s*((?:19|20)\d{2})\b")
_PAUSE = re.compile(r"(?:nghi|ngat quang|gian doan|dut|break|off|dung)\s*(?:mat\s*|het\s*|ngang\s*|o nha\s*)?$")
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}


@dataclass(frozen=True, slots=True)
class Share:
    """A share in percent, and the two numbers where the person gave them."""

    percent: float
    part: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of time in office, in months; `raw` as the person wrote it."""

    raw: str
    months: int
    # What stands before and behind it in the message, folded.
    before: str = ""
    behind: str = ""


_OF_THEM = re.compile(r"(\d{1,5}) (?:houses|households|families|homes|people|members)[^\d]{0,60}?(\d{1,5}) of (?:them|these|those)")
# Numbers that name something: kế hoạch 48, tổ 16, tiêu chí 3.3.
_NAMING = re.compile(r"\b(?:ke hoach|chi thi|quyet dinh|nghi quyet|tieu chi|diem|khoan|muc|quan|phuong|to|khoi|lop|khu pho|nam)\s+(?:so\s+)?\d+(?:[./]\d+)*\b(?!\s*(?:nam|thang))")


def shares_in(folded: str) -> list[Share]:
    """Percentages and "x of y" in a folded message, in order."""
    folded = _NAMING.sub(" ", folded)
    found: list[Share] = []
    for match in _TOTAL_FIRST.finditer(folded):
        total, part = int(match[1]), int(match[2])
        if 0 < part <= total:
            found.append(Share(100 * part / total, part, total))
    for match in _OF_THEM.finditer(folded):
        found.append(Share(100 * int(match[2]) / int(match[1]), int(match[2]), int(match[1])))
    for pattern in (_OF_TOTAL, _RATIO):
        for match in pattern.finditer(folded):
            part, total = int(match[1]), int(match[2])
            share = Share(100 * part / total, part, total) if 0 < total and part <= total else None
            if share and not _is_date(match, pattern) and share not in found and not found:
                found.append(share)
    if not found and (pair := pair_in(folded)):
        found.append(pair)
    found += (Share(float(match[1].replace(",", "."))) for match in _PERCENT.finditer(folded))
    return found


def _is_date(match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """12/10 may be a day; 62/90 cannot. A noun behind it decides."""
    if pattern is not _RATIO or "/" not in match[0] or match[3]:
        return False
    return int(match[1]) <= 31 and (int(match[2]) <= 12 or 1900 <= int(match[2]) <= 2100)


def terms_in(folded: str, today: date) -> list[Term]:
    """Periods in office that a folded message states, pauses left out; overlapping spans count once."""
    spans = _spans(folded, today)
    if spans:
        return spans
    found: list[Term] = []
    for match in _YEARS.finditer(folded):
        if _PAUSE.search(folded[: match.start()].rstrip()):
            continue
        years = _NUMBERS.get(match[1]) or (int(match[1]) if match[1].isdigit() else 0)
        half = 6 if match[0].endswith("ruoi") else int(match[2] or 0)
        if 0 < years <= 70:
            found.append(Term(match[0], 12 * years + half, folded[: match.start()][-40:], folded[match.end() : match.end() + 40]))
    if not found:
        found = [Term(match[0], int(match[1])) for match in _MONTHS.finditer(folded) if int(match[1]) > 12]
    return found


def _spans(folded: str, today: date) -> list[Term]:
    months: list[tuple[int, int, str]] = []
    for match in _SPAN.finditer(folded):
        if not match[4] and not match[5]:
            if "since" not in match[0] and not re.search(r"\b(den|toi) (nay|gio|bay gio)", folded):
                continue
        start = int(match[2]) * 12 + int(match[1] or 1) - 1
        end = int(match[4]) * 12 + int(match[3] or 1) - 1 if match[4] else today.year * 12 + today.month - 1
        if end > start:
            months.append((start, end, match[0]))
    for match in _BARE_SPAN.finditer(folded):
        start, end = int(match[1]) * 12, int(match[2]) * 12
        if end > start and not any(match[0] in raw for _, _, raw in months):
            months.append((start, end, match[0]))
    return _merged(sorted(months))


def _merged(months: list[tuple[int, int, str]]) -> list[Term]:
    found: list[Term] = []
    until = 0
    for start, end, raw in months:
        start = max(start, until)
        if end > start:
            found.append(Term(raw.strip(), end - start))
            until = end
    return found


def counts_of(folded: str, nouns: frozenset[str]) -> list[int]:
    """Whole numbers in a folded message that count one of the (folded) nouns: "8 cong trinh", "duoc 8 cai"."""
    folded = _NAMING.sub(" ", folded)
    named = "|".join(sorted(map(re.escape, nouns | _THINGS), key=len, reverse=True))
    found = [int(m[1]) for m in re.finditer(rf"(?<![\w./,])(\d{{1,3}})\s+(?:cai\s+)?(?:{named})\b", folded)]
    if not found:
        found = [int(m[1]) for m in _HAVING.finditer(folded)]
    return found


_THINGS = frozenset({"cai", "cong trinh", "mo hinh", "khu vuc", "suat", "chi tieu", "ctr", "projects", "works", "project"})
_HAVING = re.compile(r"(?:dang ky|lam|co|duoc|moi|nop|registered|have|submitted) (?:duoc |moi |co )?(\d{1,3})(?![\w./,%]| nam| thang| ngay)")


def pair_in(folded: str) -> Share | None:
    """Two counts of the same thing, the smaller a part of the larger: "200 nha xay thi 194 nha co phep"."""
    found = [(int(m[1]), _SAME.get(m[2], m[2])) for m in _COUNTED.finditer(folded) if m[2] not in _NOT_COUNTED]
    if len(found) != 2 or found[0][1] != found[1][1] or found[0][0] == found[1][0]:
        return None
    part, total = sorted(number for number, _ in found)
    return Share(100 * part / total, part, total) if part else None


_COUNTED = re.compile(r"(?<![\w./,])(\d{1,5})\s+(gia dinh|lao dong|thu tuc|[a-z]{2,12})\b")
_NOT_COUNTED = frozenset({"nam", "thang", "ngay", "tuan", "gio", "phan", "lan", "tuoi", "trong", "tren", "den", "roi", "thi", "years", "months", "days", "va", "voi", "hay", "la", "con", "nay"})
_SAME = {"nha": "ho", "gia dinh": "ho", "can": "ho", "families": "households", "houses": "households", "lao dong": "nguoi", "dua": "em", "chau": "em"}


def areas_in(folded: str) -> list[float]:
    """Square metres that a folded message names."""
    return [float(m[1].replace(",", ".")) for m in _AREA.finditer(folded)]


_AREA = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:m\s?2|m²|met vuong|m vuong|square met)")
