"""A ward over days and weeks: the clock ticks, reminders arrive, and a test moves the time."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import TypeVar

from channels.clock import VIETNAM, Clock
from conversation import Address, Outgoing, Raw
from handlers.apology import apology
from handlers.dispatch import Responder
from handlers.turn import Doors
from knowledge.reminding import mornings
from storage.answering import Answering
from storage.attempts import Handler
from storage.handling import Handled, TransactionRecords
from storage.outbox import Settled
from storage.registry import Role, Round, State, UnitRow
from storage.store import Store
from tests.databases import Hands
from tests.talk import Room, demo_ward, knowledge

FORM = "tp-tu-danh-gia"
DAY = timedelta(days=1)
T = TypeVar("T")
_KEYS = count()


def at(on: date, hour: float) -> datetime:
    """A moment by the clocks of Việt Nam; hours may be 7.5."""
    return datetime.combine(on, time(), VIETNAM) + timedelta(hours=hour)


@dataclass(frozen=True)
class Heard:
    """What somebody got, and when it was sent."""

    chat: str
    at: datetime
    text: str
    labels: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def on(self) -> date:
        """The day in Việt Nam."""
        return self.at.astimezone(VIETNAM).date()


@dataclass
class Almanac:
    """A bot without people who write, and a platform that may be away."""

    store: Store
    hands: Hands
    heard: list[Heard] = field(default_factory=list)
    # Whether messages can be sent now.
    online: bool = True

    def __post_init__(self) -> None:
        self.clock = Clock(self.hands, [mornings().first])
        self.room = Room("pretend")
        self.channels = {channel.name: channel for channel in (self.clock, self.room)}
        respond = Responder(knowledge, demo_ward(), lambda: self.today, lambda: Doors("", "https://pho.example"))
        answering = Answering(self.channels, respond, apology)
        self._handler = Handler(answering.answer, answering.apologise)

    @property
    def today(self) -> date:
        """The day that the clock shows in Việt Nam."""
        return self.hands.now.astimezone(VIETNAM).date()

    # What is there.

    async def role(self, chat: str, role: Role = "leader", unit: str = "tdp-05", language: str = "") -> str:
        """Somebody with a role from today on; their id."""

        def give(records: TransactionRecords) -> str:
            person, _ = records.sender(Address("pretend", chat))
            records.save_person(replace(person, language=language))
            registry = records.registry
            registry.units.save(UnitRow("demo", "phường Tân Phong", "phường"))
            registry.units.save(UnitRow(unit, f"đơn vị {unit}", "tổ dân phố", "demo" if unit != "demo" else ""))
            registry.roles.give(person.id, chat, role, unit, self.today, "test")
            return person.id

        return await self.write(give)

    async def round(self, due: date | None, *units: str, id: str = "R1", form: str = FORM) -> None:
        """Open a round."""
        version = knowledge().library.forms[form]

        def work(records: TransactionRecords) -> None:
            rounds = records.registry.rounds
            rounds.save_version(form, version.hash, version.body)
            opened = datetime.min.replace(tzinfo=UTC)
            rounds.open(Round(id, form, version.hash, "năm 2026", units or ("tdp-05",), due, "", "test", opened))

        await self.write(work)

    async def due(self, due: date, id: str = "R1") -> None:
        """Set another due day."""

        def work(records: TransactionRecords) -> None:
            round = records.registry.rounds.get(id)
            assert round is not None
            records.registry.rounds.change(replace(round, due=due))

        await self.write(work)

    async def hand_in(self, to: State = "submitted", unit: str = "tdp-05", id: str = "R1") -> bool:
        """Move the unit's submission to a state where it can go there."""
        ways: dict[State, set[State]] = {"submitted": {"draft", "returned"}, "returned": {"submitted"}}

        def work(records: TransactionRecords) -> bool:
            registry = records.registry
            round = registry.rounds.get(id)
            assert round is not None
            held = registry.submissions.begin(round, unit, "an", "An")
            return held.state in ways.get(to, {"submitted"}) and bool(registry.submissions.move(held, to, "staff"))

        return await self.write(work)

    async def write(self, work: Callable[[TransactionRecords], T]) -> T:
        """Do something with the records, now."""
        now = self.hands.now
        return await self.store.database.write(
            lambda transaction: work(TransactionRecords(transaction, self.channels, f"x{next(_KEYS)}", "", {}, now))
        )

    # What happens.

    async def tick(self, moment: datetime) -> list[Heard]:
        """It is this moment: the clock ticks, as it does at a start as well, and what is to be sent is sent."""
        self.hands.now = moment.astimezone(UTC)
        key = self.clock._last(moment.astimezone(VIETNAM)).strftime("%Y-%m-%dT%H:%M")
        await self.store.receive("clock", [Raw(key, "clock", "{}")])
        await self.handle()
        return await self.send()

    async def day(self, on: date, *hours: float) -> list[Heard]:
        """A day with these hours of it."""
        return [heard for hour in hours or (0, 7, 7.5, 8, 19, 21) for heard in await self.tick(at(on, hour))]

    async def says(self, chat: str, text: str = "", choice: str = "") -> None:
        """Somebody writes, or presses a button."""
        does = {"kind": "choice", "choice": choice} if choice else {"kind": "text", "text": text}
        await self.store.receive("pretend", [Raw(f"p{next(_KEYS)}", chat, json.dumps(does))])
        await self.handle()
        await self.send()

    async def handle(self) -> None:
        """Handle what waits, as the engine does."""
        while (handled := await self._handled()).count:
            for failure in handled.failures:
                raise failure.error

    async def _handled(self) -> Handled:
        # No room: whatever is written waits to be claimed.
        return await self.store.handle(self.channels, self._handler, {})

    async def send(self) -> list[Heard]:
        """Send what may leave."""
        sent: list[Heard] = []
        while self.online and (claims := await self.store.claim(self.room, 16)).rows:
            for row in claims.rows:
                sent.append(self._heard(row.outgoing))
                await self.store.settle(row, Settled("sent", message="1"))
        self.heard += sent
        return sent

    def _heard(self, outgoing: Outgoing) -> Heard:
        reply = outgoing.reply
        text = " ".join(reply.text.striptags().split())
        choices = reply.choices
        return Heard(
            outgoing.chat,
            self.hands.now,
            text,
            tuple(choice.label for choice in choices),
            tuple(choice.value for choice in choices),
        )


def days_of(heard: Sequence[Heard], chat: str = "an") -> list[date]:
    """On which days somebody heard something."""
    return [one.on for one in heard if one.chat == chat]
