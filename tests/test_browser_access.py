"""The page for everybody: keyboard, thumb, screen reader, contrast, no motion."""

import re

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    expect,
)

from tests.bot_process import BotProcess
from tests.test_browser import (
    DESKTOP,
    PHONE,
    QUESTION,
    answers,
    ask,
    bot,
    browser,
    choices,
    desktop,
    field,
    open_context,
    open_page,
    own,
    phone,
    pytestmark,
)

__all__ = ["bot", "browser", "desktop", "phone", "pytestmark"]


def test_the_keyboard_alone_is_enough(bot: BotProcess, desktop: BrowserContext) -> None:
    page = open_page(desktop, bot.url)
    expect(field(page)).to_be_focused()
    page.keyboard.type("hạn nộp báo cáo")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("là khi nào")
    assert field(page).input_value() == "hạn nộp báo cáo\nlà khi nào"
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(3)
    expect(field(page)).to_be_focused()
    assert field(page).input_value() == ""

    last = choices(page).last
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Gửi ảnh hoặc tệp")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    if page.locator("#down").is_visible():
        page.keyboard.press("Shift+Tab")
    expect(last).to_be_focused()
    assert last.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(4)
    # Nothing has taken the place away from somebody who goes on by keyboard.
    assert page.evaluate("document.activeElement.closest('.choices') !== null")


def test_enter_ends_a_word_while_an_input_method_composes(bot: BotProcess, desktop: BrowserContext) -> None:
    page = open_page(desktop, bot.url)
    field(page).fill("hạn nộp")
    for event in ({"isComposing": True}, {"keyCode": 229}):
        field(page).dispatch_event("keydown", {"key": "Enter", "bubbles": True, **event})
    assert field(page).input_value() == "hạn nộp"
    expect(own(page)).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everything_fits_and_can_be_hit_with_a_thumb(bot: BotProcess, browser: Browser, size: tuple[int, int]) -> None:
    with open_context(browser, size) as context:
        page = open_page(context, bot.url)
        ask(page, "x" * 300)
        ask(page, QUESTION)
        width = page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.getElementById('scroller').scrollWidth)"
        )
        assert width <= size[0]
        for button in page.locator("button:visible, textarea").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 44, button.inner_text()
            assert box["width"] >= 44, button.inner_text()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size[0]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_long_talk_scrolls_between_head_and_composer(
    bot: BotProcess, browser: Browser, size: tuple[int, int]
) -> None:
    with open_context(browser, size) as context:
        page = open_page(context, bot.url)
        for _ in range(5):
            ask(page, QUESTION)
        tall, seen = page.evaluate("[document.documentElement.scrollHeight, window.innerHeight]")
        assert tall <= seen
        assert page.evaluate("(window.scrollTo(0, 1000), window.scrollY)") == 0


CONTRAST = """
(element) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = element;
  while (/, 0\\)$/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  const one = light(getComputedStyle(element).color);
  const two = light(getComputedStyle(behind).backgroundColor);
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_by_day_and_by_night(bot: BotProcess, browser: Browser, scheme: str) -> None:
    with open_context(browser, PHONE, scheme) as context:
        page = open_page(context, bot.url)
        ask(page, QUESTION)
        bright = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", bright)[:3])) > 384) == (scheme == "light")
        for place in [".bot .bubble", ".own .bubble", "h1"]:
            assert page.locator(place).first.evaluate(CONTRAST) >= 7, place
        for place in ["time", ".choices button", ".choices.old button", ".ward p", ".day"]:
            assert page.locator(place).first.evaluate(CONTRAST) >= 4.5, place
        assert page.locator("form button[type=submit]").evaluate(CONTRAST) >= 4.5


def test_a_screen_reader_hears_what_arrives(bot: BotProcess, phone: BrowserContext) -> None:
    page = open_page(phone, bot.url)
    log = page.get_by_role("log", name="Tin nhắn")
    expect(log).to_have_attribute("aria-live", "polite")
    ask(page, QUESTION)
    expect(answers(page).last).to_contain_text("Bạn Phố trả lời:")
    assert page.get_by_role("button", name="Gửi", exact=True).is_visible()
    assert page.get_by_role("button", name="Gửi ảnh hoặc tệp").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    group = page.get_by_role("group", name="Chọn một mục").last
    assert group.get_by_role("button").count() == choices(page).count()


def test_nothing_moves_for_those_who_ask_for_stillness(bot: BotProcess, phone: BrowserContext) -> None:
    page = open_page(phone, bot.url)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("document.getElementById('typing').textContent = '…'")
    name = page.locator("#typing").evaluate("e => getComputedStyle(e).animationName")
    assert name == "none"
