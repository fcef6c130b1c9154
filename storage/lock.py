"""A file that one process at a time may hold. The system lets go of it when the process dies."""

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold(path: Path) -> IO[bytes]:
    """Lock a file until the returned object is closed. Raises `BlockingIOError` when it is held."""
    file = path.open("ab")
    try:
        _take(file)
    except OSError as error:
        file.close()
        raise BlockingIOError(f"{path} is held by another process") from error
    return file
