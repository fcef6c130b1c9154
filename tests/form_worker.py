"""The bot on Telegram, as a process that kills itself at a chosen moment of the next message.

The moment stands in a file, which the process removes before it goes, so that the next one lives on.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from channels.telegram import Telegram
from conversation import Incoming, Outgoing, Raw, Receive, Reply
from engine import Engine
from handlers.apology import apology
from handlers.dispatch import Responder
from knowledge.units import load_ward
from storage import open_store
from storage.patience import Patience
from storage.records import Conversation, Person, Records
from tests.talk import TODAY, knowledge

# In their order: received and committed; handled, not committed; committed, not sent; sent, which nobody knows.
MOMENTS = ("received", "handled", "committed", "sent")

# Read before the process is forked: a start is then a matter of milliseconds.
knowledge()


class Fate:
    """When it is time to go. A moment is meant for what comes in after it was chosen."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.chosen = ""

    def choose(self) -> None:
        """Something comes in: its moment is what stands in the file."""
        self.chosen = self._file.read_text() if self._file.exists() else ""

    def comes(self, moment: str, chosen: str) -> None:
        """Kill this process, if the chosen moment is this one."""
        if moment == chosen:
            self._file.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Telegram):
    """The channel as it is, in a process that may end around every step of it."""

    def __init__(self, token: str, url: str, fate: Fate) -> None:
        super().__init__(token, api_url=url, pace=None, poll=5, first_wait=0.05)
        self._fate = fate

    async def listen(self, receive: Receive) -> None:
        async def and_go(batch: Sequence[Raw]) -> None:
            self._fate.choose()
            await receive(batch)
            self._fate.comes("received", self._fate.chosen)

        await super().listen(and_go)

    async def send(self, outgoing: Outgoing) -> str:
        # What is still being sent from before is not meant.
        chosen = self._fate.chosen
        self._fate.comes("committed", chosen)
        number = await super().send(outgoing)
        self._fate.comes("sent", chosen)
        return number


def run(database: str, url: str, token: str, file: Path, log: Path) -> None:
    """Be the bot until killed."""
    with log.open("ab") as target:
        os.dup2(target.fileno(), 2)
    asyncio.run(_run(database, url, token, Fate(file)))


async def _run(database: str, url: str, token: str, fate: Fate) -> None:
    respond = Responder(knowledge, load_ward(), lambda: TODAY)

    def answer(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        replies = respond(incoming, person, conversation, records)
        fate.comes("handled", fate.chosen)
        return replies

    channel = Mortal(token, url, fate)
    store = open_store(database, dead_after=timedelta(seconds=0.4))
    await store.open(sole=True)
    patience = Patience(beat=0.1, first=0.05)
    await Engine(store, {channel.name: channel}, answer, apology, patience=patience).run()
