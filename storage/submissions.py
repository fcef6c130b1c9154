"""What units hand in, from draft to accepted: who began it, in which state it is, what was sent."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from storage.answers import Answers
from storage.audits import TransactionAudit
from storage.database import Row, Transaction, as_json, clean, listed, moment, short, stamp
from storage.filing import Remark, Round, Snapshot, State, Submission, Tally
from storage.records import StorageError

MAX_REASON = 4_000
# There are 887 million codes: several clashes in a row mean that something else is wrong.
_CODE_TRIES = 10

# After a withdrawal the unit begins again: that is another submission.
MOVES: Mapping[State, frozenset[State]] = {
    "draft": frozenset({"submitted", "withdrawn"}),
    "submitted": frozenset({"accepted", "returned", "withdrawn"}),
    "returned": frozenset({"submitted"}),
    "accepted": frozenset({"withdrawn"}),
    "withdrawn": frozenset(),
}

_COLUMNS = "id, code, form, version, unit, round, state, revision, by, by_name, begun_at, changed_at, given_by"
_BEGUN = f"select {_COLUMNS} from submission where round = :round and unit = :unit and state <> 'withdrawn'"
# Neither the code nor the unit's place in the round may be taken.
_BEGIN = f"""
insert into submission ({_COLUMNS})
values (:id, :code, :form, :version, :unit, :round, 'draft', 0, :by, :by_name, :now, :now, :given_by)
on conflict do nothing returning {_COLUMNS}
"""
_GET = f"select {_COLUMNS} from submission where id = :id or code = :code"
_OF_UNIT = f"select {_COLUMNS} from submission where unit = :unit order by changed_at desc, id"
_OF_ROUND = f"""
select {", ".join(f"s.{name}" for name in _COLUMNS.split(", "))}, n.answers from submission s
join snapshot n on n.submission = s.id and n.number = (select max(number) from snapshot where submission = s.id)
left join unit u on u.code = s.unit
where s.round = :round and s.state in ({{states}}) order by coalesce(u.position, 1000000000), s.unit, s.begun_at
"""
_QUEUE = f"""
select {_COLUMNS} from submission where state in ({{states}}) {{condition}}
order by changed_at, unit, id limit :limit offset :offset
"""
_COUNT = "select form, count(*) from submission where state in ({states}) group by form order by form"
_COUNT_EACH = "select form, unit, count(*) from submission where state in ({states}) group by form, unit"
# A withdrawn one counts only where nothing followed it.
_TALLY = """
select unit, state from submission where round = :round order by case when state = 'withdrawn' then 0 else 1 end
"""
_MOVE = f"""
update submission set state = :to, revision = revision + 1, changed_at = :now
where id = :id and state = :state and revision = :revision returning {_COLUMNS}
"""
_LAST_SNAPSHOT = "select coalesce(max(number), 0) from snapshot where submission = :id"
_ADD_SNAPSHOT = """
insert into snapshot (submission, number, by, at, answers) values (:id, :number, :by, :now, :answers)
"""
_SNAPSHOTS = "select submission, number, answers, by, at from snapshot where submission = :id order by number"
_REMARK_COLUMNS = "id, submission, snapshot, path, reason, by, at, resolved_at"
_ADD_REMARK = f"""
insert into remark ({_REMARK_COLUMNS})
values (:id, :submission, :snapshot, :path, :reason, :by, :now, '') returning {_REMARK_COLUMNS}
"""
_REMARKS = f"select {_REMARK_COLUMNS} from remark where submission = :id {{condition}} order by position"
_RESOLVE = "update remark set resolved_at = :now where id = :id and resolved_at = ''"


class TransactionSubmissions(Answers):
    """`storage.registry.Submissions` of the open transaction."""

    def __init__(
        self, transaction: Transaction, now: datetime, audit: TransactionAudit, code: Callable[[], str]
    ) -> None:
        super().__init__(transaction, now)
        self._audit = audit
        self._code = code

    def begin(self, round: Round, unit: str, person: str, name: str, given_by: str = "") -> Submission:
        """The submission of a unit in a round; begun by this person where there is none yet."""
        unit = clean(unit)
        for _ in range(_CODE_TRIES):
            for row in self._transaction.execute(_BEGUN, round=round.id, unit=unit):
                return _submission(row)
            for row in self._begin(round, unit, person, name, given_by):
                self._audit.add("submission", row[0], "begun", person, after="draft")
                return _submission(row)
        raise StorageError("no free code for a submission was found: try again")

    def _begin(self, round: Round, unit: str, person: str, name: str, given_by: str) -> list[Row]:
        return self._transaction.execute(
            _BEGIN,
            id=secrets.token_hex(8),
            code=f"BN-{self._code()}",
            form=round.form,
            version=round.version,
            unit=unit,
            round=round.id,
            by=person,
            by_name=short(name),
            given_by=short(given_by),
            now=stamp(self._now),
        )

    def get(self, id: str) -> Submission | None:
        """One submission by id or by its short code, or None."""
        rows = self._transaction.execute(_GET, id=clean(id), code=clean(id).upper())
        return _submission(rows[0]) if rows else None

    def of_unit(self, unit: str) -> Sequence[Submission]:
        """All of a unit, newest change of a state or an answer first."""
        return [_submission(row) for row in self._transaction.execute(_OF_UNIT, unit=clean(unit))]

    def of_round(self, round: str, states: Sequence[State]) -> Sequence[tuple[Submission, Mapping[str, object]]]:
        """Those of a round in some states with what was sent last, by path; in the order of the units."""
        if not states:
            return []
        names, values = listed("s", states)
        rows = self._transaction.execute(_OF_ROUND.format(states=names), round=clean(round), **values)
        # One row each: reading every answer by itself takes ten times as long.
        return [(_submission(row[:-1]), json.loads(row[-1])) for row in rows]

    def queue(
        self,
        states: Sequence[State],
        form: str = "",
        limit: int = 20,
        offset: int = 0,
        units: Sequence[str] | None = None,
    ) -> Sequence[Submission]:
        """Those in some states, oldest change first; of some units, or of all."""
        if not states or (units is not None and not units):
            return []
        names, values = listed("s", states)
        condition = "and form = :form" if form else ""
        if form:
            values["form"] = clean(form)
        if units is not None:
            codes, chosen = listed("u", [clean(unit) for unit in units])
            condition, values = f"{condition} and unit in ({codes})", {**values, **chosen}
        sql = _QUEUE.format(states=names, condition=condition)
        return [_submission(row) for row in self._transaction.execute(sql, limit=limit, offset=offset, **values)]

    def count(self, states: Sequence[State]) -> Mapping[str, int]:
        """How many are in some states, by form."""
        if not states:
            return {}
        names, values = listed("s", states)
        return {
            str(form): int(count) for form, count in self._transaction.execute(_COUNT.format(states=names), **values)
        }

    def count_each(self, states: Sequence[State]) -> Mapping[tuple[str, str], int]:
        """How many are in some states, by form and unit."""
        if not states:
            return {}
        names, values = listed("s", states)
        counted = self._transaction.execute(_COUNT_EACH.format(states=names), **values)
        return {(str(form), str(unit)): int(count) for form, unit, count in counted}

    def tally(self, round: Round) -> Tally:
        """How far a round has come, in the order of its units; withdrawn where nothing followed."""
        states: dict[str, State | Literal[""]] = dict.fromkeys(round.units, "")
        for unit, state in self._transaction.execute(_TALLY, round=round.id):
            if unit in states:
                states[unit] = state
        return Tally(round, states)

    def move(self, submission: Submission, to: State, by: str) -> Submission | None:
        """Change the state if it still has this state and revision, else None. Raises `ValueError`."""
        if to not in MOVES[submission.state]:
            raise ValueError(f"a {submission.state} submission cannot become {to}")
        rows = self._transaction.execute(
            _MOVE,
            id=submission.id,
            state=submission.state,
            revision=submission.revision,
            to=to,
            now=stamp(self._now),
        )
        if not rows:
            return None
        if to == "submitted":
            self._take_snapshot(submission.id, by)
        self._audit.add("submission", submission.id, to, by, submission.state, to)
        return _submission(rows[0])

    def _take_snapshot(self, id: str, by: str) -> None:
        answers = as_json({path: answer.value for path, answer in self.answers(id).items()})
        [[last]] = self._transaction.execute(_LAST_SNAPSHOT, id=id)
        self._transaction.execute(_ADD_SNAPSHOT, id=id, number=last + 1, by=by, now=stamp(self._now), answers=answers)

    def snapshots(self, id: str) -> Sequence[Snapshot]:
        """Everything that was sent, oldest first."""
        return [
            Snapshot(submission, number, json.loads(answers), by, moment(at))
            for submission, number, answers, by, at in self._transaction.execute(_SNAPSHOTS, id=clean(id))
        ]

    def remark(self, submission: Submission, path: str, reason: str, by: str) -> Remark:
        """Add a remark on the newest snapshot."""
        [[snapshot]] = self._transaction.execute(_LAST_SNAPSHOT, id=submission.id)
        [row] = self._transaction.execute(
            _ADD_REMARK,
            id=secrets.token_hex(8),
            submission=submission.id,
            snapshot=snapshot,
            path=clean(path),
            reason=clean(reason)[:MAX_REASON],
            by=by,
            now=stamp(self._now),
        )
        return _remark(row)

    def remarks(self, id: str, *, open: bool = True) -> Sequence[Remark]:
        """Remarks of a submission; only those not resolved, or all."""
        sql = _REMARKS.format(condition="and resolved_at = ''" if open else "")
        return [_remark(row) for row in self._transaction.execute(sql, id=clean(id))]

    def resolve(self, id: str) -> None:
        """Resolve one remark."""
        self._transaction.execute(_RESOLVE, id=clean(id), now=stamp(self._now))


def _submission(row: Row) -> Submission:
    *_, begun_at, changed_at, given_by = row
    fields = [*row[:-3], moment(begun_at), moment(changed_at), given_by]
    return Submission(*fields)


def _remark(row: Row) -> Remark:
    *_, at, resolved_at = row
    fields = [*row[:-2], moment(at), moment(resolved_at) if resolved_at else None]
    return Remark(*fields)
