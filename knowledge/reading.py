"""What a message asks, before anything is looked up: its words, numbers, document, fields and attributes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from knowledge.clauses import Breaks, breaks_in, clauses_of, unparted
from knowledge.english import FUNCTION_WORDS, stems
from knowledge.folding import clean, fold, toned
from knowledge.lexicon import Lexicon, Phrase
from knowledge.model import Library
from knowledge.numerals import with_digits
from knowledge.phrases import PhraseIndex, Span, apart
from knowledge.spelling import Speller, Word

# Weight of a word that may be a filler typed without diacritics ("co": có, cơ).
MAYBE_FILLER = 0.25
ENGLISH = 0.5
# Weight of an English word that nothing is known of.
FOREIGN = 0.6
# Weight of the words that name a document or a place.
NAMING = 0.2
# Weight of the words of a longer name that is also a topic: "bảng tự đánh giá".
TOPIC_NAME = 0.6
# Words of the longest name of a place.
MOST_PLACE = 2
# Words of a message that tells before it asks, and content words of a question that says enough by itself.
STORY = 22
TELLING = 4
_SENTENCE = re.compile(r"[^.?!\n]+[.?!\n]?")
# Facets whose words only ask; those of the others are also about something.
ASKING = frozenset({"late", "when", "who", "where", "list", "define", "check", "why"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word to look for: canonical, folded, with its weight; whether it only says which field is asked."""

    word: str
    weight: float
    known: bool
    asking: bool = False
    # As typed with diacritics, or empty.
    toned: str = ""

    def times(self, factor: float) -> "Term":
        """The same word with its weight multiplied."""
        return Term(self.word, factor * self.weight, self.known, self.asking, self.toned)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as understood."""

    text: str
    words: tuple[Word, ...]
    # The words that do not name a document or a place.
    topic: tuple[Word, ...]
    terms: tuple[Term, ...]
    # Facets asked, the most specific first; ids of `lexicon/facets.toml`.
    facets: tuple[str, ...]
    # Attributes asked; ids of `lexicon/attributes.toml`.
    attributes: tuple[str, ...]
    # Documents named by number, name or place.
    documents: frozenset[str] = frozenset()
    english: bool = False
    # Nothing in it names a topic: "nộp hồ sơ ở đâu".
    generic: bool = False
    continues: bool = False
    folded: str = field(default="")
    # The same with digits for number words that count something.
    numbered: str = ""
    # Words that a question adds to the one before it.
    added: tuple[str, ...] = ()
    # The question before, folded, where this one leans on it.
    earlier: str = ""
    # The words of each question of a message that asks for two or three things.
    clauses: tuple[tuple[Word, ...], ...] = ()

    @property
    def content(self) -> tuple[Term, ...]:
        """Terms that say what the question is about."""
        return tuple(term for term in self.terms if not term.asking and term.weight > MAYBE_FILLER)

    def asks(self, *facets: str) -> bool:
        """Whether any of these fields is asked for."""
        return any(facet in self.facets for facet in facets)


class Reader:
    """Reads messages with one lexicon, one speller and the names of one library's documents."""

    def __init__(self, lexicon: Lexicon, library: Library, speller: Speller) -> None:
        self._speller = speller
        self._english = PhraseIndex(lexicon.english)
        self._synonyms = PhraseIndex(lexicon.synonyms)
        self._fillers = PhraseIndex(("", phrase) for phrase in lexicon.fillers)
        self._facets = PhraseIndex(_labelled(lexicon.facets))
        self._attributes = PhraseIndex(
            (name, phrase) for name, attribute in lexicon.attributes.items() for phrase in attribute.phrases
        )
        self._like = {name: attribute.like for name, attribute in lexicon.attributes.items() if attribute.like}
        self._beside = {
            name: PhraseIndex((name, phrase) for phrase in attribute.beside)
            for name, attribute in lexicon.attributes.items()
            if attribute.beside
        }
        self._generic, self._generic_toned = lexicon.generic, lexicon.generic_toned
        self._pronouns = PhraseIndex(("", phrase) for phrase in lexicon.pronouns)
        self._continuations = PhraseIndex(("", phrase) for phrase in lexicon.continuations)
        self._documents = PhraseIndex(
            (document.id, Phrase.of(name))
            for document in library.documents.values()
            for name in (*document.names, *document.places)
        )

    def read(self, message: str) -> Reading:
        """Understand one message of at most 500 characters; longer ones are cut."""
        text = clean(message)
        english = self._speller.is_english(text)
        words = self._speller.words(text, english=english)
        breaks = breaks_in(text)
        return self._understood(text, words, english, breaks)

    def clause(self, words: Sequence[Word], *, english: bool) -> Reading:
        """One question of a message that asks for several things, as if it came alone."""
        return replace(self._understood(" ".join(word.toned for word in words), words, english), clauses=())

    def _understood(self, text: str, words: Sequence[Word], english: bool, breaks: Breaks = frozenset()) -> Reading:
        asked = list(unparted(self._facets.find(words), words, breaks))
        attributes = self._asked_for(words, breaks)
        if attributes and len(words) > STORY:
            attributes = self._asked_in(text, attributes)
        clauses = clauses_of(words, breaks, asked)
        folded, numbered = " ".join(word.folded for word in words), with_digits(words)
        named = [_place_alone(span, words) for span in self._documents.longest(words)]
        asking = [span for span in apart(asked) if span.label in ASKING]
        terms = self.terms(words, asking, named)
        inside = {place for span in named for place in range(span.start, span.end)}
        topic = [word for place, word in enumerate(words) if place not in inside]
        if english:
            translated = list(self._translated(topic))
            topic += translated
            words = [*words, *translated]
            # The Vietnamese carries the meaning; the English still finds English titles.
            terms = tuple(term.times(_english_weight(term)) for term in terms)
            asks = [span for span in self._facets.longest(translated) if span.label in ASKING]
            terms += self.terms(translated, asks)
        return Reading(
            text=text,
            words=tuple(words),
            topic=tuple(topic),
            terms=terms,
            facets=_by_length(asked),
            attributes=attributes,
            documents=frozenset(span.label for span in named),
            english=english,
            continues=self._leans(words),
            generic=all(self._is_generic(term) for term in terms if term.weight > MAYBE_FILLER),
            folded=folded,
            numbered=numbered,
            clauses=clauses,
        )

    def _is_generic(self, term: Term) -> bool:
        return term.word in self._generic and (not term.toned or term.toned in self._generic_toned)

    def canonical(self, words: Sequence[Word]) -> list[str]:
        """Folded words of a well-written text with synonyms brought to one form."""
        found: list[str] = []
        position = 0
        for span in self._synonyms.longest(words):
            found += (word.folded for word in words[position : span.start])
            found += span.label.split(" ")
            position = span.end
        return [*found, *(word.folded for word in words[position:])]

    def terms(self, words: Sequence[Word], asking: Iterable[Span] = (), named: Iterable[Span] = ()) -> tuple[Term, ...]:
        """Canonical words of a text with their weights; used for questions and documents alike."""
        weights = self._weights(words)
        for span in named:
            # The document is chosen by its name already; the name says nothing about the clause.
            least = NAMING if _names_paper(words[span.start]) or span.length <= MOST_PLACE else TOPIC_NAME
            weights[span.start : span.end] = [min(weight, least) for weight in weights[span.start : span.end]]
        asked = {position for span in asking for position in range(span.start, span.end)}
        found: list[Term] = []
        position = 0
        starts = {span.start: span for span in self._synonyms.longest(words)}
        while position < len(words):
            found_span = starts.get(position)
            if found_span:
                inside = range(found_span.start, found_span.end)
                is_asking = all(place in asked for place in inside)
                weight = max(weights[found_span.start : found_span.end])
                found += (Term(word, weight, True, is_asking) for word in found_span.label.split(" "))
                position = found_span.end
                continue
            word = words[position]
            typed = word.toned if word.toned != word.folded else ""
            found.append(Term(word.folded, weights[position], word.known, position in asked, typed))
            position += 1
        return tuple(found)

    def _asked_for(self, words: Sequence[Word], breaks: Breaks = frozenset()) -> tuple[str, ...]:
        """The attributes asked for. One word that only looks like a phrase of theirs asks for nothing."""
        found = unparted(self._attributes.find(words), words, breaks)
        spans = [span for span in found if span.length > 1 or not words[span.start].slip]
        beside = {name: index for name, index in self._beside.items() if any(span.label == name for span in spans)}
        absent = {name for name, index in beside.items() if not any(True for _ in index.find(words))}
        names = _by_length(span for span in spans if span.label not in absent)
        return tuple(dict.fromkeys(self._like.get(name, name) for name in names))

    def _asked_in(self, story: str, attributes: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a story's attributes that its questions ask for; all of them where these say too little."""
        asking = [sentence for sentence in _SENTENCE.findall(story) if sentence.endswith("?")]
        questions = " . ".join(asking)
        words = self._speller.words(questions, english=self._speller.is_english(questions))
        if sum(term.weight == 1 for term in self.terms(words)) < TELLING:
            return attributes
        asked = self._asked_for(words)
        return tuple(name for name in attributes if name in asked)

    def _leans(self, words: Sequence[Word]) -> bool:
        """Whether a message is said as the continuation of another."""
        spans = self._continuations.find(words)
        if any(span.start <= 1 or span.end == len(words) for span in spans):
            return True
        return any(True for _ in self._pronouns.find(words))

    def _translated(self, words: Sequence[Word]) -> Iterable[Word]:
        """The Vietnamese for English words, so that entries, rows and parts can be told by it."""
        spans = self._english.longest(words)
        inside = {place for span in spans for place in range(span.start, span.end)}
        labels = [(span.start, span.label) for span in spans]
        labels += [(place, self._rooted(word)) for place, word in enumerate(words) if place not in inside]
        for _, label in sorted(labels):
            for part in label.split():
                yield Word(toned(part), fold(part), True, not part.isascii())

    def _rooted(self, word: Word) -> str:
        """The Vietnamese for an English word that is listed without its ending, or empty."""
        for stem in stems(word.folded)[1:]:
            for span in self._english.find((replace(word, toned=stem, folded=stem),)):
                return span.label
        return ""

    def _weights(self, words: Sequence[Word]) -> list[float]:
        weights = [1.0] * len(words)
        for span in self._fillers.longest(words):
            for position in range(span.start, span.end):
                word = words[position]
                sure = word.accented or span.length > 1
                weights[position] = min(weights[position], 0.0 if sure else MAYBE_FILLER)
        return weights


def _english_weight(term: Term) -> float:
    if term.word in FUNCTION_WORDS:
        return 0.0
    return ENGLISH if term.known else FOREIGN


def _names_paper(first: Word) -> bool:
    """Whether a name starts as that of a paper or a place, not of a topic."""
    return first.is_number or first.folded in _PAPERS


_PAPERS = frozenset(["ke", "chi", "kh", "plan", "directive", "thanh", "thi", "phuong", "quan", "district", "tp", "tx"])


# What kind of place a name begins with, as so many words.
_PLACE_KINDS = {("thanh", "pho"): 2, ("thi", "xa"): 2, ("quan",): 1, ("phuong",): 1, ("tp",): 1, ("tx",): 1}


def _place_alone(span: Span, words: Sequence[Word]) -> Span:
    """The name of a place without its kind, where that is a level: "cấp thành phố Đà Nẵng"."""
    if not span.start or words[span.start - 1].folded != "cap":
        return span
    begin = tuple(word.folded for word in words[span.start : span.start + 2])
    kind = _PLACE_KINDS.get(begin) or _PLACE_KINDS.get(begin[:1]) or 0
    return Span(span.label, span.start + kind, span.length - kind) if kind < span.length else span


def _labelled(groups: Mapping[str, Iterable[Phrase]]) -> Iterable[tuple[str, Phrase]]:
    return ((name, phrase) for name, phrases in groups.items() for phrase in phrases)


def _by_length(spans: Iterable[Span]) -> tuple[str, ...]:
    """Labels of the spans that stand in no longer span, longest first."""
    ordered = sorted(spans, key=lambda span: (-span.length, span.start))
    kept: list[Span] = []
    for span in ordered:
        inside = any(o.start <= span.start and span.end <= o.end and o.length > span.length for o in kept)
        if not inside:
            kept.append(span)
    return tuple(dict.fromkeys(span.label for span in kept if span.label != "none"))
