"""A flow that takes photos and files: it sees them first, and what does not fit is said and asked again."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from conversation import Reply
from handlers import FLOWS
from handlers.flow import Flow
from handlers.turn import Turn
from storage import Store, open_store
from tests.databases import ENGINES, database_url, rows
from tests.talk import Talk, labels, plain

pytestmark = pytest.mark.anyio

PHOTO: dict[str, Any] = {"kind": "photo", "files": [{"name": "họp tổ.jpg"}]}


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path))
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


def ask(turn: Turn) -> Sequence[Reply]:
    return [Reply(Markup("Gửi ảnh giúp tôi."))]


def read(turn: Turn) -> Sequence[Reply] | None:
    if turn.incoming.files and turn.text == "không phải":
        return None
    for file in turn.incoming.files:
        turn.records.files.keep(file, turn.person.id, "bai-1")
    names = [file.name for file in turn.records.files.of("bai-1")]
    return [Reply(Markup("Đã có: {}").format(", ".join(names)))] if turn.incoming.files else None


@pytest.fixture
async def talk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """In a flow that takes photos; "chữ" is a step that does not."""
    monkeypatch.setitem(FLOWS, "thu", Flow(ask, read, takes_files=lambda turn: turn.conversation.step == "anh"))
    talk = Talk(store)
    await talk.send(text="chào")
    await enter(talk, "anh")
    return talk


async def enter(talk: Talk, step: str) -> None:
    sql = "update conversation set flow = 'thu', step = :step"
    await talk.store.database.write(lambda transaction: transaction.execute(sql, step=step))


async def test_the_open_flow_reads_a_photo_first(talk: Talk) -> None:
    assert plain(await talk.send(**PHOTO)) == "Đã có: họp tổ.jpg"
    assert plain(await talk.send(text="còn một ảnh nữa", **PHOTO)) == "Đã có: họp tổ.jpg, họp tổ.jpg"


async def test_where_the_flow_takes_none_it_is_said_as_before(talk: Talk) -> None:
    await enter(talk, "chu")
    said = plain(await talk.send(**PHOTO))
    assert "chưa đọc được ảnh" in said
    assert said.endswith("Gửi ảnh giúp tôi.")
    await enter(talk, "")
    await talk.store.database.write(lambda transaction: transaction.execute("update conversation set flow = ''"))
    assert "chưa đọc được tệp" in plain(await talk.send(kind="file", files=[{"name": "a.pdf"}]))
    assert await rows(talk.store, "select * from file") == []


async def test_what_the_flow_does_not_read_is_answered_otherwise(talk: Talk) -> None:
    said = plain(await talk.send(text="không phải", **PHOTO))
    assert "chưa đọc được ảnh" in said


@pytest.mark.parametrize(
    ("problem", "sentence", "english"),
    [
        ("size", "lớn hơn 10 MB", "larger than 10 MB"),
        ("kind", "Tôi chỉ nhận ảnh JPEG, PNG và tệp PDF, XLSX, DOCX", "JPEG and PNG photos"),
        ("gone", "Tôi chưa tải được tệp này", "could not get this file"),
    ],
)
async def test_what_does_not_fit_is_said_and_asked_again(talk: Talk, problem: str, sentence: str, english: str) -> None:
    odd: dict[str, Any] = {"kind": "file", "files": [{"name": "a.heic", "problem": problem}]}
    said = plain(await talk.send(**odd))
    assert sentence in said
    assert said.endswith("Gửi ảnh giúp tôi.")
    assert english in plain(await talk.send(language="en", **odd))
    assert await rows(talk.store, "select * from file") == []


async def test_a_photo_is_wanted_before_it_is_fetched(talk: Talk) -> None:
    await talk.send(kind="photo", files=[{"name": "a.jpg", "fetched": False}])
    assert await rows(talk.store, "select fetching from inbox where state = 'waiting'") == [(1,)]
    assert talk.replies == []


async def test_a_caption_alone_does_not_make_a_flow_read_a_sticker(talk: Talk) -> None:
    assert "chỉ đọc được chữ" in plain(await talk.send(kind="sticker"))


async def test_kept_files_are_counted_and_deleted_with_everything_else(talk: Talk) -> None:
    assert "Ảnh và tệp: " not in plain(await talk.send(text="/dulieu"))
    await enter(talk, "anh")
    for _ in range(3):
        await talk.send(**PHOTO)
    assert "Ảnh và tệp: 3" in plain(await talk.send(text="/dulieu"))
    asked = await talk.send(text="xóa dữ liệu của tôi")
    assert "trong bài đã nộp cho phường thì ở lại hồ sơ của phường" in plain(asked)
    assert "Xóa hết" in labels(asked)
    await talk.press("Xóa hết")
    assert await rows(talk.store, "select * from file") == []
    assert len(await rows(talk.store, "select * from discarded")) == 3
