"""Who is meant by an announcement, and where each of them is reached."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import open_store
from storage.announcements import (
    CHANNEL_OFF,
    NOT_SEEN,
    Audience,
    Kind,
    Level,
    NobodyReached,
)
from tests.crowd import ALL, LONG_AGO, NOON, TODAY, Crowd
from tests.databases import ENGINES, Desk, Hands, database_url, rows
from tests.pretend import Pretend
from tests.ward import draft, found_ward

pytestmark = pytest.mark.anyio


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
