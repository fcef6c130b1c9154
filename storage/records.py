"""What is remembered about people, and what a handler may do with it inside its transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from conversation import Address, Incoming, IncomingFile, Reply
from storage.registry import Registry, Tenure

Notice = Literal["", "accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Person:
    """One human, however many addresses. All but the id is empty until a handler saves it."""

    id: str
    # Chosen language as a BCP 47 tag.
    language: str = ""
    # What they said to the notice about what is kept.
    notice: Notice = ""
    # Code of the home unit (tổ, thôn).
    unit: str = ""
    # Code of the locality whose documents come first.
    locality: str = ""
    # What to call them.
    name: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a person is in a flow."""

    person: str
    flow: str = ""
    step: str = ""
    # Only what JSON can hold.
    data: Mapping[str, object] = field(default_factory=dict)
    # Grows by one with each save; buttons that act compare it.
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the question log: what was asked and how well it was answered, never by whom."""

    folded: str
    # Id of the entry that answered, or empty.
    entry: str
    # answer, clarify or none.
    kind: str
    # Confidence from 0 to 1.
    score: float
    channel: str
    # When; None means now.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """An address of a person, and why nothing arrives there (empty: it does)."""

    address: Address
    unreachable: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept about one person."""

    person: Person
    since: datetime | None
    addresses: tuple[Reach, ...]
    # When the notice was answered, and which version of it.
    notice_at: datetime | None
    notice_version: str
    # Flow that is open, or empty.
    flow: str
    # Messages by month as "2026-03"; of handled ones only the platform's key stays.
    messages: Mapping[str, int]
    # Messages that came in and are not handled, and messages that are not sent yet.
    waiting: int
    unsent: int
    # Lines of the web conversation that are shown again after a reload.
    lines: int
    # Photos and files.
    files: int
    # Roles, also those that ended, newest last.
    roles: tuple[Tenure, ...]
    # Submissions that they began or wrote in, and audit events of theirs: these stay with the unit.
    papers: int
    events: int
    # Announcements that were for them, with what they answered: these stay without saying whose they were.
    announcements: int
    # Reminders that they put off, and calendars that they have a link to.
    snoozes: int = 0
    calendars: int = 0


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A photo or file that somebody sent; its bytes are read by the id."""

    id: str
    name: str
    media_type: str
    # Bytes.
    size: int
    # Hexadecimal.
    sha256: str
    # Who sent it; empty where it is the ward's, or they were forgotten and it is part of a submitted paper.
    person: str
    # The submission that it was sent for, or empty.
    submission: str
    at: datetime


class KeptFiles(Protocol):
    """The photos and files that are kept. Show one by `Attachment(KEPT, {"id": …})` to whom it may be shown."""

    def keep(self, file: IncomingFile, person: str, submission: str = "") -> str:
        """Keep a file of the message that is being handled, from a person, for a submission; returns its id.

        What is not kept is deleted. Raises `ValueError` for a file that was not fetched.
        """

    def get(self, id: str) -> KeptFile | None:
        """One file, or None."""

    def of(self, submission: str) -> Sequence[KeptFile]:
        """Files that were sent for a submission, oldest first."""

    def drop(self, id: str) -> None:
        """Keep a file no longer; its bytes are deleted soon after the commit."""


class Records(Protocol):
    """What a handler may do inside the open transaction: all of it is kept, or none."""

    @property
    def registry(self) -> Registry:
        """Units, roles, rounds and submissions."""

    @property
    def files(self) -> KeptFiles:
        """Photos and files."""

    def save_person(self, person: Person) -> None:
        """Keep language, unit, locality and name. The notice is kept by `notice` only."""

    def save_conversation(self, conversation: Conversation) -> Conversation:
        """Keep flow, step and data; returns it with the revision that it now has."""

    def log_question(self, question: Question) -> None:
        """Add to the question log."""

    def notice(self, person: Person, choice: Notice, version: str) -> Person:
        """Add to the consent log; returns the person as they are now."""

    def kept(self, person: str) -> Kept:
        """All that is kept about a person."""

    def forget(self, person: str) -> None:
        """Delete all that is kept about a person; what they are told about it is still sent."""

    def reach(self, person: str) -> Sequence[Reach]:
        """Where a person can be reached, most recently seen first."""

    def queue(self, to: Address | str, reply: Reply, *, reminds: bool = False) -> bool:
        """Send to an address, or to a person (by id) where they were seen last and are reachable.

        Unique by the message that is being handled. False where the person cannot be reached. `reminds`: it is a
        person's reminders of the day; what of them is not delivered by the evening is dropped, and they are waiting
        to be reminded again in the morning.
        """

    def tick(self, key: str) -> None:
        """Let the clock give an event with this key, once for ever, in a transaction of its own."""

    def post(self, to: Address, reply: Reply, name: str, *, last: bool = False) -> None:
        """Send one message to an address, or put it in the place of what was sent there under this name.

        Where the platform cannot edit, only the first and the one with `last` are sent.
        """


class Respond(Protocol):
    """What the bot says to a message. Runs inside the transaction that handles it.

    It may run again for the same message after a failure, so it does nothing but through `records`.
    An hourly tick comes from the channel `clock` and from nobody: replies to it go nowhere, and it has
    no conversation to save.
    """

    def __call__(
        self, incoming: Incoming, person: Person, conversation: Conversation, records: Records
    ) -> Sequence[Reply]:
        """Return the replies to the address that the message came from."""


class FilesWanted(Exception):
    """Raised by `Respond`: the files of this message are to be fetched, then it is handled anew with them."""


Clock = Callable[[], datetime]


class StorageError(Exception):
    """The database cannot be used; the text says what to do."""

    # The text is for whoever runs the bot.
    for_people = True


class InUse(StorageError):
    """Another process runs on this database."""
