"""When the document wants a form to be handed in, for the year that a round is about."""

import re
from dataclasses import dataclass
from datetime import date

from knowledge.dates import due
from knowledge.folding import fold
from knowledge.forms import Form
from knowledge.model import Deadline, Document, Entry, Library

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class FormDeadline:
    """What the document says, and the last safe day in the round's year; None where it gives no day for it."""

    document: Document
    entry: Entry
    deadline: Deadline
    last: date | None


def form_deadline(library: Library, form: Form, period: str, today: date) -> FormDeadline | None:
    """The deadline of the document's entry for a round about a period such as "năm 2026"; None: it states none."""
    entry = library.entries.get(form.deadline)
    if entry is None or not entry.deadlines:
        return None
    word = fold(form.deadline_of)
    named = [one for one in entry.deadlines if word and word in {fold(alias) for alias in one.aliases}]
    chosen = next(iter(named or entry.deadlines))
    return FormDeadline(library.document_of(entry), entry, chosen, last_day(chosen, year_of(period), today))


def year_of(period: str) -> int | None:
    """The year that a period names: "năm 2026", "quý I/2026"."""
    found = _YEAR.search(period)
    return int(found[0]) if found else None


def last_day(deadline: Deadline, year: int | None, today: date) -> date | None:
    """The last safe day of a deadline in a year; without a year the next one. None: not that year, or no day."""
    if deadline.year is None and deadline.recurring and year:
        return due(deadline, date(year, 1, 1)).last
    seen = due(deadline, today)
    if seen.last is None:
        return None
    if deadline.recurring and deadline.year is None:
        return seen.following or seen.last
    # A plan of another year says nothing about this one. The last day before 01/01/2027 is one of 2026.
    return seen.last if year in (None, deadline.year, seen.last.year) else None
