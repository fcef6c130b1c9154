"""The moments at which messages leave: how far apart, with one process and with several."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from channels.telegram import PACE as TELEGRAM
from conversation import Address, Pace
from storage import open_store, pacing
from storage.database import Transaction
from storage.store import Store
from tests.crowd import NOON, Crowd
from tests.databases import Desk, Hands
from tests.pretend import Pretend
from tests.telegram_rules import Rates
from tests.test_store import raw

pytestmark = pytest.mark.anyio

PACE = Pace(10, 1)


async def distances(store: Store) -> set[float]:
    """Seconds from each of the next moments to the one after it, those of two claims."""

    def claim(transaction: Transaction) -> list[datetime]:
        moments = pacing.slots(transaction, "pretend", PACE, store.clock(), 3)
        pacing.take_slots(transaction, "pretend", PACE, moments)
        return moments

    taken = [*await store.database.write(claim), *await store.database.write(claim)]
    return {round((b - a).total_seconds(), 3) for a, b in pairwise(taken)}


async def test_several_processes_keep_more_distance_until_one_is_left(store: Store, url: str, hands: Hands) -> None:
    assert await distances(store) == {0.1}
    other = open_store(url, hands)
    await other.open()
    await other.beat()
    hands.pass_by(1)
    assert await distances(store) == {0.108}
    await other.retire()
    await other.close()
    hands.pass_by(1)
    assert await distances(store) == {0.1}


async def test_nobody_sends_before_the_platform_allows_it(store: Store, hands: Hands) -> None:
    until = hands.now + timedelta(seconds=30)
    await store.database.write(lambda transaction: pacing.hold(transaction, "pretend", until))
    # A shorter one does not end it.
    await store.database.write(lambda transaction: pacing.hold(transaction, "pretend", until - timedelta(seconds=20)))
    hands.pass_by(29)
    assert await distances(store) == set()
    hands.pass_by(1)
    assert await distances(store) == {0.1}


async def test_who_was_just_written_to_is_not_written_to_again(store: Store, hands: Hands) -> None:
    """Between looking for rows and taking one, another process may have answered that chat."""
    await Crowd(store, {}).add("an")
    an, nobody = Address("pretend", "an"), Address("pretend", "nobody")

    async def free(address: Address, seconds: float) -> bool:
        start = hands.now + timedelta(seconds=seconds)
        return await store.database.write(lambda transaction: pacing.keep_apart(transaction, address, PACE, start))

    assert [await free(an, seconds) for seconds in (0, 0.5, 1, 1.5)] == [True, False, True, False]
    # Who was forgotten has nothing to wait for.
    assert await free(nobody, 0)
    assert await free(nobody, 0)


async def test_a_group_that_talks_a_lot_holds_up_nobody(desk: Desk, hands: Hands) -> None:
    """Of a group the platform takes 20 a minute, and says of what is too much only that all have to wait."""
    desk.channels["pretend"] = Pretend(pace=TELEGRAM)
    group, resident = "-1001", "7"
    await desk.receive("pretend", *[raw(f"g{number}", chat=group) for number in range(30)])
    rates, starts = Rates(), dict[str, list[float]]()
    for step in range(400):
        if step % 40 == 0:
            await desk.receive("pretend", raw(f"r{step}", chat=resident))
        for row in [*(await desk.handle()).claimed, *await desk.claim("pretend")]:
            # Raises for one too many.
            rates.take(int(row.outgoing.chat), row.start.timestamp())
            starts.setdefault(row.outgoing.chat, []).append(row.start.timestamp())
            await desk.settle(row)
        hands.pass_by(0.25)
    assert len(starts[group]) == 30
    begun = NOON.timestamp()
    assert [int(at - begun) for at in starts[resident]] == list(range(0, 100, 10))
