"""A bot to be killed: it numbers what each person says, and says it back with the number.

    python -m tests.kill_worker DATABASE_URL API_URL TOKEN (listen | help)

`help` handles and sends without receiving, as a second process on one PostgreSQL does.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup

from channels.telegram import Telegram
from conversation import CLOCK, Incoming, Receive, Reply
from engine import Engine
from storage import open_store
from storage.patience import Patience
from storage.records import Conversation, Person, Records


class Helper(Telegram):
    """The same channel, where another process listens."""

    async def listen(self, receive: Receive) -> None:
        await asyncio.Event().wait()


def number(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
    if incoming.address.channel == CLOCK:
        return []
    count = conversation.revision + 1
    records.save_conversation(replace(conversation, flow="count"))
    return [Reply(Markup.escape(f"{count}: {incoming.text}"))]


async def main(url: str, api_url: str, token: str, role: str) -> None:
    store = open_store(url, dead_after=timedelta(seconds=1.5))
    await store.open(sole=True)
    kind = Telegram if role == "listen" else Helper
    channel = kind(token, api_url=api_url, pace=None, poll=1, first_wait=0.05)
    engine = Engine(
        store,
        {channel.name: channel},
        number,
        lambda person: Reply(Markup("xin lỗi")),
        patience=Patience(beat=0.3, first=0.05),
    )
    await engine.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
