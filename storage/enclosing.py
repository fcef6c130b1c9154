"""From the attachments of a reply to the files that a channel sends, or the links that stand for them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from markupsafe import Markup, escape

from conversation import SHARED, Attachment, Channel, NoFile, Offer, Outgoing, PaperFile
from storage.offers import Offers, shared_place
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
        items = outgoing.reply.attachments
        # What is only edited keeps the file that it has.
        if outgoing.only_edits or all(channel.carries_files and channel.holds(item) for item in items):
            return outgoing
        made = await asyncio.gather(*[self._made(item) for item in items])
        files = [file for file in made if isinstance(file, PaperFile)]
        if channel.carries_files and len(files) == len(made):
            return replace(outgoing, files=tuple(files))
        language = await self._language(channel.name, outgoing.chat)
        carried = tuple(files) if channel.carries_files else ()
        told = [(item, one) for item, one in zip(items, made, strict=True) if one not in carried]
        said = [await self._said(item, one, language) for item, one in told]
        text = _GAP.join([part for part in (outgoing.reply.text, *dict.fromkeys(said)) if part])
        return replace(outgoing, reply=replace(outgoing.reply, text=text), files=carried)

    async def _made(self, item: Attachment) -> PaperFile | str:
        """The file, or why there is none: a sentence, empty where something failed."""
        try:
            file = await self._offers.made(item)
        except NoFile as error:
            return str(error)
        return file if file and len(file.content) <= MOST_BYTES else ""

    async def _said(self, item: Attachment, one: PaperFile | str, language: str) -> Markup:
        """What stands for a file: a link, or why there is none."""
        if isinstance(one, str):
            return escape(one) if one else self._words.not_made(language)
        if self._link is None:
            log.warning("PUBLIC_URL: not set, expected the https:// address at which people fetch files")
            return self._words.not_made(language)
        offer = await self._offered(item, one)
        if offer is None:
            return self._words.not_made(language)
        return self._words.by_link(language, offer.name, offer.size, self._link(offer.key))

    async def _offered(self, item: Attachment, file: PaperFile) -> Offer | None:
        # What is said to many lies there once.
        if item.kind == SHARED:
            return await self._offers.offer(shared_place(item), item)
        return await self._offers.put(file)

    async def _language(self, channel: str, chat: str) -> str:
        rows = await self._store.database.read(
            lambda transaction: transaction.execute(_LANGUAGE, channel=channel, chat=chat)
        )
        return str(rows[0][0]) if rows else ""
