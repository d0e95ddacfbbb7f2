"""A real browser, where one is installed: Chromium of this machine, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import Browser, Frame, Page, async_playwright

REFUSED = "the server responded with a status of 4"
"""Chromium's own note on a page that says what is wrong."""
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "no Chromium is installed, so pages are not looked at in a browser"


SETTINGS = ("--no-sandbox", "--disable-site-isolation-trials", "--renderer-process-limit=1")
"""One process draws all frames, whose origins and policies hold as ever: a fifth less to do than one for each."""


def chromium() -> str:
    """Its path. Without one the test is skipped, and fails in continuous integration on Linux."""
    found = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if found is None and os.environ.get("CI") and os.environ.get("RUNNER_OS", "Linux") == "Linux":
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


@asynccontextmanager
async def launched() -> AsyncGenerator[Browser]:
    """It costs a second of processor time."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=SETTINGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def page_at(address: str, browser: Browser | None = None, **context: Any) -> AsyncGenerator[Page]:
    """A page with memory of its own, in a browser of its own unless one is given; what it complains of fails the test."""
    async with AsyncExitStack() as until_closed:
        browser = browser or await until_closed.enter_async_context(launched())
        looking = await until_closed.enter_async_context(await browser.new_context(**context))
        page = await looking.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(address)
        yield page
        assert [each for each in complaints if REFUSED not in each] == []


async def faults(page: Page | Frame) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page as it stands."""
    import axe_playwright_python

    if not await page.evaluate("'axe' in window"):
        script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
        await page.evaluate(script.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    found = cast("dict[str, Any]", await page.evaluate("options => axe.run(options)", options))
    return [
        f"{fault['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
