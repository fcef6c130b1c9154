"""How many people a page of rows has: as many as are written while nobody who asks something notices."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from storage import recipients
from storage.database import T


@dataclass(frozen=True, slots=True)
class Measure:
    """What pages are held to."""

    # Seconds that a page should take.
    target: float
    # A page has so many times the usual number of people. A commit has a price of its own: not ever fewer.
    least: float
    most: float


# Whoever answers waits for two of these pages at most.
ALONE = Measure(target=0.02, least=0.1, most=1.0)
# On a server nobody waits for a page; people who follow each other by id lie far apart on its disk, and the more of
# them are looked up at once the fewer of its blocks are read twice.
BESIDE = Measure(target=0.3, least=1.0, most=10.0)


class Rhythm:
    """Pages become smaller where the machine is slow or busy, and larger again afterwards."""

    def __init__(self, measure: Measure = ALONE) -> None:
        self._measure = measure
        self._share = 1.0

    def step(self, fill: Callable[[int], T]) -> T:
        """Take a step with as many people as is right now; returns what it returns."""
        begun, target = time.monotonic(), self._measure.target
        filled = fill(max(round(recipients.BATCH * self._share), 1))
        # A single late page says little, several in a row do.
        wanted = self._share * target / max(time.monotonic() - begun, target / 2)
        self._share = min(max((self._share + wanted) / 2, self._measure.least), self._measure.most)
        return filled
