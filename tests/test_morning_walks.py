"""Whatever happens, a model says who is reminded when; whatever staff say gets a polite reply."""

import asyncio
import secrets
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from channels.clock import VIETNAM
from storage import open_store
from tests.almanac import DAY, FORM, Almanac, at, days_of
from tests.databases import Hands, new_file
from tests.talk import TODAY, Morning, Talk
from tests.test_mornings import HOURS, LEADERS, days, hands, store, ward

__all__ = ["hands", "store", "ward"]

pytestmark = pytest.mark.anyio


# Any days.


class Model:
    """When one leader hears of one round, told as simply as possible."""

    def __init__(self, due: date, told: date) -> None:
        self.due, self.told = due, told
        self.owes = True
        self.until: date | None = None

    def look(self, today: date) -> bool:
        """It is a morning on which the bot is up."""
        if today <= self.told:
            return False
        due_on = {self.due - timedelta(days=days) for days in (30, 7, 3, 1, 0)}
        if self.until and self.until <= self.due:
            due_on = {on for on in due_on if on > self.until} | {self.until}
        rung = any(self.told < on <= today for on in due_on)
        self.told = today
        return rung and self.owes and today <= self.due


# Between two holidays, so that the model needs none.
FIRST = date(2026, 5, 4)
aheads = st.tuples(*[st.integers(3, 38)] * LEADERS)


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # Each example is a month of a whole bot: making one smaller takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(told=days, ahead=aheads)
def test_whatever_happens_the_model_says_when(
    told: list[tuple[str, tuple[tuple[str, int], ...]]], ahead: tuple[int, ...], tmp_path: Path
) -> None:
    asyncio.run(_compare(told, [FIRST + DAY * days for days in ahead], tmp_path))


async def _compare(told: list[tuple[str, tuple[tuple[str, int], ...]]], dues: list[date], folder: Path) -> None:
    """The same weeks for the bot and for the model of each leader, who has a unit and a round of their own."""
    hands = Hands()
    hands.now = at(FIRST - DAY, 12)
    store = open_store(new_file(folder / f"{secrets.token_hex(4)}.db"), hands)
    await store.open(sole=True)
    ward = Almanac(store, hands)
    people = [await ward.role(f"c{n}", unit=f"t{n}") for n in range(LEADERS)]
    for number, due in enumerate(dues):
        await ward.round(due, f"t{number}", id=f"R{number}")
    await ward.tick(at(FIRST - DAY, 12))
    ward.heard.clear()
    models = [Model(due, FIRST - DAY) for due in dues]
    wanted: list[list[date]] = [[] for _ in models]
    for number, (power, did) in enumerate(told):
        on = FIRST + DAY * number
        for hour in HOURS[power]:
            await ward.tick(at(on, hour))
        hands.now = at(on, 15)
        for leader, model in enumerate(models):
            if power in ("up", "late") and model.look(on):
                wanted[leader].append(on)
            await _act(ward, model, leader, people[leader], *did[leader])
    assert [days_of(ward.heard, f"c{n}") for n in range(LEADERS)] == wanted
    for one in ward.heard:
        assert time(7, 30) <= one.at.astimezone(VIETNAM).time() < time(20)
    await store.close()


async def _act(ward: Almanac, model: Model, leader: int, person: str, does: str, days: int) -> None:
    unit, id, on = f"t{leader}", f"R{leader}", ward.today + DAY * days
    if does == "submitted" and await ward.hand_in("submitted", unit, id):
        model.owes = False
    elif does == "returned" and await ward.hand_in("returned", unit, id):
        model.owes = True
    elif does == "later":
        model.until = on
        await ward.store.registry_write(lambda registry: registry.reminders.snooze(person, f"r/{id}", on))
    elif does == "due":
        model.due = on
        await ward.due(on, id)


# Any words.

SAID = [
    "/nhacviec",
    "thêm hạn",
    "nhắc lại sau",
    "nhắc lại sau 0 ngày",
    "quay lại",
    "hủy",
    "20/12",
    "30/2",
    "hằng năm",
    "có",
]
said = st.lists(st.text(max_size=200) | st.sampled_from(SAID) | st.integers(0, 9), min_size=3, max_size=9)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=said)
def test_whatever_staff_say_gets_a_polite_reply(steps: list[str | int], tmp_path: Path) -> None:
    asyncio.run(_say_all(steps, tmp_path))


async def _say_all(steps: list[str | int], folder: Path) -> None:
    store = open_store(new_file(folder / f"{secrets.token_hex(4)}.db"), Morning())
    await store.open(sole=True)
    talk = Talk(store)
    await talk.cast({"roles": {"an": "staff:demo leader:tdp-05"}, "rounds": [{"form": FORM, "due": TODAY + DAY * 9}]})
    offered = [choice.value for reply in await talk.send(text="/nhacviec") for choice in reply.choices]
    for step in steps:
        pressed = offered[step % len(offered)] if isinstance(step, int) else ""
        does = {"kind": "choice", "choice": pressed} if pressed else {"text": str(step)}
        replies = await talk.send(**does)
        assert replies
        assert all(reply.text.striptags() and len(reply.text.striptags()) < 1200 for reply in replies), steps
        offered = [choice.value for reply in replies for choice in reply.choices] or offered
    await store.close()
