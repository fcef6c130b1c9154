"""Standard streams: Vietnamese on every system, and JSON line by line."""

import json
import sys
from collections.abc import Iterator
from typing import BinaryIO, TextIO

# Longer lines of a batch are refused.
MAX_LINE = 1_000_000


def speak_utf8(*streams: TextIO) -> None:
    """Let streams carry Vietnamese: on Windows a pipe would be in a code page that cannot."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def json_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines of a stream that are not blank, also where they are not UTF-8; an overlong one is cut to nothing."""
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            line = b"{"
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if text:
            yield text


def write_json(value: object, stream: BinaryIO | None = None) -> None:
    """Write one line of JSON to a stream or standard output, at once."""
    stream = stream or sys.stdout.buffer
    # A lone surrogate becomes \udXXX, which is how JSON writes it.
    stream.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    stream.flush()
