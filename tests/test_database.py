"""The database itself: opened again, copied, refused; a server that goes away."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from conversation import Incoming, Reply
from storage import open_store
from storage.handling import TransactionRecords
from storage.records import Conversation, InUse, Person, StorageError
from storage.store import Store
from tests.databases import (
    Desk,
    Hands,
    rows,
)
from tests.postgres_server import empty_database
from tests.pretend import Pretend
from tests.test_store import desk, hands, raw

__all__ = ["desk", "hands"]

pytestmark = pytest.mark.anyio


# The database itself.


async def test_an_old_program_refuses_a_newer_database(url: str, store: Store) -> None:
    await store.database.write(lambda transaction: transaction.execute("insert into migration values (9999, '')"))
    other = open_store(url)
    with pytest.raises(StorageError, match=r"migration 9999.* newer version"):
        await other.open()
    await other.close()


async def test_opening_again_keeps_everything(url: str, desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1"))
    other = open_store(url, hands)
    await other.open()
    assert (await other.counts()).waiting == 1
    await other.close()


async def test_a_second_run_on_one_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    first, second = open_store(url), open_store(url)
    await first.open(sole=True)
    with pytest.raises(InUse, match=r"another process is running on .*a\.db"):
        await second.open(sole=True)
    await second.close()
    await first.close()
    third = open_store(url)
    await third.open(sole=True)
    await third.close()


async def test_a_backup_is_a_whole_database(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    await store.open(sole=True)
    await store.receive("pretend", [raw("1")])
    await store.backup(tmp_path / "copies" / "b.db")
    with pytest.raises(StorageError, match="exists already"):
        await store.backup(tmp_path / "copies" / "b.db")
    await store.close()
    copy = open_store(f"sqlite:///{tmp_path / 'copies' / 'b.db'}")
    await copy.open(sole=True)
    assert (await copy.counts()).waiting == 1
    await copy.close()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("không phải cơ sở dữ liệu " * 100)
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(StorageError, match=r"cannot open the database .*a\.db"):
        await store.open(sole=True)
    await store.close()


@pytest.mark.parametrize(
    ("wrong", "read"),
    [
        ("", "''"),
        ("sqlite://", "'sqlite://'"),
        ("sqlite:///", "'sqlite:///'"),
        ("mysql://an:bí-mật@host/db", "'mysql://host/db'"),
    ],
)
async def test_a_wrong_url_is_named(wrong: str, read: str) -> None:
    with pytest.raises(StorageError, match=r"DATABASE_URL: read .*, expected sqlite:///") as caught:
        open_store(wrong)
    assert read in str(caught.value)
    assert "bí-mật" not in str(caught.value)


async def test_a_lost_connection_is_made_again() -> None:
    url = empty_database()
    store = open_store(url)
    await store.open()
    await asyncio.gather(*[store.counts() for _ in range(20)])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    await store.receive("pretend", [raw("1")])
    assert (await store.counts()).waiting == 1
    await store.close()


async def test_a_server_that_is_away_is_one_sentence() -> None:
    store = open_store("postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(StorageError, match=r"^PostgreSQL: .*") as caught:
        await store.open()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    await store.close()


async def test_several_processes_keep_the_order_of_a_chat() -> None:
    url = empty_database()
    stores = [open_store(url) for _ in range(2)]
    for one in stores:
        await one.open()
        await one.beat()
    heard: list[tuple[str, int]] = []

    def listen(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        heard.append((incoming.address.chat, int(incoming.text)))
        count = conversation.data.get("count", 0)
        assert isinstance(count, int)
        records.save_conversation(replace(conversation, data={"count": count + 1}))
        return []

    batch = [raw(str(n), str(n), chat=f"c{n % 7}") for n in range(140)]
    await stores[0].receive("pretend", batch)
    await asyncio.gather(*(Desk(one, Pretend(), say=listen).handle() for one in stores for _ in range(3)))
    assert len(heard) == 140
    for chat in range(7):
        numbers = [number for name, number in heard if name == f"c{chat}"]
        assert numbers == sorted(numbers)
    kept = await rows(stores[0], "select data from conversation")
    assert kept == [('{"count": 20}',)] * 7
    for one in stores:
        await one.close()
