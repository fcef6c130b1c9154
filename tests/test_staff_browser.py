"""What staff do on the page in Chromium, at a desk and on a phone, while a leader has it open on the other."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot_process import BotProcess
from tests.test_browser import (
    CHROMIUM,
    DESKTOP,
    PHONE,
    answers,
    browser,
    open_context,
    open_page,
    pytestmark,
)
from tests.test_form_browser import fits, offered, opens, press, tell

__all__ = ["CHROMIUM", "browser"]

pytestmark = [*pytestmark, pytest.mark.slow]

FORM = "Tự đánh giá tổ dân phố, bản"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    with BotProcess(tmp_path_factory.mktemp("bot")) as process:
        yield process


def sends_it(page: Page, unit: str) -> str:
    """A leader of the demo ward hands in; returns the code of the receipt."""
    opens(page, unit, FORM)
    press(page, "Không hết")
    while "Có hết" in offered(page):
        press(page, "Có hết")
    code: str = re.findall(r"BN-\w{6}", press(page, "Gửi cho phường"))[0]
    return code


def sits_down(page: Page) -> None:
    """In the demo ward everybody may try to be staff."""
    for label in ("Đồng ý", "Trợ giúp", "Vai trò của tôi", "Cán bộ phường"):
        press(page, label)


def hears(page: Page, part: str) -> str:
    """What the bot says by itself, without a reload."""
    expect(answers(page).last).to_contain_text(part)
    return str(answers(page).last.inner_text())


def test_a_paper_is_returned_mended_accepted_and_printed(bot: BotProcess, browser: Browser) -> None:
    """Staff begin at their desk and end on their own phone."""
    with open_context(browser, DESKTOP) as office, open_context(browser, PHONE) as outside:
        leader, staff = open_page(outside, bot.url), open_page(office, bot.url)
        code = sends_it(leader, "5")
        sits_down(staff)
        assert f"({code})" in tell(staff, "duyệt")
        assert code in press(staff, f"Tổ dân phố số 5: {FORM}")
        assert "tiêu chí 1.1" in tell(staff, "1.1")
        press(staff, "Trả lại mục này")
        press(staff, "Trang sau")
        assert "Đã chọn: 1.1." in answers(staff).last.inner_text()
        fits(staff, DESKTOP[0])
        tell(staff, "3.5")
        press(staff, "Xong, ghi lý do (2)")
        tell(staff, "chưa kèm danh sách <lớp học>")
        assert "2 góp ý" in press(staff, "Như mục trước: chưa kèm danh sách <lớp học>")
        press(staff, "Trả lại")
        mends(leader)
        with open_context(browser, PHONE) as pocket:
            pocket.add_cookies([{"name": c["name"], "value": c["value"], "url": bot.url} for c in office.cookies()])
            phone = pocket.new_page()
            phone.goto(bot.url)
            expect(answers(phone).last).to_contain_text("Đã trả lại")
            assert "3.5: Có → Không (góp ý: chưa kèm danh sách <lớp học>)" in tell(phone, code)
            fits(phone, PHONE[0])
            press(phone, "Nhận bài")
            hears(leader, "Phường đã nhận")
            printed(phone, "5", PHONE[0])


def mends(leader: Page) -> None:
    """The leader hears of it at once; the button opens exactly what came back, each with its reason."""
    assert "3.5: chưa kèm danh sách <lớp học>" in hears(leader, "Phường nhờ sửa")
    fits(leader, PHONE[0])
    assert "1.1. " in press(leader, "Sửa các mục này")
    assert "Phường góp ý: chưa kèm danh sách <lớp học>" in answers(leader).last.inner_text()
    assert "3.5. " in tell(leader, "có 3/3")
    assert "Không: 3.5" in press(leader, "Không")
    press(leader, "Gửi cho phường")


def printed(staff: Page, unit: str, width: int) -> None:
    """The paper of the unit as a file, and the progress as a picture."""
    tell(staff, "/xuat")
    while FORM not in offered(staff):
        press(staff, "Trang sau")
    press(staff, FORM)
    assert f"Tổ dân phố số {unit}: 1 bài đã nhận" in tell(staff, unit)
    press(staff, "Word (.docx)")
    link = staff.locator(".files a").last
    with staff.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename.endswith(".docx")
    tell(staff, "tiến độ")
    fits(staff, width)
    press(staff, "Gửi ảnh tiến độ")
    picture = staff.locator(".files img").last
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600
    fits(staff, width)


def test_a_round_is_opened_and_a_leader_is_invited_on_a_phone(bot: BotProcess, browser: Browser) -> None:
    with open_context(browser, PHONE) as office, open_context(browser, DESKTOP) as outside:
        staff, leader = open_page(office, bot.url), open_page(outside, bot.url)
        sits_down(staff)
        tell(staff, "/moi")
        tell(staff, "9")
        fits(staff, PHONE[0])
        code = re.findall(r"\b\w{4}-\w{4}-\w{4}\b", tell(staff, "Lò Thị Lan"))[-1]
        tell(leader, code)
        press(leader, "Đồng ý")
        hears(staff, "Lò Thị Lan đã nhận lời mời")
        for text in ("/modot", FORM, "quý IV năm 2027", "9", "30/12/2027"):
            tell(staff, text)
            fits(staff, PHONE[0])
        tell(staff, "Nguyễn Văn A, Chủ tịch")
        press(staff, "Mở đợt")
        hears(leader, "Phường mở đợt")
        assert "Đã lưu 0/" in press(leader, "Làm bây giờ")
