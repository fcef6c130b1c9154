"""What a page may send, read from its JSON; and the stored event, read again."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from starlette.requests import Request

from channels.text import clean, file_name, one_line
from channels.web_refusal import Refusal
from conversation import MAX_CHOICE_BYTES, MAX_FILE_BYTES, Address, Incoming, IncomingFile, IncomingKind, Line, Raw

MAX_BODY = 64 * 1024
MAX_TEXT = 4000
_MAX_LABEL = 200
_BODY_SECONDS = 10
# 10 MB over the line of a telephone.
_FILE_SECONDS = 300

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}(?![A-Za-z0-9-])", re.ASCII)

LANGUAGE_COOKIE = "lang"
PICTURES = frozenset({"image/png", "image/jpeg"})


async def read_json(request: Request) -> dict[str, object]:
    """Read the object that a request carries. Raises `Refusal`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # A form of another site cannot send this type without asking the browser first.
        raise Refusal(415, "not_json")
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = json.loads(await _body(request, MAX_BODY))
    except TimeoutError:
        raise Refusal(408, "slow") from None
    except (ValueError, RecursionError):
        raise Refusal(400, "bad_json") from None
    if not isinstance(body, dict):
        raise Refusal(400, "bad_json")
    return body


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Refusal(413, "too_long")
    return bytes(body)


async def read_file(request: Request) -> bytes:
    """Read the bytes of a file that a request carries. Raises `Refusal`."""
    if request.headers.get("content-type", "") != "application/octet-stream":
        # As for JSON: a form of another site cannot send this type.
        raise Refusal(415, "not_bytes")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > MAX_FILE_BYTES:
        raise Refusal(413, "too_long")
    try:
        async with asyncio.timeout(_FILE_SECONDS):
            content = await _body(request, MAX_FILE_BYTES)
    except TimeoutError:
        raise Refusal(408, "slow") from None
    if not content:
        raise Refusal(400, "empty")
    return content


def read_file_name(request: Request) -> str:
    """Read the name of a file from its header, where it is percent-encoded UTF-8."""
    return file_name(clean(unquote(request.headers.get("x-name", "")[:2_000]), MAX_TEXT))


def read_key(key: object) -> str:
    """Read the page's own id of a message. Raises `Refusal`."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Refusal(400, "bad_key")
    return key


def file_event(request: Request, chat: str, key: str, file: IncomingFile) -> Raw:
    """Make the event of a file that a person sent."""
    fields = {"reference": file.reference, "name": file.name, "media_type": file.media_type, "size": file.size}
    payload = json.dumps({"file": fields, "language": _language(request)}, ensure_ascii=False)
    return Raw(f"{chat}/{key}", chat, payload)


def read_message(request: Request, chat: str, body: dict[str, object]) -> Raw:
    """Make the event of what a person typed or pressed. Raises `Refusal`."""
    key = read_key(body.get("key"))
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
    choice, files = said.get("choice", ""), _files(payload.get("file"))
    if files:
        kind: IncomingKind = "photo" if files[0].media_type in PICTURES else "file"
        return Incoming(Address(channel, raw.chat), raw.key, kind, language=said.get("language", ""), files=files)
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


def _files(file: object) -> tuple[IncomingFile, ...]:
    if not isinstance(file, dict) or not isinstance(file.get("size"), int):
        return ()
    reference, name, media_type = (file.get(part) for part in ("reference", "name", "media_type"))
    if not isinstance(reference, str) or not isinstance(name, str) or not isinstance(media_type, str):
        return ()
    return (IncomingFile(reference, name, media_type, file["size"]),)


def line_json(line: Line, files: Sequence[Mapping[str, object]] = ()) -> dict[str, object]:
    """Return a line as the page reads it, with its files."""
    return {
        "position": line.position,
        "changed": line.changed,
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
