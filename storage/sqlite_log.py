"""SQLite's log is brought into the file beside the writer, so that nobody's commit waits for it.

https://www.sqlite.org/wal.html#ckpt: whoever writes goes on meanwhile, and the log begins anew once all of it has been
brought over.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable

import sqlite_utils

# Seconds from what was written to its checkpoint: what changes again and again is brought over once.
_PAUSE = 0.2
# Pages, as a rule of 4 kB, of a log that is too long: while rows are written without a pause it would never begin anew.
# Whoever is patient then waits until it has, and at so many times more the writer brings it over itself.
LONG = 8_000
TIMES = 8
# Seconds that the patient wait at most: something else may hold the log.
_WAIT = 5.0
_LOOK = 0.01


class Checkpoints:
    """A thread that brings the log over a moment after something was written."""

    def __init__(self, connect: Callable[[], sqlite_utils.Database]) -> None:
        self._connect = connect
        self._written = threading.Event()
        # How long the log was at the last look; 0 where all of it was brought over.
        self._pages = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def written(self) -> None:
        """Something was committed."""
        self._written.set()

    async def short(self) -> None:
        """Wait until the log is not too long."""
        for _ in range(int(_WAIT / _LOOK)):
            if self._pages < LONG:
                return
            await asyncio.sleep(_LOOK)

    def end(self) -> None:
        """Stop, and let go of the connection."""
        self._ended.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        database = self._connect()
        while not self._ended.is_set():
            self._written.wait()
            if not self._ended.wait(_LOOK if self._pages >= LONG else _PAUSE):
                self._written.clear()
                self._bring_over(database)
        database.close()

    def _bring_over(self, database: sqlite_utils.Database) -> None:
        try:
            [[_, pages, done]] = database.execute("pragma wal_checkpoint(passive)").fetchall()
        except sqlite3.Error:
            # The disk is full, or somebody else holds the file: what is in the log is safe, and is tried again.
            return
        self._pages = 0 if pages == done else pages
        if self._pages >= LONG:
            self._written.set()
