"""Who meets the conditions of an award, one finding for each condition with its clause; nobody is dropped.

long_service (71/KH-UBND, II.6.a and Phụ lục I): rows `nguoi` with `chuc-vu` (an option whose label is the office),
`periods` (a text with one or several periods, or a period), `bai-nhiem`, `ky-luat`, `vi-pham`, `da-tang` (ticks) and
`hinh-thuc` ("truy-tang" for the deceased). Months needed, whether broken periods add up and the offices come from the
award of the form's entry; the clause of each condition is the entry of its column. Time in office counts as of
`settings["as_of"]` (ISO), else today.

`numbers` hold `reason` and `outcome` ("met", "not_met", "open"): tenure also `months`, `least`, `most`, `needed`,
`as_of` and `stretches` (see `office_time`), for the arithmetic in Ghi chú; periods (not readable) has `given`;
until_now is a deceased person who serves until now.

tenure_preferred (Phụ lục II.2.b): rows `de-nghi` with `so-nam`; the award of that column's entry prefers a time and
never asks it: `years`, `preferred_months`, `preferred`. The city's maxima that stand below the form's entry are
given once, with code ceilings (`ceilings`: pairs of who and how many), and never counted for one ward.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.bad_answers import BadAnswer
from knowledge.folding import fold
from knowledge.form_findings import Finding, Row, rows_of
from knowledge.forms import Form
from knowledge.model import Award, Library
from knowledge.office_time import OfficeTime, Period, office_time
from knowledge.periods import period_shown, periods_in
from knowledge.verdicts import Outcome

PEOPLE, OFFICE, PERIODS, KIND = "nguoi", "chuc-vu", "periods", "hinh-thuc"
POSTHUMOUS = "truy-tang"
# Columns where "yes" shuts a person out.
EXCLUSIONS = {"bai-nhiem": "dismissed", "ky-luat": "discipline", "vi-pham": "law", "da-tang": "once"}
PROPOSED, YEARS = "de-nghi", "so-nam"

Answers = Mapping[str, object]


def long_service(
    form: Form, answers: Answers, settings: Mapping[str, str], library: Library, today: date
) -> Iterator[Finding]:
    """Every condition of the long-service award for every person of the list."""
    entry = library.entries.get(form.entry)
    award = entry.award if entry else None
    as_of = _day(settings.get("as_of", "")) or today
    for row in rows_of(form, PEOPLE, answers):
        if award:
            yield from _office(row, award)
            yield from _tenure(row, award, as_of)
        yield from _exclusions(row)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _office(row: Row, award: Award) -> Iterator[Finding]:
    held = row.value(OFFICE)
    if held is None or OFFICE not in row.columns:
        return
    options = row.columns[OFFICE].options
    label = next((option.label for option in options if option.value == held), str(held))
    yield _condition(row, OFFICE, "office", "met" if fold(label) in map(fold, award.offices) else "not_met")


def _tenure(row: Row, award: Award, as_of: date) -> Iterator[Finding]:
    given = row.value(PERIODS)
    if given is None or award.tenure_months is None:
        return
    try:
        periods = _periods(given, as_of)
    except BadAnswer as bad:
        yield _condition(row, PERIODS, "periods", "open", given=bad.given)
        return
    if row.value(KIND) == POSTHUMOUS and any(not last for _, last in periods):
        yield _condition(row, PERIODS, "until_now", "open")
    found = office_time(periods, as_of, adds_up=award.tenure_adds_up)
    numbers = {"months": found.months, "least": found.least, "most": found.most, "needed": award.tenure_months}
    outcome = _outcome(found, award.tenure_months)
    yield _condition(row, PERIODS, "tenure", outcome, **numbers, as_of=as_of, stretches=found.stretches)


def _periods(given: object, today: date) -> list[Period]:
    """The periods of an answer. Raises `BadAnswer`."""
    text = period_shown(str(given.get("from")), str(given.get("to"))) if isinstance(given, Mapping) else str(given)
    return [(period["from"], period["to"]) for period in periods_in(text, today)]


def _outcome(found: OfficeTime, needed: int) -> Outcome:
    """Open where the days that are not written decide."""
    if found.least >= needed:
        return "met"
    return "open" if found.most >= needed else "not_met"


def _exclusions(row: Row) -> Iterator[Finding]:
    for column, reason in EXCLUSIONS.items():
        if row.value(column) in ("yes", "no"):
            yield _condition(row, column, reason, "not_met" if row.value(column) == "yes" else "met")


def _condition(row: Row, column: str, reason: str, outcome: Outcome, **numbers: object) -> Finding:
    said = {"reason": reason, "outcome": outcome} | numbers
    path = f"{row.path}/{column}"
    return Finding("long_service", (path,), "note" if outcome == "met" else "warn", said, row.entry(column))


def tenure_preferred(form: Form, answers: Answers, library: Library) -> Iterator[Finding]:
    """The ceilings of the award, and the years of each proposed person against those that are preferred."""
    yield from _ceilings(form, library)
    for row in rows_of(form, PROPOSED, answers):
        entry = library.entries.get(row.entry(YEARS))
        award, years = entry.award if entry else None, row.count(YEARS)
        if entry and award and award.tenure_months and award.tenure_preferred and years is not None:
            preferred = 12 * years >= award.tenure_months
            numbers = {"years": years, "preferred_months": award.tenure_months, "preferred": preferred}
            yield Finding("tenure_preferred", (f"{row.path}/{YEARS}",), "note", numbers, entry.id)


def _ceilings(form: Form, library: Library) -> Iterator[Finding]:
    entry = library.entries.get(form.entry)
    for child in library.children(entry) if entry else ():
        most = [(row.key or row.scope, int(row.value)) for row in child.quantities if row.comparator == "<="]
        if child.kind == "quota" and most:
            yield Finding("ceilings", (), "note", {"ceilings": tuple(most)}, child.id)
