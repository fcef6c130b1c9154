"""From the pieces of a message to clauses: some rows and what is said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from knowledge.tick_marks import Mark
from knowledge.tick_rows import Rows


@dataclass(slots=True)
class Clause:
    """Rows, and what is said of them."""

    start: int
    rows: list[Mark] = field(default_factory=list)
    ticks: list[Mark] = field(default_factory=list)
    # Shares, counts and percentages.
    numbers: list[Mark] = field(default_factory=list)
    # It holds something that is not understood.
    strange: bool = False
    # It stands behind "trừ".
    excepted: bool = False
    end: int = 0

    def add(self, mark: Mark) -> None:
        """Take a mark in."""
        kinds = {"row": self.rows, "tick": self.ticks}
        kinds |= dict.fromkeys(("share", "count", "percent"), self.numbers)
        if mark.kind in kinds:
            kinds[mark.kind].append(mark)
        else:
            self.strange = True
        self.end = mark.end


def joined(marks: Sequence[Mark], rows: Rows) -> list[Mark]:
    """The marks with ranges as their rows; a dash behind a row alone is "không áp dụng", elsewhere a comma."""
    found: list[Mark] = []
    place = 0
    while place < len(marks):
        mark = marks[place]
        last = place
        while mark.kind == "row" and [other.kind for other in marks[last + 1 : last + 3]] == ["dash", "row"]:
            last += 2
        if last > place:
            found += _range(mark, marks[last], rows) if last == place + 2 else [_strange(mark, marks[last])]
        elif mark.kind == "dash":
            ends = last + 1 == len(marks) or marks[last + 1].kind in ("break", "comma")
            alone = ends and bool(found) and found[-1].kind == "row"
            found.append(replace(mark, kind="tick", tick="na") if alone else replace(mark, kind="comma"))
        else:
            found.append(mark)
        place = last + 1
    return found


def _range(first: Mark, last: Mark, rows: Rows) -> list[Mark]:
    """A mark for each row from one to another; one that is not understood where an end is not clear."""
    clear = len(first.rows) == len(last.rows) == 1
    between = rows.between(first.rows[0], last.rows[0]) if clear else ()
    return [Mark("row", first.start, last.end, rows=(row,)) for row in between] or [_strange(first, last)]


def _strange(first: Mark, last: Mark) -> Mark:
    return Mark("word", first.start, last.end)


def parted(marks: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """What is said of all rows, and the other marks; "đều có" behind the names of some rows is said of these."""
    every: list[Mark] = []
    rest: list[Mark] = []
    for mark in marks:
        behind_rows = next((other.kind for other in reversed(rest) if other.kind != "comma"), "") == "row"
        if mark.kind not in ("all", "none"):
            rest.append(mark)
        elif mark.every or not behind_rows:
            every.append(mark)
            rest.append(replace(mark, kind="break"))
        elif not every and any(other.kind == "except" for other in rest):
            # "trừ 3.5 có hết": of 3.5, or of all the others?
            rest.append(replace(mark, kind="word"))
        else:
            rest.append(replace(mark, kind="tick", tick=mark.tick or "no"))
    return every, rest


def clauses_in(marks: Sequence[Mark]) -> Iterator[Clause]:
    """The clauses of a message in which nothing is said of all rows."""
    segment: list[Mark] = []
    for mark in [*marks, Mark("break", 0, 0)]:
        if mark.kind != "break":
            segment.append(mark)
            continue
        said = [other for other in segment if other.kind != "comma"]
        yield from _tick_first(said) if said and said[0].kind == "tick" else _rows_first(segment)
        segment = []


def _tick_first(said: Sequence[Mark]) -> Iterator[Clause]:
    """ "có 1 2 3 không 4": each tick is said of the rows behind it; where one is left over nobody knows."""
    clause = Clause(said[0].start)
    left_over = said[-1].kind == "tick"
    for mark in said:
        if mark.kind == "tick" and clause.ticks and not left_over:
            yield clause
            clause = Clause(mark.start)
        clause.add(mark)
    yield clause


def _rows_first(segment: Sequence[Mark]) -> Iterator[Clause]:
    """ "1 2 3 có, 4 không": a clause ends before the next row, or at a comma once its tick is said."""
    clause: Clause | None = None
    excepted = False
    for mark in segment:
        if clause and _ends(clause, mark):
            yield clause
            clause = None
        excepted |= mark.kind == "except"
        if mark.kind not in ("comma", "except"):
            clause = clause or Clause(mark.start, excepted=excepted)
            clause.add(mark)
    if clause:
        yield clause


def _ends(clause: Clause, mark: Mark) -> bool:
    """Whether a clause is over before a mark."""
    if mark.kind == "comma":
        return bool(clause.ticks) or (clause.strange and not clause.rows)
    if mark.kind == "row":
        return bool(clause.rows and (clause.ticks or clause.numbers))
    return mark.kind == "except"
