"""Which addresses are one person, and what goes along when that changes or when a person is forgotten."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import secrets
from datetime import datetime

from storage import diary
from storage.audits import TransactionAudit
from storage.database import Transaction, clean, stamp

# Where a person stands as the one who did something.
_AUTHORS = (
    ("submission", "by"),
    ("answer", "by"),
    ("snapshot", "by"),
    ("remark", "by"),
    ("audit", "by"),
    ("round", "opened_by"),
    ("invitation", "by"),
    ("announcement", "by"),
    ("announcement", "approved_by"),
    ("silence", "by"),
    ("ward_deadline", "by"),
)
_OWNED = ("role", "address", "consent", "wrong_code", "link_code", "file")

# In the same order everywhere, so that two who join each other do not wait in a circle.
_LOCK = "select id from person where id in (:person, :to) order by id /* for update */"
# A role that both have would stand twice.
_SAME_ROLES = """
delete from role where person = :person and last = '' and exists (
    select 1 from role r where r.person = :to and r.role = role.role and r.unit = role.unit and r.last = '')
"""
_ROLES = "select id, role, unit from role where person = :person"
# One row for each person: where both have one, one of them stays without a name. What the other wants counts.
_NEWS = (
    """
    update outbox set person = case when exists (
        select 1 from outbox e where e.announcement = outbox.announcement and e.person = :to) then null else :to end
    where person = :person and announcement in (select id from announcement)
    """,
    """
    update unreached set person = case when exists (
        select 1 from unreached e where e.announcement = unreached.announcement and e.person = :to)
        then null else :to end
    where person = :person
    """,
    """
    update subscription set person = :to where person = :person and not exists (
        select 1 from subscription e where e.person = :to and e.topic = subscription.topic)
    """,
    "delete from subscription where person = :person",
)
_SETTINGS = ("language", "notice", "unit", "locality", "name")
_TAKE_SETTINGS = "update person set {} where id = :to".format(
    ", ".join(
        f"{name} = case when {name} = '' then (select p.{name} from person p where p.id = :person) else {name} end"
        for name in _SETTINGS
    )
)
_CONVERSATIONS = """
select person, flow, step, data, revision from conversation where person in (:person, :to) /* for update */
"""
_MOVE_CONVERSATION = """
insert into conversation (person, flow, step, data, revision)
values (:person, :flow, :step, :data, :revision)
on conflict (person) do update set flow = excluded.flow, step = excluded.step,
data = excluded.data, revision = excluded.revision
"""
_OWNER = """
select p.id from address a join person p on p.id = a.person
where a.channel = :channel and a.chat = :chat /* for update */
"""
# The unit's papers stay, because the ward has to keep them (Luật Lưu trữ), and with them the name that stands in
# them as the one who filled in (`by_name`); who they are to the bot is blanked.
_FORGET = (
    "delete from role where person = :person",
    "delete from link_code where person = :person",
    "delete from wrong_code where person = :person",
    # The ledger of announcements stays, without saying whose rows these are; what waits in it goes to nobody.
    """
    update outbox set person = null,
    chat = case when state = 'queued' then '' else chat end,
    reason = case when state = 'queued' then 'forgotten' else reason end,
    state = case when state = 'queued' then 'failed' else state end
    where person = :person and announcement in (select id from announcement)
    """,
    "update unreached set person = null where person = :person",
    "delete from subscription where person = :person",
    *(f"update {table} set {column} = '' where {column} = :person" for table, column in _AUTHORS),
)


class Linking:
    """Joins people and takes them apart, in the open transaction."""

    def __init__(self, transaction: Transaction, now: datetime, audit: TransactionAudit, heirs: dict[str, str]) -> None:
        self._transaction = transaction
        self._now = now
        self._audit = audit
        self._heirs = heirs

    def join(self, person: str, to: str) -> None:
        """Everything of a person belongs to another from now on. Raises `ValueError` for unknown people."""
        if person == to:
            return
        if len(self._transaction.execute(_LOCK, person=person, to=to)) != 2:
            raise ValueError("one of the two people is not known")
        self._transaction.execute(_SAME_ROLES, person=person, to=to)
        for id, role, unit in self._transaction.execute(_ROLES, person=person):
            self._audit.add("role", id, "joined", to, after=f"{role} {unit}")
        moved = [*((table, "person") for table in _OWNED), *_AUTHORS]
        for table, column in moved:
            self._transaction.execute(
                f"update {table} set {column} = :to where {column} = :person", person=person, to=to
            )
        for statement in _NEWS:
            self._transaction.execute(statement, person=person, to=to)
        diary.join(self._transaction, person, to)
        self._transaction.execute(_TAKE_SETTINGS, person=person, to=to)
        self._heirs[person] = to if self._take_conversation(person, to) else ""
        self._transaction.execute("delete from conversation where person = :person", person=person)
        self._transaction.execute("delete from person where id = :person", person=person)

    def leave(self, channel: str, chat: str) -> bool:
        """One address becomes a person of its own again. False where it is their only one."""
        where = {"channel": clean(channel), "chat": clean(chat)}
        for [owner] in self._transaction.execute(_OWNER, **where):
            [[count]] = self._transaction.execute("select count(*) from address where person = :owner", owner=owner)
            if count < 2:
                return False
            id = secrets.token_hex(8)
            self._transaction.execute("insert into person (id, since) values (:id, :now)", id=id, now=stamp(self._now))
            self._transaction.execute(
                "update address set person = :id where channel = :channel and chat = :chat", id=id, **where
            )
            return True
        return False

    def _take_conversation(self, person: str, to: str) -> bool:
        """Let the target go on with the other's conversation unless it has a flow of its own."""
        kept = {row[0]: row[1:] for row in self._transaction.execute(_CONVERSATIONS, person=person, to=to)}
        if to in kept and kept[to][0]:
            return False
        if person in kept and kept[person][0]:
            flow, step, data, _ = kept[person]
            # Past both, so that buttons of neither are taken for new ones.
            revision = max(row[3] for row in kept.values()) + 1
            self._transaction.execute(_MOVE_CONVERSATION, person=to, flow=flow, step=step, data=data, revision=revision)
        return True


def forget(transaction: Transaction, person: str) -> None:
    """Delete what a person had, and blank them where they did something."""
    diary.forget(transaction, person)
    for statement in _FORGET:
        transaction.execute(statement, person=person)
