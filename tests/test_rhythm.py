"""Pages of rows are as large as nobody notices, and the log of SQLite is brought over beside the writer."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from storage import open_store, recipients, sqlite_log
from storage.rhythm import ALONE, BESIDE, Rhythm
from tests.databases import database_url


def test_pages_are_smaller_on_a_slow_machine_and_grow_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "BATCH", 1000)
    pace, sizes = Rhythm(replace(ALONE, target=0.002)), []

    def fill(people: int) -> bool:
        sizes.append(people)
        time.sleep(0.02 * people / 1000 if len(sizes) <= 10 else 0)
        return True

    for _ in range(30):
        assert pace.step(fill)
    assert sizes[0] == 1000
    assert 50 <= sizes[10] <= 250
    assert sizes[-1] == 1000


def test_on_a_server_pages_grow_while_they_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "BATCH", 100)
    pace, sizes = Rhythm(replace(BESIDE, target=0.02)), []

    def fill(people: int) -> bool:
        sizes.append(people)
        time.sleep(0.04 if len(sizes) > 10 else 0)
        return True

    for _ in range(30):
        assert pace.step(fill)
    assert sizes[0] == 100
    assert sizes[10] == 1000
    # Late pages become smaller, though not smaller than they were at first.
    assert sizes[-1] == 100


def test_even_the_slowest_machine_writes_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "BATCH", 1)
    pace = Rhythm(replace(ALONE, target=0.0001))

    def fill(people: int) -> bool:
        time.sleep(0.001)
        return people == 1

    assert all(pace.step(fill) for _ in range(5))


@pytest.mark.anyio
@pytest.mark.parametrize("pause", [0.0, 60.0])
async def test_the_log_does_not_grow_for_ever(pause: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the thread has its turn or the writer has to bring it over itself."""
    monkeypatch.setattr(sqlite_log, "LONG", 10)
    monkeypatch.setattr(sqlite_log, "_PAUSE", pause)
    store = open_store(database_url("sqlite", tmp_path))
    await store.open(sole=True)
    insert = "insert into question (folded, entry, kind, score, channel, at) values (:text, '', '', 0, '', '')"
    for _ in range(300):
        await store.database.write(lambda transaction: transaction.execute(insert, text="x" * 4000), patient=not pause)
    size = (tmp_path / "test.db-wal").stat().st_size
    await store.close()
    assert size < 2_000_000
    assert not (tmp_path / "test.db-wal").exists()
