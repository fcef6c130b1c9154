"""The same conversation in a terminal: one person, lines in, replies out."""

import asyncio
import contextlib
import json
import sys
import tempfile
import threading
import unicodedata
import uuid
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TextIO

from markupsafe import Markup

from channels.markup import plain, runs, split
from channels.text import clean, file_name, one_line
from conversation import (
    MAX_FILE_BYTES,
    Address,
    Attachment,
    Choice,
    FetchError,
    Incoming,
    IncomingFile,
    IncomingKind,
    Outgoing,
    Pace,
    PaperFile,
    Raw,
    Receive,
    Refused,
    Reply,
)

# A terminal scrolls, so only something unreasonable is cut.
MAX_REPLY = 20_000
# Longer lines arrive in pieces.
MAX_LINE = 100_000
MAX_LABEL = 200
PROMPT = "> "
# Before the path of a file that is to be sent.
SEND_FILE = "/tep "

_PICTURES = frozenset({".jpg", ".jpeg", ".png"})

_STYLES = {"b": "1", "i": "3", "u": "4", "s": "9", "code": "2", "a": "4", "blockquote": "36"}
_BAR = "│ "


class Terminal:
    """Lines of `lines` become messages of one chat; replies are written to `output`.

    Listening ends with the input. Where `output` is a terminal, tags become colours and weights. Files
    are written into `folder`, a new one of the system's where none is given.
    """

    name = "terminal"
    pace: Pace | None = None
    pulls = False
    edits = False
    carries_files = True

    def __init__(
        self,
        *,
        chat: str = "terminal",
        lines: TextIO | None = None,
        output: TextIO | None = None,
        language: str = "",
        folder: Path | None = None,
    ) -> None:
        self._folder = folder
        self._chat, self._language = chat, language
        self._lines = lines
        self._output = output or sys.stdout
        self._styled = self._output.isatty()
        # The newest reply, and the id of it; what is older is no longer on offer.
        self._offered = Reply(Markup(""))
        self._shown = ""
        self._numbers = count(1)

    def holds(self, attachment: Attachment) -> bool:  # noqa: ARG002 -- the Protocol's name
        """Each time it is written anew."""
        return False

    def translate(self, raw: Raw) -> Incoming | None:
        """Understand a stored line; None where it is none."""
        try:
            typed = json.loads(raw.payload)
            text, choice = clean(typed["text"]), clean(typed.get("choice", ""))
            message, path = clean(typed.get("message", "")), clean(typed.get("file", ""))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None
        address = Address(self.name, raw.chat)
        language = self._language
        if path:
            kind: IncomingKind = "photo" if Path(path).suffix.lower() in _PICTURES else "file"
            files = (IncomingFile(path, file_name(Path(path).name), "", 0),)
            return Incoming(address, raw.key, kind, language=language, files=files)
        if choice:
            return Incoming(address, raw.key, "choice", choice=choice, message=message, language=language)
        return Incoming(address, raw.key, "text", text, language=language)

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """Return the reply in one piece, unless it is unreasonably long."""
        return split(reply, MAX_REPLY)

    async def listen(self, receive: Receive) -> None:
        """Hand over lines until the input ends."""
        loop = asyncio.get_running_loop()
        typed: asyncio.Queue[str | None] = asyncio.Queue()
        # A daemon, because nothing can wake a thread that waits for a line.
        threading.Thread(target=_read, args=(self._input(), loop, typed), daemon=True).start()
        self._prompt()
        while (line := await typed.get()) is not None:
            if line.strip():
                await receive([self._raw(line)])
            else:
                self._prompt()

    async def send(self, outgoing: Outgoing) -> str:
        """Write one reply and its files. Raises `Refused` where the output is closed or the folder takes none."""
        reply = outgoing.reply
        paths = [await asyncio.to_thread(self._keep, file) for file in outgoing.files]
        number = str(next(self._numbers))
        marks = [f"{place}." if reply.numbered else "•" for place in range(1, len(reply.choices) + 1)]
        labels = [one_line(choice.label, MAX_LABEL) for choice in reply.choices]
        rows = [f"  {mark} {label}" for mark, label in zip(marks, labels, strict=True)]
        shown = styled(reply.text) if self._styled else plain(reply.text)
        files = [f"  Tệp: {path}" for path in paths]
        self._write("\n".join(["\r\x1b[K" + shown if self._styled else shown, *files, *rows, ""]) + "\n")
        self._offered, self._shown = reply, number
        self._prompt()
        return number

    async def fetch(self, file: IncomingFile) -> bytes:
        """Read a file of this machine, whose reference is its path. Raises `FetchError`."""
        try:
            return await asyncio.to_thread(_read_file, Path(file.reference))
        except OSError as error:
            raise FetchError(f"no file: {error.strerror}", "gone") from None

    def _keep(self, file: PaperFile) -> Path:
        """Write a file under its name, or with a number behind it where that is taken."""
        try:
            self._folder = self._folder or Path(tempfile.mkdtemp(prefix="banpho-"))
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = Path(file_name(file.name))
            for number in count(1):
                path = self._folder / (f"{name.stem} ({number}){name.suffix}" if number > 1 else str(name))
                with contextlib.suppress(FileExistsError), path.open("xb") as target:
                    target.write(file.content)
                    return path.absolute()
        except OSError as error:
            raise Refused(f"no file can be written: {error.strerror}") from None
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """End the line on which the prompt stands."""
        if self._styled:
            self._write("\n")

    def events(self, lines: Sequence[str], *, pressed: bool = False) -> list[Raw]:
        """What somebody types, or the values of choices that they press, as if they had done it now."""
        done = [{"text": "", "choice": line} if pressed else {"text": line} for line in lines]
        return [Raw(uuid.uuid4().hex, self._chat, json.dumps(event)) for event in done]

    def _input(self) -> TextIO:
        if self._lines is not None:
            return self._lines
        try:
            # Not `sys.stdin` itself: a thread that waits inside it makes Python abort at exit.
            number, encoding = sys.stdin.fileno(), sys.stdin.encoding
            return open(number, encoding=encoding, errors="replace", closefd=False)
        except OSError:
            return sys.stdin

    def _raw(self, line: str) -> Raw:
        event = {"text": line.strip()}
        if event["text"].lower().startswith(SEND_FILE):
            # Dragged into the window, a path comes in quotes.
            path = event["text"][len(SEND_FILE) :].strip().strip("\"'")
            return Raw(uuid.uuid4().hex, self._chat, json.dumps({"text": "", "file": path}))
        pressed = _pressed(line, self._offered)
        if pressed:
            event |= {"choice": pressed.value, "message": self._shown}
        return Raw(uuid.uuid4().hex, self._chat, json.dumps(event))

    def _prompt(self) -> None:
        if self._styled:
            self._write(PROMPT)

    def _write(self, text: str) -> None:
        try:
            self._output.write(text)
            self._output.flush()
        except (OSError, ValueError) as error:
            raise Refused(f"the output is closed: {error}", unreachable=True) from None


def styled(markup: Markup) -> str:
    """Return markup as a terminal shows it; a link is followed by its address."""
    pieces: list[str] = []
    quoted = False
    found = runs(markup)
    for place, (tags, text) in enumerate(found):
        names = {tag.name for tag in tags}
        inside = "blockquote" in names
        if inside:
            text = text.replace("\n", "\n" + _BAR)
            text = text if quoted else _BAR + text
        quoted = inside
        codes = ";".join(_STYLES[tag.name] for tag in tags)
        pieces.append(f"\x1b[{codes}m{text}\x1b[0m" if codes else text)
        href = next((tag.href for tag in tags if tag.href), "")
        following = found[place + 1].tags if place + 1 < len(found) else ()
        if href and href != text and all(tag.href != href for tag in following):
            pieces.append(f" ({href})")
    return "".join(pieces)


def _read_file(path: Path) -> bytes:
    path = path.expanduser()
    if not path.is_file():
        # A pipe would be waited for.
        raise FetchError("not a file", "gone")
    with path.open("rb") as file:
        # One more byte tells that it is too large.
        return file.read(MAX_FILE_BYTES + 1)


def _pressed(line: str, offered: Reply) -> Choice | None:
    """Return the choice that a typed number or label means."""
    typed = _folded(line)
    for place, choice in enumerate(offered.choices, 1):
        numbers = (str(place), f"{place}.") if offered.numbered else ()
        if typed in (*numbers, _folded(choice.label)):
            return choice
    return None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _read(lines: TextIO, loop: asyncio.AbstractEventLoop, typed: "asyncio.Queue[str | None]") -> None:
    line: str | None = ""
    while line is not None:
        try:
            line = lines.readline(MAX_LINE) or None
        except (OSError, ValueError):
            # The input was closed under the reader: the same as its end.
            line = None
        # A closed loop has nobody who listens.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(typed.put_nowait, line)
