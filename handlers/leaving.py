"""Leaving a form that is half done: keep it, or throw the draft away."""

from conversation import Choice, Reply
from handlers.commands import menu_choice
from handlers.drafts import Draft
from handlers.step_texts import press
from handlers.turn import reply

LEAVING = "~"
KEEP, DISCARD, STAY = "luu", "vut", "tiep"


def leaving(draft: Draft) -> list[Reply]:
    """The question before a form is left."""
    say = draft.turn.say
    saved, total = draft.progress
    text = say(
        "Anh/chị muốn dừng <b>{form}</b>? Đã lưu {saved}/{total} mục; để lại thì lúc nào cũng làm tiếp được.",
        form=draft.form.short or draft.form.title,
        saved=saved,
        total=total,
    )
    choices = [Choice(str(say("Lưu lại, làm sau")), press(draft, KEEP))]
    if draft.submission.state == "draft":
        choices.append(Choice(str(say("Bỏ bản nháp này")), press(draft, DISCARD)))
    return reply(text, *choices, Choice(str(say("Làm tiếp")), press(draft, STAY)))


def discarded(draft: Draft, verb: str) -> list[Reply] | None:
    """Throw the draft away, where that was just asked."""
    turn = draft.turn
    if verb != DISCARD or draft.at != LEAVING:
        return None
    turn.records.registry.submissions.move(draft.submission, "withdrawn", turn.person.id)
    turn.enter("")
    turn.remember(filling=None)
    return reply(turn.say("Đã bỏ bản nháp {code}.", code=draft.submission.code), menu_choice(turn))
