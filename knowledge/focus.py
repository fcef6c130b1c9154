"""What a conversation is about, and how the next question leans on it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from knowledge.folding import fold, folded_words
from knowledge.model import Entry, Library
from knowledge.ranking import Ranker
from knowledge.reading import Reader, Reading
from knowledge.rows import pick_row

# Fields that name bodies: "còn ai nữa" asks for more of the same.
_BODIES = frozenset({"who", "lead", "advise", "implement", "coordinate"})
# Weight of the words of the question before.
BORROWED = 0.27
# What the neighbour gets that a question names after another ("còn doanh nghiệp thì sao"), and what their list loses.
NAMED = 0.3
NOT_ALL = 0.2
SIGNED = 0.9
_ORDINALS = {
    "nhat": 1,
    "nhi": 2,
    "hai": 2,
    "ba": 3,
    "tu": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
}
_NEXT = re.compile(r"\b(?:muc|cai|dieu|linh vuc|tieu chi|phan|nhom) (?:ke tiep|tiep theo|ke)\b|\bnext (?:one|item)\b")
# What an item of a list is called; the first few words are said of any list.
_ITEM = (
    "(?:cai|muc|dieu|y|khong|so|diem|dong|"
    "(?P<kind>tieu chi|tieu chuan|chi tieu|linh vuc|nhom|nhiem vu|yeu cau|truong hop|viec))"
)
_PLACE = re.compile(
    rf"\b{_ITEM} (?:thu (?P<nth>\d|{'|'.join(_ORDINALS)})|(?P<first>dau tien|dau)|(?P<last>cuoi cung|cuoi|sau cung))\b"
    r"|\bthe (?:(?P<which>first|second|third|fourth|fifth)|(?P<end>last)) (?:one|item|criterion|point)\b"
)


@dataclass(frozen=True, slots=True)
class Focus:
    """What a conversation is about, carried to the next question."""

    entry: str = ""
    facet: str = ""
    question: str = ""
    documents: tuple[str, ...] = ()


def continued(reading: Reading, focus: Focus, reader: Reader) -> Reading:
    """The reading with what the previous question was about, where this one leans on it."""
    content = reading.content
    short = len(content) <= 2 or (len(content) <= 3 and len(reading.words) <= 5 and not reading.documents)
    if not (reading.continues or short):
        return reading
    if not focus.entry and content and reading.facets:
        # What was asked back is answered by a name; a question with a field of its own is a new one.
        return reading
    before = reader.read(focus.question)
    asked_before = {term.word for term in before.content}
    # After "hạn chót khi nào" and a place that was asked back, the way to ask is all there is.
    carried = before.content or before.terms
    borrowed = tuple(term.times(BORROWED) for term in carried)
    return replace(
        reading,
        terms=(*reading.terms, *borrowed),
        added=tuple(term.word for term in content if term.word not in asked_before),
        earlier=before.folded,
        facets=_facets(reading, before, focus),
        documents=reading.documents or before.documents or frozenset(focus.documents),
        continues=True,
    )


def _facets(reading: Reading, before: Reading, focus: Focus) -> tuple[str, ...]:
    """The asked field: what the question says, or what the one before it asked; "ai" keeps to signing, leading…"""
    if reading.facets == ("who",) and focus.facet in ("sign", "lead", "advise", "implement", "coordinate"):
        return (focus.facet, "who")
    return reading.facets or before.facets


def kin(library: Library, focus: Focus, documents: Collection[str]) -> Collection[str]:
    """Entries around the one in focus: itself, its parent, items, neighbours in the list, and what it points to.

    Of another paper than those that are asked for, nothing is near.
    """
    entry = library.entries.get(focus.entry)
    if entry is None or (documents and entry.document not in documents):
        return ()
    parent = library.entries.get(entry.parent)
    near = [entry.id, *entry.see, *(child.id for child in library.children(entry))]
    return [*near, parent.id, *(other.id for other in library.children(parent))] if parent else near


def nearness(entry: Entry, focus: Focus, reading: Reading, library: Library, ranker: Ranker) -> float:
    """What an entry gets for being near the one in focus, in units of score."""
    before = library.entries.get(focus.entry)
    if before is None:
        return 0.0
    if entry.id == before.id:
        siblings = library.children(library.entries[entry.parent]) if entry.parent else ()
        if not _is_named(entry, reading) and any(_is_named(other, reading) for other in siblings):
            return -0.2
        return _staying(entry, focus, reading, ranker)
    if reading.facets and reading.facets[0] == focus.facet and _field_says(entry, focus.facet, reading.added):
        return 0.6
    if entry.id == before.parent:
        return 0.2 if reading.asks("list", "define") or not reading.added else 0.2 - NOT_ALL
    if before.id == entry.parent or entry.id in before.see:
        return 0.2
    if before.parent and before.parent == entry.parent:
        return 0.25 + NAMED if _is_named(entry, reading) else 0.25
    return 0.12 if entry.document == before.document else 0.0


# Words that ask for a field and name no topic: "điều kiện" and "tiêu chuẩn" are both this.
_FIELD_WORDS = frozenset({"tieu", "chi", "gi", "nao", "ty", "le", "so"})


def _is_named(entry: Entry, reading: Reading) -> bool:
    """Whether the words that a question adds all stand in an entry's title."""
    words = set(reading.added) - _FIELD_WORDS
    return bool(words) and words <= set(folded_words(entry.title))


def _staying(entry: Entry, focus: Focus, reading: Reading, ranker: Ranker) -> float:
    """How likely the talk stays with an entry: for another field or row of it, not for another topic."""
    rows = [row for row in entry.quantities if row.key]
    if rows and pick_row(rows, reading, sure=True):
        return 0.6
    if reading.asks("sign") and entry.award and any(agencies.role == "sign" for agencies in entry.agencies):
        # "Ai ký" after an award asks for the certificate, not for the paper.
        return SIGNED
    if not set(reading.added) - _FIELD_WORDS:
        return 0.35
    held = ranker.holds(entry, reading.added)
    if held and focus.facet in _BODIES:
        return 0.35
    if reading.facets and reading.facets[0] != focus.facet and held:
        return 0.35
    return -0.2 if held else -0.8


def _field_says(entry: Entry, facet: str, words: Sequence[str]) -> bool:
    """Whether the typed field that a facet asks for names all of some words."""
    texts = (
        [f"{d.who} {d.what} {' '.join(d.aliases)}" for d in entry.deadlines]
        if facet in ("when", "late", "where")
        else []
    )
    if facet == "how_many":
        texts = [f"{row.key or row.scope} {' '.join(row.aliases)}" for row in entry.quantities]
    if facet == "condition" and entry.award:
        texts = [entry.award.who]
    return bool(words) and any(set(words) <= set(folded_words(text)) for text in texts)


def item_of(reading: Reading, focus: Focus, library: Library) -> Entry | None:
    """The item of the list in focus that a question names by its place: "cái thứ tư", "lĩnh vực cuối cùng"."""
    entry = library.entries.get(focus.entry)
    if entry and entry.parent and _NEXT.search(reading.folded):
        later = [e for e in library.children(library.entries[entry.parent]) if e.order > entry.order]
        return later[0] if later else None
    match = _PLACE.search(reading.folded)
    items = _list_of(entry, match["kind"] or "", library) if entry and match else ()
    if not items or match is None:
        return None
    if match["last"] or match["end"]:
        return items[-1]
    named = match["nth"] or match["which"]
    place = 1 if not named else _ORDINALS.get(named) or int(named)
    return items[place - 1] if 0 < place <= len(items) else None


def _list_of(entry: Entry, kind: str, library: Library) -> Sequence[Entry]:
    """The items of an entry, or of a list that it stands in, of which each is called by a word; or the nearest."""
    parent = library.entries.get(entry.parent)
    above = library.entries.get(parent.parent) if parent else None
    lists = [library.children(each) for each in (entry, parent, above) if each]
    called = (items for items in lists if items and all(kind in fold(item.title) for item in items))
    return next(called, next((items for items in lists if items), ()))
