"""A photo that went to many is not uploaded once more after a restart, on both engines and over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from markupsafe import Markup

from channels.telegram import Telegram
from channels.telegram_uploads import Keeper, Uploads
from conversation import SHARED, Attachment, IncomingFile, NotSent, Outgoing, PaperFile, Reply
from storage.copies import Copies
from storage.database import Transaction
from storage.kept_files import TransactionFiles
from storage.records import StorageError
from storage.store import Store
from tests.crowd import NOON
from tests.databases import rows
from tests.pictures import PNG, png
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.anyio

ID = "0" * 32
PHOTO = Attachment(SHARED, {"id": ID})
MESSAGE = Outgoing("1", "7", Reply(Markup("Mai mất điện"), attachments=(PHOTO,)))
WITH_BYTES = replace(MESSAGE, files=(PaperFile("lich.png", PNG, png(30, 20)),))


async def keep(store: Store, id: str = ID, at: datetime = NOON) -> None:
    """Staff have sent a photo."""
    file = IncomingFile("ref", "lich.png", PNG, 100, id=id, sha256="ab")
    await store.database.write(lambda transaction: TransactionFiles(transaction, at).keep(file, "staff"))


@asynccontextmanager
async def process(server: TelegramServer, keeper: Keeper) -> AsyncIterator[Telegram]:
    """The channel as a process that has just been started has it."""
    uploads = Uploads(keeper)
    await uploads.load()
    server.person(7)
    channel = Telegram(server.token, api_url=server.url, pace=None, uploads=uploads)
    yield channel
    await channel.close()


def drop(transaction: Transaction) -> None:
    TransactionFiles(transaction, NOON).drop(ID)


async def test_a_new_process_knows_what_was_uploaded(store: Store) -> None:
    await keep(store)
    copies = Copies(store, Telegram.name)
    with TelegramServer() as server:
        for message in (WITH_BYTES, MESSAGE, MESSAGE):
            async with process(server, copies) as channel:
                assert channel.holds(PHOTO) == (message is MESSAGE)
                await channel.send(message)
        assert [bool(call.parameters.get("photo")) for call in server.called("sendPhoto")] == [False, True, True]
        assert [sent.text for sent in server.sent_to(7)] == ["Mai mất điện"] * 3
        assert all(sent.file and sent.file.content == png(30, 20) for sent in server.sent_to(7))


async def test_what_the_platform_lost_is_forgotten_for_good(store: Store) -> None:
    await keep(store)
    copies = Copies(store, Telegram.name)
    with TelegramServer() as server:
        async with process(server, copies) as channel:
            await channel.send(WITH_BYTES)
            server.forget_files()
            with pytest.raises(NotSent):
                await channel.send(MESSAGE)
        assert await copies.newest(10) == {}
        async with process(server, copies) as channel:
            assert not channel.holds(PHOTO)
            await channel.send(WITH_BYTES)
        assert list(await copies.newest(10)) == [ID]


async def test_copies_go_with_their_file(store: Store) -> None:
    copies = Copies(store, Telegram.name)
    await copies.save(ID, "photo/x")
    assert await copies.newest(10) == {}
    await keep(store)
    await copies.save(ID, "photo/x")
    await Copies(store, "zalo").save(ID, "y")
    assert (await copies.newest(10), await Copies(store, "zalo").newest(10)) == ({ID: "photo/x"}, {ID: "y"})
    await copies.save(ID, "")
    assert (await copies.newest(10), await Copies(store, "zalo").newest(10)) == ({}, {ID: "y"})
    await store.database.write(drop)
    assert await rows(store, "select copies from file") == []


async def test_only_the_newest_are_known(store: Store) -> None:
    for number in range(5):
        await keep(store, f"{number:032}", NOON.replace(minute=number))
        await Copies(store, "telegram").save(f"{number:032}", f"photo/{number}")
    assert list((await Copies(store, "telegram").newest(2)).values()) == ["photo/4", "photo/3"]


class Away:
    """A database that is away once the process runs."""

    async def newest(self, most: int) -> Mapping[str, str]:
        """Nothing yet."""
        return {}

    async def save(self, file: str, copy: str) -> None:
        """It cannot be written."""
        raise StorageError("PostgreSQL: the server is away")


async def test_a_message_that_arrived_stays_sent_where_nothing_can_be_kept() -> None:
    with TelegramServer() as server:
        async with process(server, Away()) as channel:
            await channel.send(WITH_BYTES)
            assert channel.holds(PHOTO)
        assert len(server.sent_to(7)) == 1
