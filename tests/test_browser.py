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


@pytest.mark.parametrize(
    ("html", "built"),
    [
        ("<b>a</b> &lt;b&gt; <i>b</i>", "<b>a</b> &lt;b&gt; <i>b</i>"),
        ("a\nb\n\nc", 'a<br>b<span class="gap"></span>c'),
        ("a\n\n<blockquote>b\nc</blockquote>\nd", "a<blockquote>b<br>c</blockquote>d"),
        ("<script>x</script><style>y</style>a", "a"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("<b onclick='x' class='y' style='z'>a</b>", "<b>a</b>"),
        ("<svg><a href='javascript:x'>a</a></svg>b", "b"),
        ("<a href='javascript:alert(1)'>a</a>", "a"),
        ("<a href=' java\nscript:alert(1)'>a</a>", "a"),
        ("<a href='//elsewhere.example'>a</a>", "a"),
        ("<iframe src='https://elsewhere.example'></iframe>a", "a"),
        ("<div><p>a</p></div>", "a"),
        ("<form action=/x><input name=a><button>b</button></form>", "b"),
        (
            "<a href='tel:113' target=x onclick=y>a</a>",
            '<a href="tel:113" target="_blank" rel="noopener noreferrer">a</a>',
        ),
        ("<b>a <blockquote>b <a href='https://x.vn'>c", None),
    ],
)
def test_only_the_small_tag_set_is_built(page_alone: Page, html: str, built: str | None) -> None:
    made = page_alone.evaluate(
        """async (html) => {
          const { render } = await import("/page/markup.js");
          const holder = document.createElement("div");
          holder.append(render(html));
          return holder.innerHTML;
        }""",
        html,
    )
    tags = {tag.lower() for tag in re.findall(r"<(\w+)", made)}
    assert tags <= {"b", "i", "u", "s", "code", "blockquote", "a", "br", "span"}
    if built is not None:
        assert made == built


@pytest.fixture(scope="module")
def page_alone(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with BotProcess(tmp_path_factory.mktemp("bot")) as bot, browser.new_context() as context:
        page = context.new_page()
        page.goto(bot.url)
        yield page


def test_nothing_is_fetched_from_elsewhere_and_nothing_breaks_the_policy(
    bot: BotProcess, desktop: BrowserContext
) -> None:
    page = desktop.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(bot.url)
    expect(answers(page)).to_have_count(2)
    ask(page, QUESTION)
    choices(page).first.click()
    expect(answers(page)).to_have_count(4)
    assert wrong == []
    assert all(url.startswith(bot.url) for url in asked)
