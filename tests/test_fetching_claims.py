"""Who fetches a file, of several processes, and after a kill."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage import open_store
from storage.depot import Depot
from storage.fetching import LEASE, Fetching
from tests.databases import ENGINES, Hands, database_url, rows
from tests.pictures import jpeg
from tests.pretend import Pretend
from tests.test_engine import QUICK
from tests.test_fetching import store

__all__ = ["store"]

pytestmark = pytest.mark.anyio


# Several processes.


async def test_nobody_else_fetches_what_is_being_fetched(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    for engine in ENGINES:
        folder = tmp_path / engine
        folder.mkdir()
        hands = Hands()
        store = open_store(database_url(engine, folder), hands)
        await store.open(sole=True)
        place = Pretend()
        depot = Depot(folder)
        mine, other = (Fetching(store, {"pretend": place}, depot, QUICK) for _ in range(2))
        place.sends("an", jpeg())
        raw = place._said.get_nowait()
        assert raw is not None
        await store.receive("pretend", [raw])
        await store.database.write(lambda transaction: transaction.execute("update inbox set fetching = 1"))
        errand = await mine.take()
        assert errand is not None
        assert await other.take() is None
        # The process that had it has died; whoever comes writes under the same name.
        hands.pass_by((LEASE + timedelta(seconds=1)).total_seconds())
        again = await other.take()
        assert again is not None
        await other.carry_out(again)
        [[first]] = await rows(store, "select files from inbox")
        assert errand.files[0].id in first
        # It was not dead after all: what it says changes nothing.
        await mine._arrived(errand, (replace(errand.files[0], problem="gone"),))
        await mine._failed(errand, "late", None)
        assert await rows(store, "select files, fetching from inbox") == [(first, 0)]
        assert await rows(store, "select * from discarded") == []
        await store.close()


async def test_after_a_kill_sqlite_goes_on_at_once(tmp_path: Path) -> None:
    url, place = database_url("sqlite", tmp_path), Pretend()
    store = open_store(url)
    await store.open(sole=True)
    place.sends("an", jpeg())
    raw = place._said.get_nowait()
    assert raw is not None
    await store.receive("pretend", [raw])
    await store.database.write(lambda transaction: transaction.execute("update inbox set fetching = 1"))
    assert await Fetching(store, {"pretend": place}, Depot(tmp_path), QUICK).take()
    await store.close()
    store = open_store(url)
    await store.open(sole=True)
    assert await Fetching(store, {"pretend": place}, Depot(tmp_path), QUICK).take()
    await store.close()
