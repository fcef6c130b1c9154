"""Who may act for which unit, how somebody is invited, and which addresses are one person."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from storage.audits import TransactionAudit
from storage.database import Row, Transaction, Value, clean, day, day_text, moment, short, stamp
from storage.filing import Invitation, Role, Tenure
from storage.linking import Linking

_WRONG_WITHIN = timedelta(hours=1)

_COLUMNS = "id, person, name, role, unit, first, last"
_HELD = f"select {_COLUMNS} from role where first <= :today and (last = '' or last >= :today)"
_ORDER = "order by first, name, id"
_GIVE = f"""
insert into role ({_COLUMNS}) values (:id, :person, :name, :role, :unit, :today, '')
on conflict (person, role, unit) where last = '' do nothing
returning {_COLUMNS}
"""
_OPEN = f"select {_COLUMNS} from role where person = :person and role = :role and unit = :unit and last = ''"
_END = """
update role set last = :yesterday where id = :id and (last = '' or last >= :today) returning role, unit
"""
_UNTIL = "update role set last = :last where id = :id and (last = '' or last >= :today) returning role, unit"
_INVITE = """
insert into invitation (hash, role, unit, name, by, expires)
values (:hash, :role, :unit, :name, :by, :expires)
"""
_INVITED = "select role, unit, expires, by, name from invitation where hash = :hash and expires > :now"
_TAKE = "delete from invitation where hash = :hash returning role, unit, expires, by, name"
_WRONG = "select count(*) from wrong_code where person = :sender and at > :after"
_NEWEST_WRONG = "select at from wrong_code where person = :sender order by at desc limit :most"
_NO_LINK = "delete from link_code where person = :person or hash = :hash or expires <= :now"
_OFFER_LINK = "insert into link_code (hash, person, expires) values (:hash, :person, :expires)"
_LINKED = "select person from link_code where hash = :hash and expires > :now"
_TAKE_LINK = "delete from link_code where hash = :hash returning person, expires"


class TransactionRoles:
    """`storage.registry.Roles` of the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime, audit: TransactionAudit, heirs: dict[str, str]) -> None:
        self._transaction = transaction
        self._now = now
        self._audit = audit
        self._linking = Linking(transaction, now, audit, heirs)

    def of(self, person: str, today: date) -> Sequence[Tenure]:
        """Roles that a person has on a day."""
        return self._held("and person = :person", today, person=clean(person))

    def in_unit(self, unit: str, today: date) -> Sequence[Tenure]:
        """Everybody who has a role in a unit on a day."""
        return self._held("and unit = :unit", today, unit=clean(unit))

    def holders(self, role: Role, today: date) -> Sequence[Tenure]:
        """Everybody who has a role anywhere on a day."""
        return self._held("and role = :role", today, role=role)

    def give(self, person: str, name: str, role: Role, unit: str, today: date, by: str) -> Tenure:
        """Give a role from today on; the one they have is returned where they have it already."""
        key: dict[str, Value] = {"person": person, "role": role, "unit": clean(unit)}
        id, name = secrets.token_hex(8), short(name)
        for row in self._transaction.execute(_GIVE, id=id, name=name, today=day_text(today), **key):
            self._audit.add("role", id, "given", by, after=f"{role} {unit}")
            return _tenure(row)
        [row] = self._transaction.execute(_OPEN, **key)
        return _tenure(row)

    def end(self, id: str, today: date, by: str) -> bool:
        """End a role: its last day was yesterday. False where it had ended."""
        yesterday = day_text(today - timedelta(days=1))
        for role, unit in self._transaction.execute(_END, id=clean(id), today=day_text(today), yesterday=yesterday):
            self._audit.add("role", id, "ended", by, before=f"{role} {unit}")
            return True
        return False

    def until(self, id: str, last: date, today: date, by: str) -> bool:
        """Set the last day of a role, today or later. False where it has ended. Raises `ValueError` for a past day."""
        if last < today:
            raise ValueError("a role cannot end in the past")
        for role, unit in self._transaction.execute(_UNTIL, id=clean(id), last=day_text(last), today=day_text(today)):
            self._audit.add("role", id, "until", by, before=f"{role} {unit}", after=day_text(last))
            return True
        return False

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation; those that have expired go."""
        self._transaction.execute("delete from invitation where expires <= :now", now=stamp(self._now))
        self._transaction.execute(
            _INVITE,
            hash=invitation.hash,
            role=invitation.role,
            unit=clean(invitation.unit),
            name=short(invitation.name),
            by=invitation.by,
            expires=stamp(invitation.expires),
        )
        after = f"{invitation.role} {invitation.unit}"
        self._audit.add("invitation", invitation.hash, "made", invitation.by, after=after)

    def invited(self, hash: str) -> Invitation | None:
        """An invitation that can still be taken; it is not used up."""
        for role, unit, expires, inviter, name in self._transaction.execute(
            _INVITED, hash=clean(hash), now=stamp(self._now)
        ):
            return Invitation(hash, role, unit, moment(expires), inviter, name)
        return None

    def take(self, hash: str, by: str = "") -> Invitation | None:
        """Use an invitation up; None where there is none, or it expired or was used."""
        for role, unit, expires, inviter, name in self._transaction.execute(_TAKE, hash=clean(hash)):
            if moment(expires) <= self._now:
                return None
            self._audit.add("invitation", hash, "used", by, before=f"{role} {unit}")
            return Invitation(hash, role, unit, moment(expires), inviter, name)
        return None

    def count_wrong(self, sender: str) -> int:
        """Wrong codes of a sender within the last hour, this one counted in."""
        # As long as `locked_until` may look back; also those of others, who may never come again.
        before = stamp(self._now - 2 * _WRONG_WITHIN)
        self._transaction.execute("delete from wrong_code where at <= :before", before=before)
        self._transaction.execute(
            "insert into wrong_code (person, at) values (:sender, :at)", sender=sender, at=stamp(self._now)
        )
        return self.wrong(sender)

    def wrong(self, sender: str) -> int:
        """Wrong codes of a sender within the last hour."""
        [[count]] = self._transaction.execute(_WRONG, sender=sender, after=stamp(self._now - _WRONG_WITHIN))
        return int(count)

    def locked_until(self, sender: str, most: int) -> datetime | None:
        """When a sender of so many wrong codes within an hour may try again: an hour after the last of them."""
        newest = [moment(at) for [at] in self._transaction.execute(_NEWEST_WRONG, sender=sender, most=most)]
        if len(newest) < most or newest[0] - newest[-1] >= _WRONG_WITHIN:
            return None
        until = newest[0] + _WRONG_WITHIN
        return until if until > self._now else None

    def offer_link(self, person: str, hash: str, seconds: int) -> None:
        """Keep a code that joins another address to this person; earlier ones of theirs end."""
        self._transaction.execute(_NO_LINK, person=person, hash=hash, now=stamp(self._now))
        expires = stamp(self._now + timedelta(seconds=seconds))
        self._transaction.execute(_OFFER_LINK, hash=hash, person=person, expires=expires)

    def linked(self, hash: str) -> str:
        """The person who made a linking code that still holds, which is not used up; empty where there is none."""
        rows = self._transaction.execute(_LINKED, hash=clean(hash), now=stamp(self._now))
        return str(rows[0][0]) if rows else ""

    def take_link(self, hash: str) -> str:
        """The person who made a linking code, which is used up; empty where there is none."""
        for person, expires in self._transaction.execute(_TAKE_LINK, hash=clean(hash)):
            return str(person) if moment(expires) > self._now else ""
        return ""

    def join(self, person: str, to: str) -> None:
        """Everything of a person belongs to another from now on. Raises `ValueError` for unknown people."""
        self._linking.join(person, to)

    def leave(self, channel: str, chat: str) -> bool:
        """One address becomes a person of its own again. False where it is their only one."""
        return self._linking.leave(channel, chat)

    def _held(self, condition: str, today: date, **values: Value) -> list[Tenure]:
        rows = self._transaction.execute(f"{_HELD} {condition} {_ORDER}", today=day_text(today), **values)
        return [_tenure(row) for row in rows]


def tenures(transaction: Transaction, person: str) -> tuple[Tenure, ...]:
    """All roles of a person, also those that ended."""
    rows = transaction.execute(f"select {_COLUMNS} from role where person = :person {_ORDER}", person=person)
    return tuple(_tenure(row) for row in rows)


def _tenure(row: Row) -> Tenure:
    id, person, name, role, unit, first, last = row
    first_day = day(first)
    assert first_day is not None
    return Tenure(id, person, name, role, unit, first_day, day(last))
