"""The stream of events that a page listens to, counted for as long as it is open."""

from collections import Counter
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive as AsgiReceive
from starlette.types import Scope, Send


class EventStream(StreamingResponse):
    """Server-sent events, counted while they are open."""

    def __init__(self, events: AsyncIterator[bytes], chat: str, streams: Counter[str]) -> None:
        # The header asks nginx not to collect the answer before passing it on.
        super().__init__(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._chat = chat
        self._streams = streams

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: Send) -> None:
        """Send the events until either side has enough."""
        self._streams[self._chat] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams[self._chat] -= 1
            if not self._streams[self._chat]:
                del self._streams[self._chat]
