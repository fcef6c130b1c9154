"""What is measured or counted in a question, and whose name is asked for: whether an entry gives just that."""

import re
from collections.abc import Sequence

from knowledge.folding import fold
from knowledge.model import Entry
from knowledge.reading import Reading
from knowledge.spelling import Word

# What is measured, with the attribute that a text lacks which never names the measure.
_MEASURES = {
    **dict.fromkeys(("ngay", "tuan", "thang", "gio", "buoi", "tieng", "tiet"), "duration"),
    **dict.fromkeys(("met", "tang"), "size"),
    **dict.fromkeys(("sao", "trang", "lop"), "quantity"),
}
_MEASURED = re.compile(rf"\b(?:bao nhieu|may|nhieu) ({'|'.join(_MEASURES)})\b(?! nay| qua| truoc| roi| lien| nua)")
_YES_OR_NO = re.compile(r"\b(?:co|duoc|phai|dung) .*\bkhong\b")
_HOW_LONG = re.compile(r"\bbao (?:nhieu )?lau\b(?! nua)|\bhow long\b")


def missing_measure(entry: Entry, reading: Reading) -> str:
    """The attribute that is asked for by a measure which the entry nowhere names: "mấy mét", "bao lâu"; or empty."""
    if reading.asks("late") or reading.earlier:
        return ""
    if _asked(_HOW_LONG, reading):
        timed = entry.deadlines or (entry.award and entry.award.tenure_months) or entry.kind == "period"
        return "" if timed or any(row.unit in ("năm", "tháng") for row in entry.quantities) else "duration"
    counted = _asked(_COUNTED, reading)
    if counted and not _counts(entry, counted):
        return "quantity"
    if _asked(_HAVING, reading) and not (_counts(entry, "") or entry.title.startswith(_LISTING)):
        return "quantity"
    existing = _asked(_EXISTING, reading)
    if existing and not _numbers(entry, existing):
        return "quantity"
    measure = _asked(_MEASURED, reading)
    if not measure or _given(entry, _MEASURES[measure]):
        return ""
    said = fold(f"{entry.quote} {' '.join(entry.items)}").split()
    return "" if measure in said else _MEASURES[measure]


# A number of something is wanted: "mấy kỳ một tháng".
_COUNTED = re.compile(
    r"\b(?:bao nhieu|may) (?:dieu(?! kien| khong)|ky(?! ngay| ten| hoi)|bo(?! phan)|thanh vien|dot|khoa|chuong)\b"
)


# How many there are of something, where an entry has no number and is no list.
_HAVING = re.compile(
    r"\bco (?:bao nhieu|may) (?:can bo|cong chuc|nhan vien|dang vien|tuyen duong|doi|chi bo|nha van hoa)\b"
)
_LISTING = ("các ", "những ", "hai ", "ba ", "bốn ", "năm ", "mười ", "04 ")


def _given(entry: Entry, attribute: str) -> bool:
    if attribute == "size":
        return any(row.unit.startswith("m") for row in entry.quantities)
    return attribute == "quantity" and bool(entry.quantities)


# How many there are of what a list or a quota only names: "chia mấy khối thi đua", "có mấy chi bộ cơ sở".
_EXISTING = re.compile(
    r"\b(?:co|gom|chia|thanh|lam|can|khen|lap|gan|mua|trong|cho) (?:tat ca |ca thay |duoc )?(?:bao nhieu|may) "
    r"(sang kien|loai|mau|cay giong|camera|binh chua chay|doanh nghiep|khoi thi dua|chi bo|truong(?! hop)|can bo"
    r"|hoi vien|dai bieu|ban)\b"
    r"|\b(?:hoi dong|ban|khoi|doi|to cong tac|to tu quan)\b.{0,40}\b(?:co|gom) (?:may|bao nhieu) (nguoi)\b"
)


def _numbers(entry: Entry, noun: str) -> bool:
    """Whether an entry has a number of just this: in its words, or as the unit of a row."""
    if entry.kind == "gap" or any(noun in fold(row.unit) for row in entry.quantities):
        return True
    return bool(re.search(rf"\d+ (?:\w+ )?{noun}\b", fold(entry.quote)))


def _counts(entry: Entry, noun: str) -> bool:
    """Whether an entry has numbers of its own, or one before a noun."""
    if entry.quantities or entry.items or entry.kind == "gap":
        return True
    return bool(re.search(rf"\d (?:\w+ )?{noun}\b", fold(entry.quote)))


def _asked(measure: re.Pattern[str], reading: Reading) -> str:
    """The last word of what is measured; empty where it is told in a story: "nghỉ mấy tháng … có được khen không"."""
    found = measure.search(reading.folded)
    if found is None or _YES_OR_NO.search(reading.folded, found.end()):
        return ""
    return found[1] or found[2] if found.re is _EXISTING else found[0].split()[-1]


# Offices of which a paper may name one holder and not another.
_OFFICE = re.compile(r"\b(?:pho )?(?:chu tich|bi thu|truong ban|truong phong|giam doc|to truong|truong thon)\b")


def same_office(entry: Entry, reading: Reading) -> bool:
    """Whether an entry that names people names one in the office that is asked for; true where none is."""
    asked = set(_OFFICE.findall(" ".join(word.folded for word in reading.words)))
    return not asked or bool(asked & set(_OFFICE.findall(fold(f"{entry.quote} {entry.title}"))))


# Words behind "mấy" that count nothing: whom one talks of, what was said before, and ways to end a question.
_UNCOUNTED = frozenset(
    {
        *("anh", "ay", "ba", "bac", "bua", "cac", "cai", "chau", "chi", "chu", "chuc", "co", "con", "cu", "cua"),
        *("cung", "de", "deu", "dieu", "do", "dua", "em", "hay", "hoac", "hom", "kia", "la", "lien", "ma", "moi"),
        *("muoi", "nay", "ngan", "nguoi", "nhe", "nhi", "nua", "o", "ong", "roi", "thang", "thay", "theo", "thi"),
        *("thoi", "tram", "trieu", "trong", "va", "vay", "vi", "voi"),
    }
)
# Words before "mấy" that ask for a number; elsewhere it means several: "mấy nhà cuối xóm".
_ASKS_NUMBER = frozenset(
    {
        *("bang", "bi", "can", "chia", "cho", "chon", "co", "cu", "cung", "da", "dat", "du", "duoc", "gan"),
        *("gom", "gui", "het", "it", "khong", "la", "lap", "lay", "mat", "mo", "moi", "mua", "nhan", "nhat"),
        *("nop", "phai", "phat", "ra", "thanh", "them", "thieu", "toi", "trang", "trong", "xay"),
    }
)
# Words that may name what is counted: "mấy bản giấy".
_NOUN = 2


def counted(reading: Reading) -> list[Sequence[Word]]:
    """The words behind each "mấy" and "bao nhiêu" of a question that name what is to be counted."""
    if reading.english or reading.earlier:
        return []
    words = reading.words
    found: list[Sequence[Word]] = []
    for place, word in enumerate(words):
        before = words[place - 1].folded if place else ""
        several = word.toned in ("mấy", "may") and before in _ASKS_NUMBER
        if several or (word.folded == "nhieu" and before == "bao"):
            noun = words[place + 1 : place + 1 + _NOUN]
            if noun and noun[0].folded not in _UNCOUNTED:
                found.append(noun)
    return found
