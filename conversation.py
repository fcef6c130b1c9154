"""The words that channels, engine, handlers and storage share. Nothing here imports anything of ours."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from markupsafe import Markup

# Telegram's limit for callback data; no platform we know of takes less.
MAX_CHOICE_BYTES = 64
# What people may send: a telephone's picture, a scanned page. Telegram hands over twice as much.
MAX_FILE_BYTES = 10_000_000
# The channel that nobody is on: its events are the ticks.
CLOCK = "clock"

IncomingKind = Literal["text", "choice", "photo", "file", "sticker", "voice", "place", "edited", "other"]
# Why a file was not taken: no kind that is taken or broken, too large, not to be had.
Problem = Literal["", "kind", "size", "gone"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: a channel, and the platform's own id of the chat there."""

    channel: str
    chat: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the deliver loop makes or fetches: what kind, and what it is made from."""

    kind: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file as it is handed over: a name of ASCII letters, its media type, and what is in it."""

    name: str
    media_type: str
    content: bytes


# Kinds of attachments that are files somebody sent; their parameter `id` is what it is kept under. A shared one was
# said to many: it is the same for all of them, and shown for as long as it is kept.
KEPT, SHARED = "kept", "shared"


class NoFile(Exception):
    """There is nothing to make a file from; the text is one Vietnamese sentence that says what to do."""


# Makes or fetches the file of an attachment; raises `NoFile`, and whatever goes wrong.
Render = Callable[[Attachment], Awaitable[PaperFile]]
# Reads what stands in a file that came in, as JSON text; empty where it is of no kind that is read.
ReadOut = Callable[[PaperFile], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says, and the value that comes back when it is pressed (at most 64 bytes)."""

    label: str
    value: str

    def __post_init__(self) -> None:
        if len(self.value.encode()) > MAX_CHOICE_BYTES:
            raise ValueError(f"choice value over {MAX_CHOICE_BYTES} bytes: {self.value!r}")


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A photo or file as the platform tells of it, 0 bytes where it does not say; fetched when a flow takes it."""

    # The platform's own name for it, by which it is fetched.
    reference: str
    name: str
    # As the platform says; once fetched: JPEG, PNG, PDF, XLSX or DOCX by its first bytes.
    media_type: str
    size: int
    # Once fetched: what it is kept under, and the hexadecimal SHA-256 of what is kept. Or why it was not taken.
    id: str = ""
    sha256: str = ""
    problem: Problem = ""
    # What `ReadOut` gave.
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did, in neutral words."""

    address: Address
    # The platform's own id of the event; with the channel unique for ever.
    key: str
    kind: IncomingKind
    # What was typed, or the caption of a photo or file.
    text: str = ""
    choice: str = ""
    # Platform id of the message that carried the pressed choice, so that it can be replaced.
    message: str = ""
    # Display name on the platform, used only to greet.
    name: str = ""
    # Language of the person's client as a BCP 47 tag, or empty.
    language: str = ""
    # A chat of several people; there `addressed` says whether the bot was meant.
    group: bool = False
    addressed: bool = True
    files: tuple[IncomingFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says: safe markup (b i u s code blockquote a), and choices below it, one a row."""

    text: Markup
    choices: tuple[Choice, ...] = ()
    # Put it in the place of the message whose choice was pressed, where the platform can.
    replaces: bool = False
    attachments: tuple[Attachment, ...] = ()
    # Where there are no buttons choices are numbered, but not where a typed number is an answer.
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Raw:
    """An event as the platform sent it, as JSON text: stored first, understood afterwards."""

    key: str
    chat: str
    payload: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply on its way to one chat."""

    id: str
    chat: str
    reply: Reply
    # Platform id of the message to edit in place, or empty; with `only_edits` it is never sent anew.
    edits: str = ""
    # The files of the reply's attachments, made by the deliver loop.
    files: tuple[PaperFile, ...] = ()
    only_edits: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """What a platform allows: messages a second over all chats, and in one chat."""

    overall: float
    per_chat: float

    def apart(self, chat: str) -> float:  # noqa: ARG002 -- a platform may have chats of which it takes less
        """Seconds between two messages in a chat."""
        return 1 / self.per_chat


class SendError(Exception):
    """A message did not demonstrably arrive: `NotSent` (try again), `Refused` (never) or `Undecided` (perhaps)."""


class NotSent(SendError):
    """Nothing was sent. `retry_after` is the wait in seconds that the platform asked for, or None."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Refused(SendError):
    """It refused for good; `unreachable`: so it will every message to this chat; `moved_to`: the chat's new id."""

    def __init__(self, reason: str, *, unreachable: bool = False, moved_to: str = "") -> None:
        super().__init__(reason)
        self.unreachable, self.moved_to = unreachable, moved_to


class Undecided(SendError):
    """The message may or may not have arrived."""


class FetchError(Exception):
    """A file did not come. With a problem it never will, else it is worth another try after `retry_after` seconds."""

    def __init__(self, reason: str, problem: Problem = "", retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.problem, self.retry_after = problem, retry_after


class ChannelStopped(Exception):
    """A channel cannot go on until its settings change; the message is one line for whoever runs the bot."""

    for_people = True


Receive = Callable[[Sequence[Raw]], Awaitable[None]]


class Channel(Protocol):
    """A place where people talk to the bot."""

    @property
    def name(self) -> str:
        """Its name in an `Address`."""

    @property
    def pace(self) -> Pace | None:
        """What the platform allows, or None for no limit."""

    @property
    def pulls(self) -> bool:
        """Whether the other end fetches its rows itself (a web page); then `send` is never called."""

    @property
    def edits(self) -> bool:
        """Whether `send` can change a message that was sent before."""

    @property
    def carries_files(self) -> bool:
        """Whether `send` takes files, or a page offers them; else people get a link."""

    def holds(self, attachment: Attachment) -> bool:
        """Whether the platform has this file from before, so that `send` needs no bytes of it."""

    def translate(self, raw: Raw) -> Incoming | None:
        """Understand a stored event; None where it concerns nobody. Raises nothing for bad payloads."""

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """Cut a reply into messages that the platform takes: at paragraphs, sentences, words."""

    async def listen(self, receive: Receive) -> None:
        """Hand over events until cancelled. When `receive` returns they are stored for good."""

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message with its files and return the platform's id of it. Raises `SendError`."""

    async def fetch(self, file: IncomingFile) -> bytes:
        """The bytes of a file that came in. Raises `FetchError`."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; `own`: the person wrote it; `at`: UTC, ISO 8601; `changed`: at which later position, or 0."""

    position: int
    own: bool
    reply: Reply
    at: str
    # What the page knows it again by: the key of the person's event, or the name of what changes, such as a progress.
    key: str = ""
    changed: int = 0


class WebHistory(Protocol):
    """What a page needs of the storage: its conversation, and a way to say what has arrived."""

    async def lines(self, chat: str, after: int, limit: int) -> Sequence[Line]:
        """Lines of a chat that are new or changed after a position, in that order; also marks the page as seen now."""

    async def latest(self, chat: str, limit: int) -> Sequence[Line]:
        """The newest lines of a chat, oldest first."""

    async def acknowledge(self, chat: str, position: int) -> None:
        """The page shows everything up to this position: those rows are sent."""

    async def wait(self, chat: str, after: int, seconds: float) -> bool:
        """Wait until a line after this position may exist; False after that many seconds."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of so many bytes that can be fetched for a while; the key is what it is fetched by."""

    key: str
    name: str
    media_type: str
    size: int


class PaperShelf(Protocol):
    """What a page needs to hand out files, and to hold what is sent until it is handled."""

    async def offer(self, place: str, attachment: Attachment) -> Offer | None:
        """The file of an attachment at a place, made once for all; None where it fails. Raises `NoFile`."""

    async def take(self, key: str) -> PaperFile | None:
        """A file by its key; None where there is none any more."""

    async def hold(self, file: PaperFile) -> str | None:
        """Keep what was sent for a day; returns its key, None where no more can be kept now."""

    async def held(self, key: str) -> PaperFile | None:
        """What was sent; None where it is not there any more."""
