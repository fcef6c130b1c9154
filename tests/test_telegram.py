"""The Telegram channel over HTTP: what it sends, what it makes of refusals, what it hands over."""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from markupsafe import Markup

from channels.telegram import Telegram
from conversation import (
    Choice,
    NotSent,
    Outgoing,
    Raw,
    Refused,
    Reply,
    SendError,
    Undecided,
)
from tests.telegram_server import Fault, TelegramServer

pytestmark = pytest.mark.anyio

PERSON = 7
CHOICES = (Choice("Xem đủ", "answer:full:1"), Choice("Nguyên văn", "answer:quote:1"))


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.person(PERSON)
        yield server


@pytest.fixture
async def telegram(server: TelegramServer) -> AsyncIterator[Telegram]:
    channel = made(server)
    yield channel
    await channel.close()


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything is logged; nothing of it may hold the token or a stack trace."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    assert "SECRET" not in caplog.text
    assert "Traceback" not in caplog.text


def made(server: TelegramServer, **settings: Any) -> Telegram:
    defaults = {"api_url": server.url, "first_wait": 0.01, "poll": 1, "send_timeout": 2.0}
    return Telegram(server.token, **{**defaults, **settings})


def message(text: str = "xin chào", *, edits: str = "", chat: int = PERSON) -> Outgoing:
    return Outgoing("1", str(chat), Reply(Markup(text), CHOICES), edits)


class Inbox:
    """Keeps what the channel hands over, and fails first if told to."""

    def __init__(self, failures: int = 0) -> None:
        self.batches: list[list[Raw]] = []
        self.failures = failures

    async def receive(self, batch: Sequence[Raw]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("database or disk is full")
        self.batches.append(list(batch))

    @property
    def keys(self) -> list[str]:
        return [raw.key for batch in self.batches for raw in batch]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        # What is waited for happens in the server's thread.
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def listening(channel: Telegram, inbox: Inbox) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.listen(inbox.receive))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class TestSending:
    async def test_text_and_buttons(self, server: TelegramServer, telegram: Telegram) -> None:
        number = await telegram.send(message("Hạn: <b>15/11</b> &lt;"))
        (sent,) = server.sent_to(PERSON)
        assert (sent.text, str(sent.id)) == ("Hạn: 15/11 <", number)
        assert sent.buttons == {"Xem đủ": "answer:full:1", "Nguyên văn": "answer:quote:1"}

    async def test_long_text_arrives_in_order(self, server: TelegramServer, telegram: Telegram) -> None:
        paragraphs = [f"{number}. " + "<b>điều khoản</b> dài. " * 30 for number in range(40)]
        reply = Reply(Markup("\n\n".join(paragraphs)), CHOICES)
        for part in telegram.parts(reply):
            await telegram.send(Outgoing("1", str(PERSON), part))
        sent = server.sent_to(PERSON)
        assert len(sent) > 3
        assert " ".join(" ".join(part.text for part in sent).split()) == " ".join(reply.text.striptags().split())
        assert [bool(part.buttons) for part in sent] == [False] * (len(sent) - 1) + [True]

    async def test_more_choices_than_a_keyboard_holds(self, server: TelegramServer, telegram: Telegram) -> None:
        for label, most in (("Mục", 100), ("Mục " + "dài " * 30, 50)):
            choices = tuple(Choice(f"{number} {label}", str(number)) for number in range(150))
            parts = telegram.parts(Reply(Markup("Chọn"), choices))
            for part in parts:
                await telegram.send(Outgoing("1", str(PERSON), part))
            assert most - 5 < len(parts[0].choices) <= most
        labels = [label for sent in server.sent_to(PERSON) for label in sent.buttons]
        assert len(labels) == 300

    async def test_edit_in_place(self, server: TelegramServer, telegram: Telegram) -> None:
        number = await telegram.send(message("một"))
        assert await telegram.send(message("hai", edits=number)) == number
        (sent,) = server.sent_to(PERSON)
        assert (sent.text, sent.edits) == ("hai", 1)

    async def test_edit_that_changes_nothing(self, server: TelegramServer, telegram: Telegram) -> None:
        number = await telegram.send(message("một"))
        assert await telegram.send(message("một", edits=number)) == number
        assert server.statuses[400] == 1

    @pytest.mark.parametrize("edits", ["999999", "không", "٣"])
    async def test_edit_of_what_is_gone_sends_anew(
        self, server: TelegramServer, telegram: Telegram, edits: str
    ) -> None:
        number = await telegram.send(message("hai", edits=edits))
        assert [str(sent.id) for sent in server.sent_to(PERSON)] == [number]

    async def test_markup_that_is_refused_arrives_as_plain_text(
        self, server: TelegramServer, telegram: Telegram
    ) -> None:
        await telegram.send(message("<b>5 < 6</b> <bogus>x"))
        (sent,) = server.sent_to(PERSON)
        assert sent.text == "5 < 6 x"
        assert sent.buttons

    async def test_odd_characters(self, server: TelegramServer, telegram: Telegram) -> None:
        choice = Choice("\ud800 \x00", "x")
        await telegram.send(Outgoing("1", str(PERSON), Reply(Markup("a\x00\ud800b"), (choice,))))
        (sent,) = server.sent_to(PERSON)
        assert (sent.text, sent.buttons) == ("ab", {"…": "x"})

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (Fault(429, parameters={"retry_after": 3}), NotSent),
            (Fault(429, body=b"<html>slow down</html>"), NotSent),
            (Fault(401, "Unauthorized"), NotSent),
            (Fault(409, "Conflict"), NotSent),
            (Fault(403, "Forbidden: bot was blocked by the user"), Refused),
            (Fault(403, "Forbidden: user is deactivated"), Refused),
            (Fault(400, "Bad Request: chat not found"), Refused),
            (Fault(400, "Bad Request: message is too long"), Refused),
            (Fault(400, "x", parameters={"migrate_to_chat_id": -1009}), Refused),
            (Fault(500, "Internal Server Error"), Undecided),
            (Fault(502, body=b"<html>bad gateway</html>"), Undecided),
            (Fault(502, body=b'{"parameters": 3}'), Undecided),
            (Fault(200, body=b"not JSON"), Undecided),
            (Fault(200, body=b"[]"), Undecided),
            (Fault(200, body=b'{"ok": true}'), Undecided),
            (Fault(cut="before"), Undecided),
            (Fault(cut="after"), Undecided),
        ],
        ids=lambda value: "" if isinstance(value, type) else None,
    )
    async def test_what_a_failure_means(
        self, server: TelegramServer, telegram: Telegram, fault: Fault, error: type[SendError]
    ) -> None:
        server.fail("sendMessage", fault)
        with pytest.raises(error) as caught:
            await telegram.send(message())
        assert "SECRET" not in str(caught.value)
        assert caught.value.__suppress_context__
        # The channel serves on.
        await telegram.send(message())

    async def test_what_a_refusal_tells(self, server: TelegramServer, telegram: Telegram) -> None:
        server.fail(
            "sendMessage",
            Fault(429, parameters={"retry_after": 3}),
            Fault(400, parameters={"migrate_to_chat_id": -1009}),
            Fault(400, "Bad Request: message is too long"),
        )
        with pytest.raises(NotSent) as wait:
            await telegram.send(message())
        with pytest.raises(Refused) as moved:
            await telegram.send(message())
        with pytest.raises(Refused) as long:
            await telegram.send(message())
        assert wait.value.retry_after == 3
        assert (moved.value.moved_to, moved.value.unreachable) == ("-1009", False)
        assert (long.value.moved_to, long.value.unreachable) == ("", False)

    async def test_people_who_cannot_be_reached(self, server: TelegramServer, telegram: Telegram) -> None:
        server.person(8).blocks()
        for chat in (8, 9):
            with pytest.raises(Refused) as caught:
                await telegram.send(message(chat=chat))
            assert caught.value.unreachable

    async def test_an_answer_that_was_lost_may_have_arrived(self, server: TelegramServer, telegram: Telegram) -> None:
        server.fail("sendMessage", Fault(cut="after"), Fault(cut="before"), Fault(delay=3))
        for _ in range(3):
            with pytest.raises(Undecided):
                await telegram.send(message())
        assert len(server.sent_to(PERSON)) == 2

    async def test_no_server(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            channel = Telegram("1:SECRET", api_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
            with pytest.raises(NotSent):
                await channel.send(message())
            await channel.close()

    async def test_no_connection_left(self, server: TelegramServer) -> None:
        channel = made(server, send_timeout=0.5)
        server.fail("sendMessage", *[Fault(delay=3)] * 40)
        sends = [channel.send(message()) for _ in range(40)]
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
        await channel.close()
        assert Counter(map(type, outcomes)) == {Undecided: 16, NotSent: 24}
        assert len(server.sent_to(PERSON)) == 16

    async def test_limits_to_the_letter(self) -> None:
        with TelegramServer(strict=True) as server:
            server.person(PERSON)
            channel = made(server)
            await channel.send(message())
            with pytest.raises(NotSent) as caught:
                await channel.send(message())
            await channel.close()
            assert caught.value.retry_after == 1
