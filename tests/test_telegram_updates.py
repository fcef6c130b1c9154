"""What a person did, from every shape of update; and no shape makes it fail."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram_updates import Self, raw_update, understand
from conversation import Incoming, Raw

ME = Self(4242, "PhoThuBot")
SENDER = {"id": 7, "is_bot": False, "first_name": "Bảy", "last_name": "Lê", "language_code": "vi"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Bảy"}
GROUP = {"id": -100, "type": "supergroup", "title": "Tổ 5"}
FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = [{**FILE, "width": 1, "height": 1}]
PLACE = {"longitude": 106.7, "latitude": 10.8}
STICKER = {"width": 1, "height": 1, "type": "regular", "is_animated": False, "is_video": False}
BOT = {"id": 4242, "is_bot": True, "first_name": "Bạn Phố", "username": "PhoThuBot"}


def message(chat: Any = PRIVATE, sender: Any = SENDER, **fields: Any) -> dict[str, Any]:
    return {"message_id": 3, "date": 1_772_000_000, "chat": chat, "from": sender, **fields}


def read(update: Any) -> Incoming | None:
    raw = raw_update(update)
    assert raw
    return understand(raw, ME, "telegram")


def said(**fields: Any) -> Incoming | None:
    return read({"update_id": 5, "message": message(**fields)})


def test_a_text() -> None:
    incoming = said(text="hạn nộp?")
    assert incoming
    assert (incoming.address.channel, incoming.address.chat, incoming.key) == ("telegram", "7", "5")
    assert (incoming.kind, incoming.text) == ("text", "hạn nộp?")
    assert (incoming.name, incoming.language) == ("Bảy Lê", "vi")
    assert (incoming.group, incoming.addressed) == (False, True)


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"photo": PHOTO, "caption": "rác đầu hẻm"}, "photo", "rác đầu hẻm"),
        ({"photo": PHOTO}, "photo", ""),
        ({"document": FILE, "caption": "báo cáo"}, "file", "báo cáo"),
        ({"video": {**FILE, "width": 1, "height": 1, "duration": 1}}, "file", ""),
        ({"sticker": {**FILE, **STICKER}}, "sticker", ""),
        ({"voice": {**FILE, "duration": 3}}, "voice", ""),
        ({"location": PLACE}, "place", ""),
        ({"contact": {"phone_number": "0900", "first_name": "A"}}, "other", ""),
        ({"dice": {"emoji": "🎲", "value": 3}}, "other", ""),
        ({"something_newer_than_the_library": {"a": 1}}, "other", ""),
        ({"text": ""}, "text", ""),
        ({"text": " \n"}, "text", " \n"),
        ({"text": "a\x00b\ud800c\r\nd\x1b"}, "text", "abc\nd"),
        ({"text": 5}, "text", ""),
        # The library reads no such date, the person gets an answer all the same.
        ({"text": "câu hỏi", "date": 10**30}, "text", "câu hỏi"),
        ({"photo": 5}, "other", ""),
    ],
)
def test_kinds(fields: dict[str, Any], kind: str, text: str) -> None:
    incoming = said(**fields)
    assert incoming
    assert (incoming.kind, incoming.text) == (kind, text)


def test_a_text_far_too_long_is_cut() -> None:
    incoming = said(text="Trễ hạn thì sao? " * 3_000)
    assert incoming
    assert len(incoming.text) == 4096


@pytest.mark.parametrize(
    "update",
    [
        {"channel_post": message(chat={"id": -5, "type": "channel", "title": "x"}, text="a")},
        {"message": message(sender={**BOT, "id": 99}, text="a")},
        {"message": message(chat=GROUP, is_automatic_forward=True, text="a")},
        {"message": message(chat={"id": -5, "type": "channel", "title": "x"}, text="a")},
        {"message": message(chat=GROUP, new_chat_title="x")},
        {"message": message(chat=GROUP, left_chat_member=SENDER)},
        {"message": message(pinned_message=message(text="a"))},
        {"edited_message": message(location=PLACE)},
        {"my_chat_member": {"chat": PRIVATE}},
        {"callback_query": {"id": "1", "from": SENDER, "chat_instance": "x", "data": "a"}},
        {},
    ],
)
def test_what_concerns_nobody(update: dict[str, Any]) -> None:
    assert read({"update_id": 5, **update}) is None


def test_an_edited_message() -> None:
    incoming = read({"update_id": 5, "edited_message": message(text="hạn chót?")})
    assert incoming
    assert (incoming.kind, incoming.text) == ("edited", "hạn chót?")


def query(**fields: Any) -> dict[str, Any]:
    pressed = {"id": "1", "from": SENDER, "chat_instance": "x", "data": "answer:full:1"}
    return {"update_id": 5, "callback_query": {**pressed, "message": message(), **fields}}


@pytest.mark.parametrize("date", [1_772_000_000, 0])
def test_a_pressed_button(date: int) -> None:
    """Also of a message too old for the platform to show, which has the date 0."""
    incoming = read(query(message={"message_id": 3, "chat": GROUP, "date": date}))
    assert incoming
    assert (incoming.kind, incoming.choice, incoming.message) == ("choice", "answer:full:1", "3")
    assert (incoming.address.chat, incoming.group) == ("-100", True)


def test_a_choice_that_we_never_offered() -> None:
    assert read(query(data="x" * 65)) is None


@pytest.mark.parametrize(
    ("text", "heard", "addressed"),
    [
        ("/start", "/start", True),
        ("/start@PhoThuBot", "/start", True),
        ("/start@phothubot abc", "/start abc", True),
        ("/start@OtherBot", "/start@OtherBot", False),
        ("@PhoThuBot hạn nộp?", "hạn nộp?", True),
        ("@PhoThuBot, hạn nộp?", "hạn nộp?", True),
        ("cho hỏi @phothubot", "cho hỏi", True),
        ("@PhoThuBotX hạn nộp?", "@PhoThuBotX hạn nộp?", False),
        ("ai@PhoThuBot", "ai@PhoThuBot", False),
        ("mai họp tổ nhé", "mai họp tổ nhé", False),
    ],
)
def test_a_group_speaks_to_the_bot(text: str, heard: str, addressed: bool) -> None:
    incoming = said(chat=GROUP, text=text)
    assert incoming
    assert (incoming.text, incoming.addressed, incoming.group) == (heard, addressed, True)
    private = said(text=text)
    assert private
    assert (private.text, private.addressed) == (heard, True)


def test_a_reply_to_the_bot_is_for_it() -> None:
    ours = message(chat=GROUP, sender=BOT, text="Chọn mục")
    theirs = message(chat=GROUP, text="Chọn mục")
    for quoted, addressed in ((ours, True), (theirs, False)):
        incoming = said(chat=GROUP, text="mục 2", reply_to_message=quoted)
        assert incoming
        assert incoming.addressed is addressed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
SAMPLES = [
    {"update_id": 5, "message": message(text="/start", reply_to_message=message(text="a"))},
    {"update_id": 5, "message": message(chat=GROUP, photo=PHOTO, caption="a", entities=[])},
    {"update_id": 5, "edited_message": message(text="a")},
    query(),
]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """An update of which one part, at any depth, is something else."""
    update = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    part: Any = update
    while True:
        key = draw(st.sampled_from(sorted(part)))
        if not isinstance(part[key], dict) or not part[key] or draw(st.booleans()):
            part[key] = draw(JSON)
            return update
        part = part[key]


@given(JSON | damaged())
def test_any_json_is_read(update: Any) -> None:
    raw = raw_update(update)
    payload = json.dumps(update)
    for stored in (raw, Raw("5", "7", payload), Raw("5", "", payload)):
        incoming = understand(stored, ME, "telegram") if stored else None
        if incoming:
            f"{incoming.text}{incoming.name}{incoming.choice}".encode()
            int(incoming.address.chat)


@given(st.text())
def test_any_text_is_read(payload: str) -> None:
    understand(Raw("5", "7", payload), ME, "telegram")
    understand(Raw("5", "7", "[" * 50_000 + payload), ME, "telegram")
