"""Files to and from Telegram over HTTP: documents, photos, captions, and everything that goes wrong with them."""

import asyncio
from dataclasses import replace

import pytest
from markupsafe import Markup

from channels.telegram import Telegram
from conversation import (
    SHARED,
    Attachment,
    Choice,
    NotSent,
    Outgoing,
    PaperFile,
    Refused,
    Reply,
    SendError,
    Undecided,
)
from tests.pictures import JPEG, PNG, jpeg, png
from tests.telegram_server import Fault, TelegramServer
from tests.test_telegram import CHOICES, PERSON, log, made, server, telegram

__all__ = ["log", "server", "telegram"]

pytestmark = pytest.mark.anyio

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = PaperFile("Phu luc I.xlsx", SHEET, bytes(range(256)) * 400)
CHART = PaperFile("tien-do.png", PNG, png(30, 20))


def paper(text: str = "Tệp <b>đây</b>.", *files: PaperFile, edits: str = "") -> Outgoing:
    return Outgoing("1", str(PERSON), Reply(Markup(text), CHOICES), edits, files or (PAPER,))


async def test_a_document_with_its_caption_and_buttons(server: TelegramServer, telegram: Telegram) -> None:
    number = await telegram.send(paper())
    (sent,) = server.sent_to(PERSON)
    assert (str(sent.id), sent.kind, sent.text) == (number, "document", "Tệp đây.")
    assert sent.file is not None
    assert (sent.file.name, sent.file.media_type, sent.file.content) == (PAPER.name, SHEET, PAPER.content)
    assert list(sent.buttons) == [choice.label for choice in CHOICES]


@pytest.mark.parametrize("file", [CHART, PaperFile("anh.jpg", JPEG, jpeg())])
async def test_a_picture_is_a_photo(server: TelegramServer, telegram: Telegram, file: PaperFile) -> None:
    await telegram.send(paper("", file))
    (sent,) = server.sent_to(PERSON)
    assert (sent.kind, sent.text) == ("photo", "")
    assert sent.file is not None
    assert sent.file.content == file.content


@pytest.mark.parametrize(
    "content", [png(8_000, 3_000), png(210, 10), png() + b"\0" * 10_000_000], ids=["wide", "thin", "heavy"]
)
async def test_a_picture_that_is_no_photo_goes_as_a_document(
    server: TelegramServer, telegram: Telegram, content: bytes
) -> None:
    await telegram.send(paper("Tiến độ", PaperFile("a.png", PNG, content)))
    (sent,) = server.sent_to(PERSON)
    assert (sent.kind, sent.text) == ("document", "Tiến độ")


async def test_names_are_not_quoted(server: TelegramServer, telegram: Telegram) -> None:
    for name in ("Báo cáo tổ 5.xlsx", "a;b c.xlsx", "100%.xlsx"):
        await telegram.send(paper("", PaperFile(name, SHEET, b"x")))
    assert [sent.file.name for sent in server.sent_to(PERSON) if sent.file] == [
        "Báo cáo tổ 5.xlsx", "a;b c.xlsx", "100%.xlsx"
    ]  # fmt: skip


def shared(chat: int = PERSON, file: PaperFile = CHART, text: str = "Thông báo") -> Outgoing:
    """One of many messages with the same file."""
    item = Attachment(SHARED, {"id": file.name})
    return Outgoing("1", str(chat), Reply(Markup(text), attachments=(item,)), files=(file,))


@pytest.mark.parametrize("file", [CHART, PAPER], ids=["photo", "document"])
async def test_what_goes_to_many_is_uploaded_once(server: TelegramServer, telegram: Telegram, file: PaperFile) -> None:
    for number in range(20, 23):
        server.person(number)
        one = shared(number, file)
        assert telegram.holds(one.reply.attachments[0]) == (number > 20)
        await telegram.send(replace(one, files=()) if number > 20 else one)
    methods = ("sendPhoto", "sendDocument")
    by_id = [
        call.parameters.get(kind, "") for m in methods for call in server.called(m) for kind in ("photo", "document")
    ]
    assert sum(map(bool, by_id)) == 2
    for number in range(20, 23):
        [sent] = server.sent_to(number)
        assert sent.file is not None
        assert (sent.file.content, sent.text) == (file.content, "Thông báo")


async def test_while_it_is_uploaded_the_others_wait(server: TelegramServer, telegram: Telegram) -> None:
    server.delay = 0.1
    first = asyncio.create_task(telegram.send(shared()))
    await asyncio.sleep(0.03)
    with pytest.raises(NotSent):
        await telegram.send(shared())
    await first
    await telegram.send(replace(shared(), files=()))
    assert len(server.sent_to(PERSON)) == 2


async def test_a_file_that_the_platform_lost_is_uploaded_again(server: TelegramServer, telegram: Telegram) -> None:
    await telegram.send(shared())
    server.forget_files()
    with pytest.raises(NotSent):
        await telegram.send(shared())
    assert not telegram.holds(shared().reply.attachments[0])
    await telegram.send(shared())
    assert len(server.sent_to(PERSON)) == 2


async def test_an_upload_that_failed_is_tried_with_the_next(server: TelegramServer, telegram: Telegram) -> None:
    server.fail("sendPhoto", Fault(500, "Internal Server Error"))
    with pytest.raises(Undecided):
        await telegram.send(shared())
    await telegram.send(shared())
    assert telegram.holds(shared().reply.attachments[0])


async def test_what_is_ours_alone_is_made_each_time(server: TelegramServer, telegram: Telegram) -> None:
    item = Attachment("progress", {"id": "x"})
    await telegram.send(replace(shared(), reply=Reply(Markup("a"), attachments=(item,))))
    assert not telegram.holds(item)


async def test_a_caption_is_changed_with_one_call(server: TelegramServer, telegram: Telegram) -> None:
    number = await telegram.send(shared())
    await telegram.send(replace(shared(text="Đã sửa"), files=(), edits=number, only_edits=True))
    assert server.sent_to(PERSON)[0].text == "Đã sửa"
    assert [call.method for call in server.calls if "edit" in call.method] == ["editMessageCaption"]


async def test_a_file_stands_in_no_messages_place(server: TelegramServer, telegram: Telegram) -> None:
    number = await telegram.send(Outgoing("1", str(PERSON), Reply(Markup("Chọn"))))
    await telegram.send(paper(edits=number))
    first, second = server.sent_to(PERSON)
    assert (first.text, first.edits, second.kind) == ("Chọn", 0, "document")


async def test_markup_that_is_refused_arrives_as_plain_text(server: TelegramServer, telegram: Telegram) -> None:
    await telegram.send(paper("<b>5 < 6</b> <bogus>x"))
    (sent,) = server.sent_to(PERSON)
    assert (sent.text, sent.kind) == ("5 < 6 x", "document")


SHEETS = (Attachment("paper", {"form": "a"}), Attachment("chart"))


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (Reply(Markup("Đây."), CHOICES, False, SHEETS[:1]), [("Đây.", 0, 2, 1)]),
        (Reply(Markup(""), (), False, SHEETS[:1]), [("", 0, 0, 1)]),
        (Reply(Markup("<b>ă</b>" * 1024), CHOICES, True, SHEETS[:1]), [("ă" * 1024, 0, 2, 1)]),
        (Reply(Markup("<b>ă</b>" * 1025), CHOICES, True, SHEETS[:1]), [("ă" * 1025, 1, 0, 0), ("", 0, 2, 1)]),
        (Reply(Markup("Hai."), CHOICES, False, SHEETS), [("Hai.", 0, 0, 1), ("", 0, 2, 1)]),
        (
            Reply(Markup("Đây."), tuple(Choice(str(n), str(n)) for n in range(120)), False, SHEETS[:1]),
            [("Đây.", 0, 100, 1), ("…", 0, 20, 0)],
        ),
    ],
    ids=["caption", "no text", "longest caption", "text before", "two files", "many choices"],
)
async def test_how_a_reply_with_files_is_cut(
    telegram: Telegram, reply: Reply, wanted: list[tuple[str, int, int, int]]
) -> None:
    parts = telegram.parts(reply)
    found = [(p.text.striptags(), int(p.replaces), len(p.choices), len(p.attachments)) for p in parts]
    assert found == wanted
    assert [item for part in parts for item in part.attachments] == list(reply.attachments)


@pytest.mark.parametrize("method", ["sendDocument", "sendPhoto"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(429, parameters={"retry_after": 3}), NotSent),
        (Fault(401, "Unauthorized"), NotSent),
        (Fault(403, "Forbidden: bot was blocked by the user"), Refused),
        (Fault(400, "Bad Request: chat not found"), Refused),
        (Fault(400, "x", parameters={"migrate_to_chat_id": -1009}), Refused),
        (Fault(413, "Request Entity Too Large"), Refused),
        (Fault(500, "Internal Server Error"), Undecided),
        (Fault(502, body=b"<html>bad gateway</html>"), Undecided),
        (Fault(200, body=b"[]"), Undecided),
        (Fault(cut="before"), Undecided),
        (Fault(cut="after"), Undecided),
        (Fault(delay=3), Undecided),
    ],
    ids=str,
)
async def test_what_a_failure_means(
    server: TelegramServer, telegram: Telegram, method: str, fault: Fault, error: type[SendError]
) -> None:
    file = CHART if method == "sendPhoto" else PAPER
    server.fail(method, fault)
    with pytest.raises(error) as caught:
        await telegram.send(paper("a", file))
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert len(server.sent_to(PERSON)) == (fault.cut == "after" or fault.delay > 0)
    if fault.status == 429:
        assert getattr(caught.value, "retry_after", None) == 3
    if fault.status == 403:
        assert getattr(caught.value, "unreachable", False)
    # The channel serves on.
    await telegram.send(paper("a", file))


async def test_a_large_file_over_a_slow_line(server: TelegramServer) -> None:
    """An upload is given more time than a message."""
    channel = made(server, send_timeout=1.0)
    file = PaperFile("lon.pdf", "application/pdf", b"%PDF" + b"x" * 8_000_000)
    await channel.send(paper("a", file))
    await channel.close()
    (sent,) = server.sent_to(PERSON)
    assert sent.file is not None
    assert len(sent.file.content) == 8_000_004
