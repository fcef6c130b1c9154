"""Answers one after the other, as reports have them: short ones in a table, long ones under their question."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from knowledge.forms import Field, Form
from knowledge.steps import row_ids
from papers.blocks import Block, Grid, Line, Row
from papers.filling import DOTS, applies, entries, label, number, printed
from papers.paper import Filled, clean

# Widths in millimetres of columns that nobody has set.
_NARROW, _WIDE, _PAGE = 12, 40, 165
# How much room columns of some kinds take beside others.
_SHARES = {"long_text": 5, "text": 4, "name": 3}
# Rows to write on, where nobody has filled in any.
_EMPTY_ROWS = 3
# So many short answers in a row stand in a table.
_MANY = 3
_LONG = ("long_text", "rows", "files")


def numbered_grid(headings: Sequence[str], widths: Sequence[int], rows: Sequence[tuple[str, ...]]) -> Grid:
    """A table whose first column holds the number of the row; without rows some to write on."""
    empty = ("",) * (len(headings) - 1)
    cells = rows or [(str(place), *empty) for place in range(1, _EMPTY_ROWS + 1)]
    wide = tuple(width or (_WIDE if place else _NARROW) for place, width in enumerate(widths))
    return Grid(tuple(map(clean, headings)), wide, tuple(map(Row, cells)), frozenset({0}))


def answered(form: Form, filled: Filled, ids: Sequence[str], *, alone: bool = False) -> Iterable[Block]:
    """The answers to some fields that the unit is asked, in order; `alone` without the question, under a heading.

    What need not be answered and was not is left out; what is missing has dots to write on.
    """
    found = [field for id in ids if (field := form.field(id)) and applies(field, filled) is not False]
    fields = [field for field in found if field.required or _given(field, filled)]
    for long, together in groupby(fields, lambda field: field.kind in _LONG):
        some = list(together)
        if long:
            for field in some:
                yield from _long(form, filled, field, alone=alone)
        elif len(some) >= _MANY:
            yield _table(filled, some)
        else:
            yield from (Line(f"{label(field)}: {_told(field, filled) or DOTS}") for field in some)


def _given(field: Field, filled: Filled) -> bool:
    if field.kind == "rows":
        return bool(row_ids(field, filled.answers))
    return bool(_told(field, filled))


def _told(field: Field, filled: Filled) -> str:
    return printed(field, filled.answers.get(field.id))


def _table(filled: Filled, fields: Sequence[Field]) -> Grid:
    """Number, question and answer; a question that several fields share stands once, above what tells them apart."""
    shared = Counter(field.prompt for field in fields)
    rows: list[Row] = []
    for prompt, alike in groupby(fields, lambda field: field.prompt):
        if shared[prompt] > 1:
            some = list(alike)
            rows.append(Row((number(some[0]).rstrip("abcdefgh"), clean(prompt), "")))
            rows += [Row((number(field), clean(field.short), _told(field, filled))) for field in some]
        else:
            rows += [Row((number(field), clean(prompt), _told(field, filled))) for field in alike]
    return Grid(("Số", "Nội dung", "Kết quả"), (18, 102, 45), tuple(rows), frozenset({0}))


def _long(form: Form, filled: Filled, field: Field, *, alone: bool) -> Iterable[Block]:
    """A long answer under its question, rows as a table, files as a line if there are any."""
    if field.kind == "rows":
        if not alone:
            yield Line(f"{label(field)}:", "subheading")
        cells = [
            (str(place), *(row.text(column.id) for column in field.columns))
            for place, row in enumerate(entries(form, filled, field.id), start=1)
        ]
        shares = [_SHARES.get(column.kind, 2) for column in field.columns]
        widths = [_NARROW, *(round((_PAGE - _NARROW) * share / sum(shares)) for share in shares)]
        yield numbered_grid(["STT", *map(label, field.columns)], widths, cells)
        return
    text = _told(field, filled)
    if field.kind == "files":
        if text:
            yield Line(f"{label(field)}: {text}")
        return
    if not alone:
        yield Line(f"{label(field)}:", "subheading")
    yield Line(text or DOTS)
