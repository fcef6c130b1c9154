"""The pieces of a message that ticks several rows: rows, columns, numbers, "all", "except", and what is neither.

All of it reads aligned text: lower case, no diacritics, every letter in its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.forms import Field
from knowledge.tick_rows import Rows, counted
from knowledge.tick_words import TICKS, Sense, Tick

MarkKind = Literal[
    "row",
    "tick",
    "all",
    "none",
    "except",
    "share",
    "count",
    "percent",
    "break",
    "comma",
    "dash",
    "word",
    "polite",
]


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of a message and where it stands."""

    kind: MarkKind
    start: int
    end: int
    # Of a row: those that it may mean.
    rows: tuple[Field, ...] = ()
    # Of a tick, of "all".
    tick: Tick | None = None
    sense: Sense = "plain"
    # Of "all": it means every row, even behind the names of some.
    every: bool = False
    # Of a share: part and whole; of a count: the count; of "cả 3": how many rows.
    numbers: tuple[int, ...] = ()
    # Of a count: what is counted, folded.
    unit: str = ""


# Ticks in one row that are something else among several: "ý 3", "hẻm 5", "dạ", "dùng".
_LONE = frozenset(re.split(r"\|", "y|da|da roi|u|uh|um|vang|roi|dung|hong|hok|khum|hem|-|–|—"))
_POLITE = frozenset(
    re.findall(
        r"\w+",
        "a ah da nhe nha em anh chi thi la deu vang thoi roi muc tieu chuan cau so dong y cai dieu hang va voi con"
        " luon thua tu rieng nay cac ra xin bao cao cung and is are",
    )
)
_TICK = "|".join(sorted((re.escape(word) for word in TICKS if word not in _LONE), key=len, reverse=True))
_LIST = r"(?:cac |nhung )?(?:muc|tieu chi|dong|cau|y|cai|hang|thu)"
_ENGLISH_EVERY = r"(?:all )?the (?:rest|others)|(?:all )?others|rest|everything else|all(?: of them)?"
_EVERY = (
    rf"(?:tat ca|toan bo|het thay)(?: {_LIST})?(?: con lai)?|(?:so |phan )?con lai|{_LIST} (?:con lai|khac|kia)"
    rf"|{_ENGLISH_EVERY}"
)
_MANY = {"hai": 2, "ba": 3, "bon": 4, "nam": 5}
_WHOLE = r"\d{1,3}(?:\.\d{3})+|\d{1,9}"
_WRITTEN: tuple[tuple[MarkKind, str], ...] = (
    ("all", rf"(?P<every>{_EVERY})(?: deu| la| thi| is| are)*[\s:]+(?P<tick>{_TICK})(?![a-z])(?: het| ca)?(?![a-z])"),
    ("all", rf"(?P<tick>{_TICK})(?: duoc)? (?P<every>(?:tat ca|toan bo)(?: {_LIST})?)(?![a-z])"),
    ("all", rf"(?P<tick>{_TICK})(?: roi)? (?:het|ca)(?: roi)?(?![a-z])"),
    ("all", rf"deu (?P<tick>{_TICK})(?![a-z])(?: het| ca)?(?![a-z])"),
    ("all", rf"ca (?P<many>\d{{1,2}}|hai|ba|bon|nam)(?: {_LIST})?(?: deu| la)* (?P<tick>{_TICK})(?![a-z])"),
    (
        "none",
        r"(?:(?:khong|ko|k|chua)(?: co)?(?: (?:cai|muc|truong hop|dieu|dong|tieu chi))? (?:nao|gi)(?: ca| het)?"
        r"|none(?: of them)?)(?![a-z])",
    ),
    ("except", r"(?:ngoai tru|loai tru|tru ra|tru|except)(?![a-z])"),
    (
        "share",
        rf"(?P<part>{_WHOLE})\s*(?:/|(?:tren|trong)(?: tong)?(?: so)?|of)\s*(?P<whole>{_WHOLE})"
        r"(?![\d/.,]*\d)(?: (?:ho|nguoi|nha|chau|em)(?![a-z]))?",
    ),
    ("percent", r"\d+(?:[.,]\d+)?\s*(?:%|phan tram(?![a-z]))"),
    ("tick", rf"(?P<tick>{_TICK}|(?<=\d)y)(?![a-z])"),
    ("break", r"[;\n]|[.!?](?=\s|$)"),
    ("comma", r","),
    ("dash", r"(?:-+>?|[–—→]|(?:den|toi)(?=\s+\d))"),
    ("polite", r"[\s:=()|>]+"),
    ("word", r"[a-z]+|[\d.,/%]+|."),
)
_SHAPES = tuple((kind, re.compile(pattern)) for kind, pattern in _WRITTEN)


def marks_in(text: str, rows: Rows) -> Iterator[Mark]:
    """The pieces of an aligned text in order, without those that are only polite."""
    units = counted(rows.fields)
    place = 0
    while place < len(text):
        mark = _count(text, place, units) or _worded(text, place, numbers=True) or _row(text, place, rows)
        mark = mark or _worded(text, place, numbers=False) or Mark("word", place, place + 1)
        if mark.kind != "polite":
            yield mark
        # "1. có": the point belongs to the number.
        place = mark.end + (mark.kind == "row" and text[mark.end : mark.end + 1] == ".")


def _count(text: str, place: int, units: dict[str, str]) -> Mark | None:
    """ "3 mô hình", where a row counts these."""
    match = re.compile(r"(\d{1,9}) ([a-z]+(?: [a-z]+)*)").match(text, place)
    if not match or _glued(text, place):
        return None
    said = max((unit for unit in units if re.match(rf"{re.escape(unit)}(?![a-z])", match[2])), key=len, default="")
    return (
        Mark("count", place, match.start(2) + len(said), numbers=(int(match[1]),), unit=units[said]) if said else None
    )


def _row(text: str, place: int, rows: Rows) -> Mark | None:
    found = None if _glued(text, place) else rows.at(text, place)
    return Mark("row", place, found[0], rows=found[1]) if found else None


def _glued(text: str, place: int) -> bool:
    """Whether a number at a place is the rest of another one."""
    return bool(re.search(r"\d[./]?$|/$", text[max(0, place - 2) : place]))


def _worded(text: str, place: int, *, numbers: bool) -> Mark | None:
    inside = place > 0 and text[place - 1].isalpha() and text[place].isalpha()
    for kind, pattern in _SHAPES:
        match = pattern.match(text, place)
        if not match or numbers != (kind in ("share", "percent")) or (inside and kind != "word"):
            continue
        if numbers:
            counts = [int(found.replace(".", "")) for found in match.groupdict().values() if found]
            return None if _glued(text, place) else Mark(kind, place, match.end(), numbers=tuple(counts))
        if kind == "word" and match[0] in _POLITE:
            return Mark("polite", place, match.end())
        return _ticked(kind, match) if "tick" in pattern.groupindex else Mark(kind, place, match.end())
    return None


def _ticked(kind: MarkKind, match: re.Match[str]) -> Mark:
    groups = match.groupdict()
    tick, sense = TICKS[groups["tick"]]
    if kind == "all" and tick == "no" and match.start("tick") == match.start():
        # "không hết", "chưa có tất cả": nobody knows which.
        return Mark("word", match.start(), match.end())
    many = groups.get("many")
    numbers = (_MANY.get(many) or int(many),) if many else ()
    every = bool(groups.get("every") or many)
    return Mark(kind, match.start(), match.end(), tick=tick, sense=sense, every=every, numbers=numbers)
