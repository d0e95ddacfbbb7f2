"""The views in the Inspector: found records as a table and a summary as a chart, drawn by other people's host in a headless Chromium.

`PYTHONPATH=. python tests/clients/views_in_inspector.py`; ends with status 1 when a step failed. Where no Chromium is installed it says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from socket import create_server
from typing import Any

from conformance import served
from playwright.async_api import FrameLocator, Page, async_playwright
from workshop import Workshop, prepare

from tests.approval.browser import CANDIDATES, MISSING

SECONDS = 90
PORTS = ("CLIENT_PORT", "SERVER_PORT", "MCP_SANDBOX_PORT", "MCP_APP_ORIGIN_PORT")
APPS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("Find records", {"layout": "Invoices", "limit": 5}, "5 of 1,500 records of Invoices"),
    (
        "Summarize records",
        {"layout": "Invoices", "measures": [{"sum": "Total"}], "group_by": ["Status"]},
        "sum Total",
    ),
)


@asynccontextmanager
async def inspected(workshop: Workshop, server: str) -> AsyncGenerator[str]:
    """The Inspector in front of a server; gives the address at which it lets a browser in."""
    program = workshop.folder / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            **{name: _free_port() for name in PORTS},
            "HOME": home,
            "HOST": "127.0.0.1",
            "MCP_AUTO_OPEN_ENABLED": "false",
            "MCP_INSPECTOR_SECRET_STORE": "memory",
        }
        process = await asyncio.create_subprocess_exec(
            str(workshop.node), str(program), "--web", "--transport", "http", "--server-url", server,
            env=environment, stdout=PIPE, stderr=STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            while line := (await process.stdout.readline()).decode():
                if address := re.search(r"http://\S+API_TOKEN\S+", line):
                    reading = asyncio.create_task(process.stdout.read())  # a full pipe would hold it up
                    yield address[0]
                    reading.cancel()
                    return
            raise SystemExit("FAILED the Inspector ended before it listened")
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _free_port() -> str:
    with closing(create_server(("127.0.0.1", 0))) as free:
        return str(free.getsockname()[1])


async def opened(page: Page, app: str, arguments: dict[str, Any]) -> FrameLocator:
    """The frame of an app that was called with these arguments."""
    await page.get_by_text(app, exact=True).click()
    await page.get_by_label("Edit as JSON").press("Space")
    await page.locator("textarea").first.focus()
    await page.keyboard.press("Control+a")
    await page.keyboard.insert_text(json.dumps(arguments))
    await page.get_by_role("button", name="Open App").click()
    return page.frame_locator("iframe").frame_locator("iframe")


async def looked(address: str, browser_path: str, pictures: str) -> list[str]:
    """What went wrong."""
    failed: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1300, "height": 900})
        context.set_default_timeout(SECONDS * 1000 / 3)
        page = await context.new_page()
        await page.goto(address)
        await page.get_by_text("Disconnected").wait_for()
        await page.get_by_label("Connect or disconnect").press("Space")
        await page.get_by_text("Connected", exact=True).wait_for()
        await page.get_by_text("Apps", exact=True).click()
        for app, arguments, words in APPS:
            view = await opened(page, app, arguments)
            await view.get_by_role("table").wait_for()
            text = await view.locator("main").inner_text()
            if pictures:
                await page.screenshot(path=f"{pictures}/inspector-{app}.png")
            if app == "Find records":
                await view.get_by_role("button", name="Total", exact=True).click()
                await view.locator('th[aria-sort="ascending"]').wait_for()
            else:
                await view.get_by_role("slider").wait_for()
            failed += [] if words in text else [f"{app}: {text[:500]}"]
        await browser.close()
    return failed


async def run(workshop: Workshop) -> int:
    browser = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if browser is None:
        sys.stdout.write(f"{MISSING}\n")
        return 1 if os.environ.get("CI") else 0
    async with served() as server, inspected(workshop, server) as address, asyncio.timeout(SECONDS * 2):
        failed = await looked(address, browser, os.environ.get("FILEMAKER_SCREENSHOTS", ""))
    for line in failed or ["the Inspector shows both views"]:
        sys.stdout.write(f"{'FAILED' if failed else 'ok'} {line}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / ".clients"
    sys.exit(asyncio.run(run(prepare(folder))))
