"""Files on the web page: offered beside their line, handed out by link, taken in from people."""

import asyncio
import mimetypes
from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from channels.links import PATH, Links
from channels.web_message import PICTURES, file_event, read_file, read_file_name, read_key
from channels.web_refusal import Refusal
from channels.web_session import Pacer, Sessions
from conversation import SHARED, Attachment, FetchError, IncomingFile, Line, NoFile, Offer, PaperFile, PaperShelf, Raw

# Of one chat within ten minutes; and of all at the same time, because each is held in memory.
_UPLOADS, _UPLOAD_SECONDS = 30, 600.0
_AT_ONCE = 16
_OFFICE = "application/vnd.openxmlformats-officedocument"
_BYTES = "application/octet-stream"
# What a browser cannot run; anything else goes out as bytes.
_TYPES = PICTURES | {
    f"{_OFFICE}.spreadsheetml.sheet",
    f"{_OFFICE}.wordprocessingml.document",
    "application/pdf",
    "application/json",
    "text/csv",
    "text/calendar",
}
_GONE = (
    "Liên kết này không dùng được nữa. Anh/chị nhắn lại cho Bạn Phố để lấy tệp mới.\n"
    "This link is of no use any more. Please ask Bạn Phố for the file again.\n"
)


class FileDesk:
    """Hands out what lies on a shelf, by links that are signed, and puts there what people send."""

    def __init__(self, shelf: PaperShelf, links: Links, sessions: Sessions) -> None:
        self._shelf, self._links, self._sessions = shelf, links, sessions
        self._making: set[asyncio.Task[Offer | None]] = set()
        self._pacer = Pacer(_UPLOADS, _UPLOAD_SECONDS)
        self._taking = 0

    async def offered(self, chat: str, line: Line, patience: float) -> list[dict[str, object]]:
        """The files of a line as the page shows them: name, size in bytes and address, or what became of them.

        One that takes longer than so many seconds is being made; the page asks again. A day later there is only what
        was shared with many.
        """
        begun = datetime.fromisoformat(line.at).timestamp()
        over = self._links.over(begun)
        making: dict[int, asyncio.Task[Offer | None]] = {}
        for number, item in enumerate(line.reply.attachments):
            if item.kind == SHARED or not over:
                making[number] = self._begun(f"web/{chat}/{line.position}/{number}", item)
        if making:
            await asyncio.wait(making.values(), timeout=patience)
        return [
            self._shown(making[number], None if item.kind == SHARED else begun, chat)
            if number in making
            else {"state": "over"}
            for number, item in enumerate(line.reply.attachments)
        ]

    def _begun(self, place: str, item: Attachment) -> "asyncio.Task[Offer | None]":
        task = asyncio.ensure_future(self._shelf.offer(place, item))
        # It goes on where nobody waits any more, and is there when the page asks again.
        self._making.add(task)
        task.add_done_callback(self._made)
        return task

    def _made(self, task: "asyncio.Task[Offer | None]") -> None:
        self._making.discard(task)
        # Looked at, or the loop would complain that nobody did.
        task.cancelled() or task.exception()

    def _shown(self, task: "asyncio.Task[Offer | None]", begun: float | None, chat: str) -> dict[str, object]:
        if not task.done():
            return {"state": "making"}
        try:
            offer = task.result()
        except NoFile as error:
            return {"state": "none", "why": str(error)}
        if offer is None:
            return {"state": "failed"}
        url = f"{PATH}/{self._links.token(offer.key, begun=begun, chat=chat)}"
        picture = offer.media_type in PICTURES
        return {"state": "", "name": offer.name, "size": offer.size, "url": url, "picture": picture}

    async def hand_out(self, request: Request) -> Response:
        """Answer with a file, to the page that it was offered to or to whoever has a link for all."""
        chat = self._sessions.chat(request)
        key = self._links.key(request.path_params["token"], *([chat] if chat else []))
        file = await self._shelf.take(key) if key else None
        if file is None:
            return PlainTextResponse(_GONE, 404)
        kind = file.media_type if file.media_type in _TYPES else _BYTES
        # The plain name is for old programs, which take ASCII only.
        plain = "".join(letter if letter.isascii() and letter not in '"\\' else "_" for letter in file.name)
        named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(file.content, media_type=kind, headers={"Content-Disposition": named})

    async def take_in(self, request: Request, chat: str) -> Raw:
        """Keep the file that a page sends for a day, and make its event. Raises `Refusal`."""
        key = read_key(request.headers.get("x-key"))
        if wait := self._pacer.wait(chat):
            raise Refusal(429, "too_fast", wait)
        if self._taking >= _AT_ONCE:
            raise Refusal(503, "not_ready", 2)
        self._taking += 1
        try:
            content, name = await read_file(request), read_file_name(request)
            # What the page or the name says it is; what it is, is looked at before it is kept.
            said = [request.headers.get("x-type", ""), mimetypes.guess_type(name)[0]]
            kind = next((kind for kind in said if kind in _TYPES), _BYTES) or _BYTES
            held = await self._shelf.hold(PaperFile(name, kind, content))
        finally:
            self._taking -= 1
        if held is None:
            raise Refusal(503, "not_ready", 60)
        return file_event(request, chat, key, IncomingFile(held, name, kind, len(content)))

    async def fetch(self, file: IncomingFile) -> bytes:
        """The bytes of a file that a page sent. Raises `FetchError`."""
        held = await self._shelf.held(file.reference)
        if held is None:
            raise FetchError("no longer on the shelf", "gone")
        return held.content
