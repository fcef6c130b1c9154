"""Units, roles, rounds and submissions: what is kept about them, and what a handler may do with it.

Moments are aware datetimes in UTC; days are calendar days in Asia/Ho_Chi_Minh. A value of an answer is what
JSON can hold. Everything here happens in the transaction of the message that is being handled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

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
    # Short code for people: "BN-7K3M".
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


class Units(Protocol):
    """The units of the ward."""

    def all(self) -> Sequence[UnitRow]:
        """Every unit, in the order in which they were imported."""

    def get(self, code: str) -> UnitRow | None:
        """One unit, or None."""

    def below(self, code: str) -> Sequence[str]:
        """Codes of a unit and of all that belong to it, at any depth."""

    def save(self, unit: UnitRow) -> bool:
        """Add or replace by code; False where nothing changed."""


class Roles(Protocol):
    """Who may act for which unit."""

    def of(self, person: str, today: date) -> Sequence[Tenure]:
        """Roles that a person has on a day."""

    def in_unit(self, unit: str, today: date) -> Sequence[Tenure]:
        """Everybody who has a role in a unit on a day."""

    def holders(self, role: Role, today: date) -> Sequence[Tenure]:
        """Everybody who has a role anywhere on a day."""

    def give(self, person: str, name: str, role: Role, unit: str, today: date, by: str) -> Tenure:
        """Give a role from today on; the one they have is returned where they have it already."""

    def end(self, id: str, today: date, by: str) -> bool:
        """End a role: its last day was yesterday. False where it had ended."""

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""

    def take(self, hash: str) -> Invitation | None:
        """Use an invitation up; None where there is none, or it expired or was used."""

    def count_wrong(self, person: str) -> int:
        """Wrong codes of a person within the last hour, this one counted in."""

    def wrong(self, person: str) -> int:
        """Wrong codes of a person within the last hour."""

    def offer_link(self, person: str, hash: str, seconds: int) -> None:
        """Keep a code that joins another address to this person; earlier ones of theirs end."""

    def take_link(self, hash: str) -> str:
        """The person who made a linking code, which is used up; empty where there is none."""

    def join(self, person: str, to: str) -> None:
        """Everything of a person belongs to another from now on: addresses, roles, drafts. Their row ends."""

    def leave(self, channel: str, chat: str) -> bool:
        """One address becomes a person of its own again. False where it is their only one."""


class Rounds(Protocol):
    """When which units owe what."""

    def open(self, round: Round) -> None:
        """Add a round."""

    def get(self, id: str) -> Round | None:
        """One round, or None."""

    def current(self, unit: str = "") -> Sequence[Round]:
        """Rounds that are not closed, of a unit or of all, oldest first."""

    def close(self, id: str) -> bool:
        """Close a round; False where it was closed."""

    def change(self, round: Round) -> None:
        """Replace units, due day, signer and settings."""

    def save_version(self, form: str, hash: str, body: str) -> None:
        """Keep a form version for ever."""

    def version(self, hash: str) -> str:
        """The body of a form version. Raises `KeyError`."""


class Submissions(Protocol):
    """What units hand in."""

    def begin(self, round: Round, unit: str, person: str, name: str, given_by: str = "") -> Submission:
        """The submission of a unit in a round; begun by this person where there is none yet."""

    def get(self, id: str) -> Submission | None:
        """One submission by id or by its short code, or None."""

    def of_unit(self, unit: str) -> Sequence[Submission]:
        """All of a unit, newest change first."""

    def queue(self, states: Sequence[State], form: str = "", limit: int = 20, offset: int = 0) -> Sequence[Submission]:
        """Those in some states, oldest change first."""

    def count(self, states: Sequence[State]) -> Mapping[str, int]:
        """How many are in some states, by form."""

    def tally(self, round: Round) -> Tally:
        """How far a round has come."""

    def answers(self, id: str) -> Mapping[str, Answer]:
        """Current answers by path, in the order in which they were first given."""

    def answer(self, id: str, path: str, value: object, raw: str, person: str, name: str) -> None:
        """Write an answer. Only drafts and returned ones take any: raises `ValueError` otherwise."""

    def erase(self, id: str, path: str) -> None:
        """Drop the answers at a path and below it. Raises as `answer` does."""

    def move(self, submission: Submission, to: State, by: str) -> Submission | None:
        """Change the state if it still has this state and revision, else None. Sending takes a snapshot."""

    def snapshots(self, id: str) -> Sequence[Snapshot]:
        """Everything that was sent, oldest first."""

    def remark(self, submission: Submission, path: str, reason: str, by: str) -> Remark:
        """Add a remark on the newest snapshot."""

    def remarks(self, id: str, *, open: bool = True) -> Sequence[Remark]:
        """Remarks of a submission; only those not resolved, or all."""

    def resolve(self, id: str) -> None:
        """Resolve one remark."""


class Audit(Protocol):
    """Who did what, when."""

    def add(self, subject: str, id: str, action: str, by: str, before: str = "", after: str = "") -> None:
        """Add an event."""

    def of(self, subject: str, id: str) -> Sequence[AuditEvent]:
        """Events of one subject, oldest first."""


class Registry(Protocol):
    """All of it, in the open transaction."""

    units: Units
    roles: Roles
    rounds: Rounds
    submissions: Submissions
    audit: Audit

    def code(self) -> str:
        """A new short code for people, without letters that look alike: "7K3M9Q"."""
