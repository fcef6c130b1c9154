"""Five years of a large ward, as they would lie in the database: 500 units, 8 forms a year, 50 answers each."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

from knowledge.loading import load_library
from storage.database import Transaction, Value, as_json, moment, stamp
from storage.registry import Registry, Round, State, UnitRow
from storage.store import Store

UNITS, FORMS, YEARS, ANSWERS = 500, 8, 5, 50
FIRST_YEAR = 2022
# Rows of one commit.
BATCH = 20_000
# The same archive in every run.
SEED = 20261121
# How far the newest year has come, in units of a hundred; the years before are accepted.
NEWEST: dict[State, int] = {"draft": 20, "submitted": 30, "returned": 5, "accepted": 45}
CODES = tuple(f"to-{number}" for number in range(1, UNITS + 1))
# What all of them have filled in.
FORM = next(version for version in load_library()[0].forms.values() if version.form.id == "tp-tu-danh-gia")

Rows = Iterator[dict[str, Value]]

_SUBMISSION = """
insert into submission (id, code, form, version, unit, round, state, revision, by, by_name, begun_at, changed_at)
values (:id, :id, :form, :version, :unit, :round, :state, 2, :by, 'Nguyễn Thị An', :at, :at)
"""
_ANSWER = """
insert into answer (submission, path, position, value, raw, by, by_name, at)
values (:id, :path, :position, :value, :raw, :by, 'Nguyễn Thị An', :at)
"""
_SNAPSHOT = "insert into snapshot (submission, number, by, at, answers) values (:id, 1, :by, :at, :answers)"
_AUDIT = """
insert into audit (subject, id, action, by, at, before, after)
values ('submission', :id, :state, :by, :at, 'draft', :state)
"""
_PERSON = "insert into person (id, since) values (:id, '')"
_CLOSE = "update round set opened_at = :at, closed_at = :closed where id = :id"


@dataclass(frozen=True, slots=True)
class Paper:
    """One submission of the archive."""

    id: str
    form: str
    unit: str
    round: str
    state: State
    # Begun and changed.
    at: str

    @property
    def by(self) -> str:
        """The leader of the unit."""
        return leader(self.unit)


def leader(unit: str) -> str:
    """Id of the person who filled in all papers of a unit."""
    return f"leader-{unit}"


def rounds() -> list[Round]:
    """All rounds, those of the newest year last."""
    return [
        Round(f"{year}-{form}", f"form-{form}", FORM.hash, f"năm {year}", CODES, None, "", "staff", _opened(year))
        for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)
        for form in range(FORMS)
    ]


async def fill(store: Store) -> None:
    """Write the archive. The rounds of the years before the newest are closed."""
    await store.registry_write(_found)
    await store.database.write(_close)
    await store.database.write(_Insert(_PERSON, [{"id": leader(code)} for code in CODES]))
    for sql, rows in ((_SUBMISSION, _lines()), (_ANSWER, _answers()), (_SNAPSHOT, _snapshots()), (_AUDIT, _lines())):
        while batch := list(islice(rows, BATCH)):
            await store.database.write(_Insert(sql, batch))


@dataclass(frozen=True, slots=True)
class _Insert:
    sql: str
    rows: list[dict[str, Value]]

    def __call__(self, transaction: Transaction) -> None:
        transaction.execute_many(self.sql, self.rows)


def _opened(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _found(registry: Registry) -> None:
    registry.units.save(UnitRow("p", "phường", "phường"))
    for code in CODES:
        registry.units.save(UnitRow(code, f"tổ dân phố {code}", "tổ dân phố", "p"))
    registry.rounds.save_version(FORM.form.id, FORM.hash, FORM.body)
    for round in rounds():
        registry.rounds.open(round)


def _close(transaction: Transaction) -> None:
    newest = str(FIRST_YEAR + YEARS - 1)
    for round in rounds():
        closed = "" if round.id.startswith(newest) else stamp(round.opened_at + timedelta(days=360))
        transaction.execute(_CLOSE, id=round.id, at=stamp(round.opened_at), closed=closed)


def _papers() -> Iterator[Paper]:
    chance = random.Random(SEED)
    states, weights = list(NEWEST), list(NEWEST.values())
    for round in rounds():
        newest = round.opened_at.year == FIRST_YEAR + YEARS - 1
        for code in CODES:
            state: State = chance.choices(states, weights)[0] if newest else "accepted"
            at = stamp(round.opened_at + timedelta(seconds=chance.randrange(300 * 86_400)))
            yield Paper(f"{round.id}-{code}", round.form, code, round.id, state, at)


def _lines() -> Rows:
    for paper in _papers():
        told = {"form": paper.form, "unit": paper.unit, "round": paper.round, "state": paper.state}
        yield {"version": FORM.hash, **told, **_signed(paper)}


def _answers() -> Rows:
    for paper in _papers():
        at = moment(paper.at)
        for position, (path, value) in enumerate(_values().items(), start=1):
            given = stamp(at + timedelta(seconds=position))
            row: dict[str, Value] = {"path": path, "position": position, "value": as_json(value), "raw": str(value)}
            yield {**_signed(paper), **row, "at": given}


def _snapshots() -> Rows:
    for paper in _papers():
        if paper.state != "draft":
            yield {**_signed(paper), "answers": as_json(_values())}


def _signed(paper: Paper) -> dict[str, Value]:
    return {"id": paper.id, "by": paper.by, "at": paper.at}


@cache
def _values() -> dict[str, object]:
    """A self-assessment with its ticks, and numbers beside some of them."""
    values: dict[str, object] = {}
    for field in FORM.form.fields:
        values[field.id] = "no" if len(values) % 3 else "yes"
        if field.share:
            values[f"{field.id}#"] = {"part": 112, "whole": 130}
    return dict(islice(values.items(), ANSWERS))
