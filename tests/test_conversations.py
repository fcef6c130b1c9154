"""Conversations as people have them: `tests/conversations/*.toml`, word for word through the bot.

A turn has `sends` (text) or `presses` (the label of an offered button), or fields of `Incoming`
(`kind`, `choice`, `group`, `channel`, …); `{code}` in a text is the newest code that the bot wrote, `{word}`
the newest word that it asked for.
Then what the bot says: `says` and `not` (parts of the visible text), `choices` and `without` (labels that are
offered, and that are not), `silent` (nothing at all), `replaces`, `attaches` (kind and parameters of a file); and
`tells`: by chat, parts of what somebody else is told at once.

Before a turn `today` moves the day, and `restarts = true` is a new bot on the same database.

A conversation may be cast (`tests/cast.py`): `roles`, `names`, `units` and `rounds`.
"""

import secrets
import tomllib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Reply
from storage import open_store
from storage.store import Store
from tests.cast import CAST
from tests.databases import everything, new_file, rows
from tests.talk import TODAY, Morning, Talk, did, labels, plain

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parent / "conversations"
FILES = sorted(FOLDER.glob("*.toml"))
# An answer has at most 1,170 characters; names and numbers are filled in afterwards.
MOST = 1200
# Choices that show a quote uncut.
WHOLE = "hoi:nguyen:"
TYPED = [
    "/donvi",
    "/dulieu",
    "/ngonngu",
    "english",
    "bỏ qua",
    "thôi",
    "không",
    "xóa hết",
    "đồng ý",
    "đà nẵng",
    "tổ 5",
    "hạn nộp",
    "ai phụ trách",
    "cháy nhà",
    "",
]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    # In the morning: at night announcements wait.
    store = open_store(new_file(tmp_path / "talk.db"), Morning())
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


def conversations() -> list[Any]:
    found = []
    for path in FILES:
        for told in tomllib.loads(path.read_text(encoding="utf-8"))["conversations"]:
            found.append(pytest.param(told, id=f"{path.stem}: {told['title']}"))
    return found


@pytest.mark.parametrize("told", conversations())
async def test_a_conversation(told: Mapping[str, Any], store: Store) -> None:
    talk = Talk(store, told.get("today", TODAY))
    if told.keys() & CAST:
        await talk.cast(told)
    for number, turn in enumerate(told["turns"], 1):
        if turn.get("restarts"):
            talk = Talk(store, talk.today, heard=talk.heard, code=talk.code)
        talk.today = turn.get("today", talk.today)
        does = did(told | turn) | {"chat": (told | turn).get("chat", "an")}
        if "presses" in turn:
            replies = await talk.press(turn["presses"], **does)
        else:
            # A code goes from hand to hand.
            text = (
                (turn.get("sends", "") * turn.get("times", 1)).replace("{code}", talk.code).replace("{word}", talk.word)
            )
            replies = await talk.send(**({"text": text} | does))
        where = f"turn {number}: {turn.get('sends', turn.get('presses', ''))[:60]}"
        check(turn, replies, where)
        for chat, parts in turn.get("tells", {}).items():
            check({"says": parts}, talk.told.get(chat, []), f"{where}: to {chat}")


def check(turn: Mapping[str, Any], replies: list[Reply], where: str) -> None:
    text, offered = plain(replies), labels(replies)
    assert bool(replies) != turn.get("silent", False), where
    for part in turn.get("says", ()):
        assert part.casefold() in text.casefold(), f"{where}: {part!r} is not in {text!r}"
    for part in turn.get("not", ()):
        assert part.casefold() not in text.casefold(), f"{where}: {part!r} is in {text!r}"
    for label in turn.get("choices", ()):
        assert label in offered, f"{where}: {label!r} is not in {offered}"
    for label in turn.get("without", ()):
        assert label not in offered, f"{where}: {label!r} is in {offered}"
    if "replaces" in turn:
        assert [reply.replaces for reply in replies] == [turn["replaces"]], where
    for wanted in turn.get("attaches", ()):
        attached = [{"kind": one.kind, **one.params} for reply in replies for one in reply.attachments]
        assert wanted in attached, f"{where}: {attached}"
    for reply in replies:
        well_said(reply, where)


def well_said(reply: Reply, where: str = "", *, whole: bool = False) -> None:
    """What holds for everything that the bot says. `whole`: a quote uncut, as long as it is."""
    text = reply.text.striptags()
    assert text, where
    assert len(text) <= MOST or whole, f"{where}: {len(text)} characters: {text}"
    assert "!" not in text, f"{where}: {text}"
    for choice in reply.choices:
        assert 0 < len(choice.label) <= 70, f"{where}: {choice.label}"


async def test_every_button_leads_somewhere(store: Store) -> None:
    talk = Talk(store)
    await talk.send(text="/trogiup")
    seen: set[str] = set()
    waiting = [choice for reply in talk.replies for choice in reply.choices]
    while waiting and len(seen) < 250:
        choice = waiting.pop(0)
        if choice.value in seen or choice.value.startswith("dulieu:xoa:"):
            continue
        seen.add(choice.value)
        for reply in await talk.send(kind="choice", choice=choice.value, message="1"):
            whole = choice.value.startswith(WHOLE)
            well_said(reply, f"{choice.label} ({choice.value})", whole=whole)
            assert "đã cũ" not in reply.text, choice
            waiting += reply.choices
    assert len(seen) > 100


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_what_a_button_says_can_be_typed(language: str, store: Store) -> None:
    talk = Talk(store)
    menu = (await talk.send(text="/trogiup", language=language))[0]
    for number, choice in enumerate(menu.choices):
        # Each in chats of their own, to which nothing has been offered yet.
        pressed = await talk.send(kind="choice", choice=choice.value, language=language, chat=f"a{number}")
        typed = await talk.send(text=choice.label.upper(), language=language, chat=f"b{number}")
        assert [reply.text for reply in typed] == [reply.text for reply in pressed], choice


async def test_a_button_that_deletes_is_only_for_its_question(store: Store) -> None:
    talk = Talk(store)
    await talk.send(text="xóa dữ liệu của tôi")
    old = talk.value("Xóa hết")
    await talk.send(text="hủy")
    await talk.send(text="xóa dữ liệu của tôi")
    assert "chưa xóa gì" in plain(await talk.send(kind="choice", choice=old))
    assert "Đã xóa hết" in plain(await talk.press("Xóa hết"))


async def test_nothing_about_a_person_stays_after_they_deleted_it(store: Store) -> None:
    talk = Talk(store)
    await talk.send(text="/start", name="Nguyễn Thị Hạnh", chat="chat-4711")
    await talk.press("Đồng ý", chat="chat-4711")
    await talk.send(text="/donvi", chat="chat-4711")
    await talk.send(text="7", chat="chat-4711")
    await talk.send(text="đà nẵng", chat="chat-4711")
    homes = "select unit, locality from person"
    assert await rows(store, homes) == [("tdp-07", "da-nang")]
    await talk.send(text="xóa dữ liệu của tôi", chat="chat-4711")
    await talk.press("Xóa hết", chat="chat-4711")
    left = await everything(store)
    for personal in ("da-nang", "Hạnh", "chat-4711"):
        assert personal not in left
    assert await rows(store, homes) == []


async def test_the_clock_gets_no_answer(store: Store) -> None:
    assert await Talk(store).send(channel="clock", chat="clock", text="2026-03-01T07:00") == []


async def test_deadlines_follow_the_day(store: Store) -> None:
    talk = Talk(store, date(2026, 9, 29))
    assert "còn 1 ngày" in plain(await talk.send(text="/hannop"))
    talk.today = date(2026, 9, 30)
    assert "Hôm nay 30/9/2026 là ngày cuối an toàn" in plain(await talk.send(text="/hannop"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 99) | st.sampled_from(TYPED), min_size=3, max_size=12))
async def test_any_way_through_the_flows_is_polite(steps: list[int | str], store: Store) -> None:
    talk = Talk(store)
    somebody = secrets.token_hex(4)
    offered = ["/start"]
    for step in steps:
        if isinstance(step, int) and step % 2:
            chosen = offered[step % len(offered)]
            replies = await talk.send(kind="choice", choice=chosen, chat=somebody)
        else:
            replies = await talk.send(text=str(step), chat=somebody)
        for reply in replies:
            # A typed number may press the same button.
            whole = any(value.startswith(WHOLE) for value in offered)
            well_said(reply, f"{steps}: {step}", whole=whole)
        offered = [choice.value for reply in replies for choice in reply.choices] or offered
        assert replies


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), choice=st.sampled_from(["", "text"]))
async def test_whatever_is_sent_gets_a_polite_reply(text: str, choice: str, store: Store) -> None:
    talk = Talk(store)
    does = {"kind": "choice", "choice": text} if choice else {"text": text}
    replies = await talk.send(chat="anybody", **does)
    assert replies
    for reply in replies:
        # What people typed may stand in it, and may hold anything.
        well_said(replace(reply, text=type(reply.text)(reply.text.replace("!", "."))))
