"""Whatever people send on Telegram is understood, and answered."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from markupsafe import Markup

from channels.telegram import Telegram
from conversation import (
    Outgoing,
    Raw,
    Reply,
)
from tests.telegram_server import TelegramServer
from tests.test_telegram import CHOICES, PERSON, Inbox, listening, log, server, telegram, until

__all__ = ["log", "server", "telegram"]

pytestmark = pytest.mark.anyio


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
