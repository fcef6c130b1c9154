"""What the Bot API refuses, in its own words: markup, keyboards, lengths, rates."""

import html
import json
import math
import re
from collections import deque

MAX_MESSAGE = 4096
MAX_CAPTION = 1024
MAX_PHOTO = 10_000_000
MAX_DOCUMENT = 50_000_000
MAX_DOWNLOAD = 20_000_000
# Width and height together, and how many times one may be the other.
MAX_PHOTO_SIDES, MAX_PHOTO_RATIO = 10_000, 20
MAX_BUTTONS = 100
MAX_KEYBOARD_BYTES = 10_000

_SUPPORTED = frozenset({"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre"}) | {
    *("a", "blockquote", "span", "tg-spoiler", "tg-emoji"),
}
_TAG = re.compile(r"<(/?)([^\s<>/]*)([^<>]*)>?")
_SPACES = " \t\n\r"


class Refusal(Exception):
    """An answer with `ok: false`: its HTTP status, description and parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


def visible_text(text: str, parse_mode: str) -> str:
    """Return what the person sees. Raises `Refusal` for what Telegram does not take."""
    shown = _without_tags(text) if parse_mode.upper() == "HTML" else text
    shown = shown.strip(_SPACES)
    if not shown:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(shown.encode("utf-16-le")) // 2 > MAX_MESSAGE:
        raise Refusal(400, "Bad Request: message is too long")
    return shown


def visible_caption(text: str, parse_mode: str) -> str:
    """Return what the person sees below a file; it may be empty. Raises `Refusal`."""
    shown = (_without_tags(text) if parse_mode.upper() == "HTML" else text).strip(_SPACES)
    if len(shown.encode("utf-16-le")) // 2 > MAX_CAPTION:
        raise Refusal(400, "Bad Request: message caption is too long")
    return shown


def check_file(kind: str, content: bytes) -> None:
    """Raise `Refusal` for a file that the platform does not take as a photo or document."""
    if not content:
        raise Refusal(400, "Bad Request: file must be non-empty")
    if len(content) > (MAX_PHOTO if kind == "photo" else MAX_DOCUMENT):
        raise Refusal(413, "Request Entity Too Large")
    if kind == "photo":
        _check_photo(content)


def _check_photo(content: bytes) -> None:
    if content.startswith(b"\xff\xd8\xff"):
        return
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if width + height > MAX_PHOTO_SIDES or max(width, height) > MAX_PHOTO_RATIO * min(width, height):
        raise Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


def _without_tags(text: str) -> str:
    opened: list[str] = []
    pieces: list[str] = []
    start = 0
    if "<" not in text:
        return html.unescape(text)
    while (place := text.find("<", start)) >= 0:
        pieces.append(text[start:place])
        tag = _TAG.match(text, place)
        assert tag
        _nest(opened, tag, len(text[:place].encode()))
        start = tag.end()
    if opened:
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return html.unescape("".join([*pieces, text[start:]]))


def _nest(opened: list[str], tag: re.Match[str], offset: int) -> None:
    closing, name = tag[1], tag[2].lower()
    if not closing:
        if name not in _SUPPORTED or not tag[0].endswith(">"):
            raise _unreadable(f'Unsupported start tag "{name}" at byte offset {offset}')
        opened.append(name)
    elif not opened or opened.pop() != name:
        raise _unreadable(f"Unmatched end tag at byte offset {offset}")


def _unreadable(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: can't parse entities: {reason}")


def buttons(reply_markup: str | None) -> dict[str, str]:
    """Return label → data of an inline keyboard. Raises `Refusal` for what it may not be."""
    if not reply_markup:
        return {}
    if len(reply_markup.encode()) > MAX_KEYBOARD_BYTES:
        raise Refusal(400, "Bad Request: reply markup is too long")
    rows = json.loads(reply_markup)["inline_keyboard"]
    found = [button for row in rows for button in row]
    if len(found) > MAX_BUTTONS:
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in found:
        if not button["text"].strip():
            raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return {button["text"]: button["callback_data"] for button in found}


class Rates:
    """Strictly 30 messages in any second over all chats, one in any second in a chat, 20 in any minute in a group."""

    def __init__(self, overall: int = 30, per_chat: int = 1, per_group: int = 20) -> None:
        self._overall, self._per_chat, self._per_group = overall, per_chat, per_group
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._chats: dict[int, deque[float]] = {}

    def take(self, chat: int, now: float) -> None:
        """Count a message. Raises `Refusal` with the whole seconds to wait."""
        here = self._chats.setdefault(chat, deque())
        group = self._groups.setdefault(chat, deque()) if chat < 0 else deque()
        for times, most, seconds in (
            (self._all, self._overall, 1),
            (here, self._per_chat, 1),
            (group, self._per_group, 60),
        ):
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) >= most:
                wait = max(1, math.ceil(times[0] + seconds - now))
                reason = f"Too Many Requests: retry after {wait}"
                raise Refusal(429, reason, retry_after=wait)
        self._all.append(now)
        here.append(now)
        group.append(now)
