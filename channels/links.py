"""Links by which a file can be fetched for a while: unguessable, signed, for one page or for whoever has it."""

import hmac
import re
import time
from collections.abc import Callable
from hashlib import sha256

# What people are told: "24 giờ".
LINK_SECONDS = 24 * 3600
PATH = "/tep"

_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)


class Links:
    """Signs keys of files with the web secret; `clock` gives seconds since 1970."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._clock = clock

    def for_all(self, public_url: str) -> Callable[[str], str] | None:
        """What gives the address of a key for whoever has it; None where people cannot reach the server."""
        return (lambda key: f"{public_url}{PATH}/{self.token(key)}") if public_url else None

    def token(self, key: str, *, begun: float | None = None, chat: str = "") -> str:
        """The last part of a link, good for a day from `begun` or now; with a chat, for its page only."""
        until = int((self._clock() if begun is None else begun) + LINK_SECONDS)
        return f"{key}.{until}.{self._signature(key, str(until), chat)}"

    def key(self, token: str, *chats: str) -> str | None:
        """The key that a link was made of, for whoever has it or for one of the chats; None if none, or over."""
        match = _TOKEN.fullmatch(token)
        if match is None or int(match[2]) <= self._clock():
            return None
        # Every comparison is made, so that the time says nothing.
        ours = [hmac.compare_digest(self._signature(match[1], match[2], chat), match[3]) for chat in ("", *chats)]
        return match[1] if any(ours) else None

    def over(self, begun: float) -> bool:
        """Whether a link of then would be of no use any more."""
        return begun + LINK_SECONDS <= self._clock()

    def _signature(self, key: str, until: str, chat: str) -> str:
        # The prefix keeps this signature from serving anywhere else the same secret signs.
        return hmac.new(self._secret, f"file link:{key}:{until}:{chat}".encode(), sha256).hexdigest()
