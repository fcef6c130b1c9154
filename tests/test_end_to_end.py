"""The real bot process and people on Telegram, over HTTP: what goes right, and everything that goes wrong."""

import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.bot_process import BotProcess
from tests.telegram_account import USERNAME
from tests.telegram_people import Person, Sent
from tests.telegram_server import Fault, TelegramServer

QUESTION = "tiêu chí 3.15 nói gì"
ANSWER = "tổ tự quản về môi trường"
AMBIGUOUS = "hạn chót khi nào"
pytestmark = pytest.mark.slow

# The platform allows one message a second in a chat.
PATIENT = 12.0


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def bot(server: TelegramServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    with BotProcess(tmp_path_factory.mktemp("bot"), server) as bot:
        yield bot
        # For all that happened in this file: nothing secret, no stack trace, nobody's words.
        for unwanted in (server.token, "SECRET", "Traceback", "môi trường", "bí mật"):
            assert unwanted not in bot.log, bot.log


@pytest.fixture
def person(server: TelegramServer, bot: BotProcess, request: pytest.FixtureRequest) -> Person:
    """Somebody new, who has been shown the notice."""
    newcomer = server.person(1000 + len(server.calls))
    newcomer.says("/start")
    heard(server, newcomer, 2)
    return newcomer


def heard(server: TelegramServer, person: Person, number: int) -> list[Sent]:
    """Wait until so many messages have arrived in all, and look whether another one comes."""
    assert server.wait(lambda: len(person.received) >= number, PATIENT), person.received
    return person.received


def answer(server: TelegramServer, person: Person, says: str) -> Sent:
    """Ask, and return the next message."""
    before = len(person.received)
    person.says(says)
    return heard(server, person, before + 1)[before]


def pressed(server: TelegramServer, person: Person, label: str) -> Sent:
    before = len(person.received)
    person.presses(label)
    return heard(server, person, before + 1)[before]


def test_first_contact_is_a_greeting_and_one_notice(server: TelegramServer, person: Person) -> None:
    greeting, notice = person.received
    assert "Bạn Phố" in greeting.text
    assert {"Đồng ý", "Không"} <= notice.buttons.keys()


def test_an_answer_with_the_clause_and_its_source(server: TelegramServer, person: Person) -> None:
    said = answer(server, person, QUESTION)
    assert ANSWER in said.text
    assert "Nguồn: " in said.text
    assert "3.15" in said.text


def test_a_question_for_several_documents_is_asked_back_and_a_button_answers(
    server: TelegramServer, person: Person
) -> None:
    asked = answer(server, person, AMBIGUOUS)
    assert 2 <= len(asked.buttons) <= 5
    label = next(label for label in asked.buttons if "Quận 3" in label)
    assert "Kế hoạch 41-KH/QU" in pressed(server, person, label).text
    # A button is answered, or it would go on spinning.
    assert server.wait(lambda: server.called("answerCallbackQuery"))


def test_a_question_leans_on_the_one_before(server: TelegramServer, person: Person) -> None:
    answer(server, person, "hạn đăng ký công trình của Quận 3 là khi nào")
    assert "05 tháng 10 năm 2021" in answer(server, person, "còn báo cáo thì sao?").text


def test_what_is_offered_twice_is_answered_once(server: TelegramServer, person: Person) -> None:
    person.says(QUESTION, times=2)
    heard(server, person, 3)
    person.says("/trogiup", times=3)
    heard(server, person, 4)
    time.sleep(1.5)
    assert [ANSWER in sent.text for sent in person.received[2:]] == [True, False]


def test_the_platform_asks_to_wait(server: TelegramServer, person: Person) -> None:
    server.fail("sendMessage", Fault(429, "Too Many Requests: retry after 2", {"retry_after": 2}))
    began = time.monotonic()
    assert ANSWER in answer(server, person, QUESTION).text
    assert time.monotonic() - began >= 2
    assert [call.at for call in server.called("sendMessage")[-2:]] == sorted(
        call.at for call in server.called("sendMessage")[-2:]
    )


@pytest.mark.parametrize("fault", [Fault(500, "Internal Server Error"), Fault(502, "Bad Gateway", body=b"<html>")])
def test_the_platform_breaks(server: TelegramServer, person: Person, fault: Fault) -> None:
    server.fail("sendMessage", fault)
    assert ANSWER in answer(server, person, QUESTION).text


def test_the_line_is_cut_before_the_server_acted(server: TelegramServer, person: Person) -> None:
    server.fail("sendMessage", Fault(cut="before"))
    assert ANSWER in answer(server, person, QUESTION).text


def test_the_line_is_cut_after_the_server_acted(server: TelegramServer, person: Person) -> None:
    """Nobody knows whether it arrived, so it is sent again: twice is better than never."""
    server.fail("sendMessage", Fault(cut="after"))
    answer(server, person, QUESTION)
    heard(server, person, 4)
    time.sleep(1.5)
    assert [ANSWER in sent.text for sent in person.received[2:]] == [True, True]


def test_somebody_who_blocked_the_bot_stands_in_nobodys_way(server: TelegramServer, person: Person) -> None:
    other = server.person(person.id + 500_000)
    person.blocks()
    person.says(QUESTION)
    assert server.wait(lambda: server.statuses[403], PATIENT)
    assert ANSWER in answer(server, other, QUESTION).text
    assert len(person.received) == 2
    person.chat.closed = ""
    assert "Bạn Phố" in answer(server, person, "/start").text


def test_a_list_turns_its_pages_in_place(server: TelegramServer, person: Person) -> None:
    listed = answer(server, person, "/hannop")
    assert "trang 1/" in listed.text
    person.presses("Trang sau", message=listed)
    assert server.wait(lambda: "trang 2/" in listed.text, PATIENT)
    person.presses("Trang trước", message=listed)
    assert server.wait(lambda: "trang 1/" in listed.text, PATIENT)
    assert len(person.received) == 3


def test_the_same_page_pressed_again_is_not_modified(server: TelegramServer, person: Person) -> None:
    """Two presses of one button: the second finds the message as it wants it."""
    listed = answer(server, person, "/hannop")
    before = server.statuses[400]
    person.presses("Trang sau", message=listed)
    person.presses("Trang sau", message=listed)
    assert server.wait(lambda: server.statuses[400] > before, PATIENT)
    assert ANSWER in answer(server, person, QUESTION).text
    assert "trang 2/" in listed.text


def test_an_edited_question_is_answered(server: TelegramServer, person: Person) -> None:
    before = len(person.received)
    person.edits(QUESTION)
    assert ANSWER in heard(server, person, before + 1)[before].text


def test_a_photo_and_a_sticker_get_a_kind_word(server: TelegramServer, person: Person) -> None:
    person.sends_photo()
    assert "chưa đọc được ảnh" in heard(server, person, 3)[2].text
    person.sends_photo(QUESTION)
    assert ANSWER in heard(server, person, 5)[4].text
    person.sends_sticker()
    assert "chỉ đọc được chữ" in heard(server, person, 6)[5].text


@pytest.mark.parametrize("text", ["", " ", "\u200b", "?!…", "dài " * 1100, "bí mật " * 7_000, "🙂" * 4096])
def test_a_text_that_is_no_question_gets_a_polite_word(server: TelegramServer, person: Person, text: str) -> None:
    said = answer(server, person, text)
    assert said.text
    assert len(said.text) <= 4096
    assert ANSWER in answer(server, person, QUESTION).text


def test_in_a_group_only_who_speaks_to_the_bot_is_answered(server: TelegramServer, person: Person) -> None:
    group = server.group(-1000 - person.id)
    person.says(QUESTION, group=group)
    person.says(f"@{USERNAME} {QUESTION}", group=group)
    assert server.wait(lambda: group.messages, PATIENT)
    person.says("/dulieu", group=group)
    assert server.wait(lambda: len(group.messages) == 2, PATIENT)
    assert ANSWER in group.messages[0].text
    assert "nhắn riêng" in group.messages[1].text
    assert len(person.received) == 2


def test_updates_that_nobody_understands_stop_nothing(server: TelegramServer, person: Person) -> None:
    server.offer({"my_chat_member": {"strange": True}})
    server.offer({"message": {"message_id": 1}})
    server.offer({"message": {"chat": "x", "text": {"a": 1}}})
    assert ANSWER in answer(server, person, QUESTION).text


def test_polling_that_fails_goes_on(server: TelegramServer, person: Person) -> None:
    server.fail("getUpdates", Fault(502, "Bad Gateway", body=b"<html>"), Fault(409, "Conflict"), Fault(cut="before"))
    # The poll that waits now is ended by an update, the faults follow.
    answer(server, person, "/trogiup")
    assert server.wait(lambda: not server._faults["getUpdates"], PATIENT)
    assert ANSWER in answer(server, person, QUESTION).text


def test_english_is_answered_in_english(server: TelegramServer, bot: BotProcess) -> None:
    guest = server.person(77, "Ann", "en")
    guest.says("/start")
    assert "Bạn Phố" in heard(server, guest, 2)[0].text
    assert "Source: " in answer(server, guest, "what does criterion 3.15 say").text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_what_was_begun_settled(tmp_path: Path, number: int) -> None:
    with TelegramServer() as server, BotProcess(tmp_path, server) as bot:
        person = server.person(1)
        server.delay = 0.5
        person.says(QUESTION)
        assert server.wait(lambda: server.called("sendMessage"), PATIENT)
        with httpx.stream("GET", f"{bot.url}/events", cookies=httpx.get(bot.url).cookies):
            assert bot.stop(number) == 0
        server.delay = 0.0
        bot.start()
        person.says("/trogiup")
        heard(server, person, 3)
        time.sleep(1.2)
        assert [ANSWER in sent.text for sent in person.received] == [True, False, False]
        assert "stopped" in bot.log


def test_a_token_that_is_refused_is_one_line_and_the_page_goes_on(tmp_path: Path) -> None:
    with TelegramServer() as server:
        with BotProcess(tmp_path, server, TELEGRAM_TOKEN="4242:another") as bot:
            assert server.wait(lambda: server.statuses[401], PATIENT)
            time.sleep(0.3)
            assert httpx.get(bot.url).status_code == 200
        lines = [line for line in bot.log.splitlines() if "TELEGRAM_TOKEN" in line]
    assert len(lines) == 1
    assert "another" not in bot.log


def test_updates_by_webhook(tmp_path: Path) -> None:
    header = "X-Telegram-Bot-Api-Secret-Token"
    settings = {"PUBLIC_URL": "https://phuong.example/bot", "TELEGRAM_WEBHOOK_SECRET": "giau-kin"}
    with TelegramServer() as server, BotProcess(tmp_path, server, **settings) as bot:
        assert server.wait(lambda: server.webhook, PATIENT)
        assert server.webhook["url"] == "https://phuong.example/bot/telegram"
        person = server.person(5)
        person.says(QUESTION)
        update = server._updates.popleft()[2]
        url = f"{bot.url}/telegram"
        assert httpx.post(url, content=update).status_code == 403
        assert httpx.post(url, content=update, headers={header: "x"}).status_code == 403
        for _ in range(2):
            assert httpx.post(url, content=update, headers={header: "giau-kin"}).status_code == 200
        assert httpx.post(url, content=b"[" * 2_000_000, headers={header: "giau-kin"}).status_code == 413
        assert httpx.post(url, content=b"{", headers={header: "giau-kin"}).status_code == 400
        assert httpx.get(url).status_code == 405
        heard(server, person, 2)
        time.sleep(1.2)
        assert [ANSWER in sent.text for sent in person.received] == [True, False]
        assert "giau-kin" not in bot.log


def test_an_invitation_goes_from_hand_to_hand_as_a_link(
    server: TelegramServer, bot: BotProcess, person: Person
) -> None:
    pressed(server, person, "Đồng ý")
    answer(server, person, "/vaitro")
    before = len(person.received)
    person.presses("Cán bộ phường")
    heard(server, person, before + 2)
    answer(server, person, "/moi")
    answer(server, person, "5")
    before = len(person.received)
    person.presses("Chưa biết tên")
    forwarded = heard(server, person, before + 2)[-1]
    (payload,) = re.findall(rf"https://t\.me/{USERNAME}\?start=([2-9A-Z]{{12}})", forwarded.text)
    # Telegram sends what stands behind start= as the argument of /start.
    leader = server.person(7_100 + len(server.calls))
    leader.says(f"/start {payload}")
    assert "Mã này mời anh/chị làm người phụ trách Tổ dân phố số 5" in heard(server, leader, 2)[0].text
    leader.presses("Đồng ý")
    assert "Từ hôm nay anh/chị là người phụ trách Tổ dân phố số 5" in heard(server, leader, 3)[2].text
    assert payload not in bot.log
