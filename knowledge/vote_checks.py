"""Votes of a meeting against the households of the group, as whole numbers and never rounded.

Fields `ho-tong` (all households) and `ho-du` (those represented); rows `phieu` with `tan-thanh`, `khong` and
`khong-y-kien`. What is asked is a share of all households, not of those present (Luật Thực hiện dân chủ ở cơ sở
10/2022/QH15, điều 21). Whether it is reached is said only where staff have entered the ratio ("ratio", as
`Ratio` keeps it) and where it stands in the law ("ratio_source").

`numbers` hold `reason` and what it is about: present_over_households (`present`, `households`), over_households and
over_present (`sum` and the same), result (`for`, `households`, `share` as a Fraction of 1 or None, `ratio`,
`ratio_source`, `passed`, which is None where nobody can say).
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from knowledge.form_findings import Finding, Row, rows_of, whole
from knowledge.forms import Form
from knowledge.ratios import kept_ratio

ALL, PRESENT = "ho-tong", "ho-du"
ITEMS, FOR, AGAINST, BLANK = "phieu", "tan-thanh", "khong", "khong-y-kien"


def votes(form: Form, answers: Mapping[str, object], settings: Mapping[str, str]) -> Iterator[Finding]:
    """What there is to say about the votes of a meeting."""
    households, present = whole(answers.get(ALL)), whole(answers.get(PRESENT))
    if households is not None and present is not None and present > households:
        numbers = {"reason": "present_over_households", "present": present, "households": households}
        yield Finding("votes", (PRESENT, ALL), "warn", numbers)
    for row in rows_of(form, ITEMS, answers):
        yield from _sums(row, households, present)
        yield from _result(row, households, settings)


def _sums(row: Row, households: int | None, present: int | None) -> Iterator[Finding]:
    """Votes of a household that there is not, or that was not there."""
    total = sum(row.count(column) or 0 for column in (FOR, AGAINST, BLANK))
    numbers: dict[str, object] = {"sum": total, "households": households, "present": present}
    if households is not None and total > households:
        yield Finding("votes", (row.path, ALL), "warn", numbers | {"reason": "over_households"})
    elif present is not None and total > present:
        yield Finding("votes", (row.path, PRESENT), "warn", numbers | {"reason": "over_present"})


def _result(row: Row, households: int | None, settings: Mapping[str, str]) -> Iterator[Finding]:
    agreed = row.count(FOR)
    if agreed is None:
        return
    source = settings.get("ratio_source", "").strip()
    ratio = kept_ratio(settings.get("ratio", "")) if source else None
    possible = households is not None and 0 < households >= agreed
    numbers = {
        "reason": "result",
        "for": agreed,
        "households": households,
        "share": Fraction(agreed, households) if households and possible else None,
        "ratio": ratio,
        "ratio_source": source if ratio else "",
        "passed": ratio.holds(agreed, households) if ratio and households and possible else None,
    }
    yield Finding("votes", (f"{row.path}/{FOR}",), "note", numbers)
