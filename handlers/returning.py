"""Sending a submission back: which items, why each, and once more before it goes."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.item_names import WHOLE, Named, named, number_of
from handlers.paging import PAGE, page_number, pages_of
from handlers.review_texts import path_name
from handlers.reviews import BACK, PICK, SURE, WHY, Review, in_order
from handlers.step_texts import cut
from handlers.turn import reply
from handlers.wording import bare

LONGEST_REASON = 500
# Remarks, and their characters, in one message.
MOST_SHOWN, REMARKS_ROOM = 8, 760
TICK, PICK_PAGE, PICKED, ONE, SAME, AGAIN, ANEW, RETURN = "bat", "tr", "xong", "chung", "nhu", "lai", "lydo", "tra"


def begin(review: Review) -> list[Reply]:
    """Which items; those on which nothing was done since they were returned are picked already."""
    submission = review.draft.submission
    for remark in review.turn.records.registry.submissions.remarks(submission.id):
        review.reasons.setdefault(remark.path, remark.reason)
    review.paths = in_order(review, [*review.paths, *review.reasons])
    review.go(PICK)
    return pick(review)


def pick(review: Review, *, replaces: bool = False) -> list[Reply]:
    """The items, a page of buttons at a time; their numbers can be typed."""
    say, draft = review.turn.say, review.draft
    pages = pages_of(review.items)
    page = min(review.number, len(pages) - 1)
    example = " ".join(number_of(draft, field) for field in review.items[-2:])
    lines = [
        say(
            "Trả lại mục nào? Gõ số mục, ví dụ <b>{numbers}</b>, hoặc gõ luôn lý do: <b>{one} ghi thiếu ngày</b>.",
            numbers=example,
            one=example.split(" ")[0],
        ),
    ]
    if review.paths:
        lines.append(say("Đã chọn: <b>{names}</b>.", names=_names(review)))
    if len(pages) > 1:
        lines.append(say("Trang {page}/{pages}.", page=page + 1, pages=len(pages)))
    choices = [_tick(review, field.id, page * len(pages[0]) + place) for place, field in enumerate(pages[page])]
    nav = []
    if page > 0:
        nav.append(review.choice(say("Trang trước"), PICK_PAGE, page - 1))
    if page + 1 < len(pages):
        nav.append(review.choice(say("Trang sau"), PICK_PAGE, page + 1))
    whole = "✓ " if WHOLE in review.paths else ""
    nav.append(review.choice(whole + say("Cả bài"), TICK, "*"))
    if review.paths:
        nav.append(review.choice(say("Xong, ghi lý do ({count})", count=len(review.paths)), PICKED))
    return reply(Markup("\n").join(lines), *choices, *nav, replaces=replaces)


def _tick(review: Review, path: str, place: int) -> Choice:
    mark = "✓ " if path in review.paths else ""
    field = review.items[place]
    number = number_of(review.draft, field)
    return review.choice(cut(f"{mark}{number} {field.short or field.prompt}"), TICK, place)


def _names(review: Review) -> str:
    draft = review.draft
    names = {field.id: number_of(draft, field) for field in review.items}
    return ", ".join(names.get(path, str(review.turn.say("cả bài"))) for path in review.paths)


def picked(review: Review, text: str) -> list[Reply] | None:
    """Items typed by their numbers, with the reason where it is typed behind them; None where none is named."""
    found = named(review.draft, text)
    if found is None:
        return None
    says = _unclear(review, found)
    review.paths = in_order(review, [WHOLE] if WHOLE in found.paths else [*review.paths, *found.paths])
    if found.rest and found.paths:
        review.reasons.update(dict.fromkeys(found.paths, found.rest[:LONGEST_REASON]))
    if found.unclear or (found.rest and not found.paths):
        review.go(PICK, review.number)
        return [*says, *pick(review)]
    if found.rest:
        return _on(review)
    review.go(PICK, review.number)
    return pick(review)


def _unclear(review: Review, found: Named) -> list[Reply]:
    """What is said of numbers that do not name one item; the page with the items of the same number is shown."""
    say = review.turn.say
    says = []
    if found.missing:
        says.append(Reply(say("Biểu này không có mục <b>{numbers}</b>.", numbers=", ".join(found.missing))))
    if found.several:
        says.append(Reply(say("Có hơn một mục <b>{numbers}</b>. Bấm mục cần trả.", numbers=", ".join(found.several))))
        numbers = [number_of(review.draft, field).split(" (")[0] for field in review.items]
        review.number = numbers.index(found.several[0]) // PAGE if found.several[0] in numbers else 0
    return says


def pressed(review: Review, verb: str, arg: str) -> list[Reply] | None:
    """A button of these screens; None for another one."""
    if verb == TICK and review.at == PICK:
        return _ticked(review, arg)
    if verb == PICK_PAGE and review.at == PICK:
        review.go(PICK, page_number(arg, len(pages_of(review.items))))
        return pick(review, replaces=True)
    if verb == PICKED and review.paths:
        return _on(review)
    if verb == AGAIN:
        review.go(PICK)
        return pick(review)
    if verb == ANEW:
        review.reasons, review.one = {}, False
        return _on(review)
    if verb == ONE and review.at == WHY:
        review.one = True
        review.go(WHY)
        return why(review)
    if verb == SAME and review.at == WHY:
        return given(review, _last_reason(review))
    return None


def _ticked(review: Review, arg: str) -> list[Reply]:
    fields = review.items
    if arg != "*" and not (arg.isascii() and arg.isdigit() and int(arg) < len(fields)):
        return pick(review)
    path = WHOLE if arg == "*" else fields[int(arg)].id
    if path in review.paths:
        review.paths.remove(path)
        review.reasons.pop(path, None)
    else:
        review.paths = [WHOLE] if path == WHOLE else in_order(review, [*(p for p in review.paths if p), path])
    review.go(PICK, review.number)
    return pick(review, replaces=True)


def _on(review: Review) -> list[Reply]:
    """The next reason, or all of it once more."""
    if review.waiting() is None:
        review.go(SURE)
        return sure(review)
    review.go(WHY)
    return why(review)


def why(review: Review) -> list[Reply]:
    """Why one item, or all of them, go back."""
    say = review.turn.say
    path = review.waiting()
    if path is None:
        return sure(review)
    left = [one for one in review.paths if one not in review.reasons]
    if review.one:
        return reply(say("Vì sao trả lại các mục này? Gõ một câu để người làm biết sửa gì."))
    name = path_name(review.draft, path)
    field = review.draft.form.field(path)
    words = f" ({cut(field.short or field.prompt, 80)})" if field and name == field.number else ""
    text = say("Vì sao trả lại <b>{name}</b>{words}? Gõ một câu để người làm biết sửa gì.", name=name, words=words)
    choices = []
    if len(left) > 1:
        choices.append(review.choice(say("Một lý do cho cả {count} mục", count=len(left)), ONE))
    if last := _last_reason(review):
        choices.append(review.choice(cut(bare(say("Như mục trước: {reason}", reason=last))), SAME))
    return reply(text, *choices, review.choice(say("Chọn lại mục"), AGAIN))


def _last_reason(review: Review) -> str:
    """The reason of the item before the one that is asked."""
    path = review.waiting()
    place = review.paths.index(path) if path in review.paths else 0
    return review.reasons.get(review.paths[place - 1], "") if place else ""


def given(review: Review, text: str) -> list[Reply]:
    """A reason as typed."""
    reason = " ".join(text.split())
    path = review.waiting()
    if path is None or not reason:
        return why(review)
    if len(reason) > LONGEST_REASON:
        long = review.turn.say("Dài quá. Anh/chị rút lý do xuống dưới {most} chữ cái giúp tôi.", most=LONGEST_REASON)
        return [Reply(long), *why(review)]
    left = [one for one in review.paths if one not in review.reasons] if review.one else [path]
    review.reasons.update(dict.fromkeys(left, reason))
    return _on(review)


def sure(review: Review) -> list[Reply]:
    """All items with their reasons, before they go."""
    say, draft = review.turn.say, review.draft
    head = say(
        "Trả lại <b>{code}</b> cho {unit}, {count} góp ý:",
        code=draft.submission.code,
        unit=draft.unit.name,
        count=len(review.paths),
    )
    return reply(
        Markup("\n").join([head, *remark_lines(review, review.paths)]),
        review.choice(say("Trả lại"), RETURN),
        review.choice(say("Sửa lý do"), ANEW),
        review.choice(say("Chọn lại mục"), AGAIN),
        review.choice(say("Không trả nữa"), BACK),
    )


def remark_lines(review: Review, paths: Sequence[str]) -> list[Markup]:
    """Items with their reasons; of many only the first, each cut to its share of a message."""
    shown = paths[:MOST_SHOWN]
    room = REMARKS_ROOM // max(len(shown), 1)
    lines = [_remark_line(review, path, room) for path in shown]
    more = len(paths) - len(shown)
    return [*lines, review.turn.say("và {count} mục nữa", count=more)] if more else lines


def _remark_line(review: Review, path: str, room: int) -> Markup:
    name = cut(path_name(review.draft, path), room // 2)
    return Markup("▪ {}: {}").format(name, cut(review.reasons.get(path, ""), room - len(name)))
