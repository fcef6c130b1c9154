"""Files that people send, from the message to what is kept: fetched when wanted, safe before they are answered to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from conversation import KEPT, MAX_FILE_BYTES, Attachment, Channel, FetchError, Incoming, PaperFile, ReadOut, Reply
from engine import Engine
from handlers import enclosures
from storage import Store, open_store
from storage.depot import new_id
from storage.fetching import MAX_TRIES
from storage.file_kinds import cleaned
from storage.files import Files
from storage.records import Conversation, FilesWanted, Person, Records
from tests.databases import ENGINES, database_url, rows, say
from tests.pictures import jpeg, png
from tests.pretend import Pretend
from tests.test_engine import QUICK

pytestmark = pytest.mark.anyio

PASSING = FetchError("cut")


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path))
    await store.open(sole=True)
    yield store
    await store.close()


def album(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
    """Takes photos after "ảnh" was said, and keeps them until "thôi"; "bỏ" takes them and keeps none."""
    if incoming.address.channel == "clock":
        return []
    if incoming.text in ("ảnh", "bỏ", "hỏng", "thôi"):
        records.save_conversation(replace(conversation, flow=incoming.text if incoming.text != "thôi" else ""))
        return [say(f"được: {incoming.text}")]
    if incoming.text.startswith("quên"):
        records.forget(person.id)
        return [say("đã quên")]
    if not incoming.files or not conversation.flow:
        return [say(f"nghe: {incoming.text}{'ảnh' if incoming.files else ''}")]
    if any(not (file.id or file.problem) for file in incoming.files):
        raise FilesWanted
    if conversation.flow == "hỏng":
        raise LookupError("hỏng")
    [file] = incoming.files
    if file.problem:
        return [say(f"chưa nhận: {file.problem}")]
    if conversation.flow == "ảnh":
        records.files.keep(file, person.id, incoming.text)
    return [say(f"đã nhận {file.name}{file.reading}")]


@asynccontextmanager
async def running(store: Store, folder: Path, channel: Channel, read: ReadOut | None = None) -> AsyncIterator[Files]:
    files = Files(store, folder / "files", enclosures)
    engine = Engine(
        store,
        {channel.name: channel},
        album,
        lambda _: say("xin lỗi"),
        patience=QUICK,
        enclose=files.enclose,
        depot=files.depot,
        read=read,
    )
    run = asyncio.create_task(engine.run())
    try:
        yield files
    finally:
        engine.stop()
        await asyncio.wait_for(run, 10)


def lying(folder: Path) -> list[str]:
    """Names of the files that lie in the depot."""
    return sorted(path.name for path in (folder / "files").iterdir() if path.is_file())


async def gone(folder: Path) -> None:
    async with asyncio.timeout(10):
        while lying(folder):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_photo_that_nobody_asked_for_is_not_fetched(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place):
        place.sends("an", jpeg())
        assert await place.receives(1) == ["nghe: ảnh"]
    assert (place.fetched, lying(tmp_path)) == ([], [])


async def test_a_wanted_photo_is_safe_before_it_is_answered_to(store: Store, tmp_path: Path) -> None:
    place, taken = Pretend(), jpeg()
    async with running(store, tmp_path, place) as files:
        place.says("an", "ảnh")
        place.sends("an", taken, text="bai-1")
        assert await place.receives(2) == ["được: ảnh", "đã nhận anh 2.jpg"]
        _, kept = cleaned(taken)
        [[id, name, media_type, size, digest, submission]] = await rows(
            store, "select id, name, media_type, size, sha256, submission from file"
        )
        assert (name, media_type, size, submission) == ("anh 2.jpg", "image/jpeg", len(kept), "bai-1")
        assert digest == sha256(kept).hexdigest()
        assert (lying(tmp_path), await files.depot.read(id)) == ([id], kept)
        # It can be handed on, to whom a handler shows it.
        paper = await files.offers.made(Attachment(KEPT, {"id": id}))
        assert paper is not None
        assert (paper.name, paper.content) == ("anh 2.jpg", kept)
        assert await files.offers.made(Attachment(KEPT, {"id": new_id()})) is None
    assert await rows(store, "select files, payload, fetching from inbox order by position") == [("", "", 0)] * 2


async def test_what_stands_in_a_file_is_read_before_it_is_answered_to(store: Store, tmp_path: Path) -> None:
    async def read(file: PaperFile) -> str:
        if file.media_type == "image/png":
            raise LookupError("nobody reads this")
        return f": {file.media_type}, {len(file.content) > 0}"

    place = Pretend()
    async with running(store, tmp_path, place, read):
        place.says("an", "ảnh")
        place.sends("an", jpeg())
        # What cannot be read is kept all the same.
        place.sends("an", png())
        said = await place.receives(3)
    assert said == ["được: ảnh", "đã nhận anh 2.jpg: image/jpeg, True", "đã nhận anh 3.png"]
    # What was read goes with the message.
    assert await rows(store, "select files from inbox where files <> ''") == []


async def test_what_is_not_kept_is_deleted(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place):
        place.says("an", "bỏ")
        place.sends("an", png())
        assert (await place.receives(2))[1] == "đã nhận anh 2.png"
        await gone(tmp_path)
        assert await rows(store, "select * from file") == []
        async with asyncio.timeout(5):
            while await rows(store, "select * from discarded"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_order_holds_while_a_file_is_fetched_and_nobody_else_waits(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place):
        place.says("an", "ảnh")
        place.sends("an", PASSING, PASSING, jpeg())
        place.says("an", "thôi")
        place.says("bình", "chào")
        texts = await place.receives(4)
    assert place.texts("an") == ["được: ảnh", "đã nhận anh 2.jpg", "được: thôi"]
    assert "nghe: chào" in texts
    assert place.fetched == ["2"] * 3


@pytest.mark.parametrize(
    ("endings", "size", "problem", "times"),
    [
        ([PASSING], 0, "gone", MAX_TRIES),
        ([FetchError("wrong id", "gone")], 0, "gone", 1),
        ([FetchError("too big", "size")], 0, "size", 1),
        ([b"\xff\xd8\xff" + b"x" * MAX_FILE_BYTES], 0, "size", 1),
        ([jpeg()], MAX_FILE_BYTES + 1, "size", 0),
        ([b"MZ\x90"], 0, "kind", 1),
        ([b""], 0, "kind", 1),
        ([FetchError("slow", retry_after=0.05), b"GIF89a"], 0, "kind", 2),
    ],
    ids=["never", "unknown", "told", "large", "said to be large", "program", "empty", "waits"],
)
async def test_a_file_that_is_not_taken_is_said_and_leaves_nothing(
    store: Store, tmp_path: Path, endings: list[bytes | FetchError], size: int, problem: str, times: int
) -> None:
    place = Pretend()
    async with running(store, tmp_path, place):
        place.says("an", "ảnh")
        place.sends("an", *endings, size=size)
        place.says("an", "còn đó không")
        assert await place.receives(3) == ["được: ảnh", f"chưa nhận: {problem}", "nghe: còn đó không"]
        await gone(tmp_path)
    assert (len(place.fetched), await rows(store, "select * from file")) == (times, [])


async def test_a_disk_that_takes_nothing_is_said(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place) as files:

        def full(path: Path, content: bytes) -> None:
            raise OSError(28, "No space left on device")

        files.depot._save = full  # type: ignore[method-assign]
        place.says("an", "ảnh")
        place.sends("an", jpeg())
        assert (await place.receives(2))[1] == "chưa nhận: gone"


async def test_a_handler_that_fails_lets_the_file_go(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place):
        place.says("an", "hỏng")
        place.sends("an", jpeg())
        assert await place.receives(2) == ["được: hỏng", "xin lỗi"]
        await gone(tmp_path)
    # Fetched once for all three attempts.
    assert place.fetched == ["2"]


async def test_without_a_place_for_files_the_person_is_told(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    engine = Engine(store, {"pretend": place}, album, lambda _: say("xin lỗi"), patience=QUICK)
    run = asyncio.create_task(engine.run())
    place.says("an", "ảnh")
    place.sends("an", jpeg())
    assert (await place.receives(2))[1] == "chưa nhận: gone"
    engine.stop()
    await run


async def test_files_that_are_wanted_for_ever_are_a_failure(store: Store) -> None:
    def greedy(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        raise FilesWanted

    place = Pretend()
    engine = Engine(store, {"pretend": place}, greedy, lambda _: say("xin lỗi"), patience=QUICK)
    run = asyncio.create_task(engine.run())
    place.says("an", "không có tệp nào")
    assert await place.receives(1) == ["xin lỗi"]
    engine.stop()
    await run
