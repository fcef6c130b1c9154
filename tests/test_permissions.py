"""Who may do what: every role, in every kind of unit, for every action, on both engines; and what a refusal says."""

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest

from conversation import Address, Incoming
from handlers.permissions import ENDS, INVITES, MAY, Action, may, refused, units_of
from handlers.translation import Translator
from handlers.turn import Turn
from storage import open_store
from storage.database import Transaction
from storage.handling import TransactionRecords
from storage.registry import Role, UnitRow
from storage.store import Store
from tests.databases import ENGINES, database_url
from tests.talk import TODAY, demo_ward, knowledge

pytestmark = pytest.mark.anyio

ACTIONS: tuple[Action, ...] = get_args(Action)
# What each role may do, told here a second time on purpose.
LEADER = {"fill_in", "send", "withdraw", "see_own", "report_unit", "be_reminded"}
STAFF = {"see_all", "fill_in_for", "open_round", "review", "progress", "export", "invite_leader", "end_leader"}
STAFF |= {"announce", "approve_announcement", "take_back", "be_reminded", "set_reminders"}
ADMIN = STAFF | {"invite_staff", "end_staff", "import_units"}

UNITS = {
    "tp": UnitRow("tp", "phường Tân Phong", "phường"),
    "t1": UnitRow("t1", "Tổ dân phố số 1", "tổ dân phố", "tp"),
    "t1a": UnitRow("t1a", "Nhóm 1A", "đơn vị", "t1"),
    "t2": UnitRow("t2", "Tổ dân phố số 2", "tổ dân phố", "tp"),
    "qt": UnitRow("qt", "phường Quyết Thắng", "phường"),
    "q1": UnitRow("q1", "Tổ dân phố số 1", "tổ dân phố", "qt"),
}
# Whoever has a role, where they have it, and the units that they reach.
PEOPLE: dict[str, tuple[str, str, set[str], set[str]]] = {
    "resident": ("", "", set(), set()),
    "leader": ("leader", "t1", LEADER, {"t1"}),
    "leader of the ward": ("leader", "tp", LEADER, {"tp"}),
    "staff": ("staff", "tp", STAFF, {"tp", "t1", "t1a", "t2"}),
    "staff of a part": ("staff", "t1", STAFF, {"t1", "t1a"}),
    "admin": ("admin", "tp", ADMIN, {"tp", "t1", "t1a", "t2"}),
    "staff elsewhere": ("staff", "qt", STAFF, {"qt", "q1"}),
}


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path))
    await store.open(sole=True)
    await store.registry_write(lambda registry: [registry.units.save(unit) for unit in UNITS.values()])
    yield store
    await store.close()


async def as_somebody(store: Store, chat: str, work: Callable[[Turn], None], *, language: str = "vi") -> None:
    """Do something in the transaction of a message from a chat."""

    def within(transaction: Transaction) -> None:
        records = TransactionRecords(transaction, {}, "test", "worker", {}, store.clock())
        incoming = Incoming(Address("pretend", chat), "1", "text", "xin chào")
        person, conversation = records.sender(incoming.address)
        say = Translator(language)
        work(Turn(incoming, person, conversation, records, knowledge(), demo_ward(), TODAY, say))

    await store.database.write(within)


def give(role: Role, unit: str, first: date = TODAY) -> Callable[[Turn], None]:
    def work(turn: Turn) -> None:
        turn.records.registry.roles.give(turn.person.id, "Ai", role, unit, first, "test")

    return work


def role_of(name: str) -> Role:
    found: Role = next(role for role in get_args(Role) if role == name)
    return found


@pytest.mark.parametrize("who", PEOPLE)
async def test_every_cell_of_the_matrix(who: str, store: Store) -> None:
    role, unit, actions, reached = PEOPLE[who]
    if role:
        await as_somebody(store, who, give(role_of(role), unit))
    cells: dict[tuple[str, str], bool] = {}

    def look(turn: Turn) -> None:
        for action in ACTIONS:
            assert set(units_of(turn, action)) == (reached if action in actions else set()), action
            # Without a unit: in any; and one that is not there.
            cells[action, ""] = may(turn, action)
            cells[action, "nowhere"] = may(turn, action, "nowhere")
            for code in UNITS:
                cells[action, code] = may(turn, action, code)

    await as_somebody(store, who, look)
    assert len(cells) == len(ACTIONS) * (len(UNITS) + 2)
    for (action, code), allowed in cells.items():
        wanted = action in actions and (code in reached or not code)
        assert allowed == wanted, f"{who} may {action} in {code or 'any unit'}: {allowed}"


def test_every_action_is_somebodys_and_the_table_is_the_one_that_is_meant() -> None:
    assert MAY == {"leader": LEADER, "staff": STAFF, "admin": ADMIN}
    assert set(ACTIONS) == LEADER | ADMIN
    assert INVITES.keys() == ENDS.keys() == set(get_args(Role))


async def test_several_roles_add_up_their_own_units_first(store: Store) -> None:
    await as_somebody(store, "x", give("leader", "q1"))
    await as_somebody(store, "x", give("leader", "t2"))
    await as_somebody(store, "x", give("staff", "t1"))

    def look(turn: Turn) -> None:
        assert set(units_of(turn, "fill_in")) == {"q1", "t2"}
        assert units_of(turn, "review") == ["t1", "t1a"]
        assert may(turn, "fill_in", "t2")
        assert not may(turn, "review", "t2")
        assert not may(turn, "fill_in", "t1")

    await as_somebody(store, "x", look)


async def test_a_role_begins_and_ends_on_its_days(store: Store) -> None:
    await as_somebody(store, "later", give("staff", "tp", TODAY + timedelta(days=1)))
    await as_somebody(store, "ended", give("staff", "tp"))

    def not_yet(turn: Turn) -> None:
        assert not may(turn, "review", "t1")

    def ends(turn: Turn) -> None:
        (tenure,) = turn.records.registry.roles.of(turn.person.id, TODAY)
        assert may(turn, "review", "t1")
        turn.records.registry.roles.end(tenure.id, TODAY, "test")
        # At once, in the same transaction.
        assert not may(turn, "review", "t1")

    await as_somebody(store, "later", not_yet)
    await as_somebody(store, "ended", ends)
    await as_somebody(store, "ended", not_yet)


async def test_a_role_is_its_persons_alone(store: Store) -> None:
    await as_somebody(store, "an", give("admin", "tp"))

    def look(turn: Turn) -> None:
        assert not any(may(turn, action, code) for action in ACTIONS for code in UNITS)

    await as_somebody(store, "binh", look)


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_refusal_says_who_may(language: str, store: Store) -> None:
    names = {
        "vi": {"leader": "tổ trưởng", "staff": "cán bộ phường", "admin": "người quản trị của phường"},
        "en": {"leader": "leaders", "staff": "ward staff", "admin": "administrator"},
    }[language]

    def look(turn: Turn) -> None:
        for action in ACTIONS:
            (said,) = refused(turn, action)
            text = said.text.casefold()
            for role, name in names.items():
                assert (name in text) == (action in MAY[role_of(role)]), text
            assert {"vi": "xin mã mời", "en": "invitation code"}[language] in text
            assert said.choices

    await as_somebody(store, "an", look, language=language)
