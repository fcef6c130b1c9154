"""Forms, review and roles as transcripts on Telegram, over HTTP, and on the web page."""

import re
import tomllib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.house import opened
from tests.replay import OnPage, OnTelegram, Replay, Seat
from tests.test_announcing_channels import cast, check, people

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FOLDER = Path(__file__).parent / "conversations"
TOLD = [
    (name, told)
    for name in ("staff", "filling", "roles")
    for told in tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["conversations"]
]
# What a person at a real channel can do; the others need another day, a second bot or the platform's own fields.
DOES = {"sends", "presses", "says", "not", "choices", "tells", "chat", "times", "choice", "kind", "replaces", "silent"}
KINDS = {"choice", "text"}
# What every channel has to do; the rest is on Telegram only, because pages take their time.
ON_PAGES = (
    "returned with reasons",
    "taken back with a reason",
    "no more submissions",
    "further numbers",
    "several ticks",
)
CODE = re.compile(r"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}\b")
RUNS = [
    pytest.param(told, channel, id=f"{channel}: {name}: {told['title']}")
    for name, told in TOLD
    for channel in ("telegram", "web")
    if all(turn.keys() <= DOES and turn.get("kind", "text") in KINDS for turn in told["turns"])
    and not {"crowd", "today", "homes", "group", "language"} & told.keys()
    and (channel == "telegram" or any(words in told["title"] for words in ON_PAGES))
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def named(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with what `tests.cast` takes for granted written out."""
    names = {chat: chat.capitalize() for chat in told.get("roles", {})} | told.get("names", {})
    submissions = [{"by": "an", **one} for one in told.get("submissions", ())]
    return {**told, "names": names, "submissions": submissions}


@pytest.mark.parametrize(("told", "channel"), RUNS)
async def test_a_transcript(told: Mapping[str, Any], channel: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as house, AsyncExitStack() as stack:
        seats: dict[str, Seat] = {}
        for number, chat in enumerate(people(told), 1):
            if channel == "web":
                seats[chat] = OnPage(await stack.enter_async_context(house.visitor()))
            else:
                seats[chat] = OnTelegram(house.server.person(number))
        await house.cast(cast(named(told), seats, ()))
        replay, code = Replay(house, channel, seats), ""
        for number, turn in enumerate(told["turns"], 1):
            chat = turn.get("chat", told.get("chat", "an"))
            heard = await replay.turn({**turn, "sends": turn.get("sends", "").replace("{code}", code)}, chat)
            code = next(iter(CODE.findall("\n".join(said.text for said in heard[chat]))[-1:]), code)
            where = f"turn {number}: {turn.get('sends', turn.get('presses', ''))[:60]}"
            check(turn, heard[chat], where)
            for other, parts in turn.get("tells", {}).items():
                check({"says": parts}, heard[other], f"{where}: to {other}")
