"""Announcements on a phone in Chromium: written with a photo by staff; read, answered and corrected at a resident's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from channels.web_session import COOKIE
from tests.house import PATIENT, House, beside, forenoon
from tests.pictures import jpeg
from tests.test_browser import CHROMIUM, PHONE, answers, browser, choices, open_context, pytestmark
from tests.test_form_browser import fits, press, said, tell

__all__ = ["CHROMIUM", "browser"]

pytestmark = [*pytestmark, pytest.mark.slow]

WORDS = "Mai <b>mất điện</b> từ 8 giờ đến 11 giờ 30, tổ 5 và tổ 6. Lịch cả tuần ở trong ảnh."


@contextmanager
def visitor(browser: Browser, house: House) -> Iterator[tuple[Page, str]]:
    """Somebody who has the page open on a phone, and what a cast names them."""
    with open_context(browser, PHONE) as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(house.url)
        expect(answers(page)).to_have_count(2, timeout=PATIENT * 1000)
        [cookie] = [one.get("value", "") for one in context.cookies() if one.get("name") == COOKIE]
        yield page, f"web/{cookie.partition('.')[0]}"


def heard(page: Page, text: str, *, count: int = 1) -> None:
    """Wait until the bot has said something here."""
    expect(page.locator(".line.bot", has_text=text)).to_have_count(count, timeout=PATIENT * 1000)


def test_a_photo_is_announced_read_and_corrected(browser: Browser, tmp_path: Path) -> None:
    with (
        beside(tmp_path, clock=forenoon(), ticks=True) as (house, run),
        visitor(browser, house) as (desk, staff),
        visitor(browser, house) as (home, resident),
    ):
        people = {"roles": {staff: "staff:demo"}, "names": {staff: "anh Bình"}, "homes": {resident: "tdp-05"}}
        run(house.cast(people))
        compose(desk)
        announced(home)
        progress(desk)
        corrected(desk)
        marked(home)
        asked(desk)
        answered(home)
        result(desk)


def compose(page: Page) -> None:
    tell(page, "gửi thông báo")
    before = answers(page).count()
    page.locator("#file").set_input_files({"name": "lich.jpg", "mimeType": "image/jpeg", "buffer": jpeg(640, 420)})
    assert "gõ nội dung" in said(page, before)
    assert "Thông báo loại nào?" in tell(page, WORDS)
    press(page, "Quan trọng")
    press(page, "Chủ đề của tin")
    press(page, "Điện, nước")
    fits(page, PHONE[0])
    tell(page, "5, 6")
    assert "1 người nhận" in press(page, "Xong phần người nhận")
    fits(page, PHONE[0])
    preview = page.locator(".line.bot", has_text="Thông báo quan trọng của phường Tân Phong: điện, nước").last
    assert preview.locator("b", has_text="mất điện").count() == 1
    picture = preview.locator(".files img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    press(page, "Gửi cho 1 người")


def announced(page: Page) -> None:
    heard(page, "Thông báo quan trọng của phường Tân Phong")
    picture = page.locator(".line.bot .files img").last
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    fits(page, PHONE[0])
    # A picture that grows when it arrives pushes the buttons below it out of sight: it is said that there is more.
    page.evaluate("document.getElementById('scroller').scrollTop = 1e6")
    expect(page.locator("#down")).to_be_hidden()
    picture.evaluate(
        "image => Object.assign(image.style, { height: '900px', maxHeight: 'none', overflowAnchor: 'none' })"
    )
    expect(page.locator("#down")).to_be_visible()
    picture.evaluate("image => image.removeAttribute('style')")
    assert "phường biết anh/chị đã đọc" in press(page, "Đã đọc")


def progress(page: Page) -> None:
    """One line that has changed to its end, and stays one after a reload."""
    heard(page, "Đã gửi 1/1")
    expect(page.locator("[data-post]")).to_have_count(1)
    page.reload()
    heard(page, "Đã gửi 1/1")
    expect(page.locator("[data-post]")).to_have_count(1)


def corrected(page: Page) -> None:
    tell(page, "tin đã gửi")
    tell(page, "1")
    press(page, "Gửi đính chính")
    assert "đúng những người đã nhận" in tell(page, "Mất điện đến 16 giờ, không phải 11 giờ 30.")
    press(page, "Bỏ ảnh kèm")
    press(page, "Gửi cho 1 người")


def marked(page: Page) -> None:
    """The page is open all the while: the old line says at once that it is corrected, and stays where it was."""
    heard(page, "Đính chính của phường Tân Phong")
    heard(page, "Tin này đã được đính chính")
    lines = page.locator(".line.bot")
    told = [lines.nth(number).inner_text() for number in range(lines.count())]
    [old] = [number for number, text in enumerate(told) if "Mai mất điện" in text]
    [new] = [number for number, text in enumerate(told) if "Đính chính của phường" in text]
    assert "Tin này đã được đính chính" in told[old]
    assert old < new
    assert lines.nth(old).locator(".files img").count() == 1
    assert lines.nth(old).locator(".choices").count() == 0
    page.reload()
    heard(page, "Tin này đã được đính chính")
    assert [lines.nth(number).inner_text() for number in range(lines.count())] == told


def asked(page: Page) -> None:
    tell(page, "gửi thông báo")
    press(page, "Hỏi thăm dò")
    tell(page, "Họp tổ buổi nào thì tiện?")
    page.locator("#text").fill("Sáng thứ bảy\nTối chủ nhật")
    before = answers(page).count()
    page.locator("#text").press("Enter")
    said(page, before)
    press(page, "Thường")
    tell(page, "5")
    press(page, "Xong phần người nhận")
    press(page, "Gửi cho 1 người")


def answered(page: Page) -> None:
    heard(page, "hỏi ý kiến bà con")
    expect(choices(page).first).to_have_text("Sáng thứ bảy")
    assert "Đã ghi: Tối chủ nhật" in press(page, "Tối chủ nhật")


def result(page: Page) -> None:
    tell(page, "tin đã gửi")
    tell(page, "1")
    press(page, "Kết quả thăm dò")
    heard(page, "1 người trả lời")
    pictures = page.locator(".line.bot .files img")
    before = pictures.count()
    press(page, "Gửi ảnh kết quả")
    # What the poll has come to may be said first.
    expect(pictures).to_have_count(before + 1, timeout=PATIENT * 1000)
    assert pictures.last.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1080
