"""In which steps a form is filled in by a unit: what applies to it, what is asked together, what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from knowledge.forms import TICKS, Field, Form
from knowledge.layouts import When

# Rows and characters of a list of ticks that is answered in one message.
TICKS_MOST = 11
TICKS_ROOM = 900
# Answers about the unit itself stand under this mark: "@nông nghiệp".
ABOUT_UNIT = "@"

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Owner:
    """What decides which fields apply: the unit's kind, and its attributes as far as they are known."""

    kind: str
    attributes: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked at once. `id` is stable within a form version."""

    id: str
    kind: Literal["field", "ticks", "rows"]
    fields: tuple[Field, ...]

    @property
    def field(self) -> Field:
        """The field that is asked, the first of several."""
        return self.fields[0]


def applies(field: Field, owner: Owner, answers: Answers) -> bool | None:
    """Whether a unit is asked a field; None: only an attribute that is not known yet can tell."""
    if field.units and owner.kind not in field.units:
        return False
    if field.when and not _holds(field.when, answers):
        return False
    if not field.needs:
        return True
    told = answers.get(ABOUT_UNIT + field.needs)
    return told == "yes" if isinstance(told, str) else owner.attributes.get(field.needs)


def _holds(when: When, answers: Answers) -> bool:
    value = answers.get(when.field)
    given = value if isinstance(value, list) else [value]
    return any(one in when.values for one in given)


def asked(form: Form, owner: Owner, answers: Answers) -> list[Field]:
    """The fields that this unit is asked, in order; a question about the unit comes before what hangs on it."""
    found: list[Field] = []
    for field in form.fields:
        needed = applies(field, owner, answers)
        if field.needs and field.needs not in owner.attributes and (not field.units or owner.kind in field.units):
            about = _about(form, field.needs)
            if about not in found:
                found.append(about)
        if needed:
            found.append(field)
    return found


def _about(form: Form, attribute: str) -> Field:
    """The question about the unit on which other fields hang."""
    prompt = next((told.prompt for told in form.attributes if told.name == attribute), attribute)
    return Field(id=ABOUT_UNIT + attribute, kind="yes_no", prompt=prompt)


def steps(form: Form, owner: Owner, answers: Answers) -> list[Step]:
    """The steps in order; ticks of one group that stand together are one step."""
    found: list[Step] = []
    gathered: list[Field] = []
    for field in asked(form, owner, answers):
        if gathered and not _joins(field, gathered):
            found.append(_step(gathered))
            gathered = []
        gathered.append(field)
    return [*found, _step(gathered)] if gathered else found


def _joins(field: Field, gathered: Sequence[Field]) -> bool:
    first = gathered[0]
    if first.kind not in TICKS or field.kind not in TICKS or field.group != first.group:
        return False
    if field.when or field.id.startswith(ABOUT_UNIT) or first.id.startswith(ABOUT_UNIT):
        return False
    room = sum(len(one.short or one.prompt) + 8 for one in (*gathered, field))
    return len(gathered) < TICKS_MOST and room <= TICKS_ROOM


def _step(fields: Sequence[Field]) -> Step:
    first = fields[0]
    if len(fields) > 1:
        return Step(f"{first.id}+", "ticks", tuple(fields))
    return Step(first.id, "rows" if first.kind == "rows" else "field", (first,))


def done(field: Field, answers: Answers) -> bool:
    """Whether a field was answered or passed over; a list with every row that was begun in it."""
    if field.id not in answers or field.kind != "rows":
        return field.id in answers
    ids = row_ids(field, answers)
    return bool(ids or not field.required) and not any(_half_done(field, row, answers) for row in ids)


def _half_done(field: Field, row: str, answers: Answers) -> bool:
    return any(column.required and path not in answers for column, path in row_paths(field, row, answers))


def left(step: Step, answers: Answers) -> list[Field]:
    """The fields of a step that are not answered yet."""
    return [field for field in step.fields if not done(field, answers)]


def row_ids(field: Field, answers: Answers) -> list[str]:
    """Ids of the rows of a field, in the order in which they were begun."""
    start = f"{field.id}/"
    return list(dict.fromkeys(path.split("/")[1] for path in answers if path.startswith(start)))


def row_paths(field: Field, row: str, answers: Answers) -> list[tuple[Field, str]]:
    """The columns of one row that are asked, with their paths."""
    values = {column.id: answers.get(f"{field.id}/{row}/{column.id}") for column in field.columns}
    shown = [c for c in field.columns if c.when is None or _holds(c.when, values)]
    return [(column, f"{field.id}/{row}/{column.id}") for column in shown]


@lru_cache(maxsize=2048)
def numbers_beside(field: Field) -> tuple[tuple[str, Field], ...]:
    """Paths and shapes of the numbers that may stand beside a tick: a share or one number, and further ones."""
    if field.kind not in TICKS:
        return ()
    kind: Literal["share", "decimal"] = "share" if field.share else "decimal"
    own = [(f"{field.id}#", replace(field, kind=kind, required=False))] if field.share or field.target else []
    more = [(f"{field.id}#{one.id}", replace(one, number=field.number, required=False)) for one in field.more]
    return (*own, *more)


def missing(form: Form, owner: Owner, answers: Answers) -> list[Field]:
    """What stands in the way of sending: required fields without an answer, lists with a row half done."""
    return [field for field in asked(form, owner, answers) if _lacks(field, answers)]


def _lacks(field: Field, answers: Answers) -> bool:
    if field.kind == "rows" and (field.required or row_ids(field, answers)):
        return not done(field, answers)
    return field.required and answers.get(field.id) in (None, "", [])


def progress(form: Form, owner: Owner, answers: Answers) -> tuple[int, int]:
    """How many fields are answered, of how many that are asked; questions about the unit do not count."""
    fields = [f for f in asked(form, owner, answers) if not f.id.startswith(ABOUT_UNIT)]
    return sum(done(field, answers) for field in fields), len(fields)
