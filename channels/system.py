"""The edge to the operating system: signals, log lines, what is to be looked at again and again."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

log = logging.getLogger(__name__)

# How often it is looked at what may have changed.
LOOK_SECONDS = 3.0


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


class Server(Protocol):
    """What answers requests beside the loops."""

    async def serve(self) -> None:
        """Answer until `stop()`."""

    def stop(self) -> None:
        """Make `serve()` return soon."""


async def until_signal(
    run: Callable[[], Awaitable[None]],
    stop: Callable[[], None],
    server: Server,
    beside: Iterable[Coroutine[Any, Any, None]],
) -> None:
    """Run until a signal makes `stop` end `run`; then what runs beside is cancelled, and the server stops last."""
    serving = asyncio.create_task(server.serve())
    serving.add_done_callback(lambda _: stop())
    tasks = [asyncio.create_task(one) for one in beside]
    on_signal(stop)
    try:
        await run()
    finally:
        for task in tasks:
            task.cancel()
        server.stop()
        await serving


async def every(work: Callable[[], Iterable[object]], seconds: float = LOOK_SECONDS) -> None:
    """Do something in a thread again and again until cancelled; what it returns is logged line by line."""
    while True:
        await asyncio.sleep(seconds)
        try:
            problems = await asyncio.to_thread(work)
        except Exception as error:
            problems = [type(error).__name__]
        for problem in problems:
            log.warning("%s", problem)
