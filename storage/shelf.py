"""Files that are kept for a day: what is on its way to a page or behind a link, and what was just uploaded."""

import asyncio
import json
import os
import re
import secrets
import time
from pathlib import Path

from conversation import Offer, PaperFile

# A little longer than a link to it is good.
KEPT_SECONDS = 25 * 3600
# How much lies there at most, so that nobody fills the disk.
MOST_BYTES = 1_000_000_000
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LONGEST_HEAD = 2_000


class ShelfFull(Exception):
    """Nothing more can be put there now: too much lies there, or the disk takes no more."""


class Shelf:
    """A folder of such files, `most` bytes in all. Safe for several processes."""

    def __init__(self, folder: Path, *, most: int = MOST_BYTES, seconds: float = KEPT_SECONDS) -> None:
        self._folder = folder
        self._most, self._seconds = most, seconds
        self._size: int | None = None

    async def put(self, file: PaperFile, key: str = "") -> Offer:
        """Keep a file under a key, a new one if none is given. Raises `ShelfFull` and `OSError`."""
        return await asyncio.to_thread(self._put, file, key or secrets.token_hex(16))

    async def take(self, key: str) -> PaperFile | None:
        """A file by its key; None where there is none any more."""
        return await asyncio.to_thread(self._take, key)

    async def offered(self, key: str, *, renew: bool = False) -> Offer | None:
        """What is known of a file by its key, without reading it; `renew`: its day begins now."""
        return await asyncio.to_thread(self._offered, key, renew)

    async def prune(self) -> None:
        """Delete what has lain long enough."""
        await asyncio.to_thread(self._prune)

    def _prune(self) -> None:
        before, size = time.time() - self._seconds, 0
        for path in self._folder.glob("*") if self._folder.is_dir() else ():
            try:
                seen = path.stat()
                if seen.st_mtime < before:
                    path.unlink(missing_ok=True)
                else:
                    size += seen.st_size
            except FileNotFoundError:
                # Another process was faster.
                continue
        self._size = size

    def _put(self, file: PaperFile, key: str) -> Offer:
        if self._size is None or self._size + len(file.content) > self._most:
            self._prune()
        size = (self._size or 0) + len(file.content)
        if size > self._most:
            raise ShelfFull(f"over {self._most} bytes")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        head = json.dumps({"name": file.name, "media_type": file.media_type})
        # Whole or not at all, and never readable by others.
        part = self._folder / f"{key}.{secrets.token_hex(4)}"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(head.encode() + b"\n" + file.content)
            target.flush()
            os.fsync(target.fileno())
        part.replace(self._folder / key)
        self._size = size
        return Offer(key, file.name, file.media_type, len(file.content))

    def _offered(self, key: str, renew: bool) -> Offer | None:
        try:
            with (self._folder / key).open("rb") as file:
                head = file.readline(_LONGEST_HEAD)
                size = os.fstat(file.fileno()).st_size - len(head)
            if renew:
                os.utime(self._folder / key)
        except FileNotFoundError:
            return None
        return Offer(key, size=size, **json.loads(head))

    def _take(self, key: str) -> PaperFile | None:
        if not _KEY.fullmatch(key):
            return None
        try:
            head, _, content = (self._folder / key).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return PaperFile(content=content, **json.loads(head))
