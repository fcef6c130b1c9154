"""What the page builds and fetches: a small tag set, and nothing from elsewhere."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    expect,
)

from tests.bot_process import BotProcess
from tests.test_browser import QUESTION, answers, ask, bot, browser, choices, desktop, pytestmark

__all__ = ["bot", "browser", "desktop", "pytestmark"]


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
