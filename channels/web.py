"""The web chat: a page that sends what a person types and pulls what the bot says."""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import BaseRoute, Route

from channels.links import PATH, Links
from channels.web_files import FileDesk
from channels.web_message import line_json, read_json, read_message, read_number, translate
from channels.web_page import Page, SafeHeaders
from channels.web_refusal import Refusal, guarded
from channels.web_session import Pacer, Sessions, same_origin
from channels.web_stream import EventStream
from conversation import (
    Attachment,
    FetchError,
    Incoming,
    IncomingFile,
    Line,
    Outgoing,
    PaperShelf,
    Raw,
    Receive,
    Refused,
    Reply,
    WebHistory,
)

log = logging.getLogger(__name__)

# Fits any way of counting positions, and a signed 64-bit column.
_MAX_POSITION = 10**18 - 1
_MAX_STREAMS = 4
# How often in how many seconds one chat may type, and press: a form is answered about once a second.
_TYPING, _PRESSING = (10, 10.0), (60, 60.0)
_BATCH = 50
_MAX_HISTORY = 500
# Shorter than the minute after which proxies cut a silent answer.
_BEAT_SECONDS = 15.0
_BEAT = b"event: beat\ndata: \n\n"
_PAUSE_SECONDS = 0.5
# So long a history waits for files that are being made.
_SOON = 3.0

Health = Callable[[], Awaitable[Mapping[str, object]]]
Metrics = Callable[[], Awaitable[str]]


class WebChat:
    """The channel `web`, and the Starlette app (`app`) that its pages talk to.

    `secret` signs the sessions. `title` is the ward's name. `public_url` is where people reach the
    server, needed only behind a proxy that changes the Host header. `health` says how things stand,
    `{"ok": False, …}` is answered with 503; `metrics` returns text. `routes` are served besides. `files` is
    where files of lines and links are found; without it there are none. `clock` gives seconds since 1970.
    """

    name = "web"
    pace = None
    pulls = True
    edits = False
    carries_files = True

    def __init__(
        self,
        secret: bytes,
        history: WebHistory,
        title: str,
        *,
        public_url: str = "",
        health: Health | None = None,
        metrics: Metrics | None = None,
        routes: Sequence[BaseRoute] = (),
        files: PaperShelf | None = None,
        typing: Pacer | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._history = history
        self._public_url = public_url
        self._health = health
        self._metrics = metrics
        self._sessions = Sessions(secret)
        self._files = FileDesk(files, Links(secret, clock), self._sessions) if files else None
        self._typing = typing or Pacer(*_TYPING)
        self._pressing = Pacer(*_PRESSING)
        self._streams: Counter[str] = Counter()
        self._page = Page(title)
        self._receive: Receive | None = None
        self._stopping = asyncio.Event()
        self.app = Starlette(routes=[*self._routes(), *routes], middleware=[Middleware(SafeHeaders)])

    def _routes(self) -> list[Route]:
        routes = [
            Route("/", guarded(self._index)),
            Route("/page/{name}", self._page.file),
            Route("/history", guarded(self._latest)),
            Route("/events", guarded(self._events)),
            Route("/messages", guarded(self._post_message), methods=["POST"]),
            Route("/seen", guarded(self._post_seen), methods=["POST"]),
            Route("/health", guarded(self._get_health)),
        ]
        if self._files:
            routes.append(Route(f"{PATH}/{{token}}", guarded(self._files.hand_out)))
            routes.append(Route(PATH, guarded(self._post_file), methods=["POST"]))
        return [*routes, Route("/metrics", guarded(self._get_metrics))] if self._metrics else routes

    # The channel.

    def holds(self, attachment: Attachment) -> bool:  # noqa: ARG002 -- the Protocol's name
        """A page fetches every file from us."""
        return False

    def translate(self, raw: Raw) -> Incoming | None:
        """Understand a stored event; None where it cannot be read."""
        return translate(self.name, raw)

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """Return the reply as it is: a page takes any length."""
        return [reply]

    async def listen(self, receive: Receive) -> None:
        """Take messages until cancelled; before and after, pages are told to try again."""
        self._receive = receive
        try:
            await asyncio.Event().wait()
        finally:
            self._receive = None

    async def send(self, outgoing: Outgoing) -> str:  # noqa: ARG002 -- the Protocol's name
        """Raise `Refused`: pages fetch their lines themselves."""
        raise Refused("a web page is not sent to")

    async def fetch(self, file: IncomingFile) -> bytes:
        """The bytes of a file that a page sent. Raises `FetchError`."""
        if self._files is None:
            raise FetchError("files are not kept", "gone")
        return await self._files.fetch(file)

    async def close(self) -> None:
        """End the event streams."""
        self.stop_streams()

    def stop_streams(self) -> None:
        """End the event streams, now and from now on, so that the server can stop."""
        self._stopping.set()

    # The app.

    async def _index(self, request: Request) -> Response:
        response = HTMLResponse(self._page.html)
        self._sessions.keep(request, response)
        return response

    async def _latest(self, request: Request) -> Response:
        limit = read_number(request.query_params.get("limit", str(_BATCH)), 1, _MAX_HISTORY)
        chat = self._chat(request)
        lines = await self._history.latest(chat, limit)
        shown = await asyncio.gather(*[self._shown(chat, line, _SOON) for line in lines])
        return JSONResponse({"lines": shown})

    async def _post_message(self, request: Request) -> Response:
        chat = self._own_page(request)
        body = await read_json(request)
        raw = read_message(request, chat, body)
        pacer = self._pressing if "choice" in body else self._typing
        if wait := pacer.wait(chat):
            raise Refusal(429, "too_fast", wait)
        return await self._stored(raw)

    async def _post_file(self, request: Request) -> Response:
        chat = self._own_page(request)
        if self._files is None or self._receive is None:
            raise Refusal(503, "not_ready", 1)
        return await self._stored(await self._files.take_in(request, chat))

    async def _stored(self, raw: Raw) -> Response:
        if self._receive is None:
            raise Refusal(503, "not_ready", 1)
        await self._receive([raw])
        return JSONResponse({"stored": True}, 202)

    async def _post_seen(self, request: Request) -> Response:
        chat = self._own_page(request)
        body = await read_json(request)
        await self._history.acknowledge(chat, read_number(body.get("position"), 0, _MAX_POSITION))
        return Response(status_code=204)

    async def _events(self, request: Request) -> Response:
        chat = self._chat(request)
        after = read_number(request.query_params.get("after", "0"), 0, _MAX_POSITION)
        if self._streams[chat] >= _MAX_STREAMS:
            raise Refusal(429, "too_many_pages", _BEAT_SECONDS)
        return EventStream(self._lines(chat, after), chat, self._streams)

    async def _get_health(self, _request: Request) -> Response:
        state = await self._health() if self._health else {"ok": True}
        return JSONResponse(dict(state), 200 if state.get("ok") else 503)

    async def _get_metrics(self, _request: Request) -> Response:
        return PlainTextResponse(await self._metrics() if self._metrics else "")

    def _chat(self, request: Request) -> str:
        chat = self._sessions.chat(request)
        if chat is None:
            raise Refusal(401, "no_session")
        return chat

    def _own_page(self, request: Request) -> str:
        if not same_origin(request, self._public_url):
            raise Refusal(403, "other_site")
        return self._chat(request)

    async def _lines(self, chat: str, after: int) -> AsyncIterator[bytes]:
        """Yield events for the lines after a position, and a beat where nothing happens."""
        try:
            # Passes proxies that hold back an answer until it says something.
            yield _BEAT
            while not self._stopping.is_set():
                lines = await self._history.lines(chat, after, _BATCH)
                for line in lines:
                    after = line.changed or line.position
                    data = json.dumps(await self._shown(chat, line, _BEAT_SECONDS), ensure_ascii=False)
                    yield f"id: {after}\nevent: line\ndata: {data}\n\n".encode()
                if len(lines) == _BATCH:
                    continue
                if not await self._news(chat, after):
                    yield _BEAT
                elif not lines:
                    # There may be news that no page is shown, such as what was forgotten.
                    yield _BEAT
                    await asyncio.sleep(_PAUSE_SECONDS)
        except Exception as error:
            # The answer has begun, so its end is all the page can be told: it comes again.
            log.warning("web chat: event stream ended: %s", type(error).__name__)

    async def _shown(self, chat: str, line: Line, patience: float) -> dict[str, object]:
        return line_json(line, await self._files.offered(chat, line, patience) if self._files else [])

    async def _news(self, chat: str, after: int) -> bool:
        """Wait for a line; False after a while without one, or when the server stops."""
        news = asyncio.ensure_future(self._history.wait(chat, after, _BEAT_SECONDS))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({news, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return news.done() and news.result()
        finally:
            news.cancel()
            stopping.cancel()
