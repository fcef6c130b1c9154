"""Announcements as they are kept, and what a handler may do with them in the transaction of its message.

Moments are aware datetimes in UTC; days are calendar days in Asia/Ho_Chi_Minh. Every change of a state adds its
own audit event (subject "announcement").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from conversation import Reply

Kind = Literal["normal", "important", "urgent"]
# Draft and waiting (for an approval) can be changed. Then rows are written (filling) and sent (sending).
Stage = Literal["draft", "waiting", "filling", "sending", "paused", "done", "cancelled"]
# What somebody wants to receive; "urgent": nothing but the urgent.
Level = Literal["all", "important", "urgent", "none"]
# Everybody is a resident of their home unit, whatever else they are.
Member = Literal["resident", "leader", "staff", "admin"]
# Hours of the day in Việt Nam between which nobody is woken up by what is not urgent.
QUIET_FROM, QUIET_UNTIL = 21, 6
# Why somebody of the audience has no row; any other reason is the platform's own words.
NO_ADDRESS, NOT_SEEN, CHANNEL_OFF, UNSUBSCRIBED = "no address", "not seen", "channel off", "unsubscribed"
# What the audit says after the confirmation of one that quiet hours do not hold.
QUIET_OVERRIDDEN = "quiet hours overridden"
# Why a row was not sent, besides the platform's own words.
FORGOTTEN = "forgotten"


class NobodyReached(ValueError):
    """Nobody would get the announcement."""


class TooLong(ValueError):
    """The announcement would be more than one message; the text names the channel."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: all who meet every condition; an empty condition is met by everybody."""

    # Roles count as they are on this day.
    on: date
    # Codes; with all that belong to them. Of residents the home unit counts, of the others that of the role.
    units: tuple[str, ...] = ()
    roles: tuple[Member, ...] = ()
    # BCP 47; who never chose one counts as "vi".
    languages: tuple[str, ...] = ()
    # Only those who have an address there, and only there.
    channels: tuple[str, ...] = ()
    # Id of a round: leaders of its units that have not submitted.
    not_submitted: str = ""
    # Id of an announcement: those known not to have it.
    missed: str = ""
    # Id of an announcement: those who got it.
    got: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is said to many, from draft to done."""

    id: str
    # Short code for people: "TB-7K3M9Q".
    code: str
    kind: Kind
    # What people subscribe to by name; empty: none.
    topic: str
    body: Reply
    audience: Audience
    state: Stage
    # Grows by one with each change; buttons that act compare it.
    revision: int
    # Person who wrote it; person who approved it, or empty.
    by: str
    approved_by: str
    created_at: datetime
    confirmed_at: datetime | None = None
    # Not before; None: at once.
    starts_at: datetime | None = None
    # Whether quiet hours (21:00 to 06:00 in Việt Nam) hold it; they never hold what is urgent.
    quiet: bool = True
    # Rows written so far, and all of them when they are complete.
    made: int = 0
    total: int | None = None
    # Id of the announcement that this one corrects, or empty; what stands in the place of that message.
    corrects: str = ""
    marked: Reply | None = None
    # Id of the first announcement that this one repeats for those who did not get it, or empty.
    repeats: str = ""
    # What the chat keeps beside: options of a poll, …
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many would get an announcement."""

    # By unit and channel; a unit may be empty.
    people: Mapping[tuple[str, str], int]
    # People of the audience who cannot be reached, by reason.
    unreachable: Mapping[str, int]
    # How long sending takes at the channels' pace, without replies in between.
    seconds: float

    @property
    def total(self) -> int:
        """All who would get it."""
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an announcement has come. The counts of rows add up to `made`."""

    state: Stage
    made: int
    # None until all rows are written.
    total: int | None
    sent: int
    # By reason.
    failed: Mapping[str, int]
    # Sent, and nobody knows whether it arrived.
    unknown: int
    # On a web page that was not looked at since.
    offered: int
    # Not sent yet, those being sent included.
    left: int
    # How long the rest takes at the channels' pace.
    seconds: float
    # People who had no address, by reason; not among the rows.
    unreached: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who is not known to have an announcement: to be called or visited."""

    person: str
    # What they are called, or empty.
    name: str
    unit: str
    # Where it was sent, or empty.
    channel: str
    # failed, unknown, unreached; or queued or offered where it was cancelled before.
    state: str
    reason: str


class Announcements(Protocol):
    """Announcements from draft to done. Ids are ids or codes of announcements.

    While one is being sent, the channel `clock` gives an event with the key "announcement:<id>:<number>" every few
    seconds, once for all processes, and "announcement:<id>:done" at the end: `Records.post` then shows how far it is.
    """

    def draft(self, kind: Kind, body: Reply, audience: Audience, by: str) -> Announcement:
        """Begin one."""

    def get(self, id: str) -> Announcement | None:
        """One by id or code, or None."""

    def newest_of(self, person: str) -> Announcement | None:
        """The newest that went to a person within the last two weeks, or None."""

    def unread_of(self, person: str) -> Sequence[Announcement]:
        """Important and urgent ones of the last two weeks that a person has not read, newest first, none corrected."""

    def recent(self, limit: int = 20, offset: int = 0) -> Sequence[Announcement]:
        """The newest first, in any state."""

    def active(self) -> Sequence[Announcement]:
        """Those that are being written, sent or paused, and those that wait for their time; oldest first."""

    def save(self, announcement: Announcement) -> Announcement | None:
        """Change kind, topic, body, audience, start, quiet hours and settings of what is not confirmed.

        It is a draft again, with a new revision; None where it is not as it was any more.
        """

    def places(self) -> Sequence[str]:
        """Names of the channels through which announcements go."""

    def count(self, audience: Audience, kind: Kind = "normal", topic: str = "") -> Headcount:
        """How many would get it now."""

    def unreachable(self, audience: Audience, kind: Kind, topic: str, limit: int) -> Sequence[Missing]:
        """Some of the audience who would not get it now, by unit, those with a name first."""

    def propose(self, id: str, revision: int, by: str) -> Announcement | None:
        """Let it wait for somebody's approval; None where it is not a draft of this revision."""

    def confirm(self, id: str, revision: int, by: str) -> Announcement | None:
        """Send it, now or at its time; approved by whoever confirms one that waits.

        None where it is not a draft or waiting with this revision: the second press of two. Raises
        `NobodyReached` and `TooLong`.
        """

    def pause(self, id: str, by: str) -> Announcement | None:
        """Hold it after what is being sent; None where there is nothing to hold."""

    def resume(self, id: str, by: str) -> Announcement | None:
        """Go on; None where it is not paused."""

    def cancel(self, id: str, by: str) -> Announcement | None:
        """Send no more; what was sent stays sent. None where it has ended."""

    def progress(self, id: str) -> Progress:
        """How far it has come. Raises `KeyError`."""

    def missing(self, id: str) -> Sequence[Missing]:
        """Those who are not known to have it and were not cut off by their own choice, by unit."""

    def mark_read(self, id: str, person: str) -> bool:
        """Keep that a person has read it; False where that is known, or it never went to them."""

    def reads(self, id: str) -> Mapping[str, tuple[int, int]]:
        """By unit: how many read it, of how many to whom it was sent."""

    def choose(self, id: str, person: str, option: str) -> bool:
        """Keep a person's choice in a poll, in the place of an earlier one; False where it never went to them."""

    def choices(self, id: str) -> Mapping[tuple[str, str], int]:
        """By unit and option: how many chose it."""

    def again_to_unreached(self, id: str, by: str) -> Announcement:
        """A draft with the same words to those known not to have it, not to the unknown. Raises `KeyError`.

        Where buttons name the old announcement by its id, they name the new one.
        """

    def correction(self, id: str, body: Reply, by: str, marked: Reply | None = None) -> Announcement:
        """A draft of the same kind to exactly those who got it. Raises `KeyError`.

        `marked` stands in the place of the sent message from the confirmation on, where the platform can edit.
        """

    def subscriptions(self, person: str) -> Mapping[str, Level]:
        """What a person wants, by topic; "" for all topics that have no line of their own."""

    def subscribe(self, person: str, level: Level, topic: str = "") -> None:
        """Keep what a person wants; what waits to be sent to them and is not wanted is not sent."""
