"""How many people a page of rows has: as many as are written while nobody who asks something notices."""

import time
from collections.abc import Callable

from storage import recipients

# Seconds that a page should take. An answer waits for two of them at most.
_TARGET = 0.02
# A commit has a price of its own: pages do not become smaller than this part of the largest.
_LEAST = 0.1


class Rhythm:
    """Pages become smaller where the machine is slow or busy, and larger again afterwards.

    `steady`: they stay as they are, because nobody waits for whoever writes them.
    """

    def __init__(self, *, steady: bool = False) -> None:
        self._share = 1.0
        self._least = 1.0 if steady else _LEAST

    def step(self, fill: Callable[[int], bool]) -> bool:
        """Take a step with as many people as is right now; returns what it returns."""
        begun = time.monotonic()
        filled = fill(max(round(recipients.BATCH * self._share), 1))
        # A single late page says little, several in a row do.
        wanted = self._share * _TARGET / max(time.monotonic() - begun, _TARGET / 2)
        self._share = min(max((self._share + wanted) / 2, self._least), 1.0)
        return filled
