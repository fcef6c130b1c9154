"""Filling in a form: one step after the other, saved with every answer, resumed whenever one likes."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Reply
from handlers import photo_steps, row_steps, summaries
from handlers.asides import cries, is_question
from handlers.commands import FORMS, HELP, OWN, folded, menu_choice, wants
from handlers.drafts import FLOW_NAME, OPEN_STATES, Draft, taken_up
from handlers.flow import Flow
from handlers.form_asides import aside
from handlers.leaving import STAY, discarded
from handlers.rejections import sentence
from handlers.steering import begin, on, screen, skipped, to, worded
from handlers.step_texts import (
    ALL_YES,
    ANSWER,
    ENOUGH,
    GO,
    MORE,
    ONE_BY_ONE,
    SKIP,
    offered,
    step_question,
    tick_values,
)
from handlers.summaries import PLACE
from handlers.tick_steps import placed, ticked
from handlers.turn import Turn, reply
from knowledge.field_values import BadAnswer, shown
from knowledge.field_values import read as read_value
from knowledge.forms import TICKS, Field
from knowledge.steps import Step
from knowledge.tick_words import Tick
from knowledge.ticks import Ticks, read_ticks

# Kinds that hold any text: there only a question mark makes a message a question.
_FREE = frozenset({"text", "long_text", "name"})
# Kinds whose reading is told back, because it may have been read otherwise.
_TOLD_BACK = frozenset({"share", "date", "period", "time", "integer", "decimal"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """A pressed button of a form, however old."""
    if turn.pressed(FLOW_NAME) is None:
        return None
    return _pressed(turn)


def ask(turn: Turn) -> list[Reply]:
    """The question of the place where the person stands."""
    draft = taken_up(turn, turn.conversation.step)
    if draft is None or draft.submission.state not in OPEN_STATES:
        turn.enter("")
        return []
    return screen(draft)


def read(turn: Turn) -> Sequence[Reply] | None:
    """An answer, or a word such as "lưu"; None where it is a question about something else."""
    if turn.incoming.kind == "choice":
        return _pressed(turn) if turn.pressed(FLOW_NAME) is not None else None
    if turn.incoming.files:
        return _sent_in(turn)
    if turn.incoming.kind != "text":
        return None
    if not turn.text:
        return ask(turn)
    if folded(turn.text) in (*HELP, *OWN):
        return None
    if wants(turn, "bieumau", *FORMS):
        # The draft is saved; the list says how to go on.
        turn.enter("")
        return None
    draft = taken_up(turn, turn.conversation.step)
    if draft is None or draft.submission.state not in OPEN_STATES:
        return _closed(turn, draft)
    return worded(draft, folded(turn.text)) or _answered(draft)


def expects_number(turn: Turn) -> bool:
    """Whether a typed number is an answer here, not the number of a button."""
    draft = taken_up(turn, turn.conversation.step)
    if draft is None:
        return False
    found, step = draft.asked(), draft.step()
    if found is None:
        return step is not None and step.kind == "ticks"
    # Among offered texts a number picks one, of Có and Không too; the options of a choice are read by their numbers.
    return found[0].kind not in TICKS and not (found[0].kind in _FREE and offered(draft, *found))


FLOW = Flow(ask, read, expects_number, own_cancel=True, takes_files=photo_steps.takes_files)


def _left(turn: Turn, draft: Draft | None) -> list[Reply]:
    """What is said to a button of what is closed; another form that is open stays open, and asks again."""
    here = turn.conversation.flow == FLOW_NAME and turn.conversation.step
    if not here or (draft and here == draft.submission.id):
        return _closed(turn, draft)
    return [*_said(turn, draft), *ask(turn)]


def _closed(turn: Turn, draft: Draft | None) -> list[Reply]:
    if turn.conversation.flow == FLOW_NAME:
        turn.enter("")
    return _said(turn, draft)


def _said(turn: Turn, draft: Draft | None) -> list[Reply]:
    if draft is None:
        return reply(
            turn.say("Bài này không còn mở cho anh/chị. Gõ <b>biểu mẫu</b> để xem các bài."), menu_choice(turn)
        )
    if draft.submission.state == "withdrawn":
        text = turn.say("Bài {code} đã rút hoặc đã bỏ. Gõ <b>biểu mẫu</b> để làm lại.", code=draft.submission.code)
        return reply(text, menu_choice(turn))
    text = turn.say(
        "Bài {code} đã gửi nên không sửa được nữa. Gõ <b>biểu mẫu</b> để xem hoặc rút lại.", code=draft.submission.code
    )
    return reply(text, menu_choice(turn))


def _answered(draft: Draft) -> Sequence[Reply] | None:
    """A typed answer to what is asked."""
    turn = draft.turn
    found = draft.asked()
    step = draft.step()
    if found is None:
        if step is None or step.kind != "ticks":
            beside = aside(draft)
            return [Reply(_not_read(draft)), *screen(draft)] if beside is None else beside or None
        return ticked(draft, step, read_ticks(step.fields, turn.text))
    field, path = found
    if field.kind == "files":
        return _beside_files(draft, field, path)
    if field.kind in _FREE and (cries(turn) or (turn.text.endswith("?") and is_question(turn))):
        return None
    if field.kind in TICKS and len(turn.text.split()) > 1:
        ticks = read_ticks((field,), turn.text)
        if ticks.values:
            return ticked(draft, Step(field.id, "field", (field,)), placed(ticks, field, path))
    try:
        given = read_value(field, turn.text, turn.today)
    except BadAnswer as bad:
        beside = aside(draft)
        return [Reply(sentence(turn, field, bad)), *screen(draft)] if beside is None else beside or None
    return _kept(draft, field, path, given)


def _not_read(draft: Draft) -> Markup:
    """What can be typed to a list of rows or a summary, or pressed where there is another question."""
    say, typed = draft.turn.say, draft.turn.text[:80]
    if draft.at.startswith(PLACE):
        return say("Tôi chưa hiểu “{part}”. Gõ <b>sửa</b> và số mục, <b>gửi</b> hoặc <b>lưu</b>.", part=typed)
    if draft.step() and "/" not in draft.at:
        return say("Tôi chưa hiểu “{part}”. Gõ <b>thêm</b>, <b>sửa 1</b>, <b>xóa 1</b> hoặc <b>xong</b>.", part=typed)
    return say("Tôi chưa hiểu “{part}”. Bấm một nút bên dưới giúp tôi.", part=typed)


def _sent_in(turn: Turn) -> Sequence[Reply] | None:
    """Photos and files for the field that asks for them."""
    draft = taken_up(turn, turn.conversation.step)
    found = draft.asked() if draft else None
    return photo_steps.received(draft, *found) if draft and found and found[0].kind == "files" else None


def _beside_files(draft: Draft, field: Field, path: str) -> Sequence[Reply] | None:
    """Words where files are asked for: "xong", a question, or nothing of use."""
    if folded(draft.turn.text) in photo_steps.DONE_WORDS and photo_steps.enough(draft, field, path):
        return on(draft) if path in draft.answers else skipped(draft)
    beside = aside(draft)
    return photo_steps.asked_for(draft) if beside is None else beside or None


def _kept(draft: Draft, field: Field, path: str, given: object) -> list[Reply]:
    draft.put(path, given, draft.turn.text)
    following = on(draft)
    if field.kind not in _TOLD_BACK:
        return following
    told = draft.turn.say("Đã ghi <b>{answer}</b>.", answer=shown(field, given))
    first = following[0]
    return [Reply(told + "\n" + first.text, first.choices, first.replaces, first.attachments), *following[1:]]


def _pressed(turn: Turn) -> list[Reply]:
    """A button of a form; one of another step does nothing, and says so kindly."""
    verb, arg, code = turn.pressed(FLOW_NAME) or ("", "", "")
    draft = taken_up(turn, f"BN-{code}")
    if draft is None or draft.submission.state not in OPEN_STATES:
        return _left(turn, draft)
    if turn.conversation.flow != FLOW_NAME or turn.conversation.step != draft.submission.id:
        begin(draft)
    rows = row_steps.pressed(draft, verb, arg)
    if rows is not None:
        return list(rows) or on(draft)
    if (done := _act(draft, verb, arg)) is not None:
        return done
    return summaries.pressed(draft, verb, arg) or discarded(draft, verb) or screen(draft)


def _act(draft: Draft, verb: str, arg: str) -> list[Reply] | None:
    if verb == ANSWER:
        return _chosen(draft, arg)
    if verb == MORE:
        path, _, page = arg.rpartition("=")
        return step_question(draft, int(page)) if _stands_at(draft, path) and page.isdecimal() else screen(draft)
    if verb == SKIP:
        return skipped(draft) if _stands_at(draft, arg) else screen(draft)
    if verb == ENOUGH:
        return on(draft) if _stands_at(draft, arg) else screen(draft)
    if verb == GO:
        return to(draft, arg, mending=draft.mending)
    if verb == STAY:
        return begin(draft)
    step = draft.step()
    if verb in (ALL_YES, ONE_BY_ONE) and (step is None or step.id != arg):
        return screen(draft)
    if verb == ALL_YES and step:
        tick: Tick = "no" if step.field.bad == "yes" else "yes"
        return list(
            ticked(draft, step, Ticks({f.id: tick for f in step.fields if f.id not in draft.answers}, {}, "")) or []
        )
    if verb == ONE_BY_ONE and step:
        draft.go(step.fields[0].id, single=True)
        return screen(draft)
    return None


def _stands_at(draft: Draft, path: str) -> bool:
    found = draft.asked()
    return found is not None and found[1] == path


def _chosen(draft: Draft, arg: str) -> list[Reply]:
    """The answer that a button holds, by its place among those offered."""
    path, _, place = arg.rpartition("=")
    found = draft.asked()
    if found is None or found[1] != path or not place.isdecimal():
        text = draft.turn.say("Nút này của câu trước. Muốn sửa câu đó, gõ <b>sửa</b> và số mục, ví dụ <b>sửa 2</b>.")
        return [Reply(text), *screen(draft)]
    field = found[0]
    values: Sequence[object] = tick_values(field) if field.kind in TICKS else offered(draft, field, path)
    if field.kind == "one_of":
        values = [option.value for option in field.options]
    if int(place) >= len(values):
        return screen(draft)
    draft.put(path, values[int(place)], "")
    return on(draft)
