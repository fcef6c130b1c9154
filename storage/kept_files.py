"""Which files are kept, whose they are, and what may be deleted. Their bytes are the depot's."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

from collections.abc import Iterable, Sequence
from datetime import datetime

from conversation import IncomingFile
from storage.database import Row, Transaction, clean, moment, stamp
from storage.records import KeptFile

_KEEP = """
insert into file (id, name, media_type, size, sha256, person, submission, at)
values (:id, :name, :media_type, :size, :sha256, :person, :submission, :now)
on conflict (id) do nothing
"""
_FILE = "select id, name, media_type, size, sha256, person, submission, at from file"
# Bytes are let go of only where nothing keeps them.
_DISCARD = """
insert into discarded (id) select :id where not exists (select 1 from file where id = :id)
on conflict (id) do nothing
"""
# Part of a paper that was sent once belongs to the ward's records.
_SENT = "exists (select 1 from snapshot s where s.submission = file.submission)"
_FORGET = (
    f"""
    insert into discarded (id) select id from file where person = :person and not {_SENT}
    on conflict (id) do nothing
    """,
    f"delete from file where person = :person and not {_SENT}",
    "update file set person = '' where person = :person",
)


class TransactionFiles:
    """`storage.records.KeptFiles` of the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def keep(self, file: IncomingFile, person: str, submission: str = "") -> str:
        """Keep a fetched file. Raises `ValueError` for one that was not fetched."""
        if not file.id:
            raise ValueError("a file is kept once it is fetched")
        self._transaction.execute(
            _KEEP,
            id=file.id,
            name=clean(file.name),
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            person=person,
            submission=submission,
            now=stamp(self._now),
        )
        return file.id

    def get(self, id: str) -> KeptFile | None:
        """One file, or None."""
        return get(self._transaction, id)

    def of(self, submission: str) -> Sequence[KeptFile]:
        """Files of a submission, oldest first."""
        theirs = f"{_FILE} where submission = :submission order by at, id"
        return [_file(row) for row in self._transaction.execute(theirs, submission=clean(submission))]

    def drop(self, id: str) -> None:
        """Keep a file no longer."""
        self._transaction.execute("delete from file where id = :id", id=id)
        discard(self._transaction, [id])


def get(transaction: Transaction, id: str) -> KeptFile | None:
    """One file, or None."""
    rows = transaction.execute(f"{_FILE} where id = :id", id=clean(id))
    return _file(rows[0]) if rows else None


def discard(transaction: Transaction, ids: Iterable[str]) -> None:
    """Let go of the bytes of those that are not kept."""
    for id in ids:
        if id:
            transaction.execute(_DISCARD, id=id)


def discarded(transaction: Transaction, limit: int) -> list[str]:
    """Some ids whose bytes are to be deleted."""
    return [str(row[0]) for row in transaction.execute("select id from discarded limit :limit", limit=limit)]


def deleted(transaction: Transaction, ids: Iterable[str]) -> None:
    """Their bytes are gone."""
    transaction.execute_many("delete from discarded where id = :id", [{"id": id} for id in ids])


def count(transaction: Transaction, person: str) -> int:
    """How many files of a person are kept."""
    [[number]] = transaction.execute("select count(*) from file where person = :person", person=person)
    return int(number)


def forget(transaction: Transaction, person: str) -> None:
    """Let go of a person's files; what is part of a submitted paper stays without saying whose it was."""
    for statement in _FORGET:
        transaction.execute(statement, person=person)


def _file(row: Row) -> KeptFile:
    id, name, media_type, size, sha256, person, submission, at = row
    return KeptFile(id, name, media_type, size, sha256, person, submission, moment(at))
