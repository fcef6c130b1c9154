"""What the figures of a question are for: dates alone, or a whole of which a share is asked for."""

import math
import re

from knowledge.dates import dates_in
from knowledge.figures import shares_in, without_names
from knowledge.model import Entry
from knowledge.reading import Reading
from knowledge.rows import pick_row
from knowledge.verdicts import Least

_COUNTED = r"(?:ho|nha|gia dinh|nguoi|em|chau|can|households?|families|houses|people|residents)"
# "120 hộ … ít nhất mấy hộ".
_WHOLE = re.compile(
    rf"(?<![\w./,])(\d{{2,5}}) {_COUNTED}\b.*\b(?:may|bao nhieu|nhieu|how many) {_COUNTED}\b(?! (?:nua|con lai))"
)


# "đạt 3.3": a line of a table of criteria, no third of March.
_CRITERION = re.compile(r"(?<![\d.])[1-5]\.\d{1,2}(?![\d./])")


def dates_only(reading: Reading) -> bool:
    """Whether the only figures in a question are dates."""
    folded = _CRITERION.sub(" ", without_names(reading.numbered))
    return bool(dates_in(folded)) and not shares_in(folded)


def least_of(entry: Entry, reading: Reading) -> Least | None:
    """How many households or people a share comes to, where a whole is told and their number is asked for."""
    found = _WHOLE.search(without_names(reading.numbered))
    rows = [row for row in entry.quantities if row.unit == "%" and not row.per and row.comparator not in ("<", "<=")]
    if not found or not rows:
        return None
    if any(share.part or share.percent < rows[0].value for share in shares_in(reading.numbered)):
        # What they have is to be held against the text.
        return None
    row, total = pick_row(rows, reading) or rows[0], int(found[1])
    exact = round(total * row.value / 100, 4)
    count = math.floor(exact) + 1 if row.comparator == ">" else math.ceil(exact)
    return Least(total, count, exact, row)
