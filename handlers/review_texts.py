"""A submission as staff read it: whose it is, what has changed since it was sent before, its answers, one item."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from handlers.colleagues import name_of
from handlers.drafts import Draft
from handlers.finding_texts import finding_lines
from handlers.paging import packed
from handlers.quoting import excerpt
from handlers.round_texts import form_name, when
from handlers.step_texts import cut, tick_name
from handlers.summaries import answer_lines, label
from handlers.turn import Turn
from handlers.wording import capital, paper
from knowledge.differences import Difference, differences
from knowledge.field_values import shown
from knowledge.folding import folded_words
from knowledge.forms import TICKS, Field
from knowledge.steps import numbers_beside
from storage.registry import State

ROOM = 820
QUOTE_ROOM = 420
ANSWER_ROOM = 500
MOST_CHANGES = 12


def head_lines(draft: Draft) -> list[Markup]:
    """Form, period, unit, code, state; who sent it and when."""
    turn, submission = draft.turn, draft.submission
    say = turn.say
    registry = turn.records.registry
    round = registry.rounds.get(submission.round)
    lines = [
        say("<b>{form}</b>, {period}", form=form_name(draft.form), period=round.period if round else ""),
        say(
            "{unit} · {code} · {state}",
            unit=draft.unit.name,
            code=submission.code,
            state=state_name(turn, submission.state),
        ),
    ]
    sent = registry.submissions.snapshots(submission.id)
    if sent:
        name = name_of(turn, sent[-1].by) or submission.by_name
        at = when(sent[-1].at)
        text = say("{name} gửi lúc {at}", name=name, at=at) if name else say("Gửi lúc {at}", at=at)
        lines.append(text + (say(", lần {number}", number=len(sent)) if len(sent) > 1 else Markup("")) + ".")
    if submission.given_by:
        lines.append(say("Nhập từ bài giấy của {name}.", name=submission.given_by))
    return lines


def state_name(turn: Turn, state: State) -> Markup:
    """Where a submission stands, in a few words."""
    say = turn.say
    names = {
        "draft": say("đang làm"),
        "submitted": say("chờ xem"),
        "returned": say("đã trả lại, chờ sửa"),
        "accepted": say("đã nhận"),
        "withdrawn": say("đã rút lại"),
    }
    return names[state]


def pages(draft: Draft) -> list[list[Markup]]:
    """What stands below the head: what has changed, what is odd, then the answers, so much that a page stays short."""
    return packed([*_changes(draft), *_unresolved(draft), *finding_lines(draft), *answer_lines(draft)], ROOM)


def _changes(draft: Draft) -> Iterator[Markup]:
    """What is not as it was sent the time before, with why it was returned."""
    registry, say = draft.turn.records.registry, draft.turn.say
    sent = registry.submissions.snapshots(draft.submission.id)
    if len(sent) < 2:
        return
    found = differences(draft.form, sent[-2].answers, sent[-1].answers)
    reasons = {r.path: r.reason for r in registry.submissions.remarks(draft.submission.id, open=False)}
    yield say("<b>Đã sửa so với lần trước</b>") if found else say("<b>Không có gì khác lần gửi trước.</b>")
    for one in found[:MOST_CHANGES]:
        line = difference_line(draft, one)
        reason = reasons.get(one.field.id)
        yield line + say(" (góp ý: {reason})", reason=cut(reason, 80)) if reason else line
    if len(found) > MOST_CHANGES:
        yield say("và {count} chỗ nữa", count=len(found) - MOST_CHANGES)


def difference_line(draft: Draft, one: Difference) -> Markup:
    """ "3.5: Có → Không"; of a list with the row."""
    say = draft.turn.say
    name = label(draft, one.field)
    if one.row:
        name += str(say(", dòng {row}", row=one.row))
    if one.row and one.column is None:
        what = say("thêm") if one.before is None else say("bỏ")
        row = cut(str(one.after if one.before is None else one.before), 80)
        return say("{name}: {what} <b>{row}</b>", name=name, what=what, row=row)
    if one.column:
        name += f", {one.column.short or one.column.prompt}"
    if one.beside:
        name += f", {_counted(one.beside)}"
    field = one.beside or one.column or one.field
    return say(
        "{name}: {before} → <b>{after}</b>",
        name=name,
        before=_value(draft, field, one.before),
        after=_value(draft, field, one.after),
    )


def _counted(shape: Field) -> str:
    """What a number beside a tick counts."""
    unit = shape.target.unit if shape.target else ""
    return shape.share.part if shape.share else (shape.short if shape.kind == "integer" else unit)


def _value(draft: Draft, field: Field, value: object) -> str:
    if value is None:
        return str(draft.turn.say("trống"))
    return tick_name(draft, field, str(value)) if field.kind in TICKS else cut(shown(field, value), 120)


def _unresolved(draft: Draft) -> Iterator[Markup]:
    """Remarks on which nothing was done before it was sent again."""
    if draft.submission.state not in ("submitted", "returned"):
        return
    for remark in draft.turn.records.registry.submissions.remarks(draft.submission.id):
        yield draft.turn.say(
            "Góp ý chưa sửa, {name}: {reason}", name=path_name(draft, remark.path), reason=cut(remark.reason, 120)
        )


def path_name(draft: Draft, path: str) -> str:
    """How the item at a path is named; an empty path is the whole submission."""
    field = draft.form.field(path.split("/")[0])
    return label(draft, field) if field else str(draft.turn.say("cả bài"))


def item(draft: Draft, field: Field) -> Markup:
    """One item in full: what is asked, what was answered, by whom, and the clause that asks for it."""
    say = draft.turn.say
    number = f"{field.number}. " if field.number else ""
    lines = [Markup("<b>{}{}</b>").format(number, cut(field.prompt, 400)), *_answer_lines(draft, field)]
    given = draft.turn.records.registry.submissions.answers(draft.submission.id).get(field.id)
    if given and given.by_name:
        lines.append(say("<i>{name} ghi lúc {at}</i>", name=given.by_name, at=when(given.at)))
    return Markup("\n").join([*lines, *_clause(draft, field)])


def _answer_lines(draft: Draft, field: Field) -> Sequence[Markup]:
    say = draft.turn.say
    if field.kind == "rows":
        # Rows are read on the pages of the submission.
        return [say("Có {count} dòng.", count=draft.answers.get(field.id) or 0)]
    told = draft.answers.get(field.id)
    if told is None:
        return [say("Trả lời: <b>{answer}</b>", answer=say("bỏ trống"))]
    lines = [say("Trả lời: <b>{answer}</b>", answer=cut(_value(draft, field, told), ANSWER_ROOM))]
    for path, shape in numbers_beside(field):
        if draft.answers.get(path) is not None:
            lines.append(
                say("{what}: {numbers}", what=capital(_counted(shape)), numbers=shown(shape, draft.answers[path]))
            )
    return lines


def _clause(draft: Draft, field: Field) -> Iterator[Markup]:
    """Where the item comes from, and the words of the document where the question does not already say them."""
    library, say = draft.turn.knowledge.library, draft.turn.say
    entry = library.entries.get(field.entry)
    document = library.document_of(entry) if entry else library.documents.get(draft.form.document)
    section = field.section or (entry.section if entry else "")
    if document and section:
        yield say("Theo {paper}, {section}.", paper=paper(say, document), section=section)
    elif section:
        yield say("Theo {section}.", section=section)
    else:
        yield say("Văn bản không có điều riêng cho mục này.")
    if entry and folded_words(entry.quote) != folded_words(field.prompt):
        yield Markup("<blockquote>{}</blockquote>").format(excerpt(entry.quote, None, QUOTE_ROOM)[0])
