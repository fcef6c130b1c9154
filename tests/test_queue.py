"""What staff read: the queue, a whole round, remarks, the audit."""

import pytest

from storage.registry import Registry
from storage.store import Store
from tests.databases import Hands, rows
from tests.test_registry import hands, store
from tests.ward import a_round, draft, moved

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


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
