"""How long somebody was in office, with the sum, for the Ghi chú of a list (71/KH-UBND, II.6.a and Phụ lục I)."""

from datetime import date

from knowledge.award_checks import PERIODS
from knowledge.bad_answers import BadAnswer
from knowledge.office_time import office_time
from knowledge.periods import periods_in
from papers.filling import Entry


def years_in_office(entry: Entry, as_of: date | None) -> str:
    """ "6 năm 5 tháng + 8 năm 2 tháng = 14 năm 7 tháng (tính đến 01/03/2026)." and what speaks against the person.

    Empty where the periods cannot be read, or last until now and no day is set.
    """
    return " ".join(part for part in (_sum(entry, as_of), _against(entry)) if part)


def _sum(entry: Entry, as_of: date | None) -> str:
    given = entry.value(PERIODS)
    try:
        periods = periods_in(str(given), as_of or date.max) if given else []
    except BadAnswer:
        return ""
    if not periods or (as_of is None and any(not period["to"] for period in periods)):
        return ""
    found = office_time([(period["from"], period["to"]) for period in periods], as_of or date.max)
    # What overlaps counts once.
    parts = [_spelled(stretch.counted) for stretch in found.stretches if stretch.counted]
    added = " + ".join(parts) + " = " if len(parts) > 1 else ""
    until = f" (tính đến {as_of:%d/%m/%Y})" if as_of and any(not period["to"] for period in periods) else ""
    return f"{added}{_spelled(found.months)}{until}."


def _spelled(months: int) -> str:
    years, rest = divmod(months, 12)
    parts = [f"{years} năm"] * (years > 0) + [f"{rest} tháng"] * (rest > 0 or years == 0)
    return " ".join(parts)


def _against(entry: Entry) -> str:
    """What was ticked that speaks against the person: flagged, not dropped."""
    found = [column.short for column in entry.columns if column.bad == "yes" and entry.value(column.id) == "yes"]
    return f"Lưu ý: {'; '.join(found).lower()}." if found else ""
