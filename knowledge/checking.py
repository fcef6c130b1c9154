"""What is wrong in the documents as entered: the checks behind `bot.py check`."""

import calendar
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.folding import collapse, folded_words
from knowledge.lexicon import Lexicon
from knowledge.loading import Problem
from knowledge.model import Document, Entry, Library

SOURCES_DIR = Path(__file__).parent / "sources"
ELISION = "[…]"
# A shorter paragraph is a heading number, a table mark or a blank cell.
SHORTEST_PARAGRAPH = 4


def corrected_source(document: Document, folder: Path = SOURCES_DIR) -> str:
    """The source text with its listed scan errors corrected, in NFC, white space collapsed."""
    text = collapse((folder / document.source).read_text(encoding="utf-8"))
    for correction in document.corrections:
        text = text.replace(collapse(correction.wrong), collapse(correction.right))
    return text


def quote_parts(quote: str) -> list[str]:
    """The contiguous parts of a quote, collapsed."""
    return [part for part in map(collapse, quote.split(ELISION)) if part]


def check_library(library: Library, lexicon: Lexicon, sources: Path = SOURCES_DIR) -> list[Problem]:
    """Every problem of every document, in the order of the files."""
    problems: list[Problem] = []
    for document in library.documents.values():
        problems += _check_document(document, library, lexicon, sources)
    return [*problems, *_same_questions(library)]


def _check_document(document: Document, library: Library, lexicon: Lexicon, sources: Path) -> Iterator[Problem]:
    file = f"{document.id}.toml"
    try:
        source = corrected_source(document, sources)
        original = (sources / document.source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        yield Problem(file, "", f"không đọc được nguồn {document.source} ({error}); đặt tệp vào knowledge/sources")
        return
    for correction in document.corrections:
        if collapse(correction.wrong) not in collapse(original):
            yield Problem(file, "", f"chỗ sửa “{correction.wrong}” không có trong nguồn; xóa hoặc chép lại cho đúng")
    for entry in document.entries:
        for text in _check_entry(entry, library, lexicon, source):
            yield Problem(file, entry.id, text)
    for paragraph in _uncovered(document, original):
        yield Problem(file, "", f"chưa mục nào trích đoạn “{paragraph[:80]}”; thêm mục hoặc ghi vào ceremonial")


def _check_entry(entry: Entry, library: Library, lexicon: Lexicon, source: str) -> Iterator[str]:
    yield from _check_quote(entry, source)
    for other in (entry.parent, *entry.see):
        if other and other not in library.entries:
            yield f"nhắc tới mục “{other}” không có; sửa mã hoặc bỏ đi"
    for attribute in (*entry.not_stated, *entry.states):
        if attribute not in lexicon.attributes:
            yield f"“{attribute}” không có trong lexicon/attributes.toml; dùng một mã có ở đó"
    for deadline in entry.deadlines:
        if _is_impossible(deadline.year, deadline.month, deadline.day) and not entry.notes:
            yield f"ngày “{deadline.raw}” không có thật; giữ nguyên lời văn bản và thêm notes"
    for note in entry.notes:
        if note.source and not note.on:
            yield "ghi chú có nguồn nhưng thiếu “on” (ngày kiểm tra); ghi thêm"
    if not entry.questions and entry.kind != "signature":
        yield "chưa có câu hỏi nào trong questions; thêm 2–4 câu như bà con hay hỏi"
    if entry.kind == "gap" and "definition" not in entry.not_stated:
        yield 'mục loại gap cần not_stated = ["definition"]'


def _check_quote(entry: Entry, source: str) -> Iterator[str]:
    position = 0
    for part in quote_parts(entry.quote):
        found = source.find(part, position)
        if found < 0:
            found = source.find(part)
        if found < 0:
            yield f"lời trích “{part[:70]}” không có trong nguồn; chép lại nguyên văn"
        position = max(found, 0)
    if not entry.quote.strip():
        yield "chưa có lời trích; chép nguyên văn từ nguồn"
    quoted = collapse(entry.quote)
    for raw in (*(d.raw for d in entry.deadlines), *(q.raw for q in entry.quantities)):
        if collapse(raw) not in quoted:
            yield f"“{raw}” không nằm trong lời trích; chép đúng chữ của lời trích"
    for row in entry.quantities:
        if row.quote and any(part not in source for part in quote_parts(row.quote)):
            yield f"lời trích của dòng “{row.key}” không có trong nguồn; chép lại nguyên văn"


def _is_impossible(year: int | None, month: int | None, day: int | None) -> bool:
    if month is None or day is None:
        return False
    return not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year or 2000, month)[1]


def _uncovered(document: Document, original: str) -> Iterator[str]:
    """Paragraphs of the source that stand in no quote, list or ceremony."""
    said = [part for entry in document.entries for part in quote_parts(entry.quote)]
    said += [collapse(item) for entry in document.entries for item in entry.items]
    said += [collapse(row.quote) for entry in document.entries for row in entry.quantities if row.quote]
    said += [collapse(text) for text in document.ceremonial]
    known = "\n".join(said)
    numbers = {entry.number for entry in document.entries if entry.number}
    for line in original.splitlines():
        paragraph = _corrected(document, collapse(line))
        if len(paragraph) < SHORTEST_PARAGRAPH or paragraph in numbers or paragraph in known:
            continue
        if not all(piece in known for piece in _sentences(paragraph)):
            yield paragraph


def _corrected(document: Document, paragraph: str) -> str:
    for correction in document.corrections:
        paragraph = paragraph.replace(collapse(correction.wrong), collapse(correction.right))
    return paragraph


def _sentences(paragraph: str) -> list[str]:
    """A paragraph that several entries share is covered when each of its sentences is."""
    bare = re.sub(r"^(?:[-+•]|\(?[\dIVXa-zđ.]{1,6}[.)-])\s*", "", paragraph)
    return [piece.strip(" ;.,:") for piece in re.split(r"(?<=[.;:])\s+", bare) if len(piece) > SHORTEST_PARAGRAPH]


def _same_questions(library: Library) -> Iterable[Problem]:
    seen: dict[tuple[str, ...], Entry] = {}
    for entry in library.entries.values():
        for question in entry.questions:
            words = folded_words(question)
            if words in seen and seen[words] is not entry:
                other = seen[words].id
                yield Problem(f"{entry.document}.toml", entry.id, f"câu “{question}” trùng với {other}; nói khác đi")
            seen[words] = entry
