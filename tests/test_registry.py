"""One contract for both engines: units, rounds, submissions and what is written about them."""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage import database, open_store
from storage.dossier import ALPHABET, TransactionRegistry
from storage.records import StorageError
from storage.registry import Registry, State, Submission
from storage.store import Store
from tests.databases import ENGINES, Hands, empty_url, rows
from tests.ward import TODAY, UNITS, a_round, beside, draft, found_ward, moved

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
