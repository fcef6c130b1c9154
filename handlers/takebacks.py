"""Taking back what staff entered for a leader; the leader's own ones the leader takes back."""

from collections.abc import Sequence

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.commands import menu_choice, private_only
from handlers.flow import Flow
from handlers.paperwork import LONGEST_REASON
from handlers.permissions import may, refused
from handlers.turn import Turn, reply, value
from storage.registry import Submission

NAME = "rutthay"
_STATES = ("submitted", "accepted")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The button below a submission that was entered from paper."""
    pressed = turn.pressed(NAME)
    if pressed is None:
        return None
    if turn.incoming.group:
        return private_only(turn)
    if not may(turn, "fill_in_for"):
        return refused(turn, "fill_in_for")
    turn.enter(NAME, pressed[1])
    return ask(turn)


def ask(turn: Turn) -> list[Reply]:
    """Why it is taken back."""
    submission = _entered(turn)
    if submission is None:
        return _not_now(turn)
    text = turn.say("Vì sao rút bài <b>{code}</b>? Gõ một câu ngắn.", code=submission.code)
    return reply(text, Choice(str(turn.say("Không rút nữa")), value("duyet", "bai", submission.id)))


def read(turn: Turn) -> Sequence[Reply] | None:
    """The reason."""
    if turn.incoming.kind != "text" or not turn.text or (turn.text.endswith("?") and is_question(turn)):
        return None
    submission = _entered(turn)
    registry = turn.records.registry
    moved = registry.submissions.move(submission, "withdrawn", turn.person.id) if submission else None
    if moved is None:
        return _not_now(turn)
    turn.enter("")
    registry.audit.add("submission", moved.id, "withdraw_reason", turn.person.id, after=turn.text[:LONGEST_REASON])
    again = Choice(str(turn.say("Nhập lại bài này")), value("nhapthay", "dv", f"{moved.round}/{moved.unit}"))
    return reply(turn.say("Đã rút bài <b>{code}</b>.", code=moved.code), again, menu_choice(turn))


FLOW = Flow(ask, read)


def _entered(turn: Turn) -> Submission | None:
    """The submission, if it was entered from paper in one's ward and is with the ward."""
    submission = turn.records.registry.submissions.get(turn.conversation.step)
    if submission is None or not submission.given_by or submission.state not in _STATES:
        return None
    return submission if may(turn, "fill_in_for", submission.unit) else None


def _not_now(turn: Turn) -> list[Reply]:
    turn.enter("")
    return reply(turn.say("Bài này vừa đổi trạng thái nên tôi chưa rút."), menu_choice(turn))
