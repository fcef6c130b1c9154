"""People who chat with the bot while something else goes on, and how long each of their answers takes."""

import math
import threading
import time
from itertools import cycle

from tests.questions import QUESTIONS_DIR, load
from tests.telegram_people import Sent
from tests.telegram_server import TelegramServer

PEOPLE = 20
# Seconds from one question of a person to their next.
EVERY = 4.0
# An answer that has not come by then counts as so late.
PATIENCE = 30.0


class Chatting:
    """The first people of a server ask in turn, evenly, from the moment they are greeted until the block ends."""

    def __init__(self, server: TelegramServer, announced: str, people: int = PEOPLE, every: float = EVERY) -> None:
        self._server = server
        self._announced = announced
        self._people = [server.person(number) for number in range(1, people + 1)]
        self._pause = every / people
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        # When each question was asked, and by whom.
        self._asked: list[tuple[int, float]] = []

    def __enter__(self) -> "Chatting":
        for person in self._people:
            person.says("xin chào")
        self._server.wait(lambda: all(person.received for person in self._people), PATIENCE)
        # Everybody has been told what is told once.
        time.sleep(2)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def seconds(self, begin: float = 0.0, end: float = math.inf) -> list[float]:
        """How long each answer took that was asked for between two moments; the last ones may still be on their way."""
        end = min(end, self._asked[-1][1] - PATIENCE / 10)
        return [self._waited(chat, at) for chat, at in self._asked if begin <= at < end]

    def _ask(self) -> None:
        texts = cycle(case.q for case in load(sorted(path.stem for path in QUESTIONS_DIR.glob("dev_*.toml"))))
        for person in cycle(self._people):
            update = person.says(next(texts))
            self._asked.append((person.id, self._server.offered[update]))
            if self._ended.wait(self._pause):
                return

    def _waited(self, chat: int, at: float) -> float:
        answer = self._answer(chat, at)
        return answer.at - at if answer else PATIENCE

    def _answer(self, chat: int, at: float) -> Sent | None:
        return next(
            (sent for sent in self._server.sent_to(chat) if sent.at > at and sent.text != self._announced), None
        )
