"""How rounds are said: their names, how far they have come, when they are due; and which ones staff see."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from markupsafe import Markup

from handlers.paperwork import due_words
from handlers.permissions import Action, units_of
from handlers.step_texts import cut
from handlers.turn import Turn
from handlers.wording import bare, day
from knowledge.forms import Form, version_of
from storage.registry import Round, Tally, UnitRow

_VIETNAM = timezone(timedelta(hours=7))
# What counts as handed in; what was returned or withdrawn is in no total.
HANDED_IN = ("submitted", "accepted")
# Names of units in one line.
MOST_NAMES = 12


def form_of(turn: Turn, version: str) -> Form:
    """The form of a version; the current ones need not be read again."""
    current = turn.knowledge.library.forms.values()
    known = next((one for one in current if one.hash == version), None)
    return (known or version_of(turn.records.registry.rounds.version(version))).form


def form_name(form: Form) -> str:
    """A form as queues and buttons name it."""
    return form.short or form.title


def round_name(turn: Turn, round: Round) -> str:
    """A round as lists name it: form and period."""
    return f"{form_name(form_of(turn, round.version))}, {round.period}"


def round_label(turn: Turn, round: Round) -> str:
    """A round on a button: the period stays whole."""
    period = cut(round.period, 24)
    return f"{cut(form_name(form_of(turn, round.version)), 56 - len(period))}, {period}"


def seen(turn: Turn, action: Action, *, closed: bool = False) -> list[Round]:
    """The rounds of the ward for which one may do something; the open ones, oldest first, or all, newest first."""
    units = set(units_of(turn, action))
    rounds = turn.records.registry.rounds
    found = rounds.every() if closed else rounds.current()
    return [round for round in found if units.intersection(round.units)]


def round_for(turn: Turn, action: Action, id: str) -> Round | None:
    """A round by its id, if one may do something in it."""
    round = turn.records.registry.rounds.get(id)
    return round if round and set(units_of(turn, action)).intersection(round.units) else None


def handed_in(tally: Tally) -> int:
    """How many units have handed in, accepted ones counted in."""
    return sum(state in HANDED_IN for state in tally.states.values())


def states_line(turn: Turn, tally: Tally) -> Markup:
    """How many units stand where; what nobody has is left out."""
    count = Counter(tally.states.values())
    say = turn.say
    parts = [
        (count["accepted"], say("đã nhận {count}", count=count["accepted"])),
        (count["submitted"], say("chờ xem {count}", count=count["submitted"])),
        (count["returned"], say("đang sửa {count}", count=count["returned"])),
        (count["draft"], say("đang làm {count}", count=count["draft"])),
        (count[""] + count["withdrawn"], say("chưa làm {count}", count=count[""] + count["withdrawn"])),
    ]
    return Markup(", ").join(words for number, words in parts if number)


def state_of(turn: Turn, state: str) -> Markup:
    """Where one unit stands; with nothing begun, or all of it withdrawn, it has not."""
    say = turn.say
    names = {
        "accepted": say("Đã nhận"),
        "submitted": say("Chờ xem"),
        "returned": say("Đang sửa"),
        "draft": say("Đang làm"),
    }
    return names.get(state, say("Chưa làm"))


def due_line(turn: Turn, due: date | None) -> Markup:
    """When a round is due, as the end of a line."""
    return due_words(turn, due) if due else turn.say(", không đặt hạn")


def units_line(turn: Turn, units: Sequence[UnitRow]) -> str:
    """How many units of which kind: "17 đơn vị (16 tổ dân phố, 1 bản)"."""
    kinds = Counter(unit.kind for unit in units)
    named = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    whole = str(turn.say("{count} đơn vị", count=len(units)))
    return f"{whole} ({named})" if len(kinds) > 1 else named or whole


def names_line(turn: Turn, units: Sequence[UnitRow], most: int = MOST_NAMES) -> str:
    """Names of units with commas between; of many only the first."""
    names = ", ".join(unit.name for unit in units[:most])
    more = len(units) - most
    return names if more <= 0 else bare(turn.say("{names} và {count} đơn vị nữa", names=names, count=more)).strip()


def when(at: datetime) -> str:
    """A moment as people write it: "14:05 ngày 20/11/2026"."""
    return f"{at.astimezone(_VIETNAM):%H:%M} ngày {day(local_day(at))}"


def local_day(at: datetime) -> date:
    """The day of a moment in Vietnam."""
    return at.astimezone(_VIETNAM).date()
