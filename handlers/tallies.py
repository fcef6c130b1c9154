"""/tiendo: who has handed in and who has not, by form and by unit, as text and as a picture."""

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.commands import menu_choice, wants
from handlers.desk import turn_to
from handlers.listing import listed
from handlers.paging import packed, page_number, turning
from handlers.permissions import turned_away, units_of
from handlers.round_texts import (
    due_line,
    form_name,
    form_of,
    handed_in,
    round_for,
    round_label,
    round_name,
    seen,
    state_of,
    states_line,
)
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.unit_picking import picked
from handlers.wording import bare
from storage.registry import Round, UnitRow

NAME = "tiendo"
ROUND, UNIT, UNITS, PICTURE = "dot", "dv", "donvi", "anh"
ROOM = 800
_BEGINS = re.compile(r"(?:/tiendo|tiến độ|tien do)(?:@\w+)?\s+(?!nộp bài|nop bai)(.{1,80})", re.IGNORECASE)
# Rounds in one picture.
MOST_DRAWN = 12
_PHRASES = ("tien do", "tien do nop bai", "ai chua nop", "ai da nop", "don vi chua nop", "progress")
# Who has not handed in comes first: that is what people look for.
_ORDER = ("", "draft", "returned", "submitted", "accepted")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """All rounds, one round, one unit, or the picture."""
    pressed, asked = turn.pressed(NAME), _BEGINS.fullmatch(turn.text)
    named = asked is not None and turn.incoming.kind == "text"
    if pressed is None and not named and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "progress"):
        return away
    turn_to(turn)
    verb, arg, _ = pressed or ("", "", "")
    what, _, page = arg.partition("/")
    if asked and pressed is None:
        return _named(turn, asked[1])
    if verb == PICTURE:
        return _picture(turn, what)
    if verb == ROUND and (round := round_for(turn, "progress", what)):
        return _round(turn, round, page)
    if verb == UNITS:
        return _units(turn, what)
    if verb == UNIT and what in units_of(turn, "progress") and (unit := turn.records.registry.units.get(what)):
        return _unit(turn, unit)
    return _all(turn, what if verb == "trang" else "")


def _named(turn: Turn, text: str) -> list[Reply]:
    """ "tiến độ tổ 5"."""
    mine = set(units_of(turn, "progress"))
    units = [unit for unit in turn.records.registry.units.all() if unit.code in mine]
    found = picked(units, text)
    unit = next((unit for unit in units if found and found.codes == (unit.code,)), None)
    if unit:
        return _unit(turn, unit)
    return [Reply(turn.say("Tôi không rõ “{text}” là đơn vị nào.", text=text[:60])), *_all(turn, "")]


def _all(turn: Turn, page: str) -> list[Reply]:
    say = turn.say
    rounds = seen(turn, "progress")
    if not rounds:
        text = say("Chưa có đợt nào đang mở nên chưa có tiến độ.")
        return reply(text, Choice(str(say("Các đợt nộp bài")), value("dot")), menu_choice(turn))
    pages = packed([_line(turn, round) for round in rounds], ROOM)
    number = page_number(page, len(pages))
    start = sum(len(lines) for lines in pages[:number])
    shown = rounds[start : start + len(pages[number])]
    head = say("<b>Tiến độ nộp bài</b>")
    if len(pages) > 1:
        head += say(" Trang {page}/{pages}.", page=number + 1, pages=len(pages))
    choices = [Choice(round_label(turn, round), value(NAME, ROUND, round.id)) for round in shown]
    return reply(
        Markup("\n").join([head, *pages[number]]),
        *choices,
        *turning(turn, value(NAME), number, len(pages)),
        Choice(str(say("Xem theo đơn vị")), value(NAME, UNITS)),
        Choice(str(say("Gửi ảnh tiến độ")), value(NAME, PICTURE)),
        replaces=bool(page),
    )


def _line(turn: Turn, round: Round) -> Markup:
    tally = turn.records.registry.submissions.tally(round)
    return turn.say(
        "▪ {round}: đã nộp <b>{done}/{count}</b> ({states}){due}",
        round=round_name(turn, round),
        done=handed_in(tally),
        count=len(round.units),
        states=states_line(turn, tally),
        due=due_line(turn, round.due),
    )


def _round(turn: Turn, round: Round, page: str) -> list[Reply]:
    """One round: its units by where they stand."""
    say = turn.say
    pages = packed(_by_state(turn, round), ROOM)
    number = page_number(page, len(pages))
    tally = turn.records.registry.submissions.tally(round)
    head = say(
        "<b>{form}</b>, {period}: đã nộp <b>{done}/{count}</b>{due}.",
        form=form_name(form_of(turn, round.version)),
        period=round.period,
        done=handed_in(tally),
        count=len(round.units),
        due=due_line(turn, round.due),
    )
    if len(pages) > 1:
        head += say(" Trang {page}/{pages}.", page=number + 1, pages=len(pages))
    return reply(
        Markup("\n").join([head, *pages[number]]),
        *turning(turn, value(NAME, ROUND, round.id), number, len(pages)),
        Choice(str(say("Gửi ảnh tiến độ")), value(NAME, PICTURE, round.id)),
        Choice(str(say("Xem đợt này")), value("dot", "xem", round.id)),
        Choice(str(say("Mọi đợt")), value(NAME)),
        replaces=bool(page),
    )


def _by_state(turn: Turn, round: Round) -> Iterator[Markup]:
    """A line for each ten units that stand in the same place."""
    states = turn.records.registry.submissions.tally(round).states
    names = {unit.code: unit.name for unit in turn.records.registry.units.all()}
    for state in _ORDER:
        codes = [code for code, known in states.items() if known == state or (not state and known == "withdrawn")]
        for start in range(0, len(codes), 10):
            shown = ", ".join(names.get(code, code) for code in codes[start : start + 10])
            if start:
                yield Markup.escape(shown)
            else:
                yield turn.say(
                    "<b>{state} ({count})</b>: {names}", state=state_of(turn, state), count=len(codes), names=shown
                )


def _units(turn: Turn, page: str) -> list[Reply]:
    """The units that owe something, each with how much is missing."""
    rounds, mine = seen(turn, "progress"), set(units_of(turn, "progress"))
    missing: dict[str, int] = {}
    for round in rounds:
        for code, state in turn.records.registry.submissions.tally(round).states.items():
            missing[code] = missing.get(code, 0) + (state not in ("submitted", "accepted"))
    units = [unit for unit in turn.records.registry.units.all() if unit.code in missing and unit.code in mine]
    units.sort(key=lambda unit: -missing[unit.code])
    choices = [
        Choice(
            cut(bare(turn.say("{unit}: thiếu {count}", unit=unit.name, count=missing[unit.code]))),
            value(NAME, UNIT, unit.code),
        )
        for unit in units
    ]
    head = turn.say("Xem đơn vị nào? Con số là số bài chưa nộp.")
    return listed(turn, head, choices, value(NAME, UNITS), page) if choices else _all(turn, "")


def _unit(turn: Turn, unit: UnitRow) -> list[Reply]:
    """What one unit owes, and where each stands."""
    say = turn.say
    lines = [say("<b>{unit}</b>", unit=unit.name)]
    choices = []
    theirs = turn.records.registry.submissions.of_unit(unit.code)
    for round in (round for round in seen(turn, "progress") if unit.code in round.units):
        found = next((one for one in theirs if one.round == round.id and one.state != "withdrawn"), None)
        state = state_of(turn, found.state if found else "")
        lines.append(
            say("▪ {round}: {state}{due}", round=round_name(turn, round), state=state, due=due_line(turn, round.due))
        )
        if found and found.state != "draft":
            choices.append(
                Choice(cut(bare(say("Xem: {round}", round=round_name(turn, round)))), value("duyet", "bai", found.id))
            )
    back = Choice(str(say("Đơn vị khác")), value(NAME, UNITS))
    return reply(Markup("\n").join(lines), *choices[:8], back)


def _picture(turn: Turn, id: str) -> list[Reply]:
    """The picture, of one round or of all that are open."""
    rounds = [round for round in seen(turn, "progress") if id in ("", round.id)]
    if not rounds:
        return _all(turn, "")
    drawn = rounds[:MOST_DRAWN]
    picture = Attachment("progress", {"round": ",".join(one.id for one in drawn), "made": turn.today.isoformat()})
    text = turn.say("Ảnh tiến độ đây, anh/chị chuyển tiếp được ngay.")
    if len(rounds) > len(drawn):
        text += turn.say(" Ảnh có {count} đợt mở trước; đợt khác thì xem từng đợt.", count=len(drawn))
    return [Reply(text, (Choice(str(turn.say("Tiến độ nộp bài")), value(NAME)),), attachments=(picture,))]
