"""Files that people send, from the message to what is kept: fetched when wanted, safe before they are answered to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from conversation import KEPT, MAX_FILE_BYTES, Attachment, Channel, FetchError, Incoming, PaperFile, ReadOut, Reply
from engine import Engine
from handlers import enclosures
from storage import Store, open_store
from storage.depot import Depot, new_id
from storage.fetching import LEASE, MAX_TRIES, Fetching
from storage.file_kinds import cleaned
from storage.files import Files, plain_name
from storage.records import Conversation, FilesWanted, Person, Records
from tests.databases import ENGINES, Hands, database_url, rows, say
from tests.pictures import PDF, jpeg, png
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


async def test_forgetting_deletes_all_but_what_is_part_of_a_submitted_paper(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with running(store, tmp_path, place) as files:
        place.says("an", "ảnh")
        for submission in ("sent", "draft", ""):
            place.sends("an", jpeg(), text=submission)
        await place.receives(4)
        ids = dict(await _pairs(store))
        await store.database.write(lambda transaction: [transaction.execute(sql) for sql in _PAPERS])
        place.says("an", "quên tôi đi")
        await place.receives(5)
        async with asyncio.timeout(10):
            while len(lying(tmp_path)) > 1:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert lying(tmp_path) == [ids["sent"]]
        assert await rows(store, "select id, person from file") == [(ids["sent"], "")]
        assert await files.depot.read(ids["sent"])


async def test_files_go_along_when_two_accounts_are_joined(store: Store, tmp_path: Path) -> None:
    place = Pretend()

    def joined(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
        if incoming.text == "nhập lại":
            records.registry.roles.join(known["an"].id, person.id)
            return [say("đã nhập")]
        if incoming.address.channel != "clock":
            known[incoming.address.chat] = person
        return album(incoming, person, conversation, records)

    known: dict[str, Person] = {}
    files = Files(store, tmp_path / "files", enclosures)
    engine = Engine(store, {"pretend": place}, joined, lambda _: say("xin lỗi"), patience=QUICK, depot=files.depot)
    run = asyncio.create_task(engine.run())
    place.says("an", "ảnh")
    place.sends("an", jpeg())
    await place.receives(2)
    place.says("bình", "chào")
    await place.receives(3)
    place.says("bình", "nhập lại")
    await place.receives(4)
    engine.stop()
    await run
    assert await rows(store, "select person from file") == [(known["bình"].id,)]


async def _pairs(store: Store) -> list[tuple[str, str]]:
    return [(submission, id) for submission, id in await rows(store, "select submission, id from file")]


# A paper that was sent once, and one that never was.
_PAPERS = (
    "insert into round (id, form, version, period, units, opened_by, opened_at, settings)"
    " values ('r', 'f', 'v', '2026', '[]', 'x', '', '{}')",
    *(
        "insert into submission (id, code, form, version, unit, round, state, by, by_name, begun_at, changed_at)"
        f" values ('{id}', '{id}', 'f', 'v', '{id}', 'r', 'returned', 'x', 'x', '', '')"
        for id in ("sent", "draft")
    ),
    "insert into snapshot (submission, number, by, at, answers) values ('sent', 1, 'x', '', '{}')",
)


# Several processes.


async def test_nobody_else_fetches_what_is_being_fetched(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    for engine in ENGINES:
        folder = tmp_path / engine
        folder.mkdir()
        hands = Hands()
        store = open_store(database_url(engine, folder), hands)
        await store.open(sole=True)
        place = Pretend()
        depot = Depot(folder)
        mine, other = (Fetching(store, {"pretend": place}, depot, QUICK) for _ in range(2))
        place.sends("an", jpeg())
        raw = place._said.get_nowait()
        assert raw is not None
        await store.receive("pretend", [raw])
        await store.database.write(lambda transaction: transaction.execute("update inbox set fetching = 1"))
        errand = await mine.take()
        assert errand is not None
        assert await other.take() is None
        # The process that had it has died; whoever comes writes under the same name.
        hands.pass_by((LEASE + timedelta(seconds=1)).total_seconds())
        again = await other.take()
        assert again is not None
        await other.carry_out(again)
        [[first]] = await rows(store, "select files from inbox")
        assert errand.files[0].id in first
        # It was not dead after all: what it says changes nothing.
        await mine._arrived(errand, (replace(errand.files[0], problem="gone"),))
        await mine._failed(errand, "late", None)
        assert await rows(store, "select files, fetching from inbox") == [(first, 0)]
        assert await rows(store, "select * from discarded") == []
        await store.close()


async def test_after_a_kill_sqlite_goes_on_at_once(tmp_path: Path) -> None:
    url, place = database_url("sqlite", tmp_path), Pretend()
    store = open_store(url)
    await store.open(sole=True)
    place.sends("an", jpeg())
    raw = place._said.get_nowait()
    assert raw is not None
    await store.receive("pretend", [raw])
    await store.database.write(lambda transaction: transaction.execute("update inbox set fetching = 1"))
    assert await Fetching(store, {"pretend": place}, Depot(tmp_path), QUICK).take()
    await store.close()
    store = open_store(url)
    await store.open(sole=True)
    assert await Fetching(store, {"pretend": place}, Depot(tmp_path), QUICK).take()
    await store.close()


# The depot.


@pytest.mark.parametrize("id", ["", "../../etc/passwd", "A" * 32, "0" * 31])
async def test_the_depot_opens_nothing_else(tmp_path: Path, id: str) -> None:
    depot = Depot(tmp_path)
    with pytest.raises(ValueError, match="not the id"):
        await depot.read(id)
    with pytest.raises(ValueError, match="not the id"):
        await depot.save(id, PDF)


async def test_deleting_twice_is_no_error(tmp_path: Path) -> None:
    depot, id = Depot(tmp_path), new_id()
    await depot.save(id, PDF)
    await depot.save(id, PDF + PDF)
    assert await depot.read(id) == PDF + PDF
    for _ in range(2):
        await depot.delete(id)
    with pytest.raises(FileNotFoundError):
        await depot.read(id)


def test_names_for_papers_are_ascii() -> None:
    assert plain_name("Biên bản Đường phố.pdf") == "Bien ban Duong pho.pdf"
    assert plain_name("会议.pdf") == "__.pdf"
