"""What Telegram brings: polled in batches, or called by its webhook."""

import asyncio
import json
from collections.abc import Sequence

import pytest

from channels.telegram import Telegram
from conversation import (
    ChannelStopped,
    Raw,
)
from tests.telegram_server import Fault, TelegramServer
from tests.test_telegram import PERSON, Inbox, listening, log, made, message, server, telegram, until

__all__ = ["log", "server", "telegram"]

pytestmark = pytest.mark.anyio


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
