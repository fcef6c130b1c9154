"""A workbook that came in, read as the blank that it says it is: first its name, then what it must hold, then it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Protocol

from conversation import PaperFile, ReadOut
from knowledge.bad_cells import BadCell, BlankRead
from knowledge.blank_json import BlankOf, packed
from knowledge.forms import Version, version_of
from storage.registry import Registry, UnitRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Expected = tuple[Version, UnitRow] | None


class Source(Protocol):
    """Where the records are read from: `Store.registry_read`."""

    def __call__(self, work: Callable[[Registry], Expected]) -> Awaitable[Expected]:
        """Run `work`, which only reads, on the registry."""


def intake(source: Source, today: Callable[[], date]) -> ReadOut:
    """`taken_in` for whoever takes files in."""

    async def read(file: PaperFile) -> str:
        return await taken_in(file, source, today())

    return read


async def taken_in(file: PaperFile, source: Source, today: date) -> str:
    """What stands in a file, as `knowledge.blank_json` packs it; empty for files of other kinds.

    Nothing in the file is believed: whoever uses the answers asks whether this person may write them, and where.
    """
    if file.media_type != XLSX:
        return ""
    # Libraries for workbooks are imported only where somebody sends one.
    from papers.blank_reading import about, read_blank

    told = await asyncio.to_thread(about, file.content)
    if isinstance(told, BadCell):
        return packed(BlankOf(BlankRead(bad=(told,))))
    named = {"form": told.form, "version": told.version, "unit": told.unit, "round": told.round}
    expected = await source(lambda registry: _expected(registry, told.version, told.unit))
    if expected is None:
        return packed(BlankOf(BlankRead(bad=(BadCell("not_a_blank"),)), **named))
    read = await asyncio.to_thread(read_blank, file.content, *expected, today)
    return packed(BlankOf(read, **named))


def _expected(registry: Registry, version: str, unit: str) -> Expected:
    """The form version and the unit that a file names, if there are such."""
    row = registry.units.get(unit)
    try:
        return (version_of(registry.rounds.version(version)), row) if row else None
    except KeyError:
        return None
