"""Vietnamese text as people type it, brought to forms that can be compared.

Folded text is lower case without diacritics ("Hạn chót" → "han chot"); toned text keeps them, in NFC with
one placement of tones. See `fold` and `toned`.
"""

import re
import unicodedata
from functools import lru_cache

MAX_QUESTION = 500

# Letters that look like đ or that decomposition leaves alone.
_BARRED = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ɖ": "d", "Ɖ": "d"})
_LOOKALIKE = str.maketrans({"ð": "đ", "Ð": "Đ", "ɖ": "đ", "Ɖ": "Đ"})
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-"}
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"\r\n|[\r\u2028\u2029\u0085]")
_EMPTY_LINES = re.compile(r"\n{3,}")

# Numbers that belong together (3.15, 01/10/2024, 0,5), law numbers, then plain words.
_TOKEN = re.compile(r"\d+(?:[./,-]\d+)+|\d+|[^\W\d_]+", re.UNICODE)

_LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# hoà → hòa, thuý → thúy: the tone stands on the first vowel of an open oa, oe, uy.
_OLD_STYLE = re.compile(
    rf"(o)([ae])([{_TONES}])(?![a-zA-Z\u0300-\u036f])|(?<!q)(u)(y)([{_TONES}])(?![a-z\u0300-\u036f])"
)
# … and where it may stand otherwise, in NFC.
_MAYBE_OLD_STYLE = re.compile("o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ]")
# The letters of Vietnamese, which is all that most words have.
_PLAIN = {ord(letter): unicodedata.normalize("NFD", letter)[0] for letter in _LETTERS} | {ord("đ"): "d"}


def clean(text: str, limit: int = MAX_QUESTION) -> str:
    """The text in NFC, without invisible and control characters, spaces collapsed, cut at a limit."""
    text = unicodedata.normalize("NFC", text[: limit * 4]).translate(_LOOKALIKE)
    text = _INVISIBLE.sub("", text.replace("\u00a0", " ").translate(_QUOTES))
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return _SPACE.sub(" ", text).strip()[:limit]


def tidy(text: str, *, lines: bool = False) -> str:
    """The text as it is kept: NFC, white space collapsed, nothing invisible; its quotes and dashes stay.

    With `lines` line breaks stay, at most one empty line in a row.
    """
    text = unicodedata.normalize("NFC", text).translate(_LOOKALIKE)
    text = _LINE_BREAK.sub("\n", text.replace("\u00a0", " ").replace("\u202f", " "))
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in _INVISIBLE.sub("", text))
    # What stood apart may have come together.
    text = unicodedata.normalize("NFC", text)
    if not lines:
        return _SPACE.sub(" ", text).strip()
    return _EMPTY_LINES.sub("\n\n", "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\n"))).strip()


def aligned(text: str) -> str:
    """Folded text in which every letter keeps its place; letters that fold to several stay as they are."""
    return "".join(folded if len(folded := fold(c)) == 1 else c for c in text)


def collapse(text: str) -> str:
    """NFC with white space collapsed and the conversion's emphasis marks removed: how quotes are compared."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).replace("*", "")).strip()


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case without diacritics; đ becomes d. Works the same on NFC and NFD."""
    if text.isascii():
        return text.lower()
    plain = text.lower().translate(_PLAIN)
    if plain.isascii():
        return plain
    bare = unicodedata.normalize("NFD", plain)
    return "".join(c for c in bare if not unicodedata.combining(c)).translate(_BARRED)


@lru_cache(maxsize=20_000)
def toned(text: str) -> str:
    """Lower case in NFC with one placement of tones, so that hoà and hòa are equal."""
    if text.isascii():
        return text.lower()
    lower = text.lower().translate(_LOOKALIKE)
    if unicodedata.is_normalized("NFC", lower) and not _MAYBE_OLD_STYLE.search(lower):
        return lower
    bare = unicodedata.normalize("NFD", lower)
    return unicodedata.normalize("NFC", _OLD_STYLE.sub(_move_tone, bare))


def _move_tone(match: re.Match[str]) -> str:
    first, second, tone = (part for part in match.groups() if part is not None)
    return first + tone + second


def tokens(text: str) -> list[str]:
    """Words and whole numbers of a text, as typed."""
    return _TOKEN.findall(text)


def folded_words(text: str) -> tuple[str, ...]:
    """Folded words and numbers of a text."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_PLAIN)
    return tuple(token if token.isascii() else fold(token) for token in tokens(plain))
