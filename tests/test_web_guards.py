"""What the page lets nobody do: sessions, other sites, bad messages, too many of them."""

import json
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from channels.web_session import COOKIE
from tests.test_web import KEY, Site, lines, say, site, visitor

__all__ = ["site", "visitor"]


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
