"""How a step of a form is asked: the words, the numbers before them, and the buttons below."""

from collections.abc import Sequence
from math import ceil

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.drafts import FLOW_NAME, Draft
from handlers.turn import value
from knowledge.field_values import shown
from knowledge.forms import TICKS, Field
from knowledge.steps import ABOUT_UNIT, Step, numbers_beside, row_ids, row_paths

# Verbs of the buttons of a form.
ANSWER, GO, ALL_YES, ONE_BY_ONE, SKIP, ENOUGH, MORE = "d", "den", "het", "tung", "bo", "du", "khac"
ADD, DROP_ROW, EDIT_ROW, ROWS_DONE = "them", "xoa", "sua", "xong"
# Suggestions that are offered at once; so few more than that are not worth a page of their own.
MOST_SUGGESTIONS, FEW = 8, 2
MOST_LABEL = 58
# Rows that are shown with their own buttons.
MOST_ROWS = 12


def step_question(draft: Draft, page: int = 0) -> list[Reply]:
    """What is asked where the person stands; the list of ticks, of rows, or one field with a page of what it offers."""
    step = draft.step()
    found = draft.asked()
    if step is None:
        return []
    if found:
        return [_one(draft, *found, page)]
    return [_ticks(draft, step) if step.kind == "ticks" else _rows(draft, step.field)]


def press(draft: Draft, verb: str, arg: str = "") -> str:
    """The value of a button of this submission."""
    return value(FLOW_NAME, verb, arg, draft.submission.code.split("-")[-1])


def _ticks(draft: Draft, step: Step) -> Reply:
    say = draft.turn.say
    lines = [_heading(draft, step.field), Markup("")]
    lines += [_tick_line(draft, place, field) for place, field in enumerate(step.fields, 1)]
    hint = say("Gõ <b>có hết</b>, <b>có hết trừ {one}</b>, hoặc <b>1 có 2 không</b>.", one=_number(step.fields[-1]))
    if all(field.bad == "yes" for field in step.fields):
        hint = say(
            "Không việc nào xảy ra thì gõ <b>không hết</b>. Có việc xảy ra thì gõ số, ví dụ <b>2 có, còn lại không</b>."
        )
    every = "no" if step.field.bad == "yes" else "yes"
    label = say("Không hết") if every == "no" else say("Có hết")
    choices = [
        Choice(str(label), press(draft, ALL_YES, step.id)),
        Choice(str(say("Trả lời từng mục")), press(draft, ONE_BY_ONE, step.id)),
    ]
    return Reply(Markup("\n").join([*lines, Markup(""), hint]), tuple(choices))


def _tick_line(draft: Draft, place: int, field: Field) -> Markup:
    number = field.number or f"{place}."
    told = draft.answers.get(field.id)
    mark = Markup(" <b>{}</b>").format(tick_name(draft, field, str(told))) if told else Markup("")
    return Markup("<b>{}</b> {}{}").format(number, field.short or field.prompt, mark)


def _one(draft: Draft, field: Field, path: str, page: int) -> Reply:
    say = draft.turn.say
    parts = [_heading(draft, field, path), _prompt(draft, field), *_remark(draft)]
    if field.help:
        parts.append(Markup("<i>{}</i>").format(field.help))
    if field.share and field.kind in TICKS:
        hint = say(
            "Có số liệu thì gõ kèm: <b>có 45/50</b> ({part} trên {whole}).",
            part=field.share.part,
            whole=field.share.whole,
        )
        parts.append(Markup("<i>{}</i>").format(hint))
    elif field.kind == "share" and field.share:
        parts.append(
            say("Gõ hai số, ví dụ <b>45/60</b>: {part}, trên {whole}.", part=field.share.part, whole=field.share.whole)
        )
    elif "#" in path and field.target:
        parts.append(say("Gõ một số, đơn vị tính: {unit}.", unit=field.target.unit))
    told = draft.answers.get(path)
    if told is not None:
        answer = tick_name(draft, field, str(told)) if field.kind in TICKS else shown(field, told)
        parts.append(say("Đang ghi: <b>{answer}</b>.", answer=answer))
    return Reply(Markup("\n").join(parts), tuple(choices(draft, field, path, page)), replaces=page > 0)


def _remark(draft: Draft) -> list[Markup]:
    """Why the ward sent the item back, as long as nothing was done about it."""
    remark = draft.remarks.get(draft.item)
    return [draft.turn.say("Phường góp ý: <b>{reason}</b>", reason=cut(remark.reason, 300))] if remark else []


def _prompt(draft: Draft, field: Field) -> Markup:
    say = draft.turn.say
    if field.id.startswith(ABOUT_UNIT):
        return say("Trước hết, về {unit}: <b>{question}</b>", unit=draft.unit.name, question=field.prompt)
    number = f"{field.number}. " if field.number else ""
    if field.quotes and field.short and field.short != field.prompt:
        return Markup("<b>{}{}</b>\n<blockquote>{}</blockquote>").format(number, field.short, field.prompt)
    return Markup("<b>{}{}</b>").format(number, field.prompt)


def choices(draft: Draft, field: Field, path: str, page: int = 0) -> list[Choice]:
    """The buttons below a field: a page of what it offers, and the way past it."""
    say = draft.turn.say
    labels = _labels(draft, field, path)
    found = [Choice(label, press(draft, ANSWER, f"{path}={index}")) for index, label in enumerate(labels)]
    if field.kind != "one_of" and len(found) > MOST_SUGGESTIONS + FEW:
        pages = ceil(len(found) / MOST_SUGGESTIONS)
        start = (page % pages) * MOST_SUGGESTIONS
        following = press(draft, MORE, f"{path}={(page + 1) % pages or pages}")
        found = [*found[start : start + MOST_SUGGESTIONS], Choice(str(say("Gợi ý khác")), following)]
    if field.kind == "files" and draft.answers.get(path):
        return [Choice(str(say("Xong")), press(draft, ENOUGH, path))]
    if field.more and "#" not in path and "/" not in path:
        found.append(Choice(str(say("Ghi số liệu")), press(draft, GO, numbers_beside(field)[0][0])))
    if not field.required:
        found.append(Choice(str(say("Bỏ qua")), press(draft, SKIP, path)))
    return found


def _labels(draft: Draft, field: Field, path: str) -> list[str]:
    if field.kind in TICKS:
        return [tick_name(draft, field, tick) for tick in tick_values(field)]
    return [cut(label) for label in offered(draft, field, path)]


def tick_values(field: Field) -> list[str]:
    """What a tick may be, in the order of its buttons."""
    return ["yes", "no", "na"] if field.kind == "yes_no_na" else ["yes", "no"]


def offered(draft: Draft, field: Field, path: str) -> list[str]:
    """Answers that are offered as buttons, whole: options of the field, or texts that the document suggests."""
    if field.kind == "one_of":
        return [option.label for option in field.options]
    texts = [*field.suggestions, *_by_choice(draft, field, path)]
    source = draft.turn.knowledge.library.entries.get(field.suggest_from)
    if source:
        children = draft.turn.knowledge.library.children(source)
        texts += list(source.items) or [child.title for child in children]
    return texts


def _by_choice(draft: Draft, field: Field, path: str) -> Sequence[str]:
    """Texts that belong to what was chosen in another field, or in another column of the same row."""
    if not field.suggest_by:
        return ()
    rows, _, rest = path.partition("/")
    beside = f"{rows}/{rest.split('/')[0]}/{field.suggest_by}" if rest else field.suggest_by
    holder = draft.form.field(rows) if rest else None
    others = holder.columns if holder else draft.form.fields
    options = next((other.options for other in others if other.id == field.suggest_by), ())
    return next((option.suggestions for option in options if option.value == draft.answers.get(beside)), ())


def tick_name(draft: Draft, field: Field, tick: str) -> str:
    """The word for a tick; for what must not happen it says what the tick means."""
    say = draft.turn.say
    if field.bad == "yes" and field.quotes:
        names = {"yes": say("Có xảy ra"), "no": say("Không xảy ra"), "na": say("Không áp dụng")}
    else:
        names = {"yes": say("Có"), "no": say("Không"), "na": say("Không áp dụng")}
    return str(names.get(tick, tick))


def _rows(draft: Draft, field: Field) -> Reply:
    say = draft.turn.say
    ids = row_ids(field, draft.answers)
    parts = [_heading(draft, field), Markup("<b>{}</b>").format(field.prompt), *_remark(draft)]
    if field.help:
        parts.append(Markup("<i>{}</i>").format(field.help))
    parts += [Markup("{}. {}").format(place, row_line(draft, field, row)) for place, row in enumerate(ids, 1)]
    if not ids:
        parts.append(say("Chưa có dòng nào."))
    choices = [Choice(str(say("Thêm một dòng")), press(draft, ADD, field.id))] if _has_room(field, ids) else []
    for place, row in enumerate(ids[:MOST_ROWS], 1):
        choices.append(Choice(str(say("Sửa dòng {place}", place=place)), press(draft, EDIT_ROW, f"{field.id}/{row}")))
        choices.append(Choice(str(say("Xóa dòng {place}", place=place)), press(draft, DROP_ROW, f"{field.id}/{row}")))
    if ids or not field.required:
        label = say("Xong phần này") if ids else say("Không có, bỏ qua")
        choices.append(Choice(str(label), press(draft, ROWS_DONE, field.id)))
    return Reply(Markup("\n").join(parts), tuple(choices))


def _has_room(field: Field, ids: Sequence[str]) -> bool:
    return not field.most or len(ids) < field.most


def row_line(draft: Draft, field: Field, row: str) -> Markup:
    """One row in a line: its name, then what else is short."""
    given = [
        (column, path) for column, path in row_paths(field, row, draft.answers) if draft.answers.get(path) is not None
    ]
    given.sort(key=lambda one: one[0] is not field.naming)
    told = [shown(column, draft.answers[path]) for column, path in given]
    first, rest = (told[0] if told else "…"), "; ".join(cut(text, 40) for text in told[1:4])
    return Markup("<b>{}</b>{}").format(cut(first, 80), f" ({rest})" if rest else "")


def _heading(draft: Draft, field: Field, path: str = "") -> Markup:
    """Where one is: the group or the row, and how much is saved."""
    say = draft.turn.say
    saved, total = draft.progress
    group = next((g for g in draft.form.groups if g.id == field.group), None)
    title = cut(group.title) if group else (draft.form.short or draft.form.title)
    rows, _, row = path.partition("/")
    if row:
        known = row_ids(draft.form.field(rows) or field, draft.answers)
        place = known.index(row.split("/")[0]) + 1 if row.split("/")[0] in known else len(known) + 1
        return say("<i>{title} · dòng {place}</i>", title=title, place=place)
    return say("<i>{title} · Đã lưu {saved}/{total}</i>", title=title, saved=saved, total=total)


def _number(field: Field) -> str:
    return field.number or field.id


def cut(text: str, most: int = MOST_LABEL) -> str:
    """A text shortened to fit a button or a line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rsplit(" ", 1)[0] + "…"
