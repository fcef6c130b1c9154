"""A million rows of an announcement lie beside the replies: nothing that a message needs goes through them."""

import re
from pathlib import Path

import pytest

from conversation import Pace
from storage import open_store, recipients
from storage.database import Row, Value
from storage.sqlite import SqliteTransaction
from tests.crowd import NOON, Crowd
from tests.databases import Desk, Hands, database_url
from tests.pretend import Pretend
from tests.test_store import raw

pytestmark = pytest.mark.anyio

# Through a whole table, through all that was ever sent on a channel, or through everybody who is on it.
LONG = re.compile(
    r"SCAN (outbox|o|e|address|a|person|p|inbox|i)( USING .*outbox_(chat|person|announced).*)?$"
    r"|outbox_chat \(channel=\?\)|autoindex_address_1 \(channel=\?\)"
)


async def test_nothing_goes_through_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: dict[str, list[str]] = {}
    run = SqliteTransaction.execute

    def explain(self: SqliteTransaction, sql: str, /, **values: Value) -> list[Row]:
        if sql not in plans and sql.split()[0].lower() in ("select", "insert", "update", "delete", "with"):
            plans[sql] = [str(row[3]) for row in run(self, f"explain query plan {sql}", **values)]
        return run(self, sql, **values)

    monkeypatch.setattr(recipients, "BATCH", 10)
    hands = Hands()
    hands.now = NOON
    store = open_store(database_url("sqlite", tmp_path), hands)
    await store.open(sole=True)
    desk = Desk(store, Pretend(pace=Pace(100, 1)), Pretend("web", pulls=True))
    crowd = Crowd(store, desk.channels)
    await crowd.add(*(f"p{number:02}" for number in range(20)))
    await crowd.confirm(await crowd.draft())
    monkeypatch.setattr(SqliteTransaction, "execute", explain)
    for number in range(5):
        await desk.receive("pretend", raw(str(number), chat=f"p{number:02}"))
        await desk.settle(*(await desk.handle()).claimed)
        await store.beat()
        await store.advance(desk.channels)
        await desk.settle(*await desk.claim("pretend"))
        # The last ones at night.
        hands.pass_by(2 if number < 3 else 43_200)
    await store.close()
    assert len(plans) > 20
    assert [(sql, plan) for sql, plan in plans.items() if any(map(LONG.search, plan))] == []
