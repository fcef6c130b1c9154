"""The bytes of files that people sent: one file each in a folder, named by its id."""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def new_id() -> str:
    """A name that nobody can guess and nothing has yet."""
    return secrets.token_hex(16)


class Depot:
    """Saves, reads and deletes by id. Raises `OSError` where the disk does, `ValueError` for what is no id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, id: str, content: bytes) -> None:
        """When this returns the bytes are safe, whole or not at all; saved again they are replaced."""
        await asyncio.to_thread(self._save, self._path(id), content)

    async def read(self, id: str) -> bytes:
        """The bytes of a file."""
        return await asyncio.to_thread(self._path(id).read_bytes)

    async def delete(self, id: str) -> None:
        """Delete the bytes, where there are any."""
        await asyncio.to_thread(self._delete, self._path(id))

    async def copy_to(self, folder: Path) -> int:
        """Copy every file into a new folder; returns how many. One that is deleted meanwhile is left out."""
        return await asyncio.to_thread(self._copy_to, folder)

    def _copy_to(self, folder: Path) -> int:
        found = [path for path in self._folder.glob("*") if _ID.fullmatch(path.name)] if self._folder.is_dir() else []
        copied = 0
        if found:
            folder.mkdir(mode=0o700, parents=True)
        for path in found:
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(path, folder / path.name)
                copied += 1
        return copied

    def _path(self, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise ValueError("not the id of a file")
        return self._folder / id

    def _delete(self, path: Path) -> None:
        _part(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def _save(self, path: Path, content: bytes) -> None:
        part = _part(path)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        if hasattr(os, "O_DIRECTORY"):
            # The name has to be on the disk too.
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _part(path: Path) -> Path:
    # Always the same, so that what a killed process left is written over or deleted with the file.
    return path.with_name(f"{path.name}.part")
