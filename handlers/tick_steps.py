"""Ticks that were typed: several in one message, or one with words around it."""

from collections.abc import Sequence

from conversation import Reply
from handlers.drafts import Draft
from handlers.form_asides import aside
from handlers.steering import on, screen
from knowledge.forms import Field
from knowledge.steps import Step
from knowledge.ticks import Ticks


def ticked(draft: Draft, step: Step, ticks: Ticks) -> Sequence[Reply] | None:
    """Several ticks of one message; what was not understood is said, and what is left is asked."""
    turn = draft.turn
    beside = None if ticks.values else aside(draft)
    if beside is not None:
        return beside or None
    for id, tick in ticks.values.items():
        draft.put(id, tick, turn.text)
    for id, numbers in ticks.numbers.items():
        draft.put(f"{id}#", numbers, turn.text)
    if ticks.unread or not ticks.values:
        text = turn.say("Tôi chưa hiểu phần “{part}”, phần còn lại đã ghi.", part=ticks.unread[:80])
        if not ticks.values:
            text = turn.say("Tôi chưa hiểu “{part}”. Anh/chị gõ số và có hoặc không giúp tôi.", part=turn.text[:80])
        return [Reply(text), *(screen(draft) if not ticks.values or draft.next_left() == step.id else on(draft))]
    return on(draft)


def placed(ticks: Ticks, field: Field, path: str) -> Ticks:
    """The tick of one field at its path, which of a column is not its id."""
    numbers = {path: ticks.numbers[field.id]} if field.id in ticks.numbers else {}
    return Ticks({path: ticks.values[field.id]}, numbers, ticks.unread)
