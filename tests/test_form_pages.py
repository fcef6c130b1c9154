"""Every form on the page in Chromium, typed on a phone from the first question to the receipt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from channels.web_session import COOKIE
from tests.house import PATIENT, House, opened
from tests.test_browser import ARGUMENTS, CHROMIUM, PHONE
from tests.test_browser import pytestmark as needs_chromium
from tests.test_form_browser import SETTLED
from tests.test_form_channels import FORMS, cast, fills_in

pytestmark = [*needs_chromium, pytest.mark.anyio, pytest.mark.slow]

# Wider or taller than the screen, by so many pixels.
BEYOND = """
() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]
"""


class Visitor:
    """Somebody with the page open on a phone."""

    def __init__(self, page: Page, session: str) -> None:
        self._page = page
        self.name = f"web/{session.partition('.')[0]}"
        self.heard = ""

    async def say(self, text: str) -> None:
        """Type something, and wait for what is said to it."""
        lines = self._page.locator(".line.bot")
        before = await lines.count()
        field = self._page.get_by_label("Câu hỏi của anh/chị")
        await field.fill(text)
        await field.press("Enter")
        await self._page.wait_for_function(SETTLED, arg=before)
        self.heard = "\n\n".join((await lines.all_inner_texts())[before:])

    async def fits(self) -> bool:
        """Whether nothing reaches beyond the screen."""
        beyond: list[int] = await self._page.evaluate(BEYOND)
        return max(beyond) <= 0


@asynccontextmanager
async def visitor(chromium: Browser, house: House) -> AsyncIterator[Visitor]:
    """Open the page, and wait for the greeting and the notice."""
    width, height = PHONE
    context = await chromium.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    context.set_default_timeout(PATIENT * 1000)
    page = await context.new_page()
    await page.goto(house.url)
    await page.locator(".line.bot").nth(1).wait_for()
    [session] = [one.get("value", "") for one in await context.cookies() if one.get("name") == COOKIE]
    yield Visitor(page, session)
    await context.close()


async def test_every_form_on_a_phone(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, async_playwright() as playwright, AsyncExitStack() as stack:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        people = {form: await stack.enter_async_context(visitor(chromium, house)) for form in FORMS}
        await house.cast(cast({form: who.name for form, who in people.items()}))
        at_once = asyncio.Semaphore(4)

        async def walk(form: str, who: Visitor) -> None:
            async with at_once:
                assert (await fills_in(house, who, form)).form == form
                assert await who.fits(), form

        await asyncio.gather(*[walk(form, who) for form, who in people.items()])
