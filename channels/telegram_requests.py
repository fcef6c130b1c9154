"""HTTP for python-telegram-bot by aiohttp, at a third of the cost of the client that it brings along."""

import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

# Causes by which the request cannot have reached the platform.
UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Seconds that an idle connection is kept: a new one costs several round trips.
_IDLE = 30.0


class Flood(TelegramError):
    """The platform asked to wait; `seconds` is how long, or None where it did not say.

    Stands for the library's `RetryAfter`, which cannot be made without a deprecation warning.
    """

    def __init__(self, seconds: float | None) -> None:
        super().__init__(f"too many requests, retry after {seconds} s")
        self.seconds = seconds


class Requests(BaseRequest):
    """One pool of connections, which never logs what the server answered. All times are seconds."""

    def __init__(self, *, connections: int, read: float, connect: float) -> None:
        self._connections = connections
        self._read = read
        self._timeout = aiohttp.ClientTimeout(
            # Writing may take as long as an answer. A free connection is waited for less long: whoever gets none is
            # told so before those who have one give up and leave theirs.
            total=connect + 2 * read,
            connect=0.8 * read,
            sock_connect=connect,
            sock_read=read,
        )
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer is waited for."""
        return self._read

    async def initialize(self) -> None:
        """Nothing: the pool is made by its first request, in the loop that runs then."""

    async def shutdown(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Make one request with the pool's own times. Raises `Flood` where the server asks to wait."""
        session = self._opened()
        headers, body = _encoded(request_data)
        try:
            async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
                status, payload = response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except (aiohttp.ClientError, aiohttp.InvalidURL, OSError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
        if status == 429:
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

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_IDLE),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                # Some wards reach the internet through a proxy only.
                trust_env=True,
            )
        return self._session


def _encoded(data: RequestData | None) -> tuple[dict[str, str], bytes | aiohttp.FormData | None]:
    if data is None:
        return {}, None
    if not data.multipart_data:
        return _FORM, urlencode(data.json_parameters).encode()
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {}, form


def _retry_after(payload: bytes) -> float | None:
    try:
        seconds = float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return min(seconds, 86_400.0) if seconds >= 0 else None
