"""A text as SMS: letters without marks, in messages of 160 characters (GSM 03.38 default alphabet)."""

import unicodedata
from collections.abc import Iterator

LONGEST = 160
# What counts twice in the alphabet, or is not in it.
_INSTEAD = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "`": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "\\": "/",
        "^": "",
        "~": "-",
        "|": "/",
        "€": "EUR",
    }
)


def unmarked(text: str) -> str:
    """The text in ASCII on one line, its capitals kept; what has no ASCII is left out."""
    apart = unicodedata.normalize("NFKD", text.translate(_INSTEAD))
    plain = "".join(
        sign for sign in apart.translate(_INSTEAD) if sign.isascii() and (sign.isprintable() or sign == "\n")
    )
    return " ".join(plain.split())


def sms_parts(text: str) -> list[str]:
    """The messages, each at most 160 characters; of several each begins with its number: "1/3 "."""
    whole = unmarked("\n".join(_ended(text)))
    if len(whole) <= LONGEST:
        return [whole] if whole else []
    # The number grows by a digit with ten parts, and again with a hundred.
    for digits in (1, 2, 3):
        pieces = _cut(whole, LONGEST - 2 * digits - 2)
        if len(pieces) < 10**digits:
            return [f"{place}/{len(pieces)} {piece}" for place, piece in enumerate(pieces, 1)]
    raise ValueError("too long for SMS")


def _ended(text: str) -> Iterator[str]:
    """The lines, each with a sign at its end where another follows: on one line they would run together."""
    lines = [line.rstrip() for line in text.splitlines() if unmarked(line)]
    for place, line in enumerate(lines, 1):
        yield line if place == len(lines) or not line[-1].isalnum() else f"{line}."


def _cut(text: str, room: int) -> list[str]:
    pieces = []
    while len(text) > room:
        end = _border(text, room)
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*pieces, text] if text else pieces


def _border(text: str, room: int) -> int:
    """Where a part ends: between words, and not within a telephone number, if any other place is near."""
    last = end = text.rfind(" ", 0, room + 1)
    while end > room // 2 and text[end - 1].isdigit() and text[end + 1 : end + 2].isdigit():
        end = text.rfind(" ", 0, end)
    if end > room // 2:
        return end
    return last if last > 0 else room
