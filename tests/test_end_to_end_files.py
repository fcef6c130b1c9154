"""The real bot process: papers and pictures reach staff on Telegram and on the page, a paper's photo is kept."""

import asyncio
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx
import openpyxl
import pytest
from PIL import Image

from channels.web_session import COOKIE
from storage.database import Transaction
from storage.handling import TransactionRecords
from storage.store import opened
from tests.bot_process import BOT, BotProcess, environment
from tests.cast import BY, Seat, seats
from tests.pictures import jpeg
from tests.talk import TODAY, demo_ward, knowledge
from tests.telegram_people import Person, Sent
from tests.telegram_server import Fault, TelegramServer

pytestmark = pytest.mark.slow

PATIENT = 25.0
ROUNDS = [{"form": "tp-tu-danh-gia", "units": ["tdp-05", "tdp-06"]}]


def cast(folder: Path, **told: Any) -> None:
    """Give roles and open rounds in the database of a bot, also while it runs."""

    async def seat() -> None:
        async with opened(f"sqlite:///{folder / 'bot.db'}") as store:
            for work in seats(told, knowledge(), demo_ward(), TODAY):
                await store.database.write(partial(played, work))

    def played(work: Seat, transaction: Transaction) -> None:
        work(TransactionRecords(transaction, {}, BY, "", {}, datetime.now(UTC)))

    asyncio.run(seat())


def kept(folder: Path) -> list[bytes]:
    """What lies in the depot."""
    return [path.read_bytes() for path in (folder / "files").iterdir() if path.is_file()]


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


class Staff:
    """Somebody on Telegram who waits for the message that an act leads to."""

    def __init__(self, server: TelegramServer, person: Person) -> None:
        self._server, self._person = server, person

    def says(self, text: str, hears: str = "") -> Sent:
        return self._heard(hears, partial(self._person.says, text))

    def presses(self, label: str, hears: str = "") -> Sent:
        return self._heard(hears, partial(self._person.presses, label))

    def sends_photo(self, content: bytes, hears: str) -> Sent:
        return self._heard(hears, partial(self._person.sends_photo, content=content))

    def _heard(self, part: str, act: Callable[[], int]) -> Sent:
        before = len(self._person.received)
        act()

        def found() -> list[Sent]:
            return [sent for sent in self._person.received[before:] if part in sent.text]

        assert self._server.wait(found, PATIENT), (part, self._person.received[before:])
        return found()[0]


def test_on_telegram(server: TelegramServer, tmp_path: Path) -> None:
    person = server.person(7)
    cast(tmp_path, roles={"telegram/7": "staff:demo"}, names={"telegram/7": "anh Bình"}, rounds=ROUNDS)
    staff = Staff(server, person)
    with BotProcess(tmp_path, server) as bot:
        person.says("/start")
        assert server.wait(lambda: len(person.received) == 2, PATIENT)
        # A photo that nobody asked for stays where it is.
        staff.sends_photo(jpeg(), "chưa đọc được ảnh")
        assert not server.called("getFile")

        blank(staff)
        chart(staff, server)
        paper(staff, server, tmp_path)
        for unwanted in (server.token, "SECRET", "Traceback", "Trần Văn Ba"):
            assert unwanted not in bot.log, bot.log


def blank(staff: Staff) -> None:
    """A workbook to be filled in."""
    staff.says("/nhapthay")
    staff.presses("Lấy mẫu Excel để in hoặc gửi")
    staff.presses("Tự đánh giá tổ dân phố, bản, năm 2026")
    sent = staff.presses("Tổ dân phố số 6", "Mẫu Tự đánh giá")
    assert sent.kind == "document"
    assert sent.file is not None
    assert sent.file.name.endswith(".xlsx")
    assert openpyxl.load_workbook(io.BytesIO(sent.file.content)).sheetnames
    assert sent.buttons


def chart(staff: Staff, server: TelegramServer) -> None:
    """Progress as a picture, although the platform breaks first."""
    staff.says("/tiendo")
    server.fail("sendPhoto", Fault(500, "x"))
    sent = staff.presses("Gửi ảnh tiến độ", "Ảnh tiến độ đây")
    assert sent.kind == "photo"
    assert sent.file is not None
    with Image.open(io.BytesIO(sent.file.content)) as picture:
        assert picture.width > 300


def paper(staff: Staff, server: TelegramServer, folder: Path) -> None:
    """The photo of a paper is kept without its place, and handed back to whoever looks at it."""
    staff.says("/nhapthay")
    staff.presses("Nhập bài mới")
    staff.presses("Tự đánh giá tổ dân phố, bản, năm 2026")
    staff.says("6")
    staff.says("Trần Văn Ba", "Gửi vào đây")
    server.fail("download", Fault(cut="after"))
    staff.sends_photo(jpeg(640, 480, orientation=6), "Đã giữ 1 tệp")
    [content] = kept(folder)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((640, 480), {0x0112: 6})
    staff.sends_photo(b"GIF89a", "Tôi chỉ nhận ảnh JPEG")
    assert len(kept(folder)) == 1


class Visitor:
    """Somebody on the page."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"Origin": url})
        self.client.get("/").raise_for_status()
        self.chat = self.client.cookies[COOKIE].partition(".")[0]
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def says(self, **does: str) -> dict[str, Any]:
        """Write or press; returns the first line of the answer."""
        return self._answer(partial(self._post, does))

    def presses(self, label: str) -> dict[str, Any]:
        for line in reversed(self.lines()):
            for choice in line["choices"]:
                if choice["label"] == label:
                    return self.says(choice=choice["value"], message=str(line["position"]), label=label)
        raise AssertionError(f"no button {label!r}")

    def sends(self, name: str, content: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/octet-stream", "X-Key": self._key(), "X-Name": name}
        return self._answer(lambda: self.client.post("/tep", content=content, headers=headers))

    def _answer(self, act: Callable[[], httpx.Response]) -> dict[str, Any]:
        before = len(self.lines())
        # At most five messages in ten seconds.
        while act().status_code == 429:
            time.sleep(1)
        deadline = time.monotonic() + PATIENT
        while time.monotonic() < deadline:
            fresh = self.lines()[before:]
            if any(not line["own"] for line in fresh):
                return next(line for line in fresh if not line["own"])
            time.sleep(0.1)
        raise AssertionError("no answer")

    def _post(self, does: dict[str, str]) -> httpx.Response:
        return self.client.post("/messages", json={"key": self._key(), **does})

    def _key(self) -> str:
        self._number += 1
        return f"visitor-{self._number:05}"

    def lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/history?limit=500").json()["lines"]
        return found


def test_on_the_page(tmp_path: Path) -> None:
    with BotProcess(tmp_path) as bot, Visitor(bot.url) as visitor, Visitor(bot.url) as other:
        visitor.says(text="/start")
        cast(tmp_path, roles={f"web/{visitor.chat}": "staff:demo"}, rounds=ROUNDS)
        visitor.says(text="/tiendo")
        [offered] = visitor.presses("Gửi ảnh tiến độ")["files"]
        while offered["state"] == "making":
            [offered] = visitor.lines()[-1]["files"]
        assert offered["picture"]
        answer = visitor.client.get(offered["url"])
        assert (answer.headers["content-type"], len(answer.content)) == ("image/png", offered["size"])
        assert other.client.get(offered["url"]).status_code == 404
        # Nobody asked for it.
        assert "chưa đọc được ảnh" in visitor.sends("a.jpg", jpeg())["html"]

        visitor.says(text="/nhapthay")
        visitor.presses("Nhập bài mới")
        visitor.presses("Tự đánh giá tổ dân phố, bản, năm 2026")
        visitor.says(text="6")
        visitor.says(text="Trần Văn Ba")
        bot.kill()
        bot.start()
        assert "Đã giữ 1 tệp" in visitor.sends("to6.jpg", jpeg(320, 240))["html"]
        assert len(kept(tmp_path)) == 1
        # The same link opens the same picture after a restart.
        assert visitor.client.get(offered["url"]).content == answer.content
        for unwanted in ("/tep/", "Traceback", "Trần Văn Ba"):
            assert unwanted not in bot.log, bot.log


class Chat:
    """`bot.py chat`, spoken to line by line."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(BOT), "chat"],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._output = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=PATIENT)
        self._reader.join()

    def says(self, line: str, hears: str) -> str:
        """Type a line, and wait for a part of the answer; returns all that came since."""
        assert self._process.stdin is not None
        before = len(self._output)
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        deadline = time.monotonic() + PATIENT
        while time.monotonic() < deadline:
            said = bytes(self._output[before:]).decode(errors="ignore")
            if hears in said and said.endswith("\n\n"):
                return said
            time.sleep(0.05)
        raise AssertionError(f"{hears!r} is not in {said!r}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        while piece := os.read(self._process.stdout.fileno(), 4096):
            self._output += piece


def test_in_the_terminal(tmp_path: Path) -> None:
    cast(tmp_path, roles={"terminal/terminal": "staff:demo"}, rounds=ROUNDS)
    photo = tmp_path / "bài giấy.jpg"
    photo.write_bytes(jpeg(320, 240))
    with Chat(tmp_path) as chat:
        chat.says("/tiendo", "Tiến độ nộp bài")
        said = chat.says("Gửi ảnh tiến độ", "Tệp: ")
        [path] = [line.partition("Tệp: ")[2] for line in said.splitlines() if line.startswith("  Tệp: ")]
        with Image.open(path) as picture:
            assert picture.format == "PNG"
        chat.says(f"/tep {photo}", "Tôi chưa đọc được ảnh")
        chat.says("/nhapthay", "Nhập thay bài giấy")
        chat.says("Nhập bài mới", "đợt nào")
        chat.says("Tự đánh giá tổ dân phố, bản, năm 2026", "bài của đơn vị nào")
        chat.says("Tổ dân phố số 6", "Ai đưa bài giấy")
        chat.says("Trần Văn Ba", "Gửi vào đây")
        chat.says(f"/tep {photo}", "Đã giữ 1 tệp")
        chat.says(f"/tep {tmp_path / 'không có.pdf'}", "Tôi chưa tải được tệp này")
    assert len(kept(tmp_path)) == 1
