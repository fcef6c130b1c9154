"""For whom an announcement is, typed instead of pressed: “tổ trưởng tổ 5, 6”, “chưa nộp công trình”, “tiếng Anh”."""

import re
from dataclasses import replace

from handlers.bulletin_answers import channel_pressed, everybody_pressed, language_pressed, round_pressed, units_read
from handlers.bulletin_audience import audience_units
from handlers.bulletin_screens import AUDIENCE, ROUND
from handlers.bulletins import save
from handlers.commands import folded
from handlers.opening_answers import Told
from handlers.round_texts import round_label, seen
from handlers.turn import Turn
from handlers.unit_picking import picked
from storage.announcements import Announcement, Member

_LEADERS = r"(?:cac |nhung |moi )?(?:to truong|truong thon|truong ban|nguoi phu trach(?: don vi)?|leaders?)"
_STAFF = r"(?:cac |toan bo |moi )?(?:can bo(?: phuong)?|anh em can bo|staff)"
_ROLES: tuple[tuple[re.Pattern[str], tuple[Member, ...]], ...] = (
    (re.compile(rf"{_LEADERS}\b(?P<units>.*)"), ("leader",)),
    (re.compile(rf"{_STAFF}\b(?P<units>.*)"), ("staff", "admin")),
)
_OWING = re.compile(
    r"(?:(?:nhung )?(?:nguoi|ai|to nao|to|don vi(?: nao)?) )?(?:con )?chua nop(?: bieu mau| bai| bieu)?(?P<form>.*)"
)
_EVERYBODY = frozenset({"tat ca", "tat ca moi nguoi", "ca phuong", "toan phuong", "ba con", "toan dan", "het", "all"})
_LANGUAGES = {"en": frozenset({"tieng anh", "english"}), "vi": frozenset({"tieng viet", "vietnamese"})}
_AROUND = re.compile(r"^(?:(?:cho|gui cho|gui|nguoi|dung|chi|qua|nhan tin qua) )+")


def audience_read(turn: Turn, told: Announcement) -> Told | None:
    """A condition in words; units where it is none."""
    text = _AROUND.sub("", folded(turn.text)) if folded(turn.text) not in _EVERYBODY else folded(turn.text)
    if text in _EVERYBODY:
        return everybody_pressed(turn, told, "")
    for language, words in _LANGUAGES.items():
        if text in words:
            return language_pressed(turn, told, language)
    if (place := text.removeprefix("trang ")) in turn.records.registry.announcements.places():
        return channel_pressed(turn, told, place)
    return _role(turn, told, text) or _owing(turn, told, folded(turn.text)) or units_read(turn, told)


def _role(turn: Turn, told: Announcement, text: str) -> Told | None:
    """A role, and the units that are named after it."""
    for pattern, members in _ROLES:
        match = pattern.fullmatch(text)
        rest = match["units"].strip() if match else ""
        found = picked(audience_units(turn), rest) if rest else None
        if match and (found or not rest):
            roles = (*(role for role in told.audience.roles if role not in members), *members)
            units = found.codes if found else told.audience.units
            save(turn, told, audience=replace(told.audience, roles=roles, units=units, not_submitted=""))
            return Told(AUDIENCE)
    return None


def _owing(turn: Turn, told: Announcement, text: str) -> Told | None:
    """Who has not handed in a form: the only open round whose name has the words, else the list of them."""
    match = _OWING.fullmatch(text)
    if match is None:
        return None
    words = set(match["form"].split())
    fitting = [one for one in seen(turn, "announce") if words and words <= set(folded(round_label(turn, one)).split())]
    return round_pressed(turn, told, fitting[0].id) if len(fitting) == 1 else Told(ROUND)
