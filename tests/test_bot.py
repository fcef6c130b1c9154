"""The command line, as people and scripts use it: the real process, its output and its exit code."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bot_process import BOT, ROOT, BotProcess, environment, run
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

DOCUMENT = ROOT / "knowledge" / "documents" / "kh48.toml"
QUESTION = "tiêu chí 3.15 nói gì"
ANSWER = "tổ tự quản về môi trường"


def batch(folder: Path, *lines: object, **settings: str) -> list[Any]:
    """Ask a batch; what is not text already is written as JSON."""
    given = [line if isinstance(line, str | bytes) else json.dumps(line) for line in lines]
    stdin = b"\n".join(line.encode() if isinstance(line, str) else line for line in given)
    done = run(folder, "ask", "--batch", "--json", stdin=stdin, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_question(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", *QUESTION.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert ANSWER in done.stdout
    assert "Nguồn: " in done.stdout
    assert "<" not in done.stdout
    # Nothing is kept of what is only asked.
    assert list(tmp_path.iterdir()) == []


def test_one_question_as_json(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "--json", "--unit", "Quận 3", "--today", "2021-10-01", "báo cáo khi nào")
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert list(said) == ["id", "kind", "answer", "sources", "choices", "score", "ms"]
    assert said["kind"] == "answer"
    assert "còn 4 ngày" in said["answer"]
    source = said["sources"][0]
    assert source["document"] == "Kế hoạch 41-KH/QU của Ban Thường vụ Quận ủy Quận 3"
    assert source["number"] == "41-KH/QU"
    assert source["section"].startswith("mục ")
    assert 0 <= said["score"] <= 1
    assert said["ms"] > 0


def test_a_batch_is_answered_in_order_whatever_stands_in_it(tmp_path: Path) -> None:
    answers = batch(
        tmp_path,
        "\ufeff" + json.dumps({"id": 1, "q": QUESTION}),
        "",
        "không phải JSON",
        "[" * 100_000,
        [1, 2],
        {"id": "thiếu"},
        {"id": "số", "q": 5},
        {"id": "ngày", "q": QUESTION, "today": "hôm qua"},
        {"id": "trước", "q": QUESTION, "prev": "tiêu chí"},
        {"id": "lạ", "q": QUESTION, "unit": 3},
        '{"id": "dài", "q": "' + "a" * 2_000_000 + '"}',
        b'{"id": "\xff", "q": "gi\xff"}',
        '{"id": "\\ud800", "q": "ti\\ud800eu chi 3.15 noi gi \\u0000"}',
        {"id": None, "q": ""},
        {"id": {"a": [1]}, "q": "x" * 100_000, "unit": "không đâu cả", "prev": None, "today": None},
        {"id": "cuối", "q": QUESTION},
    )
    ids = [answer["id"] for answer in answers]
    assert ids == [
        1,
        None,
        None,
        None,
        "thiếu",
        "số",
        "ngày",
        "trước",
        "lạ",
        None,
        "\ufffd",
        "\ud800",
        None,
        {"a": [1]},
        "cuối",
    ]
    wrong = [answer for answer in answers if "error" in answer]
    assert len(wrong) == 9
    assert all(answer["kind"] == "none" and answer["error"] for answer in wrong)
    assert ANSWER in answers[0]["answer"]
    assert answers[-1]["answer"] == answers[0]["answer"]


def test_earlier_questions_of_a_batch_line_are_what_it_leans_on(tmp_path: Path) -> None:
    before = ["hạn đăng ký công trình của Quận 3 là khi nào"]
    leaning, alone = batch(tmp_path, {"id": 1, "q": "còn báo cáo thì sao?", "prev": before}, {"id": 2, "q": before[0]})
    assert "05 tháng 10 năm 2021" in leaning["answer"]
    assert "10 tháng 6 năm 2021" in alone["answer"]


def test_a_place_by_any_name_decides(tmp_path: Path) -> None:
    places = {
        "Quận 3": "41-KH/QU",
        "quan-3": "41-KH/QU",
        "kh41": "41-KH/QU",
        "phường 5, quận 3": "41-KH/QU",
        "da-nang": "71/KH-UBND",
        "Tổ 7, phường Hải Châu, TP Đà Nẵng": "71/KH-UBND",
    }
    answers = batch(tmp_path, *({"id": place, "q": "báo cáo khi nào", "unit": place} for place in places))
    assert {said["id"]: said["sources"][0]["number"] for said in answers} == places


def test_a_batch_answers_while_it_is_written(tmp_path: Path) -> None:
    command = [sys.executable, str(BOT), "ask", "--batch"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "q": QUESTION}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()


def test_asking_loads_only_what_it_needs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(BOT), "ask", QUESTION],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.decode().splitlines()}
    assert not loaded & {"telegram", "httpx", "starlette", "uvicorn", "sqlite_utils", "psycopg"}


@pytest.mark.parametrize(
    "words", [["ask"], ["ask", "--batch", "câu hỏi"], ["ask", " "], ["ask", "--today", "mai", "x"]]
)
def test_a_question_that_is_none(tmp_path: Path, words: list[str]) -> None:
    done = run(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"WEB_PORT": "x"}, "WEB_PORT: read 'x', expected a port from 1 to 65535, or 0 for any free one"),
        ({"KNOWLEDGE_DIR": "/nowhere"}, "KNOWLEDGE_DIR: read '/nowhere', expected folders that exist"),
        ({"UNIT": "nowhere"}, "UNIT: không có đơn vị “nowhere”"),
        ({"KNOWLEDGE_DIR": "."}, "KNOWLEDGE_DIR: không có văn bản nào đọc được trong ."),
        ({"TELEGRAM_TOKEN": "SECRET"}, "TELEGRAM_TOKEN: read a text with a length of 6, expected digits"),
        ({"DATABASE_URL": "sqlite:////proc/no/a.db"}, "cannot open the database /proc/no/a.db"),
        ({"WEB_HOST": "203.0.113.1"}, "cannot listen on 203.0.113.1, port 8080"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(tmp_path: Path, settings: dict[str, str], line: str) -> None:
    done = run(tmp_path, "run", **settings)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(line)
    assert not {"Traceback", "SECRET"} & set(re.findall(r"\w+", done.stderr))


def test_settings_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WEB_PORT=9x\n")
    assert run(tmp_path, "check").stderr.startswith("WEB_PORT: read '9x', expected")


def test_check_says_what_is_there(tmp_path: Path) -> None:
    shutil.copy(DOCUMENT, tmp_path)
    done = run(tmp_path, "check", KNOWLEDGE_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"1 văn bản, \d+ mục, không có lỗi\n", done.stdout)


def test_check_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    text = text.replace('"""Số 48 -KH/ĐU"""', '"""Số 49 -KH/ĐU"""')
    text = text.replace('see = ["kh48-giai-doan", ', 'see = ["kh48-khong-co", ')
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (tmp_path / "b.toml").write_text("id = [", encoding="utf-8")
    (tmp_path / "c.toml").write_text('id = "c"\nmau = "xanh"\n', encoding="utf-8")
    done = run(tmp_path, "check", KNOWLEDGE_DIR=str(tmp_path))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(re.match(r"[\w.]+\.toml: [^:]+: .*[;,(]", line) for line in lines), lines
    for said in (
        "b.toml: (đầu tệp): không đọc được",
        "c.toml: (đầu tệp): không hiểu “mau”",
        "“kh48-khong-co” không có",
    ):
        assert any(said in line for line in lines), said
    assert any("kh48-so-ky-hieu: lời trích “Số 49" in line for line in lines)
    assert done.stderr.startswith(f"{len(lines)} lỗi; ")


def test_a_backup_is_whole_and_never_overwrites(tmp_path: Path) -> None:
    early = run(tmp_path, "backup", "copy.db")
    assert (early.returncode, early.stderr) == (
        1,
        f"DATABASE_URL: there is no {tmp_path / 'bot.db'} yet, expected a database that bot.py run has made\n",
    )
    run(tmp_path, "chat", stdin=QUESTION)
    for name in ("0" * 32, "shelf", f"{'1' * 32}.part"):
        (tmp_path / "files").mkdir(exist_ok=True)
        (tmp_path / "files" / name).write_bytes(b"photo")
    with BotProcess(tmp_path):
        done = run(tmp_path, "backup", "copy.db")
        assert done.stdout.splitlines() == ["Đã sao lưu vào copy.db", "Đã sao lưu 1 ảnh, tệp vào copy.db.files"]
        again = run(tmp_path, "backup", "copy.db")
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "exists already" in again.stderr
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("select count(*) from question").fetchone() == (1,)
    assert [path.name for path in (tmp_path / "copy.db.files").iterdir()] == ["0" * 32]


def test_doctor_looks_at_everything(tmp_path: Path) -> None:
    shutil.copy(DOCUMENT, tmp_path)
    with TelegramServer() as server:
        server.webhook = {"url": "https://elsewhere.example"}
        settings = {"KNOWLEDGE_DIR": str(tmp_path), "TELEGRAM_API_URL": server.url, "WEB_PORT": "0"}
        done = run(tmp_path, "doctor", TELEGRAM_TOKEN=server.token, **settings)
        assert (done.returncode, done.stderr) == (0, "")
        for line in (
            "[tốt] văn bản: 1 văn bản, ",
            "[lưu ý] đồng hồ: bot nói như hôm nay là 21/11/2026",
            "[tốt] cơ sở dữ liệu: ",
            "[tốt] ổ đĩa: còn ",
            "[tốt] trang web: http://127.0.0.1:0",
            "[lưu ý] Telegram: @PhoThuBot, 0 tin đang chờ ở Telegram; webhook là “https://elsewhere.example”",
        ):
            assert line in done.stdout, done.stdout
        wrong = run(tmp_path, "doctor", TELEGRAM_TOKEN="42:another", **settings)
    gone = run(tmp_path, "doctor", TELEGRAM_TOKEN="42:another", **settings)
    broken = run(tmp_path, "doctor", DATABASE_URL="postgresql://u:SECRET@127.0.0.1:1/d", **settings)
    for done, line in (
        (wrong, "[lỗi] Telegram: TELEGRAM_TOKEN: Telegram does not know it"),
        (gone, "[lỗi] Telegram: getMe: ClientConnectorError"),
        (broken, "[lỗi] cơ sở dữ liệu: PostgreSQL không mở được"),
    ):
        assert done.returncode == 1
        assert line in done.stdout
        assert not {"another", "SECRET", "Traceback"} & set(re.findall(r"\w+", done.stdout + done.stderr))
    assert not (tmp_path / "bot.db").exists()
