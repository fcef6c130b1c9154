"""Invitations and linking codes in the database: used once, for some time, and counted when wrong."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from storage.registry import Invitation, Registry
from storage.store import Store
from tests.databases import Hands, rows
from tests.test_roles import an, binh, hands, store
from tests.ward import DAY, beside

__all__ = ["an", "binh", "hands", "store"]

pytestmark = pytest.mark.anyio


# Codes.


def invitation(hands: Hands, hash: str = "h1", days: int = 7) -> Invitation:
    return Invitation(hash, "leader", "to-1", hands.now + days * DAY, "cli", "Bà An")


async def test_an_invitation_is_used_once(store: Store, hands: Hands) -> None:
    made = invitation(hands)
    await store.registry_write(lambda registry: registry.roles.invite(made))
    assert await store.registry_write(lambda registry: registry.roles.take("h2")) is None
    assert await store.registry_write(lambda registry: registry.roles.take("h1", "an")) == made
    assert await store.registry_write(lambda registry: registry.roles.take("h1", "binh")) is None
    events = await store.registry_read(lambda registry: registry.audit.of("invitation", "h1"))
    assert [(event.action, event.by) for event in events] == [("made", "cli"), ("used", "an")]


async def test_of_two_who_use_an_invitation_at_once_one_gets_in(store: Store, hands: Hands) -> None:
    await store.registry_write(lambda registry: registry.roles.invite(invitation(hands)))

    def take(registry: Registry) -> Invitation | None:
        return registry.roles.take("h1")

    first, second = await beside(store, take, take)
    assert (first, second) == (invitation(hands), None)


async def test_an_invitation_expires(store: Store, hands: Hands) -> None:
    for hash in ("h1", "h2"):
        made = invitation(hands, hash)
        await store.registry_write(lambda registry, made=made: registry.roles.invite(made))  # type: ignore[misc]
    hands.pass_by(timedelta(days=7).total_seconds() - 1)
    assert await store.registry_write(lambda registry: registry.roles.take("h1")) is not None
    hands.pass_by(1)
    assert await store.registry_write(lambda registry: registry.roles.take("h2")) is None


async def test_a_forgotten_invitation_does_not_lie_around(store: Store, hands: Hands) -> None:
    await store.registry_write(lambda registry: registry.roles.invite(invitation(hands, days=1)))
    hands.pass_by(2 * DAY.total_seconds())
    await store.registry_write(lambda registry: registry.roles.invite(invitation(hands, "h2")))
    assert await rows(store, "select hash from invitation") == [("h2",)]


async def test_wrong_codes_are_counted_for_an_hour(store: Store, hands: Hands) -> None:
    counted = []
    for _ in range(3):
        counted.append(await store.registry_write(lambda registry: registry.roles.count_wrong("an")))
        hands.pass_by(20 * 60)
    # The first one is an hour old now.
    counted.append(await store.registry_read(lambda registry: registry.roles.wrong("an")))
    counted.append(await store.registry_write(lambda registry: registry.roles.count_wrong("an")))
    assert counted == [1, 2, 3, 2, 3]
    assert await store.registry_read(lambda registry: registry.roles.wrong("binh")) == 0
    # A lock looks back further than that, so they are kept for two.
    hands.pass_by(2 * 60 * 60)
    assert await store.registry_write(lambda registry: registry.roles.count_wrong("an")) == 1
    assert await rows(store, "select count(*) from wrong_code") == [(1,)]


async def test_a_linking_code_is_used_once_and_for_some_time(store: Store, hands: Hands, an: str, binh: str) -> None:
    def offer(person: str, hash: str) -> Callable[[Registry], None]:
        return lambda registry: registry.roles.offer_link(person, hash, 600)

    def take(hash: str) -> Callable[[Registry], str]:
        return lambda registry: registry.roles.take_link(hash)

    await store.registry_write(offer(an, "a1"))
    await store.registry_write(offer(binh, "b1"))
    await store.registry_write(offer(an, "a2"))
    taken = [await store.registry_write(take(hash)) for hash in ("a1", "a2", "a2", "b1")]
    assert taken == ["", an, "", binh]
    await store.registry_write(offer(an, "a3"))
    hands.pass_by(599)
    assert await store.registry_write(take("a3")) == an
    await store.registry_write(offer(an, "a4"))
    hands.pass_by(600)
    assert await store.registry_write(take("a4")) == ""
