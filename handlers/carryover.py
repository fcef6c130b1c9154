"""What a form takes over from an earlier paper of the same unit: nobody says a thing twice."""

from collections.abc import Mapping

from handlers.drafts import Draft
from knowledge.forms import Field
from knowledge.steps import row_ids

# A paper counts once the ward has it; of several the newest.
_COUNTED = ("accepted", "submitted")


def taken_again(draft: Draft) -> int:
    """Fill a new draft with what the unit had sent in this round and took back; returns how many answers."""
    submissions = draft.turn.records.registry.submissions
    mine = draft.submission
    sent = [
        earlier
        for earlier in submissions.of_unit(mine.unit)
        if earlier.state == "withdrawn" and (earlier.round, earlier.version) == (mine.round, mine.version)
    ]
    # What was thrown away half done was never sent.
    before = next((earlier for earlier in sent if submissions.snapshots(earlier.id)), None)
    if draft.answers or before is None:
        return 0
    # Photos and files stay with the paper that they were sent for.
    files = {field.id for field in draft.form.fields if field.kind == "files"}
    for path, answer in submissions.answers(before.id).items():
        if path not in files:
            draft.put(path, answer.value, answer.raw)
    return draft.progress[0]


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
