"""The web chat over real HTTP on loopback."""

import asyncio
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from channels.web import WebChat
from channels.web_server import CannotListen, Server, make_server
from channels.web_session import COOKIE, Pacer
from conversation import Channel, PaperShelf, Raw, Reply
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


def test_people_cannot_see_or_take_up_each_others_messages(site: Site) -> None:
    with site.visitor() as one, site.visitor() as two:
        assert site.chat(one) != site.chat(two)
        say(one, "của một")
        say(two, "của hai")
        assert [line["html"] for line in lines(one)] == ["của một"]
        assert [line["html"] for line in lines(two)] == ["của hai"]


def test_a_forged_session_is_refused(site: Site, visitor: httpx.Client) -> None:
    chat, _, signature = visitor.cookies[COOKIE].partition(".")
    other = "f" * 32
    forged = ["", "x", chat, f"{chat}.", f"{other}.{signature}", f"{chat}.{'0' * 64}", f"{chat}.é"]
    for value in forged:
        headers = httpx.Headers({"Cookie": f"{COOKIE}={value}", "Origin": site.url}, "latin-1")
        for answer in (
            httpx.get(f"{site.url}/history", headers=headers),
            httpx.get(f"{site.url}/events", headers=headers),
            httpx.post(f"{site.url}/messages", headers=headers, json={"key": KEY, "text": "a"}),
            httpx.post(f"{site.url}/seen", headers=headers, json={"position": 1}),
        ):
            assert (answer.status_code, answer.json()) == (401, {"error": "no_session"}), value


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_cannot_post(site: Site, headers: dict[str, str]) -> None:
    with site.visitor(headers) as client:
        assert say(client, "a").status_code == 403
        assert client.post("/seen", json={"position": 1}).status_code == 403
        assert lines(client) == []


def test_our_page_can_post_by_either_sign(site: Site) -> None:
    with site.visitor({"Sec-Fetch-Site": "same-origin", "Origin": "https://p.example"}) as a:
        assert say(a, "a").status_code == 202
    with site.visitor() as b:
        assert say(b, "b").status_code == 202


def test_only_json_is_taken(visitor: httpx.Client) -> None:
    text = json.dumps({"key": KEY, "text": "a"})
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""]:
        answer = visitor.post("/messages", content=text, headers={"Content-Type": kind})
        assert answer.status_code == 415
    charset = {"Content-Type": "application/json; charset=utf-8"}
    assert visitor.post("/messages", content=text, headers=charset).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("[" * 30_000, 400),
        ("1" * 5000, 400),
        (b"\xff\xfe", 400),
        ("{}", 400),
        ('{"key": "short", "text": "a"}', 400),
        ('{"key": 12345678, "text": "a"}', 400),
        (f'{{"key": "{KEY}"}}', 400),
        (f'{{"key": "{KEY}", "text": " \\n "}}', 400),
        (f'{{"key": "{KEY}", "text": "\\u0000\\ud800"}}', 400),
        (f'{{"key": "{KEY}", "text": ["a"]}}', 400),
        (f'{{"key": "{KEY}", "text": "{"a" * 4001}"}}', 413),
        (f'{{"key": "{KEY}", "text": "{"a" * 70_000}"}}', 413),
        (f'{{"key": "{KEY}", "choice": "a"}}', 400),
        (f'{{"key": "{KEY}", "choice": "", "message": "1", "label": "a"}}', 400),
        (f'{{"key": "{KEY}", "choice": "{"ă" * 33}", "message": "1", "label": "a"}}', 400),
        (f'{{"key": "{KEY}", "choice": "a", "message": "x", "label": "a"}}', 400),
    ],
)
def test_bad_messages_are_refused(visitor: httpx.Client, body: str | bytes, status: int) -> None:
    json_type = {"Content-Type": "application/json"}
    answer = visitor.post("/messages", content=body, headers=json_type)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert lines(visitor) == []


def test_a_body_of_unknown_length_is_not_read_to_its_end(visitor: httpx.Client) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 64 * 1024 * 1024:
            sent += 16 * 1024
            yield b"a" * 16 * 1024

    json_type = {"Content-Type": "application/json"}
    # A server that hangs up says the same.
    with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        assert visitor.post("/messages", content=endless(), headers=json_type).status_code == 413
    assert sent < 32 * 1024 * 1024


def test_texts_that_no_database_takes_are_cleaned(visitor: httpx.Client) -> None:
    body = f'{{"key": "{KEY}", "text": "a\\u0000b\\ud800c\\r\\nd"}}'
    json_type = {"Content-Type": "application/json"}
    assert visitor.post("/messages", content=body, headers=json_type).status_code == 202
    assert [line["html"] for line in lines(visitor)] == ["abc\nd"]


def test_too_many_messages_are_asked_to_wait(site: Site, visitor: httpx.Client) -> None:
    answers = [say(visitor, str(number), f"key-{number:05}") for number in range(12)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429] * 2
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 11
    with site.visitor() as other:
        assert say(other, "người khác").status_code == 202


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


def test_health_and_metrics(site: Site) -> None:
    answer = httpx.get(f"{site.url}/health")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "waiting": 3})
    site.healthy = False
    assert httpx.get(f"{site.url}/health").status_code == 503
    site.healthy = True
    assert httpx.get(f"{site.url}/metrics").text == "waiting 3\n"


def test_before_the_bot_listens_pages_try_again() -> None:
    async def post() -> httpx.Response:
        web = WebChat(SECRET, MemoryHistory(), WARD)
        transport = httpx.ASGITransport(app=web.app)
        origin = {"Origin": "http://ward.example"}
        async with httpx.AsyncClient(transport=transport, base_url="http://ward.example", headers=origin) as client:
            await client.get("/")
            return await client.post("/messages", json={"key": KEY, "text": "a"})

    answer = asyncio.run(post())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_a_failing_store_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(chat: str, *rest: object) -> list[object]:
        raise OSError("disk full while storing số điện thoại 0905")

    with running() as site, site.visitor() as visitor, caplog.at_level(logging.DEBUG):
        site.history.latest = broken  # type: ignore[method-assign, assignment]
        site.history.lines = broken  # type: ignore[method-assign, assignment]
        assert visitor.get("/history").status_code == 503
        assert "event: line" not in visitor.get("/events").text
    records = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in records] == [
        "web chat: /history failed: OSError",
        "web chat: event stream ended: OSError",
    ]
    assert not any(record.exc_info for record in records)


def test_the_client_language_comes_along() -> None:
    web: Channel = WebChat(SECRET, MemoryHistory(), WARD)
    incoming = web.translate(Raw("chat/key", "chat", '{"text": "a", "language": "en-GB"}'))
    assert incoming is not None
    assert (incoming.language, incoming.address.channel, incoming.address.chat) == (
        "en-GB",
        "web",
        "chat",
    )


@given(st.text() | st.builds(json.dumps, st.recursive(st.text() | st.integers(), st.lists)))
def test_any_stored_payload_is_read_without_an_error(payload: str) -> None:
    WebChat(SECRET, MemoryHistory(), WARD).translate(Raw("k", "c", payload))


def test_a_port_in_use_is_said_in_one_sentence() -> None:
    web = WebChat(SECRET, MemoryHistory(), WARD)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"cannot listen on 127\.0\.0\.1, port {port}: "):
            make_server(web.app, "127.0.0.1", port, web.stop_streams)
    with pytest.raises(CannotListen, match=r"cannot listen on 203\.0\.113\.1, port 80: "):
        make_server(web.app, "203.0.113.1", 80, web.stop_streams)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_process_stops_soon_with_a_stream_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web_echo", str(port), str(tmp_path / "lines")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{port}"
        client = httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=url)
        with client:
            client.get("/").raise_for_status()
            with client.stream("GET", "/events") as stream:
                started = time.monotonic()
                process.send_signal(signal.SIGTERM)
                assert "line" not in stream.read().decode()
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - started < 1.5
        assert (process.returncode, out, err) == (0, b"stopped\n", b"")
