"""When which units owe what, and the form versions that are filled in."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import json
from collections.abc import Sequence
from datetime import datetime

from storage.audits import TransactionAudit
from storage.database import Row, Transaction, Value, as_json, clean, day, day_text, moment, stamp
from storage.filing import Round

_COLUMNS = "id, form, version, period, units, due, signer, opened_by, opened_at, closed_at, settings"
_OPEN = f"""
insert into round ({_COLUMNS})
values (:id, :form, :version, :period, :units, :due, :signer, :by, :now, '', :settings)
"""
_GET = f"select {_COLUMNS} from round where id = :id"
_CURRENT = f"select {_COLUMNS} from round where closed_at = '' order by opened_at, id"
_EVERY = f"select {_COLUMNS} from round {{condition}} order by opened_at desc, id"
_CLOSE = "update round set closed_at = :now where id = :id and closed_at = '' returning id"
_REOPEN = "update round set closed_at = '' where id = :id and closed_at <> '' returning id"
_CHANGE = """
update round set units = :units, due = :due, signer = :signer, settings = :settings where id = :id
"""
_SAVE_VERSION = """
insert into form_version (hash, form, body, at) values (:hash, :form, :body, :now) on conflict (hash) do nothing
"""


class TransactionRounds:
    """`storage.registry.Rounds` of the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime, audit: TransactionAudit) -> None:
        self._transaction = transaction
        self._now = now
        self._audit = audit

    def open(self, round: Round) -> None:
        """Add a round that is opened now, whatever its `opened_at` says."""
        self._transaction.execute(
            _OPEN,
            id=round.id,
            form=round.form,
            version=round.version,
            period=clean(round.period),
            by=round.opened_by,
            now=stamp(self._now),
            **_changing(round),
        )
        self._audit.add("round", round.id, "opened", round.opened_by, after=_told(round))

    def get(self, id: str) -> Round | None:
        """One round, or None."""
        rows = self._transaction.execute(_GET, id=clean(id))
        return _round(rows[0]) if rows else None

    def current(self, unit: str = "") -> Sequence[Round]:
        """Rounds that are not closed, of a unit or of all, oldest first."""
        rounds = [_round(row) for row in self._transaction.execute(_CURRENT)]
        return [round for round in rounds if unit in round.units] if unit else rounds

    def every(self, form: str = "") -> Sequence[Round]:
        """Rounds of a form or of all, also the closed ones, newest first."""
        sql = _EVERY.format(condition="where form = :form" if form else "")
        values = {"form": clean(form)} if form else {}
        return [_round(row) for row in self._transaction.execute(sql, **values)]

    def close(self, id: str, by: str = "") -> bool:
        """Close a round; False where it was closed."""
        closed = self._transaction.execute(_CLOSE, id=clean(id), now=stamp(self._now))
        if closed:
            self._audit.add("round", id, "closed", by)
        return bool(closed)

    def reopen(self, id: str, by: str = "") -> bool:
        """Open a closed round again; False where it is open."""
        opened = self._transaction.execute(_REOPEN, id=clean(id))
        if opened:
            self._audit.add("round", id, "reopened", by)
        return bool(opened)

    def change(self, round: Round, by: str = "") -> None:
        """Replace units, due day, signer and settings."""
        rows = self._transaction.execute(f"{_GET} /* for update */", id=round.id)
        before, after = [_told(_round(row)) for row in rows], _told(round)
        if before and before != [after]:
            self._transaction.execute(_CHANGE, id=round.id, **_changing(round))
            self._audit.add("round", round.id, "changed", by, before[0], after)

    def save_version(self, form: str, hash: str, body: str) -> None:
        """Keep a form version for ever."""
        self._transaction.execute(_SAVE_VERSION, form=form, hash=hash, body=clean(body), now=stamp(self._now))

    def version(self, hash: str) -> str:
        """The body of a form version. Raises `KeyError`."""
        for [body] in self._transaction.execute("select body from form_version where hash = :hash", hash=clean(hash)):
            return str(body)
        raise KeyError(hash)


def _changing(round: Round) -> dict[str, Value]:
    return {
        "units": as_json(round.units),
        "due": day_text(round.due),
        "signer": clean(round.signer),
        "settings": as_json(round.settings),
    }


def _told(round: Round) -> str:
    """What may change, for people who read the audit."""
    return as_json(_changing(round) | {"units": round.units, "settings": round.settings})


def _round(row: Row) -> Round:
    id, form, version, period, units, due, signer, opened_by, opened_at, closed_at, settings = row
    return Round(
        id,
        form,
        version,
        period,
        tuple(json.loads(units)),
        day(due),
        signer,
        opened_by,
        moment(opened_at),
        moment(closed_at) if closed_at else None,
        json.loads(settings),
    )
