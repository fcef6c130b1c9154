"""What staff see of a submission: a page of it, one item with its clause, what was sent with it."""

from markupsafe import Markup

from conversation import KEPT, Attachment, Choice, Reply
from handlers.review_texts import head_lines, item, pages
from handlers.reviews import ACCEPT, BACK, FILES, HISTORY, ITEM, NAME, PAGE, PICKING, Review
from handlers.takebacks import can_take_back
from handlers.turn import reply, value

# Files in one message.
MOST_FILES = 10


def card(review: Review, *, replaces: bool = False) -> list[Reply]:
    """One page of the submission, and what can be done with it."""
    say, draft = review.turn.say, review.draft
    shown = pages(draft)
    page = min(review.number, len(shown) - 1)
    lines = head_lines(draft) if page == 0 else head_lines(draft)[:2]
    if len(shown) > 1:
        lines.append(say("Trang {page}/{pages}.", page=page + 1, pages=len(shown)))
    hint = say("Gõ số mục để xem cả câu và điều khoản.")
    return reply(
        Markup("\n").join([*lines, *shown[page], hint]), *_choices(review, page, len(shown)), replaces=replaces
    )


def _choices(review: Review, page: int, count: int) -> list[Choice]:
    say = review.turn.say
    found = []
    if page + 1 < count:
        found.append(review.choice(say("Trang sau"), PAGE, page + 1))
    if page > 0:
        found.append(review.choice(say("Trang trước"), PAGE, page - 1))
    if review.draft.submission.state == "submitted":
        found.append(review.choice(say("Nhận bài"), ACCEPT))
        found.append(review.choice(say("Trả lại để sửa"), PICKING))
    if can_take_back(review.turn, review.draft.submission):
        accepted = review.draft.submission.state == "accepted"
        label = say("Rút lại bài đã nhận") if accepted else say("Rút lại bài nhập thay")
        found.append(Choice(str(label), value("rutthay", "bai", review.draft.submission.id)))
    found.append(review.choice(say("Xem từng mục"), ITEM, 0))
    if kept := review.turn.records.files.of(review.draft.submission.id):
        found.append(review.choice(say("Ảnh, tệp kèm theo ({count})", count=len(kept)), FILES))
    found.append(review.choice(say("Lịch sử"), HISTORY))
    return [*found, Choice(str(say("Bài chờ xem")), value(NAME))]


def one_item(review: Review, place: int) -> list[Reply]:
    """One item in full, with those beside it."""
    say, items = review.turn.say, review.items
    review.go(ITEM, place)
    choices = []
    if place + 1 < len(items):
        choices.append(review.choice(say("Mục sau"), ITEM, place + 1))
    if place > 0:
        choices.append(review.choice(say("Mục trước"), ITEM, place - 1))
    if review.draft.submission.state == "submitted":
        choices.append(review.choice(say("Trả lại mục này"), PICKING, place))
    return reply(item(review.draft, items[place]), *choices, review.choice(say("Về bài"), BACK))


def files(review: Review) -> list[Reply]:
    """What was sent with it."""
    kept = review.turn.records.files.of(review.draft.submission.id)[:MOST_FILES]
    attached = tuple(Attachment(KEPT, {"id": file.id}) for file in kept)
    text = review.turn.say(
        "{count} ảnh, tệp kèm theo bài <b>{code}</b>.", count=len(kept), code=review.draft.submission.code
    )
    return [Reply(text, (review.choice(review.turn.say("Về bài"), BACK),), attachments=attached)]
