"""A list of rows in a form: add one, mend one, take one out, and be done with it."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.drafts import Draft
from handlers.step_texts import ADD, DROP_ROW, EDIT_ROW, GO, ROWS_DONE, cut, press, row_line, step_question
from knowledge.field_values import shown
from knowledge.forms import Field
from knowledge.steps import row_ids, row_paths

# More rows than this are a file, not a chat.
MOST_ROWS = 200
# The second press that really takes a row out.
_SURE = "!"
_WORDS = re.compile(r"(sua|xoa|bo|edit|delete|remove)\s+(?:dong |hang |row )?(\d{1,3})")
_ADD = frozenset({"them", "them dong", "them mot dong", "them nua", "add"})
_DONE = frozenset({"xong", "xong phan nay", "het", "het roi", "du roi", "khong co", "khong", "done", "none", "no"})


def row_screen(draft: Draft) -> list[Reply] | None:
    """The columns of one row with a button each, where the person chose to mend it; None elsewhere."""
    step = draft.step()
    name, _, row = draft.at.partition("/")
    if step is None or step.kind != "rows" or not row or "/" in row:
        return None
    say = draft.turn.say
    if row.endswith(_SURE):
        return _ask_dropping(draft, step.field, row.removesuffix(_SURE))
    choices = []
    for column, path in row_paths(step.field, row, draft.answers):
        told = draft.answers.get(path)
        label = f"{column.short or column.prompt}: {shown(column, told) if told is not None else '…'}"
        choices.append(Choice(cut(label), press(draft, GO, path)))
    choices.append(Choice(str(say("Về danh sách")), press(draft, GO, name)))
    text = say("Dòng {row}\nChọn phần cần sửa.", row=row_line(draft, step.field, row))
    return [Reply(text, tuple(choices))]


def _ask_dropping(draft: Draft, field: Field, row: str) -> list[Reply]:
    say = draft.turn.say
    text = say("Xóa dòng {row}? Xóa rồi phải gõ lại.", row=row_line(draft, field, row))
    yes = Choice(str(say("Xóa dòng này")), press(draft, DROP_ROW, f"{field.id}/{row}{_SURE}"))
    return [Reply(text, (yes, Choice(str(say("Giữ lại")), press(draft, GO, field.id))))]


def after_column(draft: Draft, field: Field) -> list[Reply]:
    """The next column of the row; at its end the list."""
    row = draft.at.split("/")[1]
    following = draft.next_column(field, row, draft.at)
    draft.go(following or field.id)
    return step_question(draft)


def before(draft: Draft) -> str:
    """The column before the one that is asked; the list before the first."""
    step = draft.step()
    name, _, rest = draft.at.partition("/")
    row = rest.split("/")[0]
    paths = [path for _, path in row_paths(step.field, row, draft.answers)] if step else []
    place = paths.index(draft.at) if draft.at in paths else 0
    return paths[place - 1] if place else name


def worded(draft: Draft, text: str) -> Sequence[Reply] | None:
    """ "thêm", "sửa 2", "xóa 2", "xong" where a list is shown; empty: the list is done."""
    step = draft.step()
    if step is None or step.kind != "rows" or "/" in draft.at:
        return None
    field = step.field
    ids = row_ids(field, draft.answers)
    if text in _ADD:
        return _added(draft, field)
    if text in _DONE:
        return _done(draft, field)
    meant = _WORDS.fullmatch(text)
    if meant is None or not 0 < int(meant[2]) <= len(ids):
        return None
    row = ids[int(meant[2]) - 1]
    draft.go(f"{field.id}/{row}" + ("" if meant[1] in ("sua", "edit") else _SURE))
    return row_screen(draft)


def pressed(draft: Draft, verb: str, arg: str) -> Sequence[Reply] | None:
    """A button of a list; None where it is none of these or another list is open; empty: the list is done."""
    step = draft.step()
    if verb not in (ADD, DROP_ROW, EDIT_ROW, ROWS_DONE):
        return None
    name, _, row = arg.partition("/")
    if step is None or step.kind != "rows" or step.field.id != name:
        return None
    field = step.field
    if verb == ADD:
        return _added(draft, field)
    if verb == ROWS_DONE:
        return _done(draft, field)
    if row.removesuffix(_SURE) not in row_ids(field, draft.answers):
        draft.go(field.id)
        return step_question(draft)
    if verb == DROP_ROW and row.endswith(_SURE):
        draft.drop(f"{field.id}/{row.removesuffix(_SURE)}")
        draft.go(field.id)
        return step_question(draft)
    draft.go(f"{name}/{row}" + (_SURE if verb == DROP_ROW else ""))
    return row_screen(draft)


def _added(draft: Draft, field: Field) -> Sequence[Reply]:
    ids = row_ids(field, draft.answers)
    if len(ids) >= (field.most or MOST_ROWS):
        text = draft.turn.say("Đã đủ {count} dòng, không thêm được nữa.", count=len(ids))
        return [Reply(text), *step_question(draft)]
    unfinished = next((path for row in ids if (path := draft.next_column(field, row, ""))), "")
    if unfinished:
        draft.go(unfinished)
        return step_question(draft)
    new = f"r{max((int(id[1:]) for id in ids if id[1:].isdecimal()), default=0) + 1}"
    draft.go(f"{field.id}/{new}/{field.columns[0].id}")
    return step_question(draft)


def _done(draft: Draft, field: Field) -> Sequence[Reply]:
    ids = row_ids(field, draft.answers)
    open_path = next((path for row in ids if (path := draft.next_column(field, row, ""))), "")
    if open_path:
        draft.go(open_path)
        text = draft.turn.say("Còn một dòng chưa ghi xong.")
        return [Reply(text), *step_question(draft)]
    if field.required and not ids:
        return [Reply(draft.turn.say("Cần ít nhất một dòng.")), *step_question(draft)]
    draft.put(field.id, len(ids), "")
    return ()


def rows_shown(draft: Draft, field: Field) -> list[Markup]:
    """Every row in full, for the summary."""
    lines = []
    for place, row in enumerate(row_ids(field, draft.answers), 1):
        told = [
            Markup("{}: {}").format(column.short or column.prompt, shown(column, draft.answers[path]))
            for column, path in row_paths(field, row, draft.answers)
            if draft.answers.get(path) is not None
        ]
        lines.append(Markup("{}. ").format(place) + Markup("; ").join(told))
    return lines
