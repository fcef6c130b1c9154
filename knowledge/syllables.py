"""Which letter strings can be a Vietnamese syllable once diacritics are gone.

Spelling is only corrected in strings that cannot be one: a legal syllable that the documents do not know
is a word about something else, not a slip.
"""

from functools import cache

_ONSETS = (
    "", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph",
    "q", "qu", "r", "s", "t", "th", "tr", "v", "x",
)  # fmt: skip
_OPEN = (
    "a", "e", "i", "o", "u", "y", "ai", "ao", "au", "ay", "eo", "eu", "ia", "iu", "oa", "oai", "oao", "oay",
    "oe", "oeo", "oi", "ua", "uay", "ue", "ui", "uu", "uy", "uya", "uyu", "uoi", "uou", "ieu", "yeu", "ya", "uo",
)  # fmt: skip
_CLOSED = ("a", "e", "i", "o", "u", "y", "oa", "oe", "ie", "ye", "ua", "ue", "uo", "uy", "uye", "oo")
_CODAS = ("c", "ch", "m", "n", "ng", "nh", "p", "t")


@cache
def legal_syllables() -> frozenset[str]:
    """Every folded string that onset × nucleus × coda can make: about 4,500."""
    rhymes = [*_OPEN, *(vowel + coda for vowel in _CLOSED for coda in _CODAS)]
    return frozenset(onset + rhyme for onset in _ONSETS for rhyme in rhymes)


def is_legal(folded: str) -> bool:
    """Whether a folded word could be a Vietnamese syllable."""
    return folded in legal_syllables()
