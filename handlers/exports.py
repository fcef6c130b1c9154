"""/xuat: the papers of a round as a file: of all units or of one, with number and day where staff type them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.colleagues import name_of
from handlers.commands import menu_choice, wants
from handlers.desk import turn_to
from handlers.due_days import due_read
from handlers.flow import Flow
from handlers.listing import listed
from handlers.permissions import may, turned_away
from handlers.round_texts import form_name, form_of, round_for, seen
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.unit_picking import picked
from handlers.wording import day
from storage.registry import Round, State, UnitRow

NAME = "xuat"
FORM, ROUND, UNITS, UNIT, STATES, FORMAT = "bieu", "dot", "donvi", "dv", "cho", "dang"
EVERY = "*"
FORMATS = {"docx": "Word (.docx)", "xlsx": "Excel (.xlsx)", "csv": "CSV", "json": "JSON"}
_PHRASES = ("xuat", "xuat bieu", "xuat file", "xuat bao cao", "lay file", "export")
# The number of a paper stands first; its symbol is printed by the layout: "số 12/BC-UBND".
_NUMBER = re.compile(r"\s*(?:số|so)\s*:?\s*(\d{1,6}[a-zđ]?)(?![\w.])", re.IGNORECASE)
_DATED = re.compile(r"\b(?:ngày|ngay)\b\s*(.+)$", re.IGNORECASE)


@dataclass(slots=True)
class Wanted:
    """What is to be exported, as far as it is chosen. Kept in the conversation."""

    round: Round
    # Empty: all units.
    unit: str = ""
    # Also those that staff have not looked at yet.
    waiting: bool = False
    # As typed; empty: left blank on the paper.
    number: str = ""
    day: str = ""

    @property
    def states(self) -> tuple[State, ...]:
        """What goes into it: what was returned or withdrawn never does."""
        return ("accepted", "submitted") if self.waiting else ("accepted",)


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Which form; the round and the rest are chosen below it."""
    pressed = turn.pressed(NAME)
    if pressed is None and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "export"):
        return away
    turn_to(turn)
    verb, arg, _ = pressed or ("", "", "")
    if verb == FORM:
        return _rounds(turn, *arg.partition("/")[::2])
    id, _, what = arg.partition("/")
    if verb in (ROUND, FORMAT, STATES, UNITS, UNIT) and (round := round_for(turn, "export", id)):
        wanted = _kept(turn)
        return _pressed(turn, wanted if wanted and wanted.round == round else Wanted(round), verb, what)
    return _forms(turn, arg if verb == "trang" else "")


def ask(turn: Turn) -> list[Reply]:
    """What is to be exported so far, with the formats."""
    wanted = _kept(turn)
    if wanted is None:
        turn.enter("")
        return []
    return _screen(turn, wanted)


def read(turn: Turn) -> Sequence[Reply] | None:
    """A unit, or number and day of the paper, as typed."""
    wanted = _kept(turn)
    if turn.incoming.kind != "text" or not turn.text or wanted is None or not may(turn, "export"):
        return None
    number, dated = _NUMBER.match(turn.text), _DATED.search(turn.text)
    unit = picked(_units(turn, wanted.round), turn.text)
    if unit and len(unit.codes) == 1 and not (unit.unknown or number or dated):
        wanted.unit = unit.codes[0]
        return _go(turn, wanted)
    if dated:
        on = due_read(turn, dated[1], None)
        if not isinstance(on, date):
            return [Reply(on), *ask(turn)]
        wanted.day = on.isoformat()
    if number:
        wanted.number = number[1]
    return _go(turn, wanted) if number or dated else None


def expects_number(turn: Turn) -> bool:
    """A typed number is the number of a unit."""
    return bool(turn.conversation.step)


FLOW = Flow(ask, read, expects_number)


def _kept(turn: Turn) -> Wanted | None:
    data = turn.conversation.data.get("export")
    round = round_for(turn, "export", str(data["round"])) if isinstance(data, dict) else None
    if round is None or not isinstance(data, dict):
        return None
    return Wanted(round, data["unit"], data["waiting"], data["number"], data["day"])


def _go(turn: Turn, wanted: Wanted) -> list[Reply]:
    turn.enter(NAME, wanted.round.id)
    told = {"unit": wanted.unit, "waiting": wanted.waiting, "number": wanted.number, "day": wanted.day}
    turn.remember(export={"round": wanted.round.id, **told})
    return _screen(turn, wanted)


def _forms(turn: Turn, page: str) -> list[Reply]:
    """Forms that had a round, the newest first."""
    rounds = seen(turn, "export", closed=True)
    if not rounds:
        return reply(turn.say("Chưa mở đợt nào nên chưa có gì để xuất."), menu_choice(turn))
    names = {round.form: form_name(form_of(turn, round.version)) for round in reversed(rounds)}
    newest = list(dict.fromkeys(round.form for round in rounds))
    choices = [Choice(cut(names[form]), value(NAME, FORM, form)) for form in newest]
    return listed(turn, turn.say("Xuất biểu mẫu nào?"), choices, value(NAME, "trang"), page)


def _rounds(turn: Turn, form: str, page: str) -> list[Reply]:
    rounds = [round for round in seen(turn, "export", closed=True) if round.form == form]
    if len(rounds) == 1:
        return _go(turn, Wanted(rounds[0]))
    choices = []
    for round in rounds:
        closed = turn.say(" (đã đóng)") if round.closed_at else ""
        choices.append(Choice(cut(f"{round.period}{closed}"), value(NAME, ROUND, round.id)))
    return listed(turn, turn.say("Đợt nào?"), choices, value(NAME, FORM, form), page) if rounds else _forms(turn, "")


def _units(turn: Turn, round: Round) -> list[UnitRow]:
    return [unit for unit in turn.records.registry.units.all() if unit.code in round.units]


def _screen(turn: Turn, wanted: Wanted) -> list[Reply]:
    """What the file will hold; a press on a format makes it."""
    say = turn.say
    states = turn.records.registry.submissions.tally(wanted.round).states
    within = {code: state for code, state in states.items() if wanted.unit in ("", code)}
    accepted = sum(state == "accepted" for state in within.values())
    waiting = sum(state == "submitted" for state in within.values())
    unit = turn.records.registry.units.get(wanted.unit) if wanted.unit else None
    lines = [
        say("<b>{form}</b>, {period}", form=form_name(form_of(turn, wanted.round.version)), period=wanted.round.period),
        say("{units}: {count} bài đã nhận.", units=unit.name if unit else say("Tất cả đơn vị"), count=accepted),
    ]
    if waiting:
        note = (
            say("Gồm cả {count} bài chờ xem.", count=waiting)
            if wanted.waiting
            else say("Không gồm {count} bài chờ xem.", count=waiting)
        )
        lines.append(note)
    if wanted.number or wanted.day:
        on = day(date.fromisoformat(wanted.day)) if wanted.day else say("để trống")
        lines.append(say("Số: {number}. Ngày: {day}.", number=wanted.number or say("để trống"), day=on))
    else:
        lines.append(
            say(
                "Số, ngày để trống cho văn thư. Muốn in sẵn thì gõ, ví dụ <b>số 12, ngày {day}</b>.",
                day=day(turn.today),
            )
        )
    some = accepted + (waiting if wanted.waiting else 0)
    lines.append(say("Chọn dạng tệp.") if some else say("Chưa có bài nào để xuất."))
    return reply(Markup("\n").join(lines), *_choices(turn, wanted, bool(waiting), bool(some)))


def _choices(turn: Turn, wanted: Wanted, waiting: bool, some: bool) -> list[Choice]:
    say = turn.say
    id = wanted.round.id
    found = [Choice(label, value(NAME, FORMAT, f"{id}/{name}")) for name, label in FORMATS.items()] if some else []
    if waiting:
        label = say("Chỉ lấy bài đã nhận") if wanted.waiting else say("Lấy cả bài chờ xem")
        found.append(Choice(str(label), value(NAME, STATES, id)))
    if wanted.unit:
        found.append(Choice(str(say("Tất cả đơn vị")), value(NAME, UNIT, f"{id}/{EVERY}")))
    found.append(Choice(str(say("Chỉ một đơn vị")), value(NAME, UNITS, id)))
    return [*found, Choice(str(say("Biểu khác")), value(NAME))]


def _pressed(turn: Turn, wanted: Wanted, verb: str, arg: str) -> list[Reply]:
    if verb == FORMAT and arg in FORMATS:
        return _file(turn, wanted, arg)
    if verb == STATES:
        wanted.waiting = not wanted.waiting
    elif verb == UNIT:
        wanted.unit = arg if arg in wanted.round.units else ""
    elif verb == UNITS:
        id = wanted.round.id
        choices = [Choice(cut(one.name), value(NAME, UNIT, f"{id}/{one.code}")) for one in _units(turn, wanted.round)]
        return listed(turn, turn.say("Đơn vị nào? Bấm, hoặc gõ số tổ hay tên."), choices, value(NAME, UNITS, id), arg)
    return _go(turn, wanted)


def _file(turn: Turn, wanted: Wanted, format: str) -> list[Reply]:
    """The file, made when it is sent; that it was asked for is kept."""
    say = turn.say
    states = turn.records.registry.submissions.tally(wanted.round).states
    if not any(state in wanted.states for code, state in states.items() if wanted.unit in ("", code)):
        return [Reply(say("Chưa có bài nào để xuất.")), *_screen(turn, wanted)]
    params = {
        "round": wanted.round.id,
        "unit": wanted.unit,
        "format": format,
        "states": ",".join(wanted.states),
        "number": wanted.number,
        "day": wanted.day,
        "made": turn.today.isoformat(),
        "asked_by": name_of(turn, turn.person.id),
    }
    told = {name: told for name, told in params.items() if told}
    after = " ".join(f"{name}={told[name]}" for name in ("unit", "format", "states", "number", "day") if name in told)
    turn.records.registry.audit.add("export", wanted.round.id, "exported", turn.person.id, after=after)
    text = say(
        "Tệp <b>{format}</b> của {form}, {period} đây. Anh/chị xem lại rồi trình ký; {blank} do phường ghi.",
        format=FORMATS[format],
        form=form_name(form_of(turn, wanted.round.version)),
        period=wanted.round.period,
        blank=say("chữ ký") if wanted.number and wanted.day else say("số, ngày, chữ ký"),
    )
    again = Choice(str(say("Chọn lại dạng, đơn vị")), value(NAME, ROUND, wanted.round.id))
    turn.enter("")
    return [Reply(text, (again, menu_choice(turn)), attachments=(Attachment("export", told),))]
