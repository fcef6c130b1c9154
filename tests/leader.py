"""A leader who knows the answers: fills in any form by typing, on whichever channel."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from handlers.drafts import FLOW_NAME
from knowledge.forms import TICKS, Field, version_of
from knowledge.steps import Owner, Step, steps
from storage.registry import Registry, Submission
from storage.store import Store
from tests.talk import TODAY

Say = Callable[[str], Awaitable[None]]
# Messages after which a form must be finished.
MOST_MESSAGES = 400
# Of a self-assessment: what a press goes to, the first that is offered, and what is typed instead.
_PRESSED = ("Gửi cho phường", "Trả lời từng mục", "Không xảy ra", "Có", "Làm: ")
_TYPED = {"Gửi cho phường": "gửi", "Không hết": "không hết", "Có hết": "có hết", "Có": "có", "Làm: ": "1"}
_WHERE = "select flow, data from conversation where person = :person"


@dataclass
class Leader:
    """Somebody with a role, and what they typed."""

    store: Store
    say: Say
    person: str
    today: date = TODAY
    typed: list[str] = field(default_factory=list)

    async def fill_in(self, submission: str, *, rows_wanted: int = 1, messages: int = MOST_MESSAGES) -> Submission:
        """Answer until nothing is left, then send, in so many messages; returns the submission as it is then."""
        for _ in range(messages):
            at = await self._place()
            if at is None:
                break
            next_words = partial(self._next, submission=submission, at=at, rows_wanted=rows_wanted)
            await self.tell(await self.store.registry_read(next_words))
        found = await self.store.registry_read(lambda registry: registry.submissions.get(submission))
        assert found is not None
        return found

    async def tell(self, text: str) -> None:
        """Type something."""
        self.typed.append(text)
        await self.say(text)

    async def _place(self) -> str | None:
        """Where they stand in the form that is open; None where none is."""
        [[flow, data]] = await self.store.database.read(
            lambda transaction: transaction.execute(_WHERE, person=self.person)
        )
        return str(json.loads(data)["filling"]["at"]) if flow == FLOW_NAME else None

    def _next(self, registry: Registry, submission: str, at: str, rows_wanted: int) -> str:
        found = registry.submissions.get(submission)
        assert found is not None
        form = version_of(registry.rounds.version(found.version)).form
        unit = registry.units.get(found.unit)
        assert unit is not None
        answers = {path: answer.value for path, answer in registry.submissions.answers(found.id).items()}
        order = steps(form, Owner(unit.kind, unit.attributes), answers)
        name = at.split("/")[0]
        step = next((s for s in order if s.id == name or any(f.id == name for f in s.fields)), None)
        if step is None:
            return "gửi"
        return self._answer(step, at, answers, rows_wanted)

    def _answer(self, step: Step, at: str, answers: dict[str, object], rows_wanted: int) -> str:
        if step.kind == "ticks" and at == step.id:
            return "không hết" if step.field.bad == "yes" else "có hết"
        if step.kind == "rows":
            parts = at.split("/")
            if len(parts) == 3:
                column = next(c for c in step.field.columns if c.id == parts[2])
                return typed_for(column, self.today)
            begun = {path.split("/")[1] for path in answers if path.startswith(f"{step.field.id}/")}
            return "thêm" if len(begun) < rows_wanted else "xong"
        asked = next((f for f in step.fields if f.id == at), step.field)
        return typed_for(asked, self.today)


def typed_for(field: Field, today: date) -> str:
    """What somebody types into a field."""
    if field.kind in TICKS:
        return "không" if field.bad == "yes" else "có"
    return {
        "text": "Dọn vệ sinh hẻm 12",
        "long_text": "Tổ đã họp và thống nhất các việc chính trong quý.",
        "integer": _number(field),
        "decimal": _number(field),
        "share": "45/60",
        "date": "20/11/2026",
        "period": "3/2012 - 5/2024",
        "time": "19h30",
        "phone": "0912 345 678",
        "one_of": field.options[0].label if field.options else "",
        "many_of": field.options[0].label if field.options else "",
        "name": "Nguyễn Văn Bình",
        "files": "bỏ qua",
    }[field.kind]


def _number(field: Field) -> str:
    least = int(field.least) if field.least is not None else 0
    wanted = max(least, 12)
    return str(min(wanted, int(field.greatest)) if field.greatest is not None else wanted)


def next_words(offered: Sequence[str], *, presses: bool) -> str:
    """What a leader does in a self-assessment to a message with these buttons; empty where it asks for nothing."""
    for name in _PRESSED if presses else _TYPED:
        for label in offered:
            if label == name or (name.endswith(" ") and label.startswith(name)):
                return label if presses else _TYPED[name]
    return ""
