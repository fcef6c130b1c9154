"""Who is meant by an announcement: the conditions of an audience as SQL over people."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from storage.announcements import Audience
from storage.database import Transaction, Value, as_json, clean, day, day_text, listed
from storage.units import BELOW

_ROLE = """
from role r where r.person = p.id and r.first <= :on and (r.last = '' or r.last >= :on)
"""
_OWING = """
select s.unit from submission s where s.round = :round and s.state in ('submitted', 'accepted')
"""
_FAMILY = "select id from announcement where id = :id or repeats = :id"
# Of those whom it did not reach, who got it by a repetition, or may get it by one that is under way.
_MISSED = """
and (
    exists (select 1 from outbox o join announcement n on n.id = o.announcement
        where o.announcement = :missed and o.person = p.id
        and (o.state = 'failed' or (o.state = 'queued' and n.state = 'cancelled')))
    or exists (select 1 from unreached u where u.announcement = :missed and u.person = p.id))
and not exists (select 1 from outbox o join announcement n on n.id = o.announcement
    where o.announcement in ({family}) and o.person = p.id
    and (o.state in ('sent', 'unknown', 'sending', 'offered') or (o.state = 'queued' and n.state <> 'cancelled')))
"""
_GOT = """
and exists (select 1 from outbox o where o.announcement in ({family}) and o.person = p.id and o.state = 'sent')
"""
_AT = "and exists (select 1 from address x where x.person = p.id and x.channel in ({channels}))"


@dataclass(frozen=True, slots=True)
class Meant:
    """Conditions on `person p`, each with its "and", what their unit is, and the parameters of both."""

    conditions: str
    unit: str
    values: dict[str, Value]


def meant(transaction: Transaction, audience: Audience) -> Meant:
    """Who meets the conditions of an audience, reachable or not."""
    values: dict[str, Value] = {"on": day_text(audience.on)}
    conditions: list[str] = []
    units = sorted(_below(transaction, audience.units))
    residents = not audience.roles or "resident" in audience.roles
    role = _ROLE
    if roles := [role for role in audience.roles if role != "resident"]:
        role += f" and r.role in ({named('role', roles, values)})"
    # Whose home unit counts: a leader of another unit who lives here is a resident of this one.
    home = "p.unit <> ''"
    if units:
        home = f"p.unit in ({named('unit', units, values)})"
        role += f" and r.unit in ({named('unit', units, values)})"
    if units and residents:
        by_role = f" or exists (select 1 {role})" if roles or not audience.roles else ""
        conditions.append(f"and ({home}{by_role})")
    elif roles and not residents:
        conditions.append(f"and exists (select 1 {role})")
    conditions += _further(transaction, audience, values)
    by_role = f"coalesce((select min(r.unit) {role}), p.unit)"
    unit = f"case when {home} then p.unit else {by_role} end" if residents else by_role
    return Meant(" ".join(conditions), unit, values)


def named(name: str, given: Sequence[str], values: dict[str, Value]) -> str:
    """What stands between the brackets of `in (…)`; its parameters are added to the values."""
    names, parameters = listed(name, [clean(value) for value in given] or [""])
    values.update(parameters)
    return names


def pack_audience(audience: Audience) -> str:
    """An audience as JSON text."""
    return as_json(
        {
            "on": day_text(audience.on),
            "units": audience.units,
            "roles": audience.roles,
            "languages": audience.languages,
            "channels": audience.channels,
            "not_submitted": audience.not_submitted,
            "missed": audience.missed,
            "got": audience.got,
        }
    )


def unpack_audience(text: str) -> Audience:
    """An audience from its JSON text."""
    fields = json.loads(text)
    on = day(fields.pop("on"))
    assert on is not None
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return replace(Audience(on), **{**fields, **lists})


def _below(transaction: Transaction, units: Sequence[str]) -> set[str]:
    return {str(row[0]) for unit in units for row in transaction.execute(BELOW, code=clean(unit))} | set(units)


def _further(transaction: Transaction, audience: Audience, values: dict[str, Value]) -> Iterator[str]:
    if audience.languages:
        spoken = [*audience.languages, *([""] if "vi" in audience.languages else [])]
        yield f"and p.language in ({named('language', spoken, values)})"
    if audience.not_submitted:
        owing = sorted(_owing(transaction, audience.not_submitted))
        yield f"and exists (select 1 {_ROLE} and r.role = 'leader' and r.unit in ({named('owing', owing, values)}))"
    if audience.missed:
        values["missed"] = audience.missed
        yield _MISSED.format(family=named("missed", _family(transaction, audience.missed), values))
    if audience.got:
        yield _GOT.format(family=named("got", _family(transaction, audience.got), values))
    if audience.channels:
        yield _AT.format(channels=named("channel", audience.channels, values))


def _owing(transaction: Transaction, round: str) -> set[str]:
    """Units of a round that have not submitted."""
    owing: set[str] = set()
    for [units] in transaction.execute("select units from round where id = :round", round=clean(round)):
        owing = set(json.loads(units))
    return owing - {row[0] for row in transaction.execute(_OWING, round=clean(round))}


def _family(transaction: Transaction, id: str) -> list[str]:
    """An announcement and its repetitions."""
    return [str(row[0]) for row in transaction.execute(_FAMILY, id=id)] or [id]
