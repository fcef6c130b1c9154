"""A channel without a platform: tests say things on it and see what arrives."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from conversation import (
    Address,
    Attachment,
    FetchError,
    Incoming,
    IncomingFile,
    Outgoing,
    Pace,
    Raw,
    Receive,
    Reply,
    SendError,
)


class Pretend:
    """One place with any number of chats. What is said is received in batches, as from a poll."""

    def __init__(
        self,
        name: str = "pretend",
        *,
        pace: Pace | None = None,
        pulls: bool = False,
        delay: float = 0.0,
        part: int = 1000,
        carries_files: bool = False,
        edits: bool = False,
    ) -> None:
        self.name = name
        self.pace = pace
        self.pulls = pulls
        self.carries_files = carries_files
        self.edits = edits
        self.delay = delay
        self._part = part
        self._numbers = count(1)
        self._said: asyncio.Queue[Raw | None] = asyncio.Queue()
        self._offered: list[Raw | None] = []
        self._faults: dict[str, list[SendError]] = defaultdict(list)
        # What arrived, in order, also where the answer was lost; and the time of the loop.
        self.arrived: list[Outgoing] = []
        self.times: list[float] = []
        # Chats of which a message was being sent at the same time, at most.
        self.at_once = 0
        self._sending = 0
        self._news = asyncio.Event()
        self._files: dict[str, list[bytes | FetchError]] = {}
        # References of files that were fetched, in order.
        self.fetched: list[str] = []
        self.closed = False

    # What a test does.

    def says(self, chat: str, text: str, *, key: str = "", choice: str = "", message: str = "") -> None:
        """Somebody writes, or presses a choice."""
        event = {"text": text, "choice": choice, "message": message}
        self._said.put_nowait(Raw(key or str(next(self._numbers)), chat, json.dumps(event)))

    def sends(self, chat: str, *contents: bytes | FetchError, text: str = "", key: str = "", size: int = 0) -> None:
        """Somebody sends a photo; how fetching it ends, one time after the other."""
        number = str(next(self._numbers))
        self._files[number] = list(contents)
        file = {"reference": number, "name": f"anh {number}.jpg", "media_type": "image/jpeg", "size": size}
        event = {"text": text, "choice": "", "message": "", "file": file}
        self._said.put_nowait(Raw(key or number, chat, json.dumps(event)))

    def babbles(self, key: str, payload: str) -> None:
        """The platform offers something that nobody understands."""
        self._said.put_nowait(Raw(key, "nobody", payload))

    def ends(self) -> None:
        """Nothing more will be said."""
        self._said.put_nowait(None)

    def fails(self, chat: str, *faults: SendError) -> None:
        """The next messages to a chat end so, one after another."""
        self._faults[chat] += faults

    async def receives(self, number: int, within: float = 10.0) -> list[str]:
        """Wait until so many messages have arrived; their texts."""
        async with asyncio.timeout(within):
            while len(self.arrived) < number:
                self._news.clear()
                await self._news.wait()
        return self.texts()

    def texts(self, chat: str = "") -> list[str]:
        """Texts that arrived, in one chat or in all."""
        return [str(sent.reply.text) for sent in self.arrived if chat in ("", sent.chat)]

    # What the engine does.

    def holds(self, attachment: Attachment) -> bool:
        """Every file is given to it."""
        return False

    def translate(self, raw: Raw) -> Incoming | None:
        """Understand; unlike a real channel it raises for a payload that is no JSON."""
        event = json.loads(raw.payload)
        if event is None:
            return None
        files = (IncomingFile(**event["file"]),) if "file" in event else ()
        return Incoming(
            Address(self.name, raw.chat),
            raw.key,
            "choice" if event["choice"] else "photo" if files else "text",
            text=event["text"],
            choice=event["choice"],
            message=event["message"],
            files=files,
        )

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """Cut after so many characters; files come with the last of them."""
        cuts = range(0, max(len(reply.text), 1), self._part)
        texts = [Reply(reply.text[at : at + self._part], replaces=reply.replaces) for at in cuts]
        return [*texts[:-1], replace(texts[-1], attachments=reply.attachments)]

    async def listen(self, receive: Receive) -> None:
        """Hand over what is said until nothing more will be; what was not received, again."""
        while True:
            if not self._offered:
                self._offered.append(await self._said.get())
            while not self._said.empty() and len(self._offered) < 100:
                self._offered.append(self._said.get_nowait())
            await receive([raw for raw in self._offered if raw is not None])
            if None in self._offered:
                return
            self._offered.clear()

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver, or fail as scripted. An undecided message has arrived."""
        self._sending += 1
        self.at_once = max(self.at_once, self._sending)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
        finally:
            self._sending -= 1
        faults = self._faults[outgoing.chat]
        fault = faults.pop(0) if faults else None
        if fault is None or type(fault).__name__ == "Undecided":
            self.arrived.append(outgoing)
            self.times.append(asyncio.get_running_loop().time())
            self._news.set()
        if fault is not None:
            raise fault
        return str(len(self.arrived))

    async def fetch(self, file: IncomingFile) -> bytes:
        """Hand over what was sent, or fail as scripted; the last ending repeats."""
        self.fetched.append(file.reference)
        if self.delay:
            await asyncio.sleep(self.delay)
        endings = self._files.get(file.reference, [])
        if not endings:
            raise FetchError("unknown", "gone")
        ending = endings.pop(0) if len(endings) > 1 else endings[0]
        if isinstance(ending, FetchError):
            raise ending
        return ending

    async def close(self) -> None:
        """Let go."""
        self.closed = True
