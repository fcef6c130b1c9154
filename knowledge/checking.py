"""What is wrong in the documents as entered: the checks behind `bot.py check`."""

import calendar
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.folding import collapse, folded_words
from knowledge.lexicon import Lexicon
from knowledge.loading import Problem
from knowledge.model import Document, Entry, Library

SOURCES_DIR = Path(__file__).parent / "sources"
ELISION = "[…]"
# Letters of a source that may stand outside every quote: a number, a mark of the scan.
LONGEST_GAP = 4
# Ids stand in the values of buttons, which hold 64 bytes.
LONGEST_ID = 44
FIRST_YEAR, LAST_YEAR = 1945, 2200


def corrected_source(document: Document, folder: Path = SOURCES_DIR) -> str:
    """The source text with its listed scan errors corrected, in NFC, white space collapsed."""
    text = collapse((folder / document.source).read_text(encoding="utf-8"))
    return _corrected(document, text)


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
    issued = document.issued
    if issued.year and (
        not FIRST_YEAR <= issued.year <= LAST_YEAR or _is_impossible(issued.year, issued.month, issued.day)
    ):
        yield Problem(file, "", f"ngày ban hành “{issued.raw}” không có thật; ghi đúng như trên văn bản hoặc bỏ bớt")
    if document.subject and library.entries.get(document.subject) not in document.entries:
        yield Problem(file, "", f"subject = “{document.subject}” không phải mục của văn bản này; sửa mã hoặc bỏ đi")
    for correction in document.corrections:
        if not correction.wrong or collapse(correction.wrong) not in collapse(original):
            yield Problem(file, "", f"chỗ sửa “{correction.wrong}” không có trong nguồn; xóa hoặc chép lại cho đúng")
    for entry in document.entries:
        for text in _check_entry(entry, library, lexicon, source):
            yield Problem(file, entry.id, text)
    for paragraph in _uncovered(document, source):
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
        if deadline.year is not None and not FIRST_YEAR <= deadline.year <= LAST_YEAR:
            yield f"năm {deadline.year} của “{deadline.raw}” không thể đúng; ghi năm bốn chữ số"
        elif _is_impossible(deadline.year, deadline.month, deadline.day) and not entry.notes:
            yield f"ngày “{deadline.raw}” không có thật; giữ nguyên lời văn bản và thêm notes"
    for note in entry.notes:
        if note.source and not note.on:
            yield "ghi chú có nguồn nhưng thiếu “on” (ngày kiểm tra); ghi thêm"
    if not 0 < len(entry.id) <= LONGEST_ID:
        yield f"mã dài {len(entry.id)} chữ; phải có từ 1 đến {LONGEST_ID} chữ để vừa một nút bấm"
    for row in entry.quantities:
        if not math.isfinite(row.value):
            yield f"giá trị của “{row.raw}” không phải là số; ghi số"
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


def _uncovered(document: Document, source: str) -> Iterator[str]:
    """Stretches of the source that stand in no quote, list or ceremony."""
    texts = [*document.ceremonial, *(text for entry in document.entries for text in (entry.quote, *entry.items))]
    texts += (row.quote for entry in document.entries for row in entry.quantities)
    covered = bytearray(len(source))
    for part in {part for text in texts for part in quote_parts(text)}:
        for match in re.finditer(re.escape(part), source):
            covered[match.start() : match.end()] = b"x" * len(part)
    for gap in re.finditer(rb"\0+", covered):
        text = source[gap.start() : gap.end()]
        if len(re.sub(r"\W", "", text)) > LONGEST_GAP:
            yield text.strip()


def _corrected(document: Document, paragraph: str) -> str:
    for correction in document.corrections:
        if correction.wrong:
            paragraph = paragraph.replace(collapse(correction.wrong), collapse(correction.right))
    return paragraph


def _same_questions(library: Library) -> Iterable[Problem]:
    seen: dict[tuple[str, ...], Entry] = {}
    for entry in library.entries.values():
        for question in entry.questions:
            words = folded_words(question)
            if words in seen and seen[words] is not entry:
                other = seen[words].id
                yield Problem(f"{entry.document}.toml", entry.id, f"câu “{question}” trùng với {other}; nói khác đi")
            seen[words] = entry
