"""One cell of a table of units: what it says, or what is wrong with it and what to do."""

import re
from datetime import date

from knowledge.folding import folded_words
from knowledge.roster_table import short
from knowledge.unit_kinds import UNIT_KINDS, meant_kinds, read_roster_words

LONGEST_CODE = 24
LONGEST_NAME = 120
LONGEST_ATTRIBUTE = 40
MOST_ATTRIBUTES = 20
MOST_HOUSEHOLDS = 100_000
YEARS = range(1945, 2201)
# Stands for "none of these" where people choose a unit.
RESERVED = "khong"

_CODE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST_CODE - 1}}}", re.ASCII)
_COUNT = re.compile(r"\d{1,6}|\d{1,3}(?:\.\d{3})+", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)

_WORDS = read_roster_words()
_ATTRIBUTES = {folded_words(word): name for name, words in _WORDS["attributes"].items() for word in (name, *words)}
_ANSWERS = {word: answer for answer, words in _WORDS["answers"].items() for word in words}


class BadCell(Exception):
    """A cell that cannot be taken: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def read_code(text: str) -> str:
    """The code of a unit. Raises `BadCell`."""
    if not text:
        raise BadCell("thiếu mã", "ghi một mã ngắn không dấu, ví dụ tdp-05")
    if not _CODE.fullmatch(text) or text.casefold() == RESERVED:
        remedy = f"dùng chữ không dấu, số, gạch ngang; nhiều nhất {LONGEST_CODE} ký tự, ví dụ tdp-05"
        raise BadCell(f"mã “{short(text)}” không dùng được", remedy)
    return text


def read_name(text: str) -> str:
    """The name of a unit. Raises `BadCell`."""
    name = " ".join(text.split())
    if not name:
        raise BadCell("thiếu tên", "ghi tên đơn vị")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadCell(f"tên “{short(name)}” không dùng được", f"ghi nhiều nhất {LONGEST_NAME} chữ, trên một dòng")
    return name


def read_kind(text: str, name: str) -> str:
    """The kind of a unit, in the documents' words. Raises `BadCell`, also for what is no unit of its own."""
    words = " ".join(f"{text} {name}".casefold().split())
    for refused in _WORDS["refused"]:
        if any(re.search(rf"\b{re.escape(word)}\b", words) for word in refused["words"]):
            raise BadCell(refused["reason"], refused["remedy"])
    kinds = [kind.name for kind in meant_kinds(text)] if len(text) <= LONGEST_NAME else []
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        raise BadCell(f"loại “{short(text)}” có thể là {' hoặc '.join(kinds)}", "ghi đủ dấu")
    what = f"loại “{short(text)}” chưa có" if text else "thiếu loại"
    raise BadCell(what, f"ghi một trong: {'; '.join(UNIT_KINDS)}")


def read_count(text: str) -> int | None:
    """The number of households; None where the cell is empty. Raises `BadCell`."""
    if not text:
        return None
    number = int(text.replace(".", "")) if _COUNT.fullmatch(text) else -1
    if not 0 <= number <= MOST_HOUSEHOLDS:
        raise BadCell(f"số hộ “{short(text)}” không phải là số hộ", "ghi một số nguyên, ví dụ 120")
    return number


def read_attributes(text: str) -> dict[str, bool]:
    """The attributes that are known: "nông nghiệp=có; nông thôn mới=không". Raises `BadCell`."""
    found: dict[str, bool] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[;,|\n]", text))):
        name, mark, answer = (piece.strip() for piece in part.partition("="))
        known = _ANSWERS.get(answer.casefold())
        words = folded_words(name)
        if not mark or not known or not words or len(name) > LONGEST_ATTRIBUTE or not name.isprintable():
            raise BadCell(f"đặc điểm “{short(part)}” chưa rõ", "ghi như: nông nghiệp=có; nông thôn mới=không")
        full = _ATTRIBUTES.get(words, name)
        if full in found:
            raise BadCell(f"đặc điểm “{full}” có hai lần", "bỏ một lần")
        if known != "unknown":
            found[full] = known == "yes"
    if len(found) > MOST_ATTRIBUTES:
        raise BadCell(f"có {len(found)} đặc điểm", f"ghi nhiều nhất {MOST_ATTRIBUTES}")
    return found


def read_day(text: str) -> date | None:
    """A day as 2026-03-01 or 01/3/2026; None where the cell is empty. Raises `BadCell`."""
    if not text:
        return None
    iso, usual = _ISO_DAY.fullmatch(text), _DAY.fullmatch(text)
    if iso is None and usual is None:
        raise BadCell(f"“{short(text)}” chưa phải là ngày", "ghi như 01/3/2026")
    year, month, day = map(int, iso.groups() if iso else reversed(usual.groups() if usual else ()))
    try:
        found = date(year, month, day)
    except ValueError:
        raise BadCell(f"ngày “{short(text)}” không có trong lịch", "xem lại ngày ấy") from None
    if found.year not in YEARS:
        raise BadCell(f"năm {found.year} không dùng được", f"ghi năm từ {YEARS[0]} đến {YEARS[-1]}")
    return found
