"""What people write for Có, Không and Không áp dụng, with and without diacritics, and what it means for a row."""

import re
from typing import Literal

from knowledge.bad_answers import BadAnswer
from knowledge.folding import aligned, fold, tidy
from knowledge.forms import Field

LONGEST = 120
Tick = Literal["yes", "no", "na"]
# plain: the column itself; verdict: whether the row is fulfilled, which is the other column of a row that must not
# happen; existence: "không có", which is said to "không có hộ nghèo" as well as of it.
Sense = Literal["plain", "verdict", "existence"]

_SAID: tuple[tuple[Tick, Sense, str], ...] = (
    ("yes", "plain", "co|c|x|v|y|yes|da co|✓|✔|☑|✅|dung|vang|da|u|uh|um|roi|da roi|phai|co bi"),
    (
        "no",
        "plain",
        "khong|ko|k|kg|kh|hk|hok|hong|khum|hem|chua|n|no|not yet|chua roi|khong phai|ko phai|khong bi|ko bi|✗|✘|❌",
    ),
    (
        "na",
        "plain",
        "khong ap dung|ko ap dung|k ap dung|kg ap dung|khong ad|kad|n.a.|n.a|na|n/a|khong thuoc dien|not applicable"
        "|-|–|—",
    ),
    ("yes", "verdict", "dat|da dat|ok|oke|oki|okay|okie|da lam|xong|da xong|hoan thanh|da hoan thanh|tot"),
    (
        "no",
        "verdict",
        "khong dat|ko dat|k dat|kg dat|chua dat|kd|chua xong|chua lam|chua hoan thanh|chua tot|khong tot",
    ),
    ("no", "existence", "khong co|ko co|k co|kg co|chua co|khong co ai|khong co gi|khong ai"),
)
TICKS: dict[str, tuple[Tick, Sense]] = {
    word: (tick, sense) for tick, sense, words in _SAID for word in words.split("|")
}
# Politeness around an answer.
_BEFORE = re.compile(
    r"(?:(?:da|thua|em|anh|chi|toi|minh|chon|ghi|la|thi|deu|vang|muc nay|y nay|cai nay|cau nay)[\s,:]+)+"
)
_BEHIND = re.compile(r"(?:[\s,.]+(?:a|ah|nhe|nha|roi|em|anh|chi|het|het roi|day|thoi|vay))+$|[\s.]+$")
_NEGATIVE = re.compile(r"\bkhong\b|\bchua\b")


def tick_in(field: Field, text: str) -> Tick:
    """The tick that an answer to one row means. Raises `BadAnswer`."""
    said = meaning(text)
    if said is None:
        raise BadAnswer("no_tick", text)
    return tick_of(field, *said, text)


def meaning(text: str) -> tuple[Tick, Sense] | None:
    """Which column an answer names and in which sense; None where it names none."""
    if len(text) > LONGEST:
        return None
    folded = aligned(tidy(text))
    for form in (folded, _BEHIND.sub("", folded)):
        for words in (form, _BEFORE.sub("", form, count=1)):
            if words in TICKS:
                return TICKS[words]
    return None


def tick_of(field: Field, tick: Tick, sense: Sense, text: str) -> Tick:
    """The tick for a row. Raises `BadAnswer` where the words may mean either column of this one."""
    if tick == "na" and field.kind != "yes_no_na":
        raise BadAnswer("no_na", text)
    if sense == "verdict" and field.bad == "yes":
        raise BadAnswer("which_tick", text)
    if sense == "existence" and field.bad != "yes" and _NEGATIVE.search(fold(f"{field.prompt} {field.short}")):
        raise BadAnswer("which_tick", text)
    return tick
