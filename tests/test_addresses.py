"""One person with several addresses: joined, and apart again."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from storage.handling import TransactionRecords
from storage.records import Conversation, Person
from storage.registry import Registry
from storage.store import Store
from tests.databases import everything, rows
from tests.test_roles import an, binh, given, hands, store, written
from tests.ward import TODAY, beside, recorded, somebody

__all__ = ["an", "binh", "hands", "store"]

pytestmark = pytest.mark.anyio


# One person, several addresses.


async def test_everything_goes_along_when_two_are_joined(store: Store, an: str, binh: str) -> None:
    await written(store, an, "form")
    await store.registry_write(given(an))
    await store.registry_write(given(binh))
    await store.registry_write(given(an, "staff", "p"))
    await store.registry_write(lambda registry: registry.roles.join(an, binh))
    assert an not in await everything(store)
    assert await rows(store, "select channel, chat, person from address order by 1") == [
        ("pretend", "an", binh),
        ("web", "binh", binh),
    ]
    held = await store.registry_read(lambda registry: registry.roles.of(binh, TODAY))
    assert sorted((role.role, role.unit) for role in held) == [("leader", "to-1"), ("staff", "p")]
    for table, column in (
        ("submission", "by"),
        ("answer", "by"),
        ("snapshot", "by"),
        ("remark", "by"),
        ("consent", "person"),
        ("file", "person"),
    ):
        assert await rows(store, f"select {column} from {table}") == [(binh,)]
    assert await rows(store, "select opened_by from round where id = 'r2'") == [(binh,)]
    assert await store.registry_read(lambda registry: registry.roles.wrong(binh)) == 1
    assert await store.registry_write(lambda registry: registry.roles.take_link("h")) == binh
    assert await rows(store, "select id, notice from person") == [(binh, "accepted")]


@pytest.mark.parametrize(
    ("own", "others", "goes_on"),
    [("", "form", "others"), ("own", "form", "own"), ("own", "", "own"), (None, "form", "others"), (None, None, None)],
)
async def test_the_open_flow_goes_on(
    store: Store, an: str, binh: str, own: str | None, others: str | None, goes_on: str | None
) -> None:
    async def keep(person: str, flow: str | None, times: int) -> None:
        kept = Conversation(person, flow or "", "s", {"of": person})
        for _ in range(times if flow is not None else 0):
            await recorded(store, lambda records: records.save_conversation(kept))

    await keep(an, others, 5)
    await keep(binh, own, 3)
    await store.registry_write(lambda registry: registry.roles.join(an, binh))
    found = await rows(store, "select person, flow, data, revision from conversation")
    if goes_on is None:
        assert found == []
        return
    [(person, flow, data, revision)] = found
    assert person == binh
    # Buttons of neither conversation may be taken for those of the one that goes on.
    expected = (others, an, 6) if goes_on == "others" else (own, binh, 3)
    assert (flow, json.loads(data)["of"], revision) == expected


async def test_the_target_keeps_its_settings_and_takes_what_it_lacks(store: Store, an: str, binh: str) -> None:
    one = Person(an, language="en", unit="to-1", locality="tp", name="An")
    other = Person(binh, language="vi", name="Bình")
    for person in (one, other):
        await recorded(store, partial(TransactionRecords.save_person, person=person))
    await store.registry_write(lambda registry: registry.roles.join(an, binh))
    found = await rows(store, "select language, unit, locality, name from person")
    assert found == [("vi", "to-1", "tp", "Bình")]


async def test_only_two_known_people_are_joined(store: Store, an: str) -> None:
    for person, to in ((an, "x"), ("x", an)):
        with pytest.raises(ValueError, match="not known"):
            await store.registry_write(lambda registry, person=person, to=to: registry.roles.join(person, to))  # type: ignore[misc]
    await store.registry_write(lambda registry: registry.roles.join(an, an))
    assert await rows(store, "select id from person") == [(an,)]


async def test_two_who_join_each_other_at_once_are_one(store: Store, an: str, binh: str) -> None:
    def join(person: str, to: str) -> Callable[[Registry], bool]:
        def work(registry: Registry) -> bool:
            try:
                registry.roles.join(person, to)
            except ValueError:
                return False
            return True

        return work

    assert await beside(store, join(an, binh), join(binh, an)) == (True, False)
    assert await rows(store, "select distinct person from address") == [(binh,)]


async def test_an_address_leaves_and_is_somebody_new(store: Store, an: str, binh: str) -> None:
    await store.registry_write(given(an))
    await store.registry_write(lambda registry: registry.roles.join(an, binh))
    assert await store.registry_write(lambda registry: registry.roles.leave("pretend", "an"))
    alone = await somebody(store, "an")
    assert alone not in (an, binh)
    assert await somebody(store, "binh", "web") == binh
    assert await store.registry_read(lambda registry: registry.roles.of(alone, TODAY)) == []
    assert len(await store.registry_read(lambda registry: registry.roles.of(binh, TODAY))) == 1
    for chat in (("pretend", "an"), ("web", "binh"), ("web", "nobody")):
        assert not await store.registry_write(lambda registry, chat=chat: registry.roles.leave(*chat))  # type: ignore[misc]


async def test_of_two_addresses_that_leave_at_once_one_stays(store: Store, an: str, binh: str) -> None:
    await store.registry_write(lambda registry: registry.roles.join(an, binh))
    left = await beside(
        store,
        lambda registry: registry.roles.leave("pretend", "an"),
        lambda registry: registry.roles.leave("web", "binh"),
    )
    assert left == (True, False)
    assert await somebody(store, "binh", "web") == binh
