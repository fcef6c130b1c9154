"""Accepting and returning: one decision for each revision, and the people of the unit are told at once."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.colleagues import concerned, name_of, names_of, tell
from handlers.commands import menu_choice
from handlers.paperwork import NAME as PAPERWORK
from handlers.paperwork import TAKE_UP
from handlers.returning import remark_lines
from handlers.reviews import NAME, Review
from handlers.round_texts import form_name, when
from handlers.translation import Translator
from handlers.turn import value
from storage.registry import State, Submission


def accept(review: Review) -> list[Reply]:
    """Take it in; what was remarked before is settled with it."""
    moved = _moved(review, "accepted")
    if moved is None:
        return too_late(review)
    submissions = review.turn.records.registry.submissions
    for remark in submissions.remarks(moved.id):
        submissions.resolve(remark.id)
    reached = _told(review, moved, _accepted(review))
    say = review.turn.say
    text = say("Đã nhận <b>{code}</b>, {unit}.", code=moved.code, unit=review.draft.unit.name)
    return [_done(review, text + _reached(review, reached))]


def return_it(review: Review) -> list[Reply]:
    """Send it back with its remarks; remarks of the time before make room for them."""
    moved = _moved(review, "returned")
    if moved is None:
        return too_late(review)
    turn, registry = review.turn, review.turn.records.registry
    for old in registry.submissions.remarks(moved.id):
        registry.submissions.resolve(old.id)
    for path in review.paths:
        registry.submissions.remark(moved, path, review.reasons[path], turn.person.id)
        registry.audit.add("submission", moved.id, "remarked", turn.person.id, after=f"{path}: {review.reasons[path]}")
    reached = _told(review, moved, _returned(review))
    text = turn.say(
        "Đã trả lại <b>{code}</b>, {unit}, {count} góp ý.",
        code=moved.code,
        unit=review.draft.unit.name,
        count=len(review.paths),
    )
    return [_done(review, text + _reached(review, reached))]


def _moved(review: Review, to: State) -> Submission | None:
    """The submission in its new state; None where it is not as it was shown any more."""
    submission = review.draft.submission
    if submission.state != "submitted" or submission.revision != review.revision:
        return None
    moved = review.turn.records.registry.submissions.move(submission, to, review.turn.person.id)
    if moved:
        review.turn.enter("")
        review.turn.remember(review=None)
    return moved


def too_late(review: Review) -> list[Reply]:
    """Somebody was faster: who, what they did, and when."""
    turn = review.turn
    now = turn.records.registry.submissions.get(review.draft.submission.id)
    turn.enter("")
    turn.remember(review=None)
    if now is None:
        return [_done(review, turn.say("Bài này không còn nữa."))]
    events = turn.records.registry.audit.of("submission", now.id)
    last = next((event for event in reversed(events) if event.action == now.state), None)
    who = name_of(turn, last.by) if last else ""
    text = _what_happened(turn.say, now.state)
    said = turn.say("<b>{code}</b>: {what}", code=now.code, what=text)
    if last:
        said += turn.say(", lúc {at}", at=when(last.at))
    if who:
        said += turn.say(", bởi {name}", name=who)
    return [_done(review, said + turn.say(". Tôi không đổi gì thêm."), see=True)]


def _what_happened(say: Translator, state: State) -> Markup:
    words = {
        "accepted": say("bài đã được nhận"),
        "returned": say("bài đã được trả lại"),
        "withdrawn": say("bài đã được rút lại"),
        "submitted": say("đơn vị vừa gửi lại bài"),
        "draft": say("bài chưa gửi"),
    }
    return words[state]


def _done(review: Review, text: Markup, *, see: bool = False) -> Reply:
    """What was done, and the next thing to look at."""
    say = review.turn.say
    choices = [Choice(str(say("Xem bài này")), value(NAME, "bai", review.draft.submission.id))] if see else []
    return Reply(text, (*choices, Choice(str(say("Bài tiếp theo")), value(NAME, "tiep")), menu_choice(review.turn)))


Words = Callable[[Translator], Markup]


def _told(review: Review, submission: Submission, words: Words) -> list[str]:
    """Tell the people of the unit; those who were reached."""
    returned = submission.state == "returned"

    def message(say: Translator) -> Reply:
        if not returned:
            return Reply(words(say))
        go = Choice(str(say("Sửa các mục này")), value(PAPERWORK, TAKE_UP, submission.id))
        return Reply(words(say), (go,))

    return tell(review.turn, concerned(review.turn, submission), message)


def _accepted(review: Review) -> Words:
    draft = review.draft

    def words(say: Translator) -> Markup:
        return say(
            "Phường đã nhận <b>{form}</b> của {unit} (mã {code}). Cảm ơn anh/chị.",
            form=form_name(draft.form),
            unit=draft.unit.name,
            code=draft.submission.code,
        )

    return words


def _returned(review: Review) -> Words:
    draft = review.draft

    def words(say: Translator) -> Markup:
        head = say(
            "Phường nhờ sửa <b>{form}</b> của {unit} (mã {code}):",
            form=form_name(draft.form),
            unit=draft.unit.name,
            code=draft.submission.code,
        )
        hint = say("Chỉ cần sửa những chỗ này rồi gửi lại. Bấm nút dưới đây, hoặc gõ <b>biểu mẫu</b>.")
        return Markup("\n").join([head, *remark_lines(review, review.paths), hint])

    return words


def _reached(review: Review, people: Sequence[str]) -> Markup:
    turn = review.turn
    if not people:
        return turn.say(" Đơn vị này chưa có ai nhận nhắn, anh/chị báo giúp họ.")
    names = names_of(turn, people)
    return (
        turn.say(" Đã nhắn {names}.", names=names) if names else turn.say(" Đã nhắn {count} người.", count=len(people))
    )
