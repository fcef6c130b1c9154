"""What whoever runs the bot does for people and units on the command line: the real process and what it leaves."""

import asyncio
import re
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import matplotlib.image
import pytest
import segno

from handlers.demonstration import NoDemonstration, presses
from handlers.invitations import BadInvitation, Wish, issue_wished
from papers.codes import BadPicture, new_picture, qr_png, write_qr
from storage.store import with_registry
from tests.bot_process import BotProcess, run
from tests.databases import database_url
from tests.talk import demo_ward
from tests.telegram_account import USERNAME
from tests.telegram_server import TelegramServer

CODE = re.compile(r"Mã mời: ([2-9A-Z]{4}(?:-[2-9A-Z]{4}){2})\n")
TABLE = "Mã;Tên;Loại;Số hộ\ntdp-21;Tổ dân phố số 21;TDP;120\ntdp-05;Tổ dân phố số 5;TDP;140\n"


def stored(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "bot.db") as database:
        return database.execute(sql).fetchall()


@pytest.mark.slow
def test_units_come_in_also_while_the_bot_runs(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(TABLE, encoding="utf-8")
    with BotProcess(tmp_path):
        first = run(tmp_path, "units", "import", "units.csv")
        assert (first.returncode, first.stderr) == (0, "")
        assert first.stdout.splitlines()[:3] == [
            "Thêm 1, đổi 1, giữ 0.",
            "thêm tdp-21: Tổ dân phố số 21 (tổ dân phố)",
            "đổi tdp-05: số hộ “131” → “140”",
        ]
        again = run(tmp_path, "units", "import", "-", stdin=TABLE)
        assert again.stdout.startswith("Thêm 0, đổi 0, giữ 2.\n")
        wrong = run(tmp_path, "units", "import", "-", stdin=TABLE + "x;;khối;\n")
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert "dòng 4: thiếu tên; ghi tên đơn vị\n" in wrong.stderr
    assert stored(tmp_path, "select households from unit where code in ('tdp-05', 'tdp-21')") == [(140,), (120,)]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_an_invitation_from_the_command_line_is_taken_in_the_chat(engine: str, tmp_path: Path) -> None:
    database = database_url(engine, tmp_path)
    made = run(
        tmp_path, *("invite", "--role", "leader", "--unit", "tdp-05", "--name", "Lò Thị Mai"), DATABASE_URL=database
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert "Người phụ trách Tổ dân phố số 5; dùng một lần, đến " in made.stdout
    # Neither Telegram nor a public address: there is nothing to link to, and that is said.
    assert "https://" not in made.stdout
    assert "Người được mời nhắn mã này cho bot." in made.stdout
    (code,) = CODE.findall(made.stdout)
    talked = run(tmp_path, "chat", stdin=f"{code}\nđồng ý\n/vaitro\n{code}\n", DATABASE_URL=database)
    assert "Chào Lò Thị Mai. Từ hôm nay anh/chị là người phụ trách Tổ dân phố số 5." in talked.stdout
    assert "người phụ trách Tổ dân phố số 5, từ 21/11/2026" in talked.stdout
    assert "đã dùng rồi" in talked.stdout


@pytest.mark.slow
def test_links_where_people_can_be_reached(tmp_path: Path) -> None:
    with TelegramServer() as server:
        reach = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url, "PUBLIC_URL": "https://pho.example"}
        made = run(tmp_path, *("invite", "--role", "admin", "--unit", "demo", "--qr", "moi.png"), **reach)
        assert (made.returncode, made.stderr) == (0, "")
        (code,) = CODE.findall(made.stdout)
        bare = code.replace("-", "")
        links = re.findall(r"https://\S+", made.stdout)
        assert links == [f"https://t.me/{USERNAME}?start={bare}", f"https://pho.example/?ma={bare}"]
        assert server.token not in made.stdout
    assert made.stdout.endswith("Mã QR: moi.png\n")
    assert drawn(tmp_path / "moi.png") == modules(links[0])
    again = run(tmp_path, *("invite", "--role", "admin", "--unit", "demo", "--qr", "moi.png"))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "moi.png: đã có tệp này; chọn tên khác\n"
    # Telegram does not answer: the code is made all the same, and why there is no link is said.
    gone = run(tmp_path, *("invite", "--role", "staff", "--unit", "demo"), **reach)
    assert gone.returncode == 0
    assert "Chưa hỏi được Telegram tên của bot nên không có đường dẫn t.me: getMe" in gone.stdout
    assert "https://pho.example/?ma=" in gone.stdout
    assert "SECRET" not in gone.stdout + gone.stderr


def drawn(picture: Path) -> list[list[bool]]:
    """The modules of a picture, read point by point, without the margin."""
    pixels = matplotlib.image.imread(picture)
    grey = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    return [[bool(point < 0.5) for point in row[45:-40:10]] for row in grey[45:-40:10]]


def modules(text: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in segno.make(text, error="q", micro=False).matrix]


def test_a_picture_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    assert qr_png("K7MR-3XPQ-9TWA").startswith(b"\x89PNG")
    for path, why in ((tmp_path / "a.jpg", "đuôi .png"), (tmp_path / "no" / "a.png", "tạo thư mục trước")):
        with pytest.raises(BadPicture, match=why):
            new_picture(path)
    picture = new_picture(tmp_path / "a.png")
    write_qr(picture, "K7MR-3XPQ-9TWA")
    with pytest.raises(BadPicture, match="không ghi được"):
        write_qr(picture, "another")
    assert drawn(picture) == modules("K7MR-3XPQ-9TWA")


@pytest.mark.slow
def test_wrong_options_get_a_sentence(tmp_path: Path) -> None:
    for options, says in (
        (["--role", "leader"], "Missing option '--unit'"),
        (["--role", "mayor", "--unit", "demo"], "'mayor' is not one of 'leader', 'staff', 'admin'"),
        (["--role", "leader", "--unit", "tdp-99"], "--unit: không có đơn vị “tdp-99”; các mã: demo, tdp-01"),
    ):
        done = run(tmp_path, "invite", *options)
        assert done.returncode in (1, 2)
        assert says in done.stderr
        assert (done.stdout, "Traceback" in done.stderr) == ("", False)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("leader", "tdp-01", "", "7"), "--expires: đọc được “7”; ghi như 7d"),
        (Wish("leader", "tdp-01", "", "91d"), "nhiều nhất 90d"),
        (Wish("leader", "tdp-01", "", "0h"), "ghi như 7d"),
        (Wish("leader", "tdp-01", "", "7d" * 99), "--expires: đọc được “7d7d7d7d7d7d7d7d7d7d”"),
        (Wish("leader", "tdp-01", "x" * 61, "7d"), "--name: tên trên một dòng, nhiều nhất 60 chữ"),
        (Wish("leader", "tdp-01", "a\nb", "7d"), "--name: tên trên một dòng"),
        (Wish("leader", "x" * 99, "", "7d"), "; các mã: demo, tdp-01"),
        (Wish("staff", "tdp-01", "", "7d"), "--unit: cán bộ, quản trị phục vụ cả phường; ghi --unit demo"),
        (Wish("admin", "th-tanphong", "", "7d"), "--unit: cán bộ, quản trị phục vụ cả phường"),
        (Wish("leader", "tdp-16", "", "7d"), "--unit: Tổ dân phố số 16 đã hết từ ngày 30/6/2026; chọn đơn vị khác"),
    ],
)
def test_a_wish_that_cannot_be_granted_makes_nothing(wish: Wish, says: str, tmp_path: Path) -> None:
    units = [replace(unit, valid_to=date(2026, 6, 30)) if unit.code == "tdp-16" else unit for unit in demo_ward().units]
    ward = replace(demo_ward(), units=tuple(units))
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    with pytest.raises(BadInvitation, match=re.escape(says)):
        asyncio.run(with_registry(url, lambda registry: issue_wished(registry, ward, date(2026, 11, 21), wish)))
    assert stored(tmp_path, "select * from invitation") == []


@pytest.mark.slow
def test_the_terminal_tries_a_role_at_once(tmp_path: Path) -> None:
    leader = run(tmp_path, "chat", "--as", "leader", stdin="/bieumau\n")
    assert (leader.returncode, leader.stderr) == (0, "")
    assert "Từ hôm nay anh/chị là người phụ trách Tổ dân phố số 1." in leader.stdout
    assert "▫ Tự đánh giá tổ dân phố" in leader.stdout
    staff = run(tmp_path, "chat", "--as", "staff", stdin="/moi\n7\nbỏ qua\n")
    assert "Từ hôm nay anh/chị là cán bộ phường Tân Phong." in staff.stdout
    assert "Nhắn cho Bạn Phố mã này:" in staff.stdout
    # The same person, in the other role now.
    assert stored(tmp_path, "select count(*) from person") == [(1,)]
    assert stored(tmp_path, "select role from role where last = ''") == [("staff",)]


def test_a_real_ward_gives_no_role_to_try() -> None:
    real = replace(demo_ward(), fictitious=False)
    assert presses("resident", real) == []
    for role in ("leader", "staff"):
        with pytest.raises(NoDemonstration, match="chỉ dùng với phường chạy thử"):
            presses(role, real)
