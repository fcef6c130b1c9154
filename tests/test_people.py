"""People in the database: known again, shown, forgotten, reached where they were seen last."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conversation import Address, Incoming, Reply
from storage.handling import TransactionRecords
from storage.outbox import Settled
from storage.records import Conversation, Person, Question
from tests.databases import (
    Desk,
    Hands,
    everything,
    rows,
    say,
    texts,
)
from tests.test_store import desk, hands, raw

__all__ = ["desk", "hands"]

pytestmark = pytest.mark.anyio


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
