"""Somebody talks with the bot: what they send, what comes back, over a real database."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, partial
from hashlib import sha256
from itertools import count
from typing import Any

from conversation import Address, Incoming, IncomingFile, Raw, Reply
from handlers.dispatch import Responder
from handlers.enrolment import enrol_own
from handlers.turn import Doors
from knowledge.understanding import Knowledge
from knowledge.units import Ward, load_ward
from storage.database import Transaction
from storage.handling import TransactionRecords
from storage.records import Conversation, Person
from storage.store import Store
from tests.cast import BY, seats
from tests.databases import Desk, Hands
from tests.pretend import Pretend

TODAY = date(2026, 11, 21)
PLACES = ("pretend", "zalo", "clock")
# A code as the bot writes it: an invitation, or one that joins two accounts.
_CODE = re.compile(r"\b(?:[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}|[2-9A-Z]{3}(?:-[2-9A-Z]{3}){2})\b")
# What is to be typed so that something urgent goes out.
_WORD = re.compile(r"gõ: <b>([^<]+)</b>")
# Never the same twice, also for several bots on one database.
_KEYS = count()


@cache
def knowledge() -> Knowledge:
    """The real documents, loaded once for all conversations."""
    return Knowledge.load()[0]


@cache
def demo_ward() -> Ward:
    """The ward of the demonstration, read once."""
    return load_ward()


class Morning(Hands):
    """A clock that begins at nine in the morning of the ward, and never shows the same moment twice."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.pass_by(0.001)
        return self.now


class Room(Pretend):
    """A place where everything that a person can do is written as JSON."""

    def translate(self, raw: Raw) -> Incoming:
        """What a person did, as a test wrote it; files are as if they had been fetched, unless they say otherwise."""
        does = {"kind": "other"} | json.loads(raw.payload)
        files = tuple(_fetched(file, f"{raw.key}-{number}") for number, file in enumerate(does.pop("files", ())))
        return Incoming(Address(self.name, raw.chat), raw.key, files=files, **does)

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """A reply as it is, with its buttons."""
        return [reply]


@dataclass
class Talk:
    """One bot, and everybody who talks with it."""

    store: Store
    today: date = TODAY
    # Replies to the newest message; all that came before, by chat.
    replies: list[Reply] = field(default_factory=list)
    heard: dict[str, list[Reply]] = field(default_factory=dict)
    # What the newest message made others hear, and the sender later on, by chat.
    told: dict[str, list[Reply]] = field(default_factory=dict)
    ward: Ward = field(default_factory=demo_ward)
    doors: Doors = field(default_factory=lambda: Doors("BanPhoBot", "https://pho.example"))
    # The newest code that the bot has written to anybody, and the newest word that it asked for.
    code: str = ""
    word: str = ""

    def __post_init__(self) -> None:
        self._respond = Responder(knowledge, self.ward, lambda: self.today, lambda: self.doors)
        self._desk = Desk(self.store, *map(Room, PLACES), say=self._record)
        self._begun = False

    def _record(
        self,
        incoming: Incoming,
        person: Person,
        conversation: Conversation,
        records: TransactionRecords,
    ) -> Sequence[Reply]:
        self.replies = list(self._respond(incoming, person, conversation, records))
        self.heard.setdefault(incoming.address.chat, []).extend(self.replies)
        codes = _CODE.findall("\n".join(reply.text.striptags() for reply in self.replies))
        self.code = codes[-1] if codes else self.code
        words = _WORD.findall("\n".join(reply.text for reply in self.replies))
        self.word = words[-1] if words else self.word
        return self.replies

    async def cast(self, told: Mapping[str, Any]) -> None:
        """Units, roles and rounds of a transcript are there before anybody speaks."""

        def seat(transaction: Transaction, work: Callable[[TransactionRecords], None]) -> None:
            work(TransactionRecords(transaction, {}, BY, "", {}, self.store.clock()))

        # Each in a transaction of its own, one after the other.
        for work in seats(told, knowledge(), demo_ward(), self.today):
            await self.store.database.write(partial(seat, work=work))

    async def send(self, chat: str = "an", channel: str = "pretend", **does: Any) -> list[Reply]:
        """One message of a person; returns what the bot says to it."""
        self.replies, self.told = [], {}
        if not self._begun:
            # As the bot does when it starts.
            await self.store.registry_write(lambda registry: enrol_own(registry, self.ward))
            self._begun = True
        raw = Raw(str(next(_KEYS)), chat, json.dumps({"kind": "text"} | does))
        await self._desk.receive(channel, raw)
        handled = await self._desk.handle()
        for failure in handled.failures:
            raise failure.error
        while (await self.store.advance(self._desk.channels)).more:
            pass
        # What the clock says about announcements.
        said = self.replies
        ticked = await self._desk.handle()
        self.replies = said
        for failure in ticked.failures:
            raise failure.error
        handled.claimed += ticked.claimed
        for place in PLACES:
            sent = [row for row in handled.claimed if row.channel == place]
            while sent := sent or await self._desk.claim(place):
                await self._desk.settle(*sent)
                for row in sent:
                    if row.outgoing.chat != chat or row.outgoing.reply not in self.replies:
                        self.told.setdefault(row.outgoing.chat, []).append(row.outgoing.reply)
                        self.heard.setdefault(row.outgoing.chat, []).append(row.outgoing.reply)
                sent = []
        return self.replies

    async def press(self, label: str, **does: Any) -> list[Reply]:
        """Press the newest button with this label, of those that this chat has seen."""
        return await self.send(kind="choice", choice=self.value(label, does.get("chat", "an")), message="1", **does)

    def value(self, label: str, chat: str = "an") -> str:
        """The value of the newest button with this label in a chat."""
        for heard in reversed(self.heard.get(chat, [])):
            for choice in heard.choices:
                if choice.label == label:
                    return choice.value
        raise AssertionError(f"no button {label!r} was offered")


def _fetched(file: Mapping[str, Any], key: str) -> IncomingFile:
    """A file of a transcript: `{name = "a.jpg"}`, `{name = "a.zip", problem = "kind"}`, `{fetched = false}`."""
    known: dict[str, Any] = {"reference": key, "name": "anh.jpg", "media_type": "image/jpeg", "size": 1000, **file}
    if known.pop("fetched", True) and not known.get("problem"):
        known |= {"id": sha256(key.encode()).hexdigest()[:32], "sha256": sha256(b"").hexdigest()}
    return IncomingFile(**known)


def plain(replies: Sequence[Reply]) -> str:
    """The visible text of replies."""
    return "\n\n".join(_visible(reply) for reply in replies)


def _visible(reply: Reply) -> str:
    # Not `striptags`, which also collapses lines.
    return " ".join(reply.text.striptags().split())


def labels(replies: Sequence[Reply]) -> list[str]:
    """The labels of all buttons of replies."""
    return [choice.label for reply in replies for choice in reply.choices]


def did(turn: Mapping[str, Any]) -> dict[str, Any]:
    """What a person does in one turn of a transcript, as fields of `Incoming`."""
    names = ("kind", "text", "choice", "name", "language", "group", "addressed", "channel", "files")
    return {name: turn[name] for name in names if name in turn}
