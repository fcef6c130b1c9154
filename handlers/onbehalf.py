"""/nhapthay: staff enter what a leader hands in on paper; who gave it is kept with it."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.asides import is_question
from handlers.commands import menu_choice, wants
from handlers.drafts import OPEN_STATES, called, taken_up
from handlers.flow import Flow
from handlers.hard_copies import offered
from handlers.listing import listed
from handlers.paperwork import NAME as PAPERWORK
from handlers.paperwork import TAKE_UP
from handlers.permissions import may, refused, turned_away, units_of
from handlers.rejections import sentence
from handlers.round_texts import form_name, form_of, round_for, round_label, round_name, seen
from handlers.steering import begin
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.unit_picking import picked
from handlers.wording import bare
from knowledge.field_values import BadAnswer
from knowledge.field_values import read as read_value
from knowledge.forms import Field
from storage.registry import Round, State, Submission, UnitRow

NAME = "nhapthay"
NEW, ROUND, UNIT, BLANK, BLANKED, GO_ON = "moi", "dot", "dv", "mau", "maucua", "tiep"
MOST_SHOWN = 8
_PHRASES = ("nhap thay", "nhap thay bai giay", "nhap bai giay", "nhap ho", "enter a paper")
_PAPERWORK = ("bieu mau", "bai nop", "forms", "my forms")
_HALF_DONE: Sequence[State] = ("draft", "returned")
_GIVER = Field(id="giver", kind="name", prompt="người đưa bài")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """What is half entered, and entering another one. /bieumau leads here whoever has no unit of their own."""
    pressed = turn.pressed(NAME)
    theirs = _theirs(turn)
    if pressed is None and theirs is None and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "fill_in_for"):
        return away
    verb, arg, _ = pressed or theirs or ("", "", "")
    if verb == GO_ON:
        return _taken_up(turn, arg)
    if verb in (NEW, BLANK):
        return _rounds(turn, verb, arg)
    id, _, rest = arg.partition("/")
    round = round_for(turn, "fill_in_for", id) if verb in (ROUND, UNIT, BLANKED) else None
    if round is None or round.closed_at:
        return _listed(turn)
    if verb == ROUND:
        turn.enter(NAME, round.id)
        return _ask_unit(turn, round, rest)
    return _with_unit(turn, round, verb, rest)


def _theirs(turn: Turn) -> tuple[str, str, str] | None:
    """/bieumau of somebody who has no unit of their own but enters papers for others."""
    pressed = turn.pressed(PAPERWORK)
    if pressed is None and not wants(turn, PAPERWORK, *_PAPERWORK):
        return None
    if units_of(turn, "see_own") or not may(turn, "fill_in_for"):
        return None
    return (GO_ON, pressed[1], "") if pressed and pressed[0] == TAKE_UP else ("", "", "")


def ask(turn: Turn) -> list[Reply]:
    """Which unit, or who gave the paper."""
    round, unit = _at(turn)
    if round is None:
        turn.enter("")
        return _listed(turn)
    return _ask_giver(turn, round, unit) if unit else _ask_unit(turn, round, "")


def read(turn: Turn) -> Sequence[Reply] | None:
    """A unit, or a name."""
    if turn.incoming.kind != "text" or not turn.text:
        return None
    if not may(turn, "fill_in_for"):
        turn.enter("")
        return refused(turn, "fill_in_for")
    round, unit = _at(turn)
    if round is None:
        return None
    if unit:
        return _given(turn, round, unit)
    found = picked(_open_units(turn, round), turn.text)
    if found and len(found.codes) == 1:
        return _with_unit(turn, round, UNIT, found.codes[0])
    if is_question(turn):
        return None
    return [Reply(turn.say("Tôi không rõ “{text}” là đơn vị nào.", text=turn.text[:60])), *ask(turn)]


def expects_number(turn: Turn) -> bool:
    """A typed number is the number of a unit."""
    return "/" not in turn.conversation.step


FLOW = Flow(ask, read, expects_number)


def _at(turn: Turn) -> tuple[Round | None, UnitRow | None]:
    """The round and unit that are chosen."""
    first, _, second = turn.conversation.step.partition("/")
    round = round_for(turn, "fill_in_for", first)
    if round is None or round.closed_at:
        return None, None
    return round, turn.records.registry.units.get(second) if second in round.units else None


def _listed(turn: Turn) -> list[Reply]:
    """What staff entered and did not finish, then what was returned."""
    say = turn.say
    turn.enter("")
    mine = units_of(turn, "fill_in_for")
    open_ones = turn.records.registry.submissions.queue(_HALF_DONE, limit=500, units=mine)
    entered = [one for one in open_ones if one.given_by][:MOST_SHOWN]
    lines = [say("<b>Nhập thay bài giấy</b>\nTổ trưởng nộp giấy thì anh/chị nhập vào đây, ghi rõ ai đưa.")]
    choices = []
    for one in entered:
        unit = turn.records.registry.units.get(one.unit)
        name = unit.name if unit else one.unit
        state = say("đã trả lại, chờ sửa") if one.state == "returned" else say("nhập dở")
        form = form_name(form_of(turn, one.version))
        lines.append(say("▪ {unit}: {form} ({code}), {state}", unit=name, form=form, code=one.code, state=state))
        choices.append(
            Choice(cut(bare(say("Nhập tiếp: {unit}, {form}", unit=name, form=form))), value(NAME, GO_ON, one.id))
        )
    new = Choice(str(say("Nhập bài mới")), value(NAME, NEW))
    blank = Choice(str(say("Lấy mẫu Excel để in hoặc gửi")), value(NAME, BLANK))
    return reply(Markup("\n").join(lines), *choices, new, blank, menu_choice(turn))


def _rounds(turn: Turn, verb: str, page: str) -> list[Reply]:
    rounds = seen(turn, "fill_in_for")
    if not rounds:
        text = turn.say("Chưa có đợt nào đang mở nên chưa nhập được.")
        return reply(text, Choice(str(turn.say("Các đợt nộp bài")), value("dot")), menu_choice(turn))
    leads = ROUND if verb == NEW else BLANKED
    # The newest first: that is what papers come in for.
    choices = [Choice(round_label(turn, round), value(NAME, leads, round.id)) for round in reversed(rounds)]
    head = turn.say("Bài của đợt nào?") if verb == NEW else turn.say("Lấy mẫu của đợt nào?")
    return listed(turn, head, choices, value(NAME, verb), page)


def _open_units(turn: Turn, round: Round) -> list[UnitRow]:
    """Units of one's ward that have not handed in."""
    states = turn.records.registry.submissions.tally(round).states
    mine = set(units_of(turn, "fill_in_for"))
    waiting = {code for code, state in states.items() if state not in ("submitted", "accepted")} & mine
    return [unit for unit in turn.records.registry.units.all() if unit.code in waiting]


def _ask_unit(turn: Turn, round: Round, page: str, verb: str = UNIT) -> list[Reply]:
    units = _open_units(turn, round)
    if not units:
        turn.enter("")
        text = turn.say("Mọi đơn vị trong đợt này đã nộp.")
        return reply(text, Choice(str(turn.say("Xem đợt này")), value("dot", "xem", round.id)), menu_choice(turn))
    choices = [Choice(cut(unit.name), value(NAME, verb, f"{round.id}/{unit.code}")) for unit in units]
    head = turn.say("<b>{round}</b>: bài của đơn vị nào? Bấm, hoặc gõ số tổ hay tên.", round=round_name(turn, round))
    return listed(turn, head, choices, value(NAME, ROUND if verb == UNIT else BLANKED, round.id), page)


def _with_unit(turn: Turn, round: Round, verb: str, rest: str) -> list[Reply]:
    """A unit is chosen: hand out its blank, or ask who gave the paper."""
    unit = next((unit for unit in _open_units(turn, round) if unit.code == rest), None)
    if unit is None:
        return _ask_unit(turn, round, rest if rest.isdecimal() else "", BLANKED if verb == BLANKED else UNIT)
    if verb == BLANKED:
        return _blank(turn, round, unit)
    turn.enter(NAME, f"{round.id}/{unit.code}")
    return _ask_giver(turn, round, unit)


def _blank(turn: Turn, round: Round, unit: UnitRow) -> list[Reply]:
    text = turn.say(
        "Mẫu <b>{round}</b> của {unit} đây. Điền vào ô màu vàng rồi đưa lại phường.",
        round=round_name(turn, round),
        unit=unit.name,
    )
    file = Attachment("blank", {"round": round.id, "unit": unit.code})
    turn.records.registry.audit.add("export", round.id, "blank", turn.person.id, after=f"unit={unit.code}")
    other = Choice(str(turn.say("Mẫu của đơn vị khác")), value(NAME, BLANKED, round.id))
    return [Reply(text, (other, menu_choice(turn)), attachments=(file,))]


def _begun(turn: Turn, round: Round, unit: UnitRow) -> Submission | None:
    """What the unit has already begun itself."""
    theirs = turn.records.registry.submissions.of_unit(unit.code)
    return next((one for one in theirs if one.round == round.id and one.state in OPEN_STATES), None)


def _ask_giver(turn: Turn, round: Round, unit: UnitRow) -> list[Reply]:
    say = turn.say
    begun = _begun(turn, round, unit)
    note = Markup("")
    if begun and not begun.given_by:
        note = (
            say("{name} đang làm dở bài này trên máy; anh/chị sẽ ghi tiếp vào đó.", name=begun.by_name or unit.name)
            + "\n"
        )
    text = say("Ai đưa bài giấy của <b>{unit}</b>? Gõ họ và tên, ví dụ <b>Trần Văn Ba</b>.", unit=unit.name)
    return reply(note + text, Choice(str(say("Đơn vị khác")), value(NAME, ROUND, round.id)))


def _given(turn: Turn, round: Round, unit: UnitRow) -> Sequence[Reply] | None:
    """Begin with the name of who gave it, then the same questions as for the leader."""
    if turn.text.endswith("?") and is_question(turn):
        return None
    try:
        giver = str(read_value(_GIVER, turn.text, turn.today))
    except BadAnswer as bad:
        return [Reply(sentence(turn, _GIVER, bad)), *ask(turn)]
    registry = turn.records.registry
    before = _begun(turn, round, unit)
    submission = registry.submissions.begin(round, unit.code, turn.person.id, called(turn, unit.code), giver)
    registry.audit.add(
        "submission", submission.id, "given_by", turn.person.id, before.given_by if before else "", giver
    )
    draft = taken_up(turn, submission.id)
    if draft is None or submission.state not in OPEN_STATES:
        return _ask_unit(turn, round, "")
    head = turn.say(
        "Nhập <b>{form}</b> của {unit}, theo bài giấy của {giver}.",
        form=form_name(draft.form),
        unit=unit.name,
        giver=giver,
    )
    return [Reply(head), *offered(draft)]


def _taken_up(turn: Turn, id: str) -> list[Reply]:
    draft = taken_up(turn, id)
    if draft is None or draft.submission.state not in OPEN_STATES or not may(turn, "fill_in_for", draft.unit.code):
        return _listed(turn)
    return begin(draft)
