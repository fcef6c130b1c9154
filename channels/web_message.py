"""What a page may send, read from its JSON; and the stored event, read again."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence

from starlette.requests import Request

from channels.text import clean, one_line
from conversation import MAX_CHOICE_BYTES, Address, Incoming, Line, Raw

MAX_BODY = 64 * 1024
MAX_TEXT = 4000
_MAX_LABEL = 200
_BODY_SECONDS = 10

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}(?![A-Za-z0-9-])", re.ASCII)

LANGUAGE_COOKIE = "lang"


class Refusal(Exception):
    """A request that is not carried out: HTTP status, a word for the page, when to come again."""

    def __init__(self, status: int, error: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.retry_after = retry_after


async def read_json(request: Request) -> dict[str, object]:
    """Read the object that a request carries. Raises `Refusal`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # A form of another site cannot send this type without asking the browser first.
        raise Refusal(415, "not_json")
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = json.loads(await _body(request))
    except TimeoutError:
        raise Refusal(408, "slow") from None
    except (ValueError, RecursionError):
        raise Refusal(400, "bad_json") from None
    if not isinstance(body, dict):
        raise Refusal(400, "bad_json")
    return body


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refusal(413, "too_long")
    return bytes(body)


def read_message(request: Request, chat: str, body: dict[str, object]) -> Raw:
    """Make the event of what a person typed or pressed. Raises `Refusal`."""
    key = body.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Refusal(400, "bad_key")
    said = _pressed(body) if "choice" in body else {"text": _typed(body)}
    payload = json.dumps({**said, "language": _language(request)}, ensure_ascii=False)
    # With the chat in front, nobody can use up the key of somebody else's message.
    return Raw(f"{chat}/{key}", chat, payload)


def _typed(body: dict[str, object]) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        raise Refusal(400, "no_text")
    text = clean(text, MAX_BODY).strip()
    if not text:
        raise Refusal(400, "no_text")
    if len(text) > MAX_TEXT:
        raise Refusal(413, "too_long")
    return text


def _pressed(body: dict[str, object]) -> dict[str, str]:
    choice, message, label = body.get("choice"), body.get("message"), body.get("label")
    if not isinstance(choice, str) or not isinstance(message, str) or not isinstance(label, str):
        raise Refusal(400, "bad_choice")
    choice = clean(choice, MAX_BODY)
    if not 0 < len(choice.encode()) <= MAX_CHOICE_BYTES or not _POSITION.fullmatch(message):
        raise Refusal(400, "bad_choice")
    return {"choice": choice, "message": message, "text": one_line(label, _MAX_LABEL)}


def _language(request: Request) -> str:
    wanted = request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "")
    match = _LANGUAGE.match(wanted.strip())
    return match[0] if match else ""


def translate(channel: str, raw: Raw) -> Incoming | None:
    """Read a stored event; None where it cannot be read."""
    try:
        payload = json.loads(raw.payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict):
        return None
    said = {name: value for name, value in payload.items() if isinstance(value, str)}
    choice = said.get("choice", "")
    return Incoming(
        Address(channel, raw.chat),
        raw.key,
        "choice" if choice else "text",
        # For a choice its label, so that the page can show what was pressed.
        text=said.get("text", ""),
        choice=choice,
        message=said.get("message", ""),
        language=said.get("language", ""),
    )


def line_json(line: Line, files: Sequence[Mapping[str, object]] = ()) -> dict[str, object]:
    """Return a line as the page reads it, with its files."""
    return {
        "position": line.position,
        "own": line.own,
        "key": line.key.rpartition("/")[2],
        "html": str(line.reply.text),
        "choices": [{"label": choice.label, "value": choice.value} for choice in line.reply.choices],
        "files": list(files),
        "at": line.at,
    }


def read_number(value: object, least: int, most: int) -> int:
    """Read a whole number, also from text. Raises `Refusal`."""
    text = str(value)
    if isinstance(value, bool) or not _POSITION.fullmatch(text) or not least <= int(text) <= most:
        raise Refusal(400, "bad_number")
    return int(text)
