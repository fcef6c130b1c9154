"""Run the measurements and print them: python -m bench [announce | latency | registry | start | throughput]."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from bench import announcing, latency, registry, startup, throughput
from bench.figures import Figure, table

Measure = Callable[[], Iterable[Figure]]


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what is named, or everything.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="start, throughput, registry, latency, announce")
    parser.add_argument("--small", action="store_true", help="announce: fewer people, half a minute")
    parser.add_argument("--minutes", type=float, help="announce: how long at the platform's own rate, as a rule 5")
    given = parser.parse_args()
    size = announcing.SMALL if given.small else announcing.Size()
    known = measurements(replace(size, minutes=given.minutes) if given.minutes else size)
    chosen = {key: one for key, one in known.items() if not given.names or {key, key.split(":")[0]} & {*given.names}}
    unknown = {*given.names} - {*known, *(key.split(":")[0] for key in known)}
    if unknown:
        parser.error(f"{min(unknown)!r} is not one of: {', '.join(known)}")
    figures: list[Figure] = []
    for name, measure in chosen.items():
        print(f"{name} …", flush=True)
        figures += measure()
    print()
    print(table(figures))


def measurements(size: announcing.Size) -> dict[str, Measure]:
    """All that can be measured, by name. The largest last: what it leaves in memory would slow the others down."""
    return {
        "start": startup.measure,
        "throughput": throughput.measure,
        "registry": registry.measure,
        "latency": latency.measure,
        **{f"announce:{name}": partial(part, size) for name, part in announcing.PARTS.items()},
    }


if __name__ == "__main__":
    main()
