"""Who was reminded when, what they put off, deadlines of the ward's own, and calendars behind links.

An item is what somebody can be reminded of, by a name that stays: "r/<round>", "d/<entry>" for a deadline of a
document, "w/<id>" for one of the ward's own. Days are calendar days in Asia/Ho_Chi_Minh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Whom = Literal["staff", "leaders", "all"]


@dataclass(frozen=True, slots=True)
class OwnDeadline:
    """A deadline that staff added themselves."""

    id: str
    # The ward whose staff added it.
    unit: str
    # What is to be done, as they wrote it.
    what: str
    # The last day; of a yearly one the first of its last days.
    last: date
    yearly: bool
    whom: Whom
    by: str
    at: datetime
    ended_at: datetime | None = None

    def in_year(self, year: int) -> date:
        """Its day in a year; of 29/02 the last of February where there is none."""
        try:
            return self.last.replace(year=year)
        except ValueError:
            return date(year, 2, 28)


class Reminders(Protocol):
    """What is remembered so that each reminder comes once, and only where it is wanted."""

    def waiting(self, today: date, limit: int) -> Sequence[str]:
        """People with a role today who were not reminded on this day, by id."""

    def begin(self, person: str, today: date) -> date | None:
        """Keep that a person is reminded today; returns when they were before: yesterday for the first time.

        None where they were reminded today already.
        """

    def snoozed(self, person: str) -> Mapping[str, date]:
        """By item, the day on which a person wants to hear of it again."""

    def snooze(self, person: str, item: str, until: date) -> None:
        """A person hears nothing of an item before a day, and of it on that day."""

    def silenced(self) -> Mapping[str, frozenset[date | None]]:
        """By item, the last safe days of the occurrences that nobody is reminded of; None stands for all of them."""

    def silence(self, item: str, last: date | None, by: str) -> None:
        """Remind nobody of one occurrence, or (None) of none of them."""

    def wake(self, item: str, by: str) -> None:
        """Remind of an item again, whatever was silenced of it."""

    def add(self, deadline: OwnDeadline) -> None:
        """Keep a deadline of the ward's own, added now whatever its `at` says."""

    def own(self, id: str) -> OwnDeadline | None:
        """One of the ward's own, or None."""

    def owns(self) -> Sequence[OwnDeadline]:
        """Those of the ward's own that have not ended, the earliest day first."""

    def end(self, id: str, by: str) -> bool:
        """End one of the ward's own; False where it had ended."""

    def calendar(self, person: str, unit: str, *, renewed: bool = False) -> str:
        """The key by which a person fetches a unit's calendar; renewed: another one, and the old one ends."""

    def calendar_of(self, key: str) -> tuple[str, str] | None:
        """The person and the unit whose calendar a key opens, or None."""
