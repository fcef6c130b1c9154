"""What has changed between two sendings of the same form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.forms import Field, Form
from knowledge.steps import numbers_beside, row_ids

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that is another one now. None: there was, or is, no answer."""

    # The field of the form, and of a list the column; without a column the whole row came or went.
    field: Field
    before: object
    after: object
    column: Field | None = None
    # Place of the row in the list in which it is, from 1; 0 where the field has no rows.
    row: int = 0
    # The shape of the number beside a tick that changed, not the tick.
    beside: Field | None = None


def differences(form: Form, before: Answers, after: Answers) -> list[Difference]:
    """Differences in the order of the form. Fields about the unit itself are none of the form."""
    found: list[Difference] = []
    for field in form.fields:
        found += _rows(field, before, after) if field.kind == "rows" else _plain(field, before, after)
    return found


def _plain(field: Field, before: Answers, after: Answers) -> Iterator[Difference]:
    if before.get(field.id) != after.get(field.id):
        yield Difference(field, before.get(field.id), after.get(field.id))
    for path, shape in numbers_beside(field):
        if before.get(path) != after.get(path):
            yield Difference(field, before.get(path), after.get(path), beside=shape)


def _rows(field: Field, before: Answers, after: Answers) -> Iterator[Difference]:
    old, new = row_ids(field, before), row_ids(field, after)
    for row in dict.fromkeys([*old, *new]):
        place = new.index(row) + 1 if row in new else old.index(row) + 1
        if row not in new or row not in old:
            name = _named(field, row, before if row in old else after)
            gone = row in old
            yield Difference(field, name if gone else None, None if gone else name, row=place)
            continue
        for column in field.columns:
            path = f"{field.id}/{row}/{column.id}"
            if before.get(path) != after.get(path):
                yield Difference(field, before.get(path), after.get(path), column, place)


def _named(field: Field, row: str, answers: Answers) -> object:
    """What names a row: the answer of its naming column, or nothing."""
    return answers.get(f"{field.id}/{row}/{field.naming.id}") or "" if field.naming else ""
