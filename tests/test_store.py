"""One contract for both engines: what is received is handled once, what is to be said is sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Address, Choice, Incoming, Pace, Raw, Reply
from storage import open_store
from storage.database import clean
from storage.handling import TransactionRecords
from storage.history import History
from storage.inbox import MAX_PAYLOAD
from storage.outbox import Settled
from storage.records import Conversation, InUse, Person, Question, StorageError
from storage.store import DEAD_AFTER, Store
from tests.databases import (
    ENGINES,
    HOME,
    Desk,
    Hands,
    database_url,
    echo,
    everything,
    rows,
    say,
    texts,
)
from tests.postgres_server import empty_database
from tests.pretend import Pretend

pytestmark = pytest.mark.anyio


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def store(url: str, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(url, hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


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


# People.


async def test_a_person_is_known_again_with_their_conversation(desk: Desk) -> None:
    seen = []

    def remember(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        seen.append((person, conversation))
        records.save_person(replace(person, unit="tổ 5", name="An"))
        kept = records.save_conversation(replace(conversation, flow="nộp", data={"mục": [1]}))
        assert kept.revision == conversation.revision + 1
        return []

    desk.say = remember
    await desk.receive("pretend", raw("1"), raw("2"), raw("3", chat="bình"))
    await desk.handle()
    (first, new), (again, kept), (other, _) = sorted(
        seen, key=lambda pair: (pair[0].id != seen[0][0].id, pair[1].revision)
    )
    assert new == Conversation(first.id)
    assert again == Person(first.id, unit="tổ 5", name="An")
    assert kept == Conversation(first.id, "nộp", "", {"mục": [1]}, 1)
    assert other == Person(other.id)


async def test_what_is_kept_can_be_shown_and_forgotten(desk: Desk, hands: Hands) -> None:
    shown = []

    def keep(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        if incoming.text == "xóa":
            records.forget(person.id)
            assert records.save_conversation(conversation) == conversation
            return [say("Đã xóa.")]
        chat = incoming.address.chat
        person = records.notice(person, "accepted", "2026-01")
        assert person.notice == "accepted"
        records.save_person(replace(person, name=f"bà {chat}"))
        records.save_conversation(replace(conversation, flow="nộp", data={"số": f"09-{chat}"}))
        shown.append(records.kept(person.id))
        return [say(f"chào {chat}")]

    desk.say = keep
    await desk.receive("pretend", raw("1", chat="chat-của-an"))
    await desk.settle(*(await desk.handle()).claimed)
    await desk.receive("pretend", raw("2", chat="chat-của-an"))
    await desk.settle(*(await desk.handle()).claimed)
    kept = shown[-1]
    assert kept.person.name == "bà chat-của-an"
    assert (kept.notice_at, kept.notice_version) == (hands.now, "2026-01")
    assert [reach.address for reach in kept.addresses] == [Address("pretend", "chat-của-an")]
    assert (kept.flow, kept.messages, kept.waiting, kept.unsent) == ("nộp", {"2026-03": 2}, 1, 0)

    await desk.receive("pretend", raw("3", "xóa", chat="chat-của-an"), raw("4", chat="bình"))
    handled = await desk.handle()
    assert texts(handled.claimed) == ["Đã xóa.", "chào bình"]
    await desk.settle(*handled.claimed)
    left = await everything(desk.store)
    for secret in ("chat-của-an", kept.person.id):
        assert secret not in left
    assert len(await rows(desk.store, "select * from consent")) == 3
    await desk.receive("pretend", raw("1", chat="chat-của-an"))
    assert (await desk.handle()).count == 0


async def test_a_person_is_reached_where_they_were_seen_last(desk: Desk, hands: Hands) -> None:
    people: dict[str, str] = {}
    sent = []

    def tell(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        people[incoming.address.chat] = person.id
        if incoming.text == "nhắn an":
            sent.append(records.queue(people["an"], say("có người nhắn")))
        return []

    desk.say = tell
    await desk.receive("pretend", raw("1"))
    await desk.handle()
    await desk.receive("pretend", raw("2", "nhắn an", chat="bình"))
    await desk.handle()
    [row] = await desk.claim("pretend")
    assert (row.outgoing.chat, texts([row])) == ("an", ["có người nhắn"])
    await desk.settle(row, settled=Settled("failed", "blocked", unreachable=True))
    await desk.receive("pretend", raw("3", "nhắn an", chat="bình"))
    await desk.handle()
    assert sent == [True, False]
    # Who writes can be reached again.
    await desk.receive("pretend", raw("4"), raw("5", "nhắn an", chat="bình"))
    await desk.handle()
    assert sent == [True, False, True]


async def test_the_question_log_names_nobody(desk: Desk) -> None:
    def ask(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        records.log_question(Question("han chot", "kh71.han", "answer", 0.75, "pretend"))
        return []

    desk.say = ask
    await desk.receive("pretend", raw("1"))
    await desk.handle()
    assert await rows(desk.store, "select * from question") == [
        (1, "han chot", "kh71.han", "answer", 0.75, "pretend", "2026-03-01T00:00:00.000000Z")
    ]


# Out.


async def test_a_reply_is_handed_over_with_the_commit_and_blanked_when_sent(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "xin"))
    handled = await desk.handle()
    assert texts(handled.claimed) == ["nghe: xin"]
    assert await desk.claim("pretend") == []
    await desk.settle(*handled.claimed)
    assert await rows(desk.store, "select state, message, body from outbox") == [("sent", "77", "")]
    assert await desk.store.idle("pretend")


async def test_replies_to_one_address_leave_one_after_another(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "một hai ba bốn năm sáu"), raw("2", "bảy"))
    handled = await desk.handle()
    sent = list(handled.claimed)
    left = list(sent)
    while left:
        assert len(left) == 1
        await desk.settle(*left)
        left = await desk.claim("pretend")
        sent += left
    assert "".join(texts(sent)) == "nghe: một hai ba bốn năm sáunghe: bảy"


async def test_order_is_kept_when_a_reply_is_sent_again(desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"), raw("3", "ba", chat="bình"))
    first, other = (await desk.handle()).claimed
    again = Settled("queued", "offline", attempts=1, wait=timedelta(seconds=30))
    await desk.settle(first, settled=again)
    await desk.settle(other)
    hands.pass_by(10)
    assert await desk.claim("pretend") == []
    hands.pass_by(21)
    [row] = await desk.claim("pretend")
    assert (texts([row]), row.attempts) == (["nghe: một"], 1)
    await desk.settle(row)
    assert texts(await desk.claim("pretend")) == ["nghe: hai"]


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_what_did_not_arrive_blocks_nothing(desk: Desk, state: str) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"))
    await desk.settle(*(await desk.handle()).claimed, settled=Settled(state, "vì thế"))
    assert texts(await desk.claim("pretend")) == ["nghe: hai"]
    [trouble] = await desk.store.troubles()
    assert (trouble.direction, trouble.state, trouble.reason) == ("out", state, "vì thế")


async def test_without_room_replies_are_queued(desk: Desk) -> None:
    await desk.receive("pretend", *(raw(str(number), chat=str(number)) for number in range(5)))
    handled = await desk.handle(room=0)
    assert (handled.claimed, handled.queued) == ([], {"pretend"})
    assert len(await desk.claim("pretend", limit=3)) == 3
    assert len(await desk.claim("pretend", limit=3)) == 2


async def test_a_moved_chat_takes_its_person_and_its_rows_along(desk: Desk) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai"))
    [row] = (await desk.handle()).claimed
    await desk.settle(row, settled=Settled("queued", "moved", moved_to="an-mới"))
    [row] = await desk.claim("pretend")
    assert (row.outgoing.chat, texts([row])) == ("an-mới", ["nghe: một"])
    await desk.settle(row)
    assert texts(await desk.claim("pretend")) == ["nghe: hai"]
    assert await rows(desk.store, "select chat from address") == [("an-mới",)]


async def test_a_pressed_choice_is_replaced_in_its_own_message(desk: Desk) -> None:
    desk.say = lambda *_: [Reply(say("xong").text, (Choice("Tiếp", "f:s"),), replaces=True)]
    await desk.receive("pretend", raw("1", choice="f:s:1:0"))
    [row] = (await desk.handle()).claimed
    assert row.outgoing.edits == "m9"


async def test_choices_survive_the_queue(desk: Desk) -> None:
    reply = Reply(say("<chọn>").text, (Choice("Một & hai", "f:s:1"),))
    desk.channels["pretend"] = WholePretend()
    desk.say = lambda *_: [reply]
    await desk.receive("pretend", raw("1"))
    await desk.handle(room=0)
    [row] = await desk.claim("pretend")
    assert row.outgoing.reply == reply


class WholePretend(Pretend):
    def parts(self, reply: Reply) -> Sequence[Reply]:
        return [reply]


async def test_messages_leave_evenly_and_no_faster_than_the_platform_allows(desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(overall=10, per_chat=1))
    await desk.receive("pretend", *(raw(str(number), chat=str(number)) for number in range(30)))
    rows_ = (await desk.handle()).claimed
    begin = hands.now
    while len(rows_) < 30:
        hands.pass_by(0.05)
        rows_ += await desk.claim("pretend")
    starts = sorted(row.start for row in rows_)
    gaps = {later - earlier for earlier, later in pairwise(starts)}
    assert starts[0] == begin
    assert gaps == {timedelta(seconds=0.1)}


async def test_one_chat_is_not_hurried(desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(overall=10, per_chat=1))
    await desk.receive("pretend", raw("1"), raw("2"), raw("3"))
    row = (await desk.handle()).claimed[0]
    starts = [row.start]
    for _ in range(100):
        await desk.settle(row)
        hands.pass_by(0.1)
        for row in await desk.claim("pretend"):
            starts.append(row.start)
    assert len(starts) == 3
    assert all(b - a >= timedelta(seconds=1) for a, b in pairwise(starts))


async def test_a_platform_that_asks_to_wait_is_left_alone(desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(overall=10, per_chat=10))
    await desk.receive("pretend", raw("1"), raw("2", chat="bình"))
    first = (await desk.handle()).claimed[0]
    wait = Settled("queued", "429", attempts=1, wait=timedelta(seconds=7), hold=True)
    await desk.settle(first, settled=wait)
    await desk.receive("pretend", raw("3", chat="chi"))
    assert (await desk.handle()).claimed == []
    hands.pass_by(6)
    assert await desk.claim("pretend") == []
    hands.pass_by(1)
    assert len(await desk.claim("pretend")) >= 2


async def test_what_a_dead_process_was_sending_is_queued_again(url: str, desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1", "một"), raw("2", "hai", chat="bình"))
    mine, other = (await desk.handle()).claimed
    await desk.settle(other)
    alive = open_store(url, hands)
    await alive.open()
    await alive.beat()
    successor = Desk(alive, *desk.channels.values())
    assert await successor.claim("pretend") == []
    hands.pass_by(DEAD_AFTER.total_seconds() + 1)
    await alive.beat()
    [row] = await successor.claim("pretend")
    assert texts([row]) == ["nghe: một"]
    # The one that was thought dead has nothing to say about the row any more.
    await desk.settle(mine, settled=Settled("failed"))
    await successor.settle(row)
    assert await rows(alive, "select state from outbox") == [("sent",), ("sent",)]
    await alive.close()


async def test_whoever_retires_leaves_its_rows_to_others(desk: Desk) -> None:
    await desk.receive("pretend", raw("1"))
    await desk.handle()
    assert await desk.claim("pretend") == []
    await desk.store.retire()
    await desk.store.beat()
    [row] = await desk.claim("pretend")
    await desk.settle(row)
    counts = await desk.store.counts()
    assert (counts.waiting, counts.unsent) == (0, 0)


# The page.


async def test_a_page_shows_both_sides_in_order(desk: Desk, hands: Hands) -> None:
    history = History(desk.store)
    await desk.receive("web", raw("an/1", "a < b"), raw("an/2", "hai"))
    handled = await desk.handle()
    assert handled.claimed == []
    lines = await history.latest("an", 10)
    assert [(line.own, line.reply.text, line.key) for line in lines] == [
        (True, "a &lt; b", "an/1"),
        (False, "nghe: a &lt; b", ""),
        (True, "hai", "an/2"),
        (False, "nghe: hai", ""),
    ]
    positions = [line.position for line in lines]
    assert positions == sorted(set(positions))
    assert positions[-1] < 2**53
    assert await history.lines("an", positions[1], 1) == lines[2:3]
    assert await history.latest("an", 2) == lines[2:]
    assert await history.latest("bình", 2) == []


async def test_what_the_page_shows_is_sent(desk: Desk) -> None:
    history = History(desk.store)
    await desk.receive("web", raw("1"), raw("2"))
    await desk.handle()
    lines = await history.latest("an", 10)
    await history.acknowledge("an", lines[1].position)
    assert (await desk.store.counts()).unsent == 1
    await history.acknowledge("an", lines[-1].position)
    assert (await desk.store.counts()).unsent == 0
    assert await history.latest("an", 10) == lines


async def test_a_page_that_looks_is_seen(desk: Desk, hands: Hands) -> None:
    history = History(desk.store)
    await desk.receive("web", raw("1"))
    await desk.handle()
    hands.pass_by(3600)
    await history.lines("an", 0, 10)
    assert await rows(desk.store, "select seen_at from address") == [("2026-03-01T01:00:00.000000Z",)]


async def test_a_page_is_woken(desk: Desk) -> None:
    history = History(desk.store)
    assert not await history.wait("an", 0, 0.01)
    waiting = asyncio.create_task(history.wait("an", 0, 10))
    await asyncio.sleep(0.05)
    await desk.receive("web", raw("1"))
    history.wake((await desk.handle()).touched)
    async with asyncio.timeout(0.9):
        assert await waiting
    assert await history.wait("an", 0, 0)
    [*_, last] = await history.latest("an", 10)
    assert not await history.wait("an", last.position, 0.01)


async def test_new_lines_stand_after_forgotten_ones(desk: Desk) -> None:
    history = History(desk.store)

    def forget(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        records.forget(person.id)
        return [say("Đã xóa.")]

    await desk.receive("web", raw("1"), raw("2"))
    await desk.handle()
    [*_, last] = await history.latest("an", 10)
    desk.say = forget
    await desk.receive("web", raw("3", "xóa"))
    await desk.handle()
    assert await history.wait("an", last.position, 0)
    [line] = await history.latest("an", 10)
    assert (line.reply, line.position > last.position) == (say("Đã xóa."), True)
    desk.say = echo
    await desk.receive("web", raw("4", "lại"))
    await desk.handle()
    lines = await history.lines("an", line.position, 10)
    assert [str(line.reply.text) for line in lines] == ["lại", "nghe: lại"]


# The database itself.


async def test_an_old_program_refuses_a_newer_database(url: str, store: Store) -> None:
    await store.database.write(lambda transaction: transaction.execute("insert into migration values (9999, '')"))
    other = open_store(url)
    with pytest.raises(StorageError, match=r"migration 9999.* newer version"):
        await other.open()
    await other.close()


async def test_opening_again_keeps_everything(url: str, desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1"))
    other = open_store(url, hands)
    await other.open()
    assert (await other.counts()).waiting == 1
    await other.close()


async def test_a_second_run_on_one_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    first, second = open_store(url), open_store(url)
    await first.open(sole=True)
    with pytest.raises(InUse, match=r"another process is running on .*a\.db"):
        await second.open(sole=True)
    await second.close()
    await first.close()
    third = open_store(url)
    await third.open(sole=True)
    await third.close()


async def test_a_backup_is_a_whole_database(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    await store.open(sole=True)
    await store.receive("pretend", [raw("1")])
    await store.backup(tmp_path / "copies" / "b.db")
    with pytest.raises(StorageError, match="exists already"):
        await store.backup(tmp_path / "copies" / "b.db")
    await store.close()
    copy = open_store(f"sqlite:///{tmp_path / 'copies' / 'b.db'}")
    await copy.open(sole=True)
    assert (await copy.counts()).waiting == 1
    await copy.close()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("không phải cơ sở dữ liệu " * 100)
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(StorageError, match=r"cannot open the database .*a\.db"):
        await store.open(sole=True)
    await store.close()


@pytest.mark.parametrize(
    ("wrong", "read"),
    [
        ("", "''"),
        ("sqlite://", "'sqlite://'"),
        ("sqlite:///", "'sqlite:///'"),
        ("mysql://an:bí-mật@host/db", "'mysql://host/db'"),
    ],
)
async def test_a_wrong_url_is_named(wrong: str, read: str) -> None:
    with pytest.raises(StorageError, match=r"DATABASE_URL: read .*, expected sqlite:///") as caught:
        open_store(wrong)
    assert read in str(caught.value)
    assert "bí-mật" not in str(caught.value)


async def test_a_lost_connection_is_made_again() -> None:
    url = empty_database()
    store = open_store(url)
    await store.open()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    for _ in range(20):
        try:
            await store.receive("pretend", [raw("1")])
        except StorageError:
            continue
    assert (await store.counts()).waiting == 1
    await store.close()


async def test_a_server_that_is_away_is_one_sentence() -> None:
    store = open_store("postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(StorageError, match=r"^PostgreSQL: .*") as caught:
        await store.open()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    await store.close()


async def test_several_processes_keep_the_order_of_a_chat() -> None:
    url = empty_database()
    stores = [open_store(url) for _ in range(2)]
    for store in stores:
        await store.open()
        await store.beat()
    heard: list[tuple[str, int]] = []

    def listen(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        heard.append((incoming.address.chat, int(incoming.text)))
        count = conversation.data.get("count", 0)
        assert isinstance(count, int)
        records.save_conversation(replace(conversation, data={"count": count + 1}))
        return []

    batch = [raw(str(n), str(n), chat=f"c{n % 7}") for n in range(140)]
    await stores[0].receive("pretend", batch)
    await asyncio.gather(*(Desk(store, Pretend(), say=listen).handle() for store in stores for _ in range(3)))
    assert len(heard) == 140
    for chat in range(7):
        numbers = [number for name, number in heard if name == f"c{chat}"]
        assert numbers == sorted(numbers)
    kept = await rows(stores[0], "select data from conversation")
    assert kept == [('{"count": 20}',)] * 7
    for store in stores:
        await store.close()
