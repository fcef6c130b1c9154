"""Replies as Telegram takes them: cut, with buttons, sent anew or in the place of another."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from telegram.error import BadRequest, TelegramError

from channels.markup import NO_TEXT, plain, split
from channels.telegram_client import Client
from channels.text import clean, one_line, reach
from conversation import Choice, Outgoing, Reply

# https://core.telegram.org/bots/api#sendmessage, in UTF-16 units after entities are parsed.
MAX_MESSAGE = 4096
# The platform names no limit; a phone shows about half of this on the one line of a button.
MAX_LABEL = 64
# Found by bots' authors: more, or about 10 kB of JSON, is refused as "reply markup is too long".
MAX_BUTTONS = 100
MAX_KEYBOARD_BYTES = 9_000

_SAME = re.compile(r"message is not modified", re.IGNORECASE)
_GONE = re.compile(
    r"message to edit not found|message can't be edited|message_id_invalid"
    r"|there is no text in the message to edit",
    re.IGNORECASE,
)
_BAD_MARKUP = re.compile(r"can't parse (entities|message text)", re.IGNORECASE)


def parts(reply: Reply) -> list[Reply]:
    """Cut a reply at 4,096 UTF-16 units; more choices than a keyboard holds follow in another."""
    messages = split(reply, MAX_MESSAGE)
    while messages and (fit := _fitting(messages[-1].choices)) < len(messages[-1].choices):
        last = messages.pop()
        messages.append(replace(last, choices=last.choices[:fit], attachments=()))
        messages.append(Reply(NO_TEXT, last.choices[fit:], attachments=last.attachments))
    return messages


async def deliver(client: Client, outgoing: Outgoing) -> str:
    """Send a message, or edit the one it names, and return its id. Raises `TelegramError`.

    A message to edit that is gone is sent anew; one that already says the same is a success.
    """
    if outgoing.edits.isascii() and outgoing.edits.isdigit():
        try:
            return await _post(client, "editMessageText", outgoing, int(outgoing.edits))
        except BadRequest as error:
            if _SAME.search(error.message):
                return outgoing.edits
            if not _GONE.search(error.message):
                raise
    return await _post(client, "sendMessage", outgoing, None)


async def _post(client: Client, method: str, outgoing: Outgoing, edits: int | None) -> str:
    text = outgoing.reply.text
    message = {
        "chat_id": outgoing.chat,
        "message_id": edits,
        "reply_markup": _keyboard(outgoing.reply.choices),
        "link_preview_options": {"is_disabled": True},
    }
    try:
        marked = clean(str(text), len(text))
        result = await client.call(method, **message, text=marked, parse_mode="HTML")
    except BadRequest as error:
        if not _BAD_MARKUP.search(error.message):
            raise
        bare = plain(text)
        result = await client.call(method, **message, text=bare[: reach(bare, 0, MAX_MESSAGE)])
    return _message_id(result)


def _keyboard(choices: Sequence[Choice]) -> dict[str, object] | None:
    return {"inline_keyboard": [[_button(choice)] for choice in choices]} if choices else None


def _button(choice: Choice) -> dict[str, str]:
    return {"text": one_line(choice.label, MAX_LABEL) or "…", "callback_data": choice.value}


def _fitting(choices: Sequence[Choice]) -> int:
    """Return how many of the choices one keyboard holds, at least one."""
    size = 0
    for place, choice in enumerate(choices[:MAX_BUTTONS]):
        # The library writes JSON in ASCII; the brackets and comma of a row come on top.
        size += len(json.dumps(_button(choice))) + 4
        if size > MAX_KEYBOARD_BYTES and place:
            return place
    return min(len(choices), MAX_BUTTONS)


def _message_id(result: object) -> str:
    number = result.get("message_id") if isinstance(result, dict) else None
    if not isinstance(number, int):
        raise TelegramError("the server's answer names no message")
    return str(number)
