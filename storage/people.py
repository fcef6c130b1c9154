"""People, their addresses and conversations, and what is kept about them."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from conversation import Address
from storage import kept_files, linking
from storage.database import Row, Transaction, as_json, clean, moment, short, stamp
from storage.outbox import BY_CHAT
from storage.records import Conversation, Kept, Notice, Person, Question, Reach
from storage.roles import tenures

MAX_QUESTION = 500

_PERSON = "p.id, p.language, p.notice, p.unit, p.locality, p.name"
# The person's row is the lock that keeps their messages, from any address, one after another.
_SENDER = f"""
select a.last, a.next_at, {_PERSON} from address a join person p on p.id = a.person
where a.channel = :channel and a.chat = :chat /* for update */
"""
_PLACE = """
select last, next_at from address where channel = :channel and chat = :chat /* for update */
"""
_LAST_SAID = f"select max(position) from outbox where channel = :channel and chat = :chat and {BY_CHAT}"
_ADD_PERSON = "insert into person (id, since) values (:id, :now)"
_ADD_ADDRESS = """
insert into address (channel, chat, person, seen_at) values (:channel, :chat, :person, :now)
"""
_SAVE_PLACE = """
update address set last = :last, next_at = :next where channel = :channel and chat = :chat
"""
_SEEN = """
update address set seen_at = :now, unreachable = ''
where channel = :channel and chat = :chat
"""
_ADD_LINE = """
insert into line (channel, chat, position, key, body, at)
values (:channel, :chat, :position, :key, :body, :now)
"""
_CONVERSATION = "select flow, step, data, revision from conversation where person = :person"
_SAVE_PERSON = """
update person set language = :language, unit = :unit, locality = :locality, name = :name
where id = :id
"""
_SAVE_CONVERSATION = """
insert into conversation (person, flow, step, data, revision)
values (:person, :flow, :step, :data, 1)
on conflict (person) do update set flow = excluded.flow, step = excluded.step,
data = excluded.data, revision = conversation.revision + 1
returning revision
"""
_LOG_QUESTION = """
insert into question (folded, entry, kind, score, channel, at)
values (:folded, :entry, :kind, :score, :channel, :at)
"""
_CONSENT = """
insert into consent (person, choice, version, at) values (:person, :choice, :version, :now)
"""
_REACH = """
select channel, chat, unreachable, seen_at from address where person = :person
order by seen_at desc
"""
_LAST_CONSENT = """
select version, at from consent where person = :person order by position desc limit 1
"""
_THEIRS = "(channel, chat) in (select channel, chat from address where person = :person)"
_ANNOUNCED = "person = :person and announcement in (select id from announcement)"
_BY_MONTH = f"""
select substr(received_at, 1, 7), count(*) from inbox where {_THEIRS}
group by substr(received_at, 1, 7) order by 1
"""
_COUNTS = f"""
select
(select count(*) from inbox where state = 'waiting' and {_THEIRS}),
(select count(*) from outbox where state in ('queued', 'sending') and {BY_CHAT} and {_THEIRS})
    + (select count(*) from outbox where state = 'queued' and {_ANNOUNCED}),
(select count(*) from outbox where body <> '' and {BY_CHAT} and {_THEIRS})
    + (select count(*) from line where {_THEIRS}),
(select count(*) from (
    select id from submission where by = :person union select submission from answer where by = :person) papers),
(select count(*) from audit where by = :person),
(select count(*) from outbox where {_ANNOUNCED}),
(select count(*) from snooze where person = :person),
(select count(*) from calendar where person = :person)
"""
# In this order: what comes first finds its rows by what goes last. Keys stay, so that nothing is
# handled or sent twice; what waits to be handled is handled, as from somebody new.
_FORGET = (
    f"""
    update inbox set chat = '', payload = '' where state <> 'waiting'
    and {_THEIRS}
    """,
    f"""
    update outbox set chat = '', body = '', message = '', edits = '', state = case
        when state in ('queued', 'offered') then 'failed' else state end,
    reason = case when state in ('queued', 'offered') then 'forgotten' else reason end
    where state <> 'sending' and {BY_CHAT} and {_THEIRS}
    """,
    f"delete from line where {_THEIRS}",
    f"delete from post where {_THEIRS}",
    "update consent set person = '' where person = :person",
    "delete from conversation where person = :person",
    "delete from address where person = :person",
    "delete from person where id = :person",
)


@dataclass(slots=True)
class Place:
    """An address as it stands in the open transaction."""

    address: Address
    # Position of the newest line in this chat, and the moment before which nothing goes there.
    last: int
    next_at: str
    # False where the address was forgotten, or never written to us.
    known: bool = True

    def advance(self, now: datetime) -> int:
        """The next position: in microseconds of time, so that it grows past what was forgotten."""
        self.last = max(self.last + 1, position_at(now))
        return self.last


def position_at(now: datetime) -> int:
    """The least position of a line that is written now."""
    return int(now.timestamp() * 1_000_000)


def sender(transaction: Transaction, address: Address, now: datetime) -> tuple[Person, Place]:
    """The person who writes from an address, locked; somebody new where nobody is known."""
    values = {"channel": address.channel, "chat": address.chat}
    # Twice: while the first waited for the lock, the address may have come to belong to somebody else.
    for _ in range(2):
        for last, next_at, *fields in transaction.execute(_SENDER, **values):
            return _person(fields), Place(address, last, next_at)
    person = Person(id=secrets.token_hex(8))
    transaction.execute(_ADD_PERSON, id=person.id, now=stamp(now))
    transaction.execute(_ADD_ADDRESS, person=person.id, now=stamp(now), **values)
    return person, Place(address, _last_said(transaction, address), "")


def place(transaction: Transaction, address: Address) -> Place:
    """An address that somebody else's message is answered to, locked."""
    for last, next_at in transaction.execute(
        _PLACE,
        channel=address.channel,
        chat=address.chat,
    ):
        return Place(address, last, next_at)
    return Place(address, _last_said(transaction, address), "", known=False)


def _last_said(transaction: Transaction, address: Address) -> int:
    """Position of the newest line to an address that is not known: what was said on forgetting."""
    [[last]] = transaction.execute(_LAST_SAID, channel=address.channel, chat=address.chat)
    return int(last or 0)


def save_place(transaction: Transaction, place: Place) -> None:
    """Keep how far a chat has come. Whoever was forgotten stays so."""
    if place.known:
        transaction.execute(
            _SAVE_PLACE,
            channel=place.address.channel,
            chat=place.address.chat,
            last=place.last,
            next=place.next_at,
        )


def seen(transaction: Transaction, place: Place, now: datetime) -> None:
    """Somebody wrote from there just now, so messages arrive there too."""
    if place.known:
        transaction.execute(_SEEN, channel=place.address.channel, chat=place.address.chat, now=stamp(now))


def add_line(transaction: Transaction, place: Place, key: str, text: str, now: datetime) -> None:
    """Keep a line that a person wrote, as text."""
    transaction.execute(
        _ADD_LINE,
        channel=place.address.channel,
        chat=place.address.chat,
        position=place.advance(now),
        key=clean(key),
        body=clean(text),
        now=stamp(now),
    )
    save_place(transaction, place)


def conversation(transaction: Transaction, person: str) -> Conversation:
    """Where a person is; a new conversation where nothing is kept."""
    for flow, step, data, revision in transaction.execute(_CONVERSATION, person=person):
        return Conversation(person, flow, step, json.loads(data), revision)
    return Conversation(person)


def save_person(transaction: Transaction, person: Person) -> None:
    """Keep everything but the notice."""
    transaction.execute(
        _SAVE_PERSON,
        id=person.id,
        language=short(person.language),
        unit=short(person.unit),
        locality=short(person.locality),
        name=short(person.name),
    )


def save_conversation(transaction: Transaction, kept: Conversation) -> Conversation:
    """Keep a conversation; returns it with its new revision. Raises `TypeError` if not JSON."""
    data = as_json(kept.data)
    [[revision]] = transaction.execute(
        _SAVE_CONVERSATION, person=kept.person, flow=kept.flow, step=kept.step, data=data
    )
    return replace(kept, revision=revision)


def log_question(transaction: Transaction, question: Question, now: datetime) -> None:
    """Add a line to the question log."""
    transaction.execute(
        _LOG_QUESTION,
        folded=clean(question.folded)[:MAX_QUESTION],
        entry=question.entry,
        kind=question.kind,
        score=question.score,
        channel=question.channel,
        at=stamp(question.at or now),
    )


def notice(transaction: Transaction, person: Person, choice: Notice, version: str, now: datetime) -> Person:
    """Add to the consent log and to the person."""
    transaction.execute(_CONSENT, person=person.id, choice=choice, version=version, now=stamp(now))
    transaction.execute("update person set notice = :choice where id = :id", id=person.id, choice=choice)
    return replace(person, notice=choice)


def reach(transaction: Transaction, person: str) -> tuple[Reach, ...]:
    """Addresses of a person, most recently seen first."""
    return tuple(
        Reach(Address(channel, chat), unreachable, moment(seen))
        for channel, chat, unreachable, seen in transaction.execute(_REACH, person=person)
    )


def kept(transaction: Transaction, person: str) -> Kept:
    """All that is kept about a person."""
    rows = transaction.execute(f"select p.since, {_PERSON} from person p where p.id = :person", person=person)
    consent = transaction.execute(_LAST_CONSENT, person=person)
    [[waiting, unsent, lines, papers, events, announcements, snoozes, calendars]] = transaction.execute(
        _COUNTS, person=person
    )
    return Kept(
        person=_person(rows[0][1:]) if rows else Person(person),
        since=moment(rows[0][0]) if rows else None,
        addresses=reach(transaction, person),
        notice_at=moment(consent[0][1]) if consent else None,
        notice_version=consent[0][0] if consent else "",
        flow=conversation(transaction, person).flow,
        messages={str(month): int(count) for month, count in transaction.execute(_BY_MONTH, person=person)},
        waiting=waiting,
        unsent=unsent,
        lines=lines,
        roles=tenures(transaction, person),
        papers=papers,
        events=events,
        announcements=announcements,
        snoozes=snoozes,
        calendars=calendars,
        files=kept_files.count(transaction, person),
    )


def forget(transaction: Transaction, person: str) -> None:
    """Delete what is kept about a person; their consent stays without saying whose it was."""
    linking.forget(transaction, person)
    kept_files.forget(transaction, person)
    for statement in _FORGET:
        transaction.execute(statement, person=person)


def _person(fields: Row) -> Person:
    id, language, notice, unit, locality, name = fields
    return Person(id, language, notice, unit, locality, name)
