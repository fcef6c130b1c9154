"""What is wrong in the forms as entered: the part of `bot.py check` that reads `[[forms]]`.

A prompt of a field that names an entry is a quote of it, unless it is a question of our own: one with "?" at its end.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from knowledge.checking import SOURCES_DIR, corrected_source, quote_parts
from knowledge.folding import collapse
from knowledge.forms import CHECKS, TICKS, Field, Form, Option
from knowledge.layout_proofs import check_layout
from knowledge.loading import Problem
from knowledge.model import Library

LONGEST_FORM_ID = 20
LONGEST_FORM_SHORT = 40
LONGEST_FIELD_ID = 24
LONGEST_SHORT = 90
# A button holds 60 characters.
LONGEST_LABEL = 60
LONGEST_OPTION = 20
# Paths stand in the values of buttons, which hold 64 bytes; ids of rows are no longer than this.
LONGEST_PATH = 44
LONGEST_ROW = 8
# In the documents' words.
UNIT_KINDS = (
    *("phường", "xã", "tổ dân phố", "thôn", "bản", "phòng ban", "đơn vị", "trường học"),
    *("Mặt trận, đoàn thể", "đảng bộ cơ sở", "chi bộ cơ sở"),
)
_FIELD_ID = re.compile(r"[A-Za-z0-9.-]+")
_NUMBERS = ("integer", "decimal", "share", *TICKS)
_CHOICES = ("one_of", "many_of")
TICK_VALUES: Mapping[str, tuple[str, ...]] = {"yes_no": ("yes", "no"), "yes_no_na": ("yes", "no", "na")}


def check_forms(library: Library, sources: Path = SOURCES_DIR) -> list[Problem]:
    """Every problem of every form, those of documents first."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for document in library.documents.values():
        try:
            source = _plain(corrected_source(document, sources))
        except (OSError, UnicodeDecodeError):
            # `check_library` says so.
            source = ""
        for version in document.forms:
            problems += _check_form(version.form, f"{document.id}.toml", library, source, seen)
    for version in library.own_forms:
        problems += _check_form(version.form, "knowledge/forms", library, "", seen)
    return problems


def _check_form(form: Form, file: str, library: Library, source: str, seen: set[str]) -> Iterator[Problem]:
    if form.id in seen:
        yield Problem(file, form.id, "mã biểu mẫu này dùng hai lần; đặt mã khác")
    seen.add(form.id)
    for text in (*_about(form, library), *_connected(form, library), *check_layout(form)):
        yield Problem(file, form.id, text)
    for field, inside, place in _walk(form):
        where = f"{form.id}/{place}"
        for text in (*_shape(field, place), *_answers(field), *_cited(field, library, source)):
            yield Problem(file, where, text)
        for text in _conditions(field, inside, form):
            yield Problem(file, where, text)
    for text in _twins(form):
        yield Problem(file, form.id, text)


def _walk(form: Form) -> Iterator[tuple[Field, Sequence[Field], str]]:
    """Every field, column and further number, with those beside it and its place."""
    for field in form.fields:
        yield field, form.fields, field.id
        for column in field.columns:
            yield column, field.columns, f"{field.id}/{column.id}"
        for more in field.more:
            yield more, field.more, f"{field.id}#{more.id}"


def _about(form: Form, library: Library) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9-]+", form.id) or len(form.id) > LONGEST_FORM_ID:
        yield f"mã phải là chữ thường không dấu, số và gạch nối, nhiều nhất {LONGEST_FORM_ID} chữ; đặt lại"
    if not 0 < len(form.short) <= LONGEST_FORM_SHORT:
        yield f"“short” dài {len(form.short)} chữ; ghi từ 1 đến {LONGEST_FORM_SHORT} chữ cho vừa nút bấm"
    if not form.fields:
        yield "chưa hỏi gì; thêm [[forms.fields]]"
    if not form.units:
        yield "chưa ghi loại đơn vị nào phải nộp; thêm vào “units”"
    for kind in (*form.units, *(k for q in form.quotas for k in (*q.units, *q.proposed_by))):
        if kind not in form.units:
            yield f"quotas nhắc “{kind}” mà “units” không có; thêm vào “units” hoặc bỏ đi"
        elif kind not in UNIT_KINDS:
            yield f"không có loại đơn vị “{kind}”; dùng một trong: {', '.join(UNIT_KINDS)}"
    for name in form.checks:
        if name not in CHECKS:
            yield f"không có phép kiểm tra “{name}”; dùng một trong: {', '.join(CHECKS)}"
    if ("quota" in form.checks) != bool(form.quotas):
        yield "phép kiểm tra “quota” và các [[forms.quotas]] đi cùng nhau; thêm cho đủ hoặc bỏ cả hai"
    yield from _deadline(form, library)


def _deadline(form: Form, library: Library) -> Iterator[str]:
    for id in (form.entry, form.deadline):
        if _is_unknown(id, library):
            yield _unknown(id, library)
    entry = library.entries.get(form.deadline)
    if entry and not entry.deadlines:
        yield f"“deadline” là “{entry.id}” nhưng mục ấy không ghi hạn nào; chọn mục khác hoặc bỏ đi"
    aliases = [alias for one in entry.deadlines for alias in one.aliases] if entry else []
    if form.deadline_of and entry and aliases.count(form.deadline_of) != 1:
        yield f"“deadline_of” là “{form.deadline_of}”; ghi một chữ trong aliases của đúng một hạn"


def _is_unknown(id: str, library: Library) -> bool:
    """Whether an entry is missing; one of a document that is not served here is not."""
    return bool(id) and id not in library.entries and (not library.documents or id.split("-")[0] in library.documents)


def _unknown(id: str, library: Library) -> str:
    near = ", ".join(sorted(other for other in library.entries if other.startswith(id[:-3]))[:3])
    return f"không có mục “{id}”; sửa mã hoặc bỏ đi" + (f" (gần giống: {near})" if near else "")


def _connected(form: Form, library: Library) -> Iterator[str]:
    """Conflicts, which name fields and their values, and rows that come from another form."""
    for conflict in form.conflicts:
        if len(conflict.all) < 2:
            yield "một conflict cần ít nhất hai câu trả lời trong “all”; ghi thêm"
        for condition in conflict.all:
            id, _, value = condition.partition("=")
            field = form.field(id)
            if field is None:
                yield f"conflict nhắc tới mục “{id}” không có; sửa mã"
            elif value not in values_of(field):
                yield f"conflict nhắc “{condition}”; mục này chỉ trả lời: {', '.join(values_of(field))}"
            elif field.number not in conflict.says:
                yield f"conflict không nói số của mục “{id}”; ghi số {field.number} vào “says”"
    for field in form.fields:
        name, _, rows = field.rows_from.partition("/")
        other = library.forms.get(name)
        source = other.form.field(rows) if other else None
        if field.rows_from and (source is None or source.kind != "rows"):
            yield f"“rows_from” là “{field.rows_from}”; ghi mã biểu mẫu/mã mục có các dòng"


def _shape(field: Field, place: str) -> Iterator[str]:
    if not _FIELD_ID.fullmatch(field.id) or len(field.id) > LONGEST_FIELD_ID:
        yield f"mã “{field.id}” phải là chữ không dấu, số, chấm, gạch nối, nhiều nhất {LONGEST_FIELD_ID} chữ; đặt lại"
    row = place.replace("/", "/" + "0" * LONGEST_ROW + "/")
    if len(row.encode()) > LONGEST_PATH:
        yield f"đường dẫn của mục dài {len(row.encode())} byte, nhiều nhất {LONGEST_PATH}; rút ngắn mã"
    if not 0 < len(field.short) <= LONGEST_SHORT:
        yield f"“short” dài {len(field.short)} chữ; ghi từ 1 đến {LONGEST_SHORT} chữ"
    if not field.prompt.strip():
        yield "“prompt” để trống; ghi câu hỏi hoặc lời văn bản"
    if (field.kind == "rows") != bool(field.columns):
        yield "chỉ mục loại rows có columns, và phải có; thêm hoặc bỏ columns"
    if field.columns and "/" in place:
        yield "một cột không thể lại là bảng; dùng loại khác"
    if any(column.kind == "rows" for column in field.columns):
        yield "một cột không thể là rows; tách thành mục riêng"
    if field.more and field.kind not in TICKS:
        yield "“more” chỉ dùng bên ô Có / Không; bỏ đi"
    if any(more.kind not in ("share", "integer", "decimal") for more in field.more):
        yield "“more” chỉ gồm số: share, integer hoặc decimal; sửa loại"


def _answers(field: Field) -> Iterator[str]:
    if (field.kind in _CHOICES) != bool(field.options):
        yield "chỉ mục loại one_of, many_of có options, và phải có; thêm hoặc bỏ options"
    for name in ("value", "label"):
        for text, times in Counter(str(getattr(option, name)) for option in field.options).items():
            if times > 1:
                yield f"lựa chọn “{text}” có hai lần; bỏ một hoặc đổi {name}"
    for option in field.options:
        yield from _option(option)
    if field.kind == "share" and field.share is None:
        yield "mục loại share cần “share” nói hai số đếm gì; ghi thêm part và whole"
    if field.share and field.kind not in ("share", *TICKS):
        yield "“share” chỉ dùng với loại share hoặc ô Có / Không; bỏ đi"
    if field.target and field.kind not in _NUMBERS:
        yield "“target” chỉ dùng với số; bỏ đi"
    if field.target and (field.target.comparator == "range") != (field.target.value_max is not None):
        yield "so sánh range, và chỉ range, cần “value_max”; sửa lại"
    if field.least is not None and field.greatest is not None and field.least > field.greatest:
        yield "“least” lớn hơn “greatest”; đổi lại"


def _option(option: Option) -> Iterator[str]:
    if not option.value.isascii() or not 0 < len(option.value) <= LONGEST_OPTION:
        yield f"giá trị “{option.value}” phải là chữ không dấu, nhiều nhất {LONGEST_OPTION} chữ; đặt lại"
    for text in (option.label, *option.suggestions):
        if not 0 < len(text) <= LONGEST_LABEL:
            yield f"“{text[:30]}…” dài {len(text)} chữ; một nút chỉ chứa {LONGEST_LABEL} chữ, rút ngắn"


def _cited(field: Field, library: Library, source: str) -> Iterator[str]:
    for id in (field.entry, field.suggest_from, *(option.entry for option in field.options)):
        if _is_unknown(id, library):
            yield _unknown(id, library)
    entry = library.entries.get(field.entry)
    if entry and field.quotes:
        parts = quote_parts(entry.quote)
        if not any(collapse(field.prompt) in part for part in parts):
            yield f"“{field.prompt[:50]}” không có trong lời trích của “{entry.id}”; chép nguyên văn hoặc hỏi có dấu ?"
    offered = library.entries.get(field.suggest_from)
    if offered and not offered.items and not library.children(offered):
        yield f"“suggest_from” là “{offered.id}” nhưng mục ấy không có gì để gợi ý; chọn mục khác"
    for text in (text for option in field.options for text in option.suggestions):
        if source and _plain(text) not in source:
            yield f"gợi ý “{text}” không có trong văn bản; chép nguyên văn"


def _conditions(field: Field, inside: Sequence[Field], form: Form) -> Iterator[str]:
    if field.group and field.group not in {group.id for group in form.groups}:
        yield f"không có nhóm “{field.group}”; sửa mã hoặc thêm [[forms.groups]]"
    for kind in field.units:
        if kind not in form.units:
            yield f"“units” có “{kind}” mà biểu mẫu không dành cho loại ấy; sửa lại"
    before = {other.id: other for other in inside[: inside.index(field)]}
    if field.when and field.when.field not in before:
        yield f"“when” nhắc tới mục “{field.when.field}” không có ở trước; sửa mã hoặc đổi thứ tự"
    elif field.when and not set(field.when.values) <= set(values_of(before[field.when.field])):
        yield f"“when” chờ {', '.join(field.when.values)}, mục “{field.when.field}” không trả lời như thế; sửa lại"
    if field.suggest_by and (field.suggest_by not in before or not before[field.suggest_by].options):
        yield f"“suggest_by” nhắc tới mục “{field.suggest_by}” không có lựa chọn ở trước; sửa mã"
    if field.previous and field.previous not in {*before, *(more.id for more in field.more)}:
        yield f"“previous” nhắc tới mục “{field.previous}” không có; sửa mã"


def _twins(form: Form) -> Iterator[str]:
    """Ids and numbers that two fields share, and groups with one id."""
    groups = Counter(group.id for group in form.groups)
    levels = [form.fields, *(field.columns for field in form.fields), *(field.more for field in form.fields)]
    for level in levels:
        for name, what in (("id", "mã"), ("number", "số")):
            for text, times in Counter(getattr(field, name) for field in level).items():
                if text and times > 1:
                    yield f"{what} “{text}” có ở hai mục; đặt lại cho khác nhau"
    yield from (f"mã nhóm “{id}” có hai lần; đặt lại" for id, times in groups.items() if times > 1)


def values_of(field: Field) -> tuple[str, ...]:
    """What may be stored for a field that is ticked or chosen; empty for others."""
    return TICK_VALUES.get(field.kind, tuple(option.value for option in field.options))


def _plain(text: str) -> str:
    """A text to look for words of a source in: without quotation marks and capitals."""
    return re.sub('[“”"]', "", collapse(text)).casefold()
