"""The console in Chromium: every page in light and dark, from wide to narrow, by the rules of WCAG 2.2 AA."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Drop
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..approval.browser import faults, page_at
from ..approval.people import SOON, many_jobs
from ..changes.workshop_host import applied, made, planned
from .visitor import Visitor, visited

pytestmark = pytest.mark.anyio

PERSON = {
    "FILEMAKER_APPROVAL": "by_risk",
    "FILEMAKER_BULK_LIMIT": "5",
    "FILEMAKER_SCRIPTS": '{"Stamp": {"effect": "changes"}}',
    **SOON,
}
RUNBOOK = """\
[records]
layout = "Jobs"
where = { ID = "J-00001" }
[each]
script = "Stamp"
parameter = { field = "ID" }
"""
HOSTILE = "<img src=x onerror=\"document.title='gone'\"></script>\u202egnp.exe\x00end"
SHOTS = os.environ.get("FILEMAKER_SCREENSHOTS")
"""A folder for pictures of what was looked at."""


async def something_happened(visitor: Visitor) -> str:
    """A change that was carried out, one that waits, a record that a runbook left, and some usage. The id of the one that was
    carried out."""
    assistant = visitor.assistant
    done = await planned(
        assistant, "edit_records", layout="Jobs", ids=["1", "2"], values={"Ref": HOSTILE, "Hours": 3.5}
    )
    await applied(assistant, done)
    assert (await made(assistant, "run_script", script="stamp all"))["state"] == "unknown"
    found = await assistant.ask("find_records", layout="Jobs")
    await planned(
        assistant,
        "edit_records",
        found_set=found["found_set"],
        values={"Title": {"append": "!"}},
        max_records=60,
    )
    (workspace,) = assistant.application.workspaces.values()
    await workspace.usage.write()
    return str(done["change_id"])


BOTH = ("connection", "change")
"""Pages on which every kind of sign stands. The others are judged in the dark alone, and those that are made as another not again."""
AS_ANOTHER = ("policy", "undo")


async def looked_at(page: Page, name: str) -> None:
    """Narrow in the dark, wide in light: no fault and nothing that scrolls sideways."""
    await page.wait_for_load_state()  # a form's next page is there before its style is
    for scheme, width in (("dark", 280), ("light", 760)):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if name not in AS_ANOTHER and (scheme == "dark" or name in BOTH):
            assert await faults(page) == [], (name, scheme)
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/console-{name}-{scheme}.png", full_page=True)


async def test_every_page_is_accessible_and_fits_and_hostile_text_stays_text(tmp_path: Path) -> None:
    (tmp_path / "stamp all.toml").write_text(RUNBOOK, encoding="utf-8")
    emulator = many_jobs(tmp_path, 56)
    layer = FaultLayer(emulator.app, SystemClock())
    layer.arm(Match(path="*/script/Stamp"), Drop(processed=False))
    rules = PERSON | {"FILEMAKER_RUNBOOKS": str(tmp_path)}
    host = httpx.ASGITransport(app=layer)
    async with visited(tmp_path, rules, emulator=emulator, transport=host) as visitor:
        change = await something_happened(visitor)
        async with page_at(visitor.origin + visitor.link) as page:
            await page.get_by_role("button", name="It was done").wait_for()
            await looked_at(page, "waiting")
            for name in ("Changes", "Jobs", "Connection", "Usage", "Journal", "Policy"):
                await page.get_by_role("navigation", name="Console").get_by_role("link", name=name).click()
                await page.get_by_role("heading", level=1).wait_for()
                current = page.locator("header [aria-current=page]")
                assert await current.inner_text() == name
                if name == "Connection":
                    await page.get_by_role("button", name="Check now").click()
                    await page.locator(".stages li").first.wait_for()
                if name == "Journal":
                    await page.get_by_role("link", name="Check the chain").click()
                    await page.get_by_text("The chain is whole").wait_for()
                await looked_at(page, name.lower())
            await page.goto(f"{visitor.origin}/changes/{change}")
            assert "⟨right-to-left override⟩gnp.exe⟨U+0000⟩end" in await page.inner_text("main")
            assert await page.title() == change
            assert await page.locator("img, script").count() == 0
            await looked_at(page, "change")
            await page.get_by_role("button", name="Plan the way back").focus()
            await page.keyboard.press("Enter")
            await page.get_by_role("button", name="Do not change anything").wait_for()
            await looked_at(page, "undo")
            await page.emulate_media(forced_colors="active")
            before = page.locator("article del").first
            assert (
                await before.evaluate("each => getComputedStyle(each).textDecorationLine") == "line-through"
            )
            assert await page.evaluate("document.querySelector(':focus-visible') !== null")
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/console-undo-forced-colours.png")
            await page.emulate_media(media="print", forced_colors="none")
            assert await before.is_visible()
            assert not await page.locator(".decide").is_visible(), (
                "it would lie over the records of each sheet"
            )
            assert not await page.get_by_role("navigation").first.is_visible()
