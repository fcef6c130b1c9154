"""The items of a form as people name them in one message: "3.5 3.9", "3.5: thiếu biên bản", "cả bài"."""

import re
from dataclasses import dataclass

from handlers.commands import folded
from handlers.drafts import Draft
from knowledge.forms import Field
from knowledge.steps import asked

# The path of the whole submission, and the words for it.
WHOLE = ""
_WHOLE = frozenset({"ca bai", "toan bai", "tat ca", "het", "all"})
_BEGINS = re.compile(
    r"\s*(?:(?:mục|muc|tiêu chí|tieu chi|câu|cau|số|so|và|va)\s+)*([\w.()/-]+)(?:\s*[,;]\s*|\s+|(?=:)|$)", re.IGNORECASE
)
_NUMBER = re.compile(r"[\d.]*\d\.?")


@dataclass(frozen=True, slots=True)
class Named:
    """Paths of items, what was typed behind them, numbers that no item has, and numbers that several have."""

    paths: tuple[str, ...]
    rest: str = ""
    missing: tuple[str, ...] = ()
    several: tuple[str, ...] = ()

    @property
    def unclear(self) -> bool:
        """Whether a number did not name one item."""
        return bool(self.missing or self.several)


def items(draft: Draft) -> list[Field]:
    """What can be named: all that this unit is asked."""
    return asked(draft.form, draft.owner, draft.answers)


def named(draft: Draft, text: str) -> Named | None:
    """The items with which a text begins; None where it begins with none."""
    fields = items(draft)
    if folded(text) in _WHOLE:
        return Named((WHOLE,))
    paths: list[str] = []
    missing: list[str] = []
    several: list[str] = []
    first, rest = "", text.strip()
    while match := _BEGINS.match(rest):
        word = match[1].rstrip(".:")
        found = _matching(fields, word)
        if not found and not _NUMBER.fullmatch(match[1]):
            break
        # "3.5 2 hộ chưa ký": the 2 counts households.
        if first and ("." in word) != ("." in first):
            break
        first = first or word
        if len(found) == 1:
            paths.append(found[0].id)
        else:
            (several if found else missing).append(word)
        rest = rest[match.end() :]
    rest = rest.strip(" :,;-–")
    if not (paths or missing or several):
        return None
    return Named(tuple(dict.fromkeys(paths)), rest, tuple(missing), tuple(several))


def number_of(draft: Draft, field: Field) -> str:
    """What people type for an item: its number, else its place in the form."""
    fields = items(draft)
    return field.number or (str(fields.index(field) + 1) if field in fields else field.id)


def _matching(fields: list[Field], word: str) -> list[Field]:
    exact = [field for field in fields if field.number.casefold() == word.casefold()]
    if exact:
        return exact
    begun = [field for field in fields if field.number.split(" (")[0] == word]
    if begun:
        return begun
    place = int(word) - 1 if word.isascii() and word.isdigit() and len(word) < 4 else -1
    return [fields[place]] if 0 <= place < len(fields) and not fields[place].number else []
