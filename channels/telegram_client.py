"""Calls to the Bot API through python-telegram-bot, and what its errors mean for a message.

A failed call raises `TelegramError`; `send_error` says what became of the message that it carried.
"""

import json
import logging
import re
from typing import Any

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    TelegramError,
)
from telegram.request import HTTPXRequest

from channels.text import one_line
from conversation import NotSent, Refused, SendError, Undecided

# Far fewer than the library's 256: httpcore walks the whole pool on every request.
SENDING_POOL = 16

# Seconds to wait for a token that the platform has just refused: the owner may be replacing it.
TOKEN_PAUSE = 60.0

_MAX_REASON = 200

# Causes by which the request cannot have reached the platform.
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_UNREACHABLE = re.compile(
    r"chat not found|user not found|user is deactivated|chat was deactivated|peer_id_invalid"
    r"|bot was blocked|bot was kicked|not a member|have no rights|not enough rights"
    r"|chat_write_forbidden|chat_restricted|channel_private|topic_closed",
    re.IGNORECASE,
)


class Flood(TelegramError):
    """The platform asked to wait; `seconds` is how long, or None where it did not say.

    Stands for the library's `RetryAfter`, which cannot be made without a deprecation warning.
    """

    def __init__(self, seconds: float | None) -> None:
        super().__init__(f"too many requests, retry after {seconds} s")
        self.seconds = seconds


class Requests(HTTPXRequest):
    """The library's HTTP client, which never logs what the server answered."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make one request. Raises `Flood` where the server asks to wait."""
        status, payload = await super().do_request(*args, **kwargs)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise Flood(_retry_after(payload))
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer. Raises `TelegramError` where it is not what the Bot API promises."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("parameters", {}), dict):
            raise TelegramError("the server's answer is not JSON of the Bot API")
        return {"result": None, **answer}


class Client(Bot):
    """The library's client for calls by the Bot API's own names, with raw answers.

    Typed methods fail a whole batch for one update that the library cannot read.
    """

    def __init__(self, token: str, api_url: str, poll_timeout: float, send_timeout: float) -> None:
        self._requests = (
            Requests(connection_pool_size=1, read_timeout=poll_timeout, connect_timeout=10),
            Requests(
                connection_pool_size=SENDING_POOL,
                read_timeout=send_timeout,
                write_timeout=send_timeout,
                connect_timeout=min(10, send_timeout),
                pool_timeout=send_timeout,
            ),
        )
        polling, sending = self._requests
        base = f"{api_url.rstrip('/')}/bot"
        super().__init__(token, base, request=sending, get_updates_request=polling)

    async def call(self, method: str, **parameters: object) -> Any:
        """Return the raw result of a Bot API method. Raises `TelegramError`."""
        return await self.do_api_request(method, api_kwargs=parameters)

    async def close_connections(self) -> None:
        """Let go of both pools."""
        for requests in self._requests:
            await requests.shutdown()

    @classmethod
    def _warn(cls, *args: object, **kwargs: object) -> None:
        """Stay silent: the library advises its typed methods on every raw call."""


def quiet_loggers() -> None:
    """Raise the level of the libraries that log addresses with the token in them."""
    for name in ("httpx", "httpcore", "telegram"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logging.WARNING, logger.level))


def redacted(error: object, token: str) -> str:
    """Return the first line of an error, short, without the token or the secret half of it.

    A database says on the lines after it what it was given.
    """
    text = str(error).partition("\n")[0]
    for secret in (token, token.partition(":")[2]):
        text = text.replace(secret, "…") if secret else text
    return one_line(text, _MAX_REASON)


def token_refused(error: TelegramError) -> bool:
    """Whether the platform does not know the token (any more)."""
    return isinstance(error, InvalidToken | EndPointNotFound)


def send_error(error: TelegramError, token: str) -> SendError:
    """Say what became of the message whose call raised this."""
    reason = redacted(error, token)
    if isinstance(error, Flood):
        return NotSent(reason, error.seconds)
    if isinstance(error, ChatMigrated):
        return Refused(reason, moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Refused(reason, unreachable=True)
    if isinstance(error, BadRequest):
        return Refused(reason, unreachable=_UNREACHABLE.search(reason) is not None)
    if token_refused(error):
        return NotSent("the platform refused the token", TOKEN_PAUSE)
    if isinstance(error, Conflict) or isinstance(error.__cause__, _UNSENT):
        return NotSent(reason)
    return Undecided(reason)


def _retry_after(payload: bytes) -> float | None:
    try:
        seconds = float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return min(seconds, 86_400.0) if seconds >= 0 else None
