"""Announcements as transcripts on Telegram, over HTTP, and on the web page: written, approved, stopped, corrected."""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.house import forenoon, opened
from tests.replay import OnPage, OnTelegram, Replay, Said, Seat

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FILE = Path(__file__).parent / "conversations" / "announcements.toml"
CONVERSATIONS = tomllib.loads(FILE.read_text(encoding="utf-8"))["conversations"]
# What every channel has to do; the rest of the transcripts is on Telegram only, because pages take their time.
ON_PAGES = ("shown, sent once", "half way out", "second pair of eyes", "who got a wrong one", "a photo goes", "no vote")
RUNS = [
    pytest.param(told, channel, id=f"{channel}: {told['title']}")
    for told in CONVERSATIONS
    for channel in ("telegram", "web")
    if channel == "telegram" or any(words in told["title"] for words in ON_PAGES)
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def people(told: Mapping[str, Any]) -> list[str]:
    """Everybody who has a part in a transcript."""
    found = [*told.get("roles", {}), *told.get("homes", {}), told.get("chat", "an")]
    return list(dict.fromkeys([*found, *[turn["chat"] for turn in told["turns"] if "chat" in turn]]))


def cast(told: Mapping[str, Any], seats: Mapping[str, Seat], crowd: Sequence[str]) -> dict[str, Any]:
    """The same people where they sit."""
    named = {key: {seats[chat].name: one for chat, one in told.get(key, {}).items()} for key in ("roles", "names")}
    homes = {seats[chat].name: unit for chat, unit in told.get("homes", {}).items()}
    submissions = [{**one, "by": seats[one["by"]].name} for one in told.get("submissions", ())]
    rest = {key: told[key] for key in ("rounds", "units") if key in told}
    return {**named, **rest, "homes": homes | dict.fromkeys(crowd, ""), "submissions": submissions}


@pytest.mark.parametrize(("told", "channel"), RUNS)
async def test_a_transcript(told: Mapping[str, Any], channel: str, tmp_path: Path) -> None:
    async with opened(tmp_path, clock=forenoon(), ticks=True) as house, AsyncExitStack() as stack:
        seats: dict[str, Seat] = {}
        for number, chat in enumerate(people(told), 1):
            if channel == "web":
                seats[chat] = OnPage(await stack.enter_async_context(house.visitor()))
            else:
                seats[chat] = OnTelegram(house.server.person(number))
        crowd = [f"{channel}/{9000 + number}" for number in range(told.get("crowd", 0))]
        if channel == "telegram":
            for name in crowd:
                house.server.person(int(name.partition("/")[2]))
        await house.cast(cast(told, seats, crowd))
        replay = Replay(house, channel, seats)
        for number, turn in enumerate(told["turns"], 1):
            if (told | turn).get("group"):
                continue
            chat = turn.get("chat", told.get("chat", "an"))
            heard = await replay.turn(turn, chat)
            where = f"turn {number}: {turn.get('sends', turn.get('presses', ''))[:60]}"
            check(turn, heard[chat], where)
            for other, parts in turn.get("tells", {}).items():
                check({"says": parts}, heard[other], f"{where}: to {other}")


def check(turn: Mapping[str, Any], heard: Sequence[Said], where: str) -> None:
    text = " ".join(" ".join(said.text for said in heard).split()).casefold()
    offered = [label for said in heard for label in said.labels]
    for part in turn.get("says", ()):
        assert part.casefold() in text, f"{where}: {part!r} is not in {text!r}"
    for part in turn.get("not", ()):
        assert part.casefold() not in text, f"{where}: {part!r} is in {text!r}"
    for label in turn.get("choices", ()):
        assert label in offered, f"{where}: {label!r} is not in {offered}"
