"""Numbers in words before what they count, written with digits: "bảy công trình" as "7 cong trinh"."""

from collections.abc import Sequence

from knowledge.folding import fold
from knowledge.spelling import Word
from knowledge.spoken import WORDS, spoken

# How the words of numbers are typed with their tones; "nam" alone may be a year or the south, "sau" a time.
_TYPED = frozenset(
    [
        *("một", "mốt", "hai", "ba", "bốn", "tư", "năm", "lăm", "nhăm", "sáu", "bảy", "bẩy", "tám", "chín"),
        *("mười", "mươi", "trăm", "linh", "lẻ", "nghìn", "ngàn", "rưỡi"),
    ]
)
# First words of what is counted; days and months stand in dates.
_NOUNS = (
    *("công", "mô", "chỉ", "suất", "khu", "tuyến", "cái", "hộ", "nhà", "gia", "người", "học", "em", "cháu", "đứa"),
    *("phần", "năm"),
)
_COUNTED = frozenset(map(fold, _NOUNS))
_UNSURE = frozenset({"nam", "sau", "tu"})
# Behind these "năm" is five and no year: "được năm công trình", "mỗi năm phường…".
_HAVING = frozenset({"co", "duoc", "ky", "lam", "con", "thieu", "them", "gom", "xong", "chon", "du"})


def with_digits(words: Sequence[Word]) -> str:
    """The words folded, with a space between; numbers in words have digits where something counted follows."""
    folded = [word.folded for word in words]
    toned = any(word.accented for word in words)
    text: list[str] = []
    place = 0
    while place < len(words):
        used = _number(words, folded, place, toned)
        number = spoken(folded[place : place + used]) if used else None
        if number and number[1] == used and number[0].denominator == 1:
            text.append(str(number[0]))
            place += used
        else:
            text.append(folded[place])
            place += 1
    return " ".join(text)


def _number(words: Sequence[Word], folded: Sequence[str], place: int, toned: bool) -> int:
    """How many words from a place are a number that counts what follows; 0: none."""
    before = folded[place - 1] if place else ""
    if before == "phan" or (folded[place] == "nam" and before not in _HAVING):
        return 0
    end = place
    while end < len(words) and folded[end] in WORDS and (not toned or words[end].toned in _TYPED):
        end += 1
    if end - place > 1 and folded[end - 1] == "nam" and not (end < len(folded) and folded[end] in _COUNTED):
        # "Ba năm nữa": the last one is what is counted.
        end -= 1
    follows = folded[end] if end < len(folded) else ""
    alone = end - place == 1 and folded[place] in _UNSURE and not toned
    return end - place if end > place and follows in _COUNTED and not alone else 0
