"""Files on the web page over real HTTP: offered to the page that they are for, by links that end."""

import asyncio
import json
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from channels.links import LINK_SECONDS, Links
from channels.text import MAX_FILE_NAME, file_name
from channels.web import WebChat
from conversation import (
    MAX_FILE_BYTES,
    SHARED,
    Attachment,
    FetchError,
    Incoming,
    IncomingFile,
    Line,
    NoFile,
    PaperFile,
    Raw,
    Reply,
)
from storage.offers import Offers
from storage.shelf import Shelf, ShelfFull
from tests.pictures import PNG, jpeg, png
from tests.test_web import Site, events, lines, say
from tests.web_echo import SECRET, WARD
from tests.web_memory import MemoryHistory

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    "paper": PaperFile("phu-luc-I.xlsx", SHEET, b"PK" + b"x" * 123_456),
    "chart": PaperFile("tien-do.png", PNG, png(300, 200)),
    SHARED: PaperFile("lich-cat-dien.png", PNG, png(30, 20)),
    "page": PaperFile('Tệp "lạ".html', "text/html", b"<script>alert(1)</script>"),
}
REPLY = Reply(Markup("Tệp đây."), attachments=(Attachment("paper"), Attachment("chart")))


async def render(attachment: Attachment) -> PaperFile:
    if attachment.kind == "empty":
        raise NoFile("Chưa có bài nào <được> duyệt.")
    return FILES[attachment.kind]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    site = Site(Offers(Shelf(folder / "shelf"), Shelf(folder / "uploads"), render))
    yield site
    site.stop()


@pytest.fixture
def visitor(site: Site) -> Iterator[httpx.Client]:
    with site.visitor() as client:
        yield client


def told(site: Site, client: httpx.Client, reply: Reply = REPLY) -> list[dict[str, object]]:
    """The files of a line, as the page is told of them."""
    site.history.add(site.chat(client), False, reply)
    found: list[dict[str, object]] = lines(client)[-1]["files"]
    return found


def test_a_line_offers_its_files(site: Site, visitor: httpx.Client) -> None:
    paper, chart = told(site, visitor)
    assert (paper["name"], paper["size"], paper["picture"]) == ("phu-luc-I.xlsx", 123_458, False)
    assert (chart["name"], chart["picture"]) == ("tien-do.png", True)
    answer = visitor.get(str(paper["url"]))
    assert (answer.status_code, answer.content) == (200, FILES["paper"].content)
    headers = answer.headers
    assert headers["content-type"] == SHEET
    assert headers["content-disposition"].startswith('attachment; filename="phu-luc-I.xlsx"')
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert visitor.get(str(chart["url"])).content == FILES["chart"].content


def test_the_stream_offers_the_same(site: Site, visitor: httpx.Client) -> None:
    offered = told(site, visitor)
    with events(visitor) as stream:
        assert next(stream)["files"] == offered
    say(visitor, "không có tệp")
    assert lines(visitor)[-1]["files"] == []


def test_what_was_shared_with_many_lies_there_once_and_stays(site: Site, visitor: httpx.Client, folder: Path) -> None:
    shared = Reply(Markup("Lịch cắt điện"), attachments=(Attachment(SHARED, {"id": "a" * 32}), Attachment("paper")))
    there = len(list((folder / "shelf").glob("*")))
    with site.visitor() as other:
        for client in (visitor, other, visitor):
            picture, _ = told(site, client, shared)
            assert client.get(str(picture["url"])).content == FILES[SHARED].content
        assert other.get(str(told(site, visitor, shared)[0]["url"])).status_code == 404
    assert len(list((folder / "shelf").iterdir())) == there + 1 + 4
    # Two days later the paper is gone, and what everybody got is still to be seen.
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    site.history.add(site.chat(visitor), False, shared, at=old)
    for path in (folder / "shelf").iterdir():
        path.unlink()
    picture, paper = lines(visitor)[-1]["files"]
    assert paper == {"state": "over"}
    assert visitor.get(str(picture["url"])).content == FILES[SHARED].content


def test_a_link_is_for_its_page_only(site: Site, visitor: httpx.Client) -> None:
    url = str(told(site, visitor)[0]["url"])
    with site.visitor() as other:
        assert other.get(url).status_code == 404
    answer = httpx.get(site.url + url)
    assert answer.status_code == 404
    assert "không dùng được nữa" in answer.text


def test_what_is_not_signed_opens_nothing(site: Site, visitor: httpx.Client) -> None:
    url = str(told(site, visitor)[0]["url"])
    path, _, token = url.rpartition("/")
    key, until, signature = token.split(".")
    later = str(int(until) + 1)
    for forged in (
        f"{key}.{later}.{signature}",
        f"{'0' * 32}.{until}.{signature}",
        f"{key}.{until}.{'0' * 64}",
        f"{key}.{until}",
        key,
        f"{key}.{until}.{signature}x",
        f"..%2f..%2fetc%2fpasswd.{until}.{signature}",
        f"{key}.٣.{signature}",
    ):
        assert visitor.get(f"{path}/{forged}").status_code == 404, forged
    assert visitor.get(url).status_code == 200


def test_a_link_ends_after_a_day(site: Site, visitor: httpx.Client) -> None:
    chat = site.chat(visitor)
    site.history.add(chat, False, REPLY)
    line = site.history._chats[chat][-1]
    yesterday = (datetime.now(UTC) - timedelta(days=1, seconds=1)).isoformat()
    site.history._chats[chat][-1] = Line(line.position, line.own, line.reply, yesterday, line.key)
    assert lines(visitor)[-1]["files"] == [{"state": "over"}] * 2
    old = Links(SECRET, lambda: time.time() - LINK_SECONDS - 1).token("0" * 32, chat=chat)
    assert visitor.get(f"/tep/{old}").status_code == 404


def test_a_link_for_all_needs_no_cookie(site: Site, folder: Path) -> None:
    def get(token: str) -> httpx.Response:
        return httpx.get(f"{site.url}/tep/{token}")

    key = "ab" * 16
    Shelf(folder / "shelf")._put(FILES["page"], key)
    answer = get(Links(SECRET).token(key))
    assert (answer.status_code, answer.content) == (200, FILES["page"].content)
    # What a browser could run goes out as bytes, under a name of its own.
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "filename=\"T_p _l__.html\"; filename*=UTF-8''" in answer.headers["content-disposition"]
    assert unquote(answer.headers["content-disposition"]).endswith("UTF-8''" + FILES["page"].name)
    assert get(Links(b"another secret of the web").token(key)).status_code == 404
    assert get(Links(SECRET).token("cd" * 16)).status_code == 404


def test_a_file_that_cannot_be_made_is_said(
    site: Site, visitor: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    failed, chart = told(site, visitor, Reply(Markup("a"), attachments=(Attachment("none"), Attachment("chart"))))
    assert failed == {"state": "failed"}
    assert chart["name"] == "tien-do.png"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "no file of kind none: KeyError"
    ]


def test_why_there_is_nothing_to_offer_is_said(site: Site, visitor: httpx.Client) -> None:
    assert told(site, visitor, Reply(Markup("a"), attachments=(Attachment("empty"),))) == [
        {"state": "none", "why": "Chưa có bài nào <được> duyệt."}
    ]


def test_links_stand_in_no_log(site: Site, visitor: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    url = str(told(site, visitor)[0]["url"])
    kept = site.web._files
    assert kept is not None

    async def broken(key: str) -> PaperFile | None:
        raise OSError("disk")

    take, kept._shelf.take = kept._shelf.take, broken  # type: ignore[method-assign]
    assert visitor.get(url).status_code == 503
    kept._shelf.take = take  # type: ignore[method-assign]
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "web chat: /tep failed: OSError"
    ]


# The shelf.

pytestmark = pytest.mark.anyio


async def test_a_shelf_is_for_nobody_else_and_for_a_day(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", seconds=0.2)
    offer = await shelf.put(FILES["chart"])
    assert await shelf.take(offer.key) == FILES["chart"]
    assert await shelf.offered(offer.key) == offer
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "shelf").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "shelf" / offer.key).stat().st_mode) == 0o600
    await asyncio.sleep(0.3)
    await shelf.prune()
    assert await shelf.take(offer.key) is None
    assert list((tmp_path / "shelf").iterdir()) == []


async def test_a_shelf_takes_no_more_than_it_may(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, most=1_000)
    await shelf.put(PaperFile("a", PNG, b"x" * 800))
    with pytest.raises(ShelfFull):
        await shelf.put(PaperFile("b", PNG, b"x" * 800))
    # Also for a process that comes later; what was deleted makes room.
    with pytest.raises(ShelfFull):
        await Shelf(tmp_path, most=1_000).put(PaperFile("b", PNG, b"x" * 800))
    shutil.rmtree(tmp_path, ignore_errors=True)
    await shelf.put(PaperFile("b", PNG, b"x" * 800))


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 33])
async def test_no_other_file_can_be_taken(tmp_path: Path, key: str) -> None:
    assert await Shelf(tmp_path).take(key) is None


async def test_a_file_is_made_once_for_its_place(tmp_path: Path) -> None:
    made = 0

    async def count(attachment: Attachment) -> PaperFile:
        nonlocal made
        made += 1
        return FILES["chart"]

    first = await Offers(Shelf(tmp_path), Shelf(tmp_path / "uploads"), count).offer("web/an/1/0", Attachment("chart"))
    # Another process, or the same one after a restart.
    again = await Offers(Shelf(tmp_path), Shelf(tmp_path / "uploads"), count).offer("web/an/1/0", Attachment("chart"))
    other = await Offers(Shelf(tmp_path), Shelf(tmp_path / "uploads"), count).offer("web/an/2/0", Attachment("chart"))
    assert first == again
    assert first is not None
    assert other is not None
    assert (first.key != other.key, made) == (True, 2)


@given(st.text())
def test_any_text_opens_nothing(token: str) -> None:
    assert Links(SECRET).key(token, "chat") is None


@given(st.text())
def test_any_name_is_one_that_every_system_takes(name: str) -> None:
    made = file_name(name)
    assert 0 < len(made) <= MAX_FILE_NAME + 1
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\ud800-\udfff]', made)
    assert made.strip(" ") == made
    assert made not in (".", "..")


def test_the_ending_of_a_name_stays() -> None:
    assert file_name("../../Biên bản/họp.docx") == "_.._Biên bản_họp.docx"
    assert file_name("a" * 500 + ".xlsx") == "a" * (MAX_FILE_NAME - 5) + ".xlsx"
    assert file_name("") == "tep"


# In.

UPLOAD = {"Content-Type": "application/octet-stream", "X-Key": "0123456789abcdef"}


def send(client: httpx.Client, content: bytes | Iterator[bytes], **headers: str) -> httpx.Response:
    return client.post("/tep", content=content, headers=UPLOAD | {"X-Name": "h%E1%BB%8Dp.jpg"} | headers)


def received(site: Site, client: httpx.Client) -> list[Incoming]:
    """What became of what a visitor sent."""
    raws = [raw for raw in site.received if raw.chat == site.chat(client)]
    return [incoming for raw in raws if (incoming := site.web.translate(raw))]


def fetched(site: Site, file: IncomingFile) -> bytes:
    return asyncio.run_coroutine_threadsafe(site.web.fetch(file), site.loop).result(10)


def test_an_uploaded_file_is_an_event_and_can_be_fetched(site: Site, visitor: httpx.Client) -> None:
    content = jpeg()
    assert send(visitor, content, **{"X-Type": "image/jpeg"}).status_code == 202
    [incoming] = received(site, visitor)
    [file] = incoming.files
    assert (incoming.kind, incoming.text, incoming.key) == ("photo", "", f"{site.chat(visitor)}/{UPLOAD['X-Key']}")
    assert (file.name, file.media_type, file.size) == ("họp.jpg", "image/jpeg", len(content))
    assert fetched(site, file) == content
    with pytest.raises(FetchError) as caught:
        fetched(site, IncomingFile("0" * 32, "a", "", 1))
    assert caught.value.problem == "gone"


def test_what_the_page_says_about_a_file_is_not_trusted(site: Site, visitor: httpx.Client) -> None:
    odd = {"X-Type": "text/html", "X-Name": "..%2F..%2Fetc%2Fpasswd%00%F0%9F%98%80" + "%C4%83" * 500}
    assert send(visitor, b"<script>", **odd).status_code == 202
    [incoming] = received(site, visitor)
    [file] = incoming.files
    assert (incoming.kind, file.media_type) == ("file", "application/octet-stream")
    assert file.name.startswith("_.._etc_passwd")
    assert len(file.name) <= MAX_FILE_NAME


def test_a_file_of_ten_megabytes_is_taken_and_no_more(site: Site, visitor: httpx.Client) -> None:
    assert send(visitor, b"x" * MAX_FILE_BYTES).status_code == 202
    with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        assert send(visitor, b"x" * (MAX_FILE_BYTES + 1)).status_code == 413
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 64 * 1024 * 1024:
            sent += 64 * 1024
            yield b"a" * 64 * 1024

    with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        assert send(visitor, endless()).status_code == 413
    assert sent < 40 * 1024 * 1024
    assert len(received(site, visitor)) == 1


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "multipart/form-data"}, b"x", 415),
        ({"Content-Type": "text/plain"}, b"x", 415),
        ({"Content-Type": ""}, b"x", 415),
        ({"X-Key": "short"}, b"x", 400),
        ({"X-Key": ""}, b"x", 400),
        ({}, b"", 400),
        ({"Origin": "https://elsewhere.example"}, b"x", 403),
        ({"Origin": ""}, b"x", 403),
        ({"Sec-Fetch-Site": "cross-site"}, b"x", 403),
        ({"Cookie": "banpho=forged"}, b"x", 401),
    ],
)
def test_uploads_that_are_refused(
    site: Site, visitor: httpx.Client, headers: dict[str, str], content: bytes, status: int
) -> None:
    if "Cookie" in headers:
        visitor.cookies.clear()
    assert send(visitor, content, **headers).status_code == status
    if "Cookie" not in headers:
        assert received(site, visitor) == []


def test_too_many_files_are_asked_to_wait(site: Site, visitor: httpx.Client) -> None:
    statuses = [send(visitor, b"x", **{"X-Key": f"key-{number:05}"}).status_code for number in range(31)]
    assert statuses == [202] * 30 + [429]
    with site.visitor() as other:
        assert send(other, b"x").status_code == 202


def test_a_full_shelf_takes_no_more(tmp_path: Path) -> None:
    site = Site(Offers(Shelf(tmp_path / "shelf"), Shelf(tmp_path / "uploads", most=1_000), render))
    with site.visitor() as visitor:
        assert send(visitor, b"x" * 900).status_code == 202
        answer = send(visitor, b"x" * 900, **{"X-Key": "another-key"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert len(received(site, visitor)) == 1
    site.stop()


def test_a_page_without_a_place_for_files_takes_none() -> None:
    site = Site()
    with site.visitor() as visitor:
        assert send(visitor, b"x").status_code == 404
        assert visitor.get("/tep/x").status_code == 404
    site.stop()


@given(st.text() | st.builds(json.dumps, st.fixed_dictionaries({"file": st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["reference", "name", "media_type", "size"]), inner))})))  # fmt: skip
def test_any_stored_file_is_read_without_an_error(payload: str) -> None:
    WebChat(SECRET, MemoryHistory(), WARD).translate(Raw("k", "c", payload))
