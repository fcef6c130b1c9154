"""Any answer comes back without what a database refuses."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.registry import Registry, UnitRow
from storage.store import Store
from tests.test_registry import Undone, hands, store
from tests.ward import TODAY, a_round, moved

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


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
