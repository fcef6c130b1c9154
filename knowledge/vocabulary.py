"""The words that typed ones are held against: those of the documents and of the word lists."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from knowledge.folding import folded_words
from knowledge.lexicon import Lexicon, Phrase
from knowledge.model import Library
from knowledge.ranking import Written, surfaces
from knowledge.spelling import Vocabulary


def vocabulary(library: Library, lexicon: Lexicon, written: Written) -> Vocabulary:
    """The words of all surfaces, and phrases that the lexicon and the names of documents know besides."""
    counts: Counter[str] = Counter()
    tones = {word for word in _toned_words(lexicon) if not word.isascii()}
    pairs: set[tuple[str, str]] = set()
    known: set[str] = set()
    for entry in library.entries.values():
        for text, read in zip(surfaces(entry), written[entry.id], strict=True):
            tones.update(word.toned for word in read if word.accented)
            words = [word.folded for word in read]
            if text == entry.title_en:
                known.update(words)
                continue
            counts.update(words)
            pairs.update(pairwise(words))
    for phrase in _other_phrases(library, lexicon):
        known.update(phrase)
        pairs.update(pairwise(phrase))
    asking = {pair for phrase in _ways_to_ask(lexicon) for pair in pairwise(phrase)}
    return Vocabulary(counts, frozenset(pairs | asking), frozenset(known), frozenset(asking), frozenset(tones))


def _phrases(lexicon: Lexicon) -> Iterable[Phrase]:
    """Every phrase of the word lists."""
    yield from (*lexicon.fillers, *lexicon.continuations, *(phrase for _, phrase in lexicon.synonyms))
    yield from (phrase for group in lexicon.facets.values() for phrase in group)
    yield from (phrase for attribute in lexicon.attributes.values() for phrase in attribute.phrases)


def _other_phrases(library: Library, lexicon: Lexicon) -> Iterable[tuple[str, ...]]:
    """Phrases outside the entries that must not be taken for slips: names, fillers, ways to ask."""
    for document in library.documents.values():
        names = (*document.names, *document.places, document.locality, document.issuer)
        yield from (folded_words(name) for name in names)
    yield from (tuple(word for word in phrase.folded if word) for phrase in _phrases(lexicon))


def _toned_words(lexicon: Lexicon) -> Iterable[str]:
    """The words of those phrases with their tones."""
    return (word for phrase in _phrases(lexicon) for word in phrase.toned if word)


def _ways_to_ask(lexicon: Lexicon) -> Iterable[tuple[str, ...]]:
    """Fixed phrases of at least two words in which a slip is surely one: "bao nhêu"."""
    for facet in ("how_many", "when", "late"):
        yield from (tuple(word for word in phrase.folded if word) for phrase in lexicon.facets[facet])
