"""Files that are kept: deleted when their person is forgotten, brought along when accounts are joined."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from conversation import Incoming, Reply
from engine import Engine
from handlers import enclosures
from storage import Store
from storage.files import Files
from storage.records import Conversation, Person, Records
from tests.databases import rows, say
from tests.pictures import jpeg
from tests.pretend import Pretend
from tests.test_engine import QUICK
from tests.test_fetching import album, lying, running, store

__all__ = ["store"]

pytestmark = pytest.mark.anyio


async def test_forgetting_deletes_all_but_what_is_part_of_a_submitted_paper(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place) as files:
        place.says("an", "ảnh")
        for submission in ("sent", "draft", ""):
            place.sends("an", jpeg(), text=submission)
        await place.receives(4)
        ids = dict(await _pairs(store))
        await store.database.write(lambda transaction: [transaction.execute(sql) for sql in _PAPERS])
        place.says("an", "quên tôi đi")
        await place.receives(5)
        async with asyncio.timeout(10):
            while len(lying(tmp_path)) > 1:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert lying(tmp_path) == [ids["sent"]]
        assert await rows(store, "select id, person from file") == [(ids["sent"], "")]
        assert await files.depot.read(ids["sent"])


async def test_files_go_along_when_two_accounts_are_joined(store: Store, tmp_path: Path) -> None:
    place = Pretend()

    def joined(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        if incoming.text == "nhập lại":
            records.registry.roles.join(known["an"].id, person.id)
            return [say("đã nhập")]
        if incoming.address.channel != "clock":
            known[incoming.address.chat] = person
        return album(incoming, person, conversation, records)

    known: dict[str, Person] = {}
    files = Files(store, tmp_path / "files", enclosures)
    engine = Engine(store, {"pretend": place}, joined, lambda _: say("xin lỗi"), patience=QUICK, depot=files.depot)
    run = asyncio.create_task(engine.run())
    place.says("an", "ảnh")
    place.sends("an", jpeg())
    await place.receives(2)
    place.says("bình", "chào")
    await place.receives(3)
    place.says("bình", "nhập lại")
    await place.receives(4)
    engine.stop()
    await run
    assert await rows(store, "select person from file") == [(known["bình"].id,)]


async def _pairs(store: Store) -> list[tuple[str, str]]:
    return [(submission, id) for submission, id in await rows(store, "select submission, id from file")]


# A paper that was sent once, and one that never was.
_PAPERS = (
    "insert into round (id, form, version, period, units, opened_by, opened_at, settings)"
    " values ('r', 'f', 'v', '2026', '[]', 'x', '', '{}')",
    *(
        "insert into submission (id, code, form, version, unit, round, state, by, by_name, begun_at, changed_at)"
        f" values ('{id}', '{id}', 'f', 'v', '{id}', 'r', 'returned', 'x', 'x', '', '')"
        for id in ("sent", "draft")
    ),
    "insert into snapshot (submission, number, by, at, answers) values ('sent', 1, 'x', '', '{}')",
)
