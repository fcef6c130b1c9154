"""Questions from outside a conversation, such as the command line: one question, one answer."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from handlers.answers import Answer, compose
from handlers.contact import short_card
from handlers.translation import Translator
from handlers.wording import paper
from knowledge.folding import folded_words
from knowledge.model import Library
from knowledge.understanding import Knowledge
from knowledge.units import Ward, locality_code

# Earlier questions that are asked first; the older ones do not matter any more.
MOST_BEFORE = 20


class BadQuestion(ValueError):
    """A line that is no question: what is wrong, and the id that it carries, or None."""

    def __init__(self, text: str, id: object = None) -> None:
        super().__init__(text)
        self.id = id


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what its answer depends on."""

    text: str
    today: date
    # A unit, a place or anything that names one; empty for none.
    unit: str = ""
    # Questions of the same conversation before this one.
    before: tuple[str, ...] = ()
    # Whatever the asker calls it: JSON.
    id: object = None


def read_line(line: str, today: date) -> Asked:
    """Read `{"id", "q", "today"?, "unit"?, "prev"?}`; `today` is for lines without. Raises `BadQuestion`."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise BadQuestion("the line is not JSON, expected an object with id and q") from None
    if not isinstance(fields, dict):
        raise BadQuestion("the line is no JSON object, expected one with id and q")
    id = fields.get("id")
    before = fields.get("prev") or []
    if not isinstance(before, list) or not all(isinstance(one, str) for one in before):
        raise BadQuestion("prev: expected a list of texts", id)
    return Asked(
        text=_text(fields, "q", id),
        today=_day(_text(fields, "today", id, ""), today, id),
        unit=_text(fields, "unit", id, ""),
        before=tuple(before[-MOST_BEFORE:]),
        id=id,
    )


def ask(asked: Asked, knowledge: Knowledge, ward: Ward) -> Answer:
    """Answer a question after those before it, in English where it is asked in English."""
    return timed(asked, knowledge, ward, lambda: 0.0)[0]


def timed(asked: Asked, knowledge: Knowledge, ward: Ward, clock: Callable[[], float]) -> tuple[Answer, float]:
    """`ask`, and the seconds of a clock that it took; the questions before it are not counted."""
    home = home_of(asked.unit, knowledge.library, ward)
    focus = None
    for earlier in asked.before:
        focus = knowledge.find(earlier, asked.today, focus, home).focus
    begin = clock()
    finding = knowledge.find(asked.text, asked.today, focus, home)
    say = Translator("en" if finding.reading.english else "vi")
    answer = compose(finding, knowledge.library, say, asked.today, short_card(say, ward))
    return answer, clock() - begin


def asker(
    knowledge: Knowledge, ward: Ward, clock: Callable[[], float], plain: Callable[[Markup], str]
) -> Callable[[Asked], dict[str, Any]]:
    """What answers questions as JSON. `plain` makes visible text of markup."""
    return lambda asked: answered(asked, *timed(asked, knowledge, ward, clock), knowledge.library, plain)


def each(lines: Iterable[str], today: date, answer: Callable[[Asked], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The answer to each line, in order; what stands in its place where a line is no question."""
    for line in lines:
        try:
            yield answer(read_line(line, today))
        except BadQuestion as error:
            yield refused(error)


def answered(
    asked: Asked, answer: Answer, seconds: float, library: Library, plain: Callable[[Markup], str]
) -> dict[str, Any]:
    """The answer as JSON. `plain` makes visible text of markup."""
    return {
        "id": asked.id,
        "kind": answer.kind,
        "answer": plain(answer.text),
        "sources": sources(answer, library),
        "choices": [choice.label for choice in answer.choices],
        "score": round(min(max(answer.score, 0.0), 1.0), 3),
        "ms": round(seconds * 1000, 3),
    }


def refused(error: BadQuestion) -> dict[str, Any]:
    """What stands in the place of an answer to a line that is no question."""
    nothing: dict[str, object] = {"kind": "none", "answer": "", "sources": [], "choices": [], "score": 0.0, "ms": 0.0}
    return {"id": error.id, **nothing, "error": str(error)}


def sources(answer: Answer, library: Library) -> list[Mapping[str, str]]:
    """Document, number and section of every clause that is quoted, each once."""
    say = Translator("vi")
    found = []
    for entry in answer.entries:
        document = library.document_of(entry)
        name = f"{paper(say, document)} của {document.issuer}"
        found.append({"document": name, "number": document.number, "section": entry.section})
    return [source for place, source in enumerate(found) if source not in found[:place]]


def home_of(unit: str, library: Library, ward: Ward) -> tuple[str, ...]:
    """Ids of the documents of a place, told by a unit's code, a locality's code or any words that name it.

    Empty where no document is for it.
    """
    # A unit of the ward stands for the ward, which the documents know by its place.
    named = folded_words(ward.name if ward.unit(unit) or unit == ward.code else unit)
    found: dict[str, int] = {}
    for document in library.documents.values():
        names = (document.locality, locality_code(document.locality), document.id, *document.places, *document.names)
        found[document.id] = max(_match(folded_words(name), named) for name in names)
    best = max(found.values(), default=0)
    return tuple(id for id, length in found.items() if length == best) if best else ()


def _match(name: tuple[str, ...], within: tuple[str, ...]) -> int:
    """How many words a name has, where the other words hold it."""
    places = range(len(within) - len(name) + 1)
    return len(name) if name and any(within[place : place + len(name)] == name for place in places) else 0


def _text(fields: Mapping[str, object], name: str, id: object, default: str | None = None) -> str:
    value = fields.get(name)
    if isinstance(value, str):
        return value
    if value is None and default is not None:
        return default
    raise BadQuestion(f"{name}: {'missing' if value is None else 'no text'}, expected a text", id)


def _day(text: str, otherwise: date, id: object) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadQuestion(f"today: read {text[:20]!r}, expected a day such as 2026-11-21", id) from None
