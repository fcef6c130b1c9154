"""Times of day as people write them: "19h30", "7 giờ tối", "8 rưỡi sáng"; a bare hour is of 24."""

import re

from knowledge.amounts import LONGEST, readable
from knowledge.bad_answers import BadAnswer
from knowledge.folding import toned
from knowledge.spoken import WORDS, spoken

_NUMBER_WORDS = "|".join(sorted(WORDS - {"ruoi"}, key=len, reverse=True))
_SAID = re.compile(rf"\b(?:(?:{_NUMBER_WORDS}) ?)+(?=$|(?:gio|phut|ruoi|kem|sang|trua|chieu|toi|dem)\b)")
_TIME = re.compile(
    r"(?<![\w.,/:])(?P<hour>\d{1,2})\s*(?:(?:gio|h|g|:)\s*(?:(?P<minute>\d{1,2})(?!\d)\s*(?:phut|p|'|:00)?)?)?"
    r"(?P<half>\s*ruoi\b)?(?:\s*kem\s+(?P<less>\d{1,2})(?:\s*phut)?)?"
    r"\s*(?:\(?(?P<part>sang|trua|chieu|toi|dem|khuya|am|pm)\b\)?)?(?![\w:/])"
)
_BEFORE = re.compile(r"\b(sang|trua|chieu|toi|dem|khuya)(?: nay| mai| qua)?,?(?: luc| vao)?\s*$")
_LATER = frozenset({"chieu", "toi", "dem", "khuya", "pm"})


def time_in(text: str) -> str:
    """The time of an answer as "HH:MM" of 24 hours. Raises `BadAnswer`."""
    if len(text) > LONGEST:
        raise BadAnswer("no_time", text)
    folded = _SAID.sub(_in_digits, readable(text))
    found = list(_TIME.finditer(folded))
    if len(found) > 1:
        raise BadAnswer("several_times", text)
    if not found or re.search(r"\d", folded[: found[0].start()] + folded[found[0].end() :]):
        raise BadAnswer("no_time", text)
    match = found[0]
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    part = match["part"] or _part_before(folded[: match.start()], text)
    if part:
        hour = _of_day(hour, part, text)
    minute += 30 if match["half"] else 0
    total = hour * 60 + minute - int(match["less"] or 0)
    if minute >= 60 or int(match["less"] or 0) >= 60 or not 0 <= total <= 24 * 60:
        raise BadAnswer("no_time", text)
    return f"{total // 60 % 24:02}:{total % 60:02}"


def _part_before(before: str, text: str) -> str:
    """The part of the day that stands before the hour: "tối 7 giờ", "chiều mai lúc 2h"; "tôi" is none."""
    found = _BEFORE.search(before)
    if not found or (found[1] == "toi" and "tôi" in toned(text)):
        return ""
    return found[1]


def _in_digits(match: re.Match[str]) -> str:
    words = match[0].split()
    said = spoken(words)
    return f"{said[0]} " if said and said[1] == len(words) and said[0].denominator == 1 else match[0]


def _of_day(hour: int, part: str, text: str) -> int:
    """The hour of 24 that one of 12 is in a part of the day; hours over 12 must stand in that part."""
    if hour > 12:
        if part in ("sang", "am") or hour > 24:
            raise BadAnswer("no_time", text)
        return hour
    if part == "trua":
        return hour + 12 if hour < 4 else hour
    if part in ("dem", "khuya") and hour in (12, 1, 2, 3, 4):
        return hour % 12
    if part in _LATER:
        return hour % 12 + 12
    return 0 if hour == 12 and part in ("sang", "am") else hour


def time_shown(value: str) -> str:
    """A time as officials write it: "19 giờ 30"."""
    hour, _, minute = value.partition(":")
    return f"{hour} giờ {minute}"
