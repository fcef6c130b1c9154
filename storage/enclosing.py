"""From the attachments of a reply to the files that a channel sends, or the links that stand for them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from markupsafe import Markup

from conversation import Channel, Outgoing, PaperFile
from storage.offers import Offers
from storage.store import Store

log = logging.getLogger(__name__)

# https://core.telegram.org/bots/api#senddocument; no platform we know of takes more.
MOST_BYTES = 50_000_000
_GAP = Markup("\n\n")
_LANGUAGE = """
select p.language from address a join person p on p.id = a.person
where a.channel = :channel and a.chat = :chat
"""


class Words(Protocol):
    """What is said beside files, in a language as a BCP 47 tag."""

    def not_made(self, language: str) -> Markup:
        """Where a file could not be made."""

    def by_link(self, language: str, name: str, size: int, url: str) -> Markup:
        """Where a link stands for a file of so many bytes."""


class Enclosing:
    """Makes the files of one reply at a time, outside of any transaction.

    `link` gives the address of a key on the shelf; None where people cannot reach the web server.
    """

    def __init__(self, store: Store, offers: Offers, words: Words, link: Callable[[str], str] | None) -> None:
        self._store, self._offers = store, offers
        self._words, self._link = words, link

    async def __call__(self, channel: Channel, outgoing: Outgoing) -> Outgoing:
        """The message with its files; what has none gets a sentence instead. Raises `StorageError`."""
        if not outgoing.reply.attachments:
            return outgoing
        made = await asyncio.gather(*[self._offers.made(item) for item in outgoing.reply.attachments])
        files = [file for file in made if file and len(file.content) <= MOST_BYTES]
        missing = len(files) < len(made)
        if channel.carries_files and not missing:
            return replace(outgoing, files=tuple(files))
        language = await self._language(channel.name, outgoing.chat)
        said: list[Markup] = []
        if not channel.carries_files:
            links = [await self._linked(file, language) for file in files]
            said, missing = [text for text in links if text], missing or None in links
        said += [self._words.not_made(language)] if missing else []
        text = _GAP.join([part for part in (outgoing.reply.text, *said) if part])
        kept = tuple(files) if channel.carries_files else ()
        return replace(outgoing, reply=replace(outgoing.reply, text=text), files=kept)

    async def _linked(self, file: PaperFile, language: str) -> Markup | None:
        if self._link is None:
            log.warning("PUBLIC_URL: not set, expected the https:// address at which people fetch files")
            return None
        offer = await self._offers.put(file)
        if offer is None:
            return None
        return self._words.by_link(language, offer.name, offer.size, self._link(offer.key))

    async def _language(self, channel: str, chat: str) -> str:
        rows = await self._store.database.read(
            lambda transaction: transaction.execute(_LANGUAGE, channel=channel, chat=chat)
        )
        return str(rows[0][0]) if rows else ""
