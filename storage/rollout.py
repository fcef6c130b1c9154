"""From a confirmed announcement to its rows, page by page, to the pages of the web, and to its end."""

# ruff: noqa: S608 -- only words of this file are put into its SQL, values are parameters

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from conversation import CLOCK, Address, Channel, Raw
from storage import inbox, people
from storage.announcements import NOT_SEEN, QUIET_FROM, QUIET_UNTIL, Announcement
from storage.bodies import pack
from storage.broadcasts import COLUMNS, MARKS, announcement
from storage.database import Transaction, Value, stamp
from storage.people import position_at
from storage.recipients import Page, next_page, recipients

_VIETNAM = timezone(timedelta(hours=7))
# A page that did not fetch its line within this time is not expected to.
OFFERED_FOR = timedelta(days=2)
# Lines for web pages in one commit.
_OFFERS = 200
# People whose lines are changed in one commit: until then their answers wait.
_CHANGES = 2_000
# How often it is said that an announcement has come further.
TICK_SECONDS = 5
# The same while nothing is left but pages that nobody has opened yet: that may take days.
SLOW_TICK_SECONDS = 300

# What is urgent or overrides them goes also in quiet hours.
STARTABLE = "starts_at <= :now and (:hushed = 0 or kind = 'urgent' or quiet = 0)"
FIRST = "case when kind = 'urgent' then 0 else 1 end, confirmed_at, marks, id"
_ANY = "select 1 from announcement where state in ('filling', 'sending', 'paused') limit 1"
_TO_FILL = f"""
select cursor, marks, {COLUMNS} from announcement where state = 'filling' and {STARTABLE}
order by {FIRST} limit 1 /* for update skip locked */
"""
_ADD_MARK = """
insert into outbox (id, announcement, person, unit, channel, chat, position, body, edits, state, due_at, created_at)
values (:id, :announcement, :person, :unit, :channel, :chat, :position, '', :edits, 'queued', :now, :now)
on conflict (announcement, person) where announcement is not null do nothing
"""
_FILLED_PAGE = "update announcement set cursor = :cursor, made = :made where id = :id"
_FILLED = "update announcement set state = 'sending', total = made where id = :id"
# An edit goes where the message is.
_MARKED = """
select o.person, o.unit, o.channel, o.chat, o.message from outbox o
where o.announcement in (select id from announcement where id = :corrects or repeats = :corrects)
and o.person > :after and o.person <= :until and o.state = 'sent' and o.message <> ''
"""
# On a page the line itself becomes another one, where it stands.
_LINES = """
channel = :channel and person > :after and person <= :until and body <> ''
and announcement in (select id from announcement where id = :corrects or repeats = :corrects)
"""
_COUNT_CHANGE = f"""
update address set last = case when last < :moment then :moment else last + 1 end
where channel = :channel and chat in (select chat from outbox where {_LINES} and state in ('sent', 'offered', 'failed'))
"""
_CHANGED = """
changed = coalesce(
    (select a.last from address a where a.channel = outbox.channel and a.chat = outbox.chat), 0)
"""
_MARK_LINES = f"update outbox set body = :body, {_CHANGED} where {_LINES} and state = 'sent' returning chat"
# Who opens it only now reads what is right, and never what was wrong.
_RIGHT_LINES = f"""
update outbox set body = (
    select n.body from announcement n where n.corrects = :corrects and n.marks = 0 and n.id || :suffix = :marks),
{_CHANGED} where {_LINES} and state in ('offered', 'failed') returning chat
"""
_UNDER_WAY = f"select id, marks from announcement where state = 'sending' and {STARTABLE} order by {FIRST}"
_MOVING = "select 1 from outbox where announcement = :id and state in ('queued', 'sending') limit 1"
_TO_OFFER = """
select o.id, o.chat, n.body from outbox o join announcement n on n.id = o.announcement
where o.announcement = :announcement and o.channel = :channel and o.state = 'queued' and o.due_at <= :now
order by o.due_at, o.position limit :limit /* for update of o skip locked */
"""
_OFFER = """
update outbox set state = 'offered', position = :position, body = :body, created_at = :now where id = :id
"""
_EXPIRE = """
update outbox set state = 'failed', reason = :reason
where announcement in (select id from announcement where state in ('sending', 'paused'))
and state = 'offered' and created_at < :before
"""
# Held while the last ones were on their way, it has nothing to go on with.
_END = """
update announcement set state = 'done', revision = revision + 1
where state in ('sending', 'paused') and total is not null and not exists (
    select 1 from outbox o where o.announcement = announcement.id and o.state in ('queued', 'sending', 'offered'))
returning id, marks
"""


@dataclass(slots=True)
class Advance:
    """What one step did, told after its commit."""

    # Whether there is more to do at once.
    more: bool = False
    # Addresses that got a new line on their page, or another one in the place of an old one.
    touched: set[Address] = field(default_factory=set)


def hushed(now: datetime) -> bool:
    """Whether it is too late or too early to write to people who did not ask."""
    hour = now.astimezone(_VIETNAM).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def startable(now: datetime) -> dict[str, Value]:
    """The parameters of `STARTABLE`."""
    return {"now": stamp(now), "hushed": int(hushed(now))}


def advance(transaction: Transaction, channels: Mapping[str, Channel], now: datetime) -> Advance:
    """Take one step with the announcements whose rows are complete: lines for web pages, or an end."""
    step = Advance()
    if not transaction.execute(_ANY):
        return step
    under_way = [str(id) for id, marks in transaction.execute(_UNDER_WAY, **startable(now)) if not marks]
    for channel in channels.values():
        if channel.pulls:
            for id in under_way:
                step.touched |= _offer(transaction, id, channel.name, now)
    transaction.execute(_EXPIRE, reason=NOT_SEEN, before=stamp(now - OFFERED_FOR))
    ended = [str(id) for id, marks in transaction.execute(_END) if not marks]
    _tick(transaction, channels, now, under_way, ended)
    step.more = bool(step.touched)
    return step


def fill(transaction: Transaction, channels: Mapping[str, Channel], now: datetime, limit: int) -> Advance | None:
    """Write the rows of so many people at most and move the cursor; None where nothing is to be written."""
    for cursor, marks, *columns in transaction.execute(_TO_FILL, **startable(now)):
        told = announcement(columns)
        page = next_page(transaction, cursor, min(limit, _CHANGES) if marks else limit)
        step = Advance(more=True)
        if not page.people:
            transaction.execute(_FILLED, id=told.id)
            return step
        if marks:
            count = _add_marks(transaction, channels, told, page, now)
            step.touched |= _mark_lines(transaction, channels, told, page, now)
        else:
            count = recipients(transaction, channels, told, now).add(told.id, told.made, page)
        transaction.execute(_FILLED_PAGE, id=told.id, cursor=page.until, made=told.made + count)
        return step
    return None


def _add_marks(
    transaction: Transaction, channels: Mapping[str, Channel], told: Announcement, page: Page, now: datetime
) -> int:
    """Write the edits of a page of people, where the channel can edit; returns how many that were."""
    ids: dict[str, Value] = {"corrects": told.corrects, "after": page.after, "until": page.until}
    found = transaction.execute(_MARKED, **ids)
    editable = [row for row in found if row[2] in channels and channels[row[2]].edits]
    common: dict[str, Value] = {"announcement": told.id, "now": stamp(now)}
    rows = [
        {
            **common,
            "id": f"{told.id}-{number}",
            "position": number,
            "person": person,
            "unit": unit,
            "channel": channel,
            "chat": chat,
            "edits": message,
        }
        for number, (person, unit, channel, chat, message) in enumerate(editable, told.made + 1)
    ]
    transaction.execute_many(_ADD_MARK, rows)
    return len(rows)


def _mark_lines(
    transaction: Transaction, channels: Mapping[str, Channel], told: Announcement, page: Page, now: datetime
) -> set[Address]:
    """Change the lines on the pages of a page of people; returns these addresses."""
    body, moment = pack(told.body), position_at(now)
    changed = set()
    for name in [name for name, channel in channels.items() if channel.pulls]:
        lines: dict[str, Value] = {
            "channel": name,
            "corrects": told.corrects,
            "after": page.after,
            "until": page.until,
        }
        transaction.execute(_COUNT_CHANGE, moment=moment, **lines)
        rows = transaction.execute(_MARK_LINES, body=body, **lines)
        rows += transaction.execute(_RIGHT_LINES, marks=told.id, suffix=MARKS, **lines)
        changed |= {Address(name, chat) for [chat] in rows}
    return changed


def _offer(transaction: Transaction, id: str, channel: str, now: datetime) -> set[Address]:
    """Make rows lines of their web pages; returns these addresses."""
    offered = set()
    rows = transaction.execute(_TO_OFFER, announcement=id, channel=channel, now=stamp(now), limit=_OFFERS)
    for row, chat, body in rows:
        address = Address(channel, chat)
        place = people.place(transaction, address)
        values: dict[str, Value] = {"id": row, "now": stamp(now), "position": place.advance(now)}
        transaction.execute(_OFFER, body=body, **values)
        people.save_place(transaction, place)
        offered.add(address)
    return offered


def _tick(
    transaction: Transaction, channels: Mapping[str, Channel], now: datetime, under_way: list[str], ended: list[str]
) -> None:
    """Tell the clock channel that these have come further, each time once however many processes say so.

    Keys are "announcement:<id>:<number>", and "announcement:<id>:done" at the end.
    """
    if CLOCK not in channels:
        return
    keys = []
    for id in under_way:
        if id not in ended:
            seconds = TICK_SECONDS if transaction.execute(_MOVING, id=id) else SLOW_TICK_SECONDS
            keys.append(f"announcement:{id}:{int(now.timestamp() / seconds)}")
    keys += [f"announcement:{id}:done" for id in ended]
    inbox.receive(transaction, CLOCK, [Raw(key, CLOCK, "{}") for key in keys], now)
