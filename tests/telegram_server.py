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

from tests.telegram_http import Connection
from tests.telegram_people import Chat, Person, Sent, Upload
from tests.telegram_rules import (
    MAX_DOWNLOAD,
    Rates,
    Refusal,
    buttons,
    check_file,
    visible_caption,
    visible_text,
)

USERNAME = "PhoThuBot"


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


class TelegramServer:
    """One bot's Bot API; `strict` holds the platform's rates to the letter, `rates` others."""

    def __init__(
        self, *, token: str = "4242:SECRET-of-the-bot", strict: bool = False, rates: Rates | None = None
    ) -> None:
        self.token = token
        self.id = int(token.partition(":")[0])
        # Seconds before every answer.
        self.delay = 0.0
        self.webhook: dict[str, str] = {}
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        # When each update was offered, by its id.
        self.offered: dict[int, float] = {}
        self.statuses: Counter[int] = Counter()
        self._rates = rates or (Rates() if strict else None)
        self._chats: dict[int, Chat] = {}
        self._people: dict[int, Person] = {}
        self._updates: deque[tuple[int, str, bytes]] = deque()
        self._faults: dict[str, deque[Fault]] = {}
        self._numbers = count(1001)
        self._update_numbers = count(700_000_001)
        self._open_queries: set[str] = set()
        # What people sent, by the id of the file.
        self._files: dict[str, bytes] = {}
        # What the bot sent, by the id of the file: as what, and the file.
        self._stored: dict[str, tuple[str, Upload]] = {}
        self._allowed: set[str] = set()
        self._connections: set[Connection] = set()
        # Those of the request that is being acted on.
        self._uploads: dict[str, Upload] = {}
        self._poll: tuple[Connection, dict[str, str], asyncio.TimerHandle] | None = None
        self._methods: dict[str, Callable[[dict[str, str]], object]] = {
            "getMe": self._get_me,
            "deleteWebhook": self._delete_webhook,
            "setWebhook": self._set_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "sendPhoto": partial(self._send_file, "photo"),
            "sendDocument": partial(self._send_file, "document"),
            "editMessageText": self._edit_message_text,
            "editMessageCaption": self._edit_message_caption,
            "answerCallbackQuery": self._answer_callback_query,
            "getFile": self._get_file,
        }
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

    def _get_me(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._bot()

    def _delete_webhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = {}
        return True

    def _set_webhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = parameters
        return True

    def _get_webhook_info(self, parameters: dict[str, str]) -> dict[str, Any]:
        return {"url": self.webhook.get("url", ""), "pending_update_count": len(self._updates)}

    def _send_message(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat = self._open_chat(parameters)
        text = visible_text(parameters.get("text", ""), parameters.get("parse_mode", ""))
        labels = buttons(parameters.get("reply_markup"))
        if self._rates:
            self._rates.take(chat.id, time.monotonic())
        source = parameters["text"]
        sent = Sent(self._number(), chat.id, text, source, labels, time.monotonic())
        chat.messages.append(sent)
        self.sent.append(sent)
        return self._message(chat, sent)

    def _send_file(self, kind: str, parameters: dict[str, str]) -> dict[str, Any]:
        chat = self._open_chat(parameters)
        upload, id = self._uploads.get(kind), parameters.get(kind, "")
        if upload is None and id:
            # By the id that an earlier message named.
            if self._stored.get(id, ("", None))[0] != kind:
                raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
            upload = self._stored[id][1]
        if upload is None:
            raise Refusal(400, f"Bad Request: there is no {kind} in the request")
        check_file(kind, upload.content)
        source = parameters.get("caption", "")
        text = visible_caption(source, parameters.get("parse_mode", ""))
        labels = buttons(parameters.get("reply_markup"))
        if self._rates:
            self._rates.take(chat.id, time.monotonic())
        sent = Sent(self._number(), chat.id, text, source, labels, time.monotonic(), kind=kind, file=upload)
        id = id or f"{kind}-of-{sent.id}"
        self._stored[id] = (kind, upload)
        chat.messages.append(sent)
        self.sent.append(sent)
        told = {"file_id": id, "file_unique_id": id[:8]}
        return {
            **self._message(chat, sent),
            kind: [{**told, "file_id": f"small-{id}"}, told] if kind == "photo" else told,
        }

    def _edit_message_text(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat, sent = self._message_to_edit(parameters)
        if sent.file:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        text = visible_text(parameters.get("text", ""), parameters.get("parse_mode", ""))
        return self._edit(chat, sent, text, parameters["text"], parameters)

    def _edit_message_caption(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat, sent = self._message_to_edit(parameters)
        if not sent.file:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        source = parameters.get("caption", "")
        text = visible_caption(source, parameters.get("parse_mode", ""))
        return self._edit(chat, sent, text, source, parameters)

    def _message_to_edit(self, parameters: dict[str, str]) -> tuple[Chat, Sent]:
        chat = self._open_chat(parameters)
        number = int(parameters.get("message_id", "0"))
        for sent in chat.messages:
            if sent.id == number:
                return chat, sent
        raise Refusal(400, "Bad Request: message to edit not found")

    def _edit(self, chat: Chat, sent: Sent, text: str, source: str, parameters: dict[str, str]) -> dict[str, Any]:
        labels = buttons(parameters.get("reply_markup"))
        if (text, labels, source) == (sent.text, sent.buttons, sent.source):
            same = "specified new message content and reply markup are exactly the same"
            raise Refusal(400, f"Bad Request: message is not modified: {same}")
        sent.text, sent.source, sent.buttons = text, source, labels
        sent.edits += 1
        return self._message(chat, sent)

    def _answer_callback_query(self, parameters: dict[str, str]) -> bool:
        if parameters.get("callback_query_id") not in self._open_queries:
            reason = "query is too old and response timeout expired or query ID is invalid"
            raise Refusal(400, f"Bad Request: {reason}")
        self._open_queries.discard(parameters["callback_query_id"])
        return True

    def _get_file(self, parameters: dict[str, str]) -> dict[str, Any]:
        id = parameters.get("file_id", "")
        if id not in self._files:
            raise Refusal(400, "Bad Request: invalid file_id")
        size = len(self._files[id])
        if size > MAX_DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": id, "file_unique_id": id[:8], "file_size": size, "file_path": f"photos/{id}.jpg"}

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

    def _open_chat(self, parameters: dict[str, str]) -> Chat:
        chat = self._chats.get(int(parameters.get("chat_id", "0")))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.closed:
            raise Refusal(403, chat.closed)
        return chat

    def _message(self, chat: Chat, sent: Sent) -> dict[str, Any]:
        where = {"chat": chat.described(), "from": self._bot()}
        said = {"caption": sent.text} if sent.file else {"text": sent.text}
        return {"message_id": sent.id, "date": int(time.time()), **where, **said}

    def _bot(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": "Bạn Phố", "username": USERNAME}

    def _number(self) -> int:
        return next(self._numbers)

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
