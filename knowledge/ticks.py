"""Several ticks in one message: "1 có 2 không 3 có", "có hết trừ 3.5 không, 2.9 không áp dụng", "3.7 có 45/50".

Nothing is guessed: a clause that holds a word which is not understood counts as a whole for nothing, and "all" is
left out where anything in the message is unclear, because that may be an exception.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.bad_answers import BadAnswer
from knowledge.folding import aligned, fold, tidy
from knowledge.forms import Field
from knowledge.shares import MOST
from knowledge.tick_clauses import Clause, clauses_in, joined, parted
from knowledge.tick_marks import Mark, marks_in
from knowledge.tick_rows import Rows
from knowledge.tick_words import Tick, tick_of

LONGEST = 2000
_MOST_UNREAD = 300


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a message ticks. Keys are field ids, in the order of the fields."""

    # "yes", "no" or "na".
    values: Mapping[str, str]
    # Beside a tick: {"part", "whole"}, or a count where the row counts something.
    numbers: Mapping[str, Mapping[str, int] | int]
    # What was not understood, as typed; empty where everything was.
    unread: str


def read_ticks(fields: Sequence[Field], text: str) -> Ticks:
    """The ticks of a message about rows that are shown in this order; each field is yes_no or yes_no_na."""
    if len(text) > LONGEST or not fields:
        return Ticks({}, {}, tidy(text[:_MOST_UNREAD]))
    return _Reading(fields, tidy(text, lines=True)).result()


class _Reading:
    """One message while it is read."""

    def __init__(self, fields: Sequence[Field], text: str) -> None:
        self._fields = fields
        self._text = text
        self._said: dict[str, tuple[Tick, Clause]] = {}
        self._numbers: dict[str, Mapping[str, int] | int] = {}
        self._unread: list[tuple[int, int]] = []
        # Rows that are named without a clear tick; "all" leaves them out.
        self._open: set[str] = set()
        # Whether anything may be an exception that was not understood.
        self._unclear = False

    def result(self) -> Ticks:
        """What the message ticks."""
        rows = Rows(self._fields)
        marks = joined(list(marks_in(aligned(self._text), rows)), rows)
        if len(self._fields) == 1 and not any(mark.kind == "row" for mark in marks):
            marks.insert(0, Mark("row", 0, 0, rows=tuple(self._fields)))
        every, rest = parted(marks)
        for clause in clauses_in(rest):
            self._take(clause, every)
        values = {id: said[0] for id, said in self._said.items()} | self._others(every)
        order = [field.id for field in self._fields]
        numbers = {id: self._numbers[id] for id in order if id in self._numbers}
        # Where there were only polite words nothing was understood either.
        nothing = not values and not numbers
        unread = self._left() or (tidy(self._text)[:_MOST_UNREAD] if nothing else "")
        return Ticks({id: values[id] for id in order if id in values}, numbers, unread)

    def _take(self, clause: Clause, every: Sequence[Mark]) -> None:
        if clause.strange or not clause.rows or len(clause.ticks) > 1 or len(clause.numbers) > 1:
            self._leave(clause.start, clause.end)
            self._open |= {field.id for mark in clause.rows for field in mark.rows}
            self._unclear = True
            return
        for mark in clause.rows:
            if len(mark.rows) == 1:
                self._tick(mark, clause, every)
            else:
                # A number that two rows share names both; one that no row has may be a slip for any.
                self._leave(mark.start, clause.end if len(clause.rows) == 1 else mark.end)
                self._open |= {field.id for field in mark.rows}
                self._unclear |= not mark.rows
        for mark in clause.numbers:
            self._count(mark, clause)

    def _tick(self, mark: Mark, clause: Clause, every: Sequence[Mark]) -> None:
        field = mark.rows[0]
        meant = _meant(field, clause, every)
        if meant is None:
            if clause.numbers and not clause.ticks:
                return
            self._leave(mark.start, clause.end if len(clause.rows) == 1 else mark.end)
            self._open.add(field.id)
            self._unclear |= not clause.ticks and not clause.excepted
            return
        said = self._said.get(field.id)
        if field.id in self._open or (said and said[0] != meant):
            self._said.pop(field.id, None)
            self._open.add(field.id)
            self._leave(clause.start, clause.end)
            if said:
                self._leave(said[1].start, said[1].end)
        else:
            self._said[field.id] = (meant, clause)

    def _count(self, mark: Mark, clause: Clause) -> None:
        rows = [field for row in clause.rows for field in row.rows]
        value = _fitting(rows[0], mark) if len(rows) == 1 else None
        if value is None:
            self._leave(mark.start, mark.end)
        else:
            self._numbers[rows[0].id] = value

    def _others(self, every: Sequence[Mark]) -> dict[str, Tick]:
        """What "all" means for the rows that are not named; nothing where that is not sure."""
        if not every:
            return {}
        found: dict[str, Tick] = {}
        sure = not self._unclear and len({(mark.tick, mark.kind) for mark in every}) == 1
        sure &= len({field.bad for field in self._fields}) == 1
        sure &= all(mark.numbers in ((), (len(self._fields),)) for mark in every)
        for field in self._fields if sure else ():
            if field.id not in self._said and field.id not in self._open:
                tick = _of_all(field, every[0])
                sure &= tick is not None
                found |= {field.id: tick} if tick else {}
        if not sure:
            for mark in every:
                self._leave(mark.start, mark.end)
        return found if sure else {}

    def _leave(self, start: int, end: int) -> None:
        self._unread.append((start, end))

    def _left(self) -> str:
        """What was not understood, as typed, in its order."""
        spans: list[tuple[int, int]] = []
        for start, end in sorted(self._unread):
            if spans and not any(letter.isalnum() for letter in self._text[spans[-1][1] : start]):
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return "; ".join(tidy(self._text[start:end]) for start, end in spans)[:_MOST_UNREAD]


def _meant(field: Field, clause: Clause, every: Sequence[Mark]) -> Tick | None:
    """The tick of a row in a clause; of an exception without one the other than "all", where there is only one."""
    try:
        if clause.ticks and clause.ticks[0].tick:
            return tick_of(field, clause.ticks[0].tick, clause.ticks[0].sense, "")
    except BadAnswer:
        return None
    if clause.excepted and every and not clause.numbers and field.kind == "yes_no" and every[0].sense == "plain":
        return {"yes": "no", "no": "yes", "na": None}[every[0].tick or "na"]
    return None


def _of_all(field: Field, mark: Mark) -> Tick | None:
    if mark.kind == "none":
        # "Không có cái nào" answers what must not happen.
        return "no" if field.bad == "yes" else None
    try:
        return tick_of(field, mark.tick, mark.sense, "") if mark.tick else None
    except BadAnswer:
        return None


def _fitting(field: Field, mark: Mark) -> Mapping[str, int] | int | None:
    """Numbers beside a tick, where the row has a place for them."""
    if mark.kind == "share" and field.share:
        part, whole = mark.numbers
        return {"part": part, "whole": whole} if 0 <= part <= whole <= MOST and whole else None
    if mark.kind == "count" and field.target and not field.share and mark.unit == fold(field.target.unit):
        return mark.numbers[0]
    return None
