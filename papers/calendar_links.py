"""What the link of a calendar opens: the calendar of its owner's unit, for as long as they have a role there."""

from collections.abc import Awaitable, Callable
from datetime import date

from conversation import PaperFile
from knowledge.model import Library
from storage.registry import Registry


def by_key(
    source: Callable[[Callable[[Registry], PaperFile | None]], Awaitable[PaperFile | None]],
    ward: str,
    library: Callable[[], Library],
    today: Callable[[], date],
) -> Callable[[str], Awaitable[PaperFile | None]]:
    """What a telephone fetches by the key of a link, or None; `source` is `Store.registry_read`."""

    async def find(key: str) -> PaperFile | None:
        documents, on = library(), today()

        def read(registry: Registry) -> PaperFile | None:
            # What writes it is loaded when the first telephone asks.
            from papers.calendars import calendar, calendar_of

            code = unit_behind(key, registry, on)
            return calendar(*calendar_of(code, registry, documents, on), ward) if code else None

        return await source(read)

    return find


def unit_behind(key: str, registry: Registry, today: date) -> str | None:
    """Code of the unit whose calendar a link opens; None where there is none, or its owner's role has ended."""
    found = registry.reminders.calendar_of(key)
    if found is None:
        return None
    person, unit = found
    return unit if any(role.unit == unit for role in registry.roles.of(person, today)) else None
