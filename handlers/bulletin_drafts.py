"""Which announcement is being written, and the question at which it stands."""

from collections.abc import Callable, Mapping

from conversation import Reply
from handlers.bulletin_audience import ask_audience, ask_round, ask_topic, ask_units, ask_where
from handlers.bulletin_screens import (
    AUDIENCE,
    CONFIRM,
    KIND,
    NAME,
    OPTIONS,
    ROUND,
    TEXT,
    TIME,
    TOPIC,
    UNITS,
    WHERE,
    WORD,
    ask_caption,
    ask_correction,
    ask_kind,
    ask_options,
    ask_text,
    ask_time,
    ask_word,
    preview,
)
from handlers.bulletins import file_of, is_poll, text_of
from handlers.opening_answers import Told
from handlers.turn import Turn
from storage.announcements import Announcement


def ask(turn: Turn) -> list[Reply]:
    """The question of the step."""
    step, told = turn.conversation.step, kept(turn)
    if told is None:
        turn.enter(NAME, TEXT)
        wrong = corrected(turn)
        return ask_correction(turn, wrong) if wrong else ask_text(turn, poll=polling(turn))
    if step in (CONFIRM, WORD) and not text_of(told):
        return go(turn, TEXT)
    if step in _OF_DRAFT:
        return _OF_DRAFT[step](turn, told)
    if step in _PLAIN:
        return _PLAIN[step](turn)
    if file_of(told):
        return ask_caption(turn, told)
    return ask_text(turn, poll=is_poll(told))


_OF_DRAFT: Mapping[str, Callable[[Turn, Announcement], list[Reply]]] = {
    AUDIENCE: ask_audience,
    UNITS: ask_units,
    TOPIC: ask_topic,
    WHERE: ask_where,
    CONFIRM: preview,
    WORD: ask_word,
}
_PLAIN: Mapping[str, Callable[[Turn], list[Reply]]] = {
    OPTIONS: ask_options,
    KIND: ask_kind,
    ROUND: ask_round,
    TIME: ask_time,
}


def go(turn: Turn, step: str) -> list[Reply]:
    """Go to a step and ask."""
    turn.enter(NAME, step)
    if step == CONFIRM:
        turn.remember(bulletin=_data(turn) | {"whole": True})
    return ask(turn)


def going_on(turn: Turn, told: Told) -> list[Reply]:
    """Say what there is to say about an answer, and go where it leads."""
    following = go(turn, told.step)
    return [Reply(told.says), *following] if told.says else following


def _data(turn: Turn) -> dict[str, object]:
    found = turn.conversation.data.get("bulletin")
    return dict(found) if isinstance(found, dict) else {}


def was_shown(turn: Turn) -> bool:
    """Whether it was shown as a whole: then what is changed leads back there."""
    return bool(_data(turn).get("whole"))


def kept(turn: Turn) -> Announcement | None:
    """The draft that is being written; None before there is a text."""
    id = str(_data(turn).get("id", ""))
    return turn.records.registry.announcements.get(id) if id else None


def corrected(turn: Turn) -> Announcement | None:
    """The sent announcement that is to be corrected."""
    id = str(_data(turn).get("corrects", ""))
    return turn.records.registry.announcements.get(id) if id else None


def polling(turn: Turn) -> bool:
    """Whether what is begun is a poll."""
    return bool(_data(turn).get("poll"))
