"""Many people at once: written into the database, without the messages that would make them known."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

from conversation import Address, Channel, Reply
from storage.announcements import Announcement, Announcements, Audience, Kind
from storage.database import Transaction, Value
from storage.dossier import TransactionRegistry
from storage.outbox import Claimed, Settled
from storage.registry import Registry
from storage.store import Store
from tests.databases import Desk, Hands, say

T = TypeVar("T")

TODAY = date(2026, 3, 1)
ALL = Audience(TODAY)
NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
LONG_AGO = "2026-01-01T00:00:00.000000Z"
SEEN = "2026-02-28T00:00:00.000000Z"
_PERSON = "insert into person (id, language, unit, since) values (:id, :language, :unit, '2026-01-01T00:00:00.000000Z')"
_ADDRESS = """
insert into address (channel, chat, person, seen_at, unreachable) values (:channel, :chat, :id, :seen, :unreachable)
"""
_ROLE = """
insert into role (id, person, name, role, unit, first) values (:id, :person, '', :role, :unit, '2026-01-01')
"""


class Crowd:
    """The people of a store, and its announcements as a handler sees them, one transaction a call."""

    def __init__(self, store: Store, channels: Mapping[str, Channel]) -> None:
        self.store = store
        self.channels = channels

    async def add(
        self,
        *ids: str,
        unit: str = "to-1",
        language: str = "",
        channel: str = "pretend",
        seen: str = SEEN,
        unreachable: str = "",
    ) -> None:
        """People with one address each, whose chat is their id."""
        common: dict[str, Value] = {"language": language, "unit": unit}
        at: dict[str, Value] = {"channel": channel, "seen": seen, "unreachable": unreachable}

        def work(transaction: Transaction) -> None:
            transaction.execute_many(_PERSON, [{"id": id, **common} for id in ids])
            transaction.execute_many(_ADDRESS, [{"id": id, "chat": id, **at} for id in ids])

        await self.store.database.write(work)

    async def also_at(self, id: str, channel: str, chat: str, seen: str = SEEN, unreachable: str = "") -> None:
        """Another address of somebody."""
        values: dict[str, Value] = {"channel": channel, "chat": chat, "seen": seen, "unreachable": unreachable}
        await self.store.database.write(lambda transaction: transaction.execute(_ADDRESS, id=id, **values))

    async def gives(self, person: str, role: str, unit: str) -> None:
        """A role for somebody, since the new year."""
        id = f"{person}-{role}-{unit}"
        await self.store.database.write(
            lambda transaction: transaction.execute(_ROLE, id=id, person=person, role=role, unit=unit)
        )

    async def registry(self, work: Callable[[Registry], T]) -> T:
        """What a handler does with the registry."""
        now = self.store.clock()
        return await self.store.database.write(
            lambda transaction: work(TransactionRegistry(transaction, now, self.channels))
        )

    async def do(self, work: Callable[[Announcements], T]) -> T:
        """What a handler does with announcements."""
        return await self.registry(lambda registry: work(registry.announcements))

    async def draft(
        self, audience: Audience = ALL, *, kind: Kind = "normal", body: Reply | None = None
    ) -> Announcement:
        """A draft of staff."""
        return await self.do(lambda news: news.draft(kind, body or say("họp tổ"), audience, "staff"))

    async def confirm(self, drafted: Announcement) -> Announcement:
        """Send a draft."""
        if isinstance(self.store.clock, Hands):
            # Which came first counts.
            self.store.clock.pass_by(0.001)
        confirmed = await self.do(lambda news: news.confirm(drafted.id, drafted.revision, "staff"))
        assert confirmed is not None
        return confirmed

    async def send(self, audience: Audience = ALL, *, kind: Kind = "normal", body: Reply | None = None) -> str:
        """Confirm an announcement and write its rows; returns its id."""
        confirmed = await self.confirm(await self.draft(audience, kind=kind, body=body))
        await self.fill()
        return confirmed.id

    async def fill(self) -> set[Address]:
        """Go on with announcements until nothing is to be done at once; returns the pages that got lines."""
        touched: set[Address] = set()
        while (step := await self.store.advance(self.channels)).more:
            touched |= step.touched
        return touched

    async def ledger(self, id: str) -> dict[str, tuple[str, str]]:
        """State and reason of each person's row."""
        sql = "select person, state, reason from outbox where announcement = :id order by person"
        found: Sequence[Sequence[str]] = await self.store.database.read(
            lambda transaction: transaction.execute(sql, id=id)
        )
        return {person: (state, reason) for person, state, reason in found}


async def sent(desk: Desk, hands: Hands, settled: Settled | None = None, seconds: float = 3.0) -> list[Claimed]:
    """Send what may be sent within some seconds; every message gets an id of its own."""
    done: list[Claimed] = []
    for _ in range(int(seconds / 0.1)):
        for row in await desk.claim("pretend"):
            done.append(row)
            await desk.store.settle(row, settled or Settled("sent", message=f"m-{row.outgoing.chat}"))
        hands.pass_by(0.1)
    return done


def chats(claimed: Sequence[Claimed]) -> list[str]:
    """Where they went."""
    return sorted(row.outgoing.chat for row in claimed)
