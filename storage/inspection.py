"""A look at a database from outside: is it there, does it answer, is there room for more."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from storage.records import StorageError
from storage.store import is_there, opened


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen. Without counts and without a reason there is no database yet."""

    # The file, or the kind of server.
    place: str
    # Messages that wait for an answer, that wait to be sent, that went wrong.
    counts: tuple[int, int, int] | None = None
    # Why it does not answer.
    reason: str = ""
    # Bytes that its disk has free; None for a server.
    free: int | None = None


async def inspect(url: str, file: Path | None) -> Inspection:
    """Look at the database of a URL; `file`: where SQLite keeps it. Makes no new one."""
    place, free = str(file or "PostgreSQL"), _free(file) if file else None
    if file and not is_there(file):
        return Inspection(place, free=free)
    try:
        async with opened(url) as store:
            seen = await store.counts()
            return Inspection(place, (seen.waiting, seen.unsent, seen.failed + seen.undelivered), free=free)
    except StorageError as error:
        return Inspection(place, reason=str(error), free=free)


def _free(file: Path) -> int:
    folder = file.absolute().parent
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
