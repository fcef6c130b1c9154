"""What a question asks for that an entry does not have: an attribute, a count, or most of what it is about."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain

from rapidfuzz.distance import OSA

from knowledge.deciding import missing_attribute
from knowledge.findings import Finding
from knowledge.folding import fold
from knowledge.lexicon import Lexicon
from knowledge.measures import counted
from knowledge.model import Entry, Library
from knowledge.ranking import Ranker
from knowledge.reading import Reader, Reading
from knowledge.spelling import Word
from knowledge.syllables import is_legal

# Words of a longer message also tell; then what an entry does not say is no sign of anything.
MOST_WORDS = 16
# Share of a question's weight that may be missing in an entry.
MOST_MISSING = 0.25
# … of one typed without diacritics, where words that were mistyped cannot be told.
MOST_MISSING_BARE = 0.4
# Words with unheard-of tones that a question may have which is typed with care.
MOST_GUESSES = 1
# Weight of a word below which it may be a filler.
LEAST_WEIGHT = 0.6
# How rare a word is that no entry has, in the units of `Ranker.rarity`.
RARE = 7.0
# Words that set two things side by side, or only make the talk go on.
_COMPARING = frozenset(
    {
        *("khac", "nhau", "giong", "hon", "nhung", "tim", "thay", "biet", "nho", "noi", "nhac", "chuyen", "khuyen"),
        *("bat", "buoc", "doi", "dan", "muon", "mat", "rieng", "luc", "cho", "keu", "bao", "vu", "co", "giu", "vai"),
        *("tro", "trung", "lien"),
    }
)


class Coverage:
    """Holds questions against the words and fields of the entries that are to answer them."""

    def __init__(self, lexicon: Lexicon, library: Library, reader: Reader, ranker: Ranker) -> None:
        self._attributes = lexicon.attributes
        self._library, self._reader, self._ranker = library, reader, ranker
        asking = {word for phrases in lexicon.facets.values() for phrase in phrases for word in phrase.folded if word}
        # Words that ask, or name no topic, say nothing of what is asked for.
        self._empty = asking | lexicon.generic | _COMPARING

    def missing(self, entry: Entry, reading: Reading) -> str:
        """The asked attribute that an entry and what it belongs to do not give, or empty."""
        missing = missing_attribute(entry, reading, self._attributes)
        if missing or entry.kind == "gap":
            return missing
        nouns = [noun for noun in counted(reading) if not any(map(self._is_guess, noun))]
        family = (entry, *self._around(entry)) if nouns else ()
        return "" if all(self._names(noun, family) for noun in nouns) else "quantity"

    def _names(self, noun: Sequence[Word], family: Iterable[Entry]) -> bool:
        """Whether any of some entries has a word for what is to be counted."""
        words = {*self._reader.canonical(noun), *(word.folded for word in noun)}
        return any(self._ranker.holds(entry, (word,)) for entry in family for word in words)

    def within(self, finding: Finding) -> Finding:
        """The finding, or that the papers lack what is asked where its entries speak of too little of it."""
        if finding.kind != "answer" or finding.verdict or not self._goes_beyond(finding.entries, finding.reading):
            return finding
        entries = finding.entries[:1]
        return replace(finding, kind="none", reason="not_stated", entries=entries, attribute="detail", nearby=())

    def _goes_beyond(self, entries: Sequence[Entry], reading: Reading) -> bool:
        """Whether a question is mostly about what some entries, their lists and items do not speak of."""
        if reading.english or reading.earlier or len(reading.words) > MOST_WORDS:
            return False
        content = [term for term in reading.content if not term.word[0].isdigit()]
        weights = {term.word: self._ranker.rarity(term.word) or RARE for term in content}
        most = MOST_MISSING if any(word.accented for word in reading.words) else MOST_MISSING_BARE
        most *= sum(weights.values())
        missing = {term.word for term in content if term.weight >= LEAST_WEIGHT} - self._empty
        family: list[Entry] = []
        # Most questions are through after the first look: the entries alone have what they are about.
        for near in (entries, list(chain.from_iterable(map(self._around, entries)))):
            family += near
            missing = {word for word in missing if not any(self._ranker.holds(entry, (word,)) for entry in near)}
            if sum(weights[word] for word in missing) <= most:
                return False
        if _is_hasty(reading) or sum(map(self._is_guess, reading.words)) > MOST_GUESSES:
            return False
        missing = {word for word in missing if is_legal(word) and not self._is_near(word, family)}
        return sum(weights[word] for word in missing) > most

    def _is_near(self, word: str, family: Collection[Entry]) -> bool:
        """Whether a word that no entry has is but a letter away from one of some entries: "khem" for "khen"."""
        if self._ranker.knows(word):
            return False
        return any(
            OSA.distance(word, other, score_cutoff=1) <= 1 for entry in family for other in self._ranker.words(entry)
        )

    def _is_guess(self, word: Word) -> bool:
        """Whether a word has other tones than the word of ours with its letters: a slip, maybe."""
        typed = word.toned != word.folded and not self._ranker.is_toned(word.toned)
        return typed and self._ranker.knows(word.folded)

    def _around(self, entry: Entry) -> Iterable[Entry]:
        """The items of an entry, and the list that it stands in."""
        above = self._library.entries.get(entry.parent)
        return (*self._library.children(entry), *((above,) if above else ()))


def _is_hasty(reading: Reading) -> bool:
    """Whether a message has words that are none, or were corrected: what was meant is only a guess."""
    if any(word.slip for word in reading.words):
        return True
    return any(word.islower() and not is_legal(fold(word)) for word in _WORD.findall(reading.text))


_WORD = re.compile(r"[^\W\d_]+")
