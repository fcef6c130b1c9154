"""Scoring of question sets: what a right answer is, and how far the bot gets."""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUESTIONS_DIR = Path(__file__).parent / "questions"
READ_CHARACTERS = 1200


@dataclass(frozen=True, slots=True)
class Case:
    """One test question: what is asked, and what must and must not be in the answer."""

    id: str
    style: str
    q: str
    kinds: tuple[str, ...]
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    today: str
    unit: str
    prev: tuple[str, ...]

    def as_batch(self) -> str:
        """The JSON line that `bot.py ask --batch` reads."""
        line: dict[str, Any] = {"id": self.id, "q": self.q, "prev": list(self.prev)}
        line |= {"today": self.today} if self.today else {}
        line |= {"unit": self.unit} if self.unit else {}
        return json.dumps(line, ensure_ascii=False)


def load(names: Iterable[str]) -> list[Case]:
    """The cases of some files of `tests/questions/`, without ending."""
    return [_case(table) for name in names for table in _tables(QUESTIONS_DIR / f"{name}.toml")]


def _tables(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        tables: list[dict[str, Any]] = tomllib.load(file)["questions"]
    return tables


def _case(table: Mapping[str, Any]) -> Case:
    kinds = table["kind"]
    return Case(
        id=table["id"],
        style=table["style"],
        q=table["q"],
        kinds=(kinds,) if isinstance(kinds, str) else tuple(kinds),
        must=tuple(table.get("must", ())),
        must_not=tuple(table.get("must_not", ())),
        today=str(table.get("today", "")),
        unit=table.get("unit", ""),
        prev=tuple(table.get("prev", ())),
    )


def normal(text: str) -> str:
    """Text as it is compared: NFC, lower case, white space collapsed, no space before a percent sign."""
    text = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return text.replace(" %", "%")


def holds(text: str, wanted: str) -> bool:
    """Whether normal text has one of the alternatives (divided by "|") as whole words."""
    for alternative in wanted.split("|"):
        pattern = re.escape(normal(alternative.strip()))
        if re.search(rf"(?<!\w){pattern}(?!\w)", text):
            return True
    return False


def faults(case: Case, kind: str, answer: str) -> list[str]:
    """Why an answer is not right; empty where it is."""
    text = normal(answer[:READ_CHARACTERS])
    found = [] if kind in case.kinds else [f"kind {kind}, not {'/'.join(case.kinds)}"]
    found += [f"lacks {wanted}" for wanted in case.must if not holds(text, wanted)]
    found += [f"has {unwanted}" for unwanted in case.must_not if holds(text, unwanted)]
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """How a set went: counts of right and misled, and by style."""

    total: int
    right: int
    misled: int
    by_style: Mapping[str, tuple[int, int]]

    def __str__(self) -> str:
        styles = "  ".join(f"{name} {right}/{total}" for name, (right, total) in sorted(self.by_style.items()))
        share, wrong = 100 * self.right / self.total, 100 * self.misled / self.total
        return f"right {self.right}/{self.total} = {share:.1f} %, misled {self.misled} = {wrong:.1f} %\n{styles}"


def score(cases: Iterable[Case], answers: Mapping[str, tuple[str, str]]) -> Score:
    """Score answers given as (kind, plain text) by case id."""
    totals: Counter[str] = Counter()
    rights: Counter[str] = Counter()
    misled = 0
    for case in cases:
        kind, text = answers[case.id]
        totals[case.style] += 1
        bad = faults(case, kind, text)
        rights[case.style] += not bad
        misled += bool(bad) and kind == "answer"
    by_style = {style: (rights[style], totals[style]) for style in totals}
    return Score(sum(totals.values()), sum(rights.values()), misled, by_style)
