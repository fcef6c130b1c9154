"""A look at a database from outside: is it there, does it answer, is there room for more."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from storage.records import StorageError
from storage.store import Counts, opened


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen. Without counts and without a reason there is no database yet."""

    # The file, or the kind of server.
    place: str
    counts: Counts | None = None
    # Why it does not answer.
    reason: str = ""
    # Bytes that its disk has free; None for a server.
    free: int | None = None


async def inspect(url: str, file: Path | None) -> Inspection:
    """Look at the database of a URL; `file`: where SQLite keeps it. Makes no new one."""
    place, free = str(file or "PostgreSQL"), _free(file) if file else None
    if file and not await asyncio.to_thread(file.exists):
        return Inspection(place, free=free)
    try:
        async with opened(url) as store:
            return Inspection(place, await store.counts(), free=free)
    except StorageError as error:
        return Inspection(place, reason=str(error), free=free)


def _free(file: Path) -> int:
    folder = file.absolute().parent
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
