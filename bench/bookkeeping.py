"""The database of a measured announcement: filled with people before, looked at while it runs and afterwards."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg

from channels.telegram import Telegram
from storage.database import Transaction
from storage.store import open_store
from tests.crowd import SEEN, Crowd
from tests.databases import say
from tests.telegram_server import TelegramServer

# Seconds from one line of progress to the next.
TOLD_EVERY = 15.0
_NUMBERS = "with recursive number(n) as (select 1 union all select n + 1 from number where n < :people)"
# People's ids say nothing about when they came or where they are reached: in no order, as in life.
_ID = "cast(cast(n as bigint) * 618033988749 % 1000000007 as text)"
_PEOPLE = f"""
insert into person (id, language, unit, since) {_NUMBERS} select {_ID}, 'vi', 'to-1', :seen from number
"""
_ADDRESSES = f"""
insert into address (channel, chat, person, seen_at) {_NUMBERS}
select 'telegram', cast(n as text), {_ID}, :seen from number
"""


class Connection(Protocol):
    """What both drivers have in common."""

    def execute(self, sql: Any, /) -> Any:
        """A cursor with the rows."""

    def close(self) -> None:
        """Let go of it."""


def connect(url: str) -> Connection:
    """Beside the bot, which is not disturbed: what is read is what was committed."""
    if url.startswith("sqlite"):
        return sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
    return psycopg.connect(url, autocommit=True)


async def prepare(url: str, people: int) -> None:
    """So many people on Telegram, whose chats are their numbers; at most a thousand million."""
    store = open_store(url)
    await store.open()

    def add(transaction: Transaction) -> None:
        transaction.execute(_PEOPLE, people=people, seen=SEEN)
        transaction.execute(_ADDRESSES, people=people, seen=SEEN)

    await store.database.write(add)
    await store.close()
    _settle(url)


def _settle(url: str) -> None:
    """People come over months, and a server has long gone over their rows by itself: here it does so at once."""
    if url.startswith("sqlite"):
        return
    with closing(connect(url)) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


async def confirm(url: str, server: TelegramServer, text: str) -> None:
    """Send it to everybody, at whatever hour the measurement runs."""
    store = open_store(url)
    await store.open()
    channel = Telegram(server.token, api_url=server.url)
    crowd = Crowd(store, {channel.name: channel})
    await crowd.confirm(await crowd.draft(kind="urgent", body=say(text)))
    await channel.close()
    await store.close()


def wait_for(url: str, state: str, told: Callable[[], str], seconds: float = 3600.0) -> None:
    """Wait until the announcement is in this state; meanwhile tell how far it is. Raises `TimeoutError`."""
    begun = tell = time.monotonic()
    with closing(connect(url)) as connection:
        while connection.execute("select state from announcement").fetchone()[0] != state:
            if time.monotonic() > begun + seconds:
                raise TimeoutError(f"the announcement is not {state} after {seconds:.0f} s")
            if time.monotonic() > tell + TOLD_EVERY:
                tell = time.monotonic()
                print(f"  {tell - begun:.0f} s: {told()}", flush=True)
            time.sleep(0.05)


def made(url: str) -> int:
    """How many rows there are so far."""
    with closing(connect(url)) as connection:
        return int(connection.execute("select made from announcement").fetchone()[0])


def states(url: str) -> Counter[str]:
    """How many rows are in which state."""
    sql = "select state, count(*) from outbox where announcement is not null group by state"
    with closing(connect(url)) as connection:
        return Counter(dict(connection.execute(sql).fetchall()))


def untrue(url: str, server: TelegramServer, text: str) -> int:
    """Rows that say something else than what the server received."""
    got = Counter(sent.chat for sent in server.sent if sent.text == text)
    expected: Mapping[str, tuple[int, ...]] = {"sent": (1,), "unknown": (0, 1), "sending": (0, 1)}
    with closing(connect(url)) as connection:
        found = connection.execute("select chat, state from outbox where announcement is not null").fetchall()
    return sum(got[int(chat)] not in expected.get(state, (0,)) for chat, state in found)


def copied(url: str, folder: Path) -> tuple[int, float]:
    """How many rows there are, and how long it takes to write them once more in one transaction."""
    with closing(connect(url)) as connection:
        to = _twin(connection, folder) if url.startswith("sqlite") else _like(connection)
        began = time.monotonic()
        connection.execute("begin")
        connection.execute(f"insert into {to} select * from outbox where announcement is not null")
        connection.execute("commit")
        seconds = time.monotonic() - began
        return int(connection.execute(f"select count(*) from {to}").fetchone()[0]), seconds


def _like(connection: Connection) -> str:
    connection.execute("create table copy (like outbox including all)")
    return "copy"


def _twin(connection: Connection, folder: Path) -> str:
    """The same table with the same indexes in a file of its own."""
    connection.execute(f"attach '{folder / 'copy.db'}' as other")
    tables = "select sql from sqlite_master where tbl_name = 'outbox' and sql is not null order by type desc"
    for [sql] in connection.execute(tables).fetchall():
        create, _, rest = sql.partition(" on " if "INDEX" in sql else " outbox")
        name = create.split()[-1] if "INDEX" in sql else "outbox"
        unique = "unique " if "unique" in create.lower() else ""
        connection.execute(
            f"create {unique}index other.{name} on {rest}" if "INDEX" in sql else f"create table other.{name}{rest}"
        )
    return "other.outbox"
