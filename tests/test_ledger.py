"""How each message of an announcement ended, who read it and what they chose."""

from datetime import timedelta

import pytest

from storage import open_store
from storage.announcements import Audience
from storage.outbox import Settled
from storage.store import DEAD_AFTER
from tests.crowd import TODAY, Crowd, chats, sent
from tests.databases import Desk, Hands, say, texts
from tests.test_store import raw

pytestmark = pytest.mark.anyio


async def test_the_ledger_says_how_each_ended(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", "c", "d")
    await crowd.add("e", unreachable="blocked")
    id = await crowd.send()
    ends = {
        "a": Settled("sent", message="1"),
        "b": Settled("failed", "bot was blocked", unreachable=True),
        "c": Settled("unknown", "timeout"),
        "d": Settled("queued", "offline", attempts=1, wait=timedelta(seconds=60)),
    }
    for row in await desk.claim("pretend"):
        await desk.store.settle(row, ends[row.outgoing.chat])
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.total, progress.sent, progress.unknown, progress.left) == ("sending", 4, 1, 1, 1)
    assert progress.failed == {"bot was blocked": 1}
    assert progress.unreached == {"blocked": 1}
    hands.pass_by(60)
    assert chats(await sent(desk, hands)) == ["d"]
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"
    missing = await crowd.do(lambda news: news.missing(id))
    assert [(one.person, one.state, one.reason) for one in missing] == [
        ("b", "failed", "bot was blocked"),
        ("c", "unknown", "timeout"),
        ("e", "unreached", "blocked"),
    ]


async def test_who_blocked_the_bot_is_not_tried_again(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    first, second = await crowd.send(), await crowd.send(body=say("hai"))
    for row in await desk.claim("pretend", limit=6):
        assert row.announcement == first
        await desk.store.settle(row, Settled("failed", "bot was blocked", unreachable=row.outgoing.chat == "a"))
    hands.pass_by(2)
    assert chats(await sent(desk, hands)) == ["b"]
    assert await crowd.ledger(second) == {"a": ("failed", "bot was blocked"), "b": ("sent", "")}


async def test_what_a_dead_process_was_sending_is_sent_again(crowd: Crowd, desk: Desk, hands: Hands, url: str) -> None:
    await crowd.add("a", "b")
    await crowd.add("c", "d", unit="to-2")
    kept, ended = [await crowd.send(Audience(TODAY, units=(unit,))) for unit in ("to-1", "to-2")]
    hands.pass_by(1)
    assert len(await desk.claim("pretend", limit=6)) == 2
    hands.pass_by(2)
    assert len(await desk.claim("pretend", limit=6)) == 2
    await crowd.do(lambda news: news.cancel(ended, "staff"))
    hands.pass_by(DEAD_AFTER.total_seconds() + 1)
    alive = open_store(url, hands)
    await alive.open()
    await alive.beat()
    # Of what is not sent any more nobody knows whether it arrived.
    assert await crowd.ledger(ended) == {"c": ("unknown", "cancelled"), "d": ("unknown", "cancelled")}
    assert await crowd.ledger(kept) == {"a": ("queued", ""), "b": ("queued", "")}
    await alive.close()


async def test_what_waits_follows_a_chat_that_has_moved(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    await crowd.send()
    await crowd.send(body=say("hai"))
    for row in await desk.claim("pretend", limit=6):
        moved = Settled("queued", "moved", attempts=1, moved_to="a-1")
        await desk.store.settle(row, moved if row.outgoing.chat == "a" else Settled("sent", message="m"))
    hands.pass_by(2)
    assert chats(await sent(desk, hands)) == ["a-1", "a-1", "b"]


async def test_nobody_writes_to_a_chat_before_what_is_under_way_has_arrived(
    crowd: Crowd, desk: Desk, hands: Hands
) -> None:
    """A process that stood still sends late; only when it is settled is it known that it is over."""
    await crowd.add("a")
    await crowd.send()
    [late] = await desk.claim("pretend")
    await desk.receive("pretend", raw("1", chat="a"))
    hands.pass_by(5)
    assert (await desk.handle()).claimed == []
    assert await desk.claim("pretend") == []
    await desk.settle(late)
    hands.pass_by(0.9)
    assert await desk.claim("pretend") == []
    hands.pass_by(0.1)
    assert texts(await desk.claim("pretend")) == ["nghe: chào"]


async def test_what_did_not_arrive_of_an_announcement_is_in_its_own_list(
    crowd: Crowd, desk: Desk, hands: Hands
) -> None:
    await crowd.add("a")
    await crowd.send()
    await sent(desk, hands, Settled("failed", "refused"))
    assert await crowd.store.troubles() == []
    assert (await crowd.store.counts()).undelivered == 0


async def test_reading_is_counted_by_unit_as_it_was(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", unit="to-1")
    await crowd.add("c", unit="to-2")
    id = await crowd.send(kind="important")
    await sent(desk, hands)
    await crowd.store.database.write(lambda transaction: transaction.execute("update person set unit = 'ban'"))
    assert await crowd.do(lambda news: news.mark_read(id, "a"))
    assert not await crowd.do(lambda news: news.mark_read(id, "a"))
    assert not await crowd.do(lambda news: news.mark_read(id, "nobody"))
    assert await crowd.do(lambda news: news.reads(id)) == {"to-1": (1, 2), "to-2": (0, 1)}


async def test_who_answers_has_it(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b")
    id = await crowd.send()
    await sent(desk, hands, Settled("unknown", "timeout"))
    await crowd.do(lambda news: news.mark_read(id, "a"))
    await crowd.do(lambda news: news.choose(id, "b", "có"))
    assert [state for state, _ in (await crowd.ledger(id)).values()] == ["sent", "sent"]


async def test_who_answers_before_the_platform_does_has_it(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("a")
    id = await crowd.send()
    [row] = await desk.claim("pretend")
    assert await crowd.do(lambda news: news.mark_read(id, "a"))
    await desk.settle(row, settled=Settled("unknown", "timeout"))
    assert await crowd.ledger(id) == {"a": ("sent", "timeout")}


async def test_a_choice_in_a_poll_can_be_changed(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", unit="to-1")
    await crowd.add("c", unit="to-2")
    id = await crowd.send()
    await sent(desk, hands)
    for person, option in (("a", "sáng"), ("b", "sáng"), ("c", "chiều"), ("a", "chiều")):
        assert await crowd.do(lambda news, p=person, o=option: news.choose(id, p, o))  # type: ignore[misc]
    assert not await crowd.do(lambda news: news.choose(id, "nobody", "sáng"))
    assert await crowd.do(lambda news: news.choices(id)) == {
        ("to-1", "chiều"): 1,
        ("to-1", "sáng"): 1,
        ("to-2", "chiều"): 1,
    }
