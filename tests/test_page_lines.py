"""Announcements on web pages: a line that is sent when it was fetched."""

import pytest

from conversation import Address
from storage.announcements import (
    NOT_SEEN,
)
from storage.history import History
from tests.crowd import Crowd
from tests.databases import Desk, Hands, say
from tests.test_store import raw

pytestmark = pytest.mark.anyio


async def test_on_a_page_it_is_a_line_and_fetched_is_sent(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    history = History(crowd.store)
    await desk.receive("web", raw("1", chat="an"))
    await desk.handle()
    drafted = await crowd.draft(body=say("họp"))
    await crowd.confirm(drafted)
    await crowd.store.advance(desk.channels)
    position = (await history.latest("an", 10))[-1].position
    await history.acknowledge("an", position)
    assert await history.wait("an", position, 0.01) is False
    hands.pass_by(1)
    assert await crowd.fill() == {Address("web", "an")}
    [line] = await history.lines("an", position, 10)
    assert str(line.reply.text) == "họp"
    progress = await crowd.do(lambda news: news.progress(drafted.id))
    assert (progress.state, progress.offered, progress.sent) == ("sending", 1, 0)
    await history.acknowledge("an", line.position)
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(drafted.id))
    assert (progress.state, progress.offered, progress.sent) == ("done", 0, 1)
    # Shown again after a reload.
    assert [str(line.reply.text) for line in await history.latest("an", 10)][-1] == "họp"


async def test_a_row_that_waits_is_no_news_for_a_page(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("an", channel="web")
    await crowd.confirm(await crowd.draft())
    await crowd.store.advance(desk.channels)
    assert await History(crowd.store).wait("an", 0, 0.01) is False


async def test_a_page_that_is_not_opened_is_given_up_until_it_is(crowd: Crowd, hands: Hands) -> None:
    history = History(crowd.store)
    await crowd.add("an", channel="web")
    id = await crowd.send()
    hands.pass_by(2 * 86_400 + 1)
    await crowd.fill()
    assert await crowd.ledger(id) == {"an": ("failed", NOT_SEEN)}
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"
    [line] = await history.latest("an", 10)
    await history.acknowledge("an", line.position)
    assert await crowd.ledger(id) == {"an": ("sent", "")}


async def test_a_paused_announcement_reaches_no_page(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("an", channel="web")
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.store.advance(desk.channels)
    await crowd.store.advance(desk.channels)
    await crowd.do(lambda news: news.pause(id, "staff"))
    assert await crowd.fill() == set()
    assert await History(crowd.store).latest("an", 10) == []
