"""Transcripts on real channels: everybody in one is on Telegram, or has the web page open."""

import asyncio
import html
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from markupsafe import Markup

from conversation import PaperFile
from tests.databases import rows
from tests.house import PATIENT, House, Visitor
from tests.pictures import PDF, jpeg
from tests.telegram_people import Person, Sent

_HANDLED = "select count(*) from inbox where channel = '{}' and state <> 'waiting'"
_GOING = "select count(*) from announcement where state in ('filling', 'sending') and starts_at <= confirmed_at"
# What is to be typed so that something urgent goes out.
_WORD = re.compile(r"gõ: <b>([^<]+)</b>")


@dataclass(frozen=True)
class Said:
    """A message as it is seen: its words, the labels below it, and how it was written."""

    text: str
    labels: tuple[str, ...]
    source: str
    file: bytes = b""


class Seat(Protocol):
    """Somebody in a transcript, on one of the channels."""

    # Events that they have sent.
    sent: int

    @property
    def name(self) -> str:
        """As a cast names them."""

    async def says(self, text: str) -> None:
        """Type."""

    async def presses(self, label: str) -> None:
        """Press the newest button with this label."""

    async def forges(self, value: str) -> None:
        """Press a button that was never offered."""

    async def hands(self, file: PaperFile, caption: str) -> None:
        """Send a photo or file."""

    async def news(self) -> Sequence[Said]:
        """What is new or has changed since this was asked last."""


@dataclass
class OnTelegram:
    """By the Bot API."""

    person: Person
    sent: int = 0
    _seen: dict[int, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As a cast names them."""
        return f"telegram/{self.person.id}"

    async def says(self, text: str) -> None:
        """Type."""
        self.sent += 1
        self.person.says(text)

    async def presses(self, label: str) -> None:
        """Press the newest button with this label."""
        self.sent += 1
        self.person.presses(label)

    async def forges(self, value: str) -> None:
        """Press a button that was never offered."""
        self.sent += 1
        forged = Sent(1, self.person.id, "x", "x", {"x": value}, 0.0)
        self.person.presses("x", message=forged)

    async def hands(self, file: PaperFile, caption: str) -> None:
        """Send a photo or file, with its caption."""
        self.sent += 1
        if file.media_type == "image/jpeg":
            self.person.sends_photo(caption, file.content)
        else:
            fields = {"caption": caption} if caption else {}
            self.person.sends_document(file.name, file.content, file.media_type, **fields)

    async def news(self) -> Sequence[Said]:
        """What is new, and what was edited."""
        found = []
        for one in self.person.received:
            if self._seen.get(one.id) != one.edits:
                self._seen[one.id] = one.edits
                content = one.file.content if one.file else b""
                found.append(Said(one.text, tuple(one.buttons), one.source, content))
        return found


@dataclass
class OnPage:
    """By what the page sends and fetches."""

    visitor: Visitor
    sent: int = 0
    _last: int = 0

    @property
    def name(self) -> str:
        """As a cast names them."""
        return self.visitor.name

    async def says(self, text: str) -> None:
        """Type."""
        await self._post({"text": text})

    async def presses(self, label: str) -> None:
        """Press the newest button with this label."""
        lines = await self._lines()
        offered = [(line, choice) for line in reversed(lines) for choice in line["choices"]]
        line, choice = next((line, choice) for line, choice in offered if choice["label"] == label)
        await self._post({"choice": choice["value"], "message": str(line["position"]), "label": label})

    async def forges(self, value: str) -> None:
        """Press a button that was never offered."""
        await self._post({"choice": value, "message": "1", "label": "x"})

    async def hands(self, file: PaperFile, caption: str) -> None:
        """Send a photo or file; a page has no captions, so that the words come after it."""
        headers = {"Content-Type": "application/octet-stream", "X-Key": secrets.token_hex(8), "X-Name": file.name}
        answer = await self.visitor.client.post("/tep", content=file.content, headers=headers)
        answer.raise_for_status()
        self.sent += 1
        if caption:
            await self.says(caption)

    async def news(self) -> Sequence[Said]:
        """The lines after the last one that was looked at; the page says that it shows them."""
        lines = [line for line in await self._lines() if line["position"] > self._last and not line["own"]]
        if lines:
            self._last = lines[-1]["position"]
            (await self.visitor.client.post("/seen", json={"position": self._last})).raise_for_status()
        return [await self._said(line) for line in lines]

    async def _said(self, line: Mapping[str, Any]) -> Said:
        files = [await self.visitor.client.get(file["url"]) for file in line["files"] if "url" in file]
        labels = tuple(choice["label"] for choice in line["choices"])
        text = html.unescape(str(Markup(line["html"]).striptags()))
        return Said(text, labels, line["html"], files[0].content if files else b"")

    async def _lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.visitor.client.get("/history", params={"limit": 60})).json()["lines"]
        return found

    async def _post(self, message: Mapping[str, str]) -> None:
        self.sent += 1
        body = {"key": secrets.token_hex(8), **message}
        answer = await self.visitor.client.post("/messages", json=body)
        answer.raise_for_status()


@dataclass
class Replay:
    """One transcript in a running bot, each of its people on a seat of their own."""

    house: House
    channel: str
    seats: Mapping[str, Seat]
    # The newest word that was asked for.
    word: str = ""

    async def turn(self, told: Mapping[str, Any], chat: str) -> dict[str, list[Said]]:
        """Let one person do what a turn says; returns what each has heard when all is quiet again."""
        seat = self.seats[chat]
        if "files" in told:
            await seat.hands(a_file(told), told.get("sends", ""))
        elif "presses" in told:
            await seat.presses(told["presses"])
        elif "choice" in told:
            await seat.forges(told["choice"])
        else:
            await seat.says((told["sends"] * told.get("times", 1)).replace("{word}", self.word))
        heard = await self._until_quiet()
        for word in _WORD.findall("\n".join(said.source for said in heard[chat])):
            self.word = word
        return heard

    async def _until_quiet(self) -> dict[str, list[Said]]:
        heard: dict[str, list[Said]] = {chat: [] for chat in self.seats}
        wanted = sum(seat.sent for seat in self.seats.values())
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while True:
            for chat, seat in self.seats.items():
                heard[chat] += await seat.news()
            [[handled]] = await rows(self.house.store, _HANDLED.format(self.channel))
            [[going]] = await rows(self.house.store, _GOING)
            quiet = handled >= wanted and await self.house.store.idle(self.channel)
            waited = loop.time() - begun
            # Pages that nobody has open are never done.
            if quiet and (not going or (self.channel == "web" and waited > 1)):
                for chat, seat in self.seats.items():
                    heard[chat] += await seat.news()
                return heard
            assert waited < PATIENT, (handled, wanted, going)
            await asyncio.sleep(0.005)


def a_file(turn: Mapping[str, Any]) -> PaperFile:
    """The file of a turn: a photo, a paper, or something that nobody takes."""
    told = turn["files"][0]
    if told.get("problem"):
        return PaperFile(told["name"], "application/zip", b"MZ no paper")
    if turn["kind"] == "photo":
        return PaperFile("anh.jpg", "image/jpeg", jpeg())
    return PaperFile(told["name"], told["media_type"], PDF)
