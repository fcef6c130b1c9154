"""What a handler may do with units, roles, rounds and submissions, in the transaction of its message.

Moments are aware datetimes in UTC; days are calendar days in Asia/Ho_Chi_Minh. Every change of a unit, a role,
a round or a state adds its own audit event.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from storage.announcements import Announcements
from storage.filing import (
    Answer,
    AuditEvent,
    Invitation,
    Remark,
    Role,
    Round,
    Snapshot,
    State,
    Submission,
    Tally,
    Tenure,
    UnitRow,
)
from storage.reminders import Reminders

__all__ = [
    "Answer",
    "Audit",
    "AuditEvent",
    "Invitation",
    "Registry",
    "Remark",
    "Role",
    "Roles",
    "Round",
    "Rounds",
    "Snapshot",
    "State",
    "Submission",
    "Submissions",
    "Tally",
    "Tenure",
    "UnitRow",
    "Units",
]


class Units(Protocol):
    """The units of the ward."""

    def all(self) -> Sequence[UnitRow]:
        """Every unit, in the order in which they were imported."""

    def get(self, code: str) -> UnitRow | None:
        """One unit, or None."""

    def below(self, code: str) -> Sequence[str]:
        """Codes of a unit and of all that belong to it, at any depth."""

    def save(self, unit: UnitRow, by: str = "cli") -> bool:
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

    def until(self, id: str, last: date, today: date, by: str) -> bool:
        """Set the last day of a role, today or later. False where it has ended. Raises `ValueError` for a past day."""

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""

    def invited(self, hash: str) -> Invitation | None:
        """An invitation that can still be taken, without using it up."""

    def take(self, hash: str, by: str = "") -> Invitation | None:
        """Use an invitation up; None where there is none, or it expired or was used."""

    def count_wrong(self, sender: str) -> int:
        """Wrong codes of a sender within the last hour, this one counted in."""

    def wrong(self, sender: str) -> int:
        """Wrong codes of a sender within the last hour."""

    def locked_until(self, sender: str, most: int) -> datetime | None:
        """Until when somebody who gave so many wrong codes within an hour is locked out: an hour from the last."""

    def offer_link(self, person: str, hash: str, seconds: int) -> None:
        """Keep a code that joins another address to this person; earlier ones of theirs end."""

    def linked(self, hash: str) -> str:
        """The person who made a linking code, without using it up; empty where there is none."""

    def take_link(self, hash: str) -> str:
        """The person who made a linking code, which is used up; empty where there is none."""

    def join(self, person: str, to: str) -> None:
        """Everything of a person belongs to another from now on: addresses, roles, drafts. Their row ends.

        Whose conversation goes on: the other's where a flow is open in it, else this person's. Raises
        `ValueError` where one of them is not known.
        """

    def leave(self, channel: str, chat: str) -> bool:
        """One address becomes a person of its own again. False where it is their only one."""


class Rounds(Protocol):
    """When which units owe what."""

    def open(self, round: Round) -> None:
        """Add a round that is opened now, whatever its `opened_at` says."""

    def get(self, id: str) -> Round | None:
        """One round, or None."""

    def current(self, unit: str = "") -> Sequence[Round]:
        """Rounds that are not closed, of a unit or of all, oldest first."""

    def every(self, form: str = "") -> Sequence[Round]:
        """Rounds of a form or of all, also the closed ones, newest first."""

    def close(self, id: str, by: str = "") -> bool:
        """Close a round; False where it was closed."""

    def reopen(self, id: str, by: str = "") -> bool:
        """Open a closed round again; False where it is open."""

    def change(self, round: Round, by: str = "") -> None:
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
        """All of a unit, newest change of a state or an answer first."""

    def of_round(self, round: str, states: Sequence[State]) -> Sequence[tuple[Submission, Mapping[str, object]]]:
        """Those of a round in some states with what was sent last, by path; in the order of the units.

        What was never sent is not among them.
        """

    def queue(
        self,
        states: Sequence[State],
        form: str = "",
        limit: int = 20,
        offset: int = 0,
        units: Sequence[str] | None = None,
    ) -> Sequence[Submission]:
        """Those in some states, oldest change first; of some units, or of all."""

    def count(self, states: Sequence[State]) -> Mapping[str, int]:
        """How many are in some states, by form."""

    def count_each(self, states: Sequence[State]) -> Mapping[tuple[str, str], int]:
        """How many are in some states, by form and unit."""

    def tally(self, round: Round) -> Tally:
        """How far a round has come, in the order of its units; withdrawn where nothing followed."""

    def answers(self, id: str) -> Mapping[str, Answer]:
        """Current answers by path, in the order in which they were first given."""

    def answer(self, id: str, path: str, value: object, raw: str, person: str, name: str) -> None:
        """Write an answer. Only drafts and returned ones take any: raises `ValueError` otherwise."""

    def erase(self, id: str, path: str) -> None:
        """Drop the answers at a path and below it. Raises as `answer` does."""

    def move(self, submission: Submission, to: State, by: str) -> Submission | None:
        """Change the state if it still has this state and revision, else None. Sending takes a snapshot.

        A draft is submitted or withdrawn; a submitted one is accepted, returned or withdrawn; a returned one is
        submitted; an accepted one is withdrawn. Raises `ValueError` for any other move.
        """

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
    announcements: Announcements
    reminders: Reminders
    # The real moment of the transaction, in UTC: what expires does so by it, whatever day stands in for today.
    now: datetime

    def code(self) -> str:
        """A new short code for people, six letters without those that look alike: "7K3M9Q"."""
