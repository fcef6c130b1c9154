"""What the platform has: a file that goes to many is uploaded once and then sent by the platform's own id of it.

https://core.telegram.org/bots/api#sending-files. The ids are kept in memory and, where there is one, by a keeper: a
process that is started again knows them too.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from conversation import SHARED, Attachment, NotSent

log = logging.getLogger(__name__)

Kind = Literal["photo", "document"]
# Announcements of years; the oldest ones are uploaded again.
MOST = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on the platform: as what it was sent, and its `file_id`."""

    kind: Kind
    id: str


class Keeper(Protocol):
    """Keeps what the platform calls its copies of files."""

    async def newest(self, most: int) -> Mapping[str, str]:
        """The copies of so many files by the files' ids, the newest first."""

    async def save(self, file: str, copy: str) -> None:
        """Keep a copy of a file; an empty one: there is none any more."""


class Uploads:
    """The ids of shared files. Others are made anew each time: what is in them may have changed."""

    def __init__(self, keeper: Keeper | None = None) -> None:
        self._keeper = keeper
        self._known: OrderedDict[str, Stored] = OrderedDict()
        self._under_way: set[str] = set()

    async def load(self) -> None:
        """Learn what was uploaded before. Raises what the keeper raises."""
        found = await self._keeper.newest(MOST) if self._keeper else {}
        for file, copy in reversed(list(found.items())):
            kind, _, id = copy.partition("/")
            if kind in get_args(Kind) and id:
                self._known[file] = Stored("photo" if kind == "photo" else "document", id)

    def known(self, attachment: Attachment) -> Stored | None:
        """The platform's copy, or None."""
        return self._known.get(_key(attachment))

    async def forget(self, attachment: Attachment) -> None:
        """The platform does not know it any more."""
        if self._known.pop(_key(attachment), None):
            await self._save(_key(attachment), "")

    async def learn(self, attachment: Attachment, kind: Kind, result: object) -> None:
        """Keep the id that the answer to an upload names, where it names one."""
        key, found = _key(attachment), _file_id(kind, result)
        if not key or not found:
            return
        self._known[key] = Stored(kind, found)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        await self._save(key, f"{kind}/{found}")

    async def _save(self, file: str, copy: str) -> None:
        try:
            if self._keeper:
                await self._keeper.save(file, copy)
        except Exception as error:
            # The message has arrived all the same; the next process uploads once more.
            log.warning("telegram: a file's id was not kept: %s", type(error).__name__)

    @contextmanager
    def uploading(self, attachment: Attachment) -> Iterator[None]:
        """One message at a time carries the bytes. Raises `NotSent` for the others: soon the id is enough."""
        key = _key(attachment)
        if key in self._under_way:
            raise NotSent("the file is just being uploaded")
        if key:
            self._under_way.add(key)
        try:
            yield
        finally:
            self._under_way.discard(key)


def _key(attachment: Attachment) -> str:
    return attachment.params.get("id", "") if attachment.kind == SHARED else ""


def _file_id(kind: Kind, result: object) -> str:
    """The id in a `Message`; of a photo that of its largest size, which is the last."""
    told = result.get(kind) if isinstance(result, dict) else None
    sizes = told if isinstance(told, list) else [told]
    found = sizes[-1].get("file_id") if sizes and isinstance(sizes[-1], dict) else None
    return found if isinstance(found, str) else ""
