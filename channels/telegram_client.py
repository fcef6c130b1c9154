"""Calls to the Bot API through python-telegram-bot, and what its errors mean for a message.

A failed call raises `TelegramError`; `send_error` says what became of the message that it carried.
"""

import logging
import re
from typing import Any

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

from channels.telegram_requests import UNSENT, Flood, Requests
from channels.text import one_line
from conversation import FetchError, NotSent, Refused, SendError, Undecided

# As many as are sent at the same time.
SENDING_POOL = 16

# Seconds to wait for a token that the platform has just refused: the owner may be replacing it.
TOKEN_PAUSE = 60.0

_MAX_REASON = 200

_UNREACHABLE = re.compile(
    r"chat not found|user not found|user is deactivated|chat was deactivated|peer_id_invalid"
    r"|bot was blocked|bot was kicked|not a member|have no rights|not enough rights"
    r"|chat_write_forbidden|chat_restricted|channel_private|topic_closed",
    re.IGNORECASE,
)
_FILE_PATH = re.compile(r"[A-Za-z0-9_./-]{1,300}", re.ASCII)
# https://core.telegram.org/bots/api#getfile: over 20 MB; and what is not ready at this moment.
_TOO_BIG = re.compile(r"file is too big", re.IGNORECASE)
_NOT_NOW = re.compile(r"temporarily unavailable", re.IGNORECASE)
# The library has no class of its own for this one.
_TOO_LARGE = re.compile(r"^request entity too large", re.IGNORECASE)


class Client(Bot):
    """The library's client for calls by the Bot API's own names, with raw answers.

    Typed methods fail a whole batch for one update that the library cannot read.
    """

    def __init__(self, token: str, api_url: str, poll_timeout: float, send_timeout: float) -> None:
        self._requests = (
            Requests(connections=1, read=poll_timeout, connect=10),
            Requests(connections=SENDING_POOL, read=send_timeout, connect=min(10, send_timeout)),
        )
        polling, self._sending = self._requests
        sending, base = self._sending, f"{api_url.rstrip('/')}/bot"
        self._files = f"{api_url.rstrip('/')}/file/bot{token}"
        super().__init__(token, base, request=sending, get_updates_request=polling)

    async def call(self, method: str, **parameters: object) -> Any:
        """Return the raw result of a Bot API method. Raises `TelegramError`."""
        return await self.do_api_request(method, api_kwargs=parameters)

    async def download(self, file_id: str, most: int) -> bytes:
        """The bytes of a file that somebody sent, at most so many and one more. Raises `TelegramError`."""
        found = await self.call("getFile", file_id=file_id)
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str) or not _FILE_PATH.fullmatch(path) or ".." in path:
            raise TelegramError("the server's answer to getFile names no file")
        status, content = await self._sending.download(f"{self._files}/{path}", most)
        if status in (400, 403, 404):
            raise BadRequest(f"no file: HTTP {status}")
        if status != 200:
            raise TelegramError(f"no file: HTTP {status}")
        return content

    async def close_connections(self) -> None:
        """Let go of both pools."""
        for requests in self._requests:
            await requests.shutdown()

    @classmethod
    def _warn(cls, *args: object, **kwargs: object) -> None:
        """Stay silent: the library advises its typed methods on every raw call."""


def quiet_loggers() -> None:
    """Raise the level of the libraries that log addresses with the token in them."""
    for name in ("aiohttp", "telegram"):
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
    if isinstance(error, BadRequest) or _TOO_LARGE.search(reason):
        return Refused(reason, unreachable=_UNREACHABLE.search(reason) is not None)
    if token_refused(error):
        return NotSent("the platform refused the token", TOKEN_PAUSE)
    if isinstance(error, Conflict) or isinstance(error.__cause__, UNSENT):
        return NotSent(reason)
    return Undecided(reason)


def fetch_error(error: TelegramError, token: str) -> FetchError:
    """Say whether the file whose download raised this may be had later."""
    reason = redacted(error, token)
    if isinstance(error, Flood):
        return FetchError(reason, retry_after=error.seconds)
    if _TOO_BIG.search(reason):
        return FetchError(reason, "size")
    final = isinstance(error, BadRequest | Forbidden) and not _NOT_NOW.search(reason)
    return FetchError(reason, "gone" if final else "")
