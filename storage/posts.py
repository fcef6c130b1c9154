"""Messages with a name, which the next of the same name replaces: a progress that edits itself."""

from datetime import datetime

from conversation import Address
from storage.database import Transaction, Value, clean, stamp

_EARLIER = """
select o.id, o.state, o.message, o.edits from post p join outbox o on o.id = p.outbox
where p.channel = :channel and p.chat = :chat and p.name = :name
"""
_RENEW = "update outbox set body = :body where id = :id and state = 'queued' returning id"
_MOVE = """
update outbox set body = :body, position = :position, state = 'queued', created_at = :now where id in (
    select outbox from post where channel = :channel and chat = :chat and name = :name)
returning id
"""
_KEEP = """
insert into post (channel, chat, name, outbox) values (:channel, :chat, :name, :outbox)
on conflict (channel, chat, name) do update set outbox = excluded.outbox
"""


def renew(transaction: Transaction, address: Address, name: str, body: str, *, edits: bool, last: bool) -> str | None:
    """The platform's id of the message that a new row replaces, empty for none.

    None where no row is needed: the earlier one, not sent yet, took the packed body; it is just being sent; or,
    where the channel cannot edit, this is neither the first nor the last. The last is a row of its own there: a
    page may show the earlier one already.
    """
    values: dict[str, Value] = {"channel": address.channel, "chat": address.chat, "name": clean(name)}
    for id, state, message, replaced in transaction.execute(_EARLIER, **values):
        renewable = state == "queued" and (edits or not last)
        if renewable and transaction.execute(_RENEW, id=id, body=body):
            return None
        if edits and (message or replaced):
            return str(message or replaced)
        return "" if last or (edits and state != "sending") else None
    return ""


def moved(transaction: Transaction, address: Address, name: str, body: str, position: int, now: datetime) -> bool:
    """Give the line of a page another body and place, so that it is fetched anew; False where there is none."""
    values: dict[str, Value] = {"channel": address.channel, "chat": address.chat, "name": clean(name)}
    return bool(transaction.execute(_MOVE, body=body, position=position, now=stamp(now), **values))


def keep(transaction: Transaction, address: Address, name: str, outbox: str) -> None:
    """Remember the row that the next message of this name replaces."""
    values: dict[str, Value] = {"channel": address.channel, "chat": address.chat, "name": clean(name)}
    transaction.execute(_KEEP, outbox=outbox, **values)
