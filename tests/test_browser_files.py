"""Files on the page in Chromium, on a phone: a link and a picture that come, a photo that is sent."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from channels.web_session import COOKIE
from conversation import Attachment, NoFile, PaperFile, Reply
from storage.offers import Offers
from storage.shelf import Shelf
from tests.pictures import PNG, jpeg, png
from tests.test_browser import CHROMIUM, PHONE, answers, browser, notice, open_context, own, pytestmark
from tests.test_web import Site

__all__ = ["CHROMIUM", "browser", "pytestmark"]

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = PaperFile("phu-luc-I-danh-sach-de-nghi-khen-thuong-nien-han.xlsx", SHEET, b"PK" + b"x" * 123_456)
CHART = PaperFile("tien-do.png", PNG, png(900, 600))
KINDS = ("paper", "chart", "broken", "empty")
REPLY = Reply(Markup("Tệp đây."), attachments=tuple(map(Attachment, KINDS)))


async def render(attachment: Attachment) -> PaperFile:
    if attachment.kind == "slow":
        await asyncio.sleep(5)
        return CHART
    if attachment.kind == "empty":
        raise NoFile("Chưa có bài nào được duyệt trong đợt này.")
    return {"paper": PAPER, "chart": CHART}[attachment.kind]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(Offers(Shelf(tmp_path / "shelf"), Shelf(tmp_path / "uploads"), render))
    yield site
    site.stop()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with open_context(browser, PHONE) as context:
        yield context


@pytest.fixture
def page(phone: BrowserContext, site: Site) -> Iterator[Page]:
    page = phone.new_page()
    page.set_default_timeout(20_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    # From the beginning: told at the moment itself, a busy browser opens a window of its own.
    page.on("filechooser", lambda _: None)
    page.goto(site.url)
    expect(answers(page)).to_have_count(1)
    yield page
    assert wrong == []


def visitor_of(page: Page) -> str:
    """The chat of the page."""
    [value] = [cookie.get("value", "") for cookie in page.context.cookies() if cookie.get("name") == COOKIE]
    return value.partition(".")[0]


def test_a_paper_and_a_picture_come_and_are_downloaded(site: Site, page: Page) -> None:
    chat = visitor_of(page)
    site.loop.call_soon_threadsafe(site.history.add, chat, False, REPLY)
    expect(answers(page)).to_have_count(2)
    items = page.get_by_role("list", name="Tệp để tải về").get_by_role("listitem")
    expect(items).to_have_count(4)
    expect(items.nth(0)).to_contain_text(f"{PAPER.name} (123 kB)")
    expect(items.nth(1)).to_contain_text("tien-do.png (")
    expect(items.nth(2)).to_have_text("Chưa làm được tệp này. Anh/chị tải lại trang sau ít phút.")
    expect(items.nth(3)).to_have_text("Chưa có bài nào được duyệt trong đợt này.")
    with page.expect_download() as waiting:
        items.nth(0).get_by_role("link").tap()
    assert waiting.value.suggested_filename == PAPER.name
    assert Path(waiting.value.path()).read_bytes() == PAPER.content
    picture = page.locator(".files img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    box = picture.bounding_box()
    assert box is not None
    assert 100 < box["width"] <= 280
    for link in page.locator(".files a").all():
        size = link.bounding_box()
        assert size is not None
        assert size["height"] >= 44
    assert page.evaluate("document.getElementById('scroller').scrollWidth") <= PHONE[0]
    # The same after a reload.
    page.reload()
    expect(page.locator(".files a")).to_have_count(2)


def test_a_file_that_takes_its_time_holds_up_nothing(site: Site, page: Page) -> None:
    chat = visitor_of(page)
    reply = Reply(Markup("Ảnh tiến độ đây."), attachments=(Attachment("slow"),))
    site.loop.call_soon_threadsafe(site.history.add, chat, False, reply)
    page.wait_for_timeout(500)
    page.reload()
    expect(answers(page)).to_have_count(2, timeout=4_500)
    expect(page.locator(".lost")).to_have_text("Đang làm tệp…")
    expect(page.locator(".files img")).to_be_visible(timeout=10_000)
    expect(page.locator(".lost")).to_have_count(0)


def test_a_photo_is_sent_with_the_keyboard_alone(site: Site, page: Page) -> None:
    button = page.get_by_role("button", name="Gửi ảnh hoặc tệp")
    button.focus()
    with page.expect_file_chooser() as waiting:
        page.keyboard.press("Enter")
    waiting.value.set_files({"name": "họp tổ.jpg", "mimeType": "image/jpeg", "buffer": jpeg(640, 480)})
    expect(answers(page)).to_have_count(2)
    expect(answers(page).last).to_contain_text("Đã nhận họp tổ.jpg.")
    expect(own(page)).to_have_count(1)
    expect(own(page).last).to_contain_text("họp tổ.jpg")
    expect(page.locator("progress")).to_have_count(0)
    expect(page.locator("#typing")).to_be_empty()
    expect(button).to_be_focused()
    assert len(site.received) == 2


def test_how_far_a_file_has_come_is_drawn(site: Site, page: Page) -> None:
    held: list[Route] = []
    page.route("**/tep", lambda route: held.append(route))
    choose(page, "lon.pdf", b"%PDF" + b"x" * 2_000_000)
    bar = page.get_by_role("progressbar", name="Đang gửi tệp")
    expect(bar).to_be_visible()
    expect(own(page).last).to_contain_text("lon.pdf")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(answers(page)).to_have_count(2)
    expect(bar).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"x" * 10_000_001, "Tệp này lớn hơn 10 MB. Anh/chị chọn một bản nhỏ hơn."),
        ("a.pdf", b"", "Tệp này không có gì bên trong. Anh/chị chọn tệp khác."),
        ("a.exe", b"MZ", "Chỉ gửi được ảnh JPEG, PNG và tệp PDF, XLSX, DOCX."),
    ],
)
def test_a_file_that_cannot_be_sent_is_said_at_once(
    site: Site, page: Page, name: str, content: bytes, sentence: str
) -> None:
    choose(page, name, content)
    expect(notice(page)).to_have_text(sentence)
    expect(own(page)).to_have_count(0)
    assert len(site.received) == 1


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (0, "Chưa gửi được tệp. Xin chọn lại tệp và gửi lần nữa."),
        (503, "Chưa gửi được tệp. Xin chọn lại tệp và gửi lần nữa."),
        (413, "Tệp này lớn hơn 10 MB. Anh/chị chọn một bản nhỏ hơn."),
        (429, "Anh/chị gửi nhiều tệp quá. Xin chờ vài phút rồi gửi tiếp."),
    ],
)
def test_a_file_that_did_not_arrive_is_said_and_may_be_sent_again(
    site: Site, page: Page, status: int, sentence: str
) -> None:
    page.route("**/tep", lambda route: route.fulfill(status=status) if status else route.abort())
    choose(page, "a.jpg", jpeg())
    expect(notice(page)).to_have_text(sentence)
    expect(own(page).last.locator(".note")).to_have_text(sentence)
    expect(page.locator("progress")).to_have_count(0)
    page.unroute("**/tep")
    choose(page, "a.jpg", jpeg())
    expect(answers(page)).to_have_count(2)
    expect(notice(page)).to_be_empty()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
