"""Codes that give something once: made, written for people, read back, and hashed. Only hashes are kept."""

import hashlib
import re
from collections.abc import Callable
from typing import Literal

from knowledge.folding import folded_words

Purpose = Literal["invitation", "link"]

# Letters of a code, of 31 that do not look alike. An invitation lives for days: 31**12 are 60 bits. A linking
# code lives for minutes, so 31**9 is enough: a million guesses hit one of a hundred live codes once in 250,000
# such attacks, and ten wrong ones lock a sender out. The lengths tell them apart.
LENGTH: dict[Purpose, int] = {"invitation": 12, "link": 9}
GROUP: dict[Purpose, int] = {"invitation": 4, "link": 3}
# Ten wrong codes within an hour lock the sender out for an hour (`Roles.locked_until`).
MOST_WRONG = 10

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_SHAPE = re.compile(rf"[{_LETTERS}]+")
_BETWEEN = re.compile(r"[\s.·–—-]+")
# "mã mời K7MR-…", "code: …"; the rest is the code.
_SAID = re.compile(r"\s*(?:m[ãa]\s+(?:m[ờo]i|li[êe]n\s+k[ếe]t)|m[ãa]|invite|invitation|link|code|\s|:)+", re.IGNORECASE)


def fresh(purpose: Purpose, letters: Callable[[], str]) -> str:
    """A new code from a source of letters; it has letters and digits, so that no word and no number is one."""
    code = ""
    while not _mixed(code):
        code = ""
        while len(code) < LENGTH[purpose]:
            code += letters()
        code = code[: LENGTH[purpose]]
    return code


def written(code: str) -> str:
    """A code in groups, as people read it out: "K7MR-3XPQ-9TWA"."""
    size = next(GROUP[purpose] for purpose, length in LENGTH.items() if length == len(code))
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def digest(purpose: Purpose, code: str) -> str:
    """What is kept of a code, as hexadecimal SHA-256."""
    return hashlib.sha256(f"banpho {purpose} {code}".encode()).hexdigest()


def read(purpose: Purpose, text: str) -> str:
    """The code that a text is, in capitals without hyphens; empty where it is none of this purpose."""
    bare = text.strip().upper()
    if len(bare) > 60:
        return ""
    code = _BETWEEN.sub("", bare)
    fits = len(code) == LENGTH[purpose] and _SHAPE.fullmatch(code) and _mixed(code)
    return code if fits else ""
