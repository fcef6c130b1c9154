"""Rounds: opened, changed, closed, opened again; versions of forms."""

from dataclasses import replace

import pytest

from storage.registry import Registry
from storage.store import Store
from tests.databases import Hands
from tests.test_registry import hands, store
from tests.ward import DAY, a_round

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


# Rounds.


async def test_a_round_comes_back_with_the_moment_it_was_opened(store: Store, hands: Hands) -> None:
    hands.pass_by(5)
    opened = a_round("r2", due=None, settings={"ratio": "50 % (Điều 4)"}, opened_at=hands.now - DAY)
    await store.registry_write(lambda registry: registry.rounds.open(opened))
    found = await store.registry_read(lambda registry: registry.rounds.get("r2"))
    assert found == replace(opened, opened_at=hands.now)
    assert await store.registry_read(lambda registry: registry.rounds.get("r3")) is None


async def test_current_rounds_of_a_unit_oldest_first(store: Store, hands: Hands) -> None:
    def work(registry: Registry) -> list[list[str]]:
        for id in ("b", "a"):
            registry.rounds.open(a_round(id, units=("cum", "to-1") if id == "b" else ("to-1",)))
        return [[round.id for round in registry.rounds.current(unit)] for unit in ("", "to-1", "cum", "to", "p")]

    hands.pass_by(1)
    assert await store.registry_write(work) == [["r1", "a", "b"], ["r1", "a", "b"], ["b"], [], []]


async def test_a_round_is_closed_once(store: Store, hands: Hands) -> None:
    assert await store.registry_write(lambda registry: registry.rounds.close("r1", "staff"))
    closed_at = hands.now
    hands.pass_by(5)
    assert not await store.registry_write(lambda registry: registry.rounds.close("r1", "staff"))
    assert not await store.registry_write(lambda registry: registry.rounds.close("r9", "staff"))
    assert await store.registry_read(lambda registry: registry.rounds.current()) == []
    found = await store.registry_read(lambda registry: registry.rounds.get("r1"))
    assert found is not None
    assert found.closed_at == closed_at
    events = await store.registry_read(lambda registry: registry.audit.of("round", "r1"))
    assert [(event.action, event.by) for event in events] == [("opened", "staff"), ("closed", "staff")]


async def test_a_closed_round_is_opened_again_once(store: Store) -> None:
    assert not await store.registry_write(lambda registry: registry.rounds.reopen("r1", "staff"))
    await store.registry_write(lambda registry: registry.rounds.close("r1", "staff"))
    assert await store.registry_write(lambda registry: registry.rounds.reopen("r1", "chief"))
    assert not await store.registry_write(lambda registry: registry.rounds.reopen("r1", "staff"))
    [found] = await store.registry_read(lambda registry: registry.rounds.current())
    assert (found.id, found.closed_at) == ("r1", None)
    events = await store.registry_read(lambda registry: registry.audit.of("round", "r1"))
    assert [(event.action, event.by) for event in events][1:] == [("closed", "staff"), ("reopened", "chief")]


async def test_changing_a_round_replaces_what_staff_may_change(store: Store) -> None:
    changed = a_round(units=("cum",), due=None, signer="", settings={"as_of": "2026-06-30"})

    def work(registry: Registry) -> None:
        registry.rounds.change(replace(changed, form="khác", period="khác"), "staff")
        registry.rounds.change(changed, "staff")
        registry.rounds.change(a_round("r9"), "staff")

    await store.registry_write(work)
    assert await store.registry_read(lambda registry: registry.rounds.get("r1")) == changed
    events = await store.registry_read(lambda registry: registry.audit.of("round", "r1"))
    assert [event.action for event in events] == ["opened", "changed"]
    assert '"cum"' in events[1].after
    assert await store.registry_read(lambda registry: registry.audit.of("round", "r9")) == []


async def test_a_form_version_is_kept_as_it_was_first_saved(store: Store) -> None:
    def work(registry: Registry) -> str:
        registry.rounds.save_version("f", "v1", '{"id": "f"}')
        registry.rounds.save_version("f", "v1", "khác")
        return registry.rounds.version("v1")

    assert await store.registry_write(work) == '{"id": "f"}'
    with pytest.raises(KeyError):
        await store.registry_read(lambda registry: registry.rounds.version("v2"))
