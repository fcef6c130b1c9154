"""What a check says of the answers to a form, and the answers as checks look at them: row by row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.forms import Field, Form
from knowledge.steps import row_ids

Code = Literal[
    "conflict",
    "share",
    "target",
    "change",
    "quota",
    "mandatory",
    "votes",
    "long_service",
    "tenure_preferred",
    "ceilings",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. It blocks nothing: people decide."""

    code: Code
    # Paths of the answers that it is about: "3.7", "nguoi/r1/periods", "nguoi/r1".
    paths: tuple[str, ...]
    # note: to know; warn: to look at again.
    severity: Literal["note", "warn"] = "note"
    # What it follows from; the keys of each code stand in `form_checks`.
    numbers: Mapping[str, object] = field(default_factory=dict)
    # Id of the entry with the clause, or empty where no document has one.
    entry: str = ""
    # The form's own sentence, where it has one.
    says: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a `rows` field."""

    path: str
    columns: Mapping[str, Field]
    answers: Mapping[str, object]

    def value(self, column: str) -> object:
        """The answer in a column, or None."""
        return self.answers.get(f"{self.path}/{column}")

    def count(self, column: str) -> int | None:
        """The answer in a column that holds a count, or None."""
        return whole(self.value(column))

    def entry(self, column: str) -> str:
        """Id of the entry with the clause of a column."""
        return self.columns[column].entry if column in self.columns else ""


def rows_of(form: Form, id: str, answers: Mapping[str, object]) -> Iterator[Row]:
    """The rows of a field in the order in which they were begun; none where the form has no such field."""
    found = form.field(id)
    if found is not None and found.kind == "rows":
        columns = {column.id: column for column in found.columns}
        for row in row_ids(found, answers):
            yield Row(f"{id}/{row}", columns, answers)


def whole(value: object) -> int | None:
    """A count that was answered; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
