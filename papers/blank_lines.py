"""The lines of a blank: the same for writing it and for reading it back."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.forms import TICKS, Field, Form
from knowledge.steps import ABOUT_UNIT, numbers_beside
from papers.filling import label, number
from papers.paper import clean

# First cell of the hidden sheet; the number grows when older blanks can no longer be read.
MARK = "ban-pho-1"
ABOUT_SHEET, CHOICES_SHEET, ANSWERS_SHEET = "_ban_pho", "_lua_chon", "Biểu mẫu"
MOST_ROWS = 40
# In the first cell of the sheet of answers and, in a sheet of rows, of the line that names the columns.
ANSWERS_MARK, COLUMNS_MARK = "@answers", "@columns"
# Columns: hidden id, number, question, answer, two numbers, how to write it.
ID, NUMBER, QUESTION, ANSWER, PART, WHOLE, HELP = range(1, 8)
_CHOOSE = "Chọn trong danh sách."
_WAYS = {
    "integer": "Số nguyên.",
    "decimal": "Số, phần lẻ sau dấu phẩy.",
    "date": "Ngày/tháng/năm, ví dụ 20/11/2026.",
    "period": "Từ - đến, ví dụ 3/2012 - 5/2018.",
    "time": "Giờ, ví dụ 19h30.",
    "phone": "Đủ 10 số.",
    "one_of": _CHOOSE,
}
TICK_WORDS = {"yes_no": ("Có", "Không"), "yes_no_na": ("Có", "Không", "Không áp dụng")}


@dataclass(frozen=True, slots=True)
class BlankLine:
    """One line of the sheet of answers. A line without an id asks nothing."""

    # Path of the answer; of the numbers alone, with "#".
    id: str
    number: str
    question: str
    field: Field | None = None
    # Path and shape of the numbers beside the answer; the shape is a share or one number.
    beside: tuple[str, Field] | None = None
    help: str = ""

    @property
    def written(self) -> bool:
        """Whether the answer is written as text; a share is two numbers instead."""
        return self.field is not None and self.field.kind != "share"


def lines(form: Form, kind: str) -> Iterator[BlankLine]:
    """The lines for units of a kind, under the headings of the groups.

    Whatever else decides what is asked may be known only when the blank comes back, so all of it is in the blank.
    """
    begun, known = "", set[str]()
    for field in form.fields:
        if not _may_be_asked(field, kind):
            continue
        if field.group != begun:
            begun = field.group
            yield from (BlankLine("", g.number, clean(g.title)) for g in form.groups if g.id == begun)
        if field.needs and field.needs not in known:
            known.add(field.needs)
            about = Field(ABOUT_UNIT + field.needs, "yes_no", field.needs)
            yield BlankLine(about.id, "", f"Đơn vị thuộc diện: {field.needs}?", about, help=_CHOOSE)
        yield from _of_field(form, field)


def _may_be_asked(field: Field, kind: str) -> bool:
    """Whether a unit of a kind may be asked a field in a blank. Files are sent in the chat."""
    return field.kind != "files" and (not field.units or kind in field.units)


def _of_field(form: Form, field: Field) -> Iterator[BlankLine]:
    if field.kind == "rows":
        yield BlankLine("", number(field), label(field), help=f"Ghi ở tờ “{rows_sheet(form, field)}”.")
        return
    shared = sum(other.prompt == field.prompt for other in form.fields) > 1
    shown = clean(f"{field.prompt}\n{field.short}" if shared else field.prompt)
    numbers = list(numbers_beside(field))
    first = numbers[0] if numbers and numbers[0][0] == f"{field.id}#" else None
    if field.kind == "share":
        first = (field.id, field)
    yield BlankLine(field.id, field.number, shown, field, first, _only_if(form, field) + how(field))
    for path, shape in numbers:
        if first is None or path != first[0]:
            # Alone on its line, a number is an answer; a share is two numbers.
            share = (path, shape) if shape.kind == "share" else None
            yield BlankLine(path, "", f"– {label(shape)}", shape, share, how(shape))


def _only_if(form: Form, field: Field) -> str:
    other = form.field(field.when.field) if field.when else None
    if other is None or field.when is None:
        return ""
    words = {option.value: option.label for option in other.options} | dict(
        zip(("yes", "no"), ("Có", "Không"), strict=True)
    )
    values = ", ".join(words.get(value, value) for value in field.when.values)
    return f"Chỉ khi “{label(other)}” là: {values}. "


def how(field: Field) -> str:
    """How an answer is written, in a few words."""
    needed = "" if field.required else " Không bắt buộc."
    return (_way(field) + needed).strip()


def _way(field: Field) -> str:
    if field.kind in TICKS:
        said = f"{_CHOOSE} “Có” nghĩa là đã xảy ra." if field.bad == "yes" else _CHOOSE
        return f"{said} {_counted(field)}".strip()
    if field.kind == "share":
        return _counted(field)
    if field.kind == "many_of":
        return f"Chọn: {'; '.join(option.label for option in field.options)}. Nhiều mục thì cách nhau dấu ;"
    return _WAYS.get(field.kind, "")


def _counted(field: Field) -> str:
    if field.share:
        return f"Hai số: {field.share.part}; {field.share.whole}."
    return "Có số liệu thì ghi số ở cột E." if field.target and field.kind in TICKS else ""


def rows_sheet(form: Form, field: Field) -> str:
    """Name of the sheet on which the rows of a field are written, the same for no other field."""
    place = [other.id for other in form.fields if other.kind == "rows"].index(field.id) + 1
    name = "".join(letter for letter in label(field) if letter not in "[]:*?/\\'")
    return f"Bảng {place} {name}"[:31].strip()


def row_fields(form: Form, kind: str) -> list[Field]:
    """The fields that have a sheet of their own."""
    return [field for field in form.fields if field.kind == "rows" and _may_be_asked(field, kind)]


def columns(field: Field) -> list[Field]:
    """The columns that are written in a blank."""
    return [column for column in field.columns if column.kind != "files"]


def row_ids_of(field: Field) -> list[str]:
    """Ids of the rows that a blank offers."""
    return [f"r{place}" for place in range(1, min(field.most or MOST_ROWS, MOST_ROWS) + 1)]
