"""The disk is full in the middle of an announcement: nothing half written, nothing forgotten, it goes on by itself."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from channels.clock import Clock
from conversation import CLOCK, Channel, Incoming, Reply
from engine import Engine
from storage import open_store, recipients
from storage.database import Transaction
from storage.patience import Patience
from storage.records import Conversation, Person, Records, StorageError
from storage.store import Store, utc_now
from tests.crowd import Crowd
from tests.databases import database_url, rows, say
from tests.pretend import Pretend

pytestmark = pytest.mark.anyio

PEOPLE = 300


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def leave(store: Store, pages: int) -> None:
    """Let the file grow by so many pages at most."""

    def limit(transaction: Transaction) -> None:
        [[count]] = transaction.execute("pragma page_count")
        transaction.execute(f"pragma max_page_count = {count + pages}")

    await store.database.write(limit)


async def test_rows_go_on_when_there_is_room_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "BATCH", 20)
    store = open_store(database_url("sqlite", tmp_path))
    await store.open(sole=True)
    crowd = Crowd(store, {"pretend": Pretend()})
    await crowd.add(*(f"p{number:03}" for number in range(PEOPLE)))
    id = (await crowd.confirm(await crowd.draft(kind="urgent"))).id
    await leave(store, 10)
    with pytest.raises(StorageError, match="full"):
        await crowd.fill()
    [[made, cursor]] = await rows(store, "select made, cursor from announcement")
    assert 0 < made < PEOPLE
    # What stands in the announcement is what stands in the rows.
    assert [tuple(row) for row in await rows(store, "select count(*), max(person) from outbox")] == [(made, cursor)]
    await leave(store, 10_000)
    await crowd.fill()
    assert len(await crowd.ledger(id)) == PEOPLE
    await store.close()


async def test_a_running_bot_sends_it_when_there_is_room_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "BATCH", 20)
    store = open_store(database_url("sqlite", tmp_path))
    await store.open(sole=True)
    place = Pretend()
    channels: dict[str, Channel] = {"pretend": place, CLOCK: Clock(utc_now)}
    crowd = Crowd(store, channels)
    await crowd.add(*(f"p{number:03}" for number in range(PEOPLE)))
    id = (await crowd.confirm(await crowd.draft(kind="urgent"))).id
    await leave(store, 10)

    def quiet(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        return []

    patience = Patience(look=0.05, first=0.05, longest=0.1)
    engine = Engine(store, channels, quiet, lambda person: say("xin lỗi"), patience=patience)
    run = asyncio.create_task(engine.run())
    await asyncio.sleep(0.5)
    [[made]] = await rows(store, "select made from announcement")
    assert made < PEOPLE
    assert place.arrived == []
    await leave(store, 10_000)
    async with asyncio.timeout(20):
        while (await crowd.do(lambda news: news.progress(id))).state != "done":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    engine.stop()
    await run
    assert sorted(sent.chat for sent in place.arrived) == [f"p{number:03}" for number in range(PEOPLE)]
    await store.close()
