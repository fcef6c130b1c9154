"""What the clock brings about: every morning one message to whoever owes something, and to staff who is missing.

The clock ticks every hour, in the morning also at the minute at which people are reminded. Whoever was not reminded
today is reminded at the next tick within the hours of `calendar/reminders.toml`, of all that has come due since the
last time: after days without power once, in the night never.
"""

from collections.abc import Callable
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.owed import Owed, due_now, go_choices, missing_now
from handlers.paging import packed
from handlers.reminder_texts import LATER, NAME, day_words, owed_line
from handlers.round_texts import names_line, round_name
from handlers.step_texts import cut
from handlers.translation import Translator
from handlers.turn import Turn, value
from handlers.wording import ZONE, day
from knowledge.reminding import mornings
from storage.records import Records
from storage.registry import Round, UnitRow

# People in one transaction, so that nobody who writes meanwhile waits for all of them.
PEOPLE = 10
# Lines of one message, in characters; and how many of them get a button.
ROOM = 780
BUTTONS = 3
MOST_NAMES = 8


def rung(records: Records, today: date, key: str, turn_of: Callable[[str], Turn]) -> None:
    """Remind some people who were not reminded today; `turn_of` gives a turn in which a person, by id, acts.

    Where there are more, the clock is asked for another event. Outside of the hours nothing is done.
    """
    reminders = records.registry.reminders
    if not mornings().open(records.registry.now.astimezone(ZONE).time()):
        return
    people = reminders.waiting(today, PEOPLE)
    for person in people:
        since = reminders.begin(person, today)
        if since:
            _remind(records, turn_of(person), since)
    if len(people) == PEOPLE:
        tick, _, number = key.partition("+")
        records.tick(f"{tick}+{int(number or 0) + 1}")


def _remind(records: Records, turn: Turn, since: date) -> None:
    """Say what has come due since a day, where anything has."""
    owed, missing = due_now(turn, since), missing_now(turn, since)
    if owed or missing:
        say = Translator(records.kept(turn.person.id).person.language)
        if say.language != turn.say.language:
            turn.say = say
            owed = due_now(turn, since)
        records.queue(turn.person.id, morning(turn, owed, missing), reminds=True)


def morning(turn: Turn, owed: list[Owed], missing: list[tuple[Round, list[UnitRow]]]) -> Reply:
    """The message of a morning: who has not handed in, and what is still to be done, of which /hannop has the rest."""
    say = turn.say
    head = say("<b>Việc cần nhớ hôm nay</b>, {on}", on=day_words(say, turn.today))
    lines = [_missing_line(turn, round, units) for round, units in missing]
    lines += [owed_line(say, one, turn.today) for one in owed]
    shown = packed(lines, ROOM)[0]
    left = len(lines) - len(shown)
    more = [say("Còn {count} việc nữa, bấm Hạn của tôi để xem hết.", count=left)] if left else []
    return Reply(Markup("\n").join([head, *shown, *more]), tuple(_choices(turn, owed, missing)))


def _missing_line(turn: Turn, round: Round, units: list[UnitRow]) -> Markup:
    return turn.say(
        "▪ <b>{round}</b>: hết hạn {day}, còn {count} đơn vị chưa nộp: {names}.",
        round=round_name(turn, round),
        day=day(round.due) if round.due else "",
        count=len(units),
        names=names_line(turn, units, MOST_NAMES),
    )


def _choices(turn: Turn, owed: list[Owed], missing: list[tuple[Round, list[UnitRow]]]) -> list[Choice]:
    say = turn.say
    tallies = [
        Choice(cut(str(say("Ai chưa nộp: {round}", round=round_name(turn, round)))), value("tiendo", "dot", round.id))
        for round, _ in missing[:BUTTONS]
    ]
    later = [Choice(str(say("Nhắc lại sau")), value(NAME, LATER))] if owed else []
    return [*tallies, *go_choices(owed, BUTTONS), *later, Choice(str(say("Hạn của tôi")), value("hannop"))]
