"""The edge to the operating system: standard streams, signals, log lines, files that change."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, TextIO

log = logging.getLogger(__name__)

# A longer line of standard input is given in pieces of this size.
MAX_LINE = 1_000_000


def speak_utf8(*streams: TextIO) -> None:
    """Let streams carry Vietnamese: on Windows a pipe would be in a code page that cannot."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


class OneLine(logging.Formatter):
    """One line for each record, without stack traces and without secrets."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of an exception only its kind, because its text may quote people."""
        kind = record.exc_info[0] if record.exc_info else None
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"
        line = " ".join([line, kind.__name__] if kind else [line]).replace("\r", " ").replace("\n", " ")
        for secret in self._secrets:
            line = line.replace(secret, "…")
        return line


def log_to_stderr(level: int, secrets: Sequence[str]) -> None:
    """Send every log of this process to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def on_signal(stop: Callable[[], None]) -> None:
    """Call `stop` in the running loop at the first SIGINT or SIGTERM; the second one ends the process."""
    loop = asyncio.get_running_loop()
    signals = [signal.SIGINT, signal.SIGTERM]

    def first() -> None:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)
        stop()

    for number in signals:
        try:
            loop.add_signal_handler(number, first)
        except NotImplementedError:
            # Windows: its loops have no handlers, and wake for these.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(first))


async def every(seconds: float, work: Callable[[], Iterable[object]]) -> None:
    """Do something in a thread again and again until cancelled; what it returns is logged line by line."""
    while True:
        await asyncio.sleep(seconds)
        try:
            problems = await asyncio.to_thread(work)
        except Exception as error:
            problems = [type(error).__name__]
        for problem in problems:
            log.warning("%s", problem)


def json_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines of a stream that are not blank, also where they are not UTF-8; an overlong one is cut to nothing."""
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            line = b"{"
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if text:
            yield text


def write_json(value: object, stream: BinaryIO | None = None) -> None:
    """Write one line of JSON to a stream or standard output, at once."""
    stream = stream or sys.stdout.buffer
    # A lone surrogate becomes \udXXX, which is how JSON writes it.
    stream.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    stream.flush()
