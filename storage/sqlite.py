"""SQLite: one file, one writer thread that commits what waits together."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, NoReturn

import sqlite_utils

from storage import sqlite_log
from storage.database import Row, T, Transaction, Value, migrate
from storage.jobs import Job, Jobs, resolve
from storage.lock import hold
from storage.records import Clock, InUse, StorageError
from storage.sqlite_log import Checkpoints

# Longer would be felt by whoever waits for the commit.
_GROUP_SECONDS = 0.02
# Another program (a backup, the sqlite-utils command) may hold the file for a moment.
BUSY_SECONDS = 5.0
# The values are at fault, not the database.
_VALUE_ERRORS = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
)


class SqliteTransaction:
    """The open transaction of one connection."""

    def __init__(self, database: sqlite_utils.Database) -> None:
        self._connection: sqlite3.Connection = database.conn
        self._depth = 0

    def execute(self, sql: str, /, **values: Value) -> list[Row]:
        """Run one statement with `:name` parameters; returns its rows."""
        try:
            return self._connection.execute(_dialect(sql), values).fetchall()
        except sqlite3.Error as error:
            _explain(error)

    def change(self, sql: str, /, **values: Value) -> int:
        """Run one statement as `execute` does; returns how many rows it wrote or changed."""
        try:
            return self._connection.execute(_dialect(sql), values).rowcount
        except sqlite3.Error as error:
            _explain(error)

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement for each set of parameters."""
        try:
            self._connection.executemany(_dialect(sql), rows)
        except sqlite3.Error as error:
            _explain(error)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that is undone by itself when it raises."""
        name = f"s{self._depth}"
        self._depth += 1
        try:
            self.execute(f"savepoint {name}")
            try:
                yield
            except BaseException:
                # A full disk has already ended the whole transaction.
                if self._connection.in_transaction:
                    self.execute(f"rollback to {name}")
                    self.execute(f"release {name}")
                raise
            self.execute(f"release {name}")
        finally:
            self._depth -= 1


class Sqlite:
    """A `Database` in one file. One process runs on it, held by a lock file beside it."""

    lanes = 1
    batch = 32
    shared = False

    def __init__(self, path: Path, clock: Clock, *, busy: float = BUSY_SECONDS) -> None:
        self._path = path
        self._busy = busy
        self._clock = clock
        self._jobs = Jobs()
        self._writer: threading.Thread | None = None
        self._checkpoints: Checkpoints | None = None
        self._reader = ThreadPoolExecutor(1, "sqlite-reader")
        self._reading: sqlite_utils.Database | None = None
        self._lock: IO[bytes] | None = None

    async def open(self, *, sole: bool) -> None:
        """Open the file and bring its schema up to date. Raises `InUse` and `StorageError`."""
        await asyncio.to_thread(self._open, sole)

    def _open(self, sole: bool) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if sole:
                self._lock = hold(self._path.with_name(self._path.name + ".lock"))
            database = self._connect()
            database.enable_wal()
            database.execute("begin immediate")
            migrate(SqliteTransaction(database), self._clock())
            database.execute("commit")
        except BlockingIOError as error:
            raise InUse(f"another process is running on the database {self._path}: stop it first") from error
        except (OSError, sqlite3.Error) as error:
            self._release()
            raise StorageError(f"cannot open the database {self._path}: {error}") from error
        except StorageError:
            self._release()
            raise
        self._checkpoints = Checkpoints(self._connect)
        self._writer = threading.Thread(target=self._write_all, args=[database], daemon=True)
        self._writer.start()

    async def write(self, work: Callable[[Transaction], T], *, patient: bool = False, durable: bool = True) -> T:
        """Run `work` in a transaction and return its result when that is durable, or at once where it need not be."""
        if self._writer is None:
            raise StorageError(f"the database {self._path} is not open")
        if patient and self._checkpoints:
            await self._checkpoints.short()
        job = Job(work, patient, durable)
        self._jobs.put(job)
        result: T = await job.future
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, which only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)

    async def backup(self, to: Path) -> None:
        """Write a consistent copy to a new file. Raises `StorageError`."""
        await asyncio.get_running_loop().run_in_executor(self._reader, self._backup, to)

    async def close(self) -> None:
        """Finish what was begun and let go of everything."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._jobs.end()
            await asyncio.to_thread(writer.join)
        if self._checkpoints:
            await asyncio.to_thread(self._checkpoints.end)
            self._checkpoints = None
        if self._reading is not None:
            self._reader.submit(self._reading.close).result()
            self._reading = None
        self._reader.shutdown()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _connect(self) -> sqlite_utils.Database:
        connection = sqlite3.connect(self._path, timeout=self._busy, isolation_level=None, check_same_thread=False)
        database = sqlite_utils.Database(connection, execute_plugins=False)
        database.execute("pragma synchronous=full")
        database.execute(f"pragma wal_autocheckpoint={sqlite_log.LONG * sqlite_log.TIMES}")
        database.execute("pragma foreign_keys=on")
        return database

    def _write_all(self, database: sqlite_utils.Database) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            try:
                self._write_group(database, group)
            except BaseException as error:
                if database.conn.in_transaction:
                    database.conn.rollback()
                for job in group:
                    job.error = job.error or _storage_error(error)
            resolve(group)
            if self._checkpoints:
                self._checkpoints.written()
        database.close()

    def _write_group(self, database: sqlite_utils.Database, group: list[Job]) -> None:
        # What need not be durable waits for no disk; the next that is takes it along.
        database.execute(f"pragma synchronous={'full' if group[0].durable else 'normal'}")
        database.execute("begin immediate")
        transaction = SqliteTransaction(database)
        until = time.monotonic() + _GROUP_SECONDS
        while True:
            _run(transaction, group[-1])
            if not database.conn.in_transaction:
                raise StorageError("the database gave up the transaction")
            if time.monotonic() > until:
                break
            if not group[-1].groups or (job := self._jobs.get_more()) is None:
                break
            group.append(job)
        database.execute("commit")

    def _read(self, work: Callable[[Transaction], T]) -> T:
        if self._reading is None:
            self._reading = self._connect()
        self._reading.execute("begin")
        try:
            return work(SqliteTransaction(self._reading))
        finally:
            self._reading.conn.rollback()

    def _backup(self, to: Path) -> None:
        if to.exists():
            raise StorageError(f"{to} exists already: choose another name for the backup")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as source, closing(sqlite3.connect(to)) as copy:
                source.conn.backup(copy)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"cannot write the backup {to}: {error}") from error


def _run(transaction: SqliteTransaction, job: Job) -> None:
    try:
        with transaction.savepoint():
            job.result = job.work(transaction)
    except BaseException as error:
        job.error = error


@lru_cache(maxsize=512)
def _dialect(sql: str) -> str:
    # Only these words make a column that counts by itself.
    return sql.replace("bigint generated always as identity", "integer")


def _explain(error: sqlite3.Error) -> NoReturn:
    if isinstance(error, _VALUE_ERRORS):
        raise error
    raise _storage_error(error) from error


def _storage_error(error: BaseException) -> StorageError:
    if isinstance(error, StorageError):
        return error
    return StorageError(f"SQLite: {error}")
