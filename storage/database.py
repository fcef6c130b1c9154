"""The seam between the shared SQL and the two engines that run it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from storage.records import StorageError

T = TypeVar("T")
Value = str | int | float | None
# A row as the engine returns it: which column is what, the statement says.
Row = Sequence[Any]

MAX_FIELD = 200
_MIGRATIONS = Path(__file__).parent / "migrations"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Transaction(Protocol):
    """An open transaction. `/* for update */` and `/* for update of x skip locked */` in a
    statement ask for row locks where the engine has them."""

    def execute(self, sql: str, /, **values: Value) -> list[Row]:
        """Run one statement with `:name` parameters; returns its rows.

        Raises `StorageError` where the database is at fault, and the driver's own error where the
        values are.
        """

    def change(self, sql: str, /, **values: Value) -> int:
        """Run one statement as `execute` does; returns how many rows it wrote or changed."""

    def execute_many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run one statement for each set of parameters."""

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that is undone by itself when it raises."""


class Database(Protocol):
    """One of the two engines."""

    # Handling transactions that may run beside each other, and messages in one of them.
    lanes: int
    batch: int
    # Whether other processes may write to it.
    shared: bool

    async def open(self, *, sole: bool) -> None:
        """Connect and bring the schema up to date. `sole`: refuse a second process where only one
        may run. Raises `StorageError`."""

    async def write(self, work: Callable[[Transaction], T], *, patient: bool = False, durable: bool = True) -> T:
        """Run `work` in a transaction and return its result when that is durable.

        `work` may run again after a conflict, so it does nothing but through the transaction. `patient`: it is
        long, and nothing that people wait for is to wait for it, where there is one writer for all. Not `durable`:
        a machine that fails may forget it, as if it had not happened, until the next commit that is durable.
        """

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, which only reads, without standing in the way of writers."""

    async def backup(self, to: Path) -> None:
        """Write a consistent copy. Raises `StorageError`."""

    async def close(self) -> None:
        """Finish what was begun and let go of everything."""


def clean(text: str) -> str:
    """Drop what a database refuses: NUL and lone surrogates."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNSTORABLE.sub("", text)


def as_json(value: object) -> str:
    """What JSON can hold, as text that a database takes; mappings of any kind. Raises `TypeError` otherwise."""
    return json.dumps(_plain(value), ensure_ascii=False)


def listed(name: str, values: Sequence[str]) -> tuple[str, dict[str, Value]]:
    """What stands between the brackets of `in (…)`, and its parameters. There is at least one value."""
    named: dict[str, Value] = {f"{name}{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{key}" for key in named), named


def short(text: str) -> str:
    """A name or another small text of a person, as it is stored."""
    return clean(text)[:MAX_FIELD]


def stamp(at: datetime) -> str:
    """A moment as it is stored: UTC, always with microseconds, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """A stored moment."""
    return datetime.fromisoformat(text)


def day(text: str) -> date | None:
    """A stored day."""
    return date.fromisoformat(text) if text else None


def day_text(on: date | None) -> str:
    """A day as it is stored."""
    return on.isoformat() if on else ""


def migrate(transaction: Transaction, now: datetime) -> None:
    """Run the migrations that this database has not seen, in the open transaction."""
    transaction.execute("create table if not exists migration (number bigint primary key, at text not null)")
    done = {row[0] for row in transaction.execute("select number from migration")}
    known = {int(path.stem): path for path in sorted(_MIGRATIONS.glob("[0-9]*.sql"))}
    if done - known.keys():
        raise StorageError(
            f"the database has migration {max(done)}, this program knows only up to {max(known)}:"
            " run the newer version that wrote it"
        )
    for number in sorted(known.keys() - done):
        for statement in _statements(known[number].read_text(encoding="utf-8")):
            transaction.execute(statement)
        transaction.execute(
            "insert into migration (number, at) values (:number, :at)",
            number=number,
            at=stamp(now),
        )


def _statements(script: str) -> Iterator[str]:
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    yield from (part.strip() for part in "\n".join(lines).split(";") if part.strip())


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {clean(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return clean(value) if isinstance(value, str) else value
