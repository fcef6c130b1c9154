"""Fetching the files that a flow takes: between the two attempts at handling their message.

A message whose files are wanted waits with `fetching` above 0. Whoever fetches holds it by a lease; after a kill it
is fetched again, under the same ids. Only when the bytes are on the disk does the message go on.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from conversation import MAX_FILE_BYTES, Channel, FetchError, IncomingFile, PaperFile, Raw, ReadOut
from storage import kept_files
from storage.database import Transaction, Value, listed, stamp
from storage.depot import Depot, new_id
from storage.errors import brief
from storage.file_kinds import UnfitFile, cleaned, named
from storage.inbox import read_files, write_files
from storage.patience import Patience
from storage.store import Store

log = logging.getLogger(__name__)

# How long one attempt may take, and how long nobody else begins one.
FETCH_SECONDS = 60.0
LEASE = timedelta(seconds=90)
# After so many the person is asked to send it again: their later messages wait all the while.
MAX_TRIES = 4
LONGEST_WAIT = 30.0
_AT_ONCE = 100
# Characters of what was read; a form of the ward that is full has a tenth of it.
MAX_READING = 1_000_000

_ANY = "select (select 1 from inbox where fetching > 0 limit 1), (select 1 from discarded limit 1)"
# `|| ''`: as in the inbox, by the small index of what is fetched.
_NEXT = """
select position, channel, key, chat, payload, files, fetching from inbox
where fetching > 0 and state = 'waiting' and due_at <= :now and channel || '' in ({channels})
order by position limit 1 /* for update skip locked */
"""
_LEASE = "update inbox set fetching = fetching + 1, due_at = :until, files = :files where position = :position"
_OURS = "where position = :position and fetching = :turn"
_AGAIN = f"update inbox set due_at = :due {_OURS}"  # noqa: S608 -- only words of this file
_FETCHED = f"update inbox set fetching = 0, due_at = :now, files = :files {_OURS} returning position"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Errand:
    """The files of one message, to be fetched now."""

    position: int
    channel: str
    files: tuple[IncomingFile, ...]
    # Grows with every attempt, so that whoever lost the lease writes nothing.
    turn: int

    @property
    def tries(self) -> int:
        """How often it was tried, this time counted in."""
        return self.turn - 1


class Fetching:
    """Fetches for some channels into a depot; without a depot nothing can be had. `read` reads what was fetched."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        depot: Depot | None,
        patience: Patience,
        read: ReadOut | None = None,
    ) -> None:
        self._store, self._channels, self._depot, self._patience = store, channels, depot, patience
        self._read = read

    async def take(self) -> Errand | None:
        """A message whose files are to be fetched now, held for this process; deletes what was let go of."""
        [[wanted, discarded]] = await self._store.database.read(lambda transaction: transaction.execute(_ANY))
        if discarded:
            await self._tidy()
        return await self._store.database.write(self._take) if wanted else None

    async def carry_out(self, errand: Errand) -> None:
        """Fetch the files of a message, or say why they do not come. Raises `StorageError`."""
        channel = self._channels[errand.channel]
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                files = tuple([await self._fetched(channel, file) for file in errand.files])
        except FetchError as error:
            await self._failed(errand, str(error), error.retry_after)
        except Exception as error:
            await self._failed(errand, brief(error), None)
        else:
            await self._arrived(errand, files)

    async def _tidy(self) -> None:
        ids = await self._store.database.read(lambda transaction: kept_files.discarded(transaction, _AT_ONCE))
        if self._depot:
            for id in ids:
                await self._depot.delete(id)
        await self._store.database.write(lambda transaction: kept_files.deleted(transaction, ids))

    def _take(self, transaction: Transaction) -> Errand | None:
        now = self._store.clock()
        names, values = listed("c", list(self._channels))
        for position, channel, key, chat, payload, files, fetching in transaction.execute(
            _NEXT.format(channels=names), now=stamp(now), **values
        ):
            begun = read_files(files) or self._named(channel, Raw(key, chat, payload))
            until = stamp(now + LEASE)
            transaction.execute(_LEASE, position=position, until=until, files=write_files(begun))
            return Errand(position, channel, begun, fetching + 1)
        return None

    def _named(self, channel: str, raw: Raw) -> tuple[IncomingFile, ...]:
        incoming = self._channels[channel].translate(raw)
        # The ids are written before anything lies under them: what a kill leaves is known.
        return tuple(replace(file, id=new_id()) for file in incoming.files) if incoming else ()

    async def _fetched(self, channel: Channel, file: IncomingFile) -> IncomingFile:
        """The file with its bytes in the depot, or why it was not taken. Raises what is worth another try."""
        if self._depot is None or file.size > MAX_FILE_BYTES:
            return replace(file, problem="size" if self._depot else "gone")
        try:
            content = await channel.fetch(file)
        except FetchError as error:
            if not error.problem:
                raise
            log.info("%s: a file was not had: %s", channel.name, error)
            return replace(file, problem=error.problem)
        if len(content) > MAX_FILE_BYTES:
            return replace(file, problem="size")
        try:
            media_type, content = await asyncio.to_thread(cleaned, content)
        except UnfitFile:
            return replace(file, problem="kind")
        await self._depot.save(file.id, content)
        digest = sha256(content).hexdigest()
        name = named(file.name, media_type)
        known = replace(file, name=name, media_type=media_type, size=len(content), sha256=digest)
        return replace(known, reading=await self._read_out(PaperFile(name, media_type, content)))

    async def _read_out(self, file: PaperFile) -> str:
        """What stands in a file; nothing where it cannot be read, which is no reason not to keep it."""
        if self._read is None:
            return ""
        try:
            reading = await self._read(file)
        except Exception as error:
            log.warning("a file of type %s was not read: %s", file.media_type, brief(error))
            return ""
        return reading if len(reading) <= MAX_READING else ""

    async def _failed(self, errand: Errand, reason: str, retry_after: float | None) -> None:
        log.warning("%s: files of in-%d: %s, attempt %d", errand.channel, errand.position, reason, errand.tries)
        if errand.tries >= MAX_TRIES:
            await self._arrived(errand, tuple(replace(file, problem="gone") for file in errand.files))
            return
        wait = min(self._patience.after(errand.tries - 1) if retry_after is None else retry_after, LONGEST_WAIT)
        due = stamp(self._store.clock() + timedelta(seconds=wait))
        await self._store.database.write(
            lambda transaction: transaction.execute(_AGAIN, due=due, position=errand.position, turn=errand.turn)
        )

    async def _arrived(self, errand: Errand, files: tuple[IncomingFile, ...]) -> None:
        known = [replace(file, id="") if file.problem else file for file in files]
        now = stamp(self._store.clock())

        def work(transaction: Transaction) -> None:
            values: dict[str, Value] = {"position": errand.position, "turn": errand.turn, "now": now}
            if transaction.execute(_FETCHED, files=write_files(known), **values):
                kept_files.discard(transaction, [file.id for file in files if file.problem])

        await self._store.database.write(work)
