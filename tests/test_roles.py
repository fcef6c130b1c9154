"""One contract for both engines: who may act for a unit, who is invited, and which addresses are one person."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from conversation import Incoming, IncomingFile, Raw, Reply
from storage import open_store
from storage.handling import TransactionRecords
from storage.records import Conversation, Kept, Person
from storage.registry import Invitation, Registry, Role, Tenure
from storage.store import Store
from tests.databases import Desk, Hands, everything, rows, say
from tests.pretend import Pretend
from tests.ward import DAY, TODAY, a_round, beside, draft, found_ward, open_beside, recorded, somebody

pytestmark = pytest.mark.anyio


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def store(url: str, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(url, hands)
    await store.open()
    await store.beat()
    await store.registry_write(found_ward)
    yield store
    await store.close()


@pytest.fixture
async def an(store: Store) -> str:
    return await somebody(store, "an")


@pytest.fixture
async def binh(store: Store) -> str:
    return await somebody(store, "binh", "web")


def given(person: str, role: Role = "leader", unit: str = "to-1") -> Callable[[Registry], Tenure]:
    return lambda registry: registry.roles.give(person, "Bà An", role, unit, TODAY, "cli")


# Roles.


async def test_a_role_is_held_from_the_day_it_is_given(store: Store, an: str) -> None:
    tenure = await store.registry_write(given(an))
    assert tenure == Tenure(tenure.id, an, "Bà An", "leader", "to-1", TODAY)

    def held(registry: Registry) -> list[Sequence[Tenure]]:
        roles = registry.roles
        return [
            roles.of(an, TODAY),
            roles.of(an, TODAY - DAY),
            roles.of("binh", TODAY),
            roles.in_unit("to-1", TODAY),
            roles.in_unit("to-2", TODAY),
            roles.holders("leader", TODAY),
            roles.holders("staff", TODAY),
        ]

    assert await store.registry_read(held) == [[tenure], [], [], [tenure], [], [tenure], []]
    [event] = await store.registry_read(lambda registry: registry.audit.of("role", tenure.id))
    assert (event.action, event.by, event.after) == ("given", "cli", "leader to-1")


async def test_a_role_is_given_once(store: Store, an: str) -> None:
    first = await store.registry_write(given(an))
    again = await store.registry_write(lambda registry: registry.roles.give(an, "khác", "leader", "to-1", TODAY, "x"))
    assert again == first
    await store.registry_write(given(an, "staff", "p"))
    await store.registry_write(given(an, "leader", "to-2"))
    held = await store.registry_read(lambda registry: registry.roles.of(an, TODAY))
    assert {(role.role, role.unit) for role in held} == {("leader", "to-1"), ("staff", "p"), ("leader", "to-2")}
    assert await rows(store, "select count(*) from audit where subject = 'role'") == [(3,)]


async def test_a_role_given_twice_at_once_is_one(store: Store, an: str) -> None:
    first, second = await beside(store, given(an), given(an))
    assert first == second


async def test_a_term_lasts_until_its_last_day(store: Store, an: str) -> None:
    def work(registry: Registry) -> list[bool]:
        given = registry.roles.give(an, "Bà Lan", "leader", "to-1", TODAY, "staff")
        with pytest.raises(ValueError, match="past"):
            registry.roles.until(given.id, TODAY - timedelta(days=1), TODAY, "staff")
        assert registry.roles.until(given.id, TODAY + timedelta(days=9), TODAY, "staff")
        assert registry.roles.until(given.id, TODAY + timedelta(days=5), TODAY, "staff")
        assert not registry.roles.until(given.id, TODAY + timedelta(days=9), TODAY + timedelta(days=6), "staff")
        assert [event.action for event in registry.audit.of("role", given.id)] == ["given", "until", "until"]
        return [bool(registry.roles.of(an, TODAY + timedelta(days=days))) for days in (0, 5, 6)]

    assert await store.registry_write(work) == [True, True, False]


async def test_an_ended_role_was_held_until_yesterday(store: Store, an: str) -> None:
    tenure = await store.registry_write(given(an))
    day = TODAY + 10 * DAY
    assert await store.registry_write(lambda registry: registry.roles.end(tenure.id, day, "staff"))
    assert not await store.registry_write(lambda registry: registry.roles.end(tenure.id, day, "staff"))
    assert not await store.registry_write(lambda registry: registry.roles.end("x", day, "staff"))

    def held(registry: Registry) -> list[Sequence[Tenure]]:
        return [registry.roles.of(an, day - DAY), registry.roles.of(an, day)]

    assert await store.registry_read(held) == [[replace(tenure, last=day - DAY)], []]
    events = await store.registry_read(lambda registry: registry.audit.of("role", tenure.id))
    assert [(event.action, event.by) for event in events] == [("given", "cli"), ("ended", "staff")]


async def test_who_held_a_role_before_may_get_it_again(store: Store, an: str) -> None:
    first = await store.registry_write(given(an))
    await store.registry_write(lambda registry: registry.roles.end(first.id, TODAY, "staff"))
    assert await store.registry_read(lambda registry: registry.roles.of(an, TODAY)) == []
    second = await store.registry_write(given(an))
    assert second.id != first.id
    assert await store.registry_read(lambda registry: registry.roles.of(an, TODAY)) == [second]


async def written(store: Store, person: str, flow: str) -> None:
    """Somebody who is in a flow, has settings, began and decided things."""
    conversation = Conversation(person, flow, "step", {"said": "x"})

    def work(registry: Registry) -> None:
        made = registry.submissions.begin(a_round(), "to-1", person, "Bà An")
        registry.submissions.answer(made.id, "1", 1, "1", person, "Bà An")
        sent = registry.submissions.move(made, "submitted", person)
        assert sent is not None
        registry.submissions.remark(sent, "1", "vì", person)
        registry.rounds.open(a_round("r2", opened_by=person))
        registry.roles.count_wrong(person)
        registry.roles.offer_link(person, "h", 600)
        registry.roles.invite(Invitation("h", "leader", "to-1", store.clock() + DAY, person))

    await store.registry_write(work)
    photo = IncomingFile("r", "ảnh.jpg", "image/jpeg", 9, "f1", "00")
    await recorded(store, lambda records: records.files.keep(photo, person))
    await recorded(store, lambda records: records.save_conversation(conversation))
    await recorded(store, lambda records: records.notice(Person(person), "accepted", "1"))


# Around a message.


def event(key: str, text: str, chat: str = "an") -> Raw:
    return Raw(key, chat, json.dumps({"text": text, "choice": "", "message": ""}))


class Linking:
    """A bot that joins whoever writes “nối” to Bình, and otherwise remembers in which flow they are."""

    def __init__(self, to: str, flow: str = "form") -> None:
        self._to = to
        self._flow = flow

    def __call__(
        self, incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        if incoming.text == "nối":
            records.registry.roles.join(person.id, self._to)
        after = records.save_conversation(replace(conversation, flow=self._flow, data={"said": incoming.text}))
        return [say(f"{after.person == self._to}")]


async def test_the_turn_that_joins_goes_on_as_the_other_person(store: Store, an: str, binh: str) -> None:
    desk = Desk(store, Pretend(), Pretend("web"), say=Linking(binh))
    await desk.receive("pretend", event("1", "một"), event("2", "nối"), event("3", "ba"))
    handled = await desk.handle()
    assert handled.failures == []
    assert handled.count == 3
    assert await rows(store, "select person, flow, data from conversation") == [(binh, "form", '{"said": "ba"}')]
    assert await rows(store, "select id from person") == [(binh,)]


async def test_the_turn_that_joins_leaves_an_open_flow_of_the_other_alone(store: Store, an: str, binh: str) -> None:
    desk = Desk(store, Pretend(), Pretend("web"), say=Linking(binh, "own"))
    await desk.receive("web", event("1", "của Bình", "binh"))
    await desk.handle()
    desk.say = Linking(binh, "other")
    await desk.receive("pretend", event("2", "nối"))
    assert (await desk.handle()).failures == []
    assert await rows(store, "select person, flow, data from conversation") == [(binh, "own", '{"said": "của Bình"}')]


async def test_a_message_that_waits_while_its_address_changes_hands_is_the_new_ones(
    store: Store, an: str, binh: str
) -> None:
    async with open_beside(store, lambda registry: registry.roles.join(an, binh)):
        assert await somebody(store, "an") == binh
    assert await rows(store, "select id from person") == [(binh,)]


# What is kept, and forgetting.


async def test_what_is_kept_of_a_leader_is_shown(store: Store, an: str, binh: str) -> None:
    async def kept(person: str) -> Kept:
        return await recorded(store, lambda records: records.kept(person))

    before = await kept(an)
    assert (before.roles, before.papers, before.events) == ((), 0, 0)
    first = await store.registry_write(given(an))
    await store.registry_write(lambda registry: registry.roles.end(first.id, TODAY, "cli"))
    second = await store.registry_write(given(an))

    def work(registry: Registry) -> None:
        made = registry.submissions.begin(a_round(), "to-1", an, "Bà An")
        for path in ("1", "2"):
            registry.submissions.answer(made.id, path, 1, "1", an, "Bà An")
            registry.submissions.answer(made.id, f"{path}.b", 1, "1", binh, "Ông Bình")

    await store.registry_write(work)
    after = await kept(an)
    assert {role.id: role.last for role in after.roles} == {first.id: TODAY - DAY, second.id: None}
    assert (after.papers, after.events) == (1, 1)
    assert ((await kept(binh)).papers, (await kept(binh)).events) == (1, 0)


async def test_forgetting_takes_the_roles_and_leaves_the_papers(store: Store, an: str) -> None:
    await written(store, an, "form")
    await store.registry_write(given(an))
    await recorded(store, lambda records: records.forget(an))
    left = await everything(store)
    assert an not in left
    for table in ("role", "link_code", "wrong_code", "address", "conversation", "person"):
        assert await rows(store, f"select * from {table}") == []
    # The unit's papers: who wrote stands in them by name, as on paper.
    assert await rows(store, "select by, by_name, state from submission") == [("", "Bà An", "submitted")]
    assert await rows(store, "select by, by_name, raw from answer") == [("", "Bà An", "1")]
    assert await rows(store, "select action, by from audit where subject = 'submission' order by position") == [
        ("begun", ""),
        ("submitted", ""),
    ]


async def test_whoever_was_forgotten_is_somebody_new_without_a_role(store: Store, an: str) -> None:
    await store.registry_write(given(an))
    await store.registry_write(draft)
    await recorded(store, lambda records: records.forget(an))
    again = await somebody(store, "an")
    assert again != an
    assert await store.registry_read(lambda registry: registry.roles.of(again, TODAY)) == []
    assert await store.registry_read(lambda registry: registry.roles.holders("leader", TODAY)) == []
