"""How sure we are of a candidate: one number between 0 and 1 from how question and entry cover each other.

The weights were fitted on `tests/questions/dev_*.toml` by logistic regression; they never saw the questions kept aside.
"""

import math
import re
from collections.abc import Mapping, Sequence

from knowledge.folding import fold
from knowledge.lexicon import Attribute
from knowledge.measures import missing_measure, same_office
from knowledge.model import Entry
from knowledge.ranking import Match
from knowledge.reading import STORY, Reading

WEIGHTS: Mapping[str, float] = {
    "one": -2.31,
    "covered": 2.2,
    "asked": -0.49,
    "said": 0.46,
    "score": 0.25,
    "margin": 2.35,
    "pairs": 0.27,
    "lacking": -1.28,
    "unknown": -0.62,
    "cue": 0.53,
}

# Share of the first score that an entry must reach which states what the first one does not.
STATING = 0.5

# Which typed field a facet asks for.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "when": ("deadlines",),
    "late": ("deadlines",),
    "who": ("agencies", "award"),
    "lead": ("agencies",),
    "advise": ("agencies",),
    "implement": ("agencies",),
    "coordinate": ("agencies",),
    "where": ("contacts",),
    "how_many": ("quantities",),
    "form": ("form",),
    "condition": ("award", "quantities"),
}


def has_field(entry: Entry, facet: str) -> bool:
    """Whether an entry holds what a facet asks for; facets that any quote may answer count as held."""
    if facet == "sign":
        return entry.kind == "signature" or any(agencies.role == "sign" for agencies in entry.agencies)
    if facet == "valid":
        return entry.kind == "period"
    if facet == "which":
        return entry.kind in ("signature", "gap", "definition")
    if (entry.kind, facet) in (("signature", "when"), ("signature", "who"), ("award", "who"), ("form", "form")):
        return True
    if facet == "where":
        told = (entry.form and entry.form.sent_to) or any(deadline.to for deadline in entry.deadlines)
        return bool(entry.contacts or told or any(agencies.role == "receive" for agencies in entry.agencies))
    if facet == "condition" and not entry.quantities:
        return entry.kind == "criterion" or bool(entry.award and entry.award.conditions)
    fields = FIELDS.get(facet)
    return fields is None or any(getattr(entry, name) for name in fields)


# A quote that says of which day the paper is that it names.
_DATED = re.compile(r"ngày \d|\d/\d{4}")


# "Tiêu chí gia đình văn hóa" names a row of a table, "chỉ tiêu …" what is to be reached.
_CRITERION = re.compile(r"^(?:\w+ ){0,4}?(tieu chi|tieu chuan|chi tieu|criterion|target)\b")
_KINDS = {"chi tieu": "target", "target": "target"}


def wanted_kind(reading: Reading) -> str:
    """Which of `criterion` and `target` a question names that does not ask what a thing means; empty for none."""
    found = None if reading.asks("define", "list", "which") else _CRITERION.search(reading.folded)
    return _KINDS.get(found[1], "criterion") if found else ""


def is_dated(entry: Entry, reading: Reading) -> bool:
    """Whether an entry that names a paper gives its day, where a question wants a day."""
    return entry.kind == "gap" and "ngay" in reading.folded.split() and bool(_DATED.search(entry.quote))


def features(reading: Reading, matches: Sequence[Match]) -> dict[str, float]:
    """What the confidence in the first of the matches is computed from."""
    first = matches[0]
    family = {first.entry.id, first.entry.parent, *first.entry.see}
    rivals = [
        match
        for match in matches[1:]
        if match.entry.id not in family and match.entry.parent not in (first.entry.id, first.entry.parent or "-")
    ]
    rival = rivals[0].score if rivals else 0.0
    content = reading.content
    unknown = sum(not term.known for term in content) / len(content) if content else 1.0
    facet = reading.facets[0] if reading.facets else ""
    return {
        "one": 1.0,
        "covered": first.covered,
        "asked": first.asked,
        "said": first.said,
        "score": min(first.score, 3.0),
        "margin": min((first.score - rival) / first.score, 1.0) if first.score else 0.0,
        "pairs": first.pairs,
        "lacking": 0.0 if has_field(first.entry, facet) else 1.0,
        "unknown": unknown,
        "cue": 1.0 if first.entry.document in reading.documents else 0.0,
    }


# A line that names a paper and says whose it is.
_BODY = re.compile(r"\b(?:của|do|Cơ quan|UBND|Ban|Bộ|Thủ tướng|Sở|Đảng ủy)\b")


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def tells_whose(entry: Entry, reading: Reading) -> bool:
    """Whether an entry that only names a paper has what is asked: whose it is, of which day, who works with it."""
    dated = reading.asks("when") and _YEAR.search(entry.quote)
    asked = reading.asks("which") or dated or (reading.asks("who", "sign") and _BODY.search(entry.quote))
    return reading.asks("advise", "locate") or (bool(asked) and not reading.asks("define", "list"))


def confidence(values: Mapping[str, float], weights: Mapping[str, float] = WEIGHTS) -> float:
    """Probability that answering with the first match is right."""
    total = sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1 / (1 + math.exp(-total))


def missing_attribute(
    entry: Entry, reading: Reading, attributes: Mapping[str, Attribute], *, soft: bool = False
) -> str:
    """The asked attribute that the entry does not give, or empty. `soft` asks for the soft ones instead."""
    for name in reading.attributes:
        attribute = attributes[name]
        stated = name in entry.states and (name != "person" or same_office(entry, reading))
        # What follows from a criterion that is not met is that it is not met.
        is_soft = attribute.soft and (entry.kind in ("criterion", "gap") or bool(entry.award))
        if is_soft is not soft or stated or _gives(entry, name):
            continue
        if name == "deadline" and is_dated(entry, reading):
            continue
        facet = _FACET_OF.get(name)
        if name == "result" and entry.quantities and reading.asks("how_many") and len(reading.words) > 2 * STORY:
            # "Phần đầu làm xong rồi" is told; the number that the paper sets is asked for.
            continue
        told = name in ("fine", "result") and entry.award and not reading.asks("how_many", "list")
        if told and not _RECEIVERS.search(reading.folded):
            # Somebody who was fined, or serves "tới giờ", asks for the award.
            continue
        if name == "other_place" and reading.documents:
            # Where somebody lives or comes from is no question on that place.
            continue
        if name in ("day", "month") and facet == reading.facets[:1] and _is_undated(entry):
            return name
        if name == "reason" and facet == reading.facets[:1] and not _gives_reason(entry):
            return name
        if (
            attribute.guard
            or attribute.soft
            or (name in entry.not_stated and (facet is None or facet == reading.facets[:1]))
        ):
            return name
    return "" if soft else missing_measure(entry, reading)


# "cho mấy ông tổ trưởng": how many got it.
_RECEIVERS = re.compile(r"\bcho (?:may|bao nhieu)\b")


def _is_undated(entry: Entry) -> bool:
    """Whether an entry says how often or all along, and no day."""
    return bool(entry.deadlines) and all(
        deadline.kind in ("yearly", "continuous", "on_demand") and not (deadline.day or deadline.month or deadline.year)
        for deadline in entry.deadlines
    )


# Words that lead to a reason or an aim.
_REASON = re.compile(r"\b(?:nham|de|vi|do|gop phan|can cu)\b")


def _gives_reason(entry: Entry) -> bool:
    """Whether an entry says why, or is no mere task or number: a note may, or the aims of a paper do."""
    bare = entry.kind in ("duty", "target", "quota", "deadline", "criterion", "task") and not entry.notes
    return not bare or bool(_REASON.search(fold(entry.quote)))


# Attributes that are only asked for where the question's first facet is theirs.
_FACET_OF: Mapping[str, tuple[str, ...]] = {
    "deadline": ("when",),
    "day": ("when",),
    "month": ("when",),
    "agency": ("who",),
    "quantity": ("how_many",),
    "form": ("form",),
    "reason": ("why",),
    "criteria": ("condition",),
}


def stating_first(reading: Reading, matches: Sequence[Match], attributes: Mapping[str, Attribute]) -> Sequence[Match]:
    """The candidates with the one first that states an asked attribute which the best one lacks."""
    top = matches[0] if matches else None
    missing = missing_attribute(top.entry, reading, attributes) if top else ""
    if top is None or not missing:
        return matches
    for match in matches[1:6]:
        near = match.entry.document == top.entry.document and match.score > STATING * top.score
        # A list of bodies is not yet one of names: only what the data say expressly counts.
        if near and (missing in match.entry.states or (missing == "email" and match.entry.contacts)):
            return [match, *(other for other in matches if other is not match)]
    return matches


_REPEATED = re.compile(r"\b(?:hằng|hàng) (?:năm|quý|tháng|tuần|ngày)\b|\b(?:định kỳ|lần)\b")


def _gives(entry: Entry, attribute: str) -> bool:
    fields = {
        "deadline": entry.deadlines,
        "agency": entry.agencies,
        "quantity": entry.quantities,
        "email": entry.contacts,
        "duration": any(deadline.start and deadline.end for deadline in entry.deadlines)
        or any(row.unit in ("năm", "tháng") for row in entry.quantities),
        "frequency": "frequency" not in entry.not_stated and _REPEATED.search(entry.quote.lower()),
        "size": any(row.unit.startswith("m") for row in entry.quantities),
        "form": entry.form,
        "template": entry.form,
        "names": entry.items or entry.contacts or entry.kind == "signature",
        # Who is only sent a paper is given nothing to do by it.
        "duty": entry.kind != "signature" or "nơi nhận" not in entry.title.lower(),
        "definition": entry.kind in ("definition", "gap"),
        "issued": entry.kind == "signature" or _DATED.search(entry.quote),
        "standard": entry.award or entry.kind in ("criterion", "target", "award", "quota", "gap"),
        "criteria": entry.award or entry.kind in ("criterion", "target", "award", "quota"),
    }
    return bool(fields.get(attribute))
