"""Our bot, as a rule without its pace: the platform's limits would be measured instead of the bot.

python -m bench.answering DATABASE_URL API_URL TOKEN [MESSAGES_A_SECOND [help]]

`help`: another process listens.
"""

import asyncio
import signal
import sys
from datetime import date

from channels.telegram import PACE, Telegram
from conversation import Pace, Reply
from engine import Engine
from handlers.contact import short_card
from handlers.dispatch import Responder
from handlers.translation import Translator
from knowledge.understanding import Knowledge
from knowledge.units import load_ward
from storage import open_store
from storage.records import Person
from tests.kill_worker import Helper


async def main(url: str, api_url: str, token: str, pace: str = "0", role: str = "listen") -> None:
    """Answer until interrupted."""
    knowledge, _ = Knowledge.load()
    ward = load_ward()
    store = open_store(url)
    await store.open(sole=True)
    limit = Pace(float(pace), PACE.per_chat) if float(pace) else None
    channel = (Telegram if role == "listen" else Helper)(token, api_url=api_url, pace=limit)

    def apology(person: Person) -> Reply:
        return Reply(short_card(Translator(person.language), ward))

    today = date(2026, 11, 21)
    engine = Engine(store, {channel.name: channel}, Responder(lambda: knowledge, ward, lambda: today), apology)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, engine.stop)
    await engine.run()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
