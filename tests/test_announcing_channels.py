"""Announcements as transcripts on Telegram, over HTTP, and on the web page: written, approved, stopped, corrected."""

import asyncio
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from conversation import Pace
from storage import rollout
from tests.databases import rows
from tests.house import PATIENT, forenoon, opened
from tests.replay import OnPage, OnTelegram, Replay, Said, Seat
from tests.telegram_rules import Rates

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


SLOWLY = Pace(overall=8, per_chat=20)
RESIDENTS = {f"telegram/{number}": "tdp-05" for number in range(2, 16)}


async def writes(replay: Replay, text: str = "Họp tổ tối nay.") -> None:
    """Compose for everybody and send."""
    for turn in (
        {"sends": "/guitin"},
        {"sends": text},
        {"presses": "Thường"},
        {"presses": "Xong phần người nhận"},
    ):
        heard = await replay.turn(turn, "binh")
    label = next(label for said in heard["binh"] for label in said.labels if label.startswith("Gửi cho"))
    await replay.seats["binh"].presses(label)


@pytest.fixture
def every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "TICK_SECONDS", 1)


@pytest.mark.usefixtures("every_second")
async def test_progress_is_one_message_on_telegram(tmp_path: Path) -> None:
    """Edited, not sent again; never faster than the platform takes it, and right in the end."""
    async with opened(tmp_path, clock=forenoon(), ticks=True, pace=SLOWLY, rates=Rates(9, 21)) as house:
        for name in RESIDENTS:
            house.server.person(int(name.partition("/")[2]))
        person = house.server.person(1)
        await house.cast({"roles": {"telegram/1": "staff:demo"}, "homes": RESIDENTS})
        await writes(Replay(house, "telegram", {"binh": OnTelegram(person)}))
        assert await asyncio.to_thread(house.server.wait, lambda: any("Xong." in one.text for one in person.received))
        shown = [sent for sent in person.received if sent.text.startswith("TB-") and "thường" in sent.text]
        assert [sent.text.count("Đã gửi 15/15") for sent in shown] == [1]
        texts = [call.parameters["text"] for call in house.server.called("editMessageText")]
        assert len([text for text in texts if "▓" in text or "░" in text]) >= 2
        # One with each tick, one before the first, and the last one says that it is over, whenever that is.
        times = [call.at for call in house.server.called("editMessageText")]
        assert len(times) <= times[-1] - times[0] + 1 + 2
        assert house.server.statuses[429] == 0


@pytest.mark.usefixtures("every_second")
async def test_progress_is_one_line_on_the_page(tmp_path: Path) -> None:
    async with opened(tmp_path, clock=forenoon(), ticks=True, pace=SLOWLY) as house, house.visitor() as page:
        for name in RESIDENTS:
            house.server.person(int(name.partition("/")[2]))
        await house.cast({"roles": {page.name: "staff:demo"}, "homes": RESIDENTS})
        await writes(Replay(house, "web", {"binh": OnPage(page)}))
        positions: list[int] = []
        async with asyncio.timeout(PATIENT):
            while "Xong." not in page.heard:
                page.lines = (await page.client.get("/history", params={"limit": 60})).json()["lines"]
                await page.client.post("/seen", json={"position": page.lines[-1]["position"]})
                changing = [line for line in page.lines if line["key"].startswith("announcement:")]
                assert len(changing) <= 1
                positions += [line["position"] for line in changing if line["position"] not in positions]
                await asyncio.sleep(0.05)
        assert len(positions) >= 3
        assert positions == sorted(positions)
        assert "Đã gửi 15/15" in page.heard


async def test_a_photo_reaches_everybody_and_is_uploaded_once(tmp_path: Path) -> None:
    """The bytes come in once and go out once; chats and pages have the same picture, and the ledger adds up."""
    async with opened(tmp_path, clock=forenoon(), ticks=True) as house, house.visitor() as page:
        for name in RESIDENTS:
            house.server.person(int(name.partition("/")[2]))
        person, blocked = house.server.person(1), house.server.person(15)
        blocked.blocks()
        homes = {**RESIDENTS, page.name: "tdp-06"}
        await house.cast({"roles": {"telegram/1": "staff:demo"}, "homes": homes})
        seats: dict[str, Seat] = {"binh": OnTelegram(person), "lan": OnPage(page)}
        replay = Replay(house, "telegram", seats)
        await replay.turn({"sends": "/guitin"}, "binh")
        photo = {"kind": "photo", "sends": "Lịch cắt điện.", "files": [{"fetched": True}]}
        for turn in (photo, {"presses": "Quan trọng"}, {"presses": "Xong phần người nhận"}):
            await replay.turn(turn, "binh")
        heard = await replay.turn({"presses": "Gửi cho 16 người"}, "binh")
        [seen] = [said for said in heard["lan"] if "Lịch cắt điện" in said.text]
        # With the preview.
        sent = [one.file for number in range(1, 15) for one in house.server.sent_to(number) if one.kind == "photo"]
        assert {file.content for file in sent if file} == {seen.file}
        assert len(sent) == 15
        calls = house.server.called("sendPhoto")
        assert [bool(call.parameters.get("photo")) for call in calls].count(False) == 1
        [[done, failed]] = await rows(
            house.store,
            "select sum(case when state = 'sent' then 1 else 0 end), sum(case when state = 'failed' then 1 else 0 end)"
            " from outbox where announcement is not null",
        )
        assert (done, failed) == (15, 1)
        await corrects(replay)
        marked = [
            one for number in range(2, 15) for one in house.server.sent_to(number) if "đã được đính chính" in one.text
        ]
        assert [(one.kind, one.edits, list(one.buttons)) for one in marked] == [("photo", 1, [])] * 13
        # One call for each, because it is known that there is a caption; the picture goes with the correction too.
        assert len(house.server.called("editMessageCaption")) == 14
        again = [call for call in house.server.called("sendPhoto")[len(calls) :] if call.parameters.get("photo")]
        assert len(again) == 15


async def corrects(replay: Replay) -> None:
    """Say it right to whoever got it wrong."""
    for turn in (
        {"sends": "tin đã gửi"},
        {"sends": "1"},
        {"presses": "Gửi đính chính"},
        {"sends": "Lịch đúng như trong ảnh này."},
        {"presses": "Gửi cho 15 người"},
    ):
        await replay.turn(turn, "binh")
