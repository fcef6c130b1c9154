"""A small bot on the real web chat: repeats what it is told, with choices below.

`python -m tests.web_echo PORT FILE` runs it as a process that can be killed and started again.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup, escape

from channels.web import WebChat
from channels.web_server import Server, make_server
from conversation import Choice, Incoming, Raw, Reply
from tests.web_memory import MemoryHistory

SECRET = b"a secret that only tests know...."
WARD = "Phường Thử Nghiệm"
DELAY = 0.3

LONG = Markup(
    "<b>Hạn nộp báo cáo: trước ngày 15 tháng 11 hằng năm.</b> Ngày chắc chắn còn kịp là 14/11/2026, "
    "còn 26 ngày.\n\n<blockquote>Ủy ban nhân dân các phường, xã tổng hợp kết quả thực hiện, "
    "báo cáo về cơ quan thường trực <b>trước ngày 15 tháng 11 hằng năm</b> để theo dõi.\n"
    "a) Kết quả xây dựng khu dân cư;\nb) Kết quả “5 không”;\nc) Khó khăn, kiến nghị.</blockquote>\n"
    "Nơi nhận: Phòng Văn hóa và Thông tin.\nCách làm: gửi <a href='https://example.org/mau'>mẫu "
    "báo cáo</a> hoặc gọi <a href='tel:+842363000000'>0236 300 0000</a>.\n\n"
    "<blockquote>Đối với khu dân cư đăng ký mới, thời hạn đăng ký là quý I của năm; hồ sơ gồm bản "
    "đăng ký có xác nhận của Ban công tác Mặt trận và biên bản họp dân với tỷ lệ đồng thuận từ tám "
    "mươi phần trăm trở lên.</blockquote>\n"
    "<i>Nguồn: Kế hoạch 71/KH-UBND ngày 26/3/2024, UBND thành phố Đà Nẵng, mục III.2.b</i>\n"
    "<i>Văn bản theo kỳ 2024; cấp quận, huyện đã thôi hoạt động từ 1/7/2025.</i>"
)


def answer(incoming: Incoming) -> Reply:
    """Return what the small bot says."""
    if incoming.kind == "choice":
        return Reply(Markup("Bạn đã chọn <b>{}</b>.").format(incoming.text), _choices("Quay lại"))
    if incoming.text == "/start":
        hello = "Chào bạn. Đây là nơi hỏi đáp từ văn bản của phường.\nBạn muốn hỏi về việc gì?"
        return Reply(Markup(hello), _choices("Hạn nộp", "Tiêu chí", "5 không", "Văn bản"))
    if incoming.files:
        return Reply(Markup("Đã nhận <b>{}</b>.").format(incoming.files[0].name))
    if incoming.text == "dài":
        return Reply(LONG, _choices("Nguyên văn", "Ai làm", "Xem các hạn nộp khác"))
    repeated = Markup("Bạn vừa viết: <b>{}</b>").format(escape(incoming.text))
    return Reply(repeated, _choices("Một", "Hai", "Ba", "Bốn: nhãn dài hơn để xuống dòng", "Năm"))


def _choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label, f"echo:{number}") for number, label in enumerate(labels))


class EchoBot:
    """Stores each message once and answers it a moment later."""

    def __init__(self, web: WebChat, history: MemoryHistory) -> None:
        self._web = web
        self._history = history
        self.received: list[Raw] = []

    async def receive(self, batch: Sequence[Raw]) -> None:
        """Take events as the engine does: a repeated key is no new event."""
        for raw in batch:
            self.received.append(raw)
            incoming = self._web.translate(raw)
            if incoming is not None and not self._history.has(raw.chat, raw.key):
                # The label stands for what was pressed, the name for what was sent.
                shown = incoming.text or ", ".join(file.name for file in incoming.files)
                self._history.add(raw.chat, True, Reply(escape(shown)), raw.key)
                self._answer_soon(incoming)

    def take_up(self) -> None:
        """Answer what the process before did not come to."""
        for chat, line in self._history.unanswered():
            payload = json.dumps({"text": line.reply.text.unescape()})
            incoming = self._web.translate(Raw(line.key, chat, payload))
            if incoming is not None:
                self._answer_soon(incoming)

    def _answer_soon(self, incoming: Incoming) -> None:
        chat, reply = incoming.address.chat, answer(incoming)
        asyncio.get_running_loop().call_later(DELAY, self._history.add, chat, False, reply)


async def serve(server: Server, web: WebChat, bot: EchoBot) -> None:
    """Serve and listen until the server is told to stop."""
    bot.take_up()
    listening = asyncio.create_task(web.listen(bot.receive))
    await server.serve()
    listening.cancel()


async def _main(port: int, file: Path) -> None:
    history = MemoryHistory(file)
    web = WebChat(SECRET, history, WARD)
    server = make_server(web.app, "127.0.0.1", port, web.stop_streams)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await serve(server, web, EchoBot(web, history))
    print("stopped", flush=True)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), Path(sys.argv[2])))
