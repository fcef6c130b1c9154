"""What was read out of a blank as JSON text, between whoever reads files and whoever answers people."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from knowledge.bad_answers import BadAnswer, Problem
from knowledge.bad_cells import BadCell, BlankRead, CellProblem, Given
from knowledge.forms import Field, Form


@dataclass(frozen=True, slots=True)
class BlankOf:
    """What was read, and what the file says that it is a blank of; empty where it does not say."""

    read: BlankRead
    form: str = ""
    version: str = ""
    unit: str = ""
    round: str = ""


def packed(blank: BlankOf) -> str:
    """As JSON text. Fields stand in it by their ids."""
    answers = {path: [given.value, given.raw] for path, given in blank.read.answers.items()}
    bad = [
        [one.problem, one.sheet, one.cell, one.field.id if one.field else "", _why(one.bad), one.given]
        for one in blank.read.bad
    ]
    told = {"form": blank.form, "version": blank.version, "unit": blank.unit, "round": blank.round}
    return json.dumps({**told, "answers": answers, "bad": bad}, ensure_ascii=False)


def _why(bad: BadAnswer | None) -> list[str]:
    return [bad.problem, bad.given] if bad else []


def unpacked(text: str, form: Form) -> BlankOf | None:
    """From JSON text, with the fields of a form; None for an empty text."""
    if not text:
        return None
    told: Mapping[str, Any] = json.loads(text)
    answers = {path: Given(value, raw) for path, (value, raw) in told["answers"].items()}
    known = {field.id: field for field in _fields(form)}
    bad = tuple(_cell(known, *cell) for cell in told["bad"])
    return BlankOf(BlankRead(answers, bad), told["form"], told["version"], told["unit"], told["round"])


def _cell(
    known: Mapping[str, Field], problem: str, sheet: str, cell: str, field: str, why: list[str], given: str
) -> BadCell:
    named: CellProblem = next(one for one in get_args(CellProblem) if one == problem)
    return BadCell(named, sheet, cell, known.get(field), _bad(*why) if why else None, given)


def _bad(problem: str, given: str) -> BadAnswer:
    named: Problem = next(one for one in get_args(Problem) if one == problem)
    return BadAnswer(named, given)


def _fields(form: Form) -> Iterator[Field]:
    """Every field, what stands beside ticks, and the columns of lists."""
    for field in form.fields:
        yield from (*field.columns, *field.more, field)
