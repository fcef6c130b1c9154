"""A bot that sends announcements, to be killed; to what people write it says the same again.

python -m tests.news_worker DATABASE_URL API_URL TOKEN PACE (listen | help)

PACE: messages a second, 0 for no limit. `help` sends without receiving, as a second process on one PostgreSQL does.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from channels.clock import Clock
from channels.telegram import Telegram
from conversation import CLOCK, Channel, Incoming, Pace, Reply
from engine import Engine
from storage import open_store, recipients
from storage.patience import Patience
from storage.records import Conversation, Person, Records
from storage.store import utc_now
from tests.kill_worker import Helper

# Small pages, so that rows are still written when it is killed.
PAGE = 10


def echo(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
    return [] if incoming.address.channel == CLOCK else [Reply(Markup.escape(f"nghe: {incoming.text}"))]


async def main(url: str, api_url: str, token: str, pace: str, role: str) -> None:
    recipients.BATCH = PAGE
    store = open_store(url, dead_after=timedelta(seconds=1.5))
    await store.open(sole=True)
    limit = Pace(float(pace), 1.0) if float(pace) else None
    kind = Telegram if role == "listen" else Helper
    channel = kind(token, api_url=api_url, pace=limit, poll=1, first_wait=0.05)
    channels: dict[str, Channel] = {channel.name: channel, CLOCK: Clock(utc_now)}
    patience = Patience(look=0.1, beat=0.3, first=0.05)
    await Engine(store, channels, echo, lambda person: Reply(Markup("xin lỗi")), patience=patience).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
