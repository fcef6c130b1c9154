"""Few words below a message of the ward: which of several they are about, and that everything else stays a question."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage import open_store
from storage.store import Store
from tests.databases import ENGINES, database_url
from tests.talk import Morning, Talk, labels, plain

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> Morning:
    return Morning()


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Morning) -> AsyncIterator[Store]:
    store = open_store(database_url(getattr(request, "param", "sqlite"), tmp_path), clock)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


async def announced(talk: Talk, text: str, kind: str = "Quan trọng") -> None:
    await talk.send("binh", text="/guitin")
    await talk.send("binh", text=text)
    await talk.press(kind, chat="binh")
    await talk.send("binh", text="5")
    await talk.press("Xong phần người nhận", chat="binh")
    await talk.press("Gửi cho 1 người", chat="binh")


@pytest.mark.parametrize("store", ENGINES, indirect=True)
async def test_of_several_messages_only_those_of_two_weeks_that_ask_for_it_are_read(
    store: Store, clock: Morning
) -> None:
    talk = Talk(store)
    await talk.cast({"roles": {"binh": "staff:demo"}, "homes": {"an": "tdp-05"}})
    await announced(talk, "Tin cũ.")
    clock.pass_by(timedelta(days=15).total_seconds())
    await announced(talk, "Tin một.")
    await announced(talk, "Tin thường.", "Thường")
    await announced(talk, "Tin hai.")
    said = await talk.send("an", text="ba doc roi chau oi")
    assert "đã đọc tin “Tin hai.”. Còn 1 tin" in plain(said)
    assert labels(said)[0] == "Đã đọc: Tin một."
    assert "đã đọc tin “Tin một.”." in plain(await talk.send("an", text="da xem roi"))
    # Nothing is left that asks for it: the newest of all, of whatever kind.
    assert "Đã ghi nhận rồi" in plain(await talk.send("an", text="da xem roi"))


@pytest.mark.parametrize(
    "text",
    [
        "không gửi được bài",
        "gửi lại bài ở đâu",
        "ai gửi danh sách khen thưởng",
        "chưa đọc",
        "hạn nhận hồ sơ",
        "không đốt vàng mã",
        "thông báo kết quả cho ai",
        "5 không",
    ],
)
async def test_what_says_more_is_no_rejoinder(text: str, store: Store) -> None:
    talk = Talk(store)
    await talk.cast({"roles": {"binh": "staff:demo"}, "homes": {"an": "tdp-05"}})
    await announced(talk, "Tin một.")
    said = plain(await talk.send("an", text=text))
    for part in ("Tin một", "thôi nhận tin", "muốn nhận tin nào", "Khi nào cần, anh/chị cứ gõ"):
        assert part not in said
