"""The queue of what came in: unique by channel and key for ever, in order within a chat."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from conversation import IncomingFile, Raw
from storage import kept_files
from storage.database import Transaction, Value, as_json, clean, listed, stamp

# A platform's event is a few kB; nobody needs to keep more than this.
MAX_PAYLOAD = 256 * 1024
# No platform's ids are longer; what is longer is kept as its hash.
MAX_KEY = 200

_RECEIVE = """
insert into inbox (channel, key, chat, payload, state, reason, due_at, received_at)
values (:channel, :key, :chat, :payload, :state, :reason, :now, :now)
on conflict (channel, key) do nothing
"""

# `|| ''` keeps SQLite from an index by channel, which it would have to sort: 0.8 ms against 0.02.
# A chat's row is free when no earlier one of that chat waits, so that order holds while rows are
# tried again and while another process has the earlier one locked.
_NEXT = """
select i.position, i.channel, i.key, i.chat, i.payload, i.attempts, i.files from inbox i
where i.state = 'waiting' and i.fetching = 0 and i.due_at <= :now and i.channel || '' in ({channels})
and not exists (
    select 1 from inbox e
    where e.state = 'waiting' and e.channel = i.channel and e.chat = i.chat
    and e.position < i.position)
order by i.position limit 1 /* for update of i skip locked */
"""

# The chat of somebody who was forgotten is not kept either.
_DONE = """
update inbox set state = 'done', payload = '', files = '', chat = case when exists (
    select 1 from address a where a.channel = inbox.channel and a.chat = inbox.chat
) then chat else '' end
where position = :position
"""
_AGAIN = """
update inbox set attempts = :attempts, reason = :reason, due_at = :due where position = :position
"""
_FAILED = """
update inbox set state = 'failed', attempts = :attempts, reason = :reason, files = '' where position = :position
"""
_WANT = "update inbox set fetching = 1, due_at = :now where position = :position"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A received event that is to be handled."""

    position: int
    channel: str
    raw: Raw
    # How often handling it has failed.
    attempts: int
    # Once they were wanted, what became of its files; None before.
    files: tuple[IncomingFile, ...] | None = None

    @property
    def cause(self) -> str:
        """What the rows that it causes are unique by."""
        return f"in-{self.position}"


def receive(transaction: Transaction, channel: str, batch: Sequence[Raw], now: datetime) -> None:
    """Add events that are not there yet."""
    transaction.execute_many(_RECEIVE, [_received(channel, raw, now) for raw in batch])


def _received(channel: str, raw: Raw, now: datetime) -> dict[str, Value]:
    too_long = len(raw.payload) > MAX_PAYLOAD
    return {
        "channel": channel,
        "key": _bounded(raw.key),
        "chat": _bounded(raw.chat),
        "payload": "" if too_long else clean(raw.payload),
        "state": "failed" if too_long else "waiting",
        "reason": f"over {MAX_PAYLOAD} characters" if too_long else "",
        "now": stamp(now),
    }


def _bounded(name: str) -> str:
    name = clean(name)
    return name if len(name) <= MAX_KEY else sha256(name.encode()).hexdigest()


def take(transaction: Transaction, channels: Sequence[str], now: datetime) -> Waiting | None:
    """The oldest event that is free to be handled, locked until the transaction ends."""
    names, values = listed("c", channels)
    sql = _NEXT.format(channels=names)
    for position, channel, key, chat, payload, attempts, files in transaction.execute(sql, now=stamp(now), **values):
        return Waiting(position, channel, Raw(key, chat, payload), attempts, read_files(files))
    return None


def want(transaction: Transaction, waiting: Waiting, now: datetime) -> None:
    """Its files are fetched before it is handled; the chat's later events wait."""
    transaction.execute(_WANT, position=waiting.position, now=stamp(now))


def read_files(text: str) -> tuple[IncomingFile, ...] | None:
    """The files of an event as they are stored; None where they were never wanted."""
    return tuple(IncomingFile(**fields) for fields in json.loads(text)) if text else None


def write_files(files: Sequence[IncomingFile]) -> str:
    """The files of an event, to be stored."""
    return as_json([asdict(file) for file in files])


def done(transaction: Transaction, waiting: Waiting) -> None:
    """Handled: the body goes, the key stays, and with the body the files that nobody kept."""
    transaction.execute(_DONE, position=waiting.position)
    kept_files.discard(transaction, [file.id for file in waiting.files or ()])


def again(transaction: Transaction, waiting: Waiting, reason: str, now: datetime, wait: timedelta) -> None:
    """Handling failed; it is tried again after a wait, and the chat's later events after it."""
    transaction.execute(
        _AGAIN,
        position=waiting.position,
        attempts=waiting.attempts + 1,
        reason=reason,
        due=stamp(now + wait),
    )


def fail(transaction: Transaction, waiting: Waiting, reason: str) -> None:
    """Given up; it stays for staff to see, without its files."""
    kept_files.discard(transaction, [file.id for file in waiting.files or ()])
    transaction.execute(_FAILED, position=waiting.position, attempts=waiting.attempts + 1, reason=reason)
