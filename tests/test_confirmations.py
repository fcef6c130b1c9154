"""Confirming an announcement: once, what was seen, by whoever may."""

import asyncio
from dataclasses import replace

import pytest

from storage import open_store
from storage.announcements import (
    NobodyReached,
    TooLong,
)
from tests.crowd import Crowd, chats, sent
from tests.databases import Desk, Hands, say

pytestmark = pytest.mark.anyio


async def test_pressing_twice_sends_once(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an", "bình")
    drafted = await crowd.draft()
    first = await crowd.do(lambda news: news.confirm(drafted.id, drafted.revision, "staff"))
    again = await crowd.do(lambda news: news.confirm(drafted.id, drafted.revision, "staff"))
    assert first is not None
    assert (first.state, first.revision, again) == ("filling", 1, None)
    await crowd.fill()
    assert chats(await sent(desk, hands)) == ["an", "bình"]


async def test_two_who_confirm_at_once_send_once(crowd: Crowd, url: str, hands: Hands) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    other = open_store(url, hands)
    await other.open()
    both = (crowd, Crowd(other, crowd.channels))
    confirmed = await asyncio.gather(
        *(one.do(lambda news: news.confirm(drafted.id, drafted.revision, "staff")) for one in both)
    )
    await other.close()
    assert sorted(one is None for one in confirmed) == [False, True]


async def test_what_was_changed_since_is_not_sent(crowd: Crowd) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    changed = await crowd.do(lambda news: news.save(replace(drafted, kind="important", topic="nước sạch")))
    assert changed is not None
    assert (changed.kind, changed.topic, changed.revision) == ("important", "nước sạch", 1)
    assert await crowd.do(lambda news: news.confirm(drafted.id, drafted.revision, "staff")) is None
    assert await crowd.do(lambda news: news.save(drafted)) is None
    confirmed = await crowd.confirm(changed)
    assert await crowd.do(lambda news: news.save(confirmed)) is None


async def test_an_audience_of_nobody_is_refused(crowd: Crowd) -> None:
    await crowd.add("an", unreachable="blocked")
    drafted = await crowd.draft()
    with pytest.raises(NobodyReached):
        await crowd.confirm(drafted)
    found = await crowd.do(lambda news: news.get(drafted.code.lower()))
    assert found is not None
    assert found.state == "draft"


async def test_more_than_one_message_is_refused(crowd: Crowd) -> None:
    await crowd.add("an")
    with pytest.raises(TooLong, match="pretend"):
        await crowd.confirm(await crowd.draft(body=say("x" * 201)))


async def test_a_second_person_approves(crowd: Crowd) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    waiting = await crowd.do(lambda news: news.propose(drafted.id, drafted.revision, "staff"))
    assert waiting is not None
    assert waiting.state == "waiting"
    assert await crowd.do(lambda news: news.propose(drafted.id, drafted.revision, "staff")) is None
    approved = await crowd.do(lambda news: news.confirm(waiting.id, waiting.revision, "chief"))
    assert approved is not None
    assert (approved.by, approved.approved_by) == ("staff", "chief")
    events = await crowd.registry(lambda registry: registry.audit.of("announcement", drafted.id))
    assert [(event.action, event.by) for event in events] == [
        ("drafted", "staff"),
        ("proposed", "staff"),
        ("confirmed", "chief"),
    ]


async def test_changing_what_waits_needs_another_approval(crowd: Crowd) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    waiting = await crowd.do(lambda news: news.propose(drafted.id, drafted.revision, "staff"))
    assert waiting is not None
    changed = await crowd.do(lambda news: news.save(replace(waiting, body=say("họp chi bộ"))))
    assert changed is not None
    assert (changed.state, changed.body) == ("draft", say("họp chi bộ"))
    assert await crowd.do(lambda news: news.confirm(waiting.id, waiting.revision, "chief")) is None
