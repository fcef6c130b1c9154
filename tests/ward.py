"""A small ward for tests of the storage: its units, a round, and people who write to the bot."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from conversation import Address
from storage import people
from storage.handling import TransactionRecords
from storage.registry import Registry, Round, State, Submission, UnitRow
from storage.store import Store

T = TypeVar("T")

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)
UNITS = (
    UnitRow("p", "phường Tân Phong", "phường"),
    UnitRow("to-2", "tổ dân phố số 2", "tổ dân phố", "p", 120, {"farms": False}, date(2021, 1, 1)),
    UnitRow("to-1", "tổ dân phố số 1", "tổ dân phố", "p"),
    UnitRow("ban", "bản Nà Tâm", "bản", "p", attributes={"farms": True, "new_countryside": True}),
    UnitRow("cum", "cụm 3", "cụm", "ban"),
)


def a_round(id: str = "r1", **changes: object) -> Round:
    """A round in which three units owe a form."""
    values: dict[str, object] = {
        "id": id,
        "form": "tu-danh-gia",
        "version": "v1",
        "period": "năm 2026",
        "units": ("to-2", "to-1", "ban"),
        "due": date(2026, 11, 30),
        "signer": "Nguyễn Văn A",
        "opened_by": "staff",
        "opened_at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return Round(**(values | changes))  # type: ignore[arg-type]  # each value has the type of its field


def found_ward(registry: Registry) -> None:
    """The units and one open round."""
    for unit in UNITS:
        registry.units.save(unit)
    registry.rounds.open(a_round())


def draft(registry: Registry, unit: str = "to-1") -> Submission:
    """The submission of a unit with two answers, begun by An."""
    submission = registry.submissions.begin(a_round(), unit, "an", "Bà An")
    registry.submissions.answer(submission.id, "1.1", "yes", "có", "an", "Bà An")
    registry.submissions.answer(submission.id, "works/a/name", "Đèn ngõ", "Đèn ngõ", "an", "Bà An")
    return submission


def moved(registry: Registry, submission: Submission, *states: State) -> Submission:
    """The submission after some moves, each of which must succeed."""
    for state in states:
        found = registry.submissions.move(submission, state, "staff")
        assert found is not None
        submission = found
    return submission


async def somebody(store: Store, chat: str, channel: str = "pretend") -> str:
    """Id of the person who writes from a chat."""
    address = Address(channel, chat)
    person, _ = await store.database.write(lambda transaction: people.sender(transaction, address, store.clock()))
    return person.id


async def recorded(store: Store, work: Callable[[TransactionRecords], T]) -> T:
    """Do what a handler does with its records; what that returns."""
    return await store.database.write(
        lambda transaction: work(TransactionRecords(transaction, {}, "", "", {}, store.clock()))
    )


@asynccontextmanager
async def open_beside(store: Store, work: Callable[[Registry], T], held: float = 0.2) -> AsyncIterator[asyncio.Task[T]]:
    """A transaction that has done its work and stays open for a moment. Where others may run beside it, they
    come to wait for it; elsewhere they run after it."""
    done = threading.Event()

    def hold(registry: Registry) -> T:
        result = work(registry)
        done.set()
        time.sleep(held)
        return result

    task = asyncio.create_task(store.registry_write(hold))
    assert await asyncio.to_thread(done.wait, 10)
    yield task
    await task


async def beside(store: Store, first: Callable[[Registry], T], second: Callable[[Registry], T]) -> tuple[T, T]:
    """Run the first, begin the second while its transaction is open; what both return."""
    async with open_beside(store, first) as holding:
        other = await store.registry_write(second)
        return await holding, other
