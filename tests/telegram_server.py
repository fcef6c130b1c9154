"""A Telegram for tests: the Bot API over HTTP on loopback, and people who write to the bot.

    with TelegramServer() as server:
        channel = Telegram(server.token, api_url=server.url)
        resident = server.person(7)
        resident.says("hạn nộp khi nào?")
        server.wait(lambda: resident.received)

It runs in a thread of its own, and every method may be called from any thread. HTTP is written out
here because benchmarks measure bots against it: a web framework would take most of the time.
"""

import asyncio
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from types import TracebackType
from typing import Any, Self

from tests.telegram_account import Account
from tests.telegram_http import Connection
from tests.telegram_people import Chat, Person, Sent
from tests.telegram_rules import (
    Rates,
    Refusal,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call."""

    # Answer with this status and description, or with this body whatever it is.
    status: int = 200
    description: str = "fault"
    parameters: dict[str, int] = field(default_factory=dict)
    body: bytes | None = None
    # The connection is cut "before" or "after" the server acted.
    cut: str = ""
    # Seconds before the answer, added to the server's own delay.
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the server received it."""

    method: str
    parameters: dict[str, str]
    at: float


class TelegramServer(Account):
    """One bot's Bot API; `strict` holds the platform's rates to the letter, `rates` others."""

    def __init__(
        self, *, token: str = "4242:SECRET-of-the-bot", strict: bool = False, rates: Rates | None = None
    ) -> None:
        super().__init__(token, rates or (Rates() if strict else None))
        # Seconds before every answer.
        self.delay = 0.0
        self.calls: list[Call] = []
        # When each update was offered, by its id.
        self.offered: dict[int, float] = {}
        self.statuses: Counter[int] = Counter()
        self._people: dict[int, Person] = {}
        self._faults: dict[str, deque[Fault]] = {}
        self._update_numbers = count(700_000_001)
        self._allowed: set[str] = set()
        self._connections: set[Connection] = set()
        self._poll: tuple[Connection, dict[str, str], asyncio.TimerHandle] | None = None
        self._changed = threading.Condition(threading.RLock())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        serving = self._loop.create_server(lambda: Connection(self.handle, self._connections), "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def person(self, number: int, name: str = "Cô Bảy", language: str = "vi") -> Person:
        """Return the person with this id, who has started the bot."""
        with self._changed:
            if number not in self._people:
                chat = self._chats[number] = Chat(number, name)
                person = Person(number, name, language, chat, self.offer, self._number, self._files.__setitem__)
                self._people[number] = person
            return self._people[number]

    def group(self, number: int, name: str = "Tổ 5") -> Chat:
        """Return the group with this (negative) id, of which the bot is a member."""
        return self._chats.setdefault(number, Chat(number, name, "supergroup"))

    def offer(self, update: dict[str, Any] | bytes, times: int = 1) -> int:
        """Put an update in the bot's queue, or bytes that should be one; return its id."""
        with self._changed:
            number = next(self._update_numbers)
            kind = "" if isinstance(update, bytes) else next(iter(update))
            if not isinstance(update, bytes):
                if kind == "callback_query":
                    self._open_queries.add(update[kind]["id"])
                update = json.dumps({"update_id": number, **update}).encode()
            self._updates.extend([(number, kind, update)] * times)
            self.offered[number] = time.monotonic()
            if self._poll:
                self._loop.call_soon_threadsafe(self._wake)
            return number

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go wrong, one after the other."""
        with self._changed:
            self._faults.setdefault(method, deque()).extend(faults)

    def sent_to(self, chat: int) -> list[Sent]:
        """Return the bot's messages in a chat, oldest first."""
        return list(self._chats[chat].messages)

    def called(self, method: str) -> list[Call]:
        """Return the calls of a method, oldest first."""
        return [call for call in list(self.calls) if call.method == method]

    def forget_files(self) -> None:
        """The platform loses what the bot has uploaded."""
        with self._changed:
            self._stored.clear()

    def unconfirmed(self) -> int:
        """Return how many updates wait for an offset that confirms them."""
        return len(self._updates)

    def wait(self, condition: Callable[[], object], seconds: float = 20.0) -> bool:
        """Wait until something holds; False after so many seconds. Blocks the calling thread."""
        with self._changed:
            return bool(self._changed.wait_for(condition, seconds))

    def handle(self, connection: Connection, path: str, parameters: dict[str, str]) -> None:
        """Act on one request; called by the connection, in the server's thread."""
        bot, _, method = path.removeprefix("/bot").partition("/")
        if path.startswith("/file/bot"):
            bot, method = path.removeprefix("/file/bot").partition("/")[0], "download"
            parameters = {"path": path.rpartition("/")[2]}
        with self._changed:
            self.calls.append(Call(method, parameters, time.monotonic()))
            self._uploads = connection.files
            waiting = self._faults.get(method)
            fault = waiting.popleft() if waiting else None
            if fault and (fault.cut == "before" or fault.status != 200 or fault.body is not None):
                self._fault(connection, fault)
            else:
                self._act(connection, bot, method, parameters, fault)
            self._changed.notify_all()

    def _fault(self, connection: Connection, fault: Fault) -> None:
        if fault.cut:
            connection.cut()
            return
        refusal = Refusal(fault.status, fault.description, **fault.parameters)
        body = fault.body if fault.body is not None else _refused(refusal)
        self._answer(connection, fault.status, body, fault.delay)

    def _download(self, connection: Connection, bot: str, parameters: dict[str, str], fault: Fault | None) -> None:
        """Hand over a file; cut, it ends in the middle."""
        content = self._files.get(parameters["path"].removesuffix(".jpg"))
        status, body = (200, content) if bot == self.token and content is not None else (404, b"Not Found")
        self.statuses[status] += 1
        torn = bool(fault and fault.cut)
        delay = self.delay + (fault.delay if fault else 0.0)
        self._loop.call_later(delay, partial(connection.answer, status, body, torn=torn))

    def _act(
        self,
        connection: Connection,
        bot: str,
        method: str,
        parameters: dict[str, str],
        fault: Fault | None,
    ) -> None:
        try:
            if bot != self.token:
                raise Refusal(401, "Unauthorized")
            if method == "getUpdates":
                self._get_updates(connection, parameters)
                return
            if method == "download":
                self._download(connection, bot, parameters, fault)
                return
            act = self._methods.get(method)
            if act is None:
                raise Refusal(404, "Not Found")
            status, body = 200, b'{"ok":true,"result":%b}' % json.dumps(act(parameters)).encode()
        except Refusal as refusal:
            status, body = refusal.status, _refused(refusal)
        if fault and fault.cut:
            connection.cut()
        else:
            self._answer(connection, status, body, fault.delay if fault else 0.0)

    def _answer(self, connection: Connection, status: int, body: bytes, delay: float = 0.0) -> None:
        self.statuses[status] += 1
        if delay + self.delay:
            self._loop.call_later(delay + self.delay, connection.answer, status, body)
        else:
            connection.answer(status, body)

    def _get_updates(self, connection: Connection, parameters: dict[str, str]) -> None:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._poll:
            earlier, _, timer = self._poll
            timer.cancel()
            self._poll = None
            if not earlier.closed:
                reason = "Conflict: terminated by other getUpdates request"
                self._answer(earlier, 409, _refused(Refusal(409, reason)))
        if "allowed_updates" in parameters:
            self._allowed = set(json.loads(parameters["allowed_updates"]))
        offset = int(parameters.get("offset", "0"))
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        seconds = float(parameters.get("timeout", "0"))
        timer = self._loop.call_later(seconds, self._wake, True)
        self._poll = (connection, parameters, timer)
        self._wake()

    def _wake(self, timed_out: bool = False) -> None:
        """Answer the waiting poll, if there is something for it or its time is over."""
        with self._changed:
            if not self._poll:
                return
            connection, parameters, timer = self._poll
            most = min(int(parameters.get("limit", "100")), 100)
            batch = [body for _, kind, body in self._updates if self._wanted(kind)][:most]
            if not batch and not timed_out:
                return
            timer.cancel()
            self._poll = None
            if not connection.closed:
                self._answer(connection, 200, b'{"ok":true,"result":[%b]}' % b",".join(batch))

    def _wanted(self, kind: str) -> bool:
        return not kind or not self._allowed or kind in self._allowed

    async def _stop(self) -> None:
        if self._poll:
            self._poll[2].cancel()
        self._server.close()
        for connection in list(self._connections):
            connection.cut()


def _refused(refusal: Refusal) -> bytes:
    answer = {"ok": False, "error_code": refusal.status, "description": str(refusal)}
    if refusal.parameters:
        answer["parameters"] = refusal.parameters
    return json.dumps(answer).encode()
