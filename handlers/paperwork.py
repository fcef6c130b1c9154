"""/bieumau: what one's unit owes, what is half done, what was sent back, what is with the ward."""

from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.asides import is_question
from handlers.carryover import carry_over, taken_again
from handlers.commands import FORMS, folded, menu_choice, private_only, wants
from handlers.drafts import OPEN_STATES, called, taken_up
from handlers.flow import Flow
from handlers.paging import page_number, pages_of, split_arg, turning
from handlers.permissions import may, refused, units_of
from handlers.steering import begin
from handlers.step_texts import cut
from handlers.summaries import others_lines
from handlers.turn import Turn, reply, value
from handlers.wording import bare, day, paper
from knowledge.forms import Form, version_of
from storage.registry import Round, State, Submission, UnitRow

NAME = "bieumau"
OPEN, TAKE_UP, WITHDRAW, PAGES = "mo", "tiep", "rut", "trang"
LONGEST_REASON = 500
_ORDER: Sequence[State] = ("returned", "draft", "submitted", "accepted")
_STEERING = frozenset({"luu", "gui", "gui di", "gui bai", "tiep tuc", "lam tiep", "send", "continue"})
KEEP = frozenset({"khong", "khong rut", "quay lai", "de nguyen", "xem lai", "luu", "no", "back"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The list, or a pressed button of it."""
    pressed = turn.pressed(NAME)
    if not pressed and not wants(turn, NAME, *FORMS) and not _steers(turn):
        return None
    if turn.incoming.group:
        return private_only(turn)
    if not units_of(turn, "see_own"):
        return refused(turn, "fill_in")
    if turn.conversation.flow == NAME:
        # Whoever looks at the list takes nothing back.
        turn.enter("")
    verb, arg, _ = pressed or ("", "", "")
    if verb == OPEN:
        return _opened(turn, *arg.split("/", 1)) if "/" in arg else _listed(turn)
    if verb == PAGES:
        return _paged(turn, *split_arg(arg))
    if verb in (TAKE_UP, WITHDRAW):
        return _taken_up(turn, verb, arg)
    return _listed(turn)


def _steers(turn: Turn) -> bool:
    """Whether somebody goes on as if a form were open: sends twice, or comes back to it."""
    idle = turn.incoming.kind == "text" and not turn.conversation.flow and not turn.incoming.group
    return idle and folded(turn.text) in _STEERING and bool(units_of(turn, "see_own"))


def ask(turn: Turn) -> list[Reply]:
    """Why something is taken back."""
    back = Choice(str(turn.say("Không rút nữa")), value(NAME))
    return reply(turn.say("Anh/chị rút bài vì lý do gì? Gõ một câu ngắn để phường biết."), back)


def read(turn: Turn) -> Sequence[Reply] | None:
    """The reason; None for the list, a question, or nothing that is one."""
    if turn.incoming.kind != "text" or not turn.text or wants(turn, NAME, *FORMS):
        return None
    if turn.text.endswith("?") and is_question(turn):
        return None
    submission = turn.records.registry.submissions.get(turn.conversation.step)
    turn.enter("")
    if folded(turn.text) in KEEP:
        return _listed(turn)
    if submission is None or not may(turn, "withdraw", submission.unit):
        return refused(turn, "withdraw")
    registry = turn.records.registry
    with_ward = submission.state in ("submitted", "accepted")
    if not with_ward or registry.submissions.move(submission, "withdrawn", turn.person.id) is None:
        return reply(turn.say("Bài này vừa đổi trạng thái. Gõ <b>biểu mẫu</b> để xem lại."), menu_choice(turn))
    reason = turn.text[:LONGEST_REASON]
    registry.audit.add("submission", submission.id, "withdraw_reason", turn.person.id, after=reason)
    text = turn.say("Đã rút bài {code}. Đợt còn mở thì anh/chị gõ <b>biểu mẫu</b> để làm lại.", code=submission.code)
    return reply(text, menu_choice(turn))


FLOW = Flow(ask, read)


def _listed(turn: Turn) -> list[Reply]:
    units = [turn.records.registry.units.get(code) for code in units_of(turn, "see_own")]
    replies = [_list(turn, unit) for unit in units if unit]
    return replies or reply(
        turn.say("Đơn vị của anh/chị không còn trong danh sách. Xin hỏi phường."), menu_choice(turn)
    )


def _paged(turn: Turn, code: str, page: str) -> list[Reply]:
    unit = turn.records.registry.units.get(code)
    return [_list(turn, unit, page)] if unit and code in units_of(turn, "see_own") else _listed(turn)


def _list(turn: Turn, unit: UnitRow, page: str = "") -> Reply:
    """One page of what a unit has to do with."""
    pages = pages_of(list(_items(turn, unit.code)))
    number = page_number(page, len(pages))
    head = turn.say("<b>{unit}</b>", unit=unit.name)
    if len(pages) > 1:
        head += turn.say(" Trang {page}/{pages}.", page=number + 1, pages=len(pages))
    if not pages[number]:
        nothing = turn.say("Hiện chưa có đợt nào mở. Khi phường mở đợt, tôi sẽ nhắn anh/chị.")
        return Reply(Markup("\n").join([head, nothing]), (menu_choice(turn),))
    lines = [line for line, _ in pages[number]]
    nav = turning(turn, value(NAME, PAGES, unit.code), number, len(pages))
    choices = (*(choice for _, choice in pages[number]), *nav)
    return Reply(Markup("\n").join([head, *lines]), choices, replaces=bool(page))


def _items(turn: Turn, unit: str) -> Iterator[tuple[Markup, Choice]]:
    """Lines and buttons: what was returned, what is half done, what is owed and due first, what is with the ward."""
    registry = turn.records.registry
    rounds = {round.id: round for round in registry.rounds.current(unit)}
    theirs = sorted((s for s in registry.submissions.of_unit(unit) if s.state in _ORDER), key=_rank)
    yield from (_line(turn, s, rounds.get(s.round)) for s in theirs if s.state in OPEN_STATES)
    begun = {submission.round for submission in theirs}
    owed = [round for round in rounds.values() if round.id not in begun]
    yield from (_owed(turn, round, unit) for round in sorted(owed, key=lambda round: round.due or date.max))
    for submission in theirs:
        # Of rounds that were closed what the ward still reads.
        if submission.state == "submitted" or (submission.state == "accepted" and submission.round in rounds):
            yield _line(turn, submission, rounds.get(submission.round))


def _rank(submission: Submission) -> int:
    return _ORDER.index(submission.state)


def _owed(turn: Turn, round: Round, unit: str) -> tuple[Markup, Choice]:
    form = _form(turn, round.version)
    name = form.short or form.title
    line = turn.say("▫ {form}, {period}: chưa làm{due}", form=name, period=round.period, due=_due(turn, round))
    label = turn.say("Làm: {form}", form=name)
    return line, Choice(cut(bare(label)), value(NAME, OPEN, f"{round.id}/{unit}"))


def _line(turn: Turn, submission: Submission, round: Round | None) -> tuple[Markup, Choice]:
    say = turn.say
    form = _form(turn, submission.version)
    state = {
        "returned": say("phường nhờ sửa"),
        "draft": say("đang làm dở") if round else say("đang làm dở, phường đã đóng đợt"),
        "submitted": say("đã gửi, phường đang xem"),
        "accepted": say("phường đã nhận"),
    }[submission.state]
    due = _due(turn, round) if round and submission.state in OPEN_STATES else ""
    name = form.short or form.title
    line = say("▪ {form} ({code}): {state}{due}", form=name, code=submission.code, state=state, due=due)
    if submission.state in OPEN_STATES:
        label = say("Sửa: {form}", form=name) if submission.state == "returned" else say("Làm tiếp: {form}", form=name)
        return line, Choice(cut(bare(label)), value(NAME, TAKE_UP, submission.id))
    return line, Choice(cut(bare(say("Rút lại: {form}", form=name))), value(NAME, WITHDRAW, submission.id))


def _due(turn: Turn, round: Round) -> Markup:
    if round.due is None:
        return Markup("")
    return due_words(turn, round.due)


def due_words(turn: Turn, due: date) -> Markup:
    """When a round is due, and how many days are left or have passed."""
    left = (due - turn.today).days
    if left < 0:
        return turn.say(", hạn {day} đã qua {days} ngày", day=day(due), days=-left)
    return turn.say(", hạn {day}, còn {days} ngày", day=day(due), days=left)


def _form(turn: Turn, version: str) -> Form:
    return version_of(turn.records.registry.rounds.version(version)).form


def _opened(turn: Turn, round_id: str, unit: str) -> list[Reply]:
    """Begin, or join what somebody of the same unit has begun."""
    registry = turn.records.registry
    round = registry.rounds.get(round_id)
    if not may(turn, "fill_in", unit):
        return refused(turn, "fill_in")
    if round is None or round.closed_at or unit not in round.units:
        return [*reply(turn.say("Đợt này đã đóng hoặc không dành cho đơn vị của anh/chị.")), *_listed(turn)]
    submission = registry.submissions.begin(round, unit, turn.person.id, called(turn, unit))
    draft = taken_up(turn, submission.id)
    if draft is None or submission.state not in OPEN_STATES:
        return _listed(turn)
    lines = list(_introduction(turn, draft.form, round))
    if count := taken_again(draft):
        lines.append(turn.say("Tôi đã chép lại {count} câu từ bài đã rút. Sửa chỗ cần sửa rồi gửi.", count=count))
    elif count := carry_over(draft):
        lines.append(turn.say("Tôi đã chép sang {count} dòng từ bài trước của đơn vị.", count=count))
    return [Reply(Markup("\n").join(lines)), *begin(draft)]


def _introduction(turn: Turn, form: Form, round: Round) -> Iterator[Markup]:
    say = turn.say
    document = turn.knowledge.library.documents.get(form.document)
    yield say("<b>{form}</b>, {period}{due}.", form=form.title, period=round.period, due=_due(turn, round))
    if document:
        named = paper(say, document)
        yield say("Theo {section}, {paper}.", section=form.section, paper=named) if form.section else named
    if form.intro:
        yield Markup.escape(form.intro)
    yield say(
        "Câu nào cũng được lưu ngay. Gõ <b>quay lại</b>, <b>xem lại</b>, <b>lưu</b> hay <b>hủy</b> lúc nào cũng được."
    )


def _taken_up(turn: Turn, verb: str, id: str) -> list[Reply]:
    draft = taken_up(turn, id)
    if draft is None:
        return _listed(turn)
    if verb == TAKE_UP and draft.submission.state in OPEN_STATES:
        return [*others_lines(draft), *begin(draft)]
    if verb == WITHDRAW and draft.submission.state in ("submitted", "accepted"):
        turn.enter(NAME, id)
        return ask(turn)
    return _listed(turn)
