"""The people in the tests' Telegram: what they write and press, as the Bot API words it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Offer = Callable[..., int]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the bot sent it."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Sent:
    """A message of the bot as it stands in a chat."""

    id: int
    chat: int
    # What the person sees, and what the bot sent.
    text: str
    source: str
    # Label → data.
    buttons: dict[str, str]
    # Seconds of the server's monotonic clock.
    at: float
    edits: int = 0
    # Sent as: photo, document; and what was sent.
    kind: str = ""
    file: Upload | None = None


@dataclass(slots=True)
class Chat:
    """A chat of the bot with a person, or of several people."""

    id: int
    name: str
    kind: str = "private"
    messages: list[Sent] = field(default_factory=list)
    # What the server answers to a message to this chat, or empty: "bot was blocked by the user".
    closed: str = ""

    def described(self) -> dict[str, Any]:
        """Return the Bot API's `Chat`."""
        key = "first_name" if self.kind == "private" else "title"
        return {"id": self.id, "type": self.kind, key: self.name}


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram client. Each act returns the id of the update it became."""

    id: int
    name: str
    language: str
    chat: Chat
    _offer: Offer
    _numbers: Callable[[], int]
    # Puts a file on the platform, by its id.
    _upload: Callable[[str, bytes], None]

    @property
    def received(self) -> list[Sent]:
        """What the bot has written in the private chat, oldest first."""
        return list(self.chat.messages)

    def says(self, text: str, *, group: Chat | None = None, times: int = 1, **fields: Any) -> int:
        """Write a text, in a group if given; offered to the bot so many times."""
        if text.startswith("/"):
            length = len(text.split()[0])
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._offer({"message": self._message(group, text=text, **fields)}, times)

    def sends(self, *, group: Chat | None = None, **fields: Any) -> int:
        """Send something that is not a text, as the fields of the Bot API's `Message`."""
        return self._offer({"message": self._message(group, **fields)}, 1)

    def sends_photo(self, caption: str = "", content: bytes = b"\xff\xd8\xff no picture") -> int:
        """Send a photo; the platform adds a smaller one."""
        id = f"photo-{self._numbers()}"
        self._upload(id, content)
        small = {"file_id": f"small-{id}", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 9}
        large = {"file_id": id, "file_unique_id": "l", "width": 900, "height": 600, "file_size": len(content)}
        sizes = [small, large]
        return self.sends(photo=sizes, caption=caption) if caption else self.sends(photo=sizes)

    def sends_document(self, name: str, content: bytes, media_type: str = "application/pdf", **fields: Any) -> int:
        """Send a file."""
        id = f"document-{self._numbers()}"
        self._upload(id, content)
        told = {"file_id": id, "file_unique_id": "d", "file_name": name, "mime_type": media_type}
        return self.sends(document={**told, "file_size": len(content)}, **fields)

    def sends_sticker(self) -> int:
        """Send a sticker."""
        sticker = {"file_id": "s1", "file_unique_id": "s", "type": "regular", "emoji": "👍"}
        size = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self.sends(sticker={**sticker, **size})

    def edits(self, text: str) -> int:
        """Change what was written before."""
        message = {**self._message(None, text=text), "edit_date": 1_772_000_060}
        return self._offer({"edited_message": message}, 1)

    def presses(self, label: str, *, message: Sent | None = None, times: int = 1) -> int:
        """Press a button of a message, or of the newest one that has it. Raises `LookupError`."""
        found = [sent for sent in self.received if label in sent.buttons]
        if message is None and not found:
            offered = [list(sent.buttons) for sent in self.received if sent.buttons]
            raise LookupError(f"no button {label!r}, there were {offered}")
        sent = message or found[-1]
        query = {
            "id": str(self._numbers()),
            "from": self._described(),
            "chat_instance": str(self.id),
            "data": sent.buttons[label],
            "message": {
                "message_id": sent.id,
                "date": 1_772_000_000,
                "chat": self.chat.described(),
                "text": sent.text,
            },
        }
        return self._offer({"callback_query": query}, times)

    def blocks(self) -> None:
        """Block the bot."""
        self.chat.closed = "Forbidden: bot was blocked by the user"

    def _described(self) -> dict[str, Any]:
        person = {"id": self.id, "is_bot": False, "first_name": self.name}
        return {**person, "language_code": self.language}

    def _message(self, group: Chat | None, **fields: Any) -> dict[str, Any]:
        where = {"chat": (group or self.chat).described(), "from": self._described()}
        return {"message_id": self._numbers(), "date": 1_772_000_000, **where, **fields}
