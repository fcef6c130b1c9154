"""From the numbers in a question and a document's typed rules to a verdict.

All of it reads folded text: lower case, no diacritics.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from knowledge.dates import as_day, dates_in, due
from knowledge.figures import Share, areas_in, counts_of, shares_in, without_names
from knowledge.folding import fold
from knowledge.merits import excluded, tenure
from knowledge.minimums import dates_only, least_of
from knowledge.model import Entry, Quantity
from knowledge.reading import Reading
from knowledge.rows import pick_deadline, pick_row
from knowledge.stretches import years_in
from knowledge.sums import total_of
from knowledge.verdicts import (
    Change,
    Count,
    Duration,
    Lateness,
    Outcome,
    Projection,
    Threshold,
    Verdict,
)

# Attributes that no rule gives, whatever numbers a question has.
NEVER_RECKONED = frozenset({"money", "phone", "email", "person", "address", "hours", "allocation", "benefit"})
# What somebody with years in office hopes for: "khen", "được gì", "có gì không".
HOPES = re.compile(r"\bkhen\b|\bduoc (?:huong |thuong |nhan |tang )?(?:gi|chi)\b|\bco (?:gi|duoc gi) (?:khong|ko|k)\b")


def verdict_on(entry: Entry, reading: Reading, today: date) -> Verdict | None:
    """What the entry's typed rule says of the numbers in the question, or None where nothing is to compare."""
    award = entry.award
    if award:
        shut_out = excluded(award, reading)
        if shut_out and shut_out.outcome == "not_met":
            return shut_out
        served = tenure(award, reading, today)
        if served or shut_out:
            return served or shut_out
    if entry.deadlines and reading.asks("late"):
        lateness = lateness_of(entry, reading, today)
        if lateness:
            return lateness
    if entry.deadlines and (duration := _duration(entry, reading)):
        return duration
    if entry.quantities and not dates_only(reading):
        return (
            total_of(entry, reading)
            or least_of(entry, reading)
            or _threshold(entry, reading)
            or _count(entry, reading, today)
        )
    return None


def _duration(entry: Entry, reading: Reading) -> Duration | None:
    """How long something runs, where that is asked and its first and last day are known."""
    deadline = pick_deadline(entry, reading) if _HOW_LONG.search(reading.folded) else None
    if deadline is None or deadline.start is None or deadline.end is None:
        return None
    start, end = deadline.start, deadline.end + timedelta(days=1)
    return Duration((end.year - start.year) * 12 + end.month - start.month, deadline)


_HOW_LONG = re.compile(
    r"\b(?:keo dai|dien ra|trong) .{0,30}?(?:may|bao nhieu|bao lau)\b|\bhow (?:long|many (?:months|years))\b"
)


def _threshold(entry: Entry, reading: Reading) -> Threshold | Projection | Change | None:
    shares = shares_in(reading.numbered)
    rows = [row for row in entry.quantities if row.unit == "%"]
    if not shares or not rows:
        return None
    row = pick_row(rows, reading) or rows[0]
    share = shares[0]
    if row.per and "năm" in row.per:
        return _change(shares, row) or _projection(share, row, reading)
    if share.part is None and share.percent == row.value and len(shares) == 1 and not reading.asks("check"):
        return None
    others = tuple(other for other in entry.quantities if other is not row)
    return Threshold(_compare(share.percent, row), share, row, others)


def _change(shares: Sequence[Share], row: Quantity) -> Change | None:
    """Two shares, the earlier one first, against a yearly rate: over one year, as nothing else is said."""
    shares = [share for share in shares if share.percent != row.value]
    if len(shares) != 2:
        return None
    before, after = shares
    falls = _falls(row)
    change = round((before.percent - after.percent) if falls else (after.percent - before.percent), 4)
    return Change("met" if change >= row.value else "not_met", before, after, change, row)


def _falls(row: Quantity) -> bool:
    return "giảm" in f"{row.raw} {row.scope}".lower()


def _projection(share: Share, row: Quantity, reading: Reading) -> Projection | None:
    if share.percent == row.value:
        return None
    named = [int(year) for year in re.findall(r"\b20\d\d\b", without_names(reading.numbered.replace("nam 20", "20")))]
    years = next((int(m[1] or m[2]) for m in _YEARS_ON.finditer(reading.numbered)), 0)
    years = years or (max(named) - min(named) if len(named) > 1 else 0) or 1
    rate = -row.value if _falls(row) else row.value
    return Projection(share, rate, years, max(share.percent + rate * years, 0.0), row)


_YEARS_ON = re.compile(
    r"(?:sau|trong|them|suot)\s+(\d{1,2})\s+nam\b|(?<!hoach )(?<!chi thi )\b(\d{1,2})\s+nam\s+(?:nua|sau|toi)"
)


def _compare(value: float, row: Quantity) -> Outcome:
    tests = {
        ">": value > row.value,
        ">=": value >= row.value,
        "<": value < row.value,
        "<=": value <= row.value,
        "=": value == row.value,
        "range": row.value <= value <= (row.value_max or row.value),
    }
    if row.comparator == "none":
        return "open"
    return "met" if tests[row.comparator] else "not_met"


def _count(entry: Entry, reading: Reading, today: date) -> Count | None:
    areas = areas_in(reading.numbered)
    area = next((row for row in entry.quantities if row.unit.startswith("m²")), None)
    if areas and area:
        return Count(_compare(areas[0], area), areas[0], area, area.value - areas[0])
    rows = [row for row in entry.quantities if row.unit != "%"]
    none_allowed = pick_row([row for row in entry.quantities if not row.value], reading, sure=True)
    if none_allowed and _HAPPENED.search(reading.folded) and not _NOT_HAPPENED.search(reading.folded):
        return Count("not_met", 1, none_allowed, -1)
    row = pick_row([row for row in rows if row.value], reading, sure=len(rows) > 1)
    if row is None:
        return None
    counts = counts_of(reading.numbered, frozenset(filter(None, fold(row.unit).split(", "))))
    years = years_in(reading.numbered, today) if row.unit == "năm" and not counts else None
    counts = [years] if years else counts
    if not counts:
        return None
    if counts[0] == row.value and not reading.asks("check", "how_many"):
        return None
    return Count(_compare(counts[0], row), counts[0], row, row.value - counts[0])


# Somebody or something that the text wants none of is there: "có người", "còn 2 hộ", "một anh vừa dính".
_HAPPENED = re.compile(
    r"\b(?:co|con|bi|dinh|vuong|lo|vua|has|have|had|got)(?: duoc| toi| mot| them| them mot)?"
    r" (?:nguoi|ho|nha|em|anh|chi|chau|hoc sinh|dua|truong hop|cap|ong|ba|may|vai|\d{1,3}|one|a|two|three|someone)\b"
    r"|\b(?:mot|hai|ba|\d{1,3}) (?:nguoi|ho|nha|em|anh|chi|chau|hoc sinh|dua|truong hop|cap)\b"
)
_NOT_HAPPENED = re.compile(r"\b(?:khong|chua|het|chang|sach)(?: \w+)? (?:co|con|bi|ai|nha|ho)\b|\btieu chi nao\b")


def lateness_of(entry: Entry, reading: Reading, today: date) -> Lateness | None:
    """The deadline that the question means, against the day it names or today."""
    deadline = pick_deadline(entry, reading)
    if deadline is None:
        return None
    named = [day for partial in dates_in(reading.folded) if (day := as_day(partial, today))]
    on = named[0] if named else today
    if deadline.year and named and not dates_in(reading.folded)[0].year:
        on = on.replace(year=deadline.year) if "hom nay" not in reading.folded else on
    state = due(deadline, on)
    if state.last is None or state.state in ("impossible", "none", "open"):
        return None
    return Lateness("met" if state.days >= 0 else "not_met", deadline, on, state.last, state.days, state.following)
