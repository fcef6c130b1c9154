"""What becomes of a message whose sending failed: tried again, given up, or in doubt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from conversation import NotSent, Refused, SendError
from storage.outbox import Claimed, Settled

# An undecided reply is sent again so often, then it is `unknown`.
MAX_DOUBTS = 2
MAX_MOVES = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the loops wait, in seconds."""

    # How often they look without having been woken.
    look: float = 1.0
    # How often they say that this process lives.
    beat: float = 5.0
    # The first wait after an error, doubled each time up to the longest.
    first: float = 1.0
    longest: float = 60.0
    # How long a reply that cannot be sent is tried again.
    give_up: float = _DAY.total_seconds()
    # How long stopping waits for what was begun.
    settle: float = 10.0

    def after(self, tries: int) -> float:
        """The wait after so many failures before this one."""
        return min(self.first * 2.0 ** min(tries, 30), self.longest)


def asked_to_wait(error: SendError) -> float | None:
    """The seconds that the platform asked for before anything else is sent, at most a day."""
    if isinstance(error, NotSent) and error.retry_after is not None:
        return min(max(error.retry_after, 0.0), _DAY.total_seconds())
    return None


def verdict(claimed: Claimed, error: SendError, patience: Patience, now: datetime) -> Settled:
    """What becomes of a claimed reply after an error."""
    if isinstance(error, NotSent):
        return _again(claimed, error, patience, now)
    if isinstance(error, Refused) and error.moved_to and claimed.attempts < MAX_MOVES:
        return later(claimed, str(error), 0, attempts=1, moved_to=error.moved_to)
    if isinstance(error, Refused):
        return _ended(claimed, "failed", str(error), unreachable=error.unreachable)
    if claimed.doubts >= MAX_DOUBTS:
        return _ended(claimed, "unknown", str(error), doubts=1)
    return later(claimed, str(error), patience.after(claimed.doubts), doubts=1)


def _again(claimed: Claimed, error: NotSent, patience: Patience, now: datetime) -> Settled:
    asked = asked_to_wait(error)
    wait = patience.after(claimed.attempts) if asked is None else asked
    if (now - claimed.created).total_seconds() + wait > patience.give_up:
        return _ended(claimed, "failed", str(error))
    return later(claimed, str(error), wait, attempts=1, hold=asked is not None)


def later(
    claimed: Claimed,
    reason: str,
    wait: float,
    *,
    attempts: int = 0,
    doubts: int = 0,
    hold: bool = False,
    moved_to: str = "",
) -> Settled:
    """Queued again after a wait in seconds; `hold`: the whole channel waits too."""
    return Settled(
        "queued",
        reason,
        attempts=claimed.attempts + attempts,
        doubts=claimed.doubts + doubts,
        wait=timedelta(seconds=wait),
        hold=hold,
        moved_to=moved_to,
    )


def _ended(claimed: Claimed, state: str, reason: str, *, doubts: int = 0, unreachable: bool = False) -> Settled:
    return Settled(
        state,
        reason,
        attempts=claimed.attempts,
        doubts=claimed.doubts + doubts,
        unreachable=unreachable,
    )
