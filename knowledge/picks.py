"""Which of the options of a field an answer picks: by number, label, alias, or a beginning that only one has."""

import re
from collections.abc import Iterator, Sequence

from knowledge.bad_answers import BadAnswer
from knowledge.folding import aligned, fold, folded_words, tidy, toned
from knowledge.forms import Field, Option

LONGEST = 1000
_NUMBER = re.compile(r"(?:(?:so|muc|y|chon|phuong an)\s+)?(\d{1,3})[.)]?")
_NUMBERS = re.compile(r"\d{1,3}(?:(?:[\s,;.+&-]|va|den)+\d{1,3})*[.,;]?")
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|den)\s*(\d{1,3})|(\d{1,3})")
_ALL = frozenset({"tat ca", "het", "ca", "all", "chon het", "chon tat ca", "toan bo"})
_BREAK = re.compile(r"[,;\n+&]|(?<!\w)(?:và|va)(?!\w)")
_LEAST_LETTERS = 2
_MOST_PIECES = 40


def option_in(field: Field, text: str) -> str:
    """The value of the option that an answer picks. Raises `BadAnswer`."""
    return _option(field.options, text).value


def options_in(field: Field, text: str) -> list[str]:
    """The values of the options that an answer picks, each once, in their order. Raises `BadAnswer`."""
    if len(text) > LONGEST:
        raise BadAnswer("no_option", text)
    picked = {option.value for option in _picked(field.options, text)}
    if not picked:
        raise BadAnswer("no_option", text)
    if field.most and len(picked) > field.most:
        raise BadAnswer("too_many", text)
    return [option.value for option in field.options if option.value in picked]


def _option(options: Sequence[Option], text: str) -> Option:
    if len(text) > LONGEST:
        raise BadAnswer("no_option", text)
    text = tidy(text)
    found = _named(options, text)
    begun = _begun(options, text) if len(text) >= _LEAST_LETTERS or text.isdigit() else []
    number = _NUMBER.fullmatch(aligned(text))
    if not found and number:
        # A label that begins with this number may be meant as well.
        place = int(number[1])
        begun = [*(options[place - 1 : place] if place else ()), *begun]
    found = found or list(dict.fromkeys(begun))
    if len(found) != 1:
        raise BadAnswer("several_options" if found else "no_option", text)
    return found[0]


def _named(options: Sequence[Option], text: str) -> list[Option]:
    """Options whose label, value or alias an answer is; tones decide where only they differ."""
    words = folded_words(text)
    exact = [option for option in options if toned(option.label) == toned(text)]
    if exact or not text:
        return exact
    return [
        option
        for option in options
        if fold(text) in (fold(option.label), option.value.lower())
        or (words and words in (folded_words(option.label), *map(folded_words, option.aliases)))
    ]


def _begun(options: Sequence[Option], text: str) -> list[Option]:
    """Options whose label begins with an answer; with its tones, if any does."""
    toned_so = [option for option in options if toned(option.label).startswith(toned(text))]
    return toned_so or [option for option in options if fold(option.label).startswith(fold(text))]


def _picked(options: Sequence[Option], text: str) -> Iterator[Option]:
    text = tidy(text)
    folded = aligned(text)
    if _NUMBERS.fullmatch(folded) and not _named(options, text):
        for match in _RANGE.finditer(folded):
            first, last = int(match[1] or match[3]), int(match[2] or match[3])
            if not 1 <= first <= last <= len(options):
                raise BadAnswer("no_option", match[0])
            yield from options[first - 1 : last]
    elif folded in _ALL and not _named(options, text):
        yield from options
    else:
        yield from _spelled(options, text)


def _spelled(options: Sequence[Option], text: str) -> Iterator[Option]:
    """Options by their names; a label may itself hold what stands between two of them."""
    starts = [0, *(match.end() for match in _BREAK.finditer(text))][:_MOST_PIECES]
    ends = [*(match.start() for match in _BREAK.finditer(text)), len(text)][:_MOST_PIECES]
    place = 0
    while place < len(starts):
        joined = (
            (last, _named(options, text[starts[place] : ends[last]].strip()))
            for last in range(len(ends) - 1, place - 1, -1)
        )
        last, found = next(((last, found) for last, found in joined if len(found) == 1), (place, []))
        piece = text[starts[place] : ends[place]].strip()
        if found:
            yield found[0]
        elif piece:
            yield _option(options, piece)
        place = last + 1
