"""What a form asks, as data: the shapes that `[[forms]]` of a document or of `forms/` are read into.

A form serves a clause of a document or, where no document prescribes one, the ward's own wish. A published
version never changes: a draft keeps the version it began with, as JSON text (`Form.body`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from knowledge.layouts import PLAIN, Layout, When
from knowledge.tables import BadTable, build

FORMS_DIR = Path(__file__).parent / "forms"

FieldKind = Literal[
    "text",
    "long_text",
    "integer",
    "decimal",
    # A percentage, asked as two numbers: the bot divides.
    "share",
    "date",
    "period",
    "time",
    "phone",
    "yes_no",
    # Có / Không / Không áp dụng.
    "yes_no_na",
    "one_of",
    "many_of",
    "name",
    "rows",
    "files",
]
FIELD_KINDS: tuple[str, ...] = get_args(FieldKind)
TICKS = ("yes_no", "yes_no_na")
# Computed checks that a form may ask for.
CHECKS = ("quota", "mandatory", "long_service", "tenure_preferred", "votes")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a field that offers some. `value` is stored, at most 20 letters of ASCII."""

    value: str
    label: str
    # Folded words that mean it besides the label.
    aliases: tuple[str, ...] = ()
    # The entry that quotes it, and texts offered for another field once this option was chosen (`suggest_by`).
    entry: str = ""
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What the document asks of a number; a comparison that its text leaves open has no target."""

    comparator: Literal[">", ">=", "<", "<=", "=", "range"]
    value: float
    unit: str = "%"
    value_max: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Two counts of which the document asks a percentage: "hộ đã ký" of "tổng số hộ"."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks."""

    # Stable within the form, at most 24 letters of ASCII: it stands in stored paths.
    id: str
    kind: FieldKind
    # The whole question, in the document's own words where it is a criterion.
    prompt: str
    # As people name it: "sửa 3.15". Empty: its place in the form. What stands in brackets tells two printed
    # numbers apart and is not printed: "4.5 (trẻ em)".
    number: str = ""
    # At most 90 characters, worded so that "Có" means fulfilled or, with `bad`, means it happened.
    short: str = ""
    help: str = ""
    # Where it comes from, as a person would cite it, and the entry that quotes it.
    section: str = ""
    entry: str = ""
    # Id of the group of the form that it stands in.
    group: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    # Columns of `rows`, never `rows` themselves.
    columns: tuple["Field", ...] = ()
    # Most rows or files; 0: no limit of its own.
    most: int = 0
    # Kinds of unit that it applies to; empty: all. An attribute of the unit that must be true besides.
    units: tuple[str, ...] = ()
    needs: str = ""
    when: When | None = None
    # Least and most of a number.
    least: float | None = None
    greatest: float | None = None
    # The tick that speaks against the unit: "yes" for a knock-out row, else "no".
    bad: Literal["yes", "no"] = "no"
    target: Target | None = None
    # What `share` counts; beside a tick: numbers that may be given, from which the bot only warns. A tick with
    # a target and no share has one number beside it.
    share: Share | None = None
    # Further numbers that may be given beside a tick, where its row asks more than one thing.
    more: tuple["Field", ...] = ()
    # Texts that are offered as buttons; an entry whose items are offered; a field, or column of the same row,
    # whose chosen option has the texts.
    suggestions: tuple[str, ...] = ()
    suggest_from: str = ""
    suggest_by: str = ""
    # "form/field": the rows of the unit's own submission of another form are the first rows of this one; a
    # column takes the value of the column with its id.
    rows_from: str = ""
    # Id of the field with the same number a year before: the bot shows the difference.
    previous: str = ""

    @property
    def quotes(self) -> bool:
        """Whether the prompt is the document's own words; a question is ours."""
        return bool(self.entry) and not self.prompt.rstrip().endswith("?")

    @property
    def naming(self) -> "Field | None":
        """The column that names a row: the first that is written, else the first."""
        written = (column for column in self.columns if column.kind in ("text", "name"))
        return next(written, next(iter(self.columns), None))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over some fields, or over further groups where it has none."""

    id: str
    title: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something about the unit that decides what it is asked, and the question for it where nobody knows yet."""

    name: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Answers that cannot stand together, and the sentence that is said before sending."""

    # Value by field id, as "id=value".
    all: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Quota:
    """How many rows the document asks of units of some kinds; other numbers are said, never refused."""

    units: tuple[str, ...]
    count: int
    comparator: Literal["=", ">="] = "="
    # Where it stands, as a person would cite it, and the entry that quotes it.
    section: str = ""
    entry: str = ""
    # Who shares the number, in the document's words, and kinds of unit that propose into it.
    shared_by: str = ""
    proposed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A paper that leaders or staff fill in."""

    id: str
    title: str
    fields: tuple[Field, ...]
    # At most 40 characters, for buttons and queues.
    short: str = ""
    # Id of the document that asks for it, or empty; the section, and the entry quoted at the start.
    document: str = ""
    section: str = ""
    entry: str = ""
    # One or two sentences said at the start.
    intro: str = ""
    # Kinds of unit that owe it, in the documents' words.
    units: tuple[str, ...] = ()
    # Who fills it in, for people: "tổ trưởng, trưởng thôn".
    who: str = ""
    # What one submission is about: a year, a day, or one thing.
    period: Literal["year", "date", "once"] = "year"
    # Entry that states the deadline, and a word that picks one where it states several.
    deadline: str = ""
    deadline_of: str = ""
    groups: tuple[Group, ...] = ()
    # The questions for attributes that fields need.
    attributes: tuple[Attribute, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    quotas: tuple[Quota, ...] = ()
    # Names of computed checks (`knowledge/form_checks.py`): "quota", "long_service", "votes".
    checks: tuple[str, ...] = ()
    layout: Layout = PLAIN

    def field(self, id: str) -> Field | None:
        """The field with an id, or None."""
        return next((field for field in self.fields if field.id == id), None)


@dataclass(frozen=True, slots=True)
class Version:
    """A form as it was published: `body` is its table as JSON, `hash` tells versions apart."""

    form: Form
    body: str
    hash: str


def published(table: Mapping[str, Any], document: str = "") -> Version:
    """A form from its table. Raises `BadTable`."""
    whole = {"document": document} | dict(table)
    body = json.dumps(whole, ensure_ascii=False, sort_keys=True)
    return version_of(body)


def version_of(body: str) -> Version:
    """The version that a stored body is. Raises `BadTable`."""
    table = json.loads(body)
    form: Form = build(Form, table, str(table.get("id", "biểu mẫu không có mã")))
    return Version(form, body, hashlib.sha256(body.encode()).hexdigest()[:16])


def versions(tables: object, document: str = "") -> Iterator[Version]:
    """The forms of a `[[forms]]` list. Raises `BadTable`."""
    if not isinstance(tables, list | tuple) or not all(isinstance(table, Mapping) for table in tables):
        raise BadTable("|“forms” phải là các bảng [[forms]]")
    for table in tables:
        yield published(table, document)
