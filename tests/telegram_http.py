"""The little of HTTP/1.1 that a Bot API client speaks: POST with a form or JSON, kept alive."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

Handle = Callable[["Connection", str, dict[str, str]], None]

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Connection(asyncio.Protocol):
    """One client's connection: a request, its answer, the next request."""

    def __init__(self, handle: Handle, opened: "set[Connection]") -> None:
        self.closed = False
        self._handle = handle
        self._opened = opened
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._opened.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        self.closed = True
        self._opened.discard(self)

    def data_received(self, data: bytes) -> None:
        """Hand over each request when it is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                return
            path = bytes(self._buffer[: self._buffer.find(b"\r\n")]).decode("latin-1").split(" ")[1]
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            self._handle(self, path, _parameters(head, body))

    def answer(self, status: int, body: bytes) -> None:
        """Write an answer, unless the client has gone."""
        if self.closed:
            return
        phrase = _PHRASES.get(status, "Unknown").encode()
        kind = b"Content-Type: application/json\r\n"
        head = b"HTTP/1.1 %d %b\r\n%bContent-Length: %d\r\n\r\n" % (status, phrase, kind, len(body))
        self._transport.write(head + body)

    def cut(self) -> None:
        """Drop the connection without an answer."""
        self.closed = True
        self._transport.abort()


def _length(head: bytes) -> int:
    place = head.find(b"\r\ncontent-length:")
    return int(head[place + 17 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


def _parameters(head: bytes, body: bytes) -> dict[str, str]:
    if not body:
        return {}
    if b"\r\ncontent-type: application/json" in head:
        given = json.loads(body)
        return {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
