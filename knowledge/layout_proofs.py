"""What is wrong in the layout of a paper: columns, parts and names in braces that the form does not have."""

import re
from collections.abc import Iterable, Iterator

from knowledge.forms import Field, Form
from knowledge.layouts import PaperColumn, PaperSection, When

# What stands for itself in braces besides answers: of the round, of the unit, of the paper.
WORDS = frozenset({"year", "period", "ward", "unit", "number", "day", "to", "count", "service"})
# Width of the text of A4 in millimetres, with the margins of Nghị định 30/2020/NĐ-CP, Phụ lục I.
PORTRAIT, LANDSCAPE = 165, 252
_BRACES = re.compile(r"\{([^{}]*)\}")


def check_layout(form: Form) -> Iterator[str]:
    """Each thing wrong, as a sentence that says what to do."""
    layout = form.layout
    if layout.rows or (layout.columns and layout.kind != "checklist"):
        yield from _table(form, PaperSection(rows=layout.rows, columns=layout.columns))
    for table in layout.tables:
        yield from _table(form, PaperSection(table.heading, rows=layout.rows, when=table.where))
        yield from _words(form, [table.heading])
    for section in layout.sections:
        yield from _section(form, section)
    if layout.sections and (layout.rows or layout.columns):
        yield "bản in có cả “sections” lẫn “rows” hoặc “columns”; giữ một cách"
    if not layout.title:
        yield "bản in chưa có “title”; ghi tên giấy"
    letter = layout.covering
    texts = [layout.title, layout.subtitle, layout.attached, *layout.notes, *layout.signatures]
    texts += [letter.about, *letter.grounds, *letter.lines] if letter else []
    yield from _words(form, texts)


def _section(form: Form, section: PaperSection) -> Iterator[str]:
    for id in section.fields:
        if form.field(id) is None:
            yield f"bản in nhắc tới mục “{id}” không có; sửa mã"
    if section.rows or section.columns:
        yield from _table(form, section)
    elif section.when and not _can_be(section.when, form.fields):
        yield f"bản in chờ “{section.when.field}” là {', '.join(section.when.values)}, biểu mẫu không có; sửa lại"
    yield from _words(form, (section.heading, *section.lines))


def _table(form: Form, section: PaperSection) -> Iterator[str]:
    field = form.field(section.rows)
    if section.rows and (field is None or field.kind != "rows"):
        yield f"bản in lấy các dòng của “{section.rows}”, mục ấy không có hoặc không phải rows; sửa mã"
        return
    known = field.columns if field else form.fields
    ids = frozenset(field.id for field in (*known, *form.fields)) | WORDS
    for column in section.columns:
        yield from _column(column, ids if "{" in column.field else frozenset(field.id for field in known))
    if section.when and not _can_be(section.when, known):
        yield f"bản in chia theo “{section.when.field}” là {', '.join(section.when.values)}, không có; sửa lại"
    room = LANDSCAPE if form.layout.landscape else PORTRAIT
    width = sum(column.width for column in section.columns)
    if width > room:
        yield f"các cột rộng {width} mm, giấy chỉ còn {room} mm; thu hẹp hoặc để landscape = true"


def _column(column: PaperColumn, known: frozenset[str]) -> Iterator[str]:
    named = _names(column.field) if "{" in column.field else [column.field] if column.field else []
    for id in named:
        if id not in known:
            yield f"cột “{column.heading}” lấy mục “{id}” không có; sửa mã"


def _can_be(when: When, fields: Iterable[Field]) -> bool:
    field = next((field for field in fields if field.id == when.field), None)
    return field is not None and set(when.values) <= {"yes", "no", "na", *(option.value for option in field.options)}


def _words(form: Form, texts: Iterable[str]) -> Iterator[str]:
    for name in (name for text in texts for name in _names(text)):
        if name not in WORDS and form.field(name) is None:
            yield f"bản in có {{{name}}} mà không mục nào tên ấy; sửa lại hoặc dùng: {', '.join(sorted(WORDS))}"


def _names(text: str) -> list[str]:
    """The names in braces of a text; of a difference "{a - b}" both."""
    return [name for inside in _BRACES.findall(text) for name in inside.split(" - ")]
