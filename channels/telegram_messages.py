"""Replies as Telegram takes them: cut, with buttons and files, sent anew or in the place of another."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup
from telegram import InputFile
from telegram.error import BadRequest, TelegramError

from channels.markup import NO_TEXT, cut, plain, split
from channels.telegram_client import Client
from channels.telegram_uploads import Kind, Stored, Uploads
from channels.text import clean, one_line, reach
from conversation import Attachment, Choice, NotSent, Outgoing, PaperFile, Reply

# https://core.telegram.org/bots/api#sendmessage, in UTF-16 units after entities are parsed.
MAX_MESSAGE = 4096
MAX_CAPTION = 1024
# https://core.telegram.org/bots/api#sendphoto; what is larger goes as a document.
MAX_PHOTO_BYTES = 10_000_000
# The platform names no limit; a phone shows about half of this on the one line of a button.
MAX_LABEL = 64
# Found by bots' authors: more, or about 10 kB of JSON, is refused as "reply markup is too long".
MAX_BUTTONS = 100
MAX_KEYBOARD_BYTES = 9_000

_METHODS: dict[Kind, str] = {"photo": "sendPhoto", "document": "sendDocument"}
_SAME = re.compile(r"message is not modified", re.IGNORECASE)
_GONE = re.compile(
    r"message to edit not found|message can't be edited|message_id_invalid"
    r"|there is no text in the message to edit",
    re.IGNORECASE,
)
_OTHER_KIND = re.compile(r"there is no (text|caption) in the message to edit", re.IGNORECASE)
# A picture of strange measures: PHOTO_INVALID_DIMENSIONS, IMAGE_PROCESS_FAILED and the like.
_NO_PHOTO = re.compile(r"photo_|image_process", re.IGNORECASE)
# The platform has lost a file, or never had it.
_NO_FILE = re.compile(r"wrong (remote )?file|file[ _]reference", re.IGNORECASE)
_BAD_MARKUP = re.compile(r"can't parse (entities|message text)", re.IGNORECASE)


def parts(reply: Reply) -> list[Reply]:
    """Cut a reply at 4,096 UTF-16 units; each file is a message, as are more choices than a keyboard holds."""
    if not reply.attachments:
        return _with_fitting_choices(split(reply, MAX_MESSAGE))
    # A text that is too long for a caption goes before its file.
    captions = [reply.text] if len(cut(reply.text, MAX_CAPTION)) <= 1 else [Markup("")]
    messages = [] if captions[0] else split(Reply(reply.text, replaces=reply.replaces), MAX_MESSAGE)
    for item in reply.attachments:
        messages.append(Reply(captions.pop() if captions else Markup(""), attachments=(item,)))
    messages[-1] = replace(messages[-1], choices=reply.choices)
    return _with_fitting_choices(messages)


def _with_fitting_choices(messages: list[Reply]) -> list[Reply]:
    while messages and (fit := _fitting(messages[-1].choices)) < len(messages[-1].choices):
        last = messages.pop()
        messages.append(replace(last, choices=last.choices[:fit]))
        messages.append(Reply(NO_TEXT, last.choices[fit:]))
    return messages


async def deliver(client: Client, outgoing: Outgoing, uploads: Uploads) -> str:
    """Send a message, or edit the one it names, and return its id. Raises `TelegramError` and `NotSent`.

    A message to edit that is gone is sent anew unless it is only to be edited; one that already says the same is
    a success. Of several files only the first is sent: `parts` gives each a message of its own.
    """
    if outgoing.only_edits:
        return await _change(client, outgoing)
    items = outgoing.reply.attachments
    if outgoing.files or (items and uploads.known(items[0])):
        return _message_id(await _send_file(client, outgoing, uploads))
    if outgoing.edits.isascii() and outgoing.edits.isdigit():
        try:
            return _message_id(await _post(client, "editMessageText", outgoing, int(outgoing.edits)))
        except BadRequest as error:
            if _SAME.search(error.message):
                return outgoing.edits
            if not _GONE.search(error.message):
                raise
    return _message_id(await _post(client, "sendMessage", outgoing, None))


async def _change(client: Client, outgoing: Outgoing) -> str:
    """Edit the text of a message, or the caption of its file."""
    methods = ["editMessageText", "editMessageCaption"]
    # One call is enough where it is known that there is a file.
    for method in reversed(methods) if outgoing.reply.attachments else methods:
        try:
            return _message_id(await _post(client, method, outgoing, int(outgoing.edits)))
        except BadRequest as error:
            if _SAME.search(error.message):
                return outgoing.edits
            if not _OTHER_KIND.search(error.message):
                raise
    raise BadRequest("there is nothing in the message to edit")


async def _send_file(client: Client, outgoing: Outgoing, uploads: Uploads) -> object:
    """Send the file of a message: by the platform's own id where it has it, else its bytes."""
    item = outgoing.reply.attachments[0] if outgoing.reply.attachments else Attachment("")
    stored = uploads.known(item)
    if stored:
        return await _post_stored(client, outgoing, uploads, item, stored)
    with uploads.uploading(item):
        kind, result = await _upload(client, outgoing, outgoing.files[0])
    await uploads.learn(item, kind, result)
    return result


async def _post_stored(
    client: Client, outgoing: Outgoing, uploads: Uploads, item: Attachment, stored: Stored
) -> object:
    try:
        return await _post(client, _METHODS[stored.kind], outgoing, None, **{stored.kind: stored.id})
    except BadRequest as error:
        if not _NO_FILE.search(error.message):
            raise
        await uploads.forget(item)
        # The next attempt carries the bytes.
        raise NotSent("the platform has lost the file") from None


async def _upload(client: Client, outgoing: Outgoing, file: PaperFile) -> tuple[Kind, object]:
    content = InputFile(file.content, file.name)
    if file.media_type in ("image/png", "image/jpeg") and len(file.content) <= MAX_PHOTO_BYTES:
        try:
            return "photo", await _post(client, _METHODS["photo"], outgoing, None, photo=content)
        except BadRequest as error:
            if not _NO_PHOTO.search(error.message):
                raise
    return "document", await _post(client, _METHODS["document"], outgoing, None, document=content)


async def _post(client: Client, method: str, outgoing: Outgoing, edits: int | None, **files: InputFile | str) -> object:
    text = outgoing.reply.text
    captioned = bool(files) or method == "editMessageCaption"
    name, most = ("caption", MAX_CAPTION) if captioned else ("text", MAX_MESSAGE)
    message: dict[str, object] = {
        "chat_id": outgoing.chat,
        "message_id": edits,
        "reply_markup": _keyboard(outgoing.reply.choices),
        **files,
    }
    if not captioned:
        message["link_preview_options"] = {"is_disabled": True}
    try:
        marked = clean(str(text), len(text))
        return await client.call(method, **message, **{name: marked}, parse_mode="HTML")
    except BadRequest as error:
        if not _BAD_MARKUP.search(error.message):
            raise
        bare = plain(text)
        return await client.call(method, **message, **{name: bare[: reach(bare, 0, most)]})


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
