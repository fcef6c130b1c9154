"""How long `bot.py ask` takes from its start to its answer, and how much memory it holds, both seen from outside.

The peer is the bare echo bot of python-telegram-bot: from its start to its first reply.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.processes import ROOT, echo_bot, peak_memory
from tests.telegram_server import TelegramServer

RUNS = 5
BAR_SECONDS, BAR_MB = 1.5, 150.0
QUESTION = "Tổ trưởng làm 10 năm có được Bằng khen không?"


def measure() -> Iterator[Figure]:
    """Time to the first answer (median of some starts) and resident memory (the most of them)."""
    if not (ROOT / "bot.py").exists():
        raise SystemExit("bench: bot.py is missing, there is nothing to start")
    ours = [_answered() for _ in range(RUNS)]
    peers = [_echoed() for _ in range(RUNS)]
    seconds, memory = _typical(ours)
    peer_seconds, peer_memory = _typical(peers)
    against = "bare echo bot"
    bar = f"< {BAR_SECONDS:g} s"
    yield Figure("start to first answer", seconds, "s", peer_seconds, against, bar, seconds < BAR_SECONDS)
    bar = f"< {BAR_MB:g} MB"
    yield Figure("resident memory, at most", memory, "MB", peer_memory, against, bar, memory < BAR_MB)


def _typical(runs: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(seconds for seconds, _ in runs), max(memory for _, memory in runs)


def _answered() -> tuple[float, float]:
    """Seconds from the start of `bot.py ask` to its first line, and the most memory it held, in MB."""
    began = time.perf_counter()
    command = [sys.executable, str(ROOT / "bot.py"), "ask", QUESTION]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        memory = [0.0]
        assert process.stdout is not None
        # It may be gone right after the answer, so it is looked at while it works.
        with peak_memory(process.pid, memory):
            line = process.stdout.readline()
            seconds = time.perf_counter() - began
            process.stdout.read()
        if process.wait() or not line.strip():
            raise SystemExit(f"bench: {' '.join(map(str, map(Path, command[:3])))} gave no answer")
    return seconds, max(memory)


def _echoed() -> tuple[float, float]:
    with TelegramServer() as server:
        server.person(1).says(QUESTION)
        began = time.perf_counter()
        memory = [0.0]
        with echo_bot(server) as process, peak_memory(process.pid, memory):
            if not server.wait(lambda: server.sent, 30):
                raise SystemExit("bench: the echo bot did not answer")
            seconds = time.perf_counter() - began
    return seconds, max(memory)
