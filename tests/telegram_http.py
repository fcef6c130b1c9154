"""The little of HTTP/1.1 that a Bot API client speaks: POST with a form, files or JSON, and GET, kept alive."""

import asyncio
import json
import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from tests.telegram_people import Upload

Handle = Callable[["Connection", str, dict[str, str]], None]

# As it was sent: its capitals count.
_BOUNDARY = re.compile(rb"\r\ncontent-type: multipart/form-data; boundary=\"?([^\s\";]+)", re.IGNORECASE)
_NAME = re.compile(rb'[; ]name="?([^";\r]+)"?')
_FILE_NAME = re.compile(rb'[; ]filename="([^"\r]*)"')
_TYPE = re.compile(rb"content-type: ([^\r]+)", re.IGNORECASE)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Connection(asyncio.Protocol):
    """One client's connection: a request, its answer, the next request."""

    def __init__(self, handle: Handle, opened: "set[Connection]") -> None:
        self.closed = False
        # The files of the newest request, by the names of their fields.
        self.files: dict[str, Upload] = {}
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
            line = bytes(self._buffer[: self._buffer.find(b"\r\n")])
            boundary = _BOUNDARY.search(bytes(self._buffer[:end]))
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            parameters, self.files = _parts(body, boundary[1]) if boundary else (_parameters(head, body), {})
            self._handle(self, line.decode("latin-1").split(" ")[1], parameters)

    def answer(self, status: int, body: bytes, *, torn: bool = False) -> None:
        """Write an answer, unless the client has gone; `torn`: half of it, then the connection is dropped."""
        if self.closed:
            return
        phrase = _PHRASES.get(status, "Unknown").encode()
        kind = b"Content-Type: application/json\r\n"
        head = b"HTTP/1.1 %d %b\r\n%bContent-Length: %d\r\n\r\n" % (status, phrase, kind, len(body))
        self._transport.write(head + (body[: len(body) // 2] if torn else body))
        if torn:
            self.closed = True
            self._transport.close()

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


def _parts(body: bytes, boundary: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """The fields and the files of a body of several parts."""
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        assert name, head
        filename, kind = _FILE_NAME.search(head), _TYPE.search(head)
        if filename:
            files[name[1].decode()] = Upload(filename[1].decode(), kind[1].decode() if kind else "", content)
        else:
            fields[name[1].decode()] = content.decode()
    return fields, files
