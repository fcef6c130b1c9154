"""The bot while it runs: in a terminal, as a page, without a command, and until a signal ends it."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.bot_process import BOT, NOW, BotProcess, environment, run
from tests.telegram_server import TelegramServer
from tests.test_bot import ANSWER, DOCUMENT, QUESTION

pytestmark = pytest.mark.slow


def test_the_chat_in_a_terminal_keeps_nothing(tmp_path: Path) -> None:
    needed = {name: value for name, value in environment(tmp_path).items() if name != "DATABASE_URL"}
    talk = f"{QUESTION}\n/trogiup\n1\n".encode()
    done = subprocess.run(
        [sys.executable, str(BOT), "chat"],
        cwd=tmp_path,
        env=needed,
        input=talk,
        capture_output=True,
        timeout=60,
    )
    said, noted = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0
    assert ANSWER in said
    assert "  1. " in said
    # The third line pressed a choice.
    assert "Hạn nộp, hạn làm trong các văn bản" in said
    assert noted == ""
    assert list(tmp_path.iterdir()) == []


def test_the_chat_on_a_database_that_was_named(tmp_path: Path) -> None:
    assert run(tmp_path, "chat", stdin=QUESTION).returncode == 0
    with sqlite3.connect(tmp_path / "bot.db") as database:
        assert database.execute("select kind, channel from question").fetchall() == [("answer", "terminal")]


def test_the_page_is_served_and_a_second_run_is_refused(tmp_path: Path) -> None:
    with BotProcess(tmp_path) as bot:
        page = httpx.get(bot.url)
        assert (page.status_code, "Phường Tân Phong" in page.text) == (200, True)
        assert httpx.get(f"{bot.url}/health").json() == {"ok": True}
        assert "banpho_waiting 0\n" in httpx.get(f"{bot.url}/metrics").text
        calendar = httpx.get(f"{bot.url}/lich/{'0' * 32}.ics")
        assert (calendar.status_code, "gõ /lich" in calendar.text) == (404, True)
        second = run(tmp_path, "run", WEB_PORT="0")
        assert (second.returncode, second.stdout) == (1, "")
        assert "another process is running on the database" in second.stderr.splitlines()[-1]
        third = run(tmp_path, "run", WEB_PORT=bot.url.rpartition(":")[2], DATABASE_URL="sqlite:///other.db")
        assert "cannot listen on 127.0.0.1, port" in third.stderr.splitlines()[-1]


def test_without_a_command_it_runs(tmp_path: Path) -> None:
    done = run(tmp_path, DATABASE_URL="sqlite:////proc/no/a.db")
    assert "cannot open the database" in done.stderr


def test_documents_are_read_again_and_a_bad_file_takes_no_good_one_away(tmp_path: Path) -> None:
    file = tmp_path / "kh48.toml"
    good = DOCUMENT.read_text(encoding="utf-8")
    file.write_text(good, encoding="utf-8")
    marked = good.replace('title = "tên gọi của Kế hoạch số 48-KH/ĐU"', 'title = "tên gọi rất mới"')
    with TelegramServer() as server, BotProcess(tmp_path, server, KNOWLEDGE_DIR=str(tmp_path)) as bot:
        person = server.person(1)

        def asked() -> str:
            before = len(person.received)
            person.says("kế hoạch 48 là kế hoạch về việc gì")
            assert server.wait(lambda: len(person.received) > before, 10)
            return person.received[before].text

        assert "ên gọi của Kế hoạch số 48" in asked()
        file.write_text(marked, encoding="utf-8")
        time.sleep(5)
        # The notice came after the first answer.
        assert "ên gọi rất mới" in asked()
        file.write_text(marked + "\nid = [", encoding="utf-8")
        time.sleep(8)
        assert "ên gọi rất mới" in asked()
        assert bot.log.count("kh48.toml: (đầu tệp): không đọc được") == 1
        file.unlink()
        time.sleep(5)
        assert "ên gọi rất mới" in asked()
        assert "Traceback" not in bot.log


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_a_signal_ends_the_chat(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(BOT), "chat"],
        cwd=tmp_path,
        env=environment(tmp_path, BANPHO_NOW=NOW),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        assert "môi trường" in process.stdout.readline().decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == b""
