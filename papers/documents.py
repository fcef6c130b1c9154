"""DOCX: sheets of blocks on A4 pages, with the page, font and sizes of NĐ 30/2020 and HD 36-HD/VPTW."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime, time
from io import BytesIO
from itertools import takewhile, zip_longest
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from conversation import PaperFile
from papers.blocks import Block, Grid, Letterhead, Line, Signing, Title, Voice
from papers.composition import composed
from papers.paper import NoPaper, Paper, clean, file_name
from papers.ruling import add_grid, add_letterhead, add_signing, rule

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# More papers of several pages than this make a file that Word opens slowly and nobody prints.
MOST_PAPERS = 100
FONT = "Times New Roman"
# Margins in millimetres (NĐ 30/2020, Phụ lục I, mục I.3): top and bottom 20–25, left 30–35, right 15–20.
LONG, SHORT = 297, 210
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
_PAGE_NUMBER, _BODY, _TABLE, _FOOT = 13, 14, 12, 8
# In twentieths of a point: space above a line, its first indent; a line of 1.15 in 240ths of a line.
_ABOVE, _INDENT, _HIGH = 120, 720, 276
Key = tuple[Block, int, bool]
Element = Any


def document(paper: Paper) -> PaperFile:
    """The paper as DOCX. Raises `NoPaper`."""
    if len(paper.filled) > MOST_PAPERS and paper.form.layout.kind != "list":
        raise NoPaper(
            f"Có {len(paper.filled)} bài nộp, nhiều hơn {MOST_PAPERS} bản của một tệp Word; "
            "anh/chị xuất từng đơn vị, hoặc xuất tệp Excel có bảng tổng hợp."
        )
    sheets = composed(paper)
    file, known = _new(paper), dict[Key, list[Element]]()
    for place, sheet in enumerate(sheets):
        section = file.sections[0] if place == 0 else file.add_section(WD_SECTION.NEW_PAGE)
        _page(section, sheet.landscape)
        width = text_width(sheet.landscape)
        for block, following in zip_longest(sheet.blocks, sheet.blocks[1:]):
            _again(file, known, block, width, signed=isinstance(following, Signing))
    _number_pages(file.sections, paper)
    content = BytesIO()
    file.save(content)
    unit = paper.filled[0].unit.code if len(paper.filled) == 1 else ""
    return PaperFile(file_name(paper.form, unit, paper.made, ".docx"), MEDIA_TYPE, content.getvalue())


def text_width(landscape: bool) -> int:
    """Millimetres between the left and the right margin."""
    return (LONG if landscape else SHORT) - LEFT - RIGHT


def _new(paper: Paper) -> Document:
    file = docx.Document()
    _styles(file)
    core = file.core_properties
    core.author = core.last_modified_by = clean(paper.ward)
    core.title = clean(paper.form.title)
    core.comments = mark(paper)
    core.language = "vi-VN"
    made = datetime.combine(paper.made, time(), UTC) if paper.made else datetime(2000, 1, 1, tzinfo=UTC)
    core.created = core.modified = made
    return file


def mark(paper: Paper) -> str:
    """The small line that says who had the file made and when, and that it holds what the ward has not accepted."""
    said = []
    if any(filled.state != "accepted" for filled in paper.filled):
        said.append("Có bài chưa được phường nhận")
    if paper.asked_by:
        on = f" ngày {paper.made:%d/%m/%Y}" if paper.made else ""
        said.append(f"Xuất từ Bạn Phố{on}, người xuất: {paper.asked_by}")
    return clean(". ".join(said))


def _styles(file: Document) -> None:
    """Times New Roman for every script; body text justified, first line indented, 6 points apart."""
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(_BODY)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    for name, middle in (("Cell", False), ("CellCentre", True)):
        style = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size = Pt(_TABLE)
        form = style.paragraph_format
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT
        form.space_before = form.space_after = Pt(2)


def _page(section: Section, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(LONG), Mm(SHORT)) if landscape else (Mm(SHORT), Mm(LONG))
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)


def _number_pages(sections: Sequence[Section], paper: Paper) -> None:
    """The number in the middle of the top margin, from the second page on, for each part anew."""
    for place, section in enumerate(sections):
        section.different_first_page_header_footer = True
        start = OxmlElement("w:pgNumType")
        start.set(qn("w:start"), "1")
        section._sectPr.insert_element_before(start, "w:cols", "w:titlePg", "w:docGrid")
        if place:
            continue
        _number(section.header.paragraphs[0])
        for foot in (section.footer, section.first_page_footer):
            line = foot.paragraphs[0]
            line.add_run(mark(paper)).font.size = Pt(_FOOT)
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        section.first_page_header.is_linked_to_previous = False


def _number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = paragraph.add_run("2")
    run.font.size = Pt(_PAGE_NUMBER)
    field.append(run._r)
    paragraph._p.append(field)


def _again(file: Document, known: "dict[Key, list[Element]]", block: Block, width: int, *, signed: bool) -> None:
    """Add a block as a copy where the same stood in the file before: of many papers most are alike."""
    key = (block, width, signed)
    if key in known:
        for element in known[key]:
            file.element.body.sectPr.addprevious(deepcopy(element))
        return
    end = file.element.body.sectPr
    before = end.getprevious()
    _add(file, block, width, signed=signed)
    known[key] = list(takewhile(lambda element: element is not before, end.itersiblings(preceding=True)))[::-1]


def _add(file: Document, block: Block, width: int, *, signed: bool) -> None:
    """Add a block; what stands before a signature stays on its page, so that nobody signs on a page of its own."""
    match block:
        case Letterhead():
            add_letterhead(file, block, width)
        case Title():
            _title(file, block, width)
        case Line():
            for text in block.text.split("\n"):
                _line(file, text, block.voice, stays=signed)
        case Grid():
            space = file.add_paragraph().paragraph_format
            space.line_spacing, space.keep_with_next = Pt(6), True
            add_grid(file, block, width, signed=signed)
        case Signing():
            add_signing(file, block, width)


def _title(file: Document, title: Title, width: int) -> None:
    """Name and subject in bold; what it belongs to in italics; below a rule in the middle."""
    name, about = (16, 15) if title.large else (_BODY, _BODY)
    texts = ((title.name, name, True), (title.about, about, True), (title.attached, _BODY, False))
    lines = [(line, size, bold) for text, size, bold in texts for line in text.split("\n") if line]
    for place, (line, size, bold) in enumerate(lines):
        paragraph = file.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(0 if place else 12)
        paragraph.paragraph_format.keep_with_next = True
        run = paragraph.add_run(line)
        run.font.size, run.bold, run.italic = Pt(size), bold, not bold
    if title.ruled:
        paragraph = rule(file.add_paragraph(), width, 40)
    paragraph.paragraph_format.space_after = Pt(12)


def _line(file: Document, text: str, voice: Voice, *, stays: bool) -> None:
    """A line of running text, or a bold one in the middle; as XML, which is much quicker than through python-docx."""
    middle = voice == "centre"
    bold = "<w:b/>" if middle or voice == "heading" else ""
    italic = "<w:i/>" if voice in ("italic", "subheading") else ""
    keep = "<w:keepNext/>" if not middle and (stays or voice in ("heading", "subheading")) else ""
    spacing = f'w:before="{_ABOVE}"' + ("" if middle else f' w:line="{_HIGH}" w:lineRule="auto"')
    indent = "" if middle else f'<w:ind w:firstLine="{_INDENT}"/>'
    where = "center" if middle else "both"
    paragraph = parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr>{keep}<w:spacing {spacing}/>{indent}<w:jc w:val="{where}"/></w:pPr>'
        f'<w:r><w:rPr>{bold}{italic}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )
    file.element.body.sectPr.addprevious(paragraph)
