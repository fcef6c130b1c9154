"""Processes killed while photos arrive: each is kept once, whole and without its place, and nothing else is left."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from storage import open_store
from storage.file_kinds import cleaned
from tests.databases import rows
from tests.pictures import jpeg
from tests.telegram_server import Fault, TelegramServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PEOPLE, PHOTOS, KILLS = 6, 10, 12


class Worker:
    """A process that comes back whenever it is killed."""

    def __init__(self, *words: str, log: Path) -> None:
        self._words, self._log = words, log
        self._process = self._start()

    def kill(self) -> None:
        assert self._process.poll() is None, self._log.read_text()
        self.end()
        self._process = self._start()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "tests.file_worker", *self._words]
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


@contextmanager
def worker(*words: str, log: Path) -> Iterator[Worker]:
    running = Worker(*words, log=log)
    try:
        yield running
    finally:
        running.end()


def test_a_kill_between_receiving_and_storing_loses_no_photo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, folder, log = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "files", tmp_path / "log"
    photos = {(person, n): jpeg(64 + person, 48 + n) for person in range(1, PEOPLE + 1) for n in range(PHOTOS)}
    with TelegramServer() as server:
        server.delay = 0.05
        # A line that is cut in the middle of a photo, and a platform that breaks.
        server.fail("download", Fault(cut="after"), Fault(500, "x"), Fault(429, parameters={"retry_after": 1}))
        for n in range(PHOTOS):
            for person in range(1, PEOPLE + 1):
                server.person(person).sends_photo(f"{n}", photos[person, n])
        with worker(url, str(folder), server.url, server.token, log=log) as running:
            for _ in range(KILLS):
                time.sleep(random.uniform(0.5, 1.6))
                running.kill()
            server.wait(lambda: all(_answered(server, person) >= PHOTOS for person in range(1, PEOPLE + 1)), 60)
            # What was let go of is deleted within a look or two.
            time.sleep(1.5)
        asyncio.run(check(server, photos, url, folder))
    text = log.read_text()
    assert "Traceback" not in text, text[-3000:]
    assert server.token not in text
    with capsys.disabled():
        print(f" {len(photos)} photos, {KILLS} kills: each kept once ", end="")


def _answered(server: TelegramServer, person: int) -> int:
    return len({sent.text for sent in server.sent_to(person)})


async def check(server: TelegramServer, photos: dict[tuple[int, int], bytes], url: str, folder: Path) -> None:
    for person in range(1, PEOPLE + 1):
        kept = [cleaned(photos[person, n])[1] for n in range(PHOTOS)]
        wanted = [f"{n}: {sha256(content).hexdigest()}" for n, content in enumerate(kept)]
        # In order; one that was being sent at a kill may have come twice.
        assert list(dict.fromkeys(sent.text for sent in server.sent_to(person))) == wanted
    store = open_store(url)
    await store.open()
    found = {str(id): digest for id, digest in await rows(store, "select id, sha256 from file")}
    assert await rows(store, "select * from discarded") == []
    assert await rows(store, "select count(*) from inbox where state <> 'done'") == [(0,)]
    await store.close()
    lying = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}  # noqa: ASYNC240
    assert lying == found
    assert len(found) == len(photos)
