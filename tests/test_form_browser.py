"""Forms on the page in Chromium: pressed on a phone, typed at a desk, gone on with after a reload and a restart."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot_process import BotProcess
from tests.pictures import jpeg
from tests.test_browser import (
    CHROMIUM,
    DESKTOP,
    PHONE,
    answers,
    browser,
    choices,
    field,
    notice,
    open_context,
    open_page,
    own,
    pytestmark,
)

__all__ = ["CHROMIUM", "browser"]

pytestmark = [*pytestmark, pytest.mark.slow]

# More lines than before, and none for a moment: a turn may say several things.
SETTLED = """
(before) => {
  const count = document.querySelectorAll(".line.bot").length;
  if (count !== window.counted) { window.counted = count; window.since = Date.now(); }
  return count > before && Date.now() - window.since > 150;
}
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    with BotProcess(tmp_path_factory.mktemp("bot")) as process:
        yield process


def press(page: Page, label: str) -> str:
    """Press a button that is open; returns what is said last."""
    before = answers(page).count()
    choices(page).get_by_text(label, exact=True).click()
    return said(page, before)


def tell(page: Page, text: str) -> str:
    """Type; returns what is said last."""
    before = answers(page).count()
    field(page).fill(text)
    field(page).press("Enter")
    return said(page, before)


def said(page: Page, before: int) -> str:
    page.wait_for_function(SETTLED, arg=before)
    return answers(page).last.inner_text()


def offered(page: Page) -> list[str]:
    return choices(page).all_inner_texts()


def opens(page: Page, unit: str, form: str) -> str:
    """In the demo ward everybody may try to be a leader; then the list of forms, on whichever page of it."""
    for label in ("Đồng ý", "Trợ giúp", "Vai trò của tôi", "Tổ trưởng, người phụ trách đơn vị"):
        press(page, label)
    assert "Tổ dân phố số" in tell(page, unit)
    press(page, "Biểu mẫu cần làm")
    while f"Làm: {form}" not in offered(page):
        press(page, "Trang sau")
    return press(page, f"Làm: {form}")


def comes_back(page: Page, bot: BotProcess) -> None:
    """The server is killed and started, and the page finds it again."""
    bot.kill()
    expect(notice(page)).to_have_text("Đang kết nối lại…")
    bot.start()
    expect(notice(page)).to_be_empty(timeout=20_000)


def fits(page: Page, width: int) -> None:
    """Nothing has to be scrolled sideways, the page itself not at all, and every button can be hit with a thumb."""
    whole = "Math.max(document.documentElement.scrollWidth, document.getElementById('scroller').scrollWidth)"
    assert page.evaluate(whole) <= width
    # Only the talk scrolls: head and composer stay where they are.
    assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") <= 0
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    for button in page.locator(".choices:not(.old) button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, button.inner_text()


def test_a_self_assessment_pressed_on_a_phone(bot: BotProcess, browser: Browser) -> None:
    with open_context(browser, PHONE) as context:
        page = open_page(context, bot.url)
        assert "Đã lưu 0/46" in opens(page, "5", "Tự đánh giá tổ dân phố, bản")
        assert "Đã lưu 3/46" in press(page, "Không hết")
        assert "Đã lưu 5/46" in press(page, "Có hết")
        fits(page, PHONE[0])
        page.reload()
        expect(answers(page).last).to_contain_text("Đã lưu 5/46")
        press(page, "Có hết")
        comes_back(page, bot)
        for _ in range(3):
            press(page, "Có hết")
        assert "5.1. " in press(page, "Trả lời từng mục")
        assert "5.2. " in press(page, "Có")
        assert "5.1. " in tell(page, "quay lại")
        assert "5.2. " in press(page, "Không")
        summary = tell(page, "xem lại")
        assert "Còn thiếu: 5.2, 5.3, 5.4, 5.5." in summary
        assert "Không: 5.1" in summary
        fits(page, PHONE[0])
        assert "5.1 " in press(page, "Điền phần còn thiếu")
        press(page, "Có hết")
        assert "Mã bài: BN-" in press(page, "Gửi cho phường")
        page.reload()
        expect(answers(page).last).to_contain_text("Mã bài: BN-")


def test_works_are_registered_row_by_row(bot: BotProcess, browser: Browser) -> None:
    with open_context(browser, DESKTOP) as context:
        page = open_page(context, bot.url)
        assert "Chưa có dòng nào" in opens(page, "6", "Đăng ký công trình giúp dân")
        press(page, "Thêm một dòng")
        press(page, "Không xả rác bừa bãi ra đường phố và kênh rạch")
        # What the plan suggests for this one of the five.
        press(page, "Trồng cây, tạo mảng xanh")
        tell(page, "ra quân")
        page.reload()
        expect(answers(page).last).to_contain_text("Thực hiện trong thời gian nào?")
        tell(page, "từ tháng 5 đến hết tháng 8")
        tell(page, "trồng 200 cây <xanh> & 2 vườn hoa")
        listed = press(page, "Không")
        assert "1. Trồng cây, tạo mảng xanh (" in listed
        press(page, "Thêm một dòng")
        press(page, "Không vi phạm Luật giao thông đường bộ")
        press(page, "Tuyên truyền người dân nâng cao nhận thức")
        for text in ("phát tờ rơi", "hằng tháng", "500 hộ biết"):
            tell(page, text)
        assert "2. Tuyên truyền" in press(page, "Không")
        press(page, "Sửa dòng 1")
        press(page, "Hình thức thực hiện: ra quân")
        assert "ra quân, vận động" in tell(page, "ra quân, vận động")
        assert "Xóa rồi phải gõ lại" in press(page, "Xóa dòng 2")
        assert "2. " not in press(page, "Xóa dòng này")
        fits(page, DESKTOP[0])
        summary = press(page, "Xong phần này")
        assert "trồng 200 cây <xanh> & 2 vườn hoa" in summary
        assert "Mã bài: BN-" in press(page, "Gửi cho phường")


def test_free_text_is_written_on_a_phone(bot: BotProcess, browser: Browser) -> None:
    """Several lines, signs, and as much as a field takes; one of them while the bot is away."""
    before_kill = ("- Họp tổ 4 lần;\n- phát 120 tờ rơi.", "<b>Đạt</b> 7/9 tiêu chí & đang làm 2", "dài " * 400)
    with open_context(browser, PHONE) as context:
        page = open_page(context, bot.url)
        opens(page, "7", "Báo cáo năm đô thị văn minh")
        for text in before_kill:
            tell(page, text)
        fits(page, PHONE[0])
        bot.kill()
        expect(notice(page)).to_have_text("Đang kết nối lại…")
        field(page).fill("Vận động 30 hộ hiến đất")
        field(page).press("Enter")
        expect(own(page).last).to_contain_text("Đang chờ gửi")
        before = answers(page).count()
        bot.start()
        assert "Còn những tồn tại, hạn chế nào?" in said(page, before)
        for text in ("Vỉa hè còn bị lấn chiếm", "Thiếu chỗ để xe", "Kẻ vạch chỗ để xe"):
            tell(page, text)
        assert "Gửi ảnh hoặc tệp" in press(page, "Bỏ qua")
        before = answers(page).count()
        page.locator("#file").set_input_files({"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
        assert "Đã nhận 1 tệp" in said(page, before)
        summary = press(page, "Xong")
        assert "<b>Đạt</b> 7/9 tiêu chí & đang làm 2" in summary
        assert "Vận động 30 hộ hiến đất" in summary
        assert "Ảnh, tệp kèm theo: 1 tệp" in summary
        fits(page, PHONE[0])
        assert "Mã bài: BN-" in press(page, "Gửi cho phường")
