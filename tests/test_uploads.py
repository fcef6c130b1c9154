"""What people send on the page."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.text import MAX_FILE_NAME
from channels.web import WebChat
from conversation import (
    MAX_FILE_BYTES,
    FetchError,
    Incoming,
    IncomingFile,
    Raw,
)
from storage.offers import Offers
from storage.shelf import Shelf
from tests.pictures import jpeg
from tests.test_web import Site
from tests.test_web_files import folder, render, site, visitor
from tests.web_echo import SECRET, WARD
from tests.web_memory import MemoryHistory

__all__ = ["folder", "site", "visitor"]

pytestmark = pytest.mark.anyio


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
