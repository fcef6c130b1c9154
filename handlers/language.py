"""/ngonngu: the language in which the bot speaks; quotes stay in Vietnamese."""

from collections.abc import Sequence

from babel import Locale

from conversation import Choice, Reply
from handlers.commands import folded, menu_choice, wants
from handlers.translation import Translator, languages
from handlers.turn import Turn, reply, value

_SAID = {"english": "en", "tieng anh": "en", "vietnamese": "vi", "tieng viet": "vi"}


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Offer the languages, or change to the one that was chosen or named."""
    pressed = turn.pressed("ngonngu")
    chosen = pressed[1] if pressed else _SAID.get(folded(turn.text), "")
    if chosen in languages():
        return _change(turn, chosen)
    if not pressed and not wants(turn, "ngonngu", "ngon ngu", "doi ngon ngu", "ngon ngu language", "language"):
        return None
    choices = [Choice(_name(code), value("ngonngu", "chon", code)) for code in languages()]
    return reply(turn.say("Anh/chị muốn tôi trả lời bằng tiếng nào?"), *choices)


def _name(code: str) -> str:
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


def _change(turn: Turn, code: str) -> list[Reply]:
    turn.save_person(language=code)
    turn.say = Translator(code)
    text = turn.say("Từ nay tôi trả lời bằng tiếng Việt. Lời văn bản luôn giữ nguyên tiếng Việt.")
    return reply(text, menu_choice(turn))
