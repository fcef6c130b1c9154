"""Plain text at the edge: what may come in, and how long a text is for a platform."""

import re
import unicodedata

# Telegram's limit for one message, so that every channel takes as much.
MAX_TEXT = 4096
MAX_NAME = 64
MAX_FILE_NAME = 100

_JOINER = "\u200d"
# NUL and lone surrogates are refused by PostgreSQL; no keyboard types the other controls.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Return what a person typed without what no database takes, at most `limit` code points."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= limit else text[: between_letters(text, limit)]


def one_line(text: str, limit: int) -> str:
    """Return a text on one line, at most `limit` UTF-16 units; a cut ends in an ellipsis."""
    text = " ".join(_UNWANTED.sub("", text).split())
    if utf16(text) <= limit:
        return text
    end = between_letters(text, reach(text, 0, limit - 1))
    space = text.rfind(" ", end // 2, end + 1)
    return text[: space if space > 0 else end].rstrip(" ,;:-–") + "…"


def file_name(name: str) -> str:
    """Return the name of a file as every system takes it: one line, no folders, short, its ending kept."""
    stem, dot, ending = one_line(re.sub(r'[\\/:*?"<>|]+', "_", name), 1000).rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) <= 10 else (stem + dot + ending, "")
    return (stem[: MAX_FILE_NAME - len(ending)].strip(" .") or "tep") + ending


def utf16(text: str) -> int:
    """Return the length in UTF-16 units, in which Telegram and Zalo count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def reach(text: str, start: int, limit: int) -> int:
    """Return the furthest end for which `text[start:end]` has at most `limit` UTF-16 units."""
    end = min(len(text), start + limit)
    while (over := utf16(text[start:end]) - limit) > 0:
        # A letter takes two units at most, so this never steps back too far.
        end -= (over + 1) // 2
    return end


def between_letters(text: str, end: int, start: int = 0) -> int:
    """Return `end`, or a little before it, so that no accent is torn from its letter."""
    place = end
    while start < place < len(text) and _continues(text, place):
        place -= 1
    # A text of nothing but accents has no border: then any place serves.
    return place if place > start else end


def _continues(text: str, place: int) -> bool:
    here = text[place]
    return (
        unicodedata.combining(here) > 0 or here == _JOINER or "\ufe00" <= here <= "\ufe0f" or text[place - 1] == _JOINER
    )
