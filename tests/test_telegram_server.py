"""The tests' own Telegram refuses what the platform refuses, and serves the library as it is."""

import json
from collections.abc import Iterator

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from tests.telegram_server import Fault, TelegramServer

pytestmark = pytest.mark.anyio

# One for all: making a client's certificates takes longer than a request.
CONTEXT = httpx.create_ssl_context()


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.person(7)
        yield server


def post(server: TelegramServer, method: str, **parameters: object) -> tuple[int, str]:
    url = f"{server.url}/bot{server.token}/{method}"
    answer = httpx.post(url, data={key: str(value) for key, value in parameters.items()}, verify=CONTEXT)
    return answer.status_code, answer.json().get("description", "")


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("<b>a</b> <a href='x'>b</a> &lt; & >", ""),
        ("a" * 4096, ""),
        ("&lt;" * 4096, ""),
        ("<b>" + "😀" * 2048 + "</b>", ""),
        ("a" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("", "message text is empty"),
        (" <b> </b>\n", "message text is empty"),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("đ<b", 'Unsupported start tag "b" at byte offset 2'),
        ("<b>a", 'end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", "Unmatched end tag at byte offset 7"),
        ("a</b>", "Unmatched end tag at byte offset 1"),
    ],
    ids=lambda text: text[:20],
)
def test_texts(server: TelegramServer, text: str, refused: str) -> None:
    status, reason = post(server, "sendMessage", chat_id=7, text=text, parse_mode="HTML")
    assert (status, refused in reason) == (400 if refused else 200, True)
    assert len(server.sent_to(7)) == (not refused)


@pytest.mark.parametrize(("data", "status"), [("đ" * 32, 200), ("đ" * 32 + "a", 400), ("", 400)])
def test_buttons(server: TelegramServer, data: str, status: int) -> None:
    button = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": data}]]})
    assert post(server, "sendMessage", chat_id=7, text="a", reply_markup=button)[0] == status


def test_who_is_refused(server: TelegramServer) -> None:
    assert post(server, "sendMessage", chat_id=8, text="a") == (400, "Bad Request: chat not found")
    server.person(7).blocks()
    assert post(server, "sendMessage", chat_id=7, text="a")[0] == 403
    assert post(server, "sendSomething")[0] == 404
    assert post(server, "answerCallbackQuery", callback_query_id="1")[0] == 400
    assert httpx.post(f"{server.url}/bot1:x/getMe").status_code == 401


def test_rates_to_the_letter() -> None:
    with TelegramServer(strict=True) as server:
        statuses = [
            post(server, "sendMessage", chat_id=server.person(number).id, text="a")[0]
            for number in [1, 1, *range(2, 40)]
        ]
    assert statuses[:2] == [200, 429]
    assert 429 in statuses[30:]


async def test_updates_stay_until_an_offset_confirms_them(server: TelegramServer) -> None:
    first, second = server.person(7).says("a", times=2), server.person(7).says("b")
    async with Bot(server.token, f"{server.url}/bot") as bot:
        for _ in range(2):
            updates = await bot.get_updates(timeout=0)
            assert [update.update_id for update in updates] == [first, first, second]
        assert [one.update_id for one in await bot.get_updates(offset=second)] == [second]
        assert not await bot.get_updates(offset=second + 1, timeout=0)
        assert server.unconfirmed() == 0


async def test_the_library_reads_every_answer(server: TelegramServer) -> None:
    async with Bot(server.token, f"{server.url}/bot") as bot:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Xem", callback_data="x")]])
        sent = await bot.send_message(7, "<b>a</b>", parse_mode="HTML", reply_markup=keyboard)
        server.person(7).presses("Xem")
        (update,) = await bot.get_updates()
        assert update.callback_query
        assert await update.callback_query.answer()
        edited = await bot.edit_message_text("b", 7, sent.message_id)
        assert getattr(edited, "text", None) == "b"
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("b", 7, sent.message_id)
        server.fail("sendMessage", Fault(400, "Bad Request: odd"))
        with pytest.raises(BadRequest, match="Odd"):
            await bot.send_message(7, "a")
