"""Two of the staff, or staff and a leader, at the same moment: one wins and the other is told."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from conversation import Incoming, Reply
from storage.handling import TransactionRecords
from storage.records import Conversation, Person
from storage.registry import Registry
from storage.store import Store
from tests.talk import Talk, plain
from tests.test_staff import STAFF, either, looked_at, store, submissions

__all__ = ["either", "store"]

pytestmark = pytest.mark.anyio


# Two at once.


@dataclass
class Slow(Talk):
    """A talk whose transactions stay open for a moment after everything is decided, so that others meet them."""

    def _record(
        self, incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
    ) -> Sequence[Reply]:
        replies = super()._record(incoming, person, conversation, records)
        time.sleep(0.15)
        return replies


async def at_once(talk: Talk, *messages: dict[str, Any]) -> dict[str, str]:
    """Several people write at the same moment; what each is told, by chat."""
    before = {does["chat"]: len(talk.heard.get(does["chat"], [])) for does in messages}
    await asyncio.gather(*(talk.send(**does) for does in messages))
    return {chat: plain(talk.heard[chat][start:]) for chat, start in before.items()}


def presses(talk: Talk, label: str, chat: str) -> dict[str, Any]:
    return {"kind": "choice", "choice": talk.value(label, chat), "message": "1", "chat": chat}


async def decisions(store: Store, id: str) -> list[str]:
    """The states that a submission went through after it was sent."""
    events = await store.registry_read(lambda registry: registry.audit.of("submission", id))
    return [event.action for event in events if event.action in ("accepted", "returned", "withdrawn")]


async def test_two_staff_accept_at_once_and_one_is_told_that_the_other_was_faster(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh", "chi")
    said = await at_once(talk, presses(talk, "Nhận bài", "binh"), presses(talk, "Nhận bài", "chi"))
    [submission] = await submissions(either)
    assert submission.state == "accepted"
    assert await decisions(either, submission.id) == ["accepted"]
    won = [chat for chat in said if "Đã nhận BN-" in said[chat]]
    lost = [chat for chat in said if "Tôi không đổi gì thêm" in said[chat]]
    assert len(won) == len(lost) == 1
    winner = STAFF["names"][won[0]]
    assert "bài đã được nhận, lúc" in said[lost[0]]
    assert f"bởi {winner}" in said[lost[0]]


async def test_one_accepts_while_the_other_returns_and_no_remark_is_left_of_who_was_late(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh", "chi")
    await talk.send(text="3.5 thiếu biên bản", chat="chi")
    said = await at_once(talk, presses(talk, "Nhận bài", "binh"), presses(talk, "Trả lại", "chi"))
    [submission] = await submissions(either)
    assert await decisions(either, submission.id) == [submission.state]
    remarks = await either.registry_read(lambda registry: registry.submissions.remarks(submission.id, open=False))
    assert len(remarks) == (submission.state == "returned")
    late = "chi" if submission.state == "accepted" else "binh"
    assert "Tôi không đổi gì thêm" in said[late]
    # Only what won reached the leader.
    heard = plain(talk.heard["an"])
    assert ("Phường đã nhận" in heard) == (submission.state == "accepted")
    assert ("Phường nhờ sửa" in heard) == (submission.state == "returned")


async def test_a_leader_takes_it_back_while_staff_accept(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05"}]})
    await looked_at(talk, "binh")
    await talk.send(text="/bieumau")
    await talk.press("Rút lại: Tự đánh giá tổ dân phố, bản")
    said = await at_once(talk, presses(talk, "Nhận bài", "binh"), {"text": "ghi nhầm số hộ", "chat": "an"})
    [submission] = await submissions(either)
    done = await decisions(either, submission.id)
    if submission.state == "accepted":
        assert done == ["accepted"]
        assert "vừa đổi trạng thái" in said["an"]
    elif done == ["withdrawn"]:
        assert "bài đã được rút lại" in said["binh"]
    else:
        # Accepted first, and taken back afterwards: both were told what they did.
        assert done == ["accepted", "withdrawn"]
        assert "Đã nhận" in said["binh"]
        assert "Đã rút" in said["an"]


async def test_a_leader_edits_what_staff_have_just_accepted(either: Store) -> None:
    talk = Slow(either)
    await talk.cast(STAFF | {"submissions": [{"unit": "tdp-05", "state": "returned"}]})
    await talk.send(text="/bieumau")
    await talk.press("Sửa: Tự đánh giá tổ dân phố, bản")
    # A second leader of the unit sends it, staff accept it, and the first one types on.
    [submission] = await submissions(either)

    def sent_and_accepted(registry: Registry) -> None:
        sent = registry.submissions.move(submission, "submitted", "em")
        assert sent
        assert registry.submissions.move(sent, "accepted", "chi")

    await either.registry_write(sent_and_accepted)
    before = await either.registry_read(lambda registry: dict(registry.submissions.answers(submission.id)))
    assert "không sửa được nữa" in plain(await talk.send(text="1 có"))
    assert await either.registry_read(lambda registry: dict(registry.submissions.answers(submission.id))) == before


async def test_what_is_typed_while_another_sends_is_in_the_snapshot_or_nowhere(either: Store) -> None:
    talk = Slow(either)
    both = {"roles": {"an": "leader:tdp-05", "em": "leader:tdp-05"}}
    await talk.cast(STAFF | both | {"submissions": [{"unit": "tdp-05", "state": "draft"}]})
    for chat in ("an", "em"):
        await talk.send(text="/bieumau", chat=chat)
        await talk.press("Làm tiếp: Tự đánh giá tổ dân phố, bản", chat=chat)
    await talk.send(text="sửa 3.5", chat="em")
    told = asyncio.gather(talk.send(text="gửi", chat="an"), talk.send(text="không", chat="em"), return_exceptions=True)
    for failure in await told:
        # Whoever was late is tried again a moment later, and then is told.
        assert not isinstance(failure, BaseException) or isinstance(failure, ValueError)
    await asyncio.sleep(1.1)
    await talk.send(text="/bieumau", chat="em")
    [submission] = await submissions(either)
    assert submission.state == "submitted"

    def kept(registry: Registry) -> tuple[Any, Any]:
        [sent] = registry.submissions.snapshots(submission.id)
        now = registry.submissions.answers(submission.id)
        return sent.answers, {path: answer.value for path, answer in now.items()}

    sent, now = await either.registry_read(kept)
    assert sent == now
    assert (sent["3.5"] == "no") == ("không sửa được nữa" not in plain(talk.heard["em"]))


async def test_a_round_is_opened_once_however_often_the_button_is_pressed(either: Store) -> None:
    talk = Slow(either)
    await talk.cast({**STAFF, "rounds": []})
    for text in ("mở đợt", "tự đánh giá tổ dân phố, bản", "2026", "tất cả", "không đặt hạn", "để sau"):
        await talk.send(text=text, chat="binh")
    await at_once(talk, presses(talk, "Mở đợt", "binh"), presses(talk, "Mở đợt", "binh"))
    rounds = await either.registry_read(lambda registry: registry.rounds.every())
    assert [len(round.units) for round in rounds] == [17]
