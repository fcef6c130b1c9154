"""What a platform calls its copy of a file that is kept, so that a file is uploaded once, also after a restart."""

import json
from collections.abc import Mapping

from storage.database import Transaction
from storage.store import Store

_NEWEST = "select id, copies from file where copies <> '' order by at desc, id limit :most"
_OF = "select copies from file where id = :id /* for update */"
_SAVE = "update file set copies = :copies where id = :id"


class Copies:
    """Of one channel. They go with their file; of a file that is not kept none is. Raises `StorageError`."""

    def __init__(self, store: Store, channel: str) -> None:
        self._store, self._channel = store, channel

    async def newest(self, most: int) -> Mapping[str, str]:
        """By the id of a file what the platform calls its copy; of so many files, the newest first."""
        rows = await self._store.database.read(lambda transaction: transaction.execute(_NEWEST, most=most))
        known = {str(id): json.loads(copies) for id, copies in rows}
        return {id: str(copies[self._channel]) for id, copies in known.items() if self._channel in copies}

    async def save(self, file: str, copy: str) -> None:
        """Keep what the platform calls its copy, or with an empty one that it has none."""

        def work(transaction: Transaction) -> None:
            for [found] in transaction.execute(_OF, id=file):
                copies = {**json.loads(found or "{}"), self._channel: copy}
                left = {channel: one for channel, one in copies.items() if one}
                transaction.execute(_SAVE, id=file, copies=json.dumps(left) if left else "")

        await self._store.database.write(work)
