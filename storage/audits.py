"""Who did what to a unit, a role, a round or a submission: only added to."""

from collections.abc import Sequence
from datetime import datetime

from storage.database import Transaction, clean, moment, stamp
from storage.filing import AuditEvent

_ADD = """
insert into audit (subject, id, action, by, at, before, after)
values (:subject, :id, :action, :by, :at, :before, :after)
"""
_OF = """
select subject, id, action, by, at, before, after from audit
where subject = :subject and id = :id order by position
"""


class TransactionAudit:
    """`storage.registry.Audit` of the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def add(self, subject: str, id: str, action: str, by: str, before: str = "", after: str = "") -> None:
        """Add an event."""
        self._transaction.execute(
            _ADD,
            subject=subject,
            id=clean(id),
            action=action,
            by=by,
            at=stamp(self._now),
            before=clean(before),
            after=clean(after),
        )

    def of(self, subject: str, id: str) -> Sequence[AuditEvent]:
        """Events of one subject, oldest first."""
        return [
            AuditEvent(subject, id, action, by, moment(at), before, after)
            for subject, id, action, by, at, before, after in self._transaction.execute(
                _OF, subject=subject, id=clean(id)
            )
        ]
