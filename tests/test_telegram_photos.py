"""Photos and papers that people send on Telegram."""

import json
from dataclasses import replace

import pytest
from markupsafe import Markup

from channels.telegram import Telegram
from conversation import (
    MAX_FILE_BYTES,
    FetchError,
    Incoming,
    IncomingFile,
    Outgoing,
    Refused,
    Reply,
)
from tests.pictures import JPEG, jpeg
from tests.telegram_server import Fault, TelegramServer
from tests.test_telegram import PERSON, Inbox, listening, server, telegram, until
from tests.test_telegram_files import paper

__all__ = ["server", "telegram"]

pytestmark = pytest.mark.anyio


# In.


async def offered(telegram: Telegram, number: int = 1) -> list[Incoming]:
    """What the channel understands of the next updates."""
    inbox = Inbox()
    async with listening(telegram, inbox):
        await until(lambda: len(inbox.keys) >= number)
    return [read for batch in inbox.batches for raw in batch if (read := telegram.translate(raw))]


async def test_a_photo_comes_in_its_largest_size(server: TelegramServer, telegram: Telegram) -> None:
    content = jpeg()
    server.person(PERSON).sends_photo("rác đầu hẻm", content)
    (incoming,) = await offered(telegram)
    (file,) = incoming.files
    assert (incoming.kind, incoming.text) == ("photo", "rác đầu hẻm")
    assert (file.name, file.media_type, file.size) == ("anh.jpg", JPEG, len(content))
    assert await telegram.fetch(file) == content


async def test_documents_come_with_their_names(server: TelegramServer, telegram: Telegram) -> None:
    person = server.person(PERSON)
    person.sends_document("Biên bản/họp.pdf", b"%PDF")
    person.sends(document={"file_id": "x", "file_unique_id": "x"})
    person.sends(animation={"file_id": "y", "file_unique_id": "y", "width": 1, "height": 1, "duration": 1}, document={
        "file_id": "y", "file_unique_id": "y", "file_name": "a.gif"})  # fmt: skip
    person.sends(video={"file_id": "z", "file_unique_id": "z", "width": 1, "height": 1, "duration": 1})
    read = await offered(telegram, 4)
    assert [(one.kind, [(file.name, file.media_type, file.size) for file in one.files]) for one in read] == [
        ("file", [("Biên bản_họp.pdf", "application/pdf", 4)]),
        ("file", [("tep", "", 0)]),
        ("file", []),
        ("file", []),
    ]


@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(429, parameters={"retry_after": 3}), ""),
        (Fault(500, "Internal Server Error"), ""),
        (Fault(502, body=b"<html>bad gateway</html>"), ""),
        (Fault(401, "Unauthorized"), ""),
        (Fault(403, "Forbidden"), "gone"),
        (Fault(400, "Bad Request: invalid file_id"), "gone"),
        (Fault(cut="before"), ""),
        (Fault(cut="after"), ""),
        (Fault(delay=3), ""),
    ],
    ids=str,
)
async def test_what_a_failed_download_means(
    server: TelegramServer, telegram: Telegram, method: str, fault: Fault, problem: str
) -> None:
    server.person(PERSON).sends_photo(content=jpeg())
    (incoming,) = await offered(telegram)
    # A line that is cut before anything was said is tried once more by the client itself.
    server.fail(method, *[fault] * (2 if method == "download" and fault.cut == "before" else 1))
    with pytest.raises(FetchError) as caught:
        await telegram.fetch(incoming.files[0])
    assert (caught.value.problem, "SECRET" in str(caught.value)) == (problem, False)
    assert caught.value.retry_after == (3 if fault.status == 429 else None)
    # The next try gets it.
    assert await telegram.fetch(incoming.files[0]) == jpeg()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"file_path": "../../etc/passwd"}, ""),
        ({"file_path": "https://elsewhere.vn/x"}, ""),
        ({"file_path": 5}, ""),
        ({}, ""),
        ([], ""),
    ],
)
async def test_an_odd_answer_leads_nowhere_else(
    server: TelegramServer, telegram: Telegram, answer: object, problem: str
) -> None:
    body = json.dumps({"ok": True, "result": answer}).encode()
    server.fail("getFile", Fault(200, body=body))
    with pytest.raises(FetchError, match="names no file") as caught:
        await telegram.fetch(IncomingFile("x", "a", "", 0))
    assert caught.value.problem == problem
    assert not server.called("download")


async def test_files_that_are_too_large(server: TelegramServer, telegram: Telegram) -> None:
    person = server.person(PERSON)
    person.sends_document("lon.pdf", b"%PDF" + b"x" * MAX_FILE_BYTES)
    person.sends_document("qua lon.pdf", b"%PDF" + b"x" * 20_000_000)
    one, two = [incoming.files[0] for incoming in await offered(telegram, 2)]
    # Not read to its end, and told by its length.
    assert len(await telegram.fetch(one)) == MAX_FILE_BYTES + 1
    with pytest.raises(FetchError) as caught:
        await telegram.fetch(two)
    assert caught.value.problem == "size"


async def test_a_message_that_is_only_edited_is_never_sent_anew(server: TelegramServer, telegram: Telegram) -> None:
    number = await telegram.send(paper())
    marked = Outgoing("2", str(PERSON), Reply(Markup("Tin này <b>đã đính chính</b>.")), number, only_edits=True)
    assert await telegram.send(marked) == number
    # Said twice, it is as it should be.
    assert await telegram.send(marked) == number
    [sent] = server.sent_to(PERSON)
    assert (sent.text, sent.kind, sent.edits) == ("Tin này đã đính chính.", "document", 1)
    with pytest.raises(Refused, match="not found"):
        await telegram.send(replace(marked, edits="999999"))
    assert len(server.sent_to(PERSON)) == 1
