"""All that has to do with files, over one folder: what is kept, what is offered, what is sent."""

import asyncio
import logging
import unicodedata
from collections.abc import Callable
from pathlib import Path

from conversation import KEPT, SHARED, Attachment, PaperFile, Render
from storage import kept_files
from storage.depot import Depot
from storage.enclosing import Enclosing, Words
from storage.offers import Offers
from storage.records import StorageError
from storage.shelf import Shelf
from storage.store import Store

log = logging.getLogger(__name__)

TIDY_SECONDS = 600.0


class NoSuchFile(LookupError):
    """It is not kept any more, or nothing makes files of this kind."""


class Files:
    """The parts, put together; `enclose` and `depot` are for the engine, `offers` for the web page.

    Raises `StorageError` where the folder can neither be found nor made.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        words: Words,
        *,
        # Makes what is not kept here, such as papers.
        render: Render | None = None,
        # The address of a key on the shelf, for whoever has it.
        link: Callable[[str], str] | None = None,
    ) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"FILES_DIR: cannot make {folder} ({error.strerror}), expected a folder") from None
        self._store, self._render = store, render
        self.depot = Depot(folder)
        self.offers = Offers(Shelf(folder / "shelf"), Shelf(folder / "uploads"), self._made)
        self.enclose = Enclosing(store, self.offers, words, link)

    async def tidy(self) -> None:
        """Delete what has lain on the shelves for a day, again and again until cancelled."""
        while True:
            try:
                await self.offers.prune()
            except OSError as error:
                log.warning("FILES_DIR: %s", type(error).__name__)
            await asyncio.sleep(TIDY_SECONDS)

    async def _made(self, attachment: Attachment) -> PaperFile:
        if attachment.kind in (KEPT, SHARED):
            return await self.kept(attachment.params["id"])
        if self._render is None:
            raise NoSuchFile(attachment.kind)
        return await self._render(attachment)

    async def kept(self, id: str) -> PaperFile:
        """A file that somebody sent. Raises `NoSuchFile`, and `OSError` where its bytes cannot be read."""
        file = await self._store.database.read(lambda transaction: kept_files.get(transaction, id))
        if file is None:
            raise NoSuchFile(id)
        return PaperFile(plain_name(file.name), file.media_type, await self.depot.read(id))


async def back_up_files(folder: Path, to: Path) -> int:
    """Copy what people sent into a new folder; returns how many files. Raises `StorageError`.

    Copied after the database: of what its copy names nothing is missing but what was deleted in between.
    """
    try:
        return await Depot(folder).copy_to(to)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"FILES_DIR: cannot copy {folder} to {to} ({reason}); the database was copied") from None


def plain_name(name: str) -> str:
    """The name of a file in ASCII: "Biên bản họp.pdf" is "Bien ban hop.pdf"."""
    letters = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "".join(letter if letter.isascii() else "_" for letter in plain)
