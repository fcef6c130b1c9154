"""Telegram: updates in, by long polling or webhook, and replies out."""

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from telegram.error import TelegramError

from channels.telegram_client import (
    Client,
    fetch_error,
    quiet_loggers,
    redacted,
    send_error,
    token_refused,
)
from channels.telegram_messages import deliver, parts
from channels.telegram_requests import Flood
from channels.telegram_updates import ALLOWED, Self, callback_id, raw_update, understand
from channels.telegram_uploads import Uploads
from conversation import (
    MAX_FILE_BYTES,
    Attachment,
    ChannelStopped,
    Incoming,
    IncomingFile,
    Outgoing,
    Pace,
    Raw,
    Receive,
    Reply,
)

log = logging.getLogger(__name__)


class ChatPace(Pace):
    """As many as the platform takes, and in a group less: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits.

    What one chat has too many of is answered for all with 429, which does not say whom it is for.
    """

    def apart(self, chat: str) -> float:
        """Seconds between two messages in a chat; ids of groups are negative."""
        return GROUP_APART if chat.startswith("-") else super().apart(chat)


# 20 in any minute.
GROUP_APART = 3.1
# "About" 30 and 1. A little below: one that arrives late makes the next ones wait (storage/throttle.py), and that is to
# be rare.
PACE = ChatPace(overall=29.8, per_chat=0.9)
# Far above any update that the platform makes.
MAX_WEBHOOK_BYTES = 1_000_000

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}")
_LONGEST_WAIT = 60.0
# What is stored may be storable again at any moment, and nobody else is burdened by trying.
_STORED_AGAIN = 2.0
_Result = TypeVar("_Result")


class Telegram:
    """The channel of one bot: polled, or with `webhook_url` called through `webhook`."""

    name = "telegram"
    pulls = False
    edits = True
    carries_files = True

    def __init__(
        self,
        token: str,
        *,
        # Without the trailing `/bot`.
        api_url: str = "https://api.telegram.org",
        webhook_url: str = "",
        webhook_secret: str = "",
        pace: Pace | None = PACE,
        # Seconds that a poll waits for something to happen.
        poll: int = 30,
        # Seconds until a message whose answer has not come is undecided.
        send_timeout: float = 20.0,
        # Seconds before the first repetition of a failed poll.
        first_wait: float = 1.0,
        # What the platform has of files that were sent before.
        uploads: Uploads | None = None,
    ) -> None:
        """Raise `ChannelStopped` for a token that cannot be one, or a webhook without a secret."""
        if not _TOKEN.fullmatch(token):
            raise ChannelStopped("TELEGRAM_TOKEN: expected digits, a colon and the secret")
        if webhook_url and not webhook_secret:
            raise ChannelStopped("TELEGRAM_WEBHOOK_SECRET: a webhook needs one")
        quiet_loggers()
        self.pace = pace
        self._token = token
        self._client = Client(token, api_url, poll_timeout=poll + 10, send_timeout=send_timeout)
        self._me = Self(int(token.partition(":")[0]))
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self._poll, self._first_wait = poll, first_wait
        self._uploads = uploads or Uploads()
        self._receive: Receive | None = None
        self._answers: set[asyncio.Task[None]] = set()
        # Few at a time: replies are in more of a hurry than the spinner on a button.
        self._answering = asyncio.Semaphore(4)

    @property
    def username(self) -> str:
        """The bot's name; empty until Telegram has told it."""
        return self._me.username

    def holds(self, attachment: Attachment) -> bool:
        """Whether the file was sent before: then the platform's id of it is enough."""
        return self._uploads.known(attachment) is not None

    def translate(self, raw: Raw) -> Incoming | None:
        """Understand a stored update; None where nobody is to be answered."""
        return understand(raw, self._me, self.name)

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """Cut a reply into messages of at most 4,096 UTF-16 units and one file."""
        return parts(reply)

    async def listen(self, receive: Receive) -> None:
        """Hand over updates until cancelled. Raises `ChannelStopped` for a refused token.

        The poll after a batch confirms it, so it starts only when `receive` has returned.
        """
        await self._patiently(self._introduce)
        if self._webhook_url:
            self._receive = receive
            await self._patiently(self._set_webhook)
            await asyncio.Event().wait()
        await self._patiently(partial(self._client.call, "deleteWebhook"))
        offset: int | None = None
        while True:
            offset = await self._patiently(partial(self._fetch, offset, receive))

    async def webhook(self, payload: bytes, secret: str) -> int:
        """Take what the platform posted and return the HTTP status to answer with.

        `secret` is the header `X-Telegram-Bot-Api-Secret-Token`. 200 means stored; after anything
        else the platform offers the update again. Raises what `receive` raises.
        """
        expected = self._webhook_secret.encode()
        if not expected or not hmac.compare_digest(secret.encode("utf-8", "replace"), expected):
            return 403
        if len(payload) > MAX_WEBHOOK_BYTES:
            return 413
        if self._receive is None:
            return 503
        update = _parsed(payload)
        raw = raw_update(update)
        if raw is None:
            return 400
        self._answer_buttons([update])
        await self._receive([raw])
        return 200

    async def send(self, outgoing: Outgoing) -> str:
        """Send or edit one message and return its id. Raises `SendError`."""
        try:
            return await deliver(self._client, outgoing, self._uploads)
        except TelegramError as error:
            # Not chained: the causes carry the address, and the address holds the token.
            raise send_error(error, self._token) from None

    async def fetch(self, file: IncomingFile) -> bytes:
        """Download a photo or file, whose reference is its `file_id`. Raises `FetchError`."""
        try:
            return await self._client.download(file.reference, MAX_FILE_BYTES)
        except TelegramError as error:
            raise fetch_error(error, self._token) from None

    async def close(self) -> None:
        """Let go of connections."""
        answers = list(self._answers)
        for task in answers:
            task.cancel()
        await asyncio.gather(*answers, return_exceptions=True)
        await self._client.close_connections()

    async def _introduce(self) -> None:
        me = await self._client.call("getMe")
        if not isinstance(me, dict) or not isinstance(me.get("id"), int):
            raise TelegramError("the server's answer to getMe describes no bot")
        self._me = Self(me["id"], str(me.get("username", "")))

    async def _set_webhook(self) -> None:
        await self._client.call(
            "setWebhook",
            url=self._webhook_url,
            secret_token=self._webhook_secret,
            allowed_updates=list(ALLOWED),
        )

    async def _fetch(self, offset: int | None, receive: Receive) -> int | None:
        """Store one batch and return the offset that will confirm it."""
        updates = await self._client.call(
            "getUpdates", offset=offset, timeout=self._poll, allowed_updates=list(ALLOWED)
        )
        if not isinstance(updates, list):
            raise TelegramError("the server's answer to getUpdates is not a list")
        batch = [raw for raw in map(raw_update, updates) if raw]
        if len(batch) < len(updates):
            log.warning("telegram: %d updates without an id left out", len(updates) - len(batch))
            if not batch:
                raise TelegramError("no update has an id")
        if not batch:
            return offset
        self._answer_buttons(updates)
        await receive(batch)
        return max(int(raw.key) for raw in batch) + 1

    async def _patiently(self, call: Callable[[], Awaitable[_Result]]) -> _Result:
        """Make a call until it succeeds, waiting longer each time.

        That includes storing: an update that could not be stored is offered again.
        """
        wait = self._first_wait
        while True:
            try:
                return await call()
            except Exception as error:
                if isinstance(error, TelegramError) and token_refused(error):
                    raise ChannelStopped(
                        "TELEGRAM_TOKEN: Telegram does not know it, take a new one from @BotFather"
                    ) from None
                asked = error.seconds if isinstance(error, Flood) else None
                pause = max(asked or 0.0, wait if isinstance(error, TelegramError) else min(wait, _STORED_AGAIN))
                reason = redacted(error, self._token)
                log.warning("telegram: trying again in %.3g s: %s: %s", pause, type(error).__name__, reason)
            await asyncio.sleep(pause)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _answer_buttons(self, updates: Sequence[Any]) -> None:
        for query in map(callback_id, updates):
            if query:
                task = asyncio.create_task(self._answer(query))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)

    async def _answer(self, query: str) -> None:
        async with self._answering:
            try:
                await self._client.call("answerCallbackQuery", callback_query_id=query)
            except TelegramError as error:
                log.debug("telegram: button not answered: %s", redacted(error, self._token))


def _parsed(payload: bytes) -> object:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None
