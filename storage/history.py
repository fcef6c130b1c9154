"""Conversations as a web page shows them: what the bot said, and what the person wrote."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta

from markupsafe import escape

from conversation import Address, Line, Reply
from storage import outbox
from storage.bodies import unpack
from storage.database import Row, Transaction, Value, stamp
from storage.store import Store

# Other processes cannot wake us; this often we look for what they wrote.
_LOOK_SECONDS = 1.0
# Being seen is written down no more often than this.
_SEEN_EVERY = timedelta(seconds=30)

_BOTH = """
select * from (
    select position, 0 as own, coalesce((
        select p.name from post p where p.channel = :channel and p.chat = :chat and p.outbox = outbox.id), '') as key,
    body, created_at, 0 as changed from outbox
    where channel = :channel and chat = :chat and body <> '' and position > :after and {by_chat}
    order by position {direction} limit :limit) said
union all
select * from (
    select position, 1 as own, key, body, at, 0 from line
    where channel = :channel and chat = :chat and position > :after
    order by position {direction} limit :limit) written
"""
_UP, _DOWN = (_BOTH.format(direction=direction, by_chat=outbox.BY_CHAT) for direction in ("asc", "desc"))
# What a page shows already and what has another text since then.
_CHANGED = """
select * from (
    select position, 0 as own, '' as key, body, created_at, changed from outbox
    where channel = :channel and chat = :chat and body <> '' and position <= :after
    and changed > :after and changed > 0
    order by changed limit :limit) other
"""
_LINES = f"""
select * from ({_UP} union all {_CHANGED}) lines
order by case when changed > 0 then changed else position end limit :limit
"""
_LATEST = f"select * from ({_DOWN}) lines order by position desc limit :limit"
_NEWER = "select last from address where channel = :channel and chat = :chat and last > :after"
# The address of somebody who was forgotten is gone, what they were told about it is not.
_NEWER_ROW = f"""
select 1 from outbox where channel = :channel and chat = :chat and position > :after and body <> ''
and {outbox.BY_CHAT} limit 1
"""
_SEEN = """
update address set seen_at = :now
where channel = :channel and chat = :chat and seen_at < :before
"""
_STALE = """
select 1 from address where channel = :channel and chat = :chat and seen_at < :before
"""


class History:
    """`WebHistory` of one channel. The engine tells it which addresses got new lines."""

    def __init__(self, store: Store, channel: str = "web") -> None:
        self._store = store
        self._channel = channel
        self._waiting: dict[str, set[asyncio.Event]] = {}

    async def lines(self, chat: str, after: int, limit: int) -> Sequence[Line]:
        """Lines that are new or changed after a position, in that order; marks the page as seen."""

        def read(transaction: Transaction) -> tuple[list[Row], bool]:
            rows = transaction.execute(_LINES, channel=self._channel, chat=chat, after=after, limit=limit)
            return rows, self._stale(transaction, chat)

        rows, stale = await self._store.database.read(read)
        if stale:
            await self._seen(chat)
        return [_line(row) for row in rows]

    async def latest(self, chat: str, limit: int) -> Sequence[Line]:
        """The newest lines, oldest first."""
        rows = await self._store.database.read(
            lambda transaction: transaction.execute(_LATEST, channel=self._channel, chat=chat, after=-1, limit=limit)
        )
        return [_line(row) for row in reversed(rows)]

    async def acknowledge(self, chat: str, position: int) -> None:
        """The page shows everything up to this position: those rows are sent."""
        address = Address(self._channel, chat)
        await self._store.database.write(lambda transaction: outbox.acknowledge(transaction, address, position))

    async def wait(self, chat: str, after: int, seconds: float) -> bool:
        """Wait until a line after this position may exist; False after that many seconds."""
        news = asyncio.Event()
        self._waiting.setdefault(chat, set()).add(news)
        try:
            return await self._wait(news, chat, after, seconds)
        finally:
            self._waiting[chat].discard(news)
            if not self._waiting[chat]:
                del self._waiting[chat]

    def wake(self, addresses: Collection[Address]) -> None:
        """These addresses have new lines."""
        for address in addresses:
            if address.channel == self._channel:
                for news in self._waiting.get(address.chat, ()):
                    news.set()

    async def _wait(self, news: asyncio.Event, chat: str, after: int, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        # Looked for after asking to be woken, so that nothing falls between.
        while not await self._newer(chat, after):
            left = until - loop.time()
            if left <= 0:
                return False
            look = min(left, _LOOK_SECONDS) if self._store.database.shared else left
            try:
                await asyncio.wait_for(news.wait(), look)
            except TimeoutError:
                continue
            news.clear()
        return True

    async def _newer(self, chat: str, after: int) -> bool:
        def read(transaction: Transaction) -> bool:
            values: dict[str, Value] = {"channel": self._channel, "chat": chat, "after": after}
            return bool(transaction.execute(_NEWER, **values) or transaction.execute(_NEWER_ROW, **values))

        return await self._store.database.read(read)

    def _stale(self, transaction: Transaction, chat: str) -> bool:
        before = stamp(self._store.clock() - _SEEN_EVERY)
        return bool(transaction.execute(_STALE, channel=self._channel, chat=chat, before=before))

    async def _seen(self, chat: str) -> None:
        now = self._store.clock()
        await self._store.database.write(
            lambda transaction: transaction.execute(
                _SEEN,
                channel=self._channel,
                chat=chat,
                now=stamp(now),
                before=stamp(now - _SEEN_EVERY),
            )
        )


def _line(row: Row) -> Line:
    position, own, key, body, at, changed = row
    reply = Reply(escape(body)) if own else unpack(body)
    return Line(position, bool(own), reply, at, key, changed)
