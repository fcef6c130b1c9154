"""Questions in, answers received by the server: our bot, every turn committed, against a bare echo bot.

Both are processes of their own on the same Bot API server, which answers at once, then after 50 ms. Each
person's questions are real ones; the notice of first contact is out of the way before the clock starts.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

from bench.figures import Figure
from bench.processes import answering_bot, echo_bot, memory
from tests.questions import QUESTIONS_DIR, load
from tests.telegram_server import TelegramServer

PEOPLE = 200
DELAY = 0.05
# By the server's delay: how many questions ours and the echo get, how many rounds, and the least ratio.
LOADS = {0.0: (1500, 2000, 3, 0.3), DELAY: (1500, 100, 1, 5.0)}
PATIENCE = 180.0

Bot = AbstractContextManager[Popen[bytes]]


def measure() -> Iterator[Figure]:
    """Updates a second at both delays."""
    cases = load(sorted(path.stem for path in QUESTIONS_DIR.glob("dev_*.toml")))
    texts = [case.q for case in cases]
    for delay, (count, echoed, rounds, bar) in LOADS.items():
        pairs = [_round(_cycle(texts, count), _cycle(texts, echoed), delay) for _ in range(rounds)]
        # The round in the middle: in another the machine may have been busy with something else.
        ours, peer = sorted(pairs, key=lambda pair: pair[0] / pair[1])[rounds // 2]
        when = f"server answers after {1000 * delay:.0f} ms" if delay else "server answers at once"
        met = ours >= bar * peer
        yield Figure(f"updates a second, {when}", ours, "/s", peer, "sequential echo bot", f"≥ {bar:g} × the echo", met)


def _round(ours: list[str], echoed: list[str], delay: float) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, TelegramServer() as server:
        rate = _rate(server, answering_bot(server, f"sqlite:///{Path(folder)}/bench.db"), ours, delay)
    with TelegramServer() as server:
        return rate, _rate(server, echo_bot(server), echoed, delay)


def _cycle(texts: list[str], count: int) -> list[str]:
    return [texts[number % len(texts)] for number in range(count)]


def _rate(server: TelegramServer, bot: Bot, texts: list[str], delay: float) -> float:
    """Questions a second from the first one offered to the last one answered."""
    people = [server.person(number) for number in range(1, PEOPLE + 1)]
    for person in people:
        person.says("xin chào")
    with bot as process:
        _wait_for(server, PEOPLE, process)
        settled = _quiet(server)
        server.delay = delay
        wanted = settled + len(texts)
        offered = [people[number % PEOPLE].says(text) for number, text in enumerate(texts)]
        _wait_for(server, wanted, process)
        held = memory(process.pid)
    seconds = server.sent[wanted - 1].at - server.offered[offered[0]]
    print(f"  {len(texts)} updates in {seconds:.1f} s, {held:.0f} MB")
    return len(texts) / seconds


def _wait_for(server: TelegramServer, messages: int, bot: Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not server.wait(lambda: len(server.sent) >= messages, 1.0):
        if bot.poll() is not None:
            raise SystemExit("bench: the bot ended before everything was answered")
        if time.monotonic() > until:
            raise SystemExit(f"bench: {len(server.sent)} of {messages} messages came in {PATIENCE:g} s")


def _quiet(server: TelegramServer) -> int:
    """How many messages had come when no more came."""
    before = -1
    while before != len(server.sent):
        before = len(server.sent)
        server.wait(lambda: False, 1.0)
    return before
