"""The transaction that handles one message: records, replies and `done` together, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from conversation import CLOCK, Address, Channel, Incoming, Outgoing, Raw, Reply
from storage import inbox, outbox, pacing, people, posts
from storage.bodies import pack
from storage.database import Transaction, stamp
from storage.dossier import TransactionRegistry
from storage.kept_files import TransactionFiles
from storage.outbox import Claimed
from storage.records import Conversation, Kept, Notice, Person, Question, Reach

MAX_LINE = 8_000


class Unreadable(Exception):
    """A stored event that its channel cannot understand: no other attempt will."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A message whose handler failed: for the log, so without anything that people wrote."""

    channel: str
    key: str
    attempts: int
    given_up: bool
    error: Exception


@dataclass(slots=True)
class Handled:
    """What one handling transaction did, told after its commit."""

    count: int = 0
    # Rows born `sending`, for the caller to send.
    claimed: list[Claimed] = field(default_factory=list)
    # Addresses that got a new line, and channels where rows wait to be claimed.
    touched: set[Address] = field(default_factory=set)
    queued: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    # Files of a message are to be fetched.
    wanted: bool = False

    def add(self, other: "Handled") -> None:
        """Take over what one message did."""
        self.claimed += other.claimed
        self.touched |= other.touched
        self.queued |= other.queued


class TransactionRecords:
    """`Records` of the open transaction, and what the engine needs besides."""

    def __init__(
        self,
        transaction: Transaction,
        channels: Mapping[str, Channel],
        cause: str,
        worker: str,
        room: Mapping[str, int],
        now: datetime,
    ) -> None:
        self._transaction = transaction
        self._channels = channels
        self._cause = cause
        self._worker = worker
        self._room = room
        self._now = now
        self._number = 0
        self._places: dict[Address, people.Place] = {}
        self._forgotten: set[str] = set()
        self.handled = Handled()
        self.registry = TransactionRegistry(transaction, now, channels)
        self.files = TransactionFiles(transaction, now)

    # What handlers may do: see `Records`.

    def save_person(self, person: Person) -> None:
        """Keep language, unit, locality and name."""
        people.save_person(self._transaction, person)

    def save_conversation(self, conversation: Conversation) -> Conversation:
        """Keep flow, step and data, for whom the person was joined to, unless they were forgotten."""
        heir = self.registry.heirs.get(conversation.person, conversation.person)
        if not heir or heir in self._forgotten:
            return conversation
        conversation = replace(conversation, person=heir)
        return people.save_conversation(self._transaction, conversation)

    def log_question(self, question: Question) -> None:
        """Add to the question log."""
        people.log_question(self._transaction, question, self._now)

    def notice(self, person: Person, choice: Notice, version: str) -> Person:
        """Add to the consent log."""
        return people.notice(self._transaction, person, choice, version, self._now)

    def kept(self, person: str) -> Kept:
        """All that is kept about a person."""
        return people.kept(self._transaction, person)

    def forget(self, person: str) -> None:
        """Delete all that is kept about a person."""
        for reach in self.reach(person):
            self._place(reach.address).known = False
        people.forget(self._transaction, person)
        self._forgotten.add(person)

    def reach(self, person: str) -> Sequence[Reach]:
        """Where a person can be reached."""
        return people.reach(self._transaction, person)

    def queue(self, to: Address | str, reply: Reply, *, reminds: bool = False) -> bool:
        """Send to an address, or to a person where they were seen last."""
        whose = to if reminds and isinstance(to, str) else ""
        if isinstance(to, str):
            reachable = [reach.address for reach in self.reach(to) if not reach.unreachable]
            reachable = [address for address in reachable if address.channel in self._channels]
            if not reachable:
                return False
            to = reachable[0]
        self._write(self._place(to), reply, edits="", at_once=False, reminds=whose)
        return True

    def tick(self, key: str) -> None:
        """Let the clock give an event with this key."""
        inbox.receive(self._transaction, CLOCK, [Raw(key, CLOCK, "{}")], self._now)

    def post(self, to: Address, reply: Reply, name: str, *, last: bool = False) -> None:
        """Send to an address, or put it in the place of what was sent there under this name."""
        channel = self._channels.get(to.channel)
        if channel is None:
            # It has been switched off since.
            return
        part, place = channel.parts(reply)[0], self._place(to)
        if channel.pulls and posts.moved(self._transaction, to, name, pack(part), place.advance(self._now), self._now):
            people.save_place(self._transaction, place)
            self.handled.touched.add(to)
            return
        edits = posts.renew(self._transaction, to, name, pack(part), edits=channel.edits, last=last)
        if edits is not None:
            posts.keep(self._transaction, to, name, self._next_id())
            self._write(place, part, edits, at_once=False)

    # What the engine does around a handler.

    def sender(self, address: Address) -> tuple[Person, Conversation]:
        """The person who writes from an address, and where they are; their row is locked."""
        person, place = people.sender(self._transaction, address, self._now)
        self._places[address] = place
        return person, people.conversation(self._transaction, person.id)

    def line(self, incoming: Incoming) -> None:
        """Keep what a person wrote where the page shows both sides."""
        place = self._place(incoming.address)
        text = incoming.text[:MAX_LINE]
        people.add_line(self._transaction, place, incoming.key, text, self._now)
        self.handled.touched.add(incoming.address)

    def answer(self, incoming: Incoming, replies: Sequence[Reply]) -> None:
        """Write the replies to a message, and note that its address was seen."""
        place = self._place(incoming.address)
        at_once = self._may_start(place)
        for reply in replies:
            edits = incoming.message if reply.replaces else ""
            self._write(place, reply, edits, at_once)
            at_once = False
        people.seen(self._transaction, place, self._now)

    def _may_start(self, place: people.Place) -> bool:
        address = place.address
        return (
            self._room.get(address.channel, 0) > 0
            and not self._channels[address.channel].pulls
            and not outbox.busy(self._transaction, address)
        )

    def _place(self, address: Address) -> people.Place:
        if address not in self._places:
            self._places[address] = people.place(self._transaction, address)
        return self._places[address]

    def _write(self, place: people.Place, reply: Reply, edits: str, at_once: bool, reminds: str = "") -> None:
        for part in self._channels[place.address.channel].parts(reply):
            self._write_part(place, part, edits, at_once, reminds)
            edits, at_once = "", False
        people.save_place(self._transaction, place)
        self.handled.touched.add(place.address)

    def _write_part(self, place: people.Place, part: Reply, edits: str, at_once: bool, reminds: str) -> None:
        address = place.address
        id = self._next_id()
        self._number += 1
        start = self._start(place) if at_once else None
        outbox.add(
            self._transaction,
            id=id,
            address=address,
            position=place.advance(self._now),
            body=pack(part),
            edits=edits,
            worker=self._worker if start else "",
            now=self._now,
            reminds=reminds,
        )
        if start is None:
            self.handled.queued.add(address.channel)
            return
        outgoing = Outgoing(id, address.chat, part, edits)
        apart = pacing.apart(self._channels[address.channel].pace, address.chat)
        self.handled.claimed.append(Claimed(address.channel, outgoing, start, 0, 0, self._now, apart=apart))

    def _next_id(self) -> str:
        return f"{self._cause}-{self._number}"

    def _start(self, place: people.Place) -> datetime | None:
        channel = place.address.channel
        pace = self._channels[channel].pace
        if place.next_at and place.next_at > stamp(self._now):
            return None
        moments = pacing.slots(self._transaction, channel, pace, self._now, 1, wait=False)
        pacing.take_slots(self._transaction, channel, pace, moments)
        if not moments:
            return None
        place.next_at = pacing.next_in_chat(pace, place.address.chat, moments[0])
        return moments[0]
