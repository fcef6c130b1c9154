"""Announcements once more to who did not get them, and put right for who did."""

from dataclasses import replace

import pytest

from conversation import Address, Choice, Reply
from storage.announcements import (
    NobodyReached,
)
from storage.history import History
from storage.outbox import Settled
from tests.crowd import Crowd, chats, sent
from tests.databases import Desk, Hands, say, texts
from tests.pretend import Pretend

pytestmark = pytest.mark.anyio


async def _mixed(crowd: Crowd, desk: Desk) -> str:
    """An announcement that a has, b has not, nobody knows of c, and d could not be addressed."""
    await crowd.add("a", "b", "c")
    await crowd.add("d", unreachable="blocked")
    drafted = await crowd.draft()
    body = Reply(drafted.body.text, (Choice("Đã đọc", f"tb:read:{drafted.id}"),))
    saved = await crowd.do(lambda news: news.save(replace(drafted, body=body)))
    assert saved is not None
    id = (await crowd.confirm(saved)).id
    await crowd.fill()
    ends = {"a": Settled("sent", message="m1"), "b": Settled("failed", "refused"), "c": Settled("unknown", "timeout")}
    for row in await desk.claim("pretend"):
        await desk.store.settle(row, ends[row.outgoing.chat])
    await crowd.fill()
    return id


async def test_again_goes_to_those_known_not_to_have_it(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    id = await _mixed(crowd, desk)
    await crowd.also_at("d", "web", "d-web")
    again = await crowd.do(lambda news: news.again_to_unreached(id, "staff"))
    assert (again.state, again.repeats) == ("draft", id)
    assert again.body.choices == (Choice("Đã đọc", f"tb:read:{again.id}"),)
    await crowd.confirm(again)
    hands.pass_by(1)
    assert await crowd.fill() == {Address("web", "d-web")}
    assert chats(await sent(desk, hands)) == ["b"]
    # What it reached is not repeated any more, from whichever of the two it is asked for.
    for first in (id, again.id):
        third = await crowd.do(lambda news, first=first: news.again_to_unreached(first, "staff"))  # type: ignore[misc]
        with pytest.raises(NobodyReached):
            await crowd.confirm(third)


async def test_every_repetition_counts(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("b")
    first = id = await crowd.send()
    await sent(desk, hands, Settled("failed", "refused"))
    for end in (Settled("failed", "refused"), Settled("sent")):
        again = await crowd.do(lambda news, id=id: news.again_to_unreached(id, "staff"))  # type: ignore[misc]
        id = (await crowd.confirm(again)).id
        await crowd.fill()
        assert chats(await sent(desk, hands, end)) == ["b"]
    again = await crowd.do(lambda news: news.again_to_unreached(first, "staff"))
    with pytest.raises(NobodyReached):
        await crowd.confirm(again)


async def test_a_correction_goes_to_exactly_those_who_got_it(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    id = await _mixed(crowd, desk)
    hands.pass_by(2)
    again = await crowd.do(lambda news: news.again_to_unreached(id, "staff"))
    await crowd.confirm(again)
    await crowd.fill()
    assert chats(await sent(desk, hands)) == ["b"]
    await crowd.do(lambda news: news.subscribe("a", "none"))
    await crowd.add("e")
    correction = await crowd.do(lambda news: news.correction(id, say("họp ngày mai"), "staff", say("đã đính chính")))
    assert (correction.corrects, correction.kind) == (id, "normal")
    await crowd.confirm(correction)
    await crowd.fill()
    said = [(row.outgoing.chat, str(row.outgoing.reply.text)) for row in await sent(desk, hands)]
    assert sorted(said) == [
        ("a", "họp ngày mai"),
        ("a", "đã đính chính"),
        ("b", "họp ngày mai"),
        ("b", "đã đính chính"),
    ]
    assert (await crowd.do(lambda news: news.progress(correction.id))).total == 2


async def test_the_corrected_message_is_marked_where_that_is_possible(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    zalo = desk.channels["zalo"] = Pretend("zalo")
    crowd.channels = desk.channels
    await crowd.add("a")
    await crowd.add("z", channel="zalo")
    id = await crowd.send()
    await sent(desk, hands)
    await desk.settle(*(await crowd.store.claim(zalo, 16)).rows)
    correction = await crowd.do(lambda news: news.correction(id, say("mai"), "staff", say("đã đính chính")))
    await crowd.confirm(correction)
    await crowd.fill()
    outgoing = {str(row.outgoing.reply.text): row.outgoing for row in await sent(desk, hands)}
    assert (outgoing["đã đính chính"].edits, outgoing["đã đính chính"].only_edits) == ("m-a", True)
    assert (outgoing["mai"].edits, outgoing["mai"].only_edits) == ("", False)
    assert texts((await crowd.store.claim(zalo, 16)).rows) == ["mai"]
    assert [one.id for one in await crowd.do(lambda news: news.recent())] == [correction.id, id]


async def test_on_a_page_the_corrected_line_is_marked_where_it_stands(crowd: Crowd) -> None:
    history = History(crowd.store)
    for chat in ("an", "binh"):
        await crowd.add(chat, channel="web")
    id = await crowd.send(body=say("họp"))
    await crowd.fill()
    [line] = await history.latest("an", 10)
    await history.acknowledge("an", line.position)
    await crowd.fill()
    correction = await crowd.do(lambda news: news.correction(id, say("mai"), "staff", say("đã đính chính")))
    await crowd.confirm(correction)
    assert await crowd.fill() == {Address("web", chat) for chat in ("an", "binh")}
    assert [str(line.reply.text) for line in await history.latest("an", 10)] == ["đã đính chính", "mai"]
    # A page that is open, or was away for a while, hears of both, once.
    news = await history.lines("an", line.position, 10)
    assert {str(one.reply.text): one.position for one in news if one.changed} == {"đã đính chính": line.position}
    assert [str(one.reply.text) for one in news if not one.changed] == ["mai"]
    places = [one.changed or one.position for one in news]
    assert places == sorted(set(places))
    assert await history.lines("an", places[-1], 10) == []
    # Who has not opened it yet never reads what was wrong.
    assert [str(line.reply.text) for line in await history.latest("binh", 10)] == ["mai"]


async def test_what_is_not_known_cannot_be_repeated(crowd: Crowd) -> None:
    for work in (
        lambda news: news.again_to_unreached("x", "staff"),
        lambda news: news.correction("x", say("y"), "staff"),
        lambda news: news.progress("x"),
    ):
        with pytest.raises(KeyError):
            await crowd.do(work)
