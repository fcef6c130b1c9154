"""Whether a message asks for a command: typed with its slash, pressed, or said in plain words."""

from conversation import Choice, Reply
from handlers.turn import Turn, reply, value
from knowledge.folding import folded_words

# Longer messages are questions, whatever they begin with.
MAX_PHRASE = 60
# What is asked for in the middle of anything, folded: what the bot can do, one's own things, the forms of one's unit.
HELP = ("menu", "tro giup", "help", "huong dan", "giup do")
OWN = ("du lieu cua toi", "xoa du lieu cua toi", "lien ket", "vai tro", "lien he", "my data", "link accounts")
FORMS = ("bieu mau", "nop bai", "bai cua toi", "bai nop", "viec cua to", "forms", "my forms")


def folded(text: str) -> str:
    """A short text without diacritics, punctuation and capitals; empty for a longer one."""
    return " ".join(folded_words(text)) if len(text) <= MAX_PHRASE else ""


def wants(turn: Turn, command: str, *phrases: str) -> bool:
    """Whether the message is this command. Phrases are folded and must match whole."""
    if turn.incoming.kind == "choice":
        return turn.incoming.choice == command
    if turn.text.startswith("/"):
        return turn.command() == command
    return folded(turn.text) in (command, *phrases)


def private_only(turn: Turn) -> list[Reply]:
    """What is said in a group where somebody asks for something personal."""
    return reply(turn.say("Việc này là của riêng anh/chị, xin nhắn riêng cho tôi, đừng nhắn trong nhóm."))


def menu_choice(turn: Turn) -> Choice:
    """The button that leads to everything else."""
    return Choice(str(turn.say("Trợ giúp")), value("trogiup"))
