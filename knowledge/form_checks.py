"""What the numbers and ticks of a form say about each other and about the documents: facts, never a refusal.

A form names the checks that it wants in `checks`; conflicts, targets and yearly changes are looked at in every form.
Checks find their answers by ids of fields and columns (`field/row/column`):

- quota: the rows of the field that the layout prints, else of the first `rows` field; how many are asked of which
  kind of unit stands in the form's `quotas`. `count`, `asked`, `comparator`, `met`, `shared_by`; a unit that only
  proposes into another's number has `proposes` true and is not measured.
- mandatory: column `bat-buoc`; what is "yes" may not be registered.
- votes: `vote_checks`; long_service, tenure_preferred: `award_checks`.

Numbers of the others: share (beside a tick) and target have `value`, `percent` (a Fraction), `met`, `tick`; change has
`before`, `after` and `change` in percent, as Fractions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from knowledge.award_checks import long_service, tenure_preferred
from knowledge.form_findings import Finding, rows_of
from knowledge.forms import TICKS, Conflict, Field, Form, Quota
from knowledge.model import Library
from knowledge.shares import meets, percent
from knowledge.vote_checks import votes

Answers = Mapping[str, object]
MANDATORY = "bat-buoc"


def findings(
    version_form: Form,
    answers: Answers,
    unit_kind: str,
    settings: Mapping[str, str],
    library: Library,
    today: date,
) -> Sequence[Finding]:
    """Everything to know or to look at again before the answers are sent, in the order of the form's own checks."""
    form = version_form
    computed: dict[str, Callable[[], Iterator[Finding]]] = {
        "quota": lambda: _quota(form, answers, unit_kind),
        "mandatory": lambda: _mandatory(form, answers),
        "votes": lambda: votes(form, answers, settings),
        "long_service": lambda: long_service(form, answers, settings, library, today),
        "tenure_preferred": lambda: tenure_preferred(form, answers, library),
    }
    found = [*_conflicts(form, answers), *_compared(form, answers), *_changes(form, answers)]
    for check in form.checks:
        found += computed[check]() if check in computed else ()
    return found


def _conflicts(form: Form, answers: Answers) -> Iterator[Finding]:
    for conflict in form.conflicts:
        asked = [part.rpartition("=") for part in conflict.all]
        if asked and all(_is(answers.get(id), value) for id, _, value in asked):
            yield _conflict(form, conflict, tuple(id for id, _, _ in asked))


def _is(answer: object, value: str) -> bool:
    return value in answer if isinstance(answer, list | tuple) else answer is not None and str(answer) == value


def _conflict(form: Form, conflict: Conflict, ids: tuple[str, ...]) -> Finding:
    first = form.field(ids[0])
    return Finding("conflict", ids, "warn", entry=first.entry if first else "", says=conflict.says)


def _compared(form: Form, answers: Answers) -> Iterator[Finding]:
    """Every number against its target, where the document states one."""
    for field, path in _answerable(form, answers):
        for asked, at in _beside(field, path):
            value = answers.get(at)
            met = meets(asked.target, value) if asked.target else None
            if met is None:
                continue
            tick = answers.get(path) if field.kind in TICKS else None
            numbers = {"value": value, "percent": percent(value), "met": met, "tick": tick, "target": asked.target}
            if field.kind not in TICKS:
                yield Finding("target", (path,), "note" if met else "warn", numbers, field.entry)
            elif tick != ("yes" if met else "no"):
                # A tick of "no" may rest on another part of the row.
                yield Finding("share", (path, at), "note" if met else "warn", numbers, field.entry)


def _answerable(form: Form, answers: Answers) -> Iterator[tuple[Field, str]]:
    """Fields and columns with the paths of their answers."""
    for field in form.fields:
        yield field, field.id
        for row in rows_of(form, field.id, answers):
            for column in field.columns:
                yield column, f"{row.path}/{column.id}"


def _beside(field: Field, path: str) -> Iterator[tuple[Field, str]]:
    """What holds a number for a field, with its path: the field itself, or those beside its tick."""
    if field.kind not in TICKS:
        yield field, path
        return
    yield field, f"{path}#"
    for more in field.more:
        yield more, f"{path}#{more.id}"


def _changes(form: Form, answers: Answers) -> Iterator[Finding]:
    """Two shares a year apart: by how much the later is higher, in percent. No verdict: that is for the text to say."""
    for field in form.fields:
        now, then = field.id, field.previous
        if field.kind in TICKS:
            now, then = f"{field.id}#", f"{field.id}#{field.previous}"
        after, before = percent(answers.get(now)), percent(answers.get(then))
        if field.previous and before is not None and after is not None:
            numbers: Mapping[str, Fraction] = {"before": before, "after": after, "change": after - before}
            yield Finding("change", (then, now), "note", numbers, field.entry)


def _quota(form: Form, answers: Answers, unit_kind: str) -> Iterator[Finding]:
    rows = next((field.id for field in form.fields if field.kind == "rows"), "")
    rows = form.layout.rows or rows
    count = sum(1 for _ in rows_of(form, rows, answers))
    for quota in form.quotas:
        numbers = {"count": count, "asked": quota.count, "comparator": quota.comparator, "shared_by": quota.shared_by}
        entry = quota.entry or form.entry
        if unit_kind in quota.units:
            met = _enough(quota, count)
            yield Finding("quota", (rows,), "note" if met else "warn", numbers | {"met": met}, entry)
        elif unit_kind in quota.proposed_by:
            yield Finding("quota", (rows,), "note", numbers | {"proposes": True}, entry)


def _enough(quota: Quota, count: int) -> bool:
    return count >= quota.count if quota.comparator == ">=" else count == quota.count


def _mandatory(form: Form, answers: Answers) -> Iterator[Finding]:
    for field in form.fields:
        for row in rows_of(form, field.id, answers):
            if row.value(MANDATORY) == "yes":
                yield Finding("mandatory", (f"{row.path}/{MANDATORY}",), "warn", {}, row.entry(MANDATORY))
