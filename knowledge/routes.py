"""Exact ways to an entry that need no search: numbers of criteria and of papers."""

import re
from collections.abc import Collection, Sequence

from knowledge.folding import fold
from knowledge.lexicon import Lexicon
from knowledge.model import Entry, Library
from knowledge.reading import Reading

_CRITERION = re.compile(r"(?<![\d./])([1-9])\.(\d{1,2})(?![\d./])")
_KINDS = (
    *("ke hoach", "chi thi", "quyet dinh", "nghi quyet", "thong tu"),
    *("nghi dinh", "luat", "de an", "cong van", "huong dan"),
)
_SHORT_NAMES = {"kh": "ke hoach", "ct": "chi thi", "nq": "nghi quyet", "qd": "quyet dinh"}
_PAPER = re.compile(rf"\b({'|'.join(_KINDS)})\s+(?:so\s+)?(?!5 khong\b|4 an\b)(\d{{1,4}})\b")
_NAMED = re.compile(rf"\b(?:{'|'.join((*_KINDS, *_SHORT_NAMES))})\b[^|]{{0,12}}?\b\d{{1,4}}\b")
_DIGIT = re.compile(r"\d")
# "mục II.6.a", "mục iii 2 b", "phụ lục 2".
_SECTION = re.compile(r"\b(muc|phu luc|phan)\s+([ivx]{1,4}|\d)\b((?:[. ]\s?(?:\d{1,2}|[a-e]))*)(?![\w/%])")
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv", "5": "v"}
# Words that make the number behind them one of a criterion.
_BEFORE = frozenset({"tieu", "chi", "muc", "diem", "so", "dong", "criterion", "criteria", "con", "the", "cai"})
# A message so short that a number in it can only be a criterion's.
_SHORT = 3
MOST_NUMBERS = 3
# Content words of a question on a whole paper, at most: "kế hoạch văn minh còn dùng được không".
MOST_OF_VALIDITY = 4
# A paper cited by more entries than this tells nothing of the clause.
FEW = 6


class Routes:
    """Numbers of the criteria and of the papers that a library names."""

    def __init__(self, library: Library, lexicon: Lexicon) -> None:
        self._whole = lexicon.whole
        subjects = ((d.id, library.entries.get(d.subject)) for d in library.documents.values())
        self._subjects = {id: entry for id, entry in subjects if entry}
        self._criteria: dict[str, list[Entry]] = {}
        for entry in library.entries.values():
            if entry.number and entry.kind == "criterion":
                self._criteria.setdefault(entry.number, []).append(entry)
        self._papers = {paper for text in _texts(library) for paper in _papers(text)}
        self._periods = {entry.document: entry for entry in library.entries.values() if entry.kind == "period"}
        self._sections: dict[str, set[Entry]] = {}
        for entry in library.entries.values():
            for section in _sections(fold(entry.section)):
                self._sections.setdefault(section, set()).add(entry)
        self._citing: dict[tuple[str, str], set[str]] = {}
        for entry in library.entries.values():
            for paper in _papers(fold(entry.quote)) if _DIGIT.search(entry.quote) else ():
                self._citing.setdefault(paper, set()).add(entry.id)

    def unknown_paper(self, reading: Reading) -> str:
        """A paper named by its number that no document is or mentions, as typed and folded; else empty."""
        for kind, number in _PAPER.findall(reading.folded):
            if (kind, number) not in self._papers:
                return f"{kind} {number}"
        return ""

    def period(self, reading: Reading, inherited: Collection[str] = ()) -> Entry | None:
        """What tells the time of the paper of which somebody asks whether it still holds; None where nobody does.

        `inherited` are the documents that the conversation is about.
        """
        papers = reading.documents or frozenset(inherited)
        # "Hết hạn chưa" of a paper is its time; of anything in it, the last day for that.
        most = MOST_OF_VALIDITY if reading.facets[:1] == ("valid",) else 0
        if not reading.asks("valid") or len(papers) != 1 or len(reading.content) > most:
            return None
        return next((self._periods[paper] for paper in papers if paper in self._periods), None)

    def subject(self, reading: Reading, *, talking: bool) -> Entry | None:
        """What tells of the whole paper that a question names and nothing else: "Đức Phổ có kế hoạch gì".

        `talking`: "Đức Phổ thì sao" asks there what was asked before.
        """
        alone = not (reading.earlier or reading.attributes or (talking and not reading.content))
        topics = {term.word for term in reading.content} - self._whole
        if len(reading.documents) != 1 or not alone or topics or reading.facets not in ((), ("define",)):
            return None
        [document] = reading.documents
        return self._subjects.get(document)

    def in_section(self, reading: Reading) -> frozenset[str]:
        """Entries of the sections that a question names: "mục II.6.a kế hoạch 71 nói gì"."""
        named = _sections(fold(reading.text))
        found = (entry for section in named for entry in self._sections.get(section, ()))
        return frozenset(entry.id for entry in found if not reading.documents or entry.document in reading.documents)

    def citing(self, reading: Reading) -> frozenset[str]:
        """Entries that cite a paper which the question names by number, where few do."""
        found = [self._citing.get((kind, number), set()) for kind, number in _PAPER.findall(reading.folded)]
        return frozenset(entry for entries in found if len(entries) <= FEW for entry in entries)

    def criteria(self, reading: Reading, inherited: Collection[str] = ()) -> tuple[str, Sequence[Entry]]:
        """The (first) number of the criteria that are asked for, or empty, and the entries with these numbers.

        `inherited` are the documents that the conversation is about.
        """
        numbers = [f"{m[1]}.{int(m[2])}" for m in _CRITERION.finditer(reading.text)]
        if not 0 < len(numbers) <= MOST_NUMBERS or not _means_criterion(reading):
            return "", ()
        found = [entry for number in numbers for entry in self._criteria.get(number, [])]
        places = reading.documents or frozenset(inherited)
        own = [entry for entry in found if entry.document in places]
        named = any(word.folded == "tieu" for word in reading.words)
        if places and found and not own and (reading.documents or not named):
            return "", ()
        return (numbers[0], own or found) if found or named else ("", ())


def _means_criterion(reading: Reading) -> bool:
    before = {
        first.folded
        for first, second in zip(reading.words, reading.words[1:], strict=False)
        if _CRITERION.fullmatch(second.folded)
    }
    first = _CRITERION.fullmatch(reading.words[0].folded)
    return bool(before & _BEFORE or first) or len(reading.words) <= _SHORT


def _texts(library: Library) -> list[str]:
    texts = [f"{d.type} {d.number} | {' | '.join(d.names)}" for d in library.documents.values()]
    for e in library.entries.values():
        texts += (text for text in (e.quote, e.title, *e.questions, *e.keywords) if _DIGIT.search(text))
    return [fold(text) for text in texts]


def _papers(text: str) -> list[tuple[str, str]]:
    found = []
    for match in _NAMED.finditer(text):
        words = match[0]
        kind = next(k for k in (*_SHORT_NAMES, *_KINDS) if words.startswith(k))
        found.append((_SHORT_NAMES.get(kind, kind), re.findall(r"\d+", words)[-1]))
    return found


def _sections(folded: str) -> list[str]:
    """Sections named in a folded text, written alike: "muc ii.6.a"."""
    return [
        ".".join([f"{match[1]} {_ROMAN.get(match[2], match[2])}", *re.findall(r"\w+", match[3])])
        for match in _SECTION.finditer(folded)
    ]
