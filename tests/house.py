"""The bot with Telegram and the web chat, as fast as it goes, and people who talk with it from outside."""

import asyncio
import secrets
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from channels.clock import Clock as Ticks
from channels.telegram import Telegram
from channels.web import WebChat
from channels.web_server import make_server
from channels.web_session import COOKIE, Pacer
from conversation import Attachment, Channel, Pace, PaperFile
from engine import Engine
from handlers import enclosures
from handlers.apology import apology
from handlers.dispatch import Responder
from handlers.turn import Doors
from handlers.wording import capital
from knowledge.units import load_ward
from papers.rendering import Issuer, render
from storage import open_store
from storage.files import Files
from storage.history import History
from storage.patience import Patience
from storage.records import Clock
from storage.store import Store, utc_now
from tests.bot_process import BOT, environment
from tests.talk import TODAY, Talk, knowledge
from tests.telegram_people import Person, Sent
from tests.telegram_rules import Rates
from tests.telegram_server import TelegramServer

PATIENT = 20.0
DOORS = Doors("BanPhoBot", "https://pho.example")
SECRET = b"of the tests, long enough for a key"


@dataclass(frozen=True)
class House:
    """A running bot: its database, Telegram's API, and where its web page is."""

    store: Store
    server: TelegramServer
    url: str

    async def cast(self, told: Mapping[str, Any]) -> None:
        """Units, roles and rounds; people are named "telegram/1" or "web/…"."""
        await Talk(self.store).cast(told)

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator["Visitor"]:
        """Somebody who has opened the page."""
        async with httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url}, timeout=PATIENT) as client:
            (await client.get("/")).raise_for_status()
            yield Visitor(client)

    def chatter(self, number: int) -> "Chatter":
        """Somebody on Telegram."""
        return Chatter(self.store, self.server.person(number))


def forenoon() -> Clock:
    """A clock that begins at nine in the morning of the ward on `TODAY`, and goes on as time does."""
    ahead = datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC) - utc_now()
    return lambda: utc_now() + ahead


@asynccontextmanager
async def opened(
    folder: Path, *, clock: Clock = utc_now, ticks: bool = False, pace: Pace | None = None, rates: Rates | None = None
) -> AsyncIterator[House]:
    """A bot that runs until the block ends; its database stays in the folder. `ticks`: the clock is a channel too.

    Without a pace it goes as fast as it can; the rates are those of Telegram's server.
    """
    store = open_store(f"sqlite:///{folder / 'house.db'}", clock)
    await store.open(sole=True)
    history = History(store)
    ward = load_ward()
    files = Files(store, folder / "files", enclosures, render=partial(_rendered, store, Issuer(ward.name)))
    with TelegramServer(rates=rates) as api:
        telegram = Telegram(api.token, api_url=api.url, pace=pace, poll=5, first_wait=0.05)
        at_once: dict[str, Any] = {"typing": Pacer(1000, 0.001), "clock": lambda: clock().timestamp()}
        web = WebChat(SECRET, history, capital(ward.name), files=files.offers, **at_once)
        server = make_server(web.app, "127.0.0.1", 0, web.stop_streams)
        listened: list[Channel] = [telegram, web, *([Ticks(clock)] if ticks else [])]
        channels = {channel.name: channel for channel in listened}
        respond = Responder(knowledge, ward, lambda: TODAY, lambda: DOORS)
        beside_it: dict[str, Any] = {"enclose": files.enclose, "depot": files.depot, "patience": Patience(look=0.1)}
        engine = Engine(store, channels, respond, apology, wake=history.wake, **beside_it)
        running = [asyncio.create_task(engine.run()), asyncio.create_task(server.serve())]
        try:
            yield House(store, api, f"http://127.0.0.1:{server.port}")
        finally:
            engine.stop()
            server.stop()
            await asyncio.gather(*running)
            await store.close()


async def _rendered(store: Store, issuer: Issuer, attachment: Attachment) -> PaperFile:
    return await render(attachment, store.registry_read, issuer)


@contextmanager
def beside(folder: Path, **how: Any) -> Iterator[tuple[House, Callable[[Coroutine[Any, Any, None]], None]]]:
    """The same in a thread of its own, for a browser that is driven step by step; and what runs something there."""
    ready, over = threading.Event(), threading.Event()
    found: list[tuple[House, asyncio.AbstractEventLoop]] = []

    async def run() -> None:
        async with opened(folder, **how) as house:
            found.append((house, asyncio.get_running_loop()))
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        assert ready.wait(PATIENT)
        house, loop = found[0]
        yield house, lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(PATIENT)
    finally:
        over.set()
        thread.join(PATIENT)
        assert not thread.is_alive()


@dataclass(frozen=True)
class Chatter:
    """Somebody on Telegram."""

    store: Store
    person: Person

    @property
    def name(self) -> str:
        """As a cast names them."""
        return f"telegram/{self.person.id}"

    @property
    def heard(self) -> str:
        """All that the bot has said."""
        return "\n\n".join(sent.text for sent in self.person.received)

    async def say(self, text: str) -> None:
        """Type something, and hear all that is said to it."""
        before = len(self.person.received)
        self.person.says(text)
        await self._answered(before)

    async def press(self, label: str, *, message: Sent | None = None, times: int = 1) -> None:
        """Press a button of a message, or the newest of this name."""
        before = len(self.person.received)
        self.person.presses(label, message=message, times=times)
        await self._answered(before)

    async def _answered(self, before: int) -> None:
        async with asyncio.timeout(PATIENT):
            while len(self.person.received) == before or not await self.store.idle("telegram"):  # noqa: ASYNC110
                await asyncio.sleep(0.002)


@dataclass
class Visitor:
    """Somebody with the page open, by what the page sends and fetches."""

    client: httpx.AsyncClient
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As a cast names them."""
        return f"web/{self.client.cookies[COOKIE].partition('.')[0]}"

    @property
    def heard(self) -> str:
        """What the bot has said, of late."""
        return "\n\n".join(str(line["html"]) for line in self.lines if not line["own"])

    async def say(self, text: str) -> None:
        """Type something, and wait for what is said to it."""
        await self._send({"text": text})

    async def press(self, label: str) -> None:
        """Press the newest button of this name."""
        said = [(line, choice) for line in reversed(self.lines) for choice in line["choices"]]
        line, choice = next((line, choice) for line, choice in said if choice["label"] == label)
        await self._send({"choice": choice["value"], "message": str(line["position"]), "label": label})

    async def _send(self, message: Mapping[str, str]) -> None:
        last = self.lines[-1]["position"] if self.lines else 0
        body = {"key": secrets.token_hex(8), **message}
        (await self.client.post("/messages", json=body)).raise_for_status()
        async with asyncio.timeout(PATIENT):
            while True:
                self.lines = (await self.client.get("/history", params={"limit": 10})).json()["lines"]
                # A turn is one commit: with its last line all of it is there.
                if self.lines and self.lines[-1]["position"] > last and not self.lines[-1]["own"]:
                    return
                await asyncio.sleep(0.02)


class Terminal:
    """`bot.py chat` as a process, and who sits before it."""

    def __init__(self, folder: Path, store: Store, *words: str, **settings: str) -> None:
        self._store = store
        self._shown: list[str] = []
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(BOT), "chat", *words],
                cwd=folder,
                env=environment(folder, **settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()
            self._reading.join(20)
        assert self._process.returncode == 0

    @property
    def heard(self) -> str:
        """All that was shown."""
        return "".join(self._shown)

    async def say(self, text: str) -> None:
        """Type a line, and wait for what is shown to it."""
        assert self._process.stdin
        before = len(self._shown)
        self._process.stdin.write(f"{text}\n".encode())
        self._process.stdin.flush()
        await self.hears(before)

    async def hears(self, before: int) -> None:
        """Wait for more lines than that, and until nothing more is to come."""
        async with asyncio.timeout(2 * PATIENT):
            while len(self._shown) <= before or not await self._store.idle("terminal"):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._shown.append(line.decode())
