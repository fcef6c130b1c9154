"""The page in Chromium: a phone and a desktop, a mouse, a finger and a keyboard."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.bot_process import BotProcess, run

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = (360, 740), (1280, 800)

QUESTION = "Hạn nộp báo cáo là khi nào?"
ANOTHER = "Tiêu chí 3.15 nói gì?"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and os.environ.get("CI") != "true",
        reason=f"{CHROMIUM} is missing: install Chromium (apt-get install chromium)",
    ),
]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotProcess]:
    with BotProcess(tmp_path) as process:
        yield process


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with open_context(browser, PHONE) as context:
        yield context


@pytest.fixture
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    with open_context(browser, DESKTOP) as context:
        yield context


def open_context(browser: Browser, size: tuple[int, int], scheme: str = "light") -> BrowserContext:
    phone = size == PHONE
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=phone,
        is_mobile=phone,
        color_scheme="dark" if scheme == "dark" else "light",
        locale="vi-VN",
    )


def open_page(context: BrowserContext, url: str) -> Page:
    """Open the page and wait for the greeting and the notice."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(url)
    expect(answers(page)).to_have_count(2)
    return page


def answers(page: Page) -> Locator:
    return page.locator(".line.bot")


def own(page: Page) -> Locator:
    return page.locator(".line.own")


def choices(page: Page) -> Locator:
    """Return the choices that are open, not those of earlier lines."""
    return page.locator(".choices:not(.old) button")


def field(page: Page) -> Locator:
    return page.get_by_label("Câu hỏi của anh/chị")


def notice(page: Page) -> Locator:
    return page.locator("#notice")


def ask(page: Page, text: str) -> None:
    """Ask and wait for the answer."""
    before = answers(page).count()
    field(page).fill(text)
    field(page).press("Enter")
    expect(own(page).last).to_contain_text(text)
    expect(answers(page)).to_have_count(before + 1, timeout=20_000)


def shown(page: Page) -> list[str]:
    return page.locator(".line .bubble").all_inner_texts()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_ask_press_reload_restart_go_on(bot: BotProcess, browser: Browser, size: tuple[int, int]) -> None:
    with open_context(browser, size) as context:
        page = open_page(context, bot.url)
        ask(page, QUESTION)
        expect(choices(page).first).to_be_visible()
        label = choices(page).first.inner_text()
        choices(page).first.click()
        expect(own(page)).to_have_count(2)
        expect(own(page).last).to_contain_text(label)
        expect(answers(page)).to_have_count(4)

        before = shown(page)
        page.reload()
        expect(answers(page)).to_have_count(4)
        assert shown(page) == before

        bot.kill()
        expect(notice(page)).to_have_text("Đang kết nối lại…")
        field(page).fill(ANOTHER)
        field(page).press("Enter")
        expect(own(page).last).to_contain_text("Đang chờ gửi")
        bot.start()
        expect(answers(page)).to_have_count(5, timeout=20_000)
        expect(notice(page)).to_be_empty()
        ask(page, QUESTION)
        assert len(shown(page)) == len(before) + 4
        assert shown(page)[: len(before)] == before


def test_a_message_typed_while_the_bot_is_away_survives_a_reload_of_the_page(
    bot: BotProcess, phone: BrowserContext
) -> None:
    page = open_page(phone, bot.url)
    page.route("**/messages", lambda route: route.abort())
    field(page).fill(QUESTION)
    field(page).press("Enter")
    expect(own(page).last).to_contain_text("Đang chờ gửi")
    page.unroute("**/messages")
    page.reload()
    expect(answers(page)).to_have_count(3, timeout=20_000)
    expect(own(page)).to_have_count(1)


def test_a_message_whose_answer_is_lost_arrives_once(bot: BotProcess, phone: BrowserContext) -> None:
    page = open_page(phone, bot.url)
    posts = 0

    def lose_first(route: Route) -> None:
        nonlocal posts
        posts += 1
        if posts == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/messages", lose_first)
    ask(page, QUESTION)
    page.wait_for_timeout(1000)
    expect(own(page)).to_have_count(1)
    expect(answers(page)).to_have_count(3)


@pytest.mark.slow
def test_messages_sent_too_fast_all_arrive_in_order(bot: BotProcess, desktop: BrowserContext) -> None:
    page = open_page(desktop, bot.url)
    for number in range(12):
        field(page).fill(f"tin số {number}")
        field(page).press("Enter")
    expect(notice(page)).to_contain_text("hơi nhanh")
    expect(answers(page)).to_have_count(14, timeout=25_000)
    texts = own(page).locator(".bubble").all_inner_texts()
    assert [text.split("\n")[0] for text in texts] == [f"tin số {number}" for number in range(12)]
    expect(notice(page)).to_be_empty()


def test_a_link_brings_its_code_once(bot: BotProcess, phone: BrowserContext) -> None:
    made = run(bot.folder, "invite", "--role", "leader", "--unit", "tdp-05", PUBLIC_URL="http://127.0.0.1")
    (link,) = re.findall(r"http://\S+", made.stdout)
    page = phone.new_page()
    page.set_default_timeout(20_000)
    page.goto(bot.url + link.removeprefix("http://127.0.0.1"))
    # What the code gives, then the notice: nothing is given before it is answered.
    expect(answers(page).first).to_contain_text("Mã này mời anh/chị làm người phụ trách Tổ dân phố số 5")
    assert page.url == f"{bot.url}/"
    expect(own(page)).to_have_count(0)
    choices(page).get_by_text("Đồng ý").click()
    expect(answers(page).last).to_contain_text("Từ hôm nay anh/chị là người phụ trách Tổ dân phố số 5")
    before = shown(page)
    page.reload()
    expect(answers(page)).to_have_count(3)
    assert shown(page) == before
    # The same link again, as on another telephone: the code is used up.
    page.goto(bot.url + link.removeprefix("http://127.0.0.1"))
    expect(answers(page).last).to_contain_text("đã dùng rồi")


def test_two_pages_of_one_person_show_the_same(bot: BotProcess, desktop: BrowserContext) -> None:
    one, two = open_page(desktop, bot.url), open_page(desktop, bot.url)
    ask(one, QUESTION)
    expect(answers(two)).to_have_count(3)
    ask(two, ANOTHER)
    expect(answers(one)).to_have_count(4)
    assert shown(one) == shown(two)


def test_what_is_being_answered_is_said(bot: BotProcess, phone: BrowserContext) -> None:
    page = open_page(phone, bot.url)
    expect(page.locator("#typing")).to_be_empty()
    # The field's own event loop reports every change, so a quick answer is not missed.
    page.evaluate(
        """() => { window.seen = [];
        new MutationObserver(() => window.seen.push(document.getElementById("typing").textContent))
          .observe(document.getElementById("typing"), { childList: true }); }"""
    )
    ask(page, QUESTION)
    expect(page.locator("#typing")).to_be_empty()
    assert "Bạn Phố đang trả lời…" in page.evaluate("window.seen")


def test_a_long_message_is_kept_and_said_to_be_long(bot: BotProcess, phone: BrowserContext) -> None:
    page = open_page(phone, bot.url)
    field(page).fill("ă" * 4001)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(notice(page)).to_contain_text("4.000 ký tự")
    assert len(field(page).input_value()) == 4001
    field(page).fill("ă" * 4000)
    expect(notice(page)).to_be_empty()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(answers(page)).to_have_count(3)


def test_english_words_where_the_person_chose_them(bot: BotProcess, phone: BrowserContext) -> None:
    page = open_page(phone, bot.url)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_visible()
