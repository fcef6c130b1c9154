"""PostgreSQL: several processes on one database, a few connections in each."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NoReturn, cast

import psycopg

from storage.database import Row, T, Transaction, Value, migrate
from storage.records import Clock, StorageError

_CONNECTIONS = 6
# Any number will do, as long as it stays the same.
_MIGRATION_LOCK = 7_200_517
_CONFLICT_TRIES = 5
# The values are at fault, not the database.
_VALUE_ERRORS = (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError)


class _ConflictError(StorageError):
    """Two transactions stood in each other's way: this one may run again."""


class PostgresTransaction:
    """The open transaction of one connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, /, **values: Value) -> list[Row]:
        """Run one statement with `:name` parameters; returns its rows."""
        try:
            cursor = self._connection.execute(_dialect(sql), values)
            return cast(list[Row], cursor.fetchall()) if cursor.description else []
        except psycopg.Error as error:
            _explain(error)

    def change(self, sql: str, /, **values: Value) -> int:
        """Run one statement as `execute` does; returns how many rows it wrote or changed."""
        try:
            return self._connection.execute(_dialect(sql), values).rowcount
        except psycopg.Error as error:
            _explain(error)

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement for each set of parameters."""
        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(_dialect(sql), rows)
        except psycopg.Error as error:
            _explain(error)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that is undone by itself when it raises."""
        with self._connection.transaction():
            yield


class Postgres:
    """A `Database` on a server. A lost server is connected to again with the next transaction."""

    lanes = 4
    # One person's row is locked at a time, so that two processes never wait in a circle.
    batch = 1
    shared = True

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._threads = ThreadPoolExecutor(_CONNECTIONS, "postgres")
        self._own = threading.local()
        self._connections: list[psycopg.Connection] = []

    async def open(self, *, sole: bool) -> None:  # noqa: ARG002 -- several may run
        """Bring the schema up to date. Raises `StorageError`."""

        def work(transaction: Transaction) -> None:
            transaction.execute("select pg_advisory_xact_lock(:lock)", lock=_MIGRATION_LOCK)
            migrate(transaction, self._clock())

        await self.write(work)

    async def write(self, work: Callable[[Transaction], T], *, patient: bool = False, durable: bool = True) -> T:  # noqa: ARG002 -- each has its own connection
        """Run `work` in a transaction and return its result when that is durable, or at once where it need not be."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work, durable)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, which only reads."""
        return await self.write(work)

    async def backup(self, to: Path) -> None:  # noqa: ARG002 -- as in `Database`
        """Raise `StorageError`: the server has better ways."""
        raise StorageError("PostgreSQL makes its own backups: use pg_dump")

    async def close(self) -> None:
        """Finish what was begun and let go of everything."""
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._connections:
            connection.close()

    def _run(self, work: Callable[[Transaction], T], durable: bool) -> T:
        for tries_left in reversed(range(_CONFLICT_TRIES)):
            try:
                with self._begun() as connection:
                    if not durable:
                        # What is durable later is written after it, so nothing that counts on it outlives it.
                        connection.execute("set local synchronous_commit to off")
                    return work(PostgresTransaction(connection))
            except _ConflictError:
                if not tries_left:
                    raise
            except (psycopg.OperationalError, psycopg.InternalError) as error:
                raise _storage_error(error) from error
        raise AssertionError("unreachable")

    @contextmanager
    def _begun(self) -> Iterator[psycopg.Connection]:
        """A connection with an open transaction."""
        with ExitStack() as stack:
            connection = self._connection()
            try:
                stack.enter_context(connection.transaction())
            except psycopg.OperationalError:
                # The server was away while nothing was asked of it: another connection may do at once.
                connection = self._connection()
                stack.enter_context(connection.transaction())
            yield connection

    def _connection(self) -> psycopg.Connection:
        connection: psycopg.Connection | None = getattr(self._own, "connection", None)
        if connection is not None and not connection.closed:
            return connection
        if connection is not None:
            self._connections.remove(connection)
            self._own.connection = None
        try:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
            # A plan that was made while a table was small would be kept while a million rows arrive.
            connection.execute("set plan_cache_mode to force_custom_plan")
        except psycopg.Error as error:
            raise _storage_error(error) from error
        self._own.connection = connection
        self._connections.append(connection)
        return connection


@lru_cache(maxsize=512)
def _dialect(sql: str) -> bytes:
    text = re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", sql.replace("%", "%%"))
    return re.sub(r"/\* (for update[^*]*) \*/", r"\1", text).encode()


def _explain(error: psycopg.Error) -> NoReturn:
    if isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure):
        raise _ConflictError(f"PostgreSQL: {type(error).__name__}") from error
    if isinstance(error, _VALUE_ERRORS):
        raise error
    raise _storage_error(error) from error


def _storage_error(error: psycopg.Error) -> StorageError:
    # The first line only: the rest may quote values.
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return StorageError(f"PostgreSQL: {lines[0]}")
