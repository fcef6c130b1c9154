"""What the platform has: a file that goes to many is uploaded once and then sent by the platform's own id of it.

https://core.telegram.org/bots/api#sending-files. The ids are kept in memory: a new process uploads once more.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from conversation import SHARED, Attachment, NotSent

Kind = Literal["photo", "document"]
# Announcements of years; the oldest ones are uploaded again.
MOST = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on the platform: as what it was sent, and its `file_id`."""

    kind: Kind
    id: str


class Uploads:
    """The ids of shared files. Others are made anew each time: what is in them may have changed."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Stored] = OrderedDict()
        self._under_way: set[str] = set()

    def known(self, attachment: Attachment) -> Stored | None:
        """The platform's copy, or None."""
        return self._known.get(_key(attachment))

    def forget(self, attachment: Attachment) -> None:
        """The platform does not know it any more."""
        self._known.pop(_key(attachment), None)

    def learn(self, attachment: Attachment, kind: Kind, result: object) -> None:
        """Keep the id that the answer to an upload names, where it names one."""
        found = _file_id(kind, result)
        if _key(attachment) and found:
            self._known[_key(attachment)] = Stored(kind, found)
            while len(self._known) > MOST:
                self._known.popitem(last=False)

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
