"""What people answered, as it is printed; and the texts of a layout with the answers in their places."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.field_values import shown
from knowledge.forms import TICKS, Field, Form
from knowledge.layouts import When
from knowledge.steps import Owner, row_ids
from knowledge.steps import applies as asked
from papers.paper import Filled, Paper, clean

# To be written on by hand.
DOTS = "……………………"
# In the place of a number or a day that staff have not typed.
GAP = "      "
_PLACE = re.compile(r"\{([a-z0-9][a-z0-9_.-]*)(?: - ([a-z0-9][a-z0-9_.-]*))?\}")
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a `rows` field, or a whole submission where `prefix` is empty."""

    filled: Filled
    columns: Sequence[Field]
    # "field/row/"
    prefix: str = ""

    def value(self, id: str) -> object:
        """The answer in a column, or None."""
        return self.filled.answers.get(self.prefix + id)

    def text(self, id: str) -> str:
        """The answer in a column as it is printed; empty where there is none."""
        column = next((column for column in self.columns if column.id == id), None)
        return printed(column, self.value(id)) if column else ""

    def meets(self, when: When | None) -> bool:
        """Whether the answer is among those that a condition names."""
        return when is None or self.value(when.field) in when.values


def printed(field: Field, value: object) -> str:
    """An answer as it is printed; empty where there is none. Of files only how many there are."""
    if field.kind == "files" and isinstance(value, list | tuple):
        return f"{len(value):02} tệp" if value else ""
    return "" if value is None else clean(shown(field, value))


def submission(form: Form, filled: Filled) -> Entry:
    """A whole submission as one entry."""
    return Entry(filled, form.fields)


def entries(form: Form, filled: Filled, rows: str) -> list[Entry]:
    """The rows of a field, in the order in which they came."""
    field = form.field(rows)
    if field is None:
        return []
    return [Entry(filled, field.columns, f"{rows}/{row}/") for row in row_ids(field, filled.answers)]


def applies(field: Field, filled: Filled) -> bool | None:
    """Whether a unit is asked a field; None: not known."""
    return asked(field, Owner(filled.unit.kind, filled.unit.attributes), filled.answers)


def number(field: Field) -> str:
    """The number as it is printed, without what tells two equal ones apart."""
    return _BRACKETS.sub("", field.number)


def label(field: Field) -> str:
    """What the field is called in a list of answers: its prompt where it is a criterion."""
    text = field.prompt if field.kind in TICKS else field.short or field.prompt
    return clean(text).rstrip("?:. ")


def words(paper: Paper, filled: Filled | None = None) -> dict[str, str]:
    """What stands for the names in braces that every layout knows."""
    return {
        "year": paper.year,
        "period": paper.period or DOTS,
        "ward": paper.ward,
        "unit": capital(filled.unit.name) if filled else "",
        "number": padded(paper.number) or GAP,
        "day": spelled(paper.day),
    }


def capital(name: str) -> str:
    """A name as it begins a line."""
    return name[:1].upper() + name[1:]


def fill(template: str, known: Mapping[str, str], dots: str = DOTS) -> str:
    """A text with its names in braces replaced, "{a - b}" by a difference; a text in capitals stays in capitals."""
    text = clean(_PLACE.sub(lambda found: _word(found[1], found[2], known) or dots, template))
    # An answer that ends its own sentence inside a sentence of the layout.
    text = _TWO_STOPS.sub(".", text)
    return text.upper() if _PLACE.sub("", template).isupper() else text


def _word(name: str, less: str | None, known: Mapping[str, str]) -> str:
    if not less:
        return known.get(name, "")
    counts = [known.get(one, "").replace(".", "") for one in (name, less)]
    return str(int(counts[0]) - int(counts[1])) if all(map(str.isdecimal, counts)) else ""


def said(entry: Entry, known: Mapping[str, str]) -> dict[str, str]:
    """The words of a paper together with every answer of an entry, for `fill`."""
    return {**known, **{column.id: text for column in entry.columns if (text := entry.text(column.id))}}


def spelled(day: date | None) -> str:
    """ "ngày 05 tháng 02 năm 2026": two digits for days below 10, January and February (NĐ 30/2020, Phụ lục I)."""
    if day is None:
        return f"ngày{GAP}tháng{GAP}năm{GAP}"
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def padded(number: str) -> str:
    """The number of a paper; below 10 with a zero before it (NĐ 30/2020, Phụ lục I)."""
    number = number.strip()
    return number.zfill(2) if number.isdigit() else number


def total(parts: Iterable[object]) -> str:
    """A count as papers write it: below 10 with a zero before it."""
    return f"{sum(1 for _ in parts):02}"
