"""From what was typed to the words that were meant.

Each chunk of a message is tried in a fixed order and the first reading that fits is kept: teencode, a word of
the documents, an abbreviation, English, Telex or VNI keystrokes, one wrong letter, a missing space. A chunk that
could be a Vietnamese syllable is never "corrected": it is a word about something else.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.english import is_english, stems
from knowledge.folding import fold, toned
from knowledge.lexicon import Lexicon
from knowledge.syllables import is_legal

_CHUNK = re.compile(r"[^\W\d_]+(?=\d{1,2}\.\d{1,2}\b)|\d+(?:[./,-]\d+)+|\d+(?=%|[^\W\d_]|\b)|[^\W_]+|%")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d{1,4})$")
_NUMBER = re.compile(r"\d+(?:[./,-]\d+)*$")
_TELEX_DOUBLES = (("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"))
_TELEX_TONE = re.compile(r"[sfrxj](?=(?:c|ch|m|n|ng|nh|p|t)?$)")
_PLAN_NUMBER = re.compile(r"(?:\bKH\s+)?\b(\d{1,3})\s*[-/]\s*KH\s*[-/]\s*(\w+)", re.IGNORECASE)
# Short names that people write together with a number: tdp5, q3, ct40.
_NUMBERED = frozenset(
    [
        *("tdp", "tđp", "q", "p", "ct", "kh", "to", "tổ", "thon", "thôn", "khu", "tc", "tieuchi", "quan", "quận"),
        *("phuong", "phường", "nq", "qd", "qđ", "k", "kp"),
    ]
)
_BEFORE_NUMBER = {
    "kh": "kế hoạch",
    "ct": "chỉ thị",
    "nq": "nghị quyết",
    "qd": "quyết định",
    "q": "quận",
    "p": "phường",
    "t": "tháng",
    "to": "tổ",
    "tc": "tiêu chí",
}
MAX_SPLIT = 60


@dataclass(frozen=True, slots=True)
class Word:
    """One word as understood: with tones, folded, and whether the documents or the lexicon know it."""

    toned: str
    folded: str
    known: bool
    # Whether its tones can be trusted: they were typed, and make a word that we know.
    accented: bool = False
    # The folded letters as typed, where `folded` is only a guess at what they meant.
    slip: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is a number such as 10, 3.15, 0,5 or 01/10."""
        return self.folded[0].isdigit()


@dataclass(frozen=True)
class Vocabulary:
    """The folded words of the documents with their counts, their adjacent pairs, and other words we know."""

    counts: Mapping[str, int]
    pairs: frozenset[tuple[str, str]]
    others: frozenset[str]
    # Pairs of the lexicon's own phrases: ways to ask, names of places.
    asking: frozenset[tuple[str, str]] = frozenset()
    # Words with their tones, of the documents and of the lexicon.
    toned: frozenset[str] = frozenset()

    def __contains__(self, folded: str) -> bool:
        return folded in self.counts or folded in self.others


def plain_words(text: str) -> list[Word]:
    """Words of well-written text, such as a document's: nothing is expanded or corrected."""
    return [_plain(chunk) for chunk in _CHUNK.findall(text)]


@lru_cache(maxsize=20_000)
def _plain(chunk: str) -> Word:
    return Word(toned(chunk), fold(chunk), True, not chunk.isascii())


class Speller:
    """Reads messages in the light of one vocabulary and one lexicon."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        # By length: one edit makes a word one letter longer or shorter, at most.
        self._candidates: dict[int, list[str]] = {}
        for word in sorted(word for word in vocabulary.counts if len(word) > 2 and word.isalpha()):
            self._candidates.setdefault(len(word), []).append(word)
        self._english = frozenset(word for _, phrase in lexicon.english for word in phrase.folded if word)
        self.telex = lru_cache(maxsize=10_000)(self._telex)
        self.near = lru_cache(maxsize=10_000)(self._near)

    def words(self, text: str, *, english: bool = False) -> list[Word]:
        """The words of a cleaned message. `english` is what `is_english` says of it."""
        # In a paper's number "KH" is a plan and never "không".
        chunks = _CHUNK.findall(_PLAN_NUMBER.sub(r"kế hoạch \1 \2", text))
        if text.isascii():
            bare = self._lexicon.teencode_bare
            chunks = [part for chunk in chunks for part in bare.get(chunk.lower(), chunk).split()]
        if english:
            return [self._read_english(chunk) for chunk in chunks]
        shouting = text.isupper()
        vni = sum(self._looks_vni(chunk) for chunk in chunks) >= 2
        if not vni:
            chunks = [piece for chunk in chunks for piece in self._pieces(chunk)]
        found: list[Word] = []
        for position, chunk in enumerate(chunks):
            following = chunks[position + 1] if position + 1 < len(chunks) else ""
            for word in self._read(chunk, following, shouting, vni):
                found.append(word)
        return self._in_context(found)

    def is_english(self, text: str) -> bool:
        """Whether a cleaned message is English."""
        return is_english(_CHUNK.findall(text), self._english)

    def _read_english(self, chunk: str) -> Word:
        """A word as typed or, where only that is known, without its ending: nothing is taken for a slip."""
        if not chunk.isascii() or not chunk.isalpha():
            return Word(toned(chunk), fold(chunk), True, not chunk.isascii())
        for stem in stems(chunk):
            if stem in self._english or stem in self._vocabulary:
                return Word(stem, stem, True)
        return Word(fold(chunk), fold(chunk), False)

    def _in_context(self, words: list[Word]) -> list[Word]:
        """Mend words nobody knows where one letter more or less makes a known pair with a neighbour."""
        mended = list(words)
        for position, word in enumerate(words):
            typed = word.slip or word.folded
            if word.known or word.is_number or len(typed) < 3:
                continue
            before = mended[position - 1].folded if position else ""
            after = words[position + 1].folded if position + 1 < len(words) else ""
            # A legal syllable is another word, unless it stands in a fixed way of asking: "bao nhêu".
            pairs = self._vocabulary.asking if is_legal(typed) else self._vocabulary.pairs
            near = [w for w in self.near(typed) if (before, w) in pairs or (w, after) in pairs]
            best = max(near, key=lambda w: ((before, w) in pairs) + ((w, after) in pairs), default="")
            if best:
                mended[position] = Word(best, best, True, slip=typed)
        return mended

    def _pieces(self, chunk: str) -> Iterable[str]:
        match = None if chunk.isalpha() else _LETTERS_DIGITS.match(chunk)
        if match and toned(match[1]) in _NUMBERED:
            return match.groups()
        return (chunk,)

    def _looks_vni(self, chunk: str) -> bool:
        if chunk.isalpha():
            return False
        bare = re.sub(r"[1-9]", "", fold(chunk))
        return len(bare) < len(chunk) and bare.isalpha() and is_legal(bare)

    def _read(self, chunk: str, following: str, shouting: bool, vni: bool) -> list[Word]:
        if chunk == "%" or (chunk[0].isdigit() and _NUMBER.match(chunk)):
            return [Word(chunk, chunk, True)]
        typed, folded = toned(chunk), fold(chunk)
        if following[:1].isdigit() and folded in _BEFORE_NUMBER and len(typed) <= 2:
            return self._full(_BEFORE_NUMBER[folded])
        lexicon = self._lexicon
        # In capitals "KH" is a plan, in small letters "không".
        if chunk.isupper() and not shouting and (full := lexicon.abbreviations.get(typed)):
            return self._full(full)
        if full := lexicon.teencode.get(typed):
            return self._full(full)
        if not is_legal(folded) and (full := lexicon.abbreviations.get(typed)):
            return self._full(full)
        if folded in self._vocabulary:
            return [Word(typed, folded, True, typed in self._vocabulary.toned)]
        return self._read_unknown(chunk, typed, folded, vni)

    def _read_unknown(self, chunk: str, typed: str, folded: str, vni: bool) -> list[Word]:
        lexicon = self._lexicon
        full = lexicon.abbreviations.get(typed) or lexicon.teencode_unknown.get(typed)
        if full:
            return self._full(full)
        if folded in self._english:
            return [Word(typed, folded, True)]
        if keyed := self._keyed(folded, vni):
            return [Word(keyed, keyed, keyed in self._vocabulary)]
        match = _LETTERS_DIGITS.match(chunk)
        if match:
            return [*self._read(match[1], match[2], False, False), Word(match[2], match[2], True)]
        if len(folded) > 2 and not is_legal(folded):
            if near := self.near(folded):
                return [Word(near[0], near[0], False, slip=folded)]
            if len(folded) >= 4 and (parts := self._split(folded[:MAX_SPLIT])):
                return [Word(part, part, part in self._vocabulary) for part in parts]
        return [Word(typed, folded, False, typed in self._vocabulary.toned)]

    def _full(self, full: str) -> list[Word]:
        return [Word(toned(part), fold(part), True, True) for part in full.split()]

    def _keyed(self, folded: str, vni: bool) -> str:
        """What Telex or VNI keystrokes were meant to give, without tones; empty where they give no word."""
        if vni and self._looks_vni(folded):
            return re.sub(r"[1-9]", "", folded)
        if is_legal(folded) or not folded.isalpha():
            return ""
        return self.telex(folded)

    def _telex(self, folded: str) -> str:
        bare = _TELEX_TONE.sub("", folded)
        for double, single in _TELEX_DOUBLES:
            bare = bare.replace(double, single)
        bare = bare.replace("w", "")
        if not is_legal(bare):
            # A tone key may follow the vowel and come before doubled letters are seen: "toongr".
            bare = re.sub(r"[sfrxj](?!.*[aeiouy])", "", bare)
        return bare if bare != folded and bare in self._vocabulary and is_legal(bare) else ""

    def _near(self, folded: str) -> tuple[str, ...]:
        """Words of the documents one edit away, the commonest first."""
        if len(folded) > 8:
            return ()
        near = (self._candidates.get(len(folded) + more, ()) for more in (-1, 0, 1))
        candidates = list(chain.from_iterable(near))
        found = process.extract(folded, candidates, scorer=OSA.distance, score_cutoff=1, limit=None)
        counts = self._vocabulary.counts
        return tuple(sorted((word for word, *_ in found), key=lambda word: (-counts[word], word)))

    def _split(self, folded: str) -> list[str]:
        """Cut glued words apart at the least cost; empty where no cut gives known words."""
        best: list[dict[str, tuple[float, list[str]]]] = [{} for _ in range(len(folded) + 1)]
        best[0][""] = (0.0, [])
        for end in range(1, len(folded) + 1):
            for start in range(max(0, end - 7), end):
                piece = folded[start:end]
                price = self._price(piece)
                if price is None:
                    continue
                for last, (cost, parts) in best[start].items():
                    total = cost + price - (0.9 if (last, piece) in self._vocabulary.pairs else 0.0)
                    if piece not in best[end] or total < best[end][piece][0]:
                        best[end][piece] = (total, [*parts, piece])
            if len(best[end]) > 4:
                best[end] = dict(sorted(best[end].items(), key=lambda item: item[1][0])[:4])
        cost, parts = min(best[-1].values(), default=(0.0, []))
        return parts if len(parts) > 1 and any(part in self._vocabulary for part in parts) else []

    def _price(self, piece: str) -> float | None:
        if piece in self._vocabulary and len(piece) > 1:
            return 1.6 if is_legal(piece) else 2.4
        return 3.4 if len(piece) > 1 and is_legal(piece) else None
