"""Staff take back what was accepted, or what they entered for a leader; leaders take back their own in /bieumau."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.colleagues import concerned, names_of, tell
from handlers.commands import folded, menu_choice
from handlers.flow import Flow
from handlers.paperwork import KEEP, LONGEST_REASON, OPEN
from handlers.paperwork import NAME as PAPERWORK
from handlers.permissions import may, turned_away
from handlers.round_texts import form_name, form_of
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.unit_names import unit_name
from storage.registry import Submission

NAME = "rutthay"


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The button below a submission that can be taken back, however old."""
    pressed = turn.pressed(NAME)
    if pressed is None:
        return None
    if away := turned_away(turn, "take_back"):
        return away
    turn.enter(NAME, pressed[1])
    return ask(turn)


def ask(turn: Turn) -> list[Reply]:
    """Why it is taken back."""
    submission = _meant(turn)
    if submission is None:
        return _not_now(turn)
    text = turn.say("Vì sao rút bài <b>{code}</b>? Gõ một câu ngắn.", code=submission.code)
    if submission.state == "accepted":
        text += " " + turn.say("Bài này phường đã nhận; rút rồi thì không tính vào số nào nữa.")
    if not submission.given_by:
        text += " " + turn.say("Tôi nhắn lý do cho {unit}.", unit=unit_name(turn, submission.unit))
    return reply(text, Choice(str(turn.say("Không rút nữa")), value("duyet", "bai", submission.id)))


def read(turn: Turn) -> Sequence[Reply] | None:
    """The reason; None for a question."""
    if turn.incoming.kind != "text" or not turn.text or (turn.text.endswith("?") and is_question(turn)):
        return None
    submission = _meant(turn)
    if submission and folded(turn.text) in KEEP:
        turn.enter("")
        see = Choice(str(turn.say("Xem bài này")), value("duyet", "bai", submission.id))
        return reply(turn.say("Tôi để nguyên bài này."), see)
    return _taken_back(turn, submission, " ".join(turn.text.split())[:LONGEST_REASON])


FLOW = Flow(ask, read)


def can_take_back(turn: Turn, submission: Submission) -> bool:
    """Whether the person may take it back: one that was accepted, or one that was entered from paper."""
    there = submission.state == "accepted" or (submission.state == "submitted" and bool(submission.given_by))
    return there and may(turn, "take_back", submission.unit)


def _meant(turn: Turn) -> Submission | None:
    submission = turn.records.registry.submissions.get(turn.conversation.step)
    return submission if submission and can_take_back(turn, submission) else None


def _taken_back(turn: Turn, submission: Submission | None, reason: str) -> list[Reply]:
    registry = turn.records.registry
    moved = registry.submissions.move(submission, "withdrawn", turn.person.id) if submission else None
    if submission is None or moved is None:
        return _not_now(turn)
    turn.enter("")
    registry.audit.add("submission", moved.id, "withdraw_reason", turn.person.id, after=reason)
    text = turn.say("Đã rút bài <b>{code}</b>.", code=moved.code)
    if submission.state == "accepted":
        text += _reached(turn, _told(turn, moved, reason))
    again = Choice(str(turn.say("Nhập lại bài này")), value("nhapthay", "dv", f"{moved.round}/{moved.unit}"))
    return reply(text, *([again] if moved.given_by else []), menu_choice(turn))


def _told(turn: Turn, submission: Submission, reason: str) -> list[str]:
    """Tell the people of the unit; those who were reached."""
    round = turn.records.registry.rounds.get(submission.round)
    form, unit = form_of(turn, submission.version), unit_name(turn, submission.unit)

    def message(say: Translator) -> Reply:
        text = say(
            "Phường đã rút lại <b>{form}</b> của {unit} (mã {code}), là bài đã nhận trước đây. Lý do: {reason}",
            form=form_name(form),
            unit=unit,
            code=submission.code,
            reason=reason,
        )
        if round is None or round.closed_at:
            return Reply(text + "\n" + say("Cần làm lại thì anh/chị hỏi cán bộ phường."))
        go = Choice(str(say("Làm lại bài này")), value(PAPERWORK, OPEN, f"{round.id}/{submission.unit}"))
        return Reply(text + "\n" + say("Bấm nút dưới đây để làm lại; những gì đã ghi được chép sang."), (go,))

    return tell(turn, concerned(turn, submission), message)


def _reached(turn: Turn, people: Sequence[str]) -> Markup:
    if not people:
        return turn.say(" Đơn vị này chưa có ai nhận nhắn, anh/chị báo giúp họ.")
    return turn.say(" Đã nhắn {names}.", names=names_of(turn, people))


def _not_now(turn: Turn) -> list[Reply]:
    turn.enter("")
    return reply(turn.say("Bài này vừa đổi trạng thái nên tôi chưa rút."), menu_choice(turn))
