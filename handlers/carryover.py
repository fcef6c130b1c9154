"""What a form takes over from an earlier paper of the same unit: results begin with what was registered."""

from collections.abc import Mapping

from handlers.drafts import Draft
from knowledge.forms import Field
from knowledge.steps import row_ids

# A paper counts once the ward has it; of several the newest.
_COUNTED = ("accepted", "submitted")


def carry_over(draft: Draft) -> int:
    """Fill the first rows of a new draft from the paper that its form names; returns how many rows."""
    if draft.answers:
        return 0
    return sum(_carried(draft, field) for field in draft.form.fields if field.rows_from)


def _carried(draft: Draft, field: Field) -> int:
    form, _, source = field.rows_from.partition("/")
    earlier = _earlier(draft, form)
    columns = [column.id for column in field.columns]
    ids = list(dict.fromkeys(path.split("/")[1] for path in earlier if path.startswith(f"{source}/")))
    for number, row in enumerate(ids, 1):
        for column in columns:
            told = earlier.get(f"{source}/{row}/{column}")
            if told is not None:
                draft.put(f"{field.id}/r{number}/{column}", told, "")
    return len(row_ids(field, draft.answers))


def _earlier(draft: Draft, form: str) -> Mapping[str, object]:
    """The answers of the unit's newest paper of a form."""
    submissions = draft.turn.records.registry.submissions
    found = [s for s in submissions.of_unit(draft.unit.code) if s.form == form and s.state in _COUNTED]
    return {path: answer.value for path, answer in submissions.answers(found[0].id).items()} if found else {}
