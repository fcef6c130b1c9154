"""The routes by which a platform hands over its updates."""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

# Takes what was posted and the secret that came with it; returns the status to answer with.
Take = Callable[[bytes, str], Awaitable[int]]


# The header in which Telegram sends the secret; far more bytes than any update has.
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BYTES = 1_000_000


def webhook_route(path: str, take: Take) -> Route:
    """A route by which updates are posted. What `take` raises is a 503, after which they come again."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return Response(status_code=413, headers={"Connection": "close"})
            return Response(status_code=await take(bytes(body), request.headers.get(HEADER, "")))
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            # Nothing was stored, so the platform must keep it.
            return Response(status_code=503)

    return Route(path, endpoint, methods=["POST"])
