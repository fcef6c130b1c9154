"""What a filled-in blank says, and why parts of it could not be read, as facts: whoever talks words them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.bad_answers import BadAnswer
from knowledge.forms import Field

CellProblem = Literal[
    # The whole file.
    "too_large",
    # No workbook of the new kind, or damaged.
    "not_xlsx",
    # The old kind of workbook, or one with a password.
    "old_or_locked",
    "macros",
    # More sheets, rows or parts than a blank has, or much more text than its size lets expect.
    "too_much",
    # Not a blank that the bot handed out.
    "not_a_blank",
    # Of another form, of an earlier version of it, of another unit.
    "other_form",
    "other_version",
    "other_unit",
    # One place in it.
    # The hidden column was changed: a line is gone, is there twice, or is a stranger.
    "changed",
    "formula",
    # Text where nothing is asked.
    "outside",
    # One of the two numbers of a share.
    "half_a_share",
    # An answer that the field cannot take; `bad` says why.
    "answer",
]


@dataclass(frozen=True, slots=True)
class BadCell:
    """One thing that is wrong. `sheet` and `cell` ("D12") are empty where it is the whole file."""

    problem: CellProblem
    sheet: str = ""
    cell: str = ""
    # What is asked there, and why the answer is not one.
    field: Field | None = None
    bad: BadAnswer | None = None
    # The text that stands there, at most 60 characters.
    given: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer out of a blank: its value, and what stood in the cell."""

    value: object
    raw: str


@dataclass(frozen=True, slots=True)
class BlankRead:
    """What was read. `answers` are by path, rows as "field/r1/column"; with problems in the whole file, none."""

    answers: Mapping[str, Given] = field(default_factory=dict)
    bad: tuple[BadCell, ...] = ()
