"""The ratio of all households by which a meeting decides, as staff enter it from the law."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from knowledge.folding import fold

Comparator = Literal[">", ">="]

_KEPT = re.compile(r"(>=?)(\d{1,5})/(\d{1,5})")
_STRICT = r"(?:>|tren|hon|qua|over|more than)"
_LOOSE = r"(?:>=|≥|tu|it nhat|toi thieu|dat|at least)"
_NUMBER = r"(?P<number>\d{1,3}(?:[.,]\d{1,2})?\s*(?:%|phan tram)|\d{1,3}\s*/\s*\d{1,3}|(?:mot )?nua)"
_TYPED = re.compile(rf"(?:(?P<strict>{_STRICT})|(?P<loose>{_LOOSE}))?\s*{_NUMBER}(?P<up>\s+(?:tro len|or more))?")


@dataclass(frozen=True, slots=True)
class Ratio:
    """Votes for of all households: over, or at least, a share between 0 and 1."""

    comparator: Comparator
    share: Fraction

    def __str__(self) -> str:
        """As it is kept: ">1/2", ">=2/3"."""
        return f"{self.comparator}{self.share.numerator}/{self.share.denominator}"

    def holds(self, votes: int, households: int) -> bool:
        """Whether so many of all households are enough; compared as whole numbers."""
        left, right = votes * self.share.denominator, households * self.share.numerator
        return left > right if self.comparator == ">" else left >= right


def kept_ratio(text: str) -> Ratio | None:
    """A ratio as it is kept; None for anything else."""
    found = _KEPT.fullmatch(text)
    return _ratio(">" if found[1] == ">" else ">=", found[2], found[3]) if found else None


def typed_ratio(text: str) -> Ratio | None:
    """What people write: "trên 50%", "quá nửa", "từ 2/3 trở lên". None where "over" or "at least" is not said."""
    found = _TYPED.fullmatch(" ".join(fold(text).split()).removesuffix(" tong so ho").rstrip(". "))
    if not found or not (found["strict"] or found["loose"] or found["up"]) or (found["strict"] and found["up"]):
        return None
    number = found["number"]
    comparator: Comparator = ">" if found["strict"] else ">="
    if number.endswith("nua"):
        return _ratio(comparator, "1", "2")
    if "/" in number:
        return _ratio(comparator, *(part.strip() for part in number.split("/")))
    percent = Fraction(re.sub(r"[^\d.]", "", number.replace(",", "."))) / 100
    return _ratio(comparator, str(percent.numerator), str(percent.denominator))


def _ratio(comparator: Comparator, part: str, whole: str) -> Ratio | None:
    if not int(whole) or not 0 < Fraction(int(part), int(whole)) <= 1:
        return None
    share = Fraction(int(part), int(whole))
    # More than all is never reached.
    return None if comparator == ">" and share == 1 else Ratio(comparator, share)
