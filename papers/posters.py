"""An announcement on paper: a sheet in large print for the notice board, and texts to be read out or sent as SMS."""

import html
import re
from collections.abc import Iterator
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from conversation import PaperFile
from knowledge.aloud import aloud
from knowledge.short_messages import sms_parts
from papers.documents import FONT, LONG, MEDIA_TYPE, SHORT
from papers.paper import clean, slug
from storage.announcements import Announcement

_MARGIN, _TITLE, _FOOT = Mm(20), 30, 12
# Points by the length of the text: as large as still fits on a sheet or two.
_SIZES = ((180, 32), (350, 28), (800, 22), (1600, 18))
_SMALLEST = 16
_TAG = re.compile(r"<(/?)(\w+)[^>]*>")


def sheet(told: Announcement, ward: str) -> PaperFile:
    """The announcement as A4 in large print."""
    file = docx.Document()
    _page(file, ward)
    head, _, text = str(told.body.text).partition("\n\n")
    if told.state in ("draft", "waiting"):
        _line(file, "BẢN NHÁP, CHƯA ĐƯỢC DUYỆT", _FOOT, centred=True)
    _line(file, head.upper(), _TITLE, centred=True)
    length = len(visible(text))
    size = next((points for most, points in _SIZES if length <= most), _SMALLEST)
    for line in text.split("\n"):
        _line(file, line, size)
    _line(file, f"{ward[:1].upper()}{ward[1:]}, mã thông báo {told.code}", _FOOT)
    content = BytesIO()
    file.save(content)
    return PaperFile(f"thong-bao_{slug(told.code)}.docx", MEDIA_TYPE, content.getvalue())


def script(told: Announcement) -> PaperFile:
    """What is read out over loudspeakers, twice as is the custom."""
    text = aloud(visible(str(told.body.text)))
    return _text(told, "doc-loa", f"{text}\n\nXin nhắc lại.\n\n{text}\n")


def messages(told: Announcement) -> PaperFile:
    """The SMS, one a line."""
    return _text(told, "sms", "\n".join(sms_parts(visible(str(told.body.text)))) + "\n")


def visible(text: str) -> str:
    """The text without its tags."""
    return html.unescape(_TAG.sub("", text))


def _text(told: Announcement, what: str, text: str) -> PaperFile:
    return PaperFile(f"{what}_{slug(told.code)}.txt", "text/plain; charset=utf-8", text.encode("utf-8-sig", "replace"))


def _page(file: Document, ward: str) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(SHORT), Mm(LONG)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    normal = file.styles["Normal"]
    normal.font.name = FONT
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    file.core_properties.author = clean(ward)


def _line(file: Document, text: str, size: int, *, centred: bool = False) -> None:
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_after = Pt(size / 3)
    for words, tags in _runs(text):
        run = paragraph.add_run(clean(words))
        run.font.size = Pt(size)
        run.bold, run.italic, run.underline = "b" in tags, "i" in tags, "u" in tags


def _runs(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Visible words and the names of the tags around them."""
    opened: list[str] = []
    start = 0
    for tag in _TAG.finditer(text):
        yield html.unescape(text[start : tag.start()]), frozenset(opened)
        name = tag[2].lower()
        if not tag[1]:
            opened.append(name)
        elif name in opened:
            opened.remove(name)
        start = tag.end()
    yield html.unescape(text[start:]), frozenset(opened)
