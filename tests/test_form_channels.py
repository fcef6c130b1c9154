"""Every form from its first question to its receipt on every channel, as people there fill it in."""

import asyncio
import re
from collections import Counter
from collections.abc import Collection
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from handlers.step_texts import cut
from storage import open_store
from storage.registry import Submission
from storage.store import Store
from tests.bot_process import run
from tests.house import House, Terminal, opened
from tests.leader import Leader, next_words
from tests.talk import knowledge

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FORMS = sorted(knowledge().library.forms)


def cast(people: dict[str, str]) -> dict[str, Any]:
    """By form who fills it in: each in a unit of a kind that owes it."""
    forms = knowledge().library.forms
    kinds = {form: (forms[form].form.units or ("tổ dân phố",))[0] for form in people}
    return {
        "units": [{"code": f"u-{form}", "name": f"Đơn vị {form}", "kind": kinds[form]} for form in people],
        "roles": {who: f"leader:u-{form}" for form, who in people.items()},
        "names": dict.fromkeys(people.values(), "Trần Thị Lan"),
        "rounds": [{"id": form, "form": form, "units": [f"u-{form}"]} for form in people],
    }


class Speaker(Protocol):
    """Somebody who says things to the bot, and what it has answered, of late."""

    @property
    def heard(self) -> str: ...

    async def say(self, text: str) -> None: ...


async def fills_in(house: House, who: Speaker, form: str) -> Submission:
    """Open the form and answer until it is sent."""
    await who.say("biểu mẫu")
    await who.say("1")
    [begun] = await house.store.registry_read(lambda registry: registry.submissions.of_unit(f"u-{form}"))
    sent = await Leader(house.store, who.say, begun.by).fill_in(begun.id, rows_wanted=2)
    assert sent.state == "submitted", (form, who.heard[-1000:])
    assert sent.code in who.heard
    return sent


async def test_every_form_on_telegram(tmp_path: Path) -> None:
    """All at once, each by a leader of their own."""
    async with opened(tmp_path) as house:
        people = {form: house.chatter(number) for number, form in enumerate(FORMS, 1)}
        await house.cast(cast({form: who.name for form, who in people.items()}))
        sent = await asyncio.gather(*[fills_in(house, who, form) for form, who in people.items()])
        assert sorted(one.form for one in sent) == FORMS
        assert house.server.statuses.keys() == {200}


async def test_every_form_in_the_web_chat(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, AsyncExitStack() as stack:
        people = {form: await stack.enter_async_context(house.visitor()) for form in FORMS}
        await house.cast(cast({form: who.name for form, who in people.items()}))
        sent = await asyncio.gather(*[fills_in(house, who, form) for form, who in people.items()])
        assert sorted(one.form for one in sent) == FORMS


async def test_a_self_assessment_by_presses_on_telegram(tmp_path: Path) -> None:
    """Old buttons, trembling fingers and a platform that offers a press twice change no answer."""
    async with opened(tmp_path) as house:
        who = house.chatter(1)
        await house.cast(cast({"tp-tu-danh-gia": who.name}))
        await who.say("biểu mẫu")
        presses = 0
        while "Đã gửi" not in who.heard:
            asked = next(sent for sent in reversed(who.person.received) if next_words(list(sent.buttons), presses=True))
            label = next_words(list(asked.buttons), presses=True)
            before, presses = len(who.person.received), presses + 1
            await who.press(label, message=asked, times=2)
            assert len(who.person.received) == before + (2 if label.startswith("Làm") else 1)
            if label in ("Có", "Không xảy ra"):
                # The same finger once more, on the question that is answered.
                again = who.person.received[-1]
                await who.press(label, message=asked)
                assert "Nút này của câu trước" in who.person.received[-2].text
                assert who.person.received[-1].text == again.text
        assert presses <= 60
        [sent] = await house.store.registry_read(lambda registry: registry.submissions.of_unit("u-tp-tu-danh-gia"))
        answers = await house.store.registry_read(lambda registry: registry.submissions.answers(sent.id))
        assert Counter(answer.value for answer in answers.values()) == {"yes": 43, "no": 3}
        # Of the paper that was sent, buttons only say so.
        await who.press("Có")
        assert "đã gửi nên không sửa được nữa" in who.person.received[-1].text
        assert house.server.called("answerCallbackQuery")


async def test_begun_on_telegram_and_sent_from_the_page(tmp_path: Path) -> None:
    """One person on two channels: what was said on one need not be said on the other."""
    async with opened(tmp_path) as house, house.visitor() as page:
        phone = house.chatter(1)
        await house.cast(cast({"tp-tu-danh-gia": phone.name}))
        for text in ("/start", "đồng ý", "biểu mẫu", "1", "không hết", "có hết"):
            await phone.say(text)
        assert "Đã lưu 5/46" in phone.heard
        await phone.say("liên kết")
        await phone.press("Lấy mã liên kết")
        [code] = re.findall(r"\b[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}\b", phone.person.received[-2].text)
        await page.say("đồng ý")
        await page.say(code)
        await page.press("Nối hai tài khoản")
        assert "giờ là một người" in page.heard
        await page.say("biểu mẫu")
        await page.say("1")
        assert "Đã lưu 5/46" in page.heard
        await page.say("có hết")
        assert "Đã lưu 14/46" in page.heard
        # And back: where it stands is the same on both.
        await phone.say("có hết")
        assert "Đã lưu 25/46" in phone.person.received[-1].text
        [begun] = await house.store.registry_read(lambda registry: registry.submissions.of_unit("u-tp-tu-danh-gia"))
        sent = await Leader(house.store, page.say, begun.by).fill_in(begun.id)
        assert (sent.state, sent.code in page.heard) == ("submitted", True)
        await phone.press("Có hết")
        assert "đã gửi nên không sửa được nữa" in phone.person.received[-1].text


UNITS = "Mã,Tên,Loại\ntdp-01,Tổ dân phố số 1,tổ dân phố\ndang-bo,Đảng bộ thử,đảng bộ cơ sở\n"


async def test_every_form_in_a_terminal(tmp_path: Path) -> None:
    """In the real process, as the leader of a tổ whom the demo ward offers, then with a code of the ward."""
    assert run(tmp_path, "units", "import", "-", stdin=UNITS).returncode == 0
    invited = run(tmp_path, "invite", "--role", "leader", "--unit", "dang-bo", "--name", "Lò Thị Mai").stdout
    code = next(line.split()[-1] for line in invited.splitlines() if line.startswith("Mã mời"))
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    await store.open()
    with Terminal(tmp_path, store, "--as", "leader") as terminal:
        await terminal.hears(0)
        sent = await _all_of("tdp-01", terminal, store)
        await terminal.say(code)
        assert "Đảng bộ thử" in terminal.heard
        sent |= await _all_of("dang-bo", terminal, store, but=sent.keys())
    await store.close()
    assert sorted(sent) == FORMS


async def _all_of(unit: str, terminal: Terminal, store: Store, but: Collection[str] = ()) -> dict[str, Submission]:
    """Fill in whatever the unit owes."""
    sent = {}
    rounds = await store.registry_read(lambda registry: registry.rounds.current(unit))
    for form in [round.form for round in rounds if round.form not in but]:
        known = knowledge().library.forms[form].form
        before = len(terminal.heard)
        await terminal.say("biểu mẫu")
        label = cut(f"Làm: {known.short or known.title}")
        while label not in terminal.heard[before:]:
            await terminal.say("trang sau")
        await terminal.say(label)
        found = await store.registry_read(lambda registry: registry.submissions.of_unit(unit))
        begun = next(submission for submission in found if submission.form == form)
        sent[form] = await Leader(store, terminal.say, begun.by).fill_in(begun.id)
        assert sent[form].state == "submitted", (form, terminal.heard[-1000:])
        assert sent[form].code in terminal.heard
    return sent
