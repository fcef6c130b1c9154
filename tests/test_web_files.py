"""Files on the web page over real HTTP: offered to the page that they are for, by links that end."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from markupsafe import Markup

from channels.links import LINK_SECONDS, Links
from conversation import (
    SHARED,
    Attachment,
    Line,
    NoFile,
    PaperFile,
    Reply,
)
from storage.offers import Offers
from storage.shelf import Shelf
from tests.pictures import PNG, png
from tests.test_web import Site, events, lines, say
from tests.web_echo import SECRET

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


pytestmark = pytest.mark.anyio
