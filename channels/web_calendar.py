"""The route by which telephones fetch the calendar of a unit: whoever has the link has the calendar."""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from channels.web_refusal import guarded
from conversation import PaperFile

# Gives the calendar that a key opens, or None.
Find = Callable[[str], Awaitable[PaperFile | None]]

_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_GONE = (
    "Liên kết lịch này không dùng được nữa. Anh/chị gõ /lich cho Bạn Phố để lấy liên kết mới.\n"
    "This calendar link is of no use any more. Please type /lich to Bạn Phố for a new one.\n"
)
# It is somebody's own, and may be kept by their telephone only; whether it has changed is asked each time.
_HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}


def calendar_route(path: str, find: Find) -> Route:
    """A route for `path`/<key>.ics. An unchanged calendar is a 304; an unknown or ended link is a 404."""

    async def endpoint(request: Request) -> Response:
        key = request.path_params["key"]
        file = await find(key) if _KEY.fullmatch(key) else None
        if file is None:
            return PlainTextResponse(_GONE, 404)
        tag = f'"{sha256(file.content).hexdigest()[:32]}"'
        headers = {**_HEADERS, "ETag": tag, "Content-Disposition": f'inline; filename="{file.name}"'}
        if tag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        return Response(file.content, media_type=file.media_type, headers=headers)

    return Route(f"{path}/{{key}}.ics", guarded(endpoint))
