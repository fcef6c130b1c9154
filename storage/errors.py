"""Errors as one line of a log, without anything that people wrote."""

from pathlib import Path

from conversation import ChannelStopped, SendError
from storage.handling import Failure, Unreadable
from storage.records import StorageError


def brief(error: BaseException) -> str:
    """An error as one line: ours say what is wrong, of others, which may quote people, kind and place."""
    if isinstance(error, SendError | StorageError | ChannelStopped | Unreadable):
        return str(error)
    name = type(error).__name__
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return name
    return f"{name} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def failure_line(failure: Failure) -> str:
    """A message that could not be handled: its channel and key, why, and whether that was the last time."""
    end = ", given up" if failure.given_up else ""
    return f"{failure.channel} {failure.key}: {brief(failure.error)}, attempt {failure.attempts}{end}"
