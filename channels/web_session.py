"""Who is at the other end of a web request, and how often they may write."""

import hmac
import re
import secrets
import time
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "banpho"
_COOKIE_SECONDS = 180 * 24 * 3600

_VALUE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)


class Sessions:
    """Cookies that carry a random 128-bit id and its signature; the id is the chat's id."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the web secret has fewer than 16 bytes")
        self._secret = secret

    def chat(self, request: Request) -> str | None:
        """Return the chat of a request, or None where its cookie is missing or not ours."""
        match = _VALUE.fullmatch(request.cookies.get(COOKIE, ""))
        if match is None or not hmac.compare_digest(self._signature(match[1]), match[2]):
            return None
        return match[1]

    def keep(self, request: Request, response: Response) -> None:
        """Set the cookie: the session the request has, or a new one; its time starts again."""
        chat = self.chat(request) or secrets.token_hex(16)
        response.set_cookie(
            COOKIE,
            f"{chat}.{self._signature(chat)}",
            max_age=_COOKIE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )

    def _signature(self, chat: str) -> str:
        # The prefix keeps this signature from serving anywhere else the same secret signs.
        return hmac.new(self._secret, b"web session:" + chat.encode(), sha256).hexdigest()


def same_origin(request: Request, public_url: str = "") -> bool:
    """Tell whether one of our own pages made the request.

    Browsers send Sec-Fetch-Site over https and on loopback only, hence Origin as the second way. It
    is compared with Host, or with the public address where a proxy in front writes its own Host.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc in {
        request.headers.get("host", ""),
        urlsplit(public_url).netloc,
    }


class Pacer:
    """At most `times` events of one chat in any `seconds`."""

    # Chats remembered before the idle ones are forgotten.
    _MANY = 10_000

    def __init__(self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}

    def wait(self, chat: str) -> float:
        """Count an event and return 0, or return the seconds until the next one is allowed."""
        now = self._clock()
        if len(self._seen) >= self._MANY:
            self._forget_idle(now)
        seen = self._seen.setdefault(chat, deque(maxlen=self._times))
        if len(seen) == self._times and now - seen[0] < self._seconds:
            return self._seconds - (now - seen[0])
        seen.append(now)
        return 0.0

    def _forget_idle(self, now: float) -> None:
        self._seen = {chat: seen for chat, seen in self._seen.items() if now - seen[-1] < self._seconds}
