"""Numbers that people put into a question: shares, counts, areas.

All of it reads folded text: lower case, no diacritics.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_HOUSES = r"(?:ho|nha|gia dinh|nguoi|can|households?|families|houses|homes|people|members)"
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|phan tram|percent|pct)")
# "62/90 nha", "45 trong 50 nha", "80 tren tong so 120".
_RATIO = re.compile(
    r"(\d{1,5})\s*(?:/|tren|trong(?: tong)?(?: so)?|out of|of)\s*(?:tong so\s*|tong\s*)?(\d{1,5})"
    r"(?!\s*[/.-]\s*\d{2,4})\s*([a-z]{2,10})?"
)
# "80 ho ... tren tong so 120 ho".
_OF_TOTAL = re.compile(
    rf"(\d{{1,5}})\s*{_HOUSES}[^\d]{{0,60}}?(?:tren|trong|tong|tong so|tong cong|out of|/)\s*"
    r"(?:tong so|tong cong|so)?\s*(\d{1,5})"
)
# "100 houses ... 59 of them".
_OF_THEM = re.compile(rf"(\d{{1,5}}) {_HOUSES}[^\d]{{0,60}}?(\d{{1,5}}) of (?:them|these|those)")
# "co 120 ho ... ma moi co 80 ho".
_TOTAL_FIRST = re.compile(
    rf"(?:co|tong|tong cong|to em|tong so)\s*(?:tat ca\s*)?(\d{{2,5}})\s*{_HOUSES}[^\d%]{{1,60}}?"
    rf"(?:thi|ma|trong do|co|moi|duoc|nhung|,)\s*[^\d%]{{0,30}}?(\d{{1,5}})\s*{_HOUSES}"
)
_COUNTED = re.compile(r"(?<![\w./,])(\d{1,5})\s+(gia dinh|lao dong|thu tuc|[a-z]{2,12})\b")
_NOT_COUNTED = frozenset(
    [
        *("nam", "thang", "ngay", "tuan", "gio", "phan", "lan", "tuoi", "years", "months", "days"),
        *("trong", "tren", "den", "roi", "thi", "va", "voi", "hay", "la", "con", "nay"),
    ]
)
_COUNTABLE = frozenset(
    [
        *("ho", "nha", "gia", "nguoi", "can", "em", "chau", "dua", "phieu", "dan", "to", "households", "families"),
        *("houses", "homes", "people", "via", "thu", "co", "cho", "lao", "hoc", "chuc", "doan", "ban", "doanh"),
    ]
)
_SAME = {
    **dict.fromkeys(["nha", "gia dinh", "can", "households", "families", "houses", "homes"], "ho"),
    **dict.fromkeys(["lao dong", "people"], "nguoi"),
    **dict.fromkeys(["dua", "chau"], "em"),
}
# Things of which one is counted by asking the other.
_ASKED = frozenset(["phieu", "ho", "nguoi", "em", "dan", "y kien"])
# Words that stand for whatever was counted before.
_ANYTHING = frozenset(["cai", "noi", "cho"])
# Numbers that name something: kế hoạch 48, tổ 16, tiêu chí 3.3.
_NAMING = re.compile(
    r"\b(?:ke hoach|chi thi|quyet dinh|nghi quyet|tieu chi|diem|khoan|muc|(?<!co )quan|phuong|to|khoi|lop|khu pho|nam)"
    rf"\s+(?:so\s+)?\d+(?:[./]\d+)*\b(?!\s*(?:nam(?! (?:nao|ngoai|20\d\d))|thang|%|phan tram|{_HOUSES}\b)|[.,]\d)"
)
# "1.200 người".
_THOUSANDS = re.compile(r"\b(\d{1,3})\.(\d{3})\b(?!\.\d)")
_THINGS = frozenset(
    ["cai", "cong trinh", "mo hinh", "khu vuc", "suat", "chi tieu", "tap the", "projects", "works", "project"]
)
# What people count where a document counts places on an award list.
_ALSO = {
    "chi tieu": frozenset(
        [
            "cho",
            "don vi",
            "ca nhan",
            "bang khen",
            "noi",
            "truong hop",
            "de xuat",
            "ho so",
            "khen",
            "places",
            "units",
            "awards",
        ]
    )
}
_HAVING = re.compile(
    r"(?:dang ky|lam|co|duoc|moi|nop|registered|have|submitted) (?:duoc |moi |co )?"
    r"(\d{1,3})(?![\w./,%]| nam| thang| ngay)"
)
_AREA = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:m\s?2|m²|met vuong|m vuong|square met)")
_PEOPLE = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{3,6})\s*(?:nguoi dan|dan|nguoi)")
_WHOLE_AREA = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{3,7})\s*(?:m\s?2|m²|met vuong|m vuong)")
# Every candidate for a question is held against its numbers.
CACHED = 64


@dataclass(frozen=True, slots=True)
class Share:
    """A share in percent, and the two numbers where the person gave them."""

    percent: float
    part: int | None = None
    total: int | None = None


@lru_cache(maxsize=CACHED)
def without_names(folded: str) -> str:
    """A folded message without the numbers that only name something: "tiêu chí 4.2" is no day of February."""
    return _THOUSANDS.sub(r"\1\2", _NAMING.sub(" ", folded))


@lru_cache(maxsize=CACHED)
def shares_in(folded: str) -> tuple[Share, ...]:
    """Percentages and "x of y" in a folded message, in order."""
    folded = without_names(folded)
    share = _total_first(folded) or _part_first(folded) or pair_in(folded)
    found = [share] if share else []
    return (*found, *(Share(float(match[1].replace(",", "."))) for match in _PERCENT.finditer(folded)))


def _total_first(folded: str) -> Share | None:
    for pattern in (_TOTAL_FIRST, _OF_THEM):
        for match in pattern.finditer(folded):
            if share := _share(int(match[2]), int(match[1])):
                return share
    return None


def _part_first(folded: str) -> Share | None:
    for match in _OF_TOTAL.finditer(folded):
        if share := _share(int(match[1]), int(match[2])):
            return share
    for match in _RATIO.finditer(folded):
        if not _is_date(match) and (share := _share(int(match[1]), int(match[2]))):
            return share
    return None


def _positive(part: int, total: int, folded: str) -> int:
    """The part that does what is asked, where the person counts those who do not: "3 nhà chưa xây"."""
    found = {int(match[1] or match[2]) for match in _LACKED.finditer(folded)}
    return total - part if part in found else part


_LACKING = (
    r"(?:that nghiep|khong co|chua co|bo hoc|vi pham|(?:hay )?(?:quang|vut|xa) rac|tha rong|unemployed|without|do not)"
)
# Behind these "không" and "chưa" only ask.
_PARTICLES = r"(?:a|ha|vay|ta|nhi|em|anh|chi|co|ban|bac|chu|ad|the|du|dat|duoc)"
_LACKED = re.compile(
    rf"\b{_LACKING} (\d{{1,5}})\b|\b(\d{{1,5}}) \w+ (?:{_LACKING}|(?:khong|chua) (?!{_PARTICLES}\b)\w)"
)


def _share(part: int, total: int) -> Share | None:
    return Share(100 * part / total, part, total) if 0 < part <= total else None


def _is_date(match: re.Match[str]) -> bool:
    """12/10 may be a day; 62/90 cannot. A noun behind it decides."""
    if "/" not in match[0] or match[3] in _COUNTABLE:
        return False
    return int(match[1]) <= 31 and (int(match[2]) <= 12 or 1900 <= int(match[2]) <= 2100)


def pair_in(folded: str) -> Share | None:
    """Two counts of the same thing, the smaller a part of the larger: "200 nha xay thi 194 nha co phep"."""
    matches = (match for match in _COUNTED.finditer(folded) if match[2] not in _NOT_COUNTED)
    found = [(int(match[1]), _SAME.get(match[2], match[2])) for match in matches]
    if len(found) != 2 or found[0][0] == found[1][0]:
        return None
    alike = found[0][1] == found[1][1] or bool(_ANYTHING & {found[0][1], found[1][1]})
    if not alike and not {found[0][1], found[1][1]} <= _ASKED:
        return None
    part, total = sorted(number for number, _ in found)
    return _share(_positive(part, total, folded), total)


def counts_of(folded: str, nouns: frozenset[str]) -> list[int]:
    """Whole numbers in a folded message that count one of the (folded) nouns: "8 cong trinh", "duoc 8 cai"."""
    folded = without_names(folded)
    return [int(match[1]) for match in _counting(nouns).finditer(folded)] or [
        int(match[1]) for match in _HAVING.finditer(folded)
    ]


@lru_cache(maxsize=1024)
def _counting(nouns: frozenset[str]) -> re.Pattern[str]:
    things = _THINGS.union(nouns, *(_ALSO.get(noun, ()) for noun in nouns))
    named = "|".join(sorted(map(re.escape, things), key=len, reverse=True))
    return re.compile(rf"(?<![\w./,])(\d{{1,3}})\s+(?:cai\s+)?(?:{named})\b")


def areas_in(folded: str) -> list[float]:
    """Square metres a head that a folded message names, or that follow from its area and its people."""
    people, whole = _PEOPLE.search(folded), _WHOLE_AREA.search(folded)
    if people and whole:
        return [_thousands(whole[1]) / _thousands(people[1])]
    return [float(match[1].replace(",", ".")) for match in _AREA.finditer(folded)]


def _thousands(number: str) -> float:
    return float(number.replace(".", ""))
