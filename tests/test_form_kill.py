"""Kill -9 at every step of the self-assessment: what was answered stays, and is not asked again."""

import asyncio
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import docx
import pytest

from papers.documents import document
from papers.paper import Filled, Paper
from storage import open_store
from storage.registry import Registry, UnitRow
from storage.store import Store
from tests.databases import database_url
from tests.form_process import PATIENT, Bot
from tests.form_worker import MOMENTS
from tests.leader import next_words
from tests.talk import Talk, knowledge, labels, plain
from tests.telegram_people import Person
from tests.telegram_server import TelegramServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="forks processes from one that has read the documents"),
]

FORM = "tp-tu-danh-gia"


@dataclass(frozen=True)
class Step:
    """What the leader does, and what the bot says to it."""

    does: str
    says: tuple[str, ...]


def visible(text: str) -> str:
    """A message as it is compared: the code of the submission is another in each database."""
    return re.sub(r"BN-\w+", "BN-…", " ".join(text.split()))


def cast(chats: Sequence[str]) -> dict[str, Any]:
    """A tổ for each leader, and a round for all."""
    return {
        "units": [{"code": unit_of(chat), "name": "Tổ thử", "kind": "tổ dân phố"} for chat in chats],
        "roles": {chat: f"leader:{unit_of(chat)}" for chat in chats},
        "names": dict.fromkeys(chats, "Trần Thị Lan"),
        "rounds": [{"form": FORM, "units": [unit_of(chat) for chat in chats]}],
    }


def unit_of(chat: str) -> str:
    """The code of a leader's unit."""
    return f"thu-{chat.rpartition('/')[2]}"


@dataclass(frozen=True)
class Calm:
    """The same conversation where nothing is killed, and what the ward then has."""

    steps: tuple[Step, ...]
    answers: Mapping[str, object]


async def _calm(folder: Path, presses: bool) -> Calm:
    store = await opened(f"sqlite:///{folder / f'calm-{presses}.db'}")
    talk = Talk(store)
    await talk.cast(cast(["an"]))
    does, steps = "biểu mẫu", list[Step]()
    while does:
        press = {"kind": "choice", "choice": talk.value(does), "message": "1"} if presses and steps else {}
        replies = await talk.send(**(press or {"text": does}))
        steps.append(Step(does, tuple(visible(plain([reply])) for reply in replies)))
        does = next((words for reply in replies if (words := next_words(labels([reply]), presses=presses))), "")
    calm = Calm(tuple(steps), (await handed_in(store, ["an"]))["an"])
    await store.close()
    return calm


async def opened(url: str) -> Store:
    store = open_store(url)
    await store.open(sole=True)
    await store.beat()
    return store


async def handed_in(store: Store, chats: Sequence[str]) -> dict[str, Mapping[str, object]]:
    """By leader, what was sent: once, and nothing else than what stands in the answers."""

    def look(registry: Registry) -> dict[str, Mapping[str, object]]:
        found = {}
        for chat in chats:
            [submission] = registry.submissions.of_unit(unit_of(chat))
            [snapshot] = registry.submissions.snapshots(submission.id)
            answers = registry.submissions.answers(submission.id)
            assert submission.state == "submitted"
            assert snapshot.answers == {path: answer.value for path, answer in answers.items()}
            found[chat] = snapshot.answers
        return found

    return await store.registry_read(look)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, Calm]:
    folder = tmp_path_factory.mktemp("calm")
    return {presses: asyncio.run(_calm(folder, presses)) for presses in (False, True)}


class Witness:
    """Looks into the database beside the bot."""

    def __init__(self, url: str, people: Sequence[Person]) -> None:
        self._people = people
        self._runner = asyncio.Runner()
        self._store = open_store(url)

    def __enter__(self) -> Self:
        self._runner.run(self._store.open())
        self._runner.run(Talk(self._store).cast(cast([f"telegram/{person.id}" for person in self._people])))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._store.close())
        self._runner.close()

    def idle(self) -> bool:
        """Whether all that came in is handled, and known to be sent."""
        return self._runner.run(self._store.idle("telegram"))

    def handed_in(self) -> list[Mapping[str, object]]:
        """What each has sent."""
        chats = [f"telegram/{person.id}" for person in self._people]
        return list(self._runner.run(handed_in(self._store, chats)).values())


def lives_through(bot: Bot, witness: Witness, person: Person, steps: Sequence[Step], moments: Sequence[str]) -> None:
    """One kill in each step; only a message that was being sent comes twice."""
    for place, (step, moment) in enumerate(zip(steps, moments, strict=True)):
        before = len(person.received)
        bot.fate.write_text(moment)
        if place and step.does in person.received[-1].buttons:
            person.presses(step.does)
        else:
            person.says(step.does)
        bot.dies()
        until = time.monotonic() + PATIENT
        while len(set(news(person, before))) < len(step.says) or not witness.idle():
            assert time.monotonic() < until, (place, moment, bot.log.read_text())
            time.sleep(0.005)
        # Whatever else comes would stand among the next step's messages.
        said = news(person, before)
        assert tuple(dict.fromkeys(said)) == step.says, (place, moment)
        assert len(said) - len(step.says) <= (moment == "sent"), (place, moment, said)


def news(person: Person, before: int) -> list[str]:
    """What was said since then."""
    return [visible(sent.text) for sent in person.received[before:]]


def stays_quiet(server: TelegramServer) -> None:
    """Nothing more is said: a double would come now."""
    sent = len(server.sent)
    assert not server.wait(lambda: len(server.sent) > sent, 1.0)


def printed(answers: Mapping[str, object]) -> list[tuple[str, str]]:
    """The columns Có and Không of every numbered row of the paper."""
    paper = Paper(knowledge().library.forms[FORM], "phường", (Filled(UnitRow("a", "Tổ thử", "tổ dân phố"), answers),))
    [table] = [t for t in docx.Document(BytesIO(document(paper).content)).tables if len(t.columns) == 4]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    return [(row[2], row[3]) for row in rows if re.fullmatch(r"[\d.]+", row[0])]


def test_a_kill_at_every_step_and_every_moment(calm: Mapping[bool, Calm], tmp_path: Path) -> None:
    """By typing; as many leaders as moments, so that every step is cut off at each of them."""
    steps, url = calm[False].steps, database_url("sqlite", tmp_path)
    with TelegramServer() as server:
        people = [server.person(number) for number in range(1, 1 + len(MOMENTS))]
        with Witness(url, people) as witness, Bot(url, server, tmp_path) as bot:
            for place, person in enumerate(people):
                lives_through(bot, witness, person, steps, list(islice(cycle(MOMENTS), place, place + len(steps))))
            stays_quiet(server)
            assert witness.handed_in() == [calm[False].answers] * len(people)


def test_a_kill_at_every_press(calm: Mapping[bool, Calm], tmp_path: Path) -> None:
    """One criterion a press: 46 of them, besides opening the form and sending it."""
    steps, url = calm[True].steps, database_url("sqlite", tmp_path)
    assert len(steps) > len(calm[True].answers) == 46
    with TelegramServer() as server:
        person = server.person(1)
        with Witness(url, [person]) as witness, Bot(url, server, tmp_path) as bot:
            lives_through(bot, witness, person, steps, random.choices(MOMENTS, k=len(steps)))
            stays_quiet(server)
            [answers] = witness.handed_in()
    assert answers == calm[True].answers
    # Blank: two rows for a bản, and the headings of the five standards.
    assert Counter(printed(answers)) == {("x", ""): 43, ("", "x"): 3, ("", ""): 2 + 5}


def test_a_kill_at_every_step_on_postgres(calm: Mapping[bool, Calm], tmp_path: Path) -> None:
    steps, url = calm[False].steps, database_url("postgres", tmp_path)
    with TelegramServer() as server:
        person = server.person(1)
        with Witness(url, [person]) as witness, Bot(url, server, tmp_path) as bot:
            lives_through(bot, witness, person, steps, list(islice(cycle(MOMENTS), len(steps))))
            stays_quiet(server)
            assert witness.handed_in() == [calm[False].answers]


def test_kills_while_several_leaders_answer(calm: Mapping[bool, Calm], tmp_path: Path) -> None:
    """At random moments; everybody goes on with what the bot asked last, and answers nothing twice."""
    url, kills = database_url("sqlite", tmp_path), 15
    with TelegramServer() as server:
        server.delay = 0.02
        people = [server.person(number) for number in range(1, 7)]
        answered = {person.id: set[str]() for person in people}
        with Witness(url, people) as witness, Bot(url, server, tmp_path) as bot:
            for person in people:
                person.says("biểu mẫu")
            due = time.monotonic()
            until = due + 3 * PATIENT
            while not all(any("Đã gửi" in text for text in news(person, 0)) for person in people):
                assert time.monotonic() < until, bot.log.read_text()
                for person in people:
                    _go_on(person, answered[person.id])
                if len(bot.deaths) < kills and time.monotonic() > due:
                    due = time.monotonic() + random.uniform(0.05, 0.6)
                    bot.kill()
                    bot.start()
                time.sleep(0.01)
            # A double would come now.
            time.sleep(1)
            assert witness.handed_in() == [calm[False].answers] * len(people)
        said = [news(person, 0) for person in people]
    wanted = [text for step in calm[False].steps for text in step.says]
    for texts in said:
        assert list(dict.fromkeys(texts)) == wanted
    assert sum(map(len, said)) - len(people) * len(wanted) <= kills * len(people)


def _go_on(person: Person, answered: set[str]) -> None:
    """Answer what was asked and is not answered yet."""
    for sent in person.received:
        words = next_words(list(sent.buttons), presses=False)
        if words and sent.text not in answered:
            answered.add(sent.text)
            person.says(words)
