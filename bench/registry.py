"""What staff and leaders look at, with five years of a large ward in the database.

Each is timed against the driver itself on the same engine in the same run: counting all answers, or for an export
reading as many as it needs. The slowest of several runs counts, the first one among them.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.archive import ANSWERS, CODES, FORMS, UNITS, YEARS, fill, leader, rounds
from bench.figures import Figure
from papers.documents import MOST_PAPERS
from papers.paper import Paper
from papers.rendering import Issuer, paper_of, written
from papers.workbooks import workbook
from storage.registry import Registry
from storage.store import Store, opened
from tests.postgres_server import empty_database

RUNS = 5
BAR = 1000.0
PAPERS = UNITS * FORMS * YEARS
EXPORT = "all answers of a round, for export"
LEADER = leader(CODES[0])
ISSUER = Issuer("phường thử")


def measure() -> Iterator[Figure]:
    """Milliseconds of each, on both engines."""
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_engine("SQLite", f"sqlite:///{Path(folder) / 'archive.db'}"))
    yield from asyncio.run(_engine("PostgreSQL", empty_database()))


async def _engine(name: str, url: str) -> list[Figure]:
    async with opened(url) as store:
        began = time.perf_counter()
        await fill(store)
        print(f"  {name}: {PAPERS} submissions, {PAPERS * ANSWERS} answers in {time.perf_counter() - began:.0f} s")
        counting = await _peer(store, "select count(*) from answer"), f"counting {PAPERS * ANSWERS} answers"
        reading = await _peer(store, f"select * from answer limit {UNITS * ANSWERS}"), f"reading {UNITS * ANSWERS}"
        figures = [figure async for figure in _exports(name, store, reading)]
        for what, work in LOOKS.items():
            worst = max([await _timed(store, work) for _ in range(RUNS)])
            peer, against = reading if what == EXPORT else counting
            figures.append(Figure(f"{what}, {name}", worst, "ms", peer, against, "< 1000 ms", worst < BAR))
        return figures


async def _exports(name: str, store: Store, peer: tuple[float, str]) -> AsyncIterator[Figure]:
    """A file of everything that a round holds, from the rows to the bytes; of documents as many as one may hold.

    The libraries are there, as in a bot that has made a file since it started: the first waits for them, half a second.
    """
    for form, count in (("xlsx", UNITS), ("csv", UNITS), ("json", UNITS), ("docx", MOST_PAPERS)):
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            paper = await store.registry_read(partial(_paper, form))
            wanted = replace(paper, filled=paper.filled[:count])
            file = await asyncio.to_thread(workbook if form == "xlsx" else partial(written, form=form), wanted)
            times.append(1000 * (time.perf_counter() - began))
            assert len(paper.filled) == UNITS
            assert file.content
        what = f"export of {count} papers as {form.upper()}, whole, {name}"
        yield Figure(what, max(times), "ms", *peer, "< 1000 ms", max(times) < BAR)


def _paper(form: str, registry: Registry) -> Paper:
    return paper_of({"round": OLDEST.id, "format": form}, registry, ISSUER)


async def _peer(store: Store, sql: str) -> float:
    """Milliseconds of a plain statement, the run in the middle."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        assert await store.database.read(lambda transaction: transaction.execute(sql))
        seconds.append(time.perf_counter() - began)
    return 1000 * sorted(seconds)[RUNS // 2]


async def _timed(store: Store, work: Callable[[Registry], int]) -> float:
    """Milliseconds; work that finds nothing has measured nothing."""
    began = time.perf_counter()
    found = await store.registry_write(work)
    assert found
    return 1000 * (time.perf_counter() - began)


def _answer(registry: Registry) -> int:
    draft = registry.submissions.queue(["draft"])[0]
    registry.submissions.answer(draft.id, "1.1", "no", "không", LEADER, "Nguyễn Thị An")
    return 1


def _send(registry: Registry) -> int:
    draft = registry.submissions.queue(["draft"])[0]
    return int(registry.submissions.move(draft, "submitted", LEADER) is not None)


def _join(registry: Registry) -> int:
    """The next two leaders become one; each has filled in a paper of every form in every year."""
    one, other = next(_PAIRS)
    registry.roles.join(leader(one), leader(other))
    return 1


_PAIRS = zip(CODES[0::2], CODES[1::2], strict=True)
OLDEST = rounds()[0]

LOOKS: dict[str, Callable[[Registry], int]] = {
    "queue of 500 named units": lambda registry: len(registry.submissions.queue(["submitted"], units=CODES)),
    "queue of all accepted, a late page": lambda registry: len(registry.submissions.queue(["accepted"], offset=15_000)),
    "count by form and unit": lambda registry: len(registry.submissions.count_each(["submitted", "accepted"])),
    "progress of all open rounds": lambda registry: sum(
        len(registry.submissions.tally(round).states) for round in registry.rounds.current()
    ),
    EXPORT: lambda registry: sum(len(answers) for _, answers in registry.submissions.of_round(OLDEST.id, ["accepted"])),
    "saving an answer": _answer,
    "sending": _send,
    "joining two leaders": _join,
}
