"""The web server: health, before the bot listens, failures, its port, and its end."""

import asyncio
import json
import logging
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.web import WebChat
from channels.web_server import CannotListen, make_server
from conversation import Channel, Raw
from tests.test_web import KEY, Site, running, site, visitor
from tests.web_echo import SECRET, WARD
from tests.web_memory import MemoryHistory

__all__ = ["site", "visitor"]


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
