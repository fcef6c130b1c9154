"""One contract for both engines: units, rounds, submissions and what is written about them."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import database, open_store
from storage.dossier import ALPHABET, TransactionRegistry
from storage.records import StorageError
from storage.registry import Registry, State, Submission, UnitRow
from storage.store import Store
from storage.submissions import MOVES
from tests.databases import ENGINES, Hands, empty_url, rows
from tests.ward import DAY, TODAY, UNITS, a_round, beside, draft, found_ward, moved

pytestmark = pytest.mark.anyio

STATES: tuple[State, ...] = ("draft", "submitted", "returned", "accepted", "withdrawn")
# How a submission comes into each state.
WAYS: dict[State, tuple[State, ...]] = {
    "draft": (),
    "submitted": ("submitted",),
    "returned": ("submitted", "returned"),
    "accepted": ("submitted", "accepted"),
    "withdrawn": ("submitted", "withdrawn"),
}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def store(url: str, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(url, hands)
    await store.open()
    await store.registry_write(found_ward)
    yield store
    await store.close()


# Units.


async def test_units_come_back_as_imported_and_in_that_order(store: Store) -> None:
    assert await store.registry_read(lambda registry: registry.units.all()) == list(UNITS)
    assert await store.registry_read(lambda registry: registry.units.get("ban")) == UNITS[3]
    assert await store.registry_read(lambda registry: registry.units.get("to-9")) is None


async def test_importing_again_changes_nothing_and_writes_nothing(store: Store) -> None:
    before = await rows(store, "select count(*) from audit")
    assert not any(await store.registry_write(lambda registry: [registry.units.save(unit) for unit in UNITS]))
    assert await rows(store, "select count(*) from audit") == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "tổ 1"},
        {"households": 0},
        {"attributes": {"farms": False}},
        {"valid_to": TODAY},
        {"parent": ""},
        {"kind": "thôn"},
    ],
    ids=str,
)
async def test_a_changed_unit_is_replaced_in_its_place(store: Store, change: dict[str, object]) -> None:
    changed = replace(UNITS[2], **change)  # type: ignore[arg-type]  # each value has the type of its field
    assert await store.registry_write(lambda registry: registry.units.save(changed, "staff"))
    assert (await store.registry_read(lambda registry: registry.units.all()))[2] == changed
    *_, event = await store.registry_read(lambda registry: registry.audit.of("unit", "to-1"))
    assert (event.action, event.by) == ("changed", "staff")
    assert event.before != event.after


async def test_what_belongs_to_a_unit_is_found_at_any_depth(store: Store) -> None:
    def below(registry: Registry) -> list[list[str]]:
        return [list(registry.units.below(code)) for code in ("p", "ban", "cum", "to-9", "")]

    assert await store.registry_read(below) == [
        ["p", "to-2", "to-1", "ban", "cum"],
        ["ban", "cum"],
        ["cum"],
        [],
        ["p", "to-2", "to-1", "ban", "cum"],
    ]


async def test_two_units_that_belong_to_each_other_end_somewhere(store: Store) -> None:
    def work(registry: Registry) -> list[str]:
        registry.units.save(replace(UNITS[3], parent="cum"))
        return list(registry.units.below("cum"))

    assert await store.registry_write(work) == ["cum", "ban"]


# Rounds.


async def test_a_round_comes_back_with_the_moment_it_was_opened(store: Store, hands: Hands) -> None:
    hands.pass_by(5)
    opened = a_round("r2", due=None, settings={"ratio": "50 % (Điều 4)"}, opened_at=hands.now - DAY)
    await store.registry_write(lambda registry: registry.rounds.open(opened))
    found = await store.registry_read(lambda registry: registry.rounds.get("r2"))
    assert found == replace(opened, opened_at=hands.now)
    assert await store.registry_read(lambda registry: registry.rounds.get("r3")) is None


async def test_current_rounds_of_a_unit_oldest_first(store: Store, hands: Hands) -> None:
    def work(registry: Registry) -> list[list[str]]:
        for id in ("b", "a"):
            registry.rounds.open(a_round(id, units=("cum", "to-1") if id == "b" else ("to-1",)))
        return [[round.id for round in registry.rounds.current(unit)] for unit in ("", "to-1", "cum", "to", "p")]

    hands.pass_by(1)
    assert await store.registry_write(work) == [["r1", "a", "b"], ["r1", "a", "b"], ["b"], [], []]


async def test_a_round_is_closed_once(store: Store, hands: Hands) -> None:
    assert await store.registry_write(lambda registry: registry.rounds.close("r1", "staff"))
    closed_at = hands.now
    hands.pass_by(5)
    assert not await store.registry_write(lambda registry: registry.rounds.close("r1", "staff"))
    assert not await store.registry_write(lambda registry: registry.rounds.close("r9", "staff"))
    assert await store.registry_read(lambda registry: registry.rounds.current()) == []
    found = await store.registry_read(lambda registry: registry.rounds.get("r1"))
    assert found is not None
    assert found.closed_at == closed_at
    events = await store.registry_read(lambda registry: registry.audit.of("round", "r1"))
    assert [(event.action, event.by) for event in events] == [("opened", "staff"), ("closed", "staff")]


async def test_a_closed_round_is_opened_again_once(store: Store) -> None:
    assert not await store.registry_write(lambda registry: registry.rounds.reopen("r1", "staff"))
    await store.registry_write(lambda registry: registry.rounds.close("r1", "staff"))
    assert await store.registry_write(lambda registry: registry.rounds.reopen("r1", "chief"))
    assert not await store.registry_write(lambda registry: registry.rounds.reopen("r1", "staff"))
    [found] = await store.registry_read(lambda registry: registry.rounds.current())
    assert (found.id, found.closed_at) == ("r1", None)
    events = await store.registry_read(lambda registry: registry.audit.of("round", "r1"))
    assert [(event.action, event.by) for event in events][1:] == [("closed", "staff"), ("reopened", "chief")]


async def test_changing_a_round_replaces_what_staff_may_change(store: Store) -> None:
    changed = a_round(units=("cum",), due=None, signer="", settings={"as_of": "2026-06-30"})

    def work(registry: Registry) -> None:
        registry.rounds.change(replace(changed, form="khác", period="khác"), "staff")
        registry.rounds.change(changed, "staff")
        registry.rounds.change(a_round("r9"), "staff")

    await store.registry_write(work)
    assert await store.registry_read(lambda registry: registry.rounds.get("r1")) == changed
    events = await store.registry_read(lambda registry: registry.audit.of("round", "r1"))
    assert [event.action for event in events] == ["opened", "changed"]
    assert '"cum"' in events[1].after
    assert await store.registry_read(lambda registry: registry.audit.of("round", "r9")) == []


async def test_a_form_version_is_kept_as_it_was_first_saved(store: Store) -> None:
    def work(registry: Registry) -> str:
        registry.rounds.save_version("f", "v1", '{"id": "f"}')
        registry.rounds.save_version("f", "v1", "khác")
        return registry.rounds.version("v1")

    assert await store.registry_write(work) == '{"id": "f"}'
    with pytest.raises(KeyError):
        await store.registry_read(lambda registry: registry.rounds.version("v2"))


# Submissions.


async def test_a_second_leader_joins_the_draft_of_the_unit(store: Store, hands: Hands) -> None:
    def work(registry: Registry) -> tuple[Submission, Submission]:
        first = registry.submissions.begin(a_round(), "to-1", "an", "Bà An", given_by="ông Tư")
        return first, registry.submissions.begin(a_round(), "to-1", "binh", "Ông Bình")

    first, second = await store.registry_write(work)
    assert first == second
    assert first == Submission(
        *(first.id, first.code, "tu-danh-gia", "v1", "to-1", "r1", "draft", 0, "an", "Bà An"),
        *(hands.now, hands.now, "ông Tư"),
    )
    assert re.fullmatch(f"BN-[{ALPHABET}]{{6}}", first.code)


async def test_two_leaders_who_begin_at_once_get_the_same_submission(store: Store) -> None:
    first, second = await beside(
        store,
        lambda registry: registry.submissions.begin(a_round(), "to-1", "an", "Bà An"),
        lambda registry: registry.submissions.begin(a_round(), "to-1", "binh", "Ông Bình"),
    )
    assert first == second
    assert await rows(store, "select by from submission") == [("an",)]


async def test_a_submission_is_found_by_id_and_by_its_code_in_any_case(store: Store) -> None:
    made = await store.registry_write(draft)

    def find(registry: Registry) -> list[Submission | None]:
        return [registry.submissions.get(id) for id in (made.id, made.code, made.code.lower(), "BN-000000", "")]

    assert await store.registry_read(find) == [made, made, made, None, None]


async def test_a_code_that_is_taken_is_drawn_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter(["AAAAAA", "AAAAAA", "BBBBBB"])
    monkeypatch.setattr(TransactionRegistry, "code", lambda _: next(codes))

    def work(registry: Registry) -> list[str]:
        return [registry.submissions.begin(a_round(), unit, "an", "").code for unit in ("to-1", "to-2")]

    assert await store.registry_write(work) == ["BN-AAAAAA", "BN-BBBBBB"]


async def test_drawing_codes_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TransactionRegistry, "code", lambda _: "AAAAAA")

    def work(registry: Registry) -> None:
        for unit in ("to-1", "to-2"):
            registry.submissions.begin(a_round(), unit, "an", "")

    with pytest.raises(StorageError, match="no free code"):
        await store.registry_write(work)


async def test_codes_have_no_letters_that_look_alike(store: Store) -> None:
    codes = await store.registry_read(lambda registry: {registry.code() for _ in range(500)})
    assert len(codes) == 500
    assert not set("".join(codes)) & set("01OIL")
    assert {len(code) for code in codes} == {6}


async def test_answers_stand_in_the_order_in_which_they_were_first_given(store: Store, hands: Hands) -> None:
    made = await store.registry_write(draft)
    hands.pass_by(60)

    def work(registry: Registry) -> None:
        registry.submissions.answer(made.id, "0.1", None, "bỏ qua", "binh", "Ông Bình")
        registry.submissions.answer(made.id, "1.1", "no", "không", "binh", "Ông Bình")

    await store.registry_write(work)
    answers = await store.registry_read(lambda registry: registry.submissions.answers(made.id))
    assert list(answers) == ["1.1", "works/a/name", "0.1"]
    assert [answer.path for answer in answers.values()] == list(answers)
    changed, skipped = answers["1.1"], answers["0.1"]
    assert (changed.value, changed.raw, changed.by, changed.by_name) == ("no", "không", "binh", "Ông Bình")
    assert (changed.at, answers["works/a/name"].at) == (hands.now, hands.now - timedelta(seconds=60))
    assert skipped.value is None
    found = await store.registry_read(lambda registry: registry.submissions.get(made.id))
    assert found == replace(made, changed_at=hands.now)


async def test_erasing_takes_what_is_below_and_nothing_beside(store: Store) -> None:
    paths = ["a", "a#", "a/1/b", "a/1/b#", "a/10/b", "a/1", "ab", "a%", "b/a/1"]

    def work(registry: Registry) -> list[list[str]]:
        id = registry.submissions.begin(a_round(), "to-1", "an", "").id
        left = []
        for erased in ("a/1", "a%", "a"):
            for path in paths:
                registry.submissions.answer(id, path, 1, "1", "an", "")
            registry.submissions.erase(id, erased)
            left.append(sorted(registry.submissions.answers(id)))
        return left

    first, second, third = await store.registry_write(work)
    assert first == ["a", "a#", "a%", "a/10/b", "ab", "b/a/1"]
    assert second == sorted({*paths} - {"a%"})
    assert third == ["a%", "ab", "b/a/1"]


@pytest.mark.parametrize("state", STATES)
async def test_only_drafts_and_returned_ones_take_answers(store: Store, state: State) -> None:
    made = await store.registry_write(lambda registry: moved(registry, draft(registry), *WAYS[state]))

    def change(registry: Registry) -> None:
        registry.submissions.answer(made.id, "1.2", 5, "5", "an", "")
        registry.submissions.erase(made.id, "1.1")

    def erase(registry: Registry) -> None:
        registry.submissions.erase(made.id, "1.1")

    if state in ("draft", "returned"):
        await store.registry_write(change)
        left = await store.registry_read(lambda registry: registry.submissions.answers(made.id))
        assert list(left) == ["works/a/name", "1.2"]
        return
    for work in (change, erase):
        with pytest.raises(ValueError, match="only drafts and returned"):
            await store.registry_write(work)
    left = await store.registry_read(lambda registry: registry.submissions.answers(made.id))
    assert list(left) == ["1.1", "works/a/name"]


async def test_nothing_takes_the_answers_of_what_is_not_there(store: Store) -> None:
    with pytest.raises(ValueError, match="only drafts"):
        await store.registry_write(lambda registry: registry.submissions.answer("x", "1", 1, "1", "an", ""))


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


async def test_the_newest_change_of_a_unit_comes_first(store: Store, hands: Hands) -> None:
    def work(registry: Registry) -> list[str]:
        registry.rounds.open(a_round("r2"))
        return [registry.submissions.begin(a_round(id), "to-1", "an", "").id for id in ("r1", "r2")]

    first, second = await store.registry_write(work)
    hands.pass_by(1)
    await store.registry_write(lambda registry: registry.submissions.answer(first, "1", 1, "1", "an", ""))
    found = await store.registry_read(lambda registry: registry.submissions.of_unit("to-1"))
    assert [each.id for each in found] == [first, second]
    hands.pass_by(1)
    await store.registry_write(lambda registry: registry.submissions.answer(second, "1", 1, "1", "an", ""))
    found = await store.registry_read(lambda registry: registry.submissions.of_unit("to-1"))
    assert [each.id for each in found] == [second, first]
    assert await store.registry_read(lambda registry: registry.submissions.of_unit("ban")) == []


async def test_the_queue_counts_pages_and_has_the_longest_wait_first(store: Store, hands: Hands) -> None:
    for unit, form in (("ban", "a"), ("to-1", "b"), ("to-2", "a")):
        hands.pass_by(1)

        def send(registry: Registry, unit: str = unit, form: str = form) -> None:
            round = a_round(f"{form}-{unit}", form=form)
            registry.rounds.open(round)
            moved(registry, registry.submissions.begin(round, unit, "an", ""), "submitted")

        await store.registry_write(send)
    hands.pass_by(1)
    await store.registry_write(draft)

    def look(registry: Registry) -> dict[str, object]:
        queue, count = registry.submissions.queue, registry.submissions.count
        return {
            "all": [each.unit for each in queue(["submitted"])],
            "form": [each.unit for each in queue(["submitted"], "a")],
            "page": [each.unit for each in queue(["submitted"], limit=1, offset=1)],
            "both": [each.unit for each in queue(["draft", "submitted"])],
            "none": [queue([]), queue(["returned"]), queue(["submitted"], "c"), count([]), count(["accepted"])],
            "count": count(["draft", "submitted"]),
        }

    assert await store.registry_read(look) == {
        "all": ["ban", "to-1", "to-2"],
        "form": ["ban", "to-2"],
        "page": ["to-1"],
        "both": ["ban", "to-1", "to-2", "to-1"],
        "none": [[], [], [], {}, {}],
        "count": {"a": 2, "b": 1, "tu-danh-gia": 1},
    }


async def test_all_of_a_round_with_answers_in_the_order_of_the_units(store: Store) -> None:
    def work(registry: Registry) -> list[tuple[str, list[str]]]:
        moved(registry, draft(registry, "ban"), "submitted", "accepted")
        moved(registry, registry.submissions.begin(a_round(), "to-1", "an", ""), "submitted")
        moved(registry, draft(registry, "to-2"), "submitted")
        registry.rounds.open(a_round("r2"))
        registry.submissions.begin(a_round("r2"), "cum", "an", "")
        found = registry.submissions.of_round("r1", ["submitted", "accepted"])
        assert registry.submissions.of_round("r1", []) == []
        assert registry.submissions.of_round("r1", ["returned"]) == []
        for submission, answers in found:
            given = registry.submissions.answers(submission.id)
            assert answers == {path: answer.value for path, answer in given.items()}
            assert list(answers) == list(given)
        return [(submission.unit, list(answers)) for submission, answers in found]

    both = ["1.1", "works/a/name"]
    assert await store.registry_write(work) == [("to-2", both), ("to-1", []), ("ban", both)]


async def test_remarks_belong_to_what_was_sent_and_are_resolved_one_by_one(store: Store, hands: Hands) -> None:
    def work(registry: Registry) -> list[str]:
        made = moved(registry, draft(registry), "submitted", "returned", "submitted")
        remarks = [registry.submissions.remark(made, path, f"vì {path}", "staff") for path in ("1.1", "")]
        assert registry.submissions.remarks(made.id) == remarks
        assert [(remark.snapshot, remark.path, remark.reason, remark.by) for remark in remarks] == [
            (2, "1.1", "vì 1.1", "staff"),
            (2, "", "vì ", "staff"),
        ]
        return [made.id, *(remark.id for remark in remarks)]

    submission, first, second = await store.registry_write(work)
    hands.pass_by(60)
    resolved_at = hands.now
    await store.registry_write(lambda registry: registry.submissions.resolve(first))
    hands.pass_by(60)
    await store.registry_write(lambda registry: registry.submissions.resolve(first))
    left = await store.registry_read(lambda registry: registry.submissions.remarks(submission))
    assert [remark.id for remark in left] == [second]
    everything = await store.registry_read(lambda registry: registry.submissions.remarks(submission, open=False))
    assert [(remark.id, remark.resolved_at) for remark in everything] == [(first, resolved_at), (second, None)]


async def test_the_audit_tells_one_subject_from_another(store: Store, hands: Hands) -> None:
    def work(registry: Registry) -> None:
        registry.audit.add("export", "x", "made", "staff", "trước", "sau")
        registry.audit.add("export", "y", "made", "staff")
        registry.audit.add("round", "x", "made", "staff")

    await store.registry_write(work)
    [event] = await store.registry_read(lambda registry: registry.audit.of("export", "x"))
    assert (event.subject, event.id, event.action, event.by, event.at) == ("export", "x", "made", "staff", hands.now)
    assert (event.before, event.after) == ("trước", "sau")


async def test_what_fails_leaves_nothing_behind(store: Store) -> None:
    def work(registry: Registry) -> None:
        draft(registry)
        raise LookupError

    with pytest.raises(LookupError):
        await store.registry_write(work)
    assert await rows(store, "select * from submission") == []
    assert await rows(store, "select * from answer") == []


# Any text.

ODD = st.text(st.characters(codec=None), max_size=30)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ODD
JSON = st.recursive(PLAIN, lambda some: st.lists(some, max_size=4) | st.dictionaries(ODD, some, max_size=4))


def storable(value: object) -> object:
    """A value without NUL and lone surrogates."""
    if isinstance(value, str):
        return "".join(letter for letter in value if letter != "\0" and not "\ud800" <= letter <= "\udfff")
    if isinstance(value, list):
        return [storable(item) for item in value]
    return {storable(key): storable(item) for key, item in value.items()} if isinstance(value, dict) else value


def answered(given_: list[tuple[str, object, str, str]]) -> Callable[[Registry], None]:
    """Write the same odd text wherever there is room for any, compare what comes back, undo it."""
    text = given_[0][0]

    def work(registry: Registry) -> None:
        registry.units.save(UnitRow("đ", text, text, text, attributes={text: True}))
        registry.rounds.open(a_round("odd", period=text, signer=text, settings={text: text}))
        made = registry.submissions.begin(a_round("odd"), text, "an", text, text)
        expected = {}
        for path, value, raw, name in given_:
            registry.submissions.answer(made.id, path, value, raw, "an", name)
            expected[storable(path)] = (storable(value), storable(raw), storable(name))
        answers = registry.submissions.answers(made.id)
        assert {path: (each.value, each.raw, each.by_name) for path, each in answers.items()} == expected
        moved(registry, made, "submitted")
        [snapshot] = registry.submissions.snapshots(made.id)
        assert snapshot.answers == {path: value for path, (value, _, _) in expected.items()}
        assert registry.submissions.remark(made, text, text, "an").reason == storable(text)
        unknown(registry, text)
        registry.audit.add("export", text, "made", "an", text, text)
        assert registry.audit.of("export", text)[-1].after == storable(text)
        raise Undone

    return work


async def test_any_answer_comes_back_without_what_a_database_refuses(store: Store) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=60)
    @given(given_=st.lists(st.tuples(ODD, JSON, ODD, ODD), min_size=1, max_size=4))
    def check(given_: list[tuple[str, object, str, str]]) -> None:
        with pytest.raises(Undone):
            asyncio.run_coroutine_threadsafe(store.registry_write(answered(given_)), loop).result()

    await asyncio.to_thread(check)


def unknown(registry: Registry, id: str) -> None:
    """Nobody is harmed by an id of an old or a made-up button."""
    submissions, rounds, roles = registry.submissions, registry.rounds, registry.roles
    assert (submissions.get(id), rounds.get(id), registry.units.get(f"{id}?")) == (None, None, None)
    assert not submissions.answers(id)
    assert not [*submissions.snapshots(id), *submissions.remarks(id), *submissions.of_round(id, ["draft"])]
    submissions.resolve(id)
    with pytest.raises(ValueError, match="only drafts"):
        submissions.answer(id, "1", 1, "1", "an", "")
    with pytest.raises(ValueError, match="only drafts"):
        submissions.erase(id, "1")
    assert not rounds.close(id)
    with pytest.raises(KeyError):
        rounds.version(id)
    assert not roles.end(id, TODAY, "an")
    assert not [*roles.of(id, TODAY), *roles.in_unit(id, TODAY)]
    assert (roles.take(id), roles.take_link(id), roles.leave(id, id)) == (None, "", False)


class Undone(Exception):
    """What was tried is not to stay."""


# The schema.


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_database_of_the_first_version_is_brought_up_to_date(
    engine: str, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, first_only = empty_url(engine, tmp_path), tmp_path / "migrations"
    first_only.mkdir()
    shutil.copy(database._MIGRATIONS / "0001.sql", first_only)
    with monkeypatch.context() as patch:
        patch.setattr(database, "_MIGRATIONS", first_only)
        old = open_store(url, hands)
        await old.open()
        await old.database.write(
            lambda transaction: transaction.execute("insert into person (id, name, since) values ('an', 'Bà An', '')")
        )
        assert await rows(old, "select number from migration") == [(1,)]
        await old.close()
    store = open_store(url, hands)
    await store.open()
    await store.registry_write(found_ward)
    tenure = await store.registry_write(lambda registry: registry.roles.give("an", "", "leader", "to-1", TODAY, "cli"))
    assert tenure.first == TODAY
    assert await rows(store, "select id, name from person") == [("an", "Bà An")]
    numbers = [number for [number] in await rows(store, "select number from migration order by number")]
    assert numbers == sorted(int(path.stem) for path in database._MIGRATIONS.glob("*.sql"))
    assert len(numbers) > 1
    await store.close()
