"""How long one answer takes, from the question to the worded reply, in one process.

Every question of `tests/questions/dev_*.toml` is asked once, and before each the caches of words are emptied: the
words are as new as those of somebody who asks for the first time. The peer is the simplest bot that answers
from the same entries: the most similar of their questions by rapidfuzz.
"""

import functools
import gc
import inspect
import time
from collections.abc import Iterator, Sequence
from datetime import date

from rapidfuzz import fuzz, process

from bench.copies import enlarged
from bench.figures import Figure, percentile
from handlers.answers import compose
from handlers.contact import short_card
from handlers.translation import Translator
from knowledge.focus import Focus
from knowledge.lexicon import load_lexicon
from knowledge.model import Library
from knowledge.understanding import Knowledge
from knowledge.units import load_ward
from tests.questions import QUESTIONS_DIR, Case, load

TIMES = 100
# Of the large library one question in so many is asked: the peer takes a third of a second for each of them.
SAMPLE = 9
BAR_MS, BAR_LARGE_MS = 5.0, 25.0
TODAY = date(2026, 11, 21)


def measure() -> Iterator[Figure]:
    """Latency with the documents as they are, and with a hundred times their entries."""
    cases = load(sorted(path.stem for path in QUESTIONS_DIR.glob("dev_*.toml")))
    knowledge, problems = Knowledge.load()
    if problems:
        raise SystemExit(f"bench: {problems[0]}")
    yield from _figures(knowledge, cases, BAR_MS)
    began = time.perf_counter()
    large = Knowledge(enlarged(knowledge.library, TIMES), load_lexicon())
    print(f"  {TIMES} × the entries: indexed in {time.perf_counter() - began:.0f} s")
    yield from _figures(large, cases[::SAMPLE], BAR_LARGE_MS)


def _figures(knowledge: Knowledge, cases: Sequence[Case], bar: float) -> Iterator[Figure]:
    name = f"ask, {len(knowledge.library.entries):,} entries"
    ours = _asked(knowledge, cases)
    peer = _similar(knowledge.library, cases)
    against = "most similar question (rapidfuzz)"
    middle, high = percentile(ours, 0.5), percentile(ours, 0.99)
    yield Figure(f"{name}, p50", middle, "ms", percentile(peer, 0.5), against)
    yield Figure(f"{name}, p99", high, "ms", percentile(peer, 0.99), against, f"< {bar:g} ms", high < bar)


def _asked(knowledge: Knowledge, cases: Sequence[Case]) -> list[float]:
    """Milliseconds of each question. What was said before it is read before the clock starts."""
    ward = load_ward()
    say = Translator("vi")
    caches = word_caches()
    times = []
    for case in cases:
        focus: Focus | None = None
        for earlier in case.prev:
            focus = knowledge.find(earlier, TODAY, focus).focus
        for cache in caches:
            cache.cache_clear()
        began = time.perf_counter()
        finding = knowledge.find(case.q, TODAY, focus)
        compose(finding, knowledge.library, say, TODAY, short_card(say, ward))
        times.append(1000 * (time.perf_counter() - began))
    return times


def word_caches() -> "list[functools._lru_cache_wrapper[object]]":
    """What `knowledge` remembers of words that people typed: its caches that are asked with a text."""
    found = (thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper))
    return [cache for cache in found if cache.__module__.startswith("knowledge") and _takes_text(cache)]


def _takes_text(cache: "functools._lru_cache_wrapper[object]") -> bool:
    parameters = list(inspect.signature(cache).parameters.values())
    return bool(parameters) and parameters[0].annotation in (str, "str")


def _similar(library: Library, cases: Sequence[Case]) -> list[float]:
    questions = [question for entry in library.entries.values() for question in entry.questions]
    times = []
    for case in cases:
        began = time.perf_counter()
        process.extractOne(case.q, questions, scorer=fuzz.token_set_ratio)
        times.append(1000 * (time.perf_counter() - began))
    return times
