"""From draft to accepted: which moves there are, and who wins of several."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from storage.registry import Registry, State, Submission
from storage.store import Store
from storage.submissions import MOVES
from tests.databases import Hands
from tests.test_registry import STATES, WAYS, hands, store
from tests.ward import a_round, beside, draft, moved

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


ALLOWED = {
    *(("draft", "submitted"), ("returned", "submitted"), ("draft", "withdrawn")),
    *(("submitted", "accepted"), ("submitted", "returned"), ("submitted", "withdrawn"), ("accepted", "withdrawn")),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to", STATES)
async def test_a_move_is_made_or_refused(store: Store, hands: Hands, state: State, to: State) -> None:
    made = await store.registry_write(lambda registry: moved(registry, draft(registry), *WAYS[state]))
    hands.pass_by(60)
    if (state, to) not in ALLOWED:
        with pytest.raises(ValueError, match=f"a {state} submission cannot become {to}"):
            await store.registry_write(lambda registry: registry.submissions.move(made, to, "staff"))
        assert await store.registry_read(lambda registry: registry.submissions.get(made.id)) == made
        return
    after = await store.registry_write(lambda registry: registry.submissions.move(made, to, "staff"))
    assert after == replace(made, state=to, revision=made.revision + 1, changed_at=hands.now)
    assert await store.registry_read(lambda registry: registry.submissions.get(made.id)) == after
    *_, event = await store.registry_read(lambda registry: registry.audit.of("submission", made.id))
    assert (event.action, event.by, event.before, event.after, event.at) == (to, "staff", state, to, hands.now)


def test_every_state_is_in_the_table_of_moves() -> None:
    assert set(MOVES) == set(STATES)


async def test_of_two_deciders_one_wins(store: Store) -> None:
    made = await store.registry_write(lambda registry: moved(registry, draft(registry), "submitted"))
    accepted, returned = await beside(
        store,
        lambda registry: registry.submissions.move(made, "accepted", "staff-1"),
        lambda registry: registry.submissions.move(made, "returned", "staff-2"),
    )
    assert accepted == await store.registry_read(lambda registry: registry.submissions.get(made.id))
    assert accepted is not None
    assert (accepted.state, returned) == ("accepted", None)
    events = await store.registry_read(lambda registry: registry.audit.of("submission", made.id))
    assert [event.by for event in events][2:] == ["staff-1"]


async def test_of_many_deciders_at_once_one_wins(store: Store) -> None:
    def decide(made: Submission, to: State) -> Callable[[Registry], Submission | None]:
        return lambda registry: registry.submissions.move(made, to, to)

    def send(unit: str) -> Callable[[Registry], Submission]:
        return lambda registry: moved(registry, draft(registry, unit), "submitted")

    def find(id: str) -> Callable[[Registry], Submission | None]:
        return lambda registry: registry.submissions.get(id)

    for unit in ("to-1", "to-2", "ban"):
        made = await store.registry_write(send(unit))
        choices: list[State] = ["accepted", "returned", "withdrawn"] * 2
        decided = await asyncio.gather(*(store.registry_write(decide(made, to)) for to in choices))
        [won] = [found for found in decided if found]
        assert won == await store.registry_read(find(made.id))
        assert won.revision == 2


async def test_what_was_decided_meanwhile_is_not_decided_again(store: Store) -> None:
    made = await store.registry_write(lambda registry: moved(registry, draft(registry), "submitted"))
    # Returned and sent again: the state is the same, what stands in it is not.
    await store.registry_write(lambda registry: moved(registry, made, "returned", "submitted"))
    assert await store.registry_write(lambda registry: registry.submissions.move(made, "accepted", "staff")) is None


async def test_an_answer_given_while_somebody_sends_is_in_what_is_sent(store: Store) -> None:
    made = await store.registry_write(draft)

    def answer(registry: Registry) -> Submission | None:
        registry.submissions.answer(made.id, "1.1", "no", "không", "binh", "Ông Bình")
        return None

    _, sent = await beside(store, answer, lambda registry: registry.submissions.move(made, "submitted", "an"))
    assert sent is not None
    [snapshot] = await store.registry_read(lambda registry: registry.submissions.snapshots(made.id))
    assert snapshot.answers["1.1"] == "no"


async def test_an_answer_that_comes_after_the_sending_is_refused(store: Store) -> None:
    made = await store.registry_write(draft)

    def answer(registry: Registry) -> Submission | None:
        with pytest.raises(ValueError, match="only drafts"):
            registry.submissions.answer(made.id, "1.1", "no", "không", "binh", "Ông Bình")
        return None

    await beside(store, lambda registry: registry.submissions.move(made, "submitted", "an"), answer)
    answers = await store.registry_read(lambda registry: registry.submissions.answers(made.id))
    [snapshot] = await store.registry_read(lambda registry: registry.submissions.snapshots(made.id))
    assert {path: answer.value for path, answer in answers.items()} == snapshot.answers


async def test_every_sending_leaves_a_snapshot_that_stays(store: Store, hands: Hands) -> None:
    made = await store.registry_write(lambda registry: moved(registry, draft(registry), "submitted", "returned"))
    first_at = hands.now
    hands.pass_by(60)

    def again(registry: Registry) -> None:
        registry.submissions.answer(made.id, "1.1", {"part": 3, "whole": 4}, "3/4", "an", "Bà An")
        registry.submissions.erase(made.id, "works")
        moved(registry, made, "submitted", "accepted")

    await store.registry_write(again)
    first, second = await store.registry_read(lambda registry: registry.submissions.snapshots(made.id))
    assert (first.submission, first.number, first.by, first.at) == (made.id, 1, "staff", first_at)
    assert first.answers == {"1.1": "yes", "works/a/name": "Đèn ngõ"}
    assert list(first.answers) == ["1.1", "works/a/name"]
    assert (second.number, second.at, second.answers) == (2, hands.now, {"1.1": {"part": 3, "whole": 4}})


async def test_after_a_withdrawal_the_unit_may_begin_again(store: Store) -> None:
    old = await store.registry_write(
        lambda registry: moved(registry, draft(registry), "submitted", "accepted", "withdrawn")
    )
    tally = await store.registry_read(lambda registry: registry.submissions.tally(a_round()))
    assert tally.states == {"to-2": "", "to-1": "withdrawn", "ban": ""}
    new = await store.registry_write(draft)
    assert new.id != old.id
    assert new.state == "draft"
    tally = await store.registry_read(lambda registry: registry.submissions.tally(a_round()))
    assert tally.states == {"to-2": "", "to-1": "draft", "ban": ""}
    found = await store.registry_read(lambda registry: registry.submissions.of_unit("to-1"))
    assert {(each.id, each.state) for each in found} == {(old.id, "withdrawn"), (new.id, "draft")}
