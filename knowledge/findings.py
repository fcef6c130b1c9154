"""What was found for a question: facts and verdicts, from which a reply is worded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from knowledge.focus import Focus
from knowledge.model import Entry, Quantity
from knowledge.reading import Reading
from knowledge.verdicts import Verdict

Kind = Literal["answer", "clarify", "none"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: the kind of reply that is right, and everything to word it with."""

    kind: Kind
    reading: Reading
    # Why it is not an answer: courtesy:<id>, empty, gap, not_stated, unknown_document, unknown_number, far, or "".
    reason: str = ""
    # The entry or, for a number used twice, entries that answer; for `none` the nearest one.
    entries: tuple[Entry, ...] = ()
    facet: str = ""
    attribute: str = ""
    verdict: Verdict | None = None
    options: tuple[Entry, ...] = ()
    score: float = 0.0
    focus: Focus = field(default_factory=Focus)
    # An entry of another document that fits the question as well.
    elsewhere: Entry | None = None
    # The next best entries, where it is not sure that the first one is meant.
    nearby: tuple[Entry, ...] = ()
    # The rows of the entry's table that the question means; none: all of them.
    rows: tuple[Quantity, ...] = ()
    # Name of the attribute that the documents do not give, by language.
    names: Mapping[str, str] = field(default_factory=dict)
    # Names of an asked attribute that the answering clause does not give, by language.
    besides: Mapping[str, str] = field(default_factory=dict)
    # What was found for the other questions of a message that asks for two or three things.
    others: tuple["Finding", ...] = ()

    def attribute_name(self, language: str) -> str:
        """The asked attribute in a language, or as typed."""
        return self.names.get(language, self.attribute)

    @property
    def entry(self) -> Entry | None:
        """The entry that the reply is about."""
        return self.entries[0] if self.entries else None


def joined(whole: Finding, parts: Sequence[Finding]) -> Finding:
    """The finding for a message that asks for several things, from what is found for it and for each of them.

    What answers the whole counts, unless each question has an answer and the whole leaves one of these out.
    """
    if any(part.kind != "answer" for part in parts) and not _lacks_apart(whole, parts):
        return whole if whole.kind != "none" else _half(whole, parts)
    firsts = dict.fromkeys(part.entries[0] for part in parts)
    reckoned = whole.verdict is not None and type(parts[0].verdict) is not type(whole.verdict)
    if reckoned or (whole.kind == "answer" and firsts.keys() <= {*whole.entries}):
        return whole
    if len(firsts) == 1:
        return replace(parts[-1], reading=replace(parts[0].reading, facets=whole.reading.facets))
    others = tuple(_of_one(whole, [part for part in parts if part.entries[0] is entry]) for entry in firsts)
    return replace(others[0], others=others[1:], nearby=(), elsewhere=None, focus=parts[-1].focus)


def _of_one(whole: Finding, parts: Sequence[Finding]) -> Finding:
    """The finding for the questions of a message that one entry answers, with the fields of all of them."""
    asked = {facet for part in parts for facet in part.reading.facets}
    facets = tuple(facet for facet in whole.reading.facets if facet in asked)
    return replace(parts[0], reading=replace(parts[0].reading, facets=facets)) if len(parts) > 1 else parts[0]


def _lacks_apart(whole: Finding, parts: Sequence[Finding]) -> bool:
    """Whether the last question is of another clause than the first, which does not give what it asks for."""
    *before, last = parts
    answered = whole.kind == "answer" and all(part.kind == "answer" for part in before)
    return answered and last.reason == "not_stated" and last.entry is not None and last.entry not in whole.entries


def _half(whole: Finding, parts: Sequence[Finding]) -> Finding:
    """The finding where one question has an answer and the paper does not give what another one asks for."""
    first, last = parts[0], parts[-1]
    if first.kind == "clarify":
        return first if whole.reason == "far" else whole
    if first.kind != "answer" or last.reason != "not_stated" or whole.entries:
        # What is not given is said beside the clause that lacks it, where there is one.
        return whole
    return replace(first, besides=last.names, nearby=(), elsewhere=None)
