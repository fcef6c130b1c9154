"""Processes killed while people ask: every question is answered, in order, and few are twice."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from engine import SENDERS
from tests.bot_process import BotProcess
from tests.postgres_server import empty_database
from tests.telegram_people import Sent
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


class Bots:
    """Processes on one database that come back whenever they are killed."""

    def __init__(self, server: TelegramServer, url: str, roles: list[str], log: Path) -> None:
        self._server = server
        self._url = url
        self._log = log
        self._running = {role: self._start(role) for role in roles}
        self.kills: list[float] = []

    def kill(self, role: str) -> None:
        process = self._running[role]
        assert process.poll() is None, self._log.read_text()
        process.kill()
        process.wait()
        self.kills.append(time.monotonic())
        self._running[role] = self._start(role)

    def interrupt(self, role: str) -> None:
        self._running[role].send_signal(signal.SIGINT)
        self._running[role].wait(10)

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        words = [self._url, self._server.url, self._server.token, role]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.kill_worker", *words],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )


@contextmanager
def bots(server: TelegramServer, url: str, roles: list[str], log: Path) -> Iterator[Bots]:
    running = Bots(server, url, roles, log)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def asking(server: TelegramServer, people: int, questions: int, seconds: float) -> Iterator[None]:
    """People who ask in turn, evenly over a time."""

    def ask() -> None:
        for question in range(questions):
            server.person(1 + question % people).says(f"câu {question}")
            time.sleep(seconds / questions)

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    thread.join()


def check(server: TelegramServer, people: int, questions: int, kills: list[float]) -> int:
    """Every question answered in order; returns how many answers came twice, all at a kill."""
    doubled = 0
    for person in range(1, people + 1):
        arrived: dict[str, list[float]] = defaultdict(list)
        for sent in server.sent_to(person):
            arrived[sent.text].append(sent.at)
        asked = range(person - 1, questions, people)
        wanted = [f"{count}: câu {question}" for count, question in enumerate(asked, 1)]
        assert list(arrived) == wanted
        # Nothing else came between an answer and its double.
        texts = [sent.text for sent in server.sent_to(person)]
        assert sorted(texts, key=wanted.index) == texts
        for first, *again in arrived.values():
            doubled += len(again)
            for second in again:
                assert any(first < kill + 0.1 and kill - 2 < first < second for kill in kills)
    return doubled


def test_kills_of_the_real_bot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2,000 questions from 200 people, 20 kills at random moments, at the pace that Telegram allows."""
    people, rounds, kills = 200, len(CRITERIA), 20
    with TelegramServer() as server:
        server.delay = 0.05
        for number in range(people + 1):
            server.person(1 + number)
        times: list[float] = []
        with BotProcess(tmp_path, server) as bot:
            wanted = calm(server, people + 1)
            with asking_all(server, people, seconds=75):
                for _ in range(kills):
                    time.sleep(random.uniform(1.5, 5.5))
                    bot.kill()
                    times.append(time.monotonic())
                    bot.start()
            server.wait(lambda: all(_has(server, person, rounds) for person in range(1, people + 1)), 90)
            # A double would come now.
            time.sleep(2)
            doubled = sum(same(answers(server, person), wanted, times) for person in range(1, people + 1))
            for unwanted in (server.token, "Traceback", "given up"):
                assert unwanted not in bot.log, bot.log[-3000:]
    assert doubled <= kills * SENDERS
    with capsys.disabled():
        print(f" {people * rounds} questions, {kills} kills: none lost, {doubled} doubled ", end="")


# What everybody asks, in this order: each has an answer of its own, whatever was asked before.
CRITERIA = ("1.1", "2.2", "2.6", "3.1", "3.5", "3.11", "3.15", "3.20", "4.1", "5.3")


def calm(server: TelegramServer, number: int) -> list[str]:
    """What one person hears who asks when nothing is killed: different answers, in their order."""
    person = server.person(number)
    for place, criterion in enumerate(CRITERIA, 1):
        person.says(f"tiêu chí {criterion} nói gì")
        assert server.wait(partial(_has, server, number, place), 15)
    wanted = [sent.text for sent in answers(server, number)]
    assert len(set(wanted)) == len(CRITERIA)
    return wanted


def answers(server: TelegramServer, number: int) -> list[Sent]:
    """The bot's answers to a person, without the notice that comes once."""
    return [sent for sent in server.sent_to(number) if "Nguồn: " in sent.text]


def _has(server: TelegramServer, number: int, count: int) -> bool:
    return len(answers(server, number)) >= count


@contextmanager
def asking_all(server: TelegramServer, people: int, seconds: float) -> Iterator[None]:
    """Everybody asks for all criteria in turn, evenly over a time."""

    def ask() -> None:
        for criterion in CRITERIA:
            for number in range(1, people + 1):
                server.person(number).says(f"tiêu chí {criterion} nói gì")
                time.sleep(seconds / people / len(CRITERIA))

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    thread.join()


def same(heard: list[Sent], wanted: list[str], kills: list[float]) -> int:
    """Every answer came, in order; returns how many came twice, each of them around a kill."""
    texts = [sent.text for sent in heard]
    assert list(dict.fromkeys(texts)) == wanted
    assert sorted(texts, key=wanted.index) == texts
    doubled = 0
    for before, after in pairwise(heard):
        if before.text == after.text:
            doubled += 1
            assert any(before.at < kill + 0.1 and kill < after.at for kill in kills)
    return doubled


def test_kills_on_postgres(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two processes on one database, one of them killed at a time."""
    people, questions, kills = 50, 600, 6
    with TelegramServer() as server:
        server.delay = 0.02
        for person in range(1, people + 1):
            server.person(person)
        roles = ["listen", "help"]
        with bots(server, empty_database(), roles, tmp_path / "log") as running:
            with asking(server, people, questions, seconds=kills * 0.8):
                for _ in range(kills):
                    time.sleep(random.uniform(0.5, 1.2))
                    running.kill(random.choice(roles))
            _wait_for_all(server, questions)
        doubled = check(server, people, questions, running.kills)
        _no_secret(server, tmp_path / "log")
    assert doubled <= kills * SENDERS
    with capsys.disabled():
        print(f" {questions} questions, {kills} kills: none lost, {doubled} doubled ", end="")


def test_a_stopped_bot_leaves_in_order(tmp_path: Path) -> None:
    """Where there are signals, SIGINT ends it with what was being sent settled."""
    if sys.platform == "win32":
        pytest.skip("Windows has no SIGINT for another process")
    with TelegramServer() as server:
        server.delay = 0.3
        person = server.person(1)
        url, log = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "log"
        with bots(server, url, ["listen"], log) as running:
            person.says("câu")
            assert server.wait(lambda: server.called("sendMessage"))
            running.interrupt("listen")
        with bots(server, url, ["listen"], log):
            person.says("câu khác")
            assert server.wait(lambda: len(person.received) == 2)
    assert [sent.text for sent in person.received] == ["1: câu", "2: câu khác"]


def _wait_for_all(server: TelegramServer, questions: int) -> None:
    server.wait(lambda: len({(sent.chat, sent.text) for sent in server.sent}) >= questions, 60)
    # A double would come now.
    time.sleep(2)


def _no_secret(server: TelegramServer, log: Path) -> None:
    text = ""
    with suppress(FileNotFoundError):
        text = log.read_text()
    assert server.token not in text
    assert "Traceback" not in text, text[-3000:]
    assert "given up" not in text, text[-3000:]
