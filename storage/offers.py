"""The files of attachments: made when they are sent or shown, once for each line of a page."""

import asyncio
import logging
from hashlib import sha256

from conversation import SHARED, Attachment, NoFile, Offer, PaperFile, Render
from storage.shelf import Shelf, ShelfFull

log = logging.getLogger(__name__)

RENDER_SECONDS = 60.0
# At a time: charts and workbooks take a whole processor each.
RENDERERS = 2


def shared_place(item: Attachment) -> str:
    """The one place of a file that is the same for everybody."""
    return f"{SHARED}/{item.params['id']}"


class Offers:
    """`PaperShelf` over two shelves, for what goes out and what came in, and something that makes files."""

    def __init__(self, shelf: Shelf, uploads: Shelf, render: Render) -> None:
        self._shelf, self._uploads, self._render = shelf, uploads, render
        self._rendering = asyncio.Semaphore(RENDERERS)
        self._making: dict[str, asyncio.Lock] = {}

    async def made(self, attachment: Attachment) -> PaperFile | None:
        """The file of an attachment; None where that fails, and the log names the kind of error. Raises `NoFile`."""
        try:
            async with self._rendering, asyncio.timeout(RENDER_SECONDS):
                return await self._render(attachment)
        except NoFile:
            raise
        except Exception as error:
            log.warning("no file of kind %s: %s", attachment.kind, type(error).__name__)
            return None

    async def offer(self, place: str, attachment: Attachment) -> Offer | None:
        """The file of an attachment at a place, made once for all; None where that fails. Raises `NoFile`.

        A shared one has a place of its own, and lies there for a day from the last offer.
        """
        shared = attachment.kind == SHARED
        place = shared_place(attachment) if shared else place
        key = sha256(place.encode()).hexdigest()[:32]
        async with self._making.setdefault(key, asyncio.Lock()):
            try:
                if offer := await self._shelf.offered(key, renew=shared):
                    return offer
                file = await self.made(attachment)
                return await self._shelf.put(file, key) if file else None
            except (OSError, ShelfFull) as error:
                log.warning("FILES_DIR: %s", type(error).__name__)
                return None
            finally:
                self._making.pop(key, None)

    async def put(self, file: PaperFile) -> Offer | None:
        """Put a file on the shelf; None where it takes no more."""
        try:
            return await self._shelf.put(file)
        except (OSError, ShelfFull) as error:
            log.warning("FILES_DIR: %s", type(error).__name__)
            return None

    async def take(self, key: str) -> PaperFile | None:
        """A file by its key; None where there is none any more."""
        return await self._shelf.take(key)

    async def hold(self, file: PaperFile) -> str | None:
        """Keep what was sent for a day; returns its key, None where no more can be kept now."""
        try:
            return (await self._uploads.put(file)).key
        except (OSError, ShelfFull) as error:
            log.warning("FILES_DIR: %s", type(error).__name__)
            return None

    async def held(self, key: str) -> PaperFile | None:
        """What was sent; None where it is not there any more."""
        return await self._uploads.take(key)

    async def prune(self) -> None:
        """Delete what has lain there for a day."""
        await self._shelf.prune()
        await self._uploads.prune()
