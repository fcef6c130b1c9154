"""Where somebody goes in a form: on, back, to one item, to the summary; and the words that steer."""

import re
from collections.abc import Sequence

from conversation import Reply
from handlers import row_steps, summaries
from handlers.commands import folded
from handlers.drafts import Draft
from handlers.leaving import LEAVING, leaving
from handlers.step_texts import step_question
from knowledge.folding import toned
from knowledge.forms import Field
from knowledge.steps import asked, numbers_beside

_SAVE = frozenset({"luu", "luu lai", "de sau", "lam sau", "luu va thoat", "save"})
_BACK = frozenset({"quay lai", "tro lai", "truoc", "cau truoc", "back"})
_REVIEW = frozenset({"xem lai", "tom tat", "xem bai", "review"})
_SKIP = frozenset({"bo qua", "skip"})
_ON_WORDS = frozenset({"tiep", "tiep tuc", "lam tiep", "continue", "go on"})
_CANCEL = frozenset({"huy", "huy bo", "thoi", "dung", "dung lai", "thoat", "cancel", "stop"})
# Of these some are names of people as well: "Huy", "Dũng", "Thời".
_NAMES, _NO_NAMES = frozenset({"huy", "dung", "thoi"}), frozenset({"hủy", "dừng", "thôi"})
_SEND = frozenset({"gui", "gui di", "gui bai", "nop", "nop bai", "send"})
_EDIT = re.compile(r"(?:sua|doi|edit)\s+(?:muc |cau |tieu chi |so |item |number )?(.{1,40})")
_FIGURES = re.compile(r"(?:so lieu|ghi so lieu|figures?|numbers?)(?: (?:cua )?(?:muc |cau |tieu chi |so )?(.{1,40}))?")
_NUMBER = re.compile(r"\d[\d.]*[a-z]?")


def screen(draft: Draft) -> list[Reply]:
    """What is shown where the person stands: a question, a summary, or what is asked before leaving."""
    if draft.at == LEAVING:
        return leaving(draft)
    if draft.at.startswith(summaries.PLACE) or draft.step() is None:
        return summaries.summary(draft)
    return row_steps.row_screen(draft) or step_question(draft)


def begin(draft: Draft) -> list[Reply]:
    """Go to the first thing that is not answered."""
    draft.single = False
    draft.go(draft.next_left() or summaries.PLACE, mending=False)
    return screen(draft)


def worded(draft: Draft, text: str) -> Sequence[Reply] | None:
    """A word that steers: save, back, review, skip, edit, cancel."""
    if text in _SAVE:
        return summaries.saved(draft)
    if text in _REVIEW:
        return to(draft, summaries.PLACE)
    if text in _ON_WORDS:
        return begin(draft)
    if text in _CANCEL:
        return None if _is_name(draft, text) else to(draft, LEAVING)
    if text in _BACK:
        return to(draft, _before(draft))
    if text in _SKIP:
        return skipped(draft)
    # In a list "sửa 1" is a row.
    done = row_steps.worded(draft, text)
    if done is not None:
        return done or on(draft)
    if figures := _FIGURES.fullmatch(text) if len(text) < 60 else None:
        return _figures(draft, figures[1] or draft.item)
    meant = _EDIT.fullmatch(text) if len(text) < 60 else None
    field = _numbered(draft, meant[1]) if meant else None
    if field:
        return to(draft, field.id, mending=True)
    if meant and _NUMBER.fullmatch(meant[1]):
        return [Reply(draft.turn.say("Không có mục {number} để sửa.", number=meant[1])), *screen(draft)]
    return summaries.send(draft) if text in _SEND else None


def _figures(draft: Draft, name: str) -> list[Reply] | None:
    """The first of the numbers beside the tick that is named, or at which the person stands; None without any name."""
    field = next((f for f in draft.form.fields if f.id == name), None) or _numbered(draft, folded(name))
    beside = numbers_beside(field) if field else ()
    if field is None or not beside:
        known = _NUMBER.fullmatch(name)
        return [Reply(draft.turn.say("Mục này không có số liệu kèm theo.")), *screen(draft)] if known else None
    return to(draft, beside[0][0], mending=draft.mending or draft.at.startswith(summaries.PLACE))


def _is_name(draft: Draft, text: str) -> bool:
    """Whether a word that would leave is how somebody is called, where that is asked."""
    found, typed = draft.asked(), draft.turn.text
    if found is None or found[0].kind != "name" or text not in _NAMES:
        return False
    return (typed[:1].isupper() or not typed.isascii()) and toned(typed) not in _NO_NAMES


def to(draft: Draft, at: str, *, mending: bool = False) -> list[Reply]:
    """Go to a place and show it."""
    draft.go(at, mending=mending)
    return screen(draft)


def _before(draft: Draft) -> str:
    """The step or, one by one, the field before this one; in a row the column before, then the list.

    Of numbers beside a tick the one before, then the tick.
    """
    if "/" in draft.at:
        return row_steps.before(draft)
    if "#" in draft.at:
        paths = _paths_beside(draft)
        return [draft.item, *paths][paths.index(draft.at)] if draft.at in paths else draft.item
    order = [f.id for step in draft.steps for f in step.fields] if draft.single else [s.id for s in draft.steps]
    place = order.index(draft.at) if draft.at in order else len(order)
    return order[max(place - 1, 0)] if order else summaries.PLACE


def _paths_beside(draft: Draft) -> list[str]:
    """Paths of the numbers beside the tick at which the person is."""
    step = draft.step()
    fields = [field for field in step.fields if field.id == draft.item] if step else []
    return [path for field in fields for path, _ in numbers_beside(field)]


def _numbered(draft: Draft, name: str) -> Field | None:
    """The field that people mean by a number or the beginning of its words."""
    fields = asked(draft.form, draft.owner, draft.answers)
    exact = [field for field in fields if folded(field.number) == name]
    if not exact and name.isdecimal() and not any(field.number for field in fields):
        exact = fields[int(name) - 1 : int(name)] if int(name) else []
    begun = exact or [
        f for f in fields if name and folded((f.number + " " + (f.short or f.prompt))[:60]).startswith(name)
    ]
    return begun[0] if len(begun) == 1 else None


def skipped(draft: Draft) -> list[Reply]:
    """Pass over what is asked, where that is allowed."""
    found = draft.asked()
    if found is None:
        return on(draft)
    field, path = found
    if field.required:
        text = draft.turn.say("Câu này cần có câu trả lời. Chưa có thì gõ <b>lưu</b> để làm sau.")
        return [Reply(text), *screen(draft)]
    if "#" not in path and not (field.kind == "files" and draft.answers.get(path)):
        draft.put(path, None, "")
    return on(draft)


def on(draft: Draft) -> list[Reply]:
    """What comes after an answer: the rest of a row, the summary if one came from there, or what is left."""
    _resolve(draft)
    step = draft.step()
    if step and step.kind == "rows" and "/" in draft.at:
        return row_steps.after_column(draft, step.field)
    if "#" in draft.at:
        rest = _paths_beside(draft)
        rest = [*rest[rest.index(draft.at) + 1 :], *([] if draft.item in draft.answers else [draft.item])]
        if rest:
            return to(draft, rest[0], mending=draft.mending)
    if draft.mending and not draft.remarks:
        return to(draft, summaries.PLACE)
    draft.go(draft.next_left(step.id if step else "") or summaries.PLACE, mending=False)
    return screen(draft)


def _resolve(draft: Draft) -> None:
    """A remark is answered when its item was."""
    first = draft.item
    step = draft.step()
    if step is None or (step.kind == "rows" and "/" in draft.at):
        return
    for path, remark in list(draft.remarks.items()):
        if path and path.split("/")[0] == first:
            draft.turn.records.registry.submissions.resolve(remark.id)
    draft.remarks = {path: remark for path, remark in draft.remarks.items() if path.split("/")[0] != first or not path}
