"""Units, roles, rounds and submissions as they are kept.

Moments are aware datetimes in UTC; days are calendar days in Asia/Ho_Chi_Minh. A value of an answer is what
JSON can hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Role = Literal["leader", "staff", "admin"]
State = Literal["draft", "submitted", "returned", "accepted", "withdrawn"]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the ward registered it."""

    code: str
    name: str
    # The documents' own word for it: "tổ dân phố", "bản", "đảng bộ cơ sở".
    kind: str
    # Code of the unit that it belongs to; empty for the ward.
    parent: str = ""
    households: int | None = None
    # Attribute by name; a name that is missing is not known.
    attributes: Mapping[str, bool] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Tenure:
    """A role of a person in a unit, from a day to a day; `last` None: until it is ended."""

    id: str
    person: str
    # What to call the person; from the invitation, or as they wrote it.
    name: str
    role: Role
    unit: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time code that gives a role. Only its hash is stored."""

    hash: str
    role: Role
    unit: str
    expires: datetime
    # Person who made it, or "cli".
    by: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A time in which some units owe a form."""

    id: str
    form: str
    # Hash of the form version that drafts of this round begin with.
    version: str
    # What it is about, for people: "năm 2026".
    period: str
    units: tuple[str, ...]
    due: date | None
    # Who signs the papers, as printed; may be empty.
    signer: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None = None
    # What staff entered beside: passing ratio with its legal source, "as of" day, …
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """What one unit owes in one round, from draft to accepted."""

    id: str
    # Short code for people: "BN-7K3M9Q".
    code: str
    form: str
    version: str
    unit: str
    round: str
    state: State
    # Grows by one with each change of state.
    revision: int
    # Person who began it, and what they are called.
    by: str
    by_name: str
    begun_at: datetime
    changed_at: datetime
    # Who gave the paper, where staff entered it; empty otherwise.
    given_by: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one field. `path` is "field", "field/row/column" or "field#" for numbers beside a tick."""

    path: str
    # None: skipped.
    value: object
    # As it was typed.
    raw: str
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The answers as they were sent, once for each sending; numbers begin with 1."""

    submission: str
    number: int
    answers: Mapping[str, object]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """Why one item was returned. `path` empty: the whole submission."""

    id: str
    submission: str
    snapshot: int
    path: str
    reason: str
    by: str
    at: datetime
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One step of somebody: only added to."""

    # submission, round, unit, role, invitation, export
    subject: str
    # Id of the subject.
    id: str
    action: str
    by: str
    at: datetime
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far one round has come: units by the state of their submission; "" for none begun."""

    round: Round
    states: Mapping[str, State | Literal[""]]
