"""What a person did, read from an update of the Bot API.

An update reaches the inbox as it came and is understood here, one by one: a single odd update
costs only itself.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatType

from channels.text import MAX_NAME, MAX_TEXT, clean, file_name, one_line
from conversation import MAX_CHOICE_BYTES, Address, Incoming, IncomingFile, IncomingKind, Raw

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
# In the order of asking: an animation also carries a document.
_KINDS: tuple[tuple[str, IncomingKind], ...] = (
    ("text", "text"),
    ("photo", "photo"),
    ("document", "file"),
    ("video", "file"),
    ("audio", "file"),
    ("sticker", "sticker"),
    ("voice", "voice"),
    ("video_note", "voice"),
    ("location", "place"),
    ("contact", "other"),
    ("poll", "other"),
    ("dice", "other"),
    ("game", "other"),
    ("story", "other"),
    ("paid_media", "other"),
    ("checklist", "other"),
)
_COMMAND = re.compile(r"(/[A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,32}))?(?!\S)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Self:
    """Who the bot is on the platform; the name is empty until the platform has told it."""

    id: int
    username: str = ""


def raw_update(update: object) -> Raw | None:
    """Return an update as the inbox stores it, or None where it has no id to know it by."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(update, dict):
        return None
    # ASCII, because no database takes every code point that JSON can name.
    return Raw(str(number), _chat_of(update), json.dumps(update, separators=(",", ":")))


def callback_id(update: object) -> str | None:
    """Return the id of the pressed button's query, which the platform wants answered."""
    found = _part(update, "callback_query").get("id")
    return found if isinstance(found, str) else None


def understand(raw: Raw, me: Self, channel: str) -> Incoming | None:
    """Say what a person did; None where nobody is to be answered. Raises nothing.

    What the library cannot read in a private chat is `other`, so that the person hears something.
    """
    try:
        payload = json.loads(raw.payload)
    except (ValueError, TypeError, RecursionError):
        return None
    try:
        update = Update.de_json(payload)
        if update.callback_query:
            return _pressed(raw.key, update.callback_query, channel)
        if update.edited_message:
            return _edited(raw.key, update.edited_message, me, channel)
        return _said(raw.key, update.message, me, channel) if update.message else None
    except Exception:
        # The library raises whatever a missing or odd field leads to.
        return _unreadable(raw, payload, channel)


def _pressed(key: str, query: CallbackQuery, channel: str) -> Incoming | None:
    if query.message is None or not query.data or query.from_user.is_bot:
        return None
    value = clean(query.data)
    if len(value.encode()) > MAX_CHOICE_BYTES:
        return None
    incoming = _from(key, query.message.chat, query.from_user, "choice", channel)
    return replace(incoming, choice=value, message=str(query.message.message_id))


def _edited(key: str, message: Message, me: Self, channel: str) -> Incoming | None:
    said = _said(key, message, me, channel)
    # A live place is edited every few seconds.
    return replace(said, kind="edited") if said and said.text else None


def _said(key: str, message: Message, me: Self, channel: str) -> Incoming | None:
    kind, sender = _kind(message), message.from_user
    if kind is None or sender is None or sender.is_bot or message.is_automatic_forward:
        return None
    if message.chat.type == ChatType.CHANNEL:
        return None
    incoming = _from(key, message.chat, sender, kind, channel)
    text, named = _without_own_name(_text(message), me)
    addressed = not incoming.group or named or _answers(message, me)
    return replace(incoming, text=text, addressed=addressed, files=_files(message))


def _kind(message: Message) -> IncomingKind | None:
    for field, kind in _KINDS:
        content = getattr(message, field)
        # An empty text is a text; a message without photos has an empty tuple of them.
        if content is not None and content != ():
            return kind
    # Something newer than the library; else a service message, which asks for nothing.
    news = bool(message.api_kwargs) and message.chat.type == ChatType.PRIVATE
    return "other" if news else None


def _files(message: Message) -> tuple[IncomingFile, ...]:
    """The photo in its largest size, or the document."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        # The platform makes every photo a JPEG, and gives it no name.
        return (IncomingFile(largest.file_id, "anh.jpg", "image/jpeg", largest.file_size or 0),)
    if message.document and not message.animation:
        found = message.document
        name = file_name(clean(found.file_name or "tep", MAX_TEXT))
        return (IncomingFile(found.file_id, name, one_line(found.mime_type or "", 100), found.file_size or 0),)
    return ()


def _text(message: Message) -> str:
    text = message.text if message.text is not None else message.caption
    return clean(text) if isinstance(text, str) else ""


def _without_own_name(text: str, me: Self) -> tuple[str, bool]:
    """Take the bot's name out of a text; also say whether the text is meant for it."""
    command = _COMMAND.match(text)
    if command and command[2] is None:
        return text, True
    if command:
        meant = command[2].lower() == me.username.lower()
        return (command[1] + text[command.end() :] if meant else text), meant
    if not me.username:
        return text, False
    mention = re.compile(rf"(?<![\w@])@{re.escape(me.username)}(?!\w)[ \t]?[,:]?", re.IGNORECASE)
    rest, times = mention.subn("", text)
    return (rest.strip() if times else text), times > 0


def _answers(message: Message, me: Self) -> bool:
    quoted = message.reply_to_message
    return quoted is not None and quoted.from_user is not None and quoted.from_user.id == me.id


def _from(key: str, chat: Chat, sender: User, kind: IncomingKind, channel: str) -> Incoming:
    # `int`: what is not a number is no chat that could be answered.
    language = _LANGUAGE.fullmatch(sender.language_code or "")
    return Incoming(
        Address(channel, str(int(chat.id))),
        key,
        kind,
        name=one_line(sender.full_name, MAX_NAME),
        language=language[0] if language else "",
        group=chat.type in _GROUPS,
    )


def _unreadable(raw: Raw, payload: object, channel: str) -> Incoming | None:
    message = _part(payload, "message")
    private = _part(message, "chat").get("type") == ChatType.PRIVATE
    if not private or not raw.chat or _part(message, "from").get("is_bot"):
        return None
    text = message.get("text")
    kind: IncomingKind = "text" if isinstance(text, str) else "other"
    return Incoming(Address(channel, raw.chat), raw.key, kind, clean(text) if isinstance(text, str) else "")


def _chat_of(update: object) -> str:
    """Return the chat by which events are put in order, or an empty text where there is none."""
    for name in (*ALLOWED, "channel_post"):
        content = _part(update, name)
        message = _part(content, "message") if name == "callback_query" else content
        number = _part(message, "chat").get("id")
        if isinstance(number, int) and not isinstance(number, bool):
            return str(number)
    return ""


def _part(content: object, name: str) -> Mapping[str, object]:
    """Return an object inside parsed JSON, empty where it is missing or something else."""
    part = content.get(name) if isinstance(content, dict) else None
    return part if isinstance(part, dict) else {}
