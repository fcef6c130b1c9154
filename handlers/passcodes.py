"""Codes that give something once: made, written for people, read back, and hashed. Only hashes are kept."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Literal

from conversation import Reply
from handlers.commands import menu_choice
from handlers.turn import Turn, reply
from handlers.wording import moment
from knowledge.folding import clean

Purpose = Literal["invitation", "link"]

# Letters of a code, of 31 that do not look alike; the lengths tell the purposes apart. An invitation lives for
# days: 31**12 are 60 bits. A linking code lives for minutes: a million guesses hit one of a hundred that live
# at that time once in 250,000 such attacks, and ten wrong ones lock the sender out.
LENGTH: Mapping[Purpose, int] = {"invitation": 12, "link": 9}
GROUP: Mapping[Purpose, int] = {"invitation": 4, "link": 3}
# Wrong codes within an hour that lock the sender out for an hour.
MOST_WRONG = 10

_CODE = re.compile(r"(?=.*[2-9])(?=.*[A-Z])[2-9A-HJKMNP-Z]+")
_BETWEEN = re.compile(r"[\s.·-]+")
_SAID: Mapping[Purpose, re.Pattern[str]] = {
    "invitation": re.compile(r"(?:mã mời|ma moi|(?:invite|invitation) code)\b[\s:]*(.*)", re.IGNORECASE),
    "link": re.compile(r"(?:mã liên kết|ma lien ket|link(?:ing)? code)\b[\s:]*(.*)", re.IGNORECASE),
}
_PLAIN = re.compile(r"(?:(?:mã|ma|code|/start(?:@\w+)?)\b[\s:]*)?(\S+)", re.IGNORECASE)


def fresh(purpose: Purpose, letters: Callable[[], str]) -> str:
    """A new code from a source of letters. It has letters and digits, so that no word and no number is one."""
    code = ""
    while not _CODE.fullmatch(code):
        code = ""
        while len(code) < LENGTH[purpose]:
            code += letters()
        code = code[: LENGTH[purpose]]
    return code


def written(purpose: Purpose, code: str) -> str:
    """A code in groups, as people read it out: "K7MR-3XPQ-9TWA"."""
    size = GROUP[purpose]
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def digest(purpose: Purpose, code: str) -> str:
    """What is kept of a code: SHA-256 in hexadecimal, of the code with what it is for."""
    return hashlib.sha256(f"banpho {purpose} {code}".encode()).hexdigest()


def typed(purpose: Purpose, text: str) -> str | None:
    """The code that a message gives; empty where it means to and gives none; None where it is about other things."""
    text = clean(text)
    said = _SAID[purpose].fullmatch(text)
    if said:
        meant = len(said[1].split()) < 2 or any(letter.isdigit() for letter in said[1])
        return _read(purpose, said[1]) if meant else None
    plain = _PLAIN.fullmatch(text)
    return (_read(purpose, plain[1]) or None) if plain else None


def _read(purpose: Purpose, text: str) -> str:
    code = _BETWEEN.sub("", text.upper())
    return code if len(code) == LENGTH[purpose] and _CODE.fullmatch(code) else ""


def brought(turn: Turn) -> bool:
    """Whether a message in the middle of something else is a code that holds, so no answer to what is asked there.

    What looks like one and is none counts as a wrong code: nobody tries codes where they are not counted.
    """
    roles = turn.records.registry.roles
    found = turn.incoming.kind == "text" and [(one, code) for one in LENGTH if (code := typed(one, turn.text))]
    if not found or roles.locked_until(_sender(turn), MOST_WRONG):
        return False
    holds: Mapping[Purpose, Callable[[str], object]] = {"invitation": roles.invited, "link": roles.linked}
    if any(holds[purpose](digest(purpose, code)) for purpose, code in found):
        return True
    roles.count_wrong(_sender(turn))
    return False


def locked_out(turn: Turn) -> list[Reply] | None:
    """What is said to somebody who gave too many wrong codes; None to others."""
    until = turn.records.registry.roles.locked_until(_sender(turn), MOST_WRONG)
    if until is None:
        return None
    text = turn.say(
        "Đã có nhiều mã chưa đúng, nên tôi tạm không nhận mã từ đây đến {until}. Trong lúc chờ, anh/chị xem lại mã "
        "hoặc xin phường mã mới; các việc khác vẫn làm như thường.",
        until=moment(turn.say, until),
    )
    return reply(text, menu_choice(turn))


def wrong(turn: Turn) -> list[Reply]:
    """What is said to a wrong code, which is counted."""
    turn.records.registry.roles.count_wrong(_sender(turn))
    locked = locked_out(turn)
    if locked:
        return locked
    text = turn.say(
        "Mã này chưa đúng, đã dùng rồi, hoặc đã hết hạn. Anh/chị xem lại từng chữ; vẫn chưa được thì xin mã mới."
    )
    return reply(text, menu_choice(turn))


def _sender(turn: Turn) -> str:
    """Who gives codes: the address, so that a person who is forgotten or unlinked is still the same sender."""
    address = turn.incoming.address
    return hashlib.sha256(f"banpho sender {address.channel} {address.chat}".encode()).hexdigest()
