"""Hours in which nobody is woken up by what is not urgent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversation import Pace
from storage.announcements import (
    Kind,
)
from storage.rollout import hushed
from tests.crowd import Crowd, sent
from tests.databases import Desk, Hands, say, texts
from tests.pretend import Pretend

pytestmark = pytest.mark.anyio


def test_the_night_is_quiet() -> None:
    midnight = datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
    loud = [hour for hour in range(24) if not hushed(midnight + timedelta(hours=hour))]
    assert loud == list(range(6, 21))
    assert hushed(midnight + timedelta(hours=6, microseconds=-1))
    assert not hushed(midnight + timedelta(hours=21, microseconds=-1))


async def test_quiet_hours_hold_what_is_not_urgent(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    hands.now = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
    cases: tuple[tuple[Kind, bool], ...] = (("normal", True), ("important", True), ("normal", False), ("urgent", True))
    for kind, quiet in cases:
        drafted = await crowd.draft(kind=kind, body=say(f"{kind} {quiet}"))
        changed = replace(drafted, quiet=quiet)
        saved = await crowd.do(lambda news, to=changed: news.save(to))  # type: ignore[misc]
        assert saved is not None
        await crowd.confirm(saved)
    await crowd.fill()
    assert texts(await sent(desk, hands)) == ["urgent True", "normal False"]
    hands.now = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    await crowd.fill()
    assert texts(await sent(desk, hands)) == ["normal True", "important True"]


async def test_the_evening_holds_the_rest(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add(*(f"p{number}" for number in range(5)))
    hands.now = datetime(2026, 3, 1, 13, 59, 59, 900_000, tzinfo=UTC)
    desk.channels["pretend"] = Pretend(pace=Pace(10, 1))
    await crowd.send()
    early = await sent(desk, hands, seconds=2)
    assert 1 <= len(early) < 5
    hands.now += timedelta(hours=9)
    assert len(early) + len(await sent(desk, hands)) == 5


async def test_overriding_quiet_hours_is_on_record(crowd: Crowd) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    loud = await crowd.do(lambda news: news.save(replace(drafted, quiet=False)))
    assert loud is not None
    await crowd.confirm(loud)
    events = await crowd.registry(lambda registry: registry.audit.of("announcement", drafted.id))
    assert events[-1].after == "quiet hours overridden"
