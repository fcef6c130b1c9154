"""What people want to receive, and what is kept of those who go or are joined."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conversation import Incoming, Reply
from storage.announcements import (
    FORGOTTEN,
    UNSUBSCRIBED,
    Audience,
    Kind,
    Level,
)
from storage.handling import TransactionRecords
from storage.records import Conversation, Person
from tests.crowd import ALL, TODAY, Crowd, chats, sent
from tests.databases import Desk, Hands, rows, say, texts
from tests.test_store import raw

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("all", "normal important urgent"),
        ("important", "important urgent"),
        ("urgent", "urgent"),
        ("none", ""),
    ],
)
async def test_people_get_what_they_chose(crowd: Crowd, level: Level, kinds: str) -> None:
    await crowd.add("an")
    await crowd.do(lambda news: news.subscribe("an", level))
    everything: tuple[Kind, ...] = ("normal", "important", "urgent")
    for kind in everything:
        counted = await crowd.do(lambda news, kind=kind: news.count(ALL, kind))  # type: ignore[misc]
        assert counted.total == (kind in kinds.split())
        assert counted.unreachable == ({} if counted.total else {UNSUBSCRIBED: 1})


async def test_a_topic_has_a_choice_of_its_own(crowd: Crowd) -> None:
    await crowd.add("an")
    await crowd.do(lambda news: news.subscribe("an", "urgent"))
    await crowd.do(lambda news: news.subscribe("an", "all", "nước sạch"))
    await crowd.do(lambda news: news.subscribe("an", "important", "nước sạch"))
    assert await crowd.do(lambda news: news.subscriptions("an")) == {"": "urgent", "nước sạch": "important"}
    assert (await crowd.do(lambda news: news.count(ALL, "important", "nước sạch"))).total == 1
    assert (await crowd.do(lambda news: news.count(ALL, "important", "họp"))).total == 0


async def test_leaving_stops_what_was_not_sent_yet(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    id, urgent = await crowd.send(), await crowd.send(kind="urgent", body=say("bão"))
    await crowd.do(lambda news: news.subscribe("a", "urgent"))
    assert await crowd.ledger(id) == {"a": ("failed", UNSUBSCRIBED), "b": ("queued", "")}
    await sent(desk, hands)
    await crowd.do(lambda news: news.subscribe("b", "none"))
    assert [state for state, _ in (await crowd.ledger(urgent)).values()] == ["sent", "sent"]
    assert (await crowd.ledger(id))["b"] == ("sent", "")
    # Who does not want it is nobody to call or visit.
    assert await crowd.do(lambda news: news.missing(id)) == []


async def test_leaving_a_topic_stops_that_topic(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a")
    drafted = await crowd.draft()
    about_water = await crowd.do(lambda news: news.save(replace(drafted, topic="nước sạch")))
    assert about_water is not None
    await crowd.confirm(about_water)
    await crowd.fill()
    await crowd.do(lambda news: news.subscribe("a", "none", "họp"))
    assert await crowd.ledger(drafted.id) == {"a": ("queued", "")}
    await crowd.do(lambda news: news.subscribe("a", "none", "nước sạch"))
    assert await crowd.ledger(drafted.id) == {"a": ("failed", UNSUBSCRIBED)}


async def test_leaving_does_not_stop_a_correction(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a")
    id = await crowd.send()
    await sent(desk, hands)
    correction = await crowd.do(lambda news: news.correction(id, say("mai"), "staff"))
    await crowd.confirm(correction)
    await crowd.fill()
    await crowd.do(lambda news: news.subscribe("a", "none"))
    assert texts(await sent(desk, hands)) == ["mai"]


async def test_of_who_is_forgotten_the_ledger_keeps_no_name(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an", "ba")
    sent_one = await crowd.send()
    await sent(desk, hands)
    await crowd.do(lambda news: news.mark_read(sent_one, "an"))
    waiting = await crowd.send()
    await crowd.do(lambda news: news.subscribe("an", "all"))
    await crowd.add("bà", channel="web")
    await crowd.send(Audience(TODAY, channels=("web",)))

    def forget(
        incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        assert records.kept(person.id).announcements == (2 if person.id == "an" else 1)
        records.forget(person.id)
        return []

    desk.say = forget
    await desk.receive("pretend", raw("1", chat="an"))
    await desk.receive("web", raw("1", chat="bà"))
    assert (await desk.handle()).failures == []
    offered = await rows(crowd.store, "select state, reason, body from outbox where channel = 'web'")
    assert [tuple(row) for row in offered] == [("failed", FORGOTTEN, "")]
    left = await rows(
        crowd.store,
        "select announcement, person, state, reason, chat from outbox where person is null and channel <> 'web'",
    )
    assert sorted(tuple(row) for row in left) == sorted(
        [(sent_one, None, "sent", "", ""), (waiting, None, "failed", FORGOTTEN, "")]
    )
    assert await rows(crowd.store, "select * from subscription") == []
    assert (await crowd.do(lambda news: news.reads(sent_one)))["to-1"] == (1, 2)
    assert chats(await sent(desk, hands)) == ["ba"]


async def test_what_waits_for_an_address_that_is_gone_is_sent_to_nobody(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    """It was split off from the person whose row it is before it was forgotten."""
    await crowd.add("a", "b")
    id = await crowd.send()
    await crowd.registry(lambda registry: registry.roles.leave("pretend", "a"))
    delete = "delete from address where chat = 'a'"
    await crowd.store.database.write(lambda transaction: transaction.execute(delete))
    assert chats(await sent(desk, hands)) == ["b"]
    assert await crowd.ledger(id) == {"a": ("failed", FORGOTTEN), "b": ("sent", "")}


async def test_people_who_are_joined_have_one_row(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    await crowd.add("c", unreachable="blocked")
    id = await crowd.send()
    await crowd.do(lambda news: news.subscribe("b", "urgent", "họp"))
    await crowd.registry(lambda registry: registry.roles.join("b", "a"))
    await crowd.registry(lambda registry: registry.roles.join("c", "a"))
    people = await rows(crowd.store, "select person from outbox order by chat")
    assert [row[0] for row in people] == ["a", None]
    assert await crowd.do(lambda news: news.subscriptions("a")) == {"họp": "urgent"}
    assert len(await sent(desk, hands)) == 2
    assert await crowd.do(lambda news: news.mark_read(id, "a"))
