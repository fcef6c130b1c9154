"""A bot for forms in a process of its own, which is killed and started again."""

import multiprocessing
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests import form_worker
from tests.telegram_server import TelegramServer

# Seconds.
PATIENT = 20.0


class Bot:
    """A process that is started again whenever it is gone."""

    def __init__(self, url: str, server: TelegramServer, folder: Path) -> None:
        self.fate, self.log = folder / "moment", folder / "log"
        self._words = (url, server.url, server.token, self.fate, self.log)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([form_worker.__name__, "storage.sqlite", "storage.postgres"])
        self.deaths: list[float] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        self._process = self._context.Process(target=form_worker.run, args=self._words)
        self._process.start()

    def dies(self) -> None:
        """Wait until it has killed itself, and start it again."""
        self._process.join(PATIENT)
        assert self._process.exitcode == -9, self.log.read_text()
        self.deaths.append(time.monotonic())
        self.start()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.deaths.append(time.monotonic())
