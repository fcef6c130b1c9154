"""What a handler is given: one message, who sent it, and what it may change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from conversation import Choice, Incoming, Reply
from handlers.translation import Translator
from knowledge.focus import Focus
from knowledge.understanding import Knowledge
from knowledge.units import Ward
from storage.records import Conversation, Person, Records


@dataclass(frozen=True, slots=True)
class Doors:
    """Where people outside reach the bot, as far as it is known."""

    # The bot's name on Telegram; the address of the web chat.
    telegram: str = ""
    web: str = ""

    def links(self, code: str) -> dict[str, str]:
        """Links by channel that open it and hand over a code, Telegram's first."""
        found = {"telegram": f"https://t.me/{self.telegram}?start={code}", "web": f"{self.web}/?ma={code}"}
        return {name: link for name, link in found.items() if getattr(self, name)}


@dataclass(slots=True)
class Turn:
    """One message being handled, inside its transaction."""

    incoming: Incoming
    person: Person
    conversation: Conversation
    records: Records
    knowledge: Knowledge
    ward: Ward
    # Today in Asia/Ho_Chi_Minh, or the day that stands in for it.
    today: date
    say: Translator
    doors: Doors = Doors()

    @property
    def text(self) -> str:
        """What was typed, without the command's bot name."""
        return self.incoming.text.strip()

    def command(self) -> str:
        """The command that the message is, without the slash and in lower case; empty for other messages."""
        if self.incoming.kind != "text" or not self.text.startswith("/"):
            return ""
        return self.text[1:].split(maxsplit=1)[0].split("@")[0].lower() if len(self.text) > 1 else ""

    def pressed(self, flow: str) -> list[str] | None:
        """Step, argument and revision of a pressed choice of a flow, or None."""
        parts = self.incoming.choice.split(":")
        return [*parts[1:], "", "", ""][:3] if parts[0] == flow else None

    def remember(self, **data: object) -> None:
        """Keep values in the conversation; None drops one."""
        merged = {**self.conversation.data, **data}
        kept = {name: value for name, value in merged.items() if value is not None}
        self.conversation = replace(self.conversation, data=kept)

    def enter(self, flow: str, step: str = "") -> None:
        """Go to a step of a flow; an empty flow leaves it."""
        self.conversation = replace(self.conversation, flow=flow, step=step)

    def save_person(self, **changes: str) -> None:
        """Change language, unit, locality or name of the person."""
        self.person = replace(self.person, **changes)  # type: ignore[arg-type]  # notice is not among them
        self.records.save_person(self.person)

    @property
    def focus(self) -> Focus | None:
        """What the conversation was about, or None."""
        kept = self.conversation.data.get("focus")
        if not isinstance(kept, dict):
            return None
        return Focus(kept["entry"], kept["facet"], kept["question"], tuple(kept["documents"]))

    def keep_focus(self, focus: Focus) -> None:
        """Carry what the conversation is about to the next message."""
        self.remember(
            focus={
                "entry": focus.entry,
                "facet": focus.facet,
                "question": focus.question,
                "documents": list(focus.documents),
            }
        )


Handler = Callable[[Turn], Sequence[Reply] | None]


def value(flow: str, step: str = "", arg: str = "", revision: object = "") -> str:
    """The value of a choice, as `Turn.pressed` reads it."""
    return f"{flow}:{step}:{arg}:{revision}".rstrip(":")


def reply(text: Markup, *choices: Choice, replaces: bool = False) -> list[Reply]:
    """One reply, as a handler returns it."""
    return [Reply(text, tuple(choices), replaces)]
