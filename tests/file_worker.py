"""A bot to be killed: it keeps every photo that it is sent, and says back what it kept.

python -m tests.file_worker DATABASE_URL FOLDER API_URL TOKEN
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from markupsafe import Markup

from channels.telegram import Telegram
from conversation import CLOCK, Incoming, Reply
from engine import Engine
from handlers import enclosures
from storage import open_store
from storage.files import Files
from storage.patience import Patience
from storage.records import Conversation, FilesWanted, Person, Records


def keep(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
    if incoming.address.channel == CLOCK or not incoming.files:
        return []
    [file] = incoming.files
    if not (file.id or file.problem):
        raise FilesWanted
    if file.problem:
        return [Reply(Markup.escape(f"{incoming.text}: {file.problem}"))]
    records.files.keep(file, person.id)
    return [Reply(Markup.escape(f"{incoming.text}: {file.sha256}"))]


async def main(url: str, folder: str, api_url: str, token: str) -> None:
    store = open_store(url, dead_after=timedelta(seconds=1.5))
    await store.open(sole=True)
    channel = Telegram(token, api_url=api_url, pace=None, poll=1, first_wait=0.05)
    files = Files(store, Path(folder), enclosures)
    engine = Engine(
        store,
        {channel.name: channel},
        keep,
        lambda person: Reply(Markup("xin lỗi")),
        patience=Patience(look=0.2, beat=0.3, first=0.05),
        depot=files.depot,
    )
    await engine.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
