"""A web history without a database: lines in memory and, where a file is given, in that file."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from conversation import Choice, Line, Reply


class MemoryHistory:
    """Implements `WebHistory`."""

    def __init__(self, file: Path | None = None) -> None:
        self.acknowledged: dict[str, int] = {}
        self._chats: dict[str, list[Line]] = defaultdict(list)
        self._news: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._file = file
        if file is not None and file.exists():
            for row in file.read_text(encoding="utf-8").splitlines():
                self._restore(json.loads(row))

    def add(self, chat: str, own: bool, reply: Reply, key: str = "", at: str = "") -> None:
        """Add a line, of now unless a time is given; whoever waits for it is woken."""
        lines = self._chats[chat]
        line = Line(len(lines) + 1, own, reply, at or datetime.now(UTC).isoformat(), key)
        lines.append(line)
        self._save(chat, line)
        self._news.pop(chat, asyncio.Event()).set()

    def has(self, chat: str, key: str) -> bool:
        """Tell whether the person's event is among the lines."""
        return any(line.key == key for line in self._chats[chat])

    def unanswered(self) -> list[tuple[str, Line]]:
        """Return the chats whose last line is the person's, with that line."""
        return [(chat, lines[-1]) for chat, lines in self._chats.items() if lines and lines[-1].own]

    async def lines(self, chat: str, after: int, limit: int) -> Sequence[Line]:
        """See `WebHistory`."""
        return [line for line in self._chats[chat] if line.position > after][:limit]

    async def latest(self, chat: str, limit: int) -> Sequence[Line]:
        """See `WebHistory`."""
        return self._chats[chat][-limit:]

    async def acknowledge(self, chat: str, position: int) -> None:
        """See `WebHistory`."""
        self.acknowledged[chat] = max(position, self.acknowledged.get(chat, 0))

    async def wait(self, chat: str, after: int, seconds: float) -> bool:
        """See `WebHistory`."""
        if len(self._chats[chat]) > after:
            return True
        try:
            await asyncio.wait_for(self._news[chat].wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _save(self, chat: str, line: Line) -> None:
        if self._file is None:
            return
        choices = [[choice.label, choice.value] for choice in line.reply.choices]
        row = [chat, line.own, str(line.reply.text), choices, line.at, line.key]
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _restore(self, row: list[Any]) -> None:
        chat, own, text, choices, at, key = row
        reply = Reply(Markup(text), tuple(Choice(label, value) for label, value in choices))
        lines = self._chats[chat]
        lines.append(Line(len(lines) + 1, bool(own), reply, at, key))
