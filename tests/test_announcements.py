"""One contract for both engines: who gets an announcement, when, once, and what is known about it afterwards."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.clock import Clock
from conversation import Address, Choice, Incoming, Pace, Raw, Reply
from storage import open_store, recipients
from storage.announcements import (
    CHANNEL_OFF,
    FORGOTTEN,
    NOT_SEEN,
    UNSUBSCRIBED,
    Audience,
    Kind,
    Level,
    NobodyReached,
    TooLong,
)
from storage.handling import TransactionRecords
from storage.history import History
from storage.outbox import Claimed, Settled
from storage.records import Conversation, Person
from storage.rollout import hushed
from storage.store import DEAD_AFTER, Store
from tests.crowd import ALL, TODAY, Crowd
from tests.databases import ENGINES, Desk, Hands, database_url, rows, say, texts
from tests.pretend import Pretend
from tests.test_store import raw
from tests.ward import draft, found_ward

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
LONG_AGO = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def hands() -> Hands:
    hands = Hands()
    hands.now = NOON
    return hands


@pytest.fixture
async def store(url: str, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(url, hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(store, Pretend(pace=Pace(100, 1), edits=True, part=200), Pretend("web", pulls=True))


@pytest.fixture
async def crowd(desk: Desk) -> Crowd:
    crowd = Crowd(desk.store, desk.channels)
    await crowd.registry(found_ward)
    return crowd


async def sent(desk: Desk, hands: Hands, settled: Settled | None = None, seconds: float = 3.0) -> list[Claimed]:
    """Send what may be sent within some seconds; every message gets an id of its own."""
    done: list[Claimed] = []
    for _ in range(int(seconds / 0.1)):
        for row in await desk.claim("pretend"):
            done.append(row)
            await desk.store.settle(row, settled or Settled("sent", message=f"m-{row.outgoing.chat}"))
        hands.pass_by(0.1)
    return done


def chats(claimed: Sequence[Claimed]) -> list[str]:
    return sorted(row.outgoing.chat for row in claimed)


# Confirming.


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


# Who.


async def _a_ward(crowd: Crowd) -> None:
    await crowd.add("an", unit="to-1")
    await crowd.add("bao", unit="to-2", language="en")
    await crowd.add("cam", unit="cum", language="vi")
    await crowd.add("dao", unit="")
    await crowd.also_at("dao", "web", "dao-web")
    await crowd.gives("dao", "leader", "ban")
    await crowd.gives("bao", "leader", "to-1")
    await crowd.gives("an", "staff", "p")


AUDIENCES = (
    (ALL, "an bao cam dao"),
    (Audience(TODAY, units=("ban",)), "cam dao"),
    (Audience(TODAY, units=("p",)), "an bao cam dao"),
    (Audience(TODAY, units=("to-1",)), "an bao"),
    (Audience(TODAY, units=("to-1",), roles=("resident",)), "an"),
    (Audience(TODAY, units=("to-1",), roles=("leader",)), "bao"),
    (Audience(TODAY, roles=("leader",)), "bao dao"),
    (Audience(TODAY, roles=("leader", "staff")), "an bao dao"),
    (Audience(TODAY - timedelta(days=90), roles=("leader",)), ""),
    (Audience(TODAY, languages=("vi",)), "an cam dao"),
    (Audience(TODAY, languages=("en",)), "bao"),
    (Audience(TODAY, channels=("web",)), "dao"),
    (Audience(TODAY, units=("to-1", "ban"), roles=("leader",), languages=("vi",)), "dao"),
    (Audience(TODAY, not_submitted="r1"), "bao dao"),
    (Audience(TODAY, not_submitted="no such round"), ""),
    (Audience(TODAY, units=("no such unit",)), ""),
)


async def test_an_audience_is_who_meets_every_condition(crowd: Crowd) -> None:
    await _a_ward(crowd)
    for audience, wanted in AUDIENCES:
        counted = await crowd.do(lambda news, audience=audience: news.count(audience))  # type: ignore[misc]
        assert counted.total == len(wanted.split()), audience
        if wanted:
            assert " ".join(await crowd.ledger(await crowd.send(audience))) == wanted, audience


async def test_who_submitted_is_not_asked(crowd: Crowd) -> None:
    await _a_ward(crowd)
    submission = await crowd.registry(draft)
    owing = Audience(TODAY, not_submitted="r1")
    assert (await crowd.do(lambda news: news.count(owing))).total == 2
    moved = await crowd.registry(lambda registry: registry.submissions.move(submission, "submitted", "bao"))
    assert moved is not None
    assert list(await crowd.ledger(await crowd.send(owing))) == ["dao"]
    returned = await crowd.registry(lambda registry: registry.submissions.move(moved, "returned", "staff"))
    assert returned is not None
    assert (await crowd.do(lambda news: news.count(owing))).total == 2


async def test_people_are_counted_by_unit_and_channel(crowd: Crowd) -> None:
    await _a_ward(crowd)
    await crowd.add("em", unreachable="bot was blocked", unit="to-1")
    await crowd.add("ga", channel="zalo", unit="to-1")
    counted = await crowd.do(lambda news: news.count(ALL))
    assert counted.people == {
        ("to-1", "pretend"): 1,
        ("to-2", "pretend"): 1,
        ("cum", "pretend"): 1,
        ("ban", "pretend"): 1,
    }
    assert counted.unreachable == {"bot was blocked": 1, CHANNEL_OFF: 1}
    assert counted.seconds == pytest.approx(4 / 100)
    leaders = await crowd.do(lambda news: news.count(Audience(TODAY, roles=("leader",))))
    assert leaders.people == {("to-1", "pretend"): 1, ("ban", "pretend"): 1}


async def test_everybody_is_reached_at_one_address(crowd: Crowd, desk: Desk) -> None:
    desk.channels["zalo"] = Pretend("zalo")
    crowd.channels = desk.channels
    later = "2026-02-28T00:00:01.000000Z"
    await crowd.add("an", channel="web")
    await crowd.also_at("an", "pretend", "an-1", LONG_AGO)
    await crowd.add("bao", channel="zalo")
    await crowd.also_at("bao", "pretend", "bao-1", later)
    await crowd.add("cam", channel="pretend", seen=later, unreachable="blocked")
    await crowd.also_at("cam", "zalo", "cam-1")
    await crowd.add("dao", channel="web")
    await crowd.add("em", channel="web", seen=LONG_AGO)
    await crowd.add("ga", channel="web", seen=LONG_AGO)
    await crowd.also_at("ga", "pretend", "ga-1", LONG_AGO, "blocked")
    id = await crowd.send()
    chosen = await rows(crowd.store, "select person, channel, chat from outbox order by person")
    assert [tuple(row) for row in chosen] == [
        ("an", "pretend", "an-1"),
        ("bao", "pretend", "bao-1"),
        ("cam", "zalo", "cam-1"),
        ("dao", "web", "dao"),
    ]
    progress = await crowd.do(lambda news: news.progress(id))
    assert progress.unreached[NOT_SEEN] >= 1
    assert sum(progress.unreached.values()) == 2
    assert [one.person for one in await crowd.do(lambda news: news.missing(id))] == ["em", "ga"]


_PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["to-1", "to-2", "cum", "ban", ""]),
        st.sampled_from(["vi", "en", ""]),
        st.lists(
            st.tuples(
                st.sampled_from(["pretend", "web", "zalo"]),
                st.sampled_from(["", "blocked"]),
                st.sampled_from([LONG_AGO, "2026-02-28T00:00:00.000000Z"]),
            ),
            max_size=3,
        ),
        st.sampled_from(["", "leader to-1", "leader ban", "staff p"]),
        st.sampled_from(["all", "important", "urgent", "none"]),
    ),
    max_size=8,
)
_AUDIENCES = st.builds(
    Audience,
    on=st.just(TODAY),
    units=st.sampled_from([(), ("p",), ("ban",), ("to-1", "to-2")]),
    roles=st.sampled_from([(), ("resident",), ("leader",), ("leader", "staff"), ("resident", "leader")]),
    languages=st.sampled_from([(), ("vi",), ("en",)]),
    channels=st.sampled_from([(), ("pretend",), ("web", "zalo")]),
    not_submitted=st.sampled_from(["", "r1"]),
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=_PEOPLE, audience=_AUDIENCES, kind=st.sampled_from(["normal", "important", "urgent"]))
def test_who_is_counted_gets_a_row(
    engine: str,
    tmp_path_factory: pytest.TempPathFactory,
    people: list[tuple[str, str, list[tuple[str, str, str]], str, Level]],
    audience: Audience,
    kind: Kind,
) -> None:
    """The count and the rows agree, and nobody is both in the rows and among the unreached."""
    hands = Hands()
    hands.now = NOON

    async def scenario() -> None:
        store = open_store(_kept_url(engine, tmp_path_factory), hands)
        await store.open()
        for table in ("outbox", "unreached", "announcement", "subscription", "role", "address", "person"):
            await store.database.write(lambda t, sql=f"delete from {table}": t.execute(sql))  # type: ignore[misc]
        crowd = Crowd(store, {"pretend": Pretend(), "web": Pretend("web", pulls=True)})
        if not await crowd.registry(lambda registry: registry.units.all()):
            await crowd.registry(found_ward)
        for number, person in enumerate(people):
            await _add(crowd, f"p{number}", *person)
        await _compare(crowd, audience, kind)
        await store.close()

    asyncio.run(scenario())


_KEPT: dict[str, str] = {}


def _kept_url(engine: str, factory: pytest.TempPathFactory) -> str:
    if engine not in _KEPT:
        _KEPT[engine] = database_url(engine, factory.mktemp("crowd"))
    return _KEPT[engine]


async def _add(
    crowd: Crowd, id: str, unit: str, language: str, addresses: list[tuple[str, str, str]], role: str, level: Level
) -> None:
    first, *others = addresses or [("", "", "")]
    await crowd.add(id, unit=unit, language=language, channel=first[0], unreachable=first[1], seen=first[2])
    for place, (channel, unreachable, seen) in enumerate(others):
        await crowd.also_at(id, channel, f"{id}-{place}", seen, unreachable)
    if not addresses:
        delete = "delete from address where person = :id"
        await crowd.store.database.write(lambda transaction: transaction.execute(delete, id=id))
    if role:
        await crowd.gives(id, *role.split())
    if level != "all":
        await crowd.do(lambda news: news.subscribe(id, level))


async def _compare(crowd: Crowd, audience: Audience, kind: Kind) -> None:
    counted = await crowd.do(lambda news: news.count(audience, kind))
    drafted = await crowd.draft(audience, kind=kind)
    if not counted.total:
        with pytest.raises(NobodyReached):
            await crowd.confirm(drafted)
        return
    await crowd.confirm(drafted)
    await crowd.fill()
    made = await rows(crowd.store, "select unit, channel, count(*) from outbox group by unit, channel")
    assert {(unit, channel): count for unit, channel, count in made} == counted.people
    assert (await crowd.do(lambda news: news.progress(drafted.id))).unreached == counted.unreachable
    listed = await crowd.do(lambda news: news.unreachable(audience, kind, "", 1000))
    assert Counter(one.reason for one in listed) == counted.unreachable
    left = await rows(crowd.store, "select person from unreached order by person")
    assert sorted(one.person for one in listed) == [person for [person] in left]
    assert await rows(crowd.store, "select 1 from outbox o join unreached u on u.person = o.person") == []


# Writing the rows.


async def test_rows_are_written_in_pages_and_go_on_where_they_stopped(
    crowd: Crowd, desk: Desk, hands: Hands, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 10)
    await crowd.add(*(f"p{number:02}" for number in range(35)))
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.store.advance(desk.channels)
    await crowd.store.advance(desk.channels)
    [row] = await rows(crowd.store, "select state, cursor, made, total from announcement")
    assert tuple(row) == ("filling", "p19", 20, None)
    # Sending starts when the rows are complete.
    assert await desk.claim("pretend") == []
    assert (await crowd.do(lambda news: news.progress(id))).left == 20
    successor = open_store(url, hands)
    await successor.open()
    for _ in range(3):
        await successor.advance(desk.channels)
    await successor.close()
    [row] = await rows(crowd.store, "select state, made, total from announcement")
    assert tuple(row) == ("sending", 35, 35)
    assert len(await sent(desk, hands)) == 35
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"


async def test_two_processes_write_every_row_once(
    url: str, crowd: Crowd, desk: Desk, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 20)
    await crowd.add(*(f"p{number:03}" for number in range(200)))
    other = open_store(url, hands)
    await other.open()
    await crowd.confirm(await crowd.draft())

    async def work(store: Store) -> None:
        for _ in range(40):
            await store.advance(desk.channels)

    await asyncio.gather(work(crowd.store), work(other))
    await other.close()
    [row] = await rows(crowd.store, "select state, made, total from announcement")
    assert tuple(row) == ("sending", 200, 200)
    assert len(await rows(crowd.store, "select distinct person from outbox")) == 200


async def test_nothing_is_written_before_its_time(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    drafted = await crowd.draft()
    later = await crowd.do(lambda news: news.save(replace(drafted, starts_at=hands.now + timedelta(hours=2))))
    assert later is not None
    await crowd.confirm(later)
    await crowd.fill()
    assert await rows(crowd.store, "select * from outbox") == []
    assert [one.id for one in await crowd.do(lambda news: news.active())] == [drafted.id]
    # Whoever comes in the meantime gets it too.
    await crowd.add("bình")
    hands.pass_by(7200)
    await crowd.fill()
    assert chats(await sent(desk, hands)) == ["an", "bình"]


# When.


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


async def test_replies_go_first_at_the_same_pace(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    desk.channels["pretend"] = Pretend(pace=Pace(10, 1))
    await crowd.add(*(f"p{number:02}" for number in range(20)))
    await crowd.send()
    taken = await desk.claim("pretend")
    await desk.settle(*taken)
    hands.pass_by(1)
    await desk.receive("pretend", *(raw(f"r{number}", chat=f"new{number}") for number in range(4)))
    await desk.handle(room=0)
    mixed = await desk.claim("pretend")
    assert [row.announcement for row in mixed][:4] == [""] * 4
    starts = [row.start for row in [*taken, *mixed]]
    assert starts == sorted(starts)
    assert all(b - a >= timedelta(seconds=0.0999) for a, b in pairwise(starts))


async def test_an_announcement_does_not_hurry_a_chat(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await desk.receive("pretend", raw("1"))
    handled = await desk.handle()
    await desk.settle(*handled.claimed)
    await crowd.send()
    assert await desk.claim("pretend") == []
    hands.pass_by(1.01)
    assert chats(await desk.claim("pretend")) == ["an"]


async def test_what_is_urgent_overtakes(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    await crowd.add("bình")
    await crowd.send(body=say("họp"))
    hands.pass_by(1)
    await crowd.send(kind="urgent", body=say("bão"))
    assert texts(await desk.claim("pretend", limit=6)) == ["bão", "bão"]


async def test_pausing_holds_and_resuming_goes_on(
    crowd: Crowd, desk: Desk, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 2)
    await crowd.add("a", "b", "c", "d")
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.store.advance(desk.channels)
    assert await crowd.do(lambda news: news.pause(id, "staff")) is not None
    assert await crowd.do(lambda news: news.pause(id, "staff")) is None
    await crowd.fill()
    assert len(await crowd.ledger(id)) == 2
    resumed = await crowd.do(lambda news: news.resume(id, "staff"))
    assert resumed is not None
    assert resumed.state == "filling"
    await crowd.fill()
    [first] = await desk.claim("pretend", limit=5)
    await crowd.do(lambda news: news.pause(id, "staff"))
    await desk.settle(first)
    assert await sent(desk, hands) == []
    resumed = await crowd.do(lambda news: news.resume(id, "staff"))
    assert resumed is not None
    assert resumed.state == "sending"
    assert len(await sent(desk, hands)) == 3


async def test_paused_while_the_last_ones_are_sent_it_ends_when_it_goes_on(
    crowd: Crowd, desk: Desk, hands: Hands
) -> None:
    await crowd.add("a", "b")
    id = await crowd.send()
    last = await desk.claim("pretend", limit=6)
    assert len(last) == 2
    await crowd.do(lambda news: news.pause(id, "staff"))
    await desk.settle(*last)
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.left) == ("paused", 2, 0)
    await crowd.do(lambda news: news.resume(id, "staff"))
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"
    assert await sent(desk, hands) == []


async def test_where_everybody_has_blocked_the_bot_it_ends_and_says_so(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", "c")
    id = await crowd.send()
    await sent(desk, hands, Settled("failed", "bot was blocked", unreachable=True))
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.failed) == ("done", 0, {"bot was blocked": 3})
    assert [one.person for one in await crowd.do(lambda news: news.missing(id))] == ["a", "b", "c"]
    assert (await crowd.do(lambda news: news.count(ALL))).unreachable == {"bot was blocked": 3}
    for drafted in (await crowd.draft(), await crowd.do(lambda news: news.again_to_unreached(id, "staff"))):
        with pytest.raises(NobodyReached):
            await crowd.confirm(drafted)


async def test_who_goes_while_rows_are_written_leaves_an_audience_of_nobody(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("a")
    id = (await crowd.confirm(await crowd.draft())).id
    await crowd.do(lambda news: news.subscribe("a", "none"))
    await crowd.fill()
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.total, progress.unreached) == ("done", 0, {UNSUBSCRIBED: 1})
    assert await desk.claim("pretend") == []


async def test_it_is_not_done_while_something_is_being_sent(crowd: Crowd, desk: Desk) -> None:
    await crowd.add("an")
    id = await crowd.send()
    [row] = await desk.claim("pretend")
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "sending"
    await desk.settle(row)
    await crowd.fill()
    assert (await crowd.do(lambda news: news.progress(id))).state == "done"


async def test_what_was_paused_for_days_has_its_time_before_it(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("an")
    id = await crowd.send()
    await crowd.do(lambda news: news.pause(id, "staff"))
    hands.pass_by(3 * 86_400)
    await crowd.do(lambda news: news.resume(id, "staff"))
    [row] = await desk.claim("pretend")
    begun = hands.now
    assert row.created == begun
    await desk.settle(row, settled=Settled("queued", "offline", attempts=1, wait=timedelta(seconds=5)))
    hands.pass_by(5)
    [row] = await desk.claim("pretend")
    assert (row.created, row.attempts) == (begun, 1)


async def test_cancelling_keeps_what_was_sent(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    await crowd.add("a", "b", "c")
    id = await crowd.send()
    [first] = await desk.claim("pretend", limit=5)
    await desk.settle(first)
    cancelled = await crowd.do(lambda news: news.cancel(id, "staff"))
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert await crowd.do(lambda news: news.resume(id, "staff")) is None
    assert await sent(desk, hands) == []
    progress = await crowd.do(lambda news: news.progress(id))
    assert (progress.state, progress.sent, progress.left) == ("cancelled", 1, 2)
    assert [one.state for one in await crowd.do(lambda news: news.missing(id))] == ["queued", "queued"]
    again = await crowd.do(lambda news: news.again_to_unreached(id, "staff"))
    await crowd.confirm(again)
    await crowd.fill()
    assert len(await sent(desk, hands)) == 2


# What becomes of it.


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
    kept, ended = await crowd.send(), await crowd.send(body=say("hai"))
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
    assert await crowd.ledger(ended) == {"a": ("unknown", "cancelled"), "b": ("unknown", "cancelled")}
    assert await crowd.ledger(kept) == {"a": ("queued", ""), "b": ("queued", "")}
    await alive.close()


async def test_what_did_not_arrive_of_an_announcement_is_in_its_own_list(
    crowd: Crowd, desk: Desk, hands: Hands
) -> None:
    await crowd.add("a")
    await crowd.send()
    await sent(desk, hands, Settled("failed", "refused"))
    assert await crowd.store.troubles() == []
    assert (await crowd.store.counts()).undelivered == 0


# The page.


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


# Reading and choosing.


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


# Again, and corrected.


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


async def test_on_a_page_the_corrected_line_is_marked_when_it_is_opened_next(crowd: Crowd) -> None:
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
    await crowd.fill()
    assert [str(line.reply.text) for line in await history.latest("an", 10)] == ["đã đính chính", "mai"]
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


# What people want.


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


# People who go, and people who are one.


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


# How far it has come.


def post(
    incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
) -> Sequence[Reply]:
    """Tell the chief how far it is, on both channels."""
    for channel in ("pretend", "web"):
        records.post(Address(channel, "chief"), say(incoming.text), "progress", last=incoming.text == "xong")
    return []


async def test_the_clock_tells_seldom_while_only_pages_are_waited_for(crowd: Crowd, desk: Desk, hands: Hands) -> None:
    desk.channels["clock"] = Clock(hands)
    crowd.channels = desk.channels
    await crowd.add("a", channel="web")
    await crowd.send()
    await crowd.fill()
    before = len(await rows(crowd.store, "select key from inbox where channel = 'clock'"))
    for _ in range(120):
        hands.pass_by(5)
        await crowd.store.advance(desk.channels)
    after = len(await rows(crowd.store, "select key from inbox where channel = 'clock'"))
    assert 1 <= after - before <= 3


async def test_the_clock_tells_once_that_it_goes_on(crowd: Crowd, desk: Desk, hands: Hands, url: str) -> None:
    desk.channels["clock"] = Clock(hands)
    crowd.channels = desk.channels
    other = open_store(url, hands)
    await other.open()
    await crowd.add("a")
    id = await crowd.send()
    for _ in range(3):
        for store in (crowd.store, other):
            await store.advance(desk.channels)
            hands.pass_by(2)
    await sent(desk, hands, seconds=1)
    await crowd.fill()
    await other.advance(desk.channels)
    await other.close()
    keys = [
        row[0] for row in await rows(crowd.store, "select key from inbox where channel = 'clock' order by position")
    ]
    first = int(NOON.timestamp() / 5)
    assert keys == [f"announcement:{id}:{first + number}" for number in range(3)] + [f"announcement:{id}:done"]


async def test_a_post_waits_for_no_answer_of_the_platform(desk: Desk, hands: Hands) -> None:
    """The last edit names the same message as the one that is still being sent."""
    desk.say = post
    edits = []
    for number, text in enumerate(("1 %", "2 %", "xong")):
        await desk.receive("pretend", raw(str(number), text))
        await desk.handle()
        hands.pass_by(2)
        for row in await desk.claim("pretend"):
            edits.append(row.outgoing.edits)
            if text == "1 %":
                await desk.store.settle(row, Settled("sent", message="m1"))
    assert edits == ["", "m1"]
    queued = await rows(desk.store, "select edits from outbox where state = 'queued' and channel = 'pretend'")
    assert [row[0] for row in queued] == ["m1"]


async def test_a_post_takes_the_place_of_the_one_before(desk: Desk, hands: Hands) -> None:
    shown: list[str] = []

    desk.say = post
    for number, text in enumerate(("1 %", "2 %", "3 %", "xong")):
        await desk.receive("pretend", Raw(str(number), "an", f'{{"text": "{text}", "choice": "", "message": ""}}'))
        await desk.handle()
        # The second replaces the first before it is sent.
        if number:
            hands.pass_by(2)
            for row in await desk.claim("pretend"):
                shown.append(f"{row.outgoing.edits}: {row.outgoing.reply.text}")
                await desk.store.settle(row, Settled("sent", message="m1"))
    assert shown == [": 2 %", "m1: 3 %", "m1: xong"]
    lines = [str(line.reply.text) for line in await History(desk.store).latest("chief", 10)]
    assert lines == ["xong"]


async def test_nobody_waits_for_a_long_page(store: Store) -> None:
    ended: list[str] = []

    async def write(name: str, *, patient: bool) -> None:
        await store.database.write(lambda transaction: time.sleep(0.05), patient=patient)
        ended.append(name)

    pages = [asyncio.create_task(write(f"page {number}", patient=True)) for number in range(6)]
    await asyncio.sleep(0.02)
    await write("answer", patient=False)
    await asyncio.gather(*pages)
    assert ended.index("answer") <= 1 or store.database.shared


async def test_a_page_has_its_turn_while_people_never_stop_asking(store: Store) -> None:
    async def ask() -> None:
        while not page.done():
            await store.database.write(lambda transaction: time.sleep(0.01))

    page: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asking = [asyncio.create_task(ask()) for _ in range(8)]
    await asyncio.sleep(0.02)
    begun = time.monotonic()
    await store.database.write(lambda transaction: None, patient=True)
    waited = time.monotonic() - begun
    page.set_result(None)
    await asyncio.gather(*asking)
    assert waited < 2
