"""Run the measurements and print them: python -m bench [announce | latency | registry | start | throughput]."""

import sys
from collections.abc import Callable, Iterable

from bench import announcing, latency, registry, startup, throughput
from bench.figures import Figure, table

# The largest last: what it leaves in memory would slow the others down.
MEASUREMENTS: dict[str, Callable[[], Iterable[Figure]]] = {
    "start": startup.measure,
    "throughput": throughput.measure,
    "registry": registry.measure,
    "latency": latency.measure,
    "announce": announcing.measure,
}


def main(names: list[str]) -> None:
    """Measure what is named, or everything."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        raise SystemExit(f"bench: {unknown[0]!r} is not one of: {', '.join(MEASUREMENTS)}")
    figures: list[Figure] = []
    for name in names or MEASUREMENTS:
        print(f"{name} …", flush=True)
        figures += MEASUREMENTS[name]()
    print()
    print(table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
