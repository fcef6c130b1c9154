"""What staff do with a paper, from opening its round to the file, over Telegram's API; a leader on the other side."""

import asyncio
import io
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from storage.registry import Submission
from tests.house import Chatter, House, opened
from tests.leader import Leader

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FORM = "Tự đánh giá tổ dân phố, bản"
STAFF = {"roles": {"telegram/1": "staff:demo"}, "names": {"telegram/1": "chị Bình"}}


async def hears(who: Chatter, part: str) -> None:
    """Wait for what somebody else makes the bot say."""
    async with asyncio.timeout(20):
        while part not in who.heard:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def type_all(who: Chatter, *texts: str) -> None:
    for text in texts:
        await who.say(text)


async def the_one(house: House) -> Submission:
    [found] = await house.store.registry_read(lambda registry: registry.submissions.of_unit("tdp-05"))
    return found


async def test_a_paper_from_the_round_to_the_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        staff, leader = house.chatter(1), house.chatter(2)
        await house.cast(STAFF)
        await _invited(staff, leader)
        await type_all(staff, "mở đợt", FORM, "2026", "5, 6", "15/12/2026", "Nguyễn Văn A, Chủ tịch")
        await staff.press("Mở đợt")
        await hears(leader, "Phường mở đợt")
        await leader.press("Làm bây giờ")
        sent = await Leader(house.store, leader.say, (await the_one(house)).by).fill_in((await the_one(house)).id)
        assert sent.state == "submitted"
        await _returned(staff, leader, sent)
        await _mended(house, leader)
        await _accepted(staff, leader, sent)
        await _exported(staff)
        assert house.server.statuses.keys() == {200}


async def _invited(staff: Chatter, leader: Chatter) -> None:
    await type_all(staff, "mời người phụ trách", "tổ 5", "Lò Thị Lan")
    code = staff.person.received[-1].text.split()[-1]
    await leader.say(code)
    assert "mời anh/chị làm người phụ trách Tổ dân phố số 5" in leader.heard
    await leader.press("Đồng ý")
    await hears(staff, "Lò Thị Lan đã nhận lời mời")


async def _returned(staff: Chatter, leader: Chatter, sent: Submission) -> None:
    """The queue, the card, two items ticked, a reason for each; the leader is told all of it at once."""
    await staff.say("duyệt")
    assert "Tổ dân phố số 5" in staff.person.received[-1].text
    await staff.press(f"Tổ dân phố số 5: {FORM}")
    assert sent.code in staff.person.received[-1].text
    await staff.say("3.5")
    assert "Kế hoạch" in staff.person.received[-1].text
    await staff.press("Về bài")
    await staff.press("Trả lại để sửa")
    await staff.say("3.5 5.1")
    await staff.press("Xong, ghi lý do (2)")
    await type_all(staff, "chưa kèm biên bản", "ghi rõ bao nhiêu hộ")
    assert "2 góp ý" in staff.person.received[-1].text
    await staff.press("Trả lại")
    assert "Đã nhắn Lò Thị Lan" in staff.person.received[-1].text
    await hears(leader, "Phường nhờ sửa")
    told = leader.person.received[-1].text
    assert "chưa kèm biên bản" in told
    assert "ghi rõ bao nhiêu hộ" in told


async def _mended(house: House, leader: Chatter) -> None:
    """The button opens exactly what came back, and no more is asked."""
    await leader.press("Sửa các mục này")
    assert leader.person.received[-1].text.splitlines()[1].startswith("3.5. ")
    assert "Phường góp ý: chưa kèm biên bản" in leader.person.received[-1].text
    await leader.say("không")
    assert leader.person.received[-1].text.splitlines()[1].startswith("5.1. ")
    await leader.say("có 131/131")
    assert "Không: 3.5" in leader.person.received[-1].text
    await leader.press("Gửi cho phường")
    assert (await the_one(house)).state == "submitted"


async def _accepted(staff: Chatter, leader: Chatter, sent: Submission) -> None:
    await staff.say(sent.code)
    shown = staff.person.received[-1].text
    assert "lần 2" in shown
    assert "3.5: Có → Không (góp ý: chưa kèm biên bản)" in shown
    await staff.press("Nhận bài")
    await hears(leader, "Phường đã nhận")
    # A second press of the same button changes nothing.
    await staff.press("Nhận bài")
    assert "Tôi không đổi gì thêm" in staff.person.received[-1].text


async def _exported(staff: Chatter) -> None:
    await staff.say("/xuat")
    await staff.say("1")
    await staff.say("số 12, ngày 20/11/2026")
    await staff.press("Word (.docx)")
    paper = staff.person.received[-1]
    assert paper.file
    assert paper.file.name.endswith(".docx")
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(paper.file.content)).paragraphs)
    assert "TỔ DÂN PHỐ" in text.upper()
    await staff.press("Chọn lại dạng, đơn vị")
    await staff.press("Excel (.xlsx)")
    table = staff.person.received[-1].file
    assert table
    assert load_workbook(io.BytesIO(table.content)).sheetnames
    await staff.say("tiến độ")
    await staff.press("Gửi ảnh tiến độ")
    picture = staff.person.received[-1]
    assert picture.kind == "photo"
