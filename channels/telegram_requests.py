"""HTTP for python-telegram-bot by aiohttp, at a third of the cost of the client that it brings along."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from urllib.request import getproxies

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
# Bytes a second that an upload is given time for: a ward's line in the evening.
_SLOW = 50_000


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
        self._read, self._connect = read, connect
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
        headers, body, size = _encoded(request_data)
        given: dict[str, Any] = {"data": body, "headers": headers, "timeout": self._timeout(size)}
        try:
            async with session.request(method, url, allow_redirects=False, **given) as response:
                status, payload = response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except (aiohttp.ClientError, aiohttp.InvalidURL, OSError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
        if status == 429:
            raise Flood(_retry_after(payload))
        return status, payload

    async def download(self, url: str, most: int) -> tuple[int, bytes]:
        """Get what lies at an address, at most so many bytes and one more. Raises as `do_request` does."""
        try:
            async with self._opened().get(url, timeout=self._timeout(most), allow_redirects=False) as response:
                status, payload = response.status, bytearray()
                async for piece in response.content.iter_chunked(64 * 1024):
                    payload += piece
                    if len(payload) > most:
                        # The rest is not read; the connection is closed with it.
                        response.close()
                        break
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except (aiohttp.ClientError, aiohttp.InvalidURL, OSError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
        if status == 429:
            raise Flood(_retry_after(bytes(payload)))
        return status, bytes(payload[: most + 1])

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

    def _timeout(self, size: int = 0) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            # Writing may take as long as an answer, and longer for so many bytes of files. A free connection is waited
            # for less long: whoever gets none is told so before those who have one give up and leave theirs.
            total=self._connect + 2 * self._read + size / _SLOW,
            connect=0.8 * self._read,
            sock_connect=self._connect,
            sock_read=self._read,
        )

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_IDLE),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Some wards reach the internet through a proxy only. Elsewhere the library would look for passwords in
                # ~/.netrc, in a thread, before every request.
                trust_env=bool(getproxies()),
            )
        return self._session


def _encoded(data: RequestData | None) -> tuple[dict[str, str], bytes | aiohttp.FormData | None, int]:
    """Headers, body, and how many bytes of it are files."""
    if data is None:
        return {}, None, 0
    if not data.multipart_data:
        return _FORM, urlencode(data.json_parameters).encode(), 0
    # Not quoted: the platform would show the percent signs in a name.
    form, size = aiohttp.FormData(data.json_parameters, quote_fields=False), 0
    for name, (filename, content, mime) in data.multipart_data.items():
        assert isinstance(content, bytes), "files are given as what is in them"
        # Read from a file, or the loop would stand still while megabytes are written.
        form.add_field(name, BytesIO(content), filename=filename, content_type=mime)
        size += len(content)
    return {}, form, size


def _retry_after(payload: bytes) -> float | None:
    try:
        seconds = float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return min(seconds, 86_400.0) if seconds >= 0 else None
