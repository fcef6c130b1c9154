"""/duyet: what waits for staff, by form and by unit, the longest wait first."""

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import menu_choice
from handlers.listing import listed
from handlers.paging import page_number
from handlers.permissions import units_of
from handlers.reviews import NAME
from handlers.round_texts import form_name, form_of, local_day
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.wording import bare, day
from storage.registry import State, Submission, UnitRow

PAGE = 8
MOST_FORMS = 10
FORM, UNIT, ALL, TURN = "bieu", "dv", "het", "hang"
WAITING: Sequence[State] = ("submitted",)


def queue(turn: Turn, verb: str = "", arg: str = "", page: str = "") -> list[Reply]:
    """What waits: of one form, of one unit, or all of it, one page."""
    say = turn.say
    mine = units_of(turn, "review")
    form = arg if verb == FORM else ""
    units = [arg] if verb == UNIT and arg in mine else mine
    counts = turn.records.registry.submissions.count_each(WAITING)
    counted = {key: n for key, n in counts.items() if key[1] in set(units) and form in ("", key[0])}
    total = sum(counted.values())
    if not total:
        return _nothing(turn, narrowed=bool(verb))
    number = page_number(page, (total + PAGE - 1) // PAGE)
    found = turn.records.registry.submissions.queue(WAITING, form, PAGE, number * PAGE, units=units)
    by_code = {unit.code: unit for unit in turn.records.registry.units.all()}
    lines = [say("<b>Chờ xem: {count} bài</b>", count=total)]
    if total > PAGE:
        lines.append(
            say("Trang {page}/{pages}, bài gửi trước ở trên.", page=number + 1, pages=(total + PAGE - 1) // PAGE)
        )
    lines += [_line(turn, place, one, by_code) for place, one in enumerate(found, number * PAGE + 1)]
    choices = [Choice(_label(turn, one, by_code), value(NAME, "bai", one.id)) for one in found]
    nav = _nav(turn, verb, arg, number, total)
    return reply(Markup("\n").join(lines), *choices, *nav, *_narrowing(turn, verb, counted), replaces=bool(page))


def _nothing(turn: Turn, *, narrowed: bool) -> list[Reply]:
    say = turn.say
    text = say("Không có bài nào chờ xem ở đây.") if narrowed else say("Không có bài nào chờ xem.")
    see_all = [Choice(str(say("Tất cả bài chờ xem")), value(NAME))] if narrowed else []
    return reply(text, *see_all, Choice(str(say("Tiến độ nộp bài")), value("tiendo")), menu_choice(turn))


def _line(turn: Turn, place: int, submission: Submission, units: dict[str, UnitRow]) -> Markup:
    unit = units.get(submission.unit)
    return turn.say(
        "{place}. {unit}: {form} ({code}), gửi {day}",
        place=place,
        unit=unit.name if unit else submission.unit,
        form=form_name(form_of(turn, submission.version)),
        code=submission.code,
        day=day(local_day(submission.changed_at)),
    )


def _label(turn: Turn, submission: Submission, units: dict[str, UnitRow]) -> str:
    unit = units.get(submission.unit)
    name = unit.name if unit else submission.unit
    return cut(f"{name}: {form_name(form_of(turn, submission.version))}")


def _nav(turn: Turn, verb: str, arg: str, number: int, total: int) -> list[Choice]:
    found = []
    if number > 0:
        found.append(Choice(str(turn.say("Trang trước")), value(NAME, TURN, f"{verb or ALL}/{arg}/{number - 1}")))
    if (number + 1) * PAGE < total:
        found.append(Choice(str(turn.say("Trang sau")), value(NAME, TURN, f"{verb or ALL}/{arg}/{number + 1}")))
    return found


def _narrowing(turn: Turn, verb: str, counted: dict[tuple[str, str], int]) -> list[Choice]:
    """Buttons to one form of several; back to all; the way to one unit is typed."""
    say = turn.say
    if verb:
        return [Choice(str(say("Tất cả bài chờ xem")), value(NAME))]
    forms: Counter[str] = Counter()
    for (form, _), count in counted.items():
        forms[form] += count
    known = turn.knowledge.library.forms
    found = [
        Choice(
            bare(say("Chỉ {form} ({count})", form=cut(form_name(known[form].form), 40), count=count)),
            value(NAME, FORM, form),
        )
        for form, count in forms.most_common(MOST_FORMS)
        if form in known
    ]
    by_unit = [Choice(str(say("Xem theo đơn vị")), value(NAME, "donvi"))]
    several_units = len({unit for _, unit in counted}) > 1
    return [*(found if len(forms) > 1 else []), *(by_unit if several_units else [])]


def by_unit(turn: Turn, page: str = "") -> list[Reply]:
    """The units of which something waits, with how much; the one with most first."""
    mine = set(units_of(turn, "review"))
    waiting: Counter[str] = Counter()
    for (_, unit), count in turn.records.registry.submissions.count_each(WAITING).items():
        if unit in mine:
            waiting[unit] += count
    names = {unit.code: unit.name for unit in turn.records.registry.units.all()}
    choices = [
        Choice(cut(f"{names.get(code, code)} ({count})"), value(NAME, UNIT, code))
        for code, count in waiting.most_common()
    ]
    if not choices:
        return _nothing(turn, narrowed=False)
    return listed(turn, turn.say("Bài chờ xem của đơn vị nào?"), choices, value(NAME, "donvi"), page)


def next_waiting(turn: Turn) -> Submission | None:
    """What waits longest."""
    found: Sequence[Submission] = turn.records.registry.submissions.queue(
        WAITING, limit=1, units=units_of(turn, "review")
    )
    return found[0] if found else None
