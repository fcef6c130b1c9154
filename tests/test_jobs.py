"""What is long waits for what is short, and has its turn."""

import asyncio
import time

import pytest

from storage.store import Store

pytestmark = pytest.mark.anyio


async def test_nobody_waits_for_a_long_page(store: Store) -> None:
    ended: list[str] = []

    async def write(name: str, *, patient: bool) -> None:
        await store.database.write(lambda transaction: time.sleep(0.05), patient=patient)
        ended.append(name)

    pages = [asyncio.create_task(write(f"page {number}", patient=True)) for number in range(6)]
    await asyncio.sleep(0.02)
    await write("answer", patient=False)
    await asyncio.gather(*pages)
    assert ended.index("answer") <= 1 or store.database.shared


async def test_a_page_has_its_turn_while_people_never_stop_asking(store: Store) -> None:
    async def ask() -> None:
        while not page.done():
            await store.database.write(lambda transaction: time.sleep(0.01))

    page: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asking = [asyncio.create_task(ask()) for _ in range(8)]
    await asyncio.sleep(0.02)
    begun = time.monotonic()
    await store.database.write(lambda transaction: None, patient=True)
    waited = time.monotonic() - begun
    page.set_result(None)
    await asyncio.gather(*asking)
    assert waited < 2
