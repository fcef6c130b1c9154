"""What a form says so far, what is still missing or odd, sending it, and the receipt."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import menu_choice
from handlers.drafts import Draft
from handlers.finding_texts import finding_lines
from handlers.leaving import KEEP, STAY, closed_round, kept_back
from handlers.permissions import may, refused
from handlers.row_steps import rows_shown
from handlers.step_texts import cut, press, tick_name, tick_values
from handlers.turn import reply
from handlers.wording import day
from knowledge.field_values import shown
from knowledge.forms import TICKS, Field
from knowledge.steps import ABOUT_UNIT, asked, missing, numbers_beside, row_ids

# Where the person stands while looking at the summary: this and the number of the page.
PLACE = "="
SEND, PAGE = "gui", "trang"
PAGE_ROOM = 800
_MOST_MISSING = 8
# Names, and characters of what one has written, in one message.
_MOST_NAMES, MOST_WRITTEN = 4, 200


def summary(draft: Draft) -> list[Reply]:
    """One page of the answers, with what is missing and what does not fit together before them."""
    say = draft.turn.say
    pages = _pages(draft)
    number = min(int(draft.at[1:]), len(pages)) if draft.at[1:].isdecimal() else 1
    saved, total = draft.progress
    head = say(
        "<b>{form}</b>, {unit}. Đã lưu {saved}/{total}.",
        form=draft.form.title,
        unit=draft.unit.name,
        saved=saved,
        total=total,
    )
    if len(pages) > 1:
        head += say(" Trang {number}/{count}.", number=number, count=len(pages))
    hint = say("Sửa thì gõ <b>sửa</b> và số mục.")
    if counted := next((field.number for field in draft.form.fields if field.more and field.number), ""):
        hint += " " + say("Có số liệu thì gõ <b>số liệu {number}</b>.", number=counted)
    text = Markup("\n").join([head, *pages[number - 1], Markup(""), hint])
    return [Reply(text, tuple(_choices(draft, number, len(pages))))]


def _choices(draft: Draft, number: int, pages: int) -> list[Choice]:
    say = draft.turn.say
    lacking = missing(draft.form, draft.owner, draft.answers)
    found = []
    if number < pages:
        found.append(Choice(str(say("Trang sau")), press(draft, PAGE, str(number + 1))))
    if number > 1:
        found.append(Choice(str(say("Trang trước")), press(draft, PAGE, str(number - 1))))
    if lacking:
        found.append(Choice(str(say("Điền phần còn thiếu")), press(draft, STAY)))
    elif may(draft.turn, "send", draft.unit.code) or may(draft.turn, "fill_in_for", draft.unit.code):
        found.append(Choice(str(say("Gửi cho phường")), press(draft, SEND)))
    return [*found, Choice(str(say("Lưu lại, làm sau")), press(draft, KEEP))]


def _notes(draft: Draft) -> Iterator[Markup]:
    """What stands in the way of sending, then what the person may want to look at again."""
    say = draft.turn.say
    lacking = missing(draft.form, draft.owner, draft.answers)
    if lacking:
        names = ", ".join(label(draft, field) for field in lacking[:_MOST_MISSING])
        more = f", … ({len(lacking)})" if len(lacking) > _MOST_MISSING else ""
        yield say("Còn thiếu: <b>{names}</b>.", names=names + more)
    for remark in list(draft.remarks.values())[:5]:
        field = draft.form.field(remark.path.split("/")[0])
        name = label(draft, field) if field else draft.form.short
        yield say("Phường góp ý mục <b>{name}</b>: {reason}", name=name, reason=remark.reason)
    yield from finding_lines(draft)


def _pages(draft: Draft) -> list[list[Markup]]:
    """What stands out, then the lines of the summary, so many that a page stays short."""
    pages: list[list[Markup]] = [[]]
    room = PAGE_ROOM
    for line in (*_notes(draft), *answer_lines(draft)):
        if len(line) > room and pages[-1]:
            pages.append([])
            room = PAGE_ROOM
        pages[-1].append(line)
        room -= len(line)
    return pages


def answer_lines(draft: Draft) -> Iterator[Markup]:
    """Every answer, ticks of a group together."""
    fields = asked(draft.form, draft.owner, draft.answers)
    ticks: list[Field] = []
    for field in fields:
        if field.kind in TICKS and not field.id.startswith(ABOUT_UNIT):
            if ticks and ticks[-1].group != field.group:
                yield from _tick_lines(draft, ticks)
                ticks = []
            ticks.append(field)
            continue
        yield from _tick_lines(draft, ticks)
        ticks = []
        if field.id in draft.answers:
            yield from _field_lines(draft, field)
    yield from _tick_lines(draft, ticks)


def _field_lines(draft: Draft, field: Field) -> Iterator[Markup]:
    if field.kind == "rows" and not row_ids(field, draft.answers):
        return
    if field.kind == "rows":
        yield Markup("<b>{}</b>").format(label(draft, field))
        yield from (cut_line(line) for line in rows_shown(draft, field))
        return
    told = draft.answers[field.id]
    answer = shown(field, told) if told is not None else draft.turn.say("bỏ qua")
    name = field.prompt if field.id.startswith(ABOUT_UNIT) else label(draft, field)
    yield Markup("{}: <b>{}</b>").format(name, cut(str(answer), 300))


def cut_line(line: Markup) -> Markup:
    """A line of a row shortened where it is very long; it holds no tags."""
    return line if len(line) <= PAGE_ROOM // 2 else Markup.escape(cut(line.unescape(), PAGE_ROOM // 2))


def _tick_lines(draft: Draft, fields: Sequence[Field]) -> Iterator[Markup]:
    """The ticks of a group: a line for each kind of tick, with the numbers that have it."""
    if not any(field.id in draft.answers for field in fields):
        return
    group = next((g for g in draft.form.groups if g.id == fields[0].group), None)
    if group:
        yield Markup("<b>{}</b>").format(cut(group.title, 70))
    for tick in ("yes", "no", "na"):
        having = [field for field in fields if draft.answers.get(field.id) == tick]
        if having:
            names = ", ".join(_with_numbers(draft, field) for field in having)
            word = tick_name(draft, having[0], tick) if tick in tick_values(having[0]) else tick
            yield Markup("{}: {}").format(word, names)


def _with_numbers(draft: Draft, field: Field) -> str:
    told = [(shape, draft.answers.get(path)) for path, shape in numbers_beside(field)]
    numbers = [
        f"{value.get('part')}/{value.get('whole')}" if isinstance(value, dict) else shown(shape, value)
        for shape, value in told
        if value is not None
    ]
    name = field.number or label(draft, field)
    return f"{name} ({'; '.join(numbers)})" if numbers else name


def label(draft: Draft, field: Field) -> str:
    """How a field is named: its number, or its place and words."""
    text = cut(field.short or field.prompt, 70)
    if field.number:
        return f"{field.number} {text}" if field.kind not in TICKS else field.number
    fields = asked(draft.form, draft.owner, draft.answers)
    return f"{fields.index(field) + 1}. {text}" if field in fields else text


def others_lines(draft: Draft) -> list[Reply]:
    """Who else wrote in it, and what; nothing where nobody did."""
    turn, wrote = draft.turn, dict[str, list[str]]()
    written = turn.records.registry.submissions.answers(draft.submission.id)
    for field in asked(draft.form, draft.owner, draft.answers):
        own = [answer for path, answer in written.items() if path.split("/")[0].split("#")[0] == field.id]
        for name in sorted({answer.by_name for answer in own if answer.by_name and answer.by != turn.person.id}):
            wrote.setdefault(name, []).append(field.number or label(draft, field))
    told = [
        turn.say("{name} đã ghi: {items}.", name=name, items=cut("; ".join(items), MOST_WRITTEN))
        for name, items in wrote.items()
    ]
    return [Reply(Markup("\n").join(told[:_MOST_NAMES]))] if told else []


def pressed(draft: Draft, verb: str, arg: str) -> list[Reply] | None:
    """Sending, saving, or turning a page."""
    if verb == SEND:
        return send(draft)
    if verb == KEEP:
        return saved(draft)
    if verb == PAGE and arg.isdecimal():
        draft.go(f"{PLACE}{arg}")
        return summary(draft)
    return None


def saved(draft: Draft) -> list[Reply]:
    """Leave the form as it is; nothing is lost."""
    turn = draft.turn
    turn.enter("")
    done, total = draft.progress
    text = turn.say(
        "Đã lưu {done}/{total} mục của <b>{form}</b>. Lúc nào muốn làm tiếp, anh/chị gõ <b>biểu mẫu</b>.",
        done=done,
        total=total,
        form=draft.form.short or draft.form.title,
    )
    again = Choice(str(turn.say("Làm tiếp")), press(draft, STAY))
    return reply(text, again, menu_choice(turn))


def send(draft: Draft) -> list[Reply]:
    """Hand it in from the summary, if nothing is missing and nobody was faster; elsewhere show the summary."""
    turn = draft.turn
    if not draft.at.startswith(PLACE):
        draft.go(PLACE)
        return summary(draft)
    for action in ("send", "fill_in_for"):
        if may(turn, action, draft.unit.code):
            break
    else:
        return refused(turn, "send")
    if missing(draft.form, draft.owner, draft.answers):
        draft.go(PLACE)
        return summary(draft)
    if round := closed_round(draft):
        return kept_back(draft, round)
    moved = turn.records.registry.submissions.move(draft.submission, "submitted", turn.person.id)
    turn.enter("")
    turn.remember(filling=None)
    if moved is None:
        return reply(
            turn.say("Bài này vừa được người khác gửi hoặc sửa. Gõ <b>biểu mẫu</b> để xem."), menu_choice(turn)
        )
    text = turn.say(
        "Đã gửi <b>{form}</b> của {unit}, ngày {day}. Mã bài: <b>{code}</b>. "
        "Phường xem xong sẽ nhắn lại tại đây. Cần rút lại thì gõ <b>biểu mẫu</b>.",
        form=draft.form.title,
        unit=draft.unit.name,
        day=day(turn.today),
        code=draft.submission.code,
    )
    return reply(text, menu_choice(turn))
