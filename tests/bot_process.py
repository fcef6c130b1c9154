"""The real bot as a process: started, killed, stopped, and read."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.telegram_server import TelegramServer

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot.py"
# Seconds that a busy machine may take to start or stop a bot: how long one waits, never how fast it has to be.
PATIENCE = 90
NOW = "2026-11-21T08:00"
# What a process needs to run at all; everything else is given.
NEEDED = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """An environment with nothing but these settings, and the database in a folder."""
    needed = {name: os.environ[name] for name in NEEDED if name in os.environ}
    chosen = {"DATABASE_URL": f"sqlite:///{folder / 'bot.db'}", "BANPHO_NOW": NOW}
    return needed | chosen | settings


def run(folder: Path, *words: str, stdin: str | bytes = b"", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the bot in a folder to its end."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, str(BOT), *words],
        cwd=folder,
        env=environment(folder, **settings),
        input=given,
        capture_output=True,
        timeout=PATIENCE,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


class BotProcess:
    """`bot.py run` on a port of its own; it can be killed and started again on the same database."""

    def __init__(self, folder: Path, server: TelegramServer | None = None, **settings: str) -> None:
        self.folder = folder
        self.url = ""
        self._port = "0"
        telegram = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url} if server else {}
        self._settings = telegram | settings
        self._output = folder / "output"
        self._log = folder / "log"
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def log(self) -> str:
        """All that it has written to standard error, over all its starts."""
        return self._log.read_text(encoding="utf-8")

    def spawn(self) -> None:
        """Start, and do not wait."""
        self._output.unlink(missing_ok=True)
        with self._output.open("wb") as output, self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(BOT), "run"],
                cwd=self.folder,
                env=environment(self.folder, WEB_PORT=self._port, **self._settings),
                stdout=output,
                stderr=log,
            )

    def start(self) -> None:
        """Start, and wait until it answers; from then on the port stays the same."""
        self.spawn()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            line = self._output.read_text(encoding="utf-8")
            if line.startswith("Mở http"):
                self.url = line.split()[1]
                self._port = self.url.rpartition(":")[2]
                if self._healthy():
                    return
            time.sleep(0.05)
        raise AssertionError(f"the bot does not answer: {self.log}")

    def stop(self, signal: int) -> int:
        """Ask it to stop; returns its exit code."""
        self.process.send_signal(signal)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it without a chance to clean up."""
        self.process.kill()
        self.process.wait()

    def _healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health").is_success
        except httpx.TransportError:
            return False
