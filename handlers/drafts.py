"""A submission that somebody has in hand: its form, its unit, its answers, and where they are in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from handlers.permissions import may
from handlers.turn import Turn
from knowledge.forms import Field, Form, version_of
from knowledge.steps import Owner, Step, left, numbers_beside, progress, row_paths, steps
from storage.registry import Remark, Submission, UnitRow

FLOW_NAME = "bm"
OPEN_STATES = ("draft", "returned")


@dataclass(slots=True)
class Draft:
    """What is being filled in. `at` is where the person is: a step, a field, a column of a row, or a screen."""

    turn: Turn
    submission: Submission
    form: Form
    unit: UnitRow
    answers: dict[str, object]
    at: str = ""
    # One question a message, where several could be answered at once.
    single: bool = False
    # After the next answer back to the summary.
    mending: bool = False
    # Open remarks by path, where staff returned it.
    remarks: Mapping[str, Remark] = field(default_factory=dict)

    @property
    def owner(self) -> Owner:
        """What decides which fields apply."""
        return Owner(self.unit.kind, self.unit.attributes)

    @property
    def steps(self) -> list[Step]:
        """The steps of the form for this unit; of a returned one only what was remarked on."""
        found = steps(self.form, self.owner, self.answers)
        paths = {path.split("/")[0] for path in self.remarks}
        if not paths or "" in paths:
            return found
        single = [Step(f.id, "rows" if f.kind == "rows" else "field", (f,)) for step in found for f in step.fields]
        return [step for step in single if step.id in paths]

    @property
    def progress(self) -> tuple[int, int]:
        """How many fields are answered, of how many."""
        return progress(self.form, self.owner, self.answers)

    @property
    def item(self) -> str:
        """The field in which the person is, without row, column, or the number beside its tick."""
        return self.at.split("/")[0].split("#")[0]

    def step(self) -> Step | None:
        """The step in which the person is."""
        first = self.item
        return next((step for step in self.steps if step.id == first or any(f.id == first for f in step.fields)), None)

    def asked(self) -> tuple[Field, str] | None:
        """The one field that is asked, with its path, or a number beside a tick; None in a list or elsewhere."""
        step = self.step()
        if step is None:
            return None
        if step.kind == "rows":
            return self._column(step.field)
        if "#" in self.at:
            beside = [one for field in step.fields if field.id == self.item for one in numbers_beside(field)]
            return next(((shape, path) for path, shape in beside if path == self.at), None)
        if step.id == self.at and step.kind == "ticks":
            return None
        found = next((f for f in step.fields if f.id == self.at), None)
        return (found, found.id) if found else None

    def _column(self, rows: Field) -> tuple[Field, str] | None:
        _, _, rest = self.at.partition("/")
        row, _, column = rest.partition("/")
        found = next((c for c in rows.columns if c.id == column), None)
        return (found, self.at) if row and found else None

    def put(self, path: str, value: object, raw: str) -> None:
        """Write an answer; the numbers beside a tick stand at the path with "#"."""
        turn = self.turn
        turn.records.registry.submissions.answer(
            self.submission.id, path, value, raw[:500], turn.person.id, called(turn, self.unit.code)
        )
        self.answers[path] = value

    def drop(self, path: str) -> None:
        """Drop the answers at a path and below it."""
        self.turn.records.registry.submissions.erase(self.submission.id, path)
        for known in [p for p in self.answers if p == path or p.startswith(f"{path}/")]:
            del self.answers[known]

    def go(self, at: str, *, single: bool | None = None, mending: bool | None = None) -> None:
        """Stand somewhere else, and remember it."""
        self.at = at
        self.single = self.single if single is None else single
        self.mending = self.mending if mending is None else mending
        self.turn.enter(FLOW_NAME, self.submission.id)
        self.turn.remember(filling={"at": at, "single": self.single, "mending": self.mending})

    def next_left(self, after: str = "") -> str:
        """Where the next thing stands that is not answered, looking from a step on; empty: nothing is left."""
        order = self.steps
        ids = [step.id for step in order]
        start = ids.index(after) if after in ids else 0
        for step in [*order[start:], *order[:start]]:
            open_fields = self._left(step)
            if open_fields:
                return open_fields[0].id if self.single and step.kind == "ticks" else step.id
        return ""

    def _left(self, step: Step) -> Sequence[Field]:
        if self.remarks and step.field.id in {path.split("/")[0] for path in self.remarks}:
            return step.fields
        return left(step, self.answers)

    def next_column(self, rows: Field, row: str, after: str) -> str:
        """The path of the column of a row that is asked next; empty at the end of the row."""
        paths = [path for _, path in row_paths(rows, row, self.answers)]
        rest = paths[paths.index(after) + 1 :] if after in paths else paths
        return next((path for path in rest if path not in self.answers), "")


def called(turn: Turn, unit: str) -> str:
    """What the person is called in a unit's papers."""
    roles = turn.records.registry.roles.of(turn.person.id, turn.today)
    named = [role.name for role in roles if role.name and role.unit == unit] or [r.name for r in roles if r.name]
    return named[0] if named else turn.person.name or turn.incoming.name


def taken_up(turn: Turn, id: str) -> Draft | None:
    """The submission with an id or a code, if the person may see it; None otherwise."""
    registry = turn.records.registry
    submission = registry.submissions.get(id)
    unit = registry.units.get(submission.unit) if submission else None
    if submission is None or unit is None:
        return None
    if not may(turn, "fill_in", unit.code) and not may(turn, "fill_in_for", unit.code):
        return None
    form = version_of(registry.rounds.version(submission.version)).form
    answers = {path: answer.value for path, answer in registry.submissions.answers(submission.id).items()}
    remarks = {remark.path: remark for remark in registry.submissions.remarks(submission.id)}
    draft = Draft(turn, submission, form, unit, answers, remarks=remarks if submission.state == "returned" else {})
    _place(draft)
    return draft


def _place(draft: Draft) -> None:
    """Where the person stood in this submission."""
    turn = draft.turn
    kept = turn.conversation.data.get("filling")
    if turn.conversation.flow == FLOW_NAME and turn.conversation.step == draft.submission.id and isinstance(kept, dict):
        draft.at = str(kept.get("at", ""))
        draft.single, draft.mending = bool(kept.get("single")), bool(kept.get("mending"))
