"""The answers of a submission, each at its path, in the order in which they were first given."""

import json
from collections.abc import Mapping
from datetime import datetime

from storage.database import Row, Transaction, as_json, clean, moment, short, stamp
from storage.filing import Answer

_ANSWERS = "select path, value, raw, by, by_name, at from answer where submission = :id order by position"
# Changing the row locks it: whoever sends waits for the answer, and the answer for them.
_TOUCH = """
update submission set changed_at = :now where id = :id and state in ('draft', 'returned') returning id
"""
_ANSWER = """
insert into answer (submission, path, position, value, raw, by, by_name, at)
select :id, :path, coalesce(max(position), 0) + 1, :value, :raw, :by, :by_name, :now
from answer where submission = :id
on conflict (submission, path) do update set value = excluded.value, raw = excluded.raw,
by = excluded.by, by_name = excluded.by_name, at = excluded.at
"""
_ERASE = """
delete from answer where submission = :id
and (path = :path or path = :numbers or substr(path, 1, :size) = :below)
"""


class Answers:
    """The answers of submissions, in the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def answers(self, id: str) -> Mapping[str, Answer]:
        """Current answers by path, in the order in which they were first given."""
        return {row[0]: _answer(row) for row in self._transaction.execute(_ANSWERS, id=clean(id))}

    def answer(self, id: str, path: str, value: object, raw: str, person: str, name: str) -> None:
        """Write an answer. Only drafts and returned ones take any: raises `ValueError` otherwise."""
        self._touch(id)
        self._transaction.execute(
            _ANSWER,
            id=clean(id),
            path=clean(path),
            value=as_json(value),
            raw=clean(raw),
            by=person,
            by_name=short(name),
            now=stamp(self._now),
        )

    def erase(self, id: str, path: str) -> None:
        """Drop the answers at a path and below it. Raises as `answer` does."""
        self._touch(id)
        path = clean(path)
        below = f"{path}/"
        self._transaction.execute(_ERASE, id=clean(id), path=path, numbers=f"{path}#", below=below, size=len(below))

    def _touch(self, id: str) -> None:
        if not self._transaction.execute(_TOUCH, id=clean(id), now=stamp(self._now)):
            raise ValueError("only drafts and returned submissions take answers")


def _answer(row: Row) -> Answer:
    path, value, raw, by, by_name, at = row
    return Answer(path, json.loads(value), raw, by, by_name, moment(at))
