"""What somebody owes and by when: forms of open rounds, what documents ask of the ward, the ward's own deadlines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from conversation import Choice
from handlers.opening_texts import NAME as OPENING
from handlers.paperwork import NAME as PAPERWORK
from handlers.paperwork import OPEN
from handlers.permissions import MAY, WHOLE_WARD, held, units_of
from handlers.round_texts import HANDED_IN, form_name, form_of, seen
from handlers.step_texts import cut
from handlers.turn import Turn, value
from handlers.wording import capital, paper
from knowledge.holidays import holidays
from knowledge.reminding import WardDuty, mornings, rings, ward_duties
from storage.registry import Round, UnitRow
from storage.reminders import OwnDeadline

# Kinds of item: a round, a deadline of a document, one of the ward's own.
ROUND, DOCUMENT, OWN = "r", "d", "w"
_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that somebody is reminded of until it is done."""

    # Its name in the storage: "r/<round>", "d/<entry>", "w/<id>".
    item: str
    # Last safe day.
    last: date
    what: Markup
    # Whose it is, where that is not clear.
    unit: str = ""
    # The ward sent it back.
    returned: bool = False
    # Leads to where it is done.
    go: Choice | None = None
    # What else is to be known about it.
    note: Markup = _NOTHING

    @property
    def kind(self) -> str:
        """Round, document or own."""
        return self.item.partition("/")[0]


def owed_by(turn: Turn) -> list[Owed]:
    """What the person who writes owes, the next last day first; also what is late, and what is silenced."""
    found = [*_forms(turn), *_work(turn), *_own(turn)]
    return sorted(found, key=lambda owed: (owed.last, owed.item))


def due_now(turn: Turn, since: date) -> list[Owed]:
    """Of these, what somebody is to be reminded of who was reminded last on a day, the next last day first."""
    reminders = turn.records.registry.reminders
    snoozed, silenced = reminders.snoozed(turn.person.id), reminders.silenced()
    days = mornings().days
    return [
        owed
        for owed in owed_by(turn)
        if not silent(silenced, owed) and rings(owed.last, since, turn.today, holidays(), days, snoozed.get(owed.item))
    ]


def missing_now(turn: Turn, since: date) -> list[tuple[Round, list[UnitRow]]]:
    """For staff: rounds whose last day has passed since a day, with the units that have not handed in."""
    registry, days_off = turn.records.registry, holidays()
    silenced, found = registry.reminders.silenced(), []
    for round in seen(turn, "progress"):
        if round.due is None or silent(silenced, Owed(f"{ROUND}/{round.id}", round.due, Markup(""))):
            continue
        told = days_off.no_holiday_after(date.fromordinal(round.due.toordinal() + 1))
        units = _not_handed_in(turn, round) if since < told <= turn.today else []
        if units:
            found.append((round, units))
    return found


def go_choices(found: Iterable[Owed], most: int) -> list[Choice]:
    """The buttons that lead to where things are done, each once."""
    return list(dict.fromkeys(owed.go for owed in found if owed.go))[:most]


def silent(silenced: Mapping[str, frozenset[date | None]], owed: Owed) -> bool:
    """Whether nobody is reminded of it."""
    return bool(silenced.get(owed.item, frozenset()) & {None, owed.last})


def wards(turn: Turn) -> list[str]:
    """Codes of the wards, or parts of one, that the person is staff of."""
    roles = (role for role in held(turn) if role.role in WHOLE_WARD and "set_reminders" in MAY[role.role])
    return list(dict.fromkeys(role.unit for role in roles))


def own_items(turn: Turn, deadlines: Iterable[OwnDeadline]) -> list[Owed]:
    """Deadlines of the ward's own that are still ahead."""
    found = []
    for one in deadlines:
        last = next_last(one, turn.today)
        if last >= turn.today:
            found.append(Owed(f"{OWN}/{one.id}", last, Markup.escape(capital(one.what))))
    return found


def next_last(deadline: OwnDeadline, today: date) -> date:
    """The last day of a deadline, of a yearly one the next."""
    if not deadline.yearly or deadline.last >= today:
        return deadline.last
    this = deadline.in_year(today.year)
    return this if this >= today else deadline.in_year(today.year + 1)


def duties(turn: Turn) -> list[Owed]:
    """What the documents ask of the ward itself; where units fill in a form for it, whether they were asked to."""
    found = ward_duties(turn.knowledge.library, turn.today)
    opened = {round.form for round in seen(turn, "progress")} if found else set()
    return [_duty(turn, duty, opened) for duty in found]


def _duty(turn: Turn, duty: WardDuty, opened: set[str]) -> Owed:
    say = turn.say
    what = say(
        "{what} ({paper}, {section})",
        what=capital(duty.deadline.what),
        paper=paper(say, duty.document),
        section=duty.entry.section,
    )
    serving = (version.form for version in turn.knowledge.library.forms.values())
    closed = [form for form in serving if form.deadline == duty.entry.id and form.id not in opened]
    if closed:
        note = say(" Chưa mở đợt {form} cho các đơn vị.", form=form_name(closed[0]))
        go = Choice(str(say("Mở đợt mới")), value(OPENING))
    else:
        note = _NOTHING
        go = Choice(cut(str(say("Xem: {what}", what=duty.deadline.what))), value("hoi", "muc", duty.entry.id))
    return Owed(f"{DOCUMENT}/{duty.entry.id}", duty.last, what, go=go, note=note)


def round_items(turn: Turn) -> list[Owed]:
    """For staff: the open rounds of which units are reminded."""
    return [
        Owed(f"{ROUND}/{round.id}", round.due, _name(turn, round))
        for round in seen(turn, "progress")
        if round.due and round.due >= turn.today
    ]


def _forms(turn: Turn) -> Iterator[Owed]:
    """The forms of one's unit that are not with the ward; of the ward as a unit, where nobody else fills them in."""
    mine = units_of(turn, "fill_in")
    # Whoever acts for one unit only knows which.
    named = len(mine) != 1
    for code in [*mine, *_left_to_staff(turn)]:
        unit = turn.records.registry.units.get(code)
        rounds = [round for round in turn.records.registry.rounds.current(code) if round.due]
        if unit is None or not rounds:
            continue
        states = {one.round: one.state for one in reversed(turn.records.registry.submissions.of_unit(code))}
        for round in rounds:
            state = states.get(round.id, "")
            if round.due and state not in HANDED_IN:
                name = unit.name if named or code not in mine else ""
                form = form_name(form_of(turn, round.version))
                go = _go(turn, form, round, unit, state) if code in mine else None
                yield Owed(f"{ROUND}/{round.id}", round.due, _name(turn, round), name, state == "returned", go)


def _left_to_staff(turn: Turn) -> list[str]:
    mine = wards(turn)
    there = {role.unit for role in turn.records.registry.roles.holders("leader", turn.today)} if mine else set()
    return [code for code in mine if code not in there]


def _go(turn: Turn, form: str, round: Round, unit: UnitRow, state: str) -> Choice:
    label = turn.say("Sửa: {form}", form=form) if state == "returned" else turn.say("Làm: {form}", form=form)
    return Choice(cut(str(label)), value(PAPERWORK, OPEN, f"{round.id}/{unit.code}"))


def _name(turn: Turn, round: Round) -> Markup:
    return turn.say("{form}, {period}", form=form_name(form_of(turn, round.version)), period=round.period)


def _work(turn: Turn) -> list[Owed]:
    return duties(turn) if wards(turn) else []


def _own(turn: Turn) -> list[Owed]:
    """Deadlines of the ward's own, as staff of that ward or as a leader below it."""
    registry = turn.records.registry
    listed = registry.reminders.owns()
    staff, units = set(wards(turn)), set(units_of(turn, "see_own")) if listed else set()
    led = {ward for ward in {one.unit for one in listed} if units.intersection(registry.units.below(ward))}
    mine = []
    for one in listed:
        as_staff = one.unit in staff and one.whom in ("staff", "all")
        as_leader = one.unit in led and one.whom in ("leaders", "all")
        mine += [one] if as_staff or as_leader else []
    return own_items(turn, mine)


def _not_handed_in(turn: Turn, round: Round) -> list[UnitRow]:
    states = turn.records.registry.submissions.tally(round).states
    reached = set(units_of(turn, "progress"))
    missing = {code for code, state in states.items() if state not in HANDED_IN} & reached
    return [unit for unit in turn.records.registry.units.all() if unit.code in missing]
