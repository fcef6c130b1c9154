"""A library many times as large: every document again, with some of its words replaced by others."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge.folding import tokens
from knowledge.model import Agencies, Deadline, Document, Entry, Library, Quantity

REPLACED = 0.3
# The same copies in every run.
SEED = 20261121


def enlarged(library: Library, times: int) -> Library:
    """The library and `times - 1` copies of each of its documents."""
    chance = random.Random(SEED)
    originals = list(library.documents.values())
    # With repetitions: a copy has common words as often as its original.
    words = [word for entry in library.entries.values() for word in tokens(entry.quote) if word.isalpha()]
    copies = [_Copy(number, chance, words).document(d) for number in range(1, times) for d in originals]
    documents = {document.id: document for document in [*originals, *copies]}
    entries = {entry.id: entry for document in documents.values() for entry in document.entries}
    return Library(documents, entries)


class _Copy:
    """How one copy of a document differs from its original."""

    def __init__(self, number: int, chance: random.Random, words: Sequence[str]) -> None:
        self._number, self._chance, self._words = number, chance, words

    def document(self, document: Document) -> Document:
        """The document under another number, of another place."""
        number = self._number
        return replace(
            document,
            id=self._id(document.id),
            number=f"{number}{document.number}",
            title=self._text(document.title),
            locality=f"{document.locality} {number}",
            names=tuple(f"{name} số {number}" for name in document.names),
            places=tuple(f"{place} {number}" for place in document.places),
            entries=tuple(self._entry(entry) for entry in document.entries),
        )

    def _entry(self, entry: Entry) -> Entry:
        return replace(
            entry,
            id=self._id(entry.id),
            document=self._id(entry.document),
            parent=self._id(entry.parent),
            see=tuple(map(self._id, entry.see)),
            title=self._text(entry.title),
            title_en=self._text(entry.title_en),
            quote=self._text(entry.quote),
            questions=self._texts(entry.questions),
            keywords=self._texts(entry.keywords),
            items=self._texts(entry.items),
            deadlines=tuple(map(self._deadline, entry.deadlines)),
            agencies=tuple(map(self._agencies, entry.agencies)),
            quantities=tuple(map(self._quantity, entry.quantities)),
        )

    def _deadline(self, deadline: Deadline) -> Deadline:
        aliases = self._texts(deadline.aliases)
        return replace(deadline, what=self._text(deadline.what), who=self._text(deadline.who), aliases=aliases)

    def _agencies(self, agencies: Agencies) -> Agencies:
        return replace(agencies, names=self._texts(agencies.names))

    def _quantity(self, row: Quantity) -> Quantity:
        return replace(row, scope=self._text(row.scope), aliases=self._texts(row.aliases))

    def _id(self, id: str) -> str:
        return f"{id}-{self._number}" if id else ""

    def _texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self._text, texts))

    def _text(self, text: str) -> str:
        return " ".join(self._word(word) for word in text.split(" "))

    def _word(self, word: str) -> str:
        if not word.isalpha() or self._chance.random() >= REPLACED:
            return word
        return self._chance.choice(self._words)
