"""The Telegram channel over HTTP: what it sends, what it makes of refusals, what it hands over."""

import asyncio
import json
import logging
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from markupsafe import Markup

from channels.telegram import Telegram
from conversation import (
    ChannelStopped,
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


class TestListening:
    async def test_a_batch_is_confirmed_after_it_is_stored(self, server: TelegramServer, telegram: Telegram) -> None:
        numbers = [server.person(PERSON).says(f"câu {number}") for number in range(250)]
        waiting: list[int] = []
        inbox = Inbox()

        async def receive(batch: Sequence[Raw]) -> None:
            await asyncio.sleep(0.02)
            waiting.append(server.unconfirmed())
            await inbox.receive(batch)

        task = asyncio.create_task(telegram.listen(receive))
        await until(lambda: server.unconfirmed() == 0)
        task.cancel()
        assert waiting == [250, 150, 50]
        assert inbox.keys == [str(number) for number in numbers]
        assert {raw.chat for batch in inbox.batches for raw in batch} == {str(PERSON)}

    async def test_what_was_not_stored_is_offered_again(self, server: TelegramServer, telegram: Telegram) -> None:
        number, inbox = server.person(PERSON).says("a"), Inbox(failures=2)
        async with listening(telegram, inbox):
            await until(lambda: server.unconfirmed() == 0)
        assert inbox.keys == [str(number)]

    async def test_duplicates_have_one_key(self, server: TelegramServer, telegram: Telegram) -> None:
        number, inbox = server.person(PERSON).says("a", times=2), Inbox()
        async with listening(telegram, inbox):
            await until(lambda: server.unconfirmed() == 0)
        assert inbox.keys == [str(number)] * 2

    async def test_after_a_restart_unconfirmed_updates_come_again(self, server: TelegramServer) -> None:
        number = server.person(PERSON).says("a")
        for _ in range(2):
            channel, stored = made(server), asyncio.Event()

            async def receive(batch: Sequence[Raw], stored: asyncio.Event = stored) -> None:
                assert [raw.key for raw in batch] == [str(number)]
                stored.set()
                await asyncio.Event().wait()

            task = asyncio.create_task(channel.listen(receive))
            await asyncio.wait_for(stored.wait(), 5)
            task.cancel()
            await channel.close()

    async def test_trouble_with_polling_passes(
        self,
        server: TelegramServer,
        telegram: Telegram,
        log: pytest.LogCaptureFixture,
    ) -> None:
        server.fail("getMe", Fault(500, "x"), Fault(200, body=b'{"ok": true, "result": 5}'))
        server.fail("deleteWebhook", Fault(cut="before"))
        server.fail(
            "getUpdates",
            Fault(409, "Conflict: terminated by other getUpdates request"),
            Fault(502, body=b"<html>"),
            Fault(200, body=b"{"),
            Fault(200, body=b'{"ok": true, "result": {}}'),
            Fault(cut="before"),
        )
        number, inbox = server.person(PERSON).says("a"), Inbox()
        async with listening(telegram, inbox):
            await until(lambda: server.unconfirmed() == 0)
        assert inbox.keys == [str(number)]
        assert sum("trying again" in line for line in log.messages) == 8

    async def test_polling_waits_as_long_as_it_is_asked_to(self, server: TelegramServer, telegram: Telegram) -> None:
        server.fail("getUpdates", Fault(429, parameters={"retry_after": 1}))
        async with listening(telegram, Inbox()):
            await until(lambda: len(server.called("getUpdates")) == 2)
        first, second = server.called("getUpdates")
        assert second.at - first.at > 0.95

    async def test_a_webhook_that_was_set_elsewhere_is_removed(
        self, server: TelegramServer, telegram: Telegram
    ) -> None:
        server.webhook = {"url": "https://elsewhere.vn"}
        server.person(PERSON).says("a")
        inbox = Inbox()
        async with listening(telegram, inbox):
            await until(lambda: inbox.batches)

    async def test_a_refused_token_stops_with_one_line(self, server: TelegramServer) -> None:
        channel = Telegram("1:SECRET-but-wrong", api_url=server.url)
        with pytest.raises(ChannelStopped, match=r"^TELEGRAM_TOKEN.*@BotFather$"):
            await channel.listen(Inbox().receive)
        await channel.close()

    @pytest.mark.parametrize("token", ["", "SECRET", "1:SECRET\n", "1:SECRET/../x"])
    async def test_what_cannot_be_a_token(self, token: str) -> None:
        with pytest.raises(ChannelStopped, match=r"^TELEGRAM_TOKEN: expected"):
            Telegram(token)

    async def test_updates_that_are_none(self, server: TelegramServer, telegram: Telegram) -> None:
        for odd in (b"5", b"{}", b'{"update_id": "x"}', b'{"update_id": true}', b"null"):
            server.offer(odd)
        number, inbox = server.person(PERSON).says("a"), Inbox()
        async with listening(telegram, inbox):
            await until(lambda: server.unconfirmed() == 0)
        assert inbox.keys == [str(number)]

    async def test_buttons_are_answered_once_and_never_block(self, server: TelegramServer, telegram: Telegram) -> None:
        await telegram.send(message())
        server.fail("answerCallbackQuery", Fault(500, "x"), Fault(delay=2))
        for _ in range(3):
            server.person(PERSON).presses("Xem đủ")
        inbox = Inbox()
        async with listening(telegram, inbox):
            await until(lambda: server.unconfirmed() == 0)
            await until(lambda: len(server.called("answerCallbackQuery")) == 3)
        assert len(inbox.keys) == 3

    async def test_only_wanted_updates_are_asked_for(self, server: TelegramServer, telegram: Telegram) -> None:
        async with listening(telegram, Inbox()):
            await until(lambda: server.called("getUpdates"))
        (call, *_) = server.called("getUpdates")
        wanted = ["message", "edited_message", "callback_query", "my_chat_member"]
        assert json.loads(call.parameters["allowed_updates"]) == wanted


class TestWebhook:
    UPDATE = b'{"update_id": 5, "message": {"chat": {"id": 7}}}'

    async def test_what_the_platform_is_answered(self, server: TelegramServer) -> None:
        address = "https://phuong.vn/telegram"
        channel = made(server, webhook_url=address, webhook_secret="bí-mật")
        inbox = Inbox()
        assert await channel.webhook(self.UPDATE, "bí-mật") == 503
        async with listening(channel, inbox):
            await until(lambda: server.webhook)
            assert await channel.webhook(self.UPDATE, "") == 403
            assert await channel.webhook(self.UPDATE, "bí-mậ") == 403
            assert await channel.webhook(b"{", "bí-mật") == 400
            assert await channel.webhook(b"[" * 100_000, "bí-mật") == 400
            assert await channel.webhook(b"5", "bí-mật") == 400
            assert await channel.webhook(b" " * 1_000_001, "bí-mật") == 413
            assert await channel.webhook(self.UPDATE, "bí-mật") == 200
            inbox.failures = 1
            with pytest.raises(OSError, match="disk is full"):
                await channel.webhook(self.UPDATE, "bí-mật")
        await channel.close()
        assert (server.webhook["url"], server.webhook["secret_token"]) == (address, "bí-mật")
        assert [(raw.key, raw.chat) for raw in inbox.batches[0]] == [("5", "7")]
        assert len(inbox.batches) == 1

    async def test_a_webhook_needs_a_secret(self, server: TelegramServer) -> None:
        with pytest.raises(ChannelStopped, match="TELEGRAM_WEBHOOK_SECRET"):
            made(server, webhook_url="https://phuong.vn/telegram")


async def test_whatever_people_send_is_understood(server: TelegramServer, telegram: Telegram) -> None:
    resident, group, inbox = server.person(PERSON), server.group(-100), Inbox()
    resident.says("/start")
    resident.says("")
    resident.says("Trễ hạn? " * 5_500)
    resident.edits("hạn chót?")
    resident.sends_photo("rác đầu hẻm")
    resident.sends_sticker()
    resident.says("mai họp", group=group)
    resident.says("@PhoThuBot hạn nộp?", group=group)
    resident.says("/hannop@PhoThuBot", group=group)
    async with listening(telegram, inbox):
        await until(lambda: server.unconfirmed() == 0)
    read = [telegram.translate(raw) for batch in inbox.batches for raw in batch]
    found = [(one.kind, one.text[:16], one.group, one.addressed) for one in read if one]
    assert found == [
        ("text", "/start", False, True),
        ("text", "", False, True),
        ("text", "Trễ hạn? Trễ hạn", False, True),
        ("edited", "hạn chót?", False, True),
        ("photo", "rác đầu hẻm", False, True),
        ("sticker", "", False, True),
        ("text", "mai họp", True, False),
        ("text", "hạn nộp?", True, True),
        ("text", "/hannop", True, True),
    ]


async def test_a_conversation(server: TelegramServer, telegram: Telegram) -> None:
    """Question, answer with a button, the press, the answer in its place: all over HTTP."""
    resident = server.person(PERSON)

    async def receive(batch: Sequence[Raw]) -> None:
        for raw in batch:
            incoming = telegram.translate(raw)
            assert incoming
            said = incoming.text or incoming.choice
            reply = Reply(Markup("Đã nhận: ") + said, CHOICES if incoming.text else ())
            await telegram.send(Outgoing("1", incoming.address.chat, reply, incoming.message))

    def play() -> None:
        resident.says("hạn nộp <b>?")
        assert server.wait(lambda: resident.received)
        resident.presses("Xem đủ")
        assert server.wait(lambda: resident.received[-1].edits)

    task = asyncio.create_task(telegram.listen(receive))
    thread = threading.Thread(target=play)
    thread.start()
    await asyncio.to_thread(thread.join)
    task.cancel()
    (sent,) = resident.received
    assert (sent.text, sent.buttons) == ("Đã nhận: answer:full:1", {})
