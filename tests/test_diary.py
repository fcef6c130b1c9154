"""One contract for both engines: who was reminded when, what was put off, the ward's own deadlines, calendars."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storage import open_store
from storage.database import Transaction
from storage.handling import TransactionRecords
from storage.reminders import OwnDeadline
from storage.store import Store
from tests.databases import ENGINES, Desk, Hands, database_url, everything, rows, say
from tests.pretend import Pretend
from tests.ward import DAY, TODAY, recorded, somebody

pytestmark = pytest.mark.anyio

LATER = TODAY + DAY


@pytest.fixture
def hands() -> Hands:
    # Seven in the morning in Việt Nam.
    return Hands()


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path), hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


async def leader(store: Store, chat: str = "an", unit: str = "to-1") -> str:
    person = await somebody(store, chat)
    await store.registry_write(lambda registry: registry.roles.give(person, chat, "leader", unit, TODAY, "cli"))
    return person


def own(id: str = "w1", **changes: object) -> OwnDeadline:
    values: dict[str, object] = {
        "id": id,
        "unit": "p",
        "what": "Nộp danh sách trực Tết",
        "last": date(2026, 3, 20),
        "yearly": False,
        "whom": "all",
        "by": "staff",
        "at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return OwnDeadline(**(values | changes))  # type: ignore[arg-type]  # each value has the type of its field


async def test_everybody_with_a_role_waits_once_a_day(store: Store) -> None:
    an, binh = await leader(store), await leader(store, "binh", "to-2")
    await somebody(store, "a resident")

    async def remind(today: date, limit: int = 10) -> list[tuple[str, date | None]]:
        return await store.registry_write(
            lambda registry: [
                (one, registry.reminders.begin(one, today)) for one in registry.reminders.waiting(today, limit)
            ]
        )

    first = await remind(TODAY, 1)
    second = await remind(TODAY, 1)
    assert sorted([*first, *second]) == sorted([(an, TODAY - DAY), (binh, TODAY - DAY)])
    assert await remind(TODAY) == []
    # After some days away: since when.
    assert sorted(await remind(TODAY + 8 * DAY)) == sorted([(an, TODAY), (binh, TODAY)])


async def test_of_two_who_begin_at_once_one_reminds(store: Store) -> None:
    an = await leader(store)
    begun = [store.registry_write(lambda registry: registry.reminders.begin(an, TODAY)) for _ in range(4)]
    found = await asyncio.gather(*begun)
    assert sorted(found, key=str) == [TODAY - DAY, None, None, None]


async def test_whose_role_ended_is_not_waiting(store: Store) -> None:
    an = await leader(store)
    role = await store.registry_read(lambda registry: registry.roles.of(an, TODAY))
    await store.registry_write(lambda registry: registry.roles.end(role[0].id, LATER, "cli"))
    assert await store.registry_read(lambda registry: registry.reminders.waiting(TODAY, 10)) == [an]
    assert await store.registry_read(lambda registry: registry.reminders.waiting(LATER, 10)) == []


async def test_later_is_kept_by_person_and_silence_for_all(store: Store) -> None:
    an = await leader(store)

    async def put_off(until: date) -> None:
        await store.registry_write(lambda registry: registry.reminders.snooze(an, "r/1", until))

    await put_off(TODAY)
    await put_off(LATER)
    assert await store.registry_read(lambda registry: registry.reminders.snoozed(an)) == {"r/1": LATER}
    assert await store.registry_read(lambda registry: registry.reminders.snoozed("binh")) == {}
    await store.registry_write(lambda registry: registry.reminders.silence("d/kh71", TODAY, an))
    await store.registry_write(lambda registry: registry.reminders.silence("d/kh71", TODAY, an))
    await store.registry_write(lambda registry: registry.reminders.silence("r/1", None, an))
    silent = await store.registry_read(lambda registry: registry.reminders.silenced())
    assert silent == {"d/kh71": {TODAY}, "r/1": {None}}
    await store.registry_write(lambda registry: registry.reminders.wake("r/1", an))
    assert "r/1" not in await store.registry_read(lambda registry: registry.reminders.silenced())
    events = await store.registry_read(lambda registry: registry.audit.of("reminder", "r/1"))
    assert [event.action for event in events] == ["silenced", "woken"]


async def test_the_ward_s_own_deadlines_begin_and_end(store: Store) -> None:
    await store.registry_write(lambda registry: registry.reminders.add(own("w2", last=date(2026, 4, 1), yearly=True)))
    await store.registry_write(lambda registry: registry.reminders.add(own()))
    listed = await store.registry_read(lambda registry: registry.reminders.owns())
    assert [(one.id, one.last, one.yearly, one.whom) for one in listed] == [
        ("w1", date(2026, 3, 20), False, "all"),
        ("w2", date(2026, 4, 1), True, "all"),
    ]
    assert await store.registry_write(lambda registry: registry.reminders.end("w1", "staff"))
    assert not await store.registry_write(lambda registry: registry.reminders.end("w1", "staff"))
    assert [one.id for one in await store.registry_read(lambda registry: registry.reminders.owns())] == ["w2"]
    ended = await store.registry_read(lambda registry: registry.reminders.own("w1"))
    assert ended is not None
    assert ended.ended_at is not None


async def test_a_calendar_has_one_key_until_it_is_renewed(store: Store) -> None:
    an = await leader(store)

    async def key(*, renewed: bool = False, unit: str = "to-1") -> str:
        return await store.registry_write(lambda registry: registry.reminders.calendar(an, unit, renewed=renewed))

    first = await key()
    assert len(first) == 32
    assert await key() == first
    assert await key(unit="to-2") != first
    second = await key(renewed=True)
    assert await store.registry_read(lambda registry: registry.reminders.calendar_of(first)) is None
    assert await store.registry_read(lambda registry: registry.reminders.calendar_of(second)) == (an, "to-1")
    assert await store.registry_read(lambda registry: registry.reminders.calendar_of("' or 1=1")) is None


# Not delivered by the evening.


async def queued(store: Store, person: str, *, reminds: bool = True) -> Desk:
    """Somebody is told something, which is not sent yet."""
    desk = Desk(store, Pretend())

    def work(transaction: Transaction) -> None:
        records = TransactionRecords(transaction, desk.channels, "morning", "", {}, store.clock())
        assert not reminds or records.registry.reminders.begin(person, TODAY)
        assert records.queue(person, say("còn 7 ngày"), reminds=reminds)

    await store.database.write(work)
    return desk


async def test_a_reminder_that_is_not_sent_by_the_evening_waits_for_the_morning(store: Store, hands: Hands) -> None:
    an = await leader(store)
    desk = await queued(store, an)
    hands.pass_by(13.99 * 3600)
    assert await store.registry_read(lambda registry: registry.reminders.waiting(TODAY, 10)) == []
    hands.pass_by(0.02 * 3600)
    assert await desk.claim("pretend") == []
    assert await rows(store, "select * from outbox") == []
    # What he is reminded of then is made anew, of all that has come due since the morning before.
    assert await store.registry_read(lambda registry: registry.reminders.waiting(LATER, 10)) == [an]
    assert await store.registry_write(lambda registry: registry.reminders.begin(an, LATER)) == TODAY - DAY


async def test_other_messages_are_sent_at_night(store: Store, hands: Hands) -> None:
    hands.pass_by(16 * 3600)
    desk = await queued(store, await leader(store), reminds=False)
    assert len(await desk.claim("pretend")) == 1


async def test_by_day_a_reminder_is_sent(store: Store) -> None:
    desk = await queued(store, await leader(store))
    [row] = await desk.claim("pretend")
    await desk.settle(row)
    assert await rows(store, "select state from outbox") == [("sent",)]


# People.


async def test_two_who_become_one_are_not_reminded_twice(store: Store) -> None:
    an, binh = await leader(store), await leader(store, "binh", "to-2")
    await store.registry_write(lambda registry: registry.reminders.begin(an, TODAY))
    await store.registry_write(lambda registry: registry.reminders.begin(binh, TODAY - DAY))
    await store.registry_write(lambda registry: registry.reminders.snooze(an, "r/1", LATER))
    await store.registry_write(lambda registry: registry.reminders.snooze(binh, "r/1", TODAY))
    key = await store.registry_write(lambda registry: registry.reminders.calendar(an, "to-1"))
    await store.registry_write(lambda registry: registry.roles.join(an, binh))
    assert await store.registry_read(lambda registry: registry.reminders.waiting(TODAY, 10)) == []
    assert await store.registry_read(lambda registry: registry.reminders.snoozed(binh)) == {"r/1": TODAY}
    assert await store.registry_read(lambda registry: registry.reminders.calendar_of(key)) == (binh, "to-1")
    assert an not in str(await rows(store, "select * from snooze union select person, day, before from morning"))


async def test_nothing_of_it_stays_with_somebody_who_was_forgotten(store: Store) -> None:
    an = await leader(store)
    await queued(store, an)
    await store.registry_write(lambda registry: registry.reminders.snooze(an, "r/1", LATER))
    await store.registry_write(lambda registry: registry.reminders.silence("r/1", None, an))
    await store.registry_write(lambda registry: registry.reminders.add(own(by=an)))
    key = await store.registry_write(lambda registry: registry.reminders.calendar(an, "to-1"))
    await recorded(store, lambda records: records.forget(an))
    assert await store.registry_read(lambda registry: registry.reminders.calendar_of(key)) is None
    left = await everything(store)
    assert an not in left
    assert key not in left
