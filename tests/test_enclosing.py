"""Files of replies through the engine: on channels that carry them, by link on others, and when they cannot be made."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from channels.links import Links
from channels.telegram import Telegram
from conversation import Attachment, Channel, Choice, Incoming, NoFile, NotSent, Outgoing, PaperFile, Reply, Undecided
from engine import Engine
from handlers import enclosures
from storage import Store, open_store
from storage.enclosing import MOST_BYTES
from storage.files import Files
from storage.records import Conversation, Person, Records, StorageError
from storage.sending import Enclose
from tests.databases import ENGINES, database_url, rows, say
from tests.pictures import PNG, png
from tests.pretend import Pretend
from tests.telegram_server import Fault, TelegramServer
from tests.test_engine import QUICK

pytestmark = pytest.mark.anyio

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SECRET = b"a secret that only tests know...."
PUBLIC = "https://phuong.example/bot"


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path))
    await store.open(sole=True)
    yield store
    await store.close()


class Press:
    """Makes a file of what an attachment says; `broken` raises, `huge` is too large."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.made: list[str] = []

    async def __call__(self, attachment: Attachment) -> PaperFile:
        # Nothing else would get through while a handling transaction is open.
        await asyncio.wait_for(self._store.database.write(lambda transaction: transaction.execute("select 1")), 5)
        self.made.append(attachment.kind)
        if attachment.kind == "empty":
            raise NoFile("Chưa có bài nào <được> duyệt.")
        if attachment.kind == "broken":
            raise LookupError("số của tôi 0912345678")
        if attachment.kind == "huge":
            return PaperFile("to.bin", "application/octet-stream", b"x" * (MOST_BYTES + 1))
        if attachment.kind == "chart":
            return PaperFile("tien-do.png", PNG, png())
        return PaperFile("phu-luc.xlsx", SHEET, f"paper of {attachment.params['unit']}".encode())


def asked(incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Sequence[Reply]:
    if incoming.address.channel == "clock":
        return []
    if incoming.text == "english":
        records.save_person(replace(person, language="en"))
    kinds = [kind for kind in ("paper", "chart", "broken", "huge", "empty") if kind in incoming.text]
    items = tuple(Attachment(kind, {"unit": "to-5"}) for kind in kinds)
    return [Reply(Markup("Đây."), (Choice("Nữa", "x"),), attachments=items), say("xong")]


class Run:
    """An engine with files beside a test."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        channel: Channel,
        public_url: str = PUBLIC,
        enclose: Enclose | None = None,
    ) -> None:
        self.press = Press(store)
        self.links = Links(SECRET)
        link = self.links.for_all(public_url)
        self.files = Files(store, folder / "files", enclosures, render=self.press, link=link)
        self.engine = Engine(
            store,
            {channel.name: channel},
            asked,
            lambda _: say("xin lỗi"),
            patience=QUICK,
            enclose=enclose or self.files.enclose,
        )

    async def __aenter__(self) -> "Run":
        self._run = asyncio.create_task(self.engine.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.engine.stop()
        await asyncio.wait_for(self._run, 10)


async def test_files_reach_a_channel_that_carries_them(store: Store, tmp_path: Path) -> None:
    place = Pretend(carries_files=True)
    async with Run(store, tmp_path, place):
        place.says("an", "paper chart")
        assert await place.receives(2) == ["Đây.", "xong"]
    first, second = place.arrived
    assert [(file.name, file.content[:11]) for file in first.files] == [
        ("phu-luc.xlsx", b"paper of to"),
        ("tien-do.png", png()[:11]),
    ]
    assert second.files == ()


async def test_a_file_that_cannot_be_made_is_a_kind_sentence(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = Pretend(carries_files=True)
    async with Run(store, tmp_path, place):
        place.says("an", "paper broken")
        await place.receives(2)
        place.says("an", "english")
        await place.receives(4)
        place.says("an", "huge")
        await place.receives(6)
    first, *_, last, _ = place.arrived
    assert str(first.reply.text) == f"Đây.\n\n{enclosures.not_made('vi')}"
    assert first.reply.choices == ()  # The pretended channel has none.
    assert [file.name for file in first.files] == ["phu-luc.xlsx"]
    assert (str(last.reply.text), last.files) == (f"Đây.\n\n{enclosures.not_made('en')}", ())
    assert "no file of kind broken: LookupError" in caplog.messages
    assert "0912345678" not in caplog.text


@pytest.mark.parametrize("carries", [True, False])
async def test_why_there_is_nothing_to_send_is_said(store: Store, tmp_path: Path, carries: bool) -> None:
    place = Pretend(carries_files=carries)
    async with Run(store, tmp_path, place):
        place.says("an", "empty broken huge")
        text, _ = await place.receives(2)
    # What merely failed is said once.
    assert text == f"Đây.\n\n{enclosures.not_made('vi')}\n\nChưa có bài nào &lt;được&gt; duyệt."


async def test_a_channel_without_files_gets_a_link_for_whoever_has_it(store: Store, tmp_path: Path) -> None:
    place = Pretend()
    async with Run(store, tmp_path, place) as run:
        place.says("an", "paper chart broken")
        text, _ = await place.receives(2)
        links = re.findall(rf'href="{PUBLIC}/tep/([^"]+)"', text)
        names = re.findall(r">([^<]+)</a> \(0,1 MB\)", text)
        assert names == ["phu-luc.xlsx", "tien-do.png"]
        assert text.endswith(str(enclosures.not_made("vi")))
        key = run.links.key(links[0])
        assert key is not None
        file = await run.files.offers.take(key)
        assert file is not None
        assert (file.name, file.media_type, file.content) == ("phu-luc.xlsx", SHEET, b"paper of to-5")
    assert place.arrived[0].files == ()


async def test_without_a_public_address_nothing_is_promised(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = Pretend()
    async with Run(store, tmp_path, place, public_url=""):
        place.says("an", "paper")
        assert (await place.receives(2))[0] == f"Đây.\n\n{enclosures.not_made('vi')}"
    assert any(line.startswith("PUBLIC_URL: not set") for line in caplog.messages)


async def test_a_file_is_made_again_for_each_try_and_order_holds(store: Store, tmp_path: Path) -> None:
    place = Pretend(carries_files=True)
    place.fails("an", NotSent("busy", 0.1), Undecided("cut"))
    async with Run(store, tmp_path, place) as run:
        place.says("an", "paper")
        assert await place.receives(3) == ["Đây.", "Đây.", "xong"]
        assert run.press.made == ["paper"] * 3
    assert [len(sent.files) for sent in place.arrived] == [1, 1, 0]


async def test_a_database_that_fails_while_files_are_made_loses_nothing(store: Store, tmp_path: Path) -> None:
    place, calls = Pretend(), 0

    async def once_broken(_: Channel, outgoing: Outgoing) -> Outgoing:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StorageError("disk full")
        return outgoing

    async with Run(store, tmp_path, place, enclose=once_broken):
        place.says("an", "paper")
        assert await place.receives(2) == ["Đây.", "xong"]
    assert await rows(store, "select state from outbox order by position") == [("sent",), ("sent",)]


async def test_over_telegram_with_its_faults(store: Store, tmp_path: Path) -> None:
    """The platform asks to wait, breaks, and cuts the line after it acted: the file arrives, in order."""
    with TelegramServer() as server:
        person = server.person(7)
        telegram = Telegram(server.token, api_url=server.url, pace=None, poll=1, first_wait=0.01, send_timeout=2)
        server.fail("sendDocument", Fault(429, parameters={"retry_after": 1}), Fault(500, "x"), Fault(cut="after"))
        async with Run(store, tmp_path, telegram):
            person.says("paper chart broken")
            for _ in range(150):
                await asyncio.sleep(0.1)
                if person.received and person.received[-1].text == "xong":
                    break
    assert [(sent.kind, sent.text) for sent in person.received] == [
        ("document", "Đây."),
        ("document", "Đây."),
        ("photo", ""),
        ("", str(enclosures.not_made("vi").striptags())),
        ("", "xong"),
    ]
    assert "Nữa" in person.received[3].buttons


async def test_somebody_who_blocked_the_bot_is_known_as_unreachable(store: Store, tmp_path: Path) -> None:
    with TelegramServer() as server:
        person = server.person(7)
        telegram = Telegram(server.token, api_url=server.url, pace=None, poll=1, first_wait=0.01)
        server.fail("sendDocument", Fault(403, "Forbidden: bot was blocked by the user"))
        async with Run(store, tmp_path, telegram):
            person.says("paper")
            for _ in range(100):
                await asyncio.sleep(0.05)
                if person.received:
                    break
    assert [sent.text for sent in person.received] == ["xong"]
    assert await rows(store, "select state from outbox order by position") == [("failed",), ("sent",)]
