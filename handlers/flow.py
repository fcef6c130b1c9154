"""A conversation of several steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversation import Reply
from handlers.turn import Handler, Turn


@dataclass(frozen=True, slots=True)
class Flow:
    """How a flow asks for its step, and reads the answer; `read` gives None for anything else."""

    ask: Callable[[Turn], Sequence[Reply]]
    read: Handler
    # Whether the step's answer is a number: then a typed number never presses a choice.
    expects_number: Callable[[Turn], bool] = lambda _: False
    # Whether the flow answers "hủy" itself, typed as a word; /huy always leaves.
    own_cancel: bool = False
    # Whether the step's answer may be a photo or file. Then it is fetched first, and `read` sees it in
    # `turn.incoming.files`, each with an id to keep it by; what does not fit is said and asked again before `read`.
    takes_files: Callable[[Turn], bool] = lambda _: False
