"""Bots in processes of their own, and what they hold."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.telegram_server import TelegramServer

ROOT = Path(__file__).parent.parent
# Bytes of the kernel's kB, in the MB of the bars.
_MB = 1024 / 1e6


@contextmanager
def answering_bot(
    server: TelegramServer, url: str, pace: float = 0.0, *, listens: bool = True
) -> Iterator[subprocess.Popen[bytes]]:
    """Our bot on a database; so many messages a second at most, or as many as it can. Of several one listens."""
    words = [url, server.url, server.token, str(pace), *([] if listens else ["help"])]
    with _running("bench.answering", *words) as process:
        yield process


@contextmanager
def echo_bot(server: TelegramServer) -> Iterator[subprocess.Popen[bytes]]:
    """python-telegram-bot's own way to say back what was said."""
    with _running("bench.echo", server.url, server.token) as process:
        yield process


@contextmanager
def _running(module: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", module, *words], cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def memory(process: int) -> float:
    """The most memory that a process has held so far, in MB; 0 where it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) * _MB if found else 0.0


@contextmanager
def peak_memory(process: int, seen: list[float]) -> Iterator[None]:
    """Look every few milliseconds at what a process holds; append what is found to `seen`."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.005):
            seen.append(memory(process))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
