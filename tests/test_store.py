"""One contract for both engines: what is received is handled once, what is to be said is sent."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Incoming, Raw, Reply
from storage import open_store
from storage.database import clean
from storage.handling import TransactionRecords
from storage.history import History
from storage.inbox import MAX_PAYLOAD
from storage.records import Conversation, Person, Question
from storage.store import Store
from tests.databases import (
    ENGINES,
    HOME,
    Desk,
    Hands,
    database_url,
    everything,
    rows,
    say,
    texts,
)
from tests.pretend import Pretend

pytestmark = pytest.mark.anyio


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(store, Pretend(part=20), Pretend("web", pulls=True))


def raw(key: str, text: str = "chào", chat: str = "an", choice: str = "") -> Raw:
    return Raw(key, chat, json.dumps({"text": text, "choice": choice, "message": "m9"}))


# In.


async def test_an_event_offered_twice_is_handled_once(desk: Desk) -> None:
    await desk.receive("pretend", raw("1"), raw("1"))
    await desk.receive("pretend", raw("1"))
    assert (await desk.handle()).count == 1
    await desk.receive("pretend", raw("1"))
    assert (await desk.handle()).count == 0


async def test_the_same_key_on_another_channel_is_another_event(desk: Desk) -> None:
    await desk.receive("pretend", raw("1"))
    await desk.receive("web", raw("1"))
    assert (await desk.handle()).count == 2


async def test_a_handled_body_is_blanked_and_its_key_stays(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "bí mật"))
    await desk.handle()
    assert await rows(desk.store, "select key, payload, state from inbox") == [("1", "", "done")]


async def test_nothing_is_sent_about_what_concerns_nobody(desk: Desk) -> None:
    await desk.receive("pretend", Raw("1", "an", "null"))
    assert (await desk.handle()).claimed == []
    assert await rows(desk.store, "select state from inbox") == [("done",)]


async def test_a_failing_handler_leaves_nothing_behind(desk: Desk) -> None:
    def fail(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        records.save_conversation(replace(conversation, flow="nộp"))
        records.queue(HOME, say("nửa chừng"))
        raise LookupError("bí mật")

    desk.say = fail
    await desk.receive("pretend", raw("1"))
    handled = await desk.handle()
    assert [failure.attempts for failure in handled.failures] == [1]
    assert await rows(desk.store, "select * from conversation") == []
    assert await rows(desk.store, "select * from outbox") == []
    assert "bí mật" not in await everything(desk.store)


async def test_after_three_attempts_there_is_one_apology(desk: Desk, hands: Hands) -> None:
    def fail(*_: object) -> Sequence[Reply]:
        raise LookupError

    desk.say = fail
    await desk.receive("pretend", raw("1"), raw("2"))
    claimed = []
    for _ in range(10):
        handled = await desk.handle()
        claimed += handled.claimed
        await desk.settle(*handled.claimed)
        hands.pass_by(5)
    assert texts(claimed) == ["xin lỗi", "xin lỗi"]
    assert await rows(desk.store, "select state, attempts, reason from inbox") == [("failed", 3, "LookupError")] * 2
    assert [(trouble.direction, trouble.key) for trouble in await desk.store.troubles()] == [
        ("in", "1"),
        ("in", "2"),
    ]


async def test_later_messages_wait_for_the_one_that_is_tried_again(desk: Desk, hands: Hands) -> None:
    heard = []
    broken = True

    def once_broken(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        if incoming.text == "một" and broken:
            raise LookupError
        heard.append((incoming.address.chat, incoming.text))
        return []

    desk.say = once_broken
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"), raw("3", "ba", chat="bình"))
    await desk.handle()
    assert heard == [("bình", "ba")]
    broken = False
    hands.pass_by(5)
    await desk.handle()
    assert heard[1:] == [("an", "một"), ("an", "hai")]


async def test_what_is_too_long_is_refused_with_its_key(desk: Desk) -> None:
    await desk.receive("pretend", Raw("1", "an", "x" * (MAX_PAYLOAD + 1)), raw("2"))
    assert (await desk.handle()).count == 1
    [trouble] = await desk.store.troubles()
    assert (trouble.key, trouble.state) == ("1", "failed")


async def test_keys_that_are_too_long_stay_different(desk: Desk) -> None:
    await desk.receive("pretend", raw("k" * 5000 + "1"), raw("k" * 5000 + "2"))
    assert (await desk.handle()).count == 2


async def test_events_of_a_channel_that_is_switched_off_stand_in_no_way(desk: Desk) -> None:
    await desk.receive("zalo", raw("1"))
    await desk.receive("pretend", raw("2"))
    assert (await desk.handle()).count == 1


ODD = st.text(st.characters(codec=None), max_size=50)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts_=st.lists(st.tuples(ODD, ODD), min_size=1, max_size=5))
def test_any_text_is_kept_without_what_a_database_refuses(
    engine: str, tmp_path_factory: pytest.TempPathFactory, texts_: list[tuple[str, str]]
) -> None:
    async def scenario() -> None:
        store = open_store(_kept_url(engine, tmp_path_factory))
        await store.open()
        desk = Desk(store, Pretend("web", pulls=True), say=keep_all)
        history = History(store)
        seen = len(await history.latest("an", 10_000))
        for number, (key, text) in enumerate(texts_):
            await desk.receive("web", raw(f"{seen}/{number}{key}", text))
        handled = await desk.handle()
        assert handled.failures == []
        lines = (await history.latest("an", 10_000))[seen:]
        said = [str(line.reply.text) for line in lines if not line.own]
        assert said == [str(say(clean(text)).text) for _, text in texts_]
        await store.close()

    asyncio.run(scenario())


_KEPT: dict[str, str] = {}


def _kept_url(engine: str, factory: pytest.TempPathFactory) -> str:
    if engine not in _KEPT:
        _KEPT[engine] = database_url(engine, factory.mktemp("odd"))
    return _KEPT[engine]


def keep_all(
    incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
) -> Sequence[Reply]:
    text = incoming.text
    records.save_person(replace(person, name=text, unit=text, locality=text, language=text))
    records.save_conversation(replace(conversation, flow="f", data={text: [text, {"a": text}]}))
    records.log_question(Question(text, "", "none", 0.5, "web"))
    return [say(text)]
