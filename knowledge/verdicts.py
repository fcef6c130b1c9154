"""Conclusions that follow from a document's typed rules and the numbers in a question.

Each verdict says how far the text decides and nothing more: one part of a criterion, one condition of an award.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.figures import Share
from knowledge.model import Deadline, Exclusion, Quantity
from knowledge.stretches import Term

Outcome = Literal["met", "not_met", "open"]


@dataclass(frozen=True, slots=True)
class Tenure:
    """Years in office against what an award asks. Months throughout."""

    outcome: Outcome
    terms: tuple[Term, ...]
    months: int
    needed: int
    preferred: bool
    # Office named in the question that the award is not for, or empty.
    office: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share against one part of a criterion; the other parts are not known."""

    outcome: Outcome
    share: Share
    quantity: Quantity
    others: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things against the number that the document asks of one kind of unit."""

    outcome: Outcome
    count: float
    quantity: Quantity
    # How many are missing (positive) or above (negative).
    missing: float


@dataclass(frozen=True, slots=True)
class Excluded:
    """Something in the question shuts the person out."""

    outcome: Outcome
    exclusion: Exclusion


@dataclass(frozen=True, slots=True)
class Lateness:
    """A day against a deadline: `days` left (0 on the last safe day) or, negative, passed."""

    outcome: Outcome
    deadline: Deadline
    on: date
    last: date
    days: int
    following: date | None


@dataclass(frozen=True, slots=True)
class Projection:
    """A share carried on at the yearly rate that the document sets. Percent throughout."""

    share: Share
    rate: float
    years: int
    result: float
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Change:
    """A share at two times against the yearly rate that the document sets. Percent throughout."""

    outcome: Outcome
    before: Share
    after: Share
    change: float
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Total:
    """What several units owe together: how many of each, and the row that says what one of them owes."""

    parts: tuple[tuple[int, Quantity], ...]
    total: float


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something runs, first and last month counted."""

    months: int
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Least:
    """How many of a whole are the share that the document asks for; `exact` before it is made a whole number."""

    total: int
    count: int
    exact: float
    quantity: Quantity


Verdict = Change | Duration | Least | Total | Projection | Tenure | Threshold | Count | Excluded | Lateness
