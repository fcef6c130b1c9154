"""Filling in: every form that ships can be filled in by typing, and says only what is fit to be said."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from conversation import Reply
from storage import open_store
from storage.registry import Submission
from storage.store import Store
from tests.leader import Leader
from tests.talk import Talk, knowledge, labels, plain
from tests.test_conversations import well_said

pytestmark = pytest.mark.anyio

FORMS = sorted(knowledge().library.forms)
# Typed messages, and presses, that the self-assessment may take at most.
MOST_TYPED, MOST_PRESSES = 12, 60


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'talk.db'}")
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


def owing(form: str) -> dict[str, Any]:
    """A unit that owes a form, its leader, and an open round."""
    kinds = knowledge().library.forms[form].form.units
    kind = kinds[0] if kinds else "tổ dân phố"
    return {
        "units": [{"code": "thu", "name": "Đơn vị thử", "kind": kind}],
        "roles": {"an": "leader:thu"},
        "names": {"an": "Trần Thị Lan"},
        "rounds": [{"form": form, "units": ["thu"]}],
    }


class Watched:
    """A talk of which every reply is looked at."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.replies: list[Reply] = []

    async def say(self, text: str) -> None:
        self.replies = await self.talk.send(text=text)
        for reply in self.replies:
            well_said(reply, text)


async def begun(store: Store, form: str) -> tuple[Leader, Watched, Submission]:
    """A leader who has just opened a form."""
    talk = Talk(store)
    await talk.cast(owing(form))
    watched = Watched(talk)
    await watched.say("biểu mẫu")
    await watched.say("1")
    found = await store.registry_read(lambda registry: registry.submissions.of_unit("thu"))
    leader = Leader(store, watched.say, found[0].by)
    leader.typed += ["biểu mẫu", "1"]
    return leader, watched, found[0]


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_is_filled_in_by_typing(form: str, store: Store) -> None:
    leader, watched, submission = await begun(store, form)
    sent = await leader.fill_in(submission.id, rows_wanted=2)
    assert sent.state == "submitted", plain(watched.replies)
    assert sent.code in plain(watched.replies)


async def test_a_self_assessment_takes_few_messages(store: Store) -> None:
    leader, _, submission = await begun(store, "tp-tu-danh-gia")
    sent = await leader.fill_in(submission.id)
    print(f"{len(leader.typed)} messages: {leader.typed}")
    assert sent.state == "submitted"
    assert len(leader.typed) <= MOST_TYPED
    answers = await store.registry_read(lambda registry: registry.submissions.answers(sent.id))
    # Both rows 4.5 among them; 2.9 and 2.10 are for a bản.
    assert len(answers) == 46


async def test_a_self_assessment_takes_few_presses(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(owing("tp-tu-danh-gia"))
    presses = ["biểu mẫu"]
    replies = await talk.send(text="biểu mẫu")
    while presses[-1] != "Gửi cho phường":
        offered = labels(replies)
        wanted = ("Trả lời từng mục", "Có", "Không xảy ra", "Gửi cho phường", "Làm: Tự đánh giá tổ dân phố, bản")
        label = next(one for one in wanted if one in offered)
        presses.append(label)
        replies = await talk.press(label)
    print(f"{len(presses)} presses")
    assert "Đã gửi" in plain(replies)
    assert len(presses) <= MOST_PRESSES
