"""All that has to do with files, over one folder: what is kept, what is offered, what is sent."""

from collections.abc import Callable
from pathlib import Path

from conversation import Attachment, PaperFile, Render
from storage.enclosing import Enclosing, Words
from storage.offers import Offers
from storage.records import StorageError
from storage.shelf import Shelf
from storage.store import Store


class NoRenderer(LookupError):
    """Nothing makes files of this kind."""


class Files:
    """The parts, put together; `enclose` is for the engine, `offers` for the web page.

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
        self._render = render
        self.offers = Offers(Shelf(folder / "shelf"), self._made)
        self.enclose = Enclosing(store, self.offers, words, link)

    async def _made(self, attachment: Attachment) -> PaperFile:
        if self._render is None:
            raise NoRenderer(attachment.kind)
        return await self._render(attachment)
