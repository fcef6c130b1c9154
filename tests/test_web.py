"""The web chat over real HTTP on loopback."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from markupsafe import Markup

from channels.web import WebChat
from channels.web_server import Server, make_server
from channels.web_session import COOKIE, Pacer
from conversation import PaperShelf, Raw, Reply
from tests.web_echo import SECRET, WARD, EchoBot, serve
from tests.web_memory import MemoryHistory

KEY = "0123456789abcdef"


class Site:
    """A running web chat, in a thread of its own."""

    def __init__(self, files: PaperShelf | None = None) -> None:
        self._files = files
        self.history = MemoryHistory()
        self.healthy = True
        self.server: Server
        # Every event that was handed over.
        self.received: list[Raw]
        self.loop: asyncio.AbstractEventLoop
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        self.url = f"http://127.0.0.1:{self.server.port}"

    async def _run(self) -> None:
        web = WebChat(SECRET, self.history, WARD, health=self._health, metrics=self._metrics, files=self._files)
        self.web = web
        self.server = make_server(web.app, "127.0.0.1", 0, web.stop_streams)
        self.loop = asyncio.get_running_loop()
        bot = EchoBot(web, self.history)
        self.received = bot.received
        self._ready.set()
        await serve(self.server, web, bot)

    async def _health(self) -> Mapping[str, object]:
        return {"ok": self.healthy, "waiting": 3}

    async def _metrics(self) -> str:
        return "waiting 3\n"

    def stop(self) -> None:
        """Stop and wait."""
        self.loop.call_soon_threadsafe(self.server.stop)
        self._thread.join(10)
        assert not self._thread.is_alive()

    @contextmanager
    def visitor(self, headers: Mapping[str, str] | None = None) -> Iterator[httpx.Client]:
        """Yield a browser that has opened the page."""
        with httpx.Client(base_url=self.url, headers={"Origin": self.url}) as client:
            client.headers.update(headers or {})
            client.get("/").raise_for_status()
            yield client

    def chat(self, client: httpx.Client) -> str:
        """Return the chat's id of a visitor."""
        return client.cookies[COOKIE].partition(".")[0]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running() as site:
        yield site


@pytest.fixture
def visitor(site: Site) -> Iterator[httpx.Client]:
    with site.visitor() as client:
        yield client


@contextmanager
def running() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@contextmanager
def events(client: httpx.Client, after: int = 0) -> Iterator[Iterator[dict[str, Any]]]:
    """Open an event stream; yields its lines as they come."""
    with client.stream("GET", "/events", params={"after": after}) as response:
        response.raise_for_status()
        assert response.headers["content-type"].startswith("text/event-stream")
        texts = response.iter_lines()
        yield (json.loads(text[6:]) for text in texts if text.startswith("data: {"))


def say(client: httpx.Client, text: str, key: str = KEY) -> httpx.Response:
    return client.post("/messages", json={"key": key, "text": text})


def lines(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/history").json()["lines"]
    return found


def test_the_page_names_the_ward_and_sets_a_session(site: Site) -> None:
    response = httpx.get(site.url)
    assert response.status_code == 200
    assert f"<h1>{WARD}</h1>" in response.text
    assert '<html lang="vi">' in response.text
    cookie = response.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_the_cookie_is_secure_behind_https(site: Site) -> None:
    response = httpx.get(site.url, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in response.headers["set-cookie"]


def test_a_session_is_kept_when_the_page_is_opened_again(visitor: httpx.Client) -> None:
    before = visitor.cookies[COOKIE]
    visitor.get("/")
    assert visitor.cookies[COOKIE] == before


def test_every_answer_carries_the_policy(visitor: httpx.Client) -> None:
    for path in ["/", "/page/chat.js", "/history", "/health", "/nothing", "/events?after=x"]:
        headers = visitor.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        ), path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    folder = Path("channels/page")
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"style=|<style|\son\w+=", html)
    assert html.count("<script") == html.count('<script type="module" src=')
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|insertAdjacentHTML|https://|document\.write", text), path


def test_files_are_sent_once(visitor: httpx.Client) -> None:
    first = visitor.get("/page/chat.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    again = visitor.get("/page/chat.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.get("/page/index.html").status_code == 404
    assert visitor.get("/page/..%2Fweb.py").status_code == 404


def test_a_message_is_answered_on_the_stream(site: Site, visitor: httpx.Client) -> None:
    with events(visitor) as stream:
        assert say(visitor, "hạn nộp <khi> nào?").status_code == 202
        own, reply = next(stream), next(stream)
    assert (own["own"], own["key"]) == (True, KEY)
    assert own["html"] == "hạn nộp &lt;khi&gt; nào?"
    assert reply["html"] == "Bạn vừa viết: <b>hạn nộp &lt;khi&gt; nào?</b>"
    assert reply["choices"][3] == {
        "label": "Bốn: nhãn dài hơn để xuống dòng",
        "value": "echo:3",
    }
    assert lines(visitor) == [own, reply]
    assert visitor.post("/seen", json={"position": reply["position"]}).status_code == 204
    assert site.history.acknowledged == {site.chat(visitor): 2}


def test_a_pressed_choice_is_answered(visitor: httpx.Client) -> None:
    pressed = {"key": KEY, "choice": "echo:1", "message": "2", "label": "Hai"}
    with events(visitor) as stream:
        assert visitor.post("/messages", json=pressed).status_code == 202
        assert next(stream)["html"] == "Hai"
        assert next(stream)["html"] == "Bạn đã chọn <b>Hai</b>."


def test_the_stream_goes_on_after_a_position(site: Site, visitor: httpx.Client) -> None:
    chat = site.chat(visitor)
    for number in range(120):
        site.history.add(chat, False, Reply(Markup(str(number))))
    with events(visitor, after=100) as stream:
        assert [next(stream)["position"] for _ in range(20)] == list(range(101, 121))
        site.loop.call_soon_threadsafe(site.history.add, chat, False, Reply(Markup("mới")))
        assert next(stream)["html"] == "mới"
    with events(visitor) as stream:
        assert [next(stream)["position"] for _ in range(121)] == list(range(1, 122))


def test_history_is_the_newest_lines(site: Site, visitor: httpx.Client) -> None:
    for number in range(60):
        site.history.add(site.chat(visitor), False, Reply(Markup(str(number))))
    assert [line["position"] for line in lines(visitor)] == list(range(11, 61))
    assert len(visitor.get("/history?limit=3").json()["lines"]) == 3
    for limit in ["0", "501", "-1", "x", "", "9" * 30, "١"]:
        assert visitor.get("/history", params={"limit": limit}).status_code == 400, limit


def test_a_repeated_message_is_one_event(visitor: httpx.Client) -> None:
    assert [say(visitor, "một lần").status_code for _ in range(3)] == [202, 202, 202]
    assert [line["own"] for line in lines(visitor)] == [True]


def test_the_pacer_lets_go_as_time_passes() -> None:
    now = 0.0
    pacer = Pacer(2, 10, lambda: now)
    assert [pacer.wait("a"), pacer.wait("a"), pacer.wait("a")] == [0, 0, 10]
    now = 4.0
    assert pacer.wait("a") == 6
    now = 10.0
    assert [pacer.wait("a"), pacer.wait("a"), pacer.wait("a")] == [0, 0, 10]


def test_a_session_has_few_streams(visitor: httpx.Client) -> None:
    with events(visitor), events(visitor), events(visitor), events(visitor):
        assert visitor.get("/events").status_code == 429
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with visitor.stream("GET", "/events") as response:
            if response.status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail("closed streams are still counted")
