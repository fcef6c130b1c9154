"""The due day of a round: what the document says beside it, and the ward's own day, which is never later."""

from datetime import date

from markupsafe import Markup

from conversation import Choice
from handlers.commands import folded
from handlers.rejections import sentence
from handlers.turn import Turn, value
from handlers.wording import day, paper
from knowledge.field_values import BadAnswer
from knowledge.field_values import read as read_value
from knowledge.form_deadlines import FormDeadline
from knowledge.forms import Field

# Values of the buttons: the document's own day, and none.
OF_DOCUMENT, NONE = "vanban", "khong"
# A round is not planned farther ahead.
MOST_YEARS = 3
NO_DUE = frozenset({"khong dat han", "khong", "khong co", "bo qua", "skip", "none"})
# Alone it is a day here, elsewhere a name.
_SHORT = {"mai": "ngày mai", "mot": "ngày kia"}
_DAY = Field(id="due", kind="date", prompt="hạn nộp")


def due_question(turn: Turn, found: FormDeadline | None) -> Markup:
    """What is asked, with the document's words, its last safe day and where it stands."""
    say = turn.say
    example = day(date(turn.today.year, 12, 15))
    if found is None:
        return say(
            "Hạn nộp là ngày nào? Văn bản không ghi hạn cho biểu này, nên phường tự đặt. Gõ ngày, ví dụ <b>{day}</b>.",
            day=example,
        )
    lines = [say("<b>Hạn nộp là ngày nào?</b>"), _written(turn, found), _follows(turn, found.last, example)]
    return Markup("\n").join(lines)


def _written(turn: Turn, found: FormDeadline) -> Markup:
    return turn.say(
        "{paper}, {section} ghi: “{raw}”.",
        paper=paper(turn.say, found.document),
        section=found.entry.section,
        raw=found.deadline.raw,
    )


def _follows(turn: Turn, last: date | None, example: str) -> Markup:
    """What the document's words mean for this round, and what to type."""
    say = turn.say
    if last is None:
        return say(
            "Kỳ này không tính ra ngày từ câu đó, nên phường tự đặt hạn. Gõ ngày, ví dụ <b>{day}</b>.", day=example
        )
    days = (last - turn.today).days
    if days < 0:
        return say(
            "Ngày cuối an toàn là {last}, đã qua {days} ngày. Gõ hạn mới của phường, ví dụ <b>{day}</b>.",
            last=day(last),
            days=-days,
            day=example,
        )
    return say(
        "Ngày cuối an toàn là <b>{last}</b>, còn {days} ngày. Phường muốn sớm hơn thì gõ ngày.",
        last=day(last),
        days=days,
    )


def due_choices(turn: Turn, found: FormDeadline | None, flow: str) -> list[Choice]:
    """The document's day where it is still ahead, and no day at all."""
    choices = []
    if found and found.last and found.last >= turn.today:
        label = turn.say("Theo văn bản: {day}", day=day(found.last))
        choices.append(Choice(str(label), value(flow, "han", OF_DOCUMENT)))
    return [*choices, Choice(str(turn.say("Không đặt hạn")), value(flow, "han", NONE))]


def due_read(turn: Turn, text: str, found: FormDeadline | None) -> date | Markup:
    """The day that a text names, or what is wrong with it."""
    say = turn.say
    try:
        given = str(read_value(_DAY, _SHORT.get(folded(text), text), turn.today))
    except BadAnswer as bad:
        return sentence(turn, _DAY, bad)
    if len(given) != len("2026-11-20"):
        return say("Hạn cần đủ ngày, tháng, năm. Gõ như <b>20/11/2026</b>.")
    due = date.fromisoformat(given)
    if due.year > turn.today.year + MOST_YEARS:
        return say("Ngày {day} xa quá. Anh/chị xem lại năm giúp tôi.", day=day(due))
    if found and found.last and turn.today <= found.last < due:
        return say(
            "{day} muộn hơn hạn của văn bản. Hạn của phường muộn nhất là {last}.", day=day(due), last=day(found.last)
        )
    return due
