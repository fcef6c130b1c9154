"""Requests of a page that are not carried out, and what it is told then."""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """A request that is not carried out: HTTP status, a word for the page, when to come again."""

    def __init__(self, status: int, error: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.retry_after = retry_after


def guarded(endpoint: Endpoint) -> Endpoint:
    """Answer what goes wrong in an endpoint; logs hold the kind of error and nobody's words."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            # Not the whole path: the rest of it may be a link that opens a file.
            log.warning("web chat: /%s failed: %s", request.url.path.split("/")[1], type(error).__name__)
            return _refused(Refusal(503, "not_ready", 1))

    return answer


def _refused(refusal: Refusal) -> Response:
    headers = {}
    if refusal.status in {408, 413}:
        # Or the server would read the rest of the body to keep the connection.
        headers["Connection"] = "close"
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(refusal.retry_after + 0.5)))
    return JSONResponse({"error": str(refusal)}, refusal.status, headers)
