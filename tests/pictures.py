"""Pictures for the documentation: `make pictures` draws the views, plans and the console anew from the sample solution, what a
person sees first in light and in the dark."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, Literal

import httpx
from playwright.async_api import Page

from filemaker_mcp.server.app.sample_server import everything_allowed, sample_folder
from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Drop
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from .approval.browser import page_at
from .assistant import SAMPLE, assisted
from .authorization.served import person, served
from .changes.workshop_host import applied, made, planned
from .console.visitor import console_beside
from .team.test_in_chromium import makes_a_passkey, plans, signs_in
from .views.view_host import view_host

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
WIDE = {"width": 720, "height": 560}
INVOICES = {
    "layout": "Invoices",
    "where": {"Status": "Overdue"},
    "fields": ["Number", "Customers::Name", "Date", "Due Date", "Total"],
    "sort": ["-Total"],
    "limit": 10,
}
YEARS = {
    "layout": "Invoices",
    "where": {"Date": "this_year"},
    "compare": "previous_year",
    "measures": [{"sum": "Total"}],
    "group_by": [{"field": "Date", "by": "month"}],
}
STATUS = {
    "layout": "Invoices",
    "measures": [{"sum": "Total"}],
    "group_by": [{"field": "Date", "by": "quarter"}, "Status"],
}
REMINDERS = """\
[records]
layout = "Invoices"
where = { Status = "Overdue" }
[each]
script = "Send Reminder"
parameter = { field = "Number" }
"""
Scheme = Literal["light", "dark"]
BOTH: tuple[tuple[Scheme, str], ...] = (("light", ""), ("dark", "-dark"))
VIEWS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("view-records", "find_records", INVOICES, "light"),
    ("view-records-dark", "find_records", INVOICES, "dark"),
    ("view-compared", "summarize_records", YEARS, "light"),
    ("view-stacked", "summarize_records", STATUS, "dark"),
)


async def views() -> None:
    async with view_host() as host:
        client = await host.client("modern", viewport=WIDE)
        for name, tool, arguments, theme in VIEWS:
            look = {"theme": theme, "locale": "en-GB"}
            await client.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            await client.show(tool, arguments, context=look, capabilities={"downloadFile": {}, "message": {}})
            await client.view.get_by_role("table").wait_for()
            if tool == "summarize_records":
                await client.view.get_by_role("slider").hover()
            high = await client.page.locator("iframe").evaluate("each => each.offsetHeight")
            await client.page.screenshot(
                path=FOLDER / f"{name}.png",
                clip={"x": 0, "y": 0, "width": WIDE["width"], "height": min(int(high), WIDE["height"])},
            )


async def console(folder: Path) -> None:
    """Two plans that wait, a change that was carried out, and a runbook of which two records have no answer."""
    (folder / "reminders.toml").write_text(REMINDERS, encoding="utf-8")
    place = {"FILEMAKER_STATE": str(folder / "state.db"), "FILEMAKER_RUNBOOKS": str(folder)}
    settings = configured(SAMPLE | everything_allowed() | place)
    emulator = Emulator([sample_folder()])
    faults = FaultLayer(emulator.app, SystemClock())
    for answered in (1, 3):
        faults.arm(Match(path="*/script/Send*", skip=answered), Drop(processed=False))
    transport = httpx.ASGITransport(app=faults)
    async with (
        assisted(
            place | {"FILEMAKER_APPROVAL": "client"}, emulator=emulator, transport=transport
        ) as assistant,
        console_beside(assistant, settings, folder / "state.db") as visitor,
    ):
        await made(assistant, "run_script", script="reminders")
        small = await planned(
            assistant, "edit_records", layout="Products", ids=["1", "2"], values={"Stock": 40}
        )
        await applied(assistant, small)
        found = await assistant.ask("find_records", layout="Products")
        dearer = {"Price": {"add": "1.50"}}
        prices = await planned(
            assistant, "edit_records", found_set=found["found_set"], values=dearer, max_records=500
        )
        tasks = await planned(assistant, "delete_records", layout="Tasks", ids=["1", "2"])
        async with page_at(visitor.origin + visitor.link) as page:
            for name, address, width, schemes in (
                ("waiting", "/", 900, BOTH),
                ("plan", f"/changes/{prices['change_id']}", 1000, BOTH[:1]),
                ("delete", f"/changes/{tasks['change_id']}", 900, BOTH[:1]),
                ("change", f"/changes/{small['change_id']}", 900, BOTH[:1]),
                ("narrow", f"/changes/{tasks['change_id']}", 360, BOTH[1:]),
            ):
                await page.set_viewport_size({"width": width, "height": 760})
                await page.goto(visitor.origin + address)
                await page.locator(".record").first.wait_for()
                for scheme, suffix in schemes:
                    await page.emulate_media(color_scheme=scheme)
                    await page.screenshot(path=FOLDER / f"{name}{suffix}.png")


async def team(folder: Path) -> None:
    """A person lets a program in, and an approver sees what waits."""
    sign_in = {"passkeys": True, "approvers_see_all": True}
    size: Any = {"width": 480, "height": 760}
    async with (
        served(folder, sign_in, roles={"lea": "approver"}) as here,
        person(viewport=size) as adas,
        person(viewport=size) as device,
    ):

        async def seen(page: Page, name: str) -> None:
            high = await page.locator("main").evaluate("each => each.getBoundingClientRect().bottom")
            clip: Any = {"x": 0, "y": 0, "width": size["width"], "height": min(high, size["height"])}
            await page.screenshot(path=FOLDER / f"team-{name}.png", clip=clip)

        async def in_both(page: Page, name: str) -> None:
            for scheme, suffix in BOTH:
                await page.emulate_media(color_scheme=scheme)
                await seen(page, f"{name}{suffix}")
            await page.emulate_media(color_scheme="light")

        await plans(here, adas.page, lambda: seen(adas.page, "consent"))
        page = device.page
        await makes_a_passkey(here, page, "lea")
        await page.goto(here.origin)
        await page.get_by_role("button", name="Use your passkey").wait_for()
        await in_both(page, "sign-in")
        await signs_in(here, page)
        await page.locator(".record").first.wait_for()
        await seen(page, "waiting")
        await page.get_by_role("link", name="Delete 2 records").click()
        await page.locator("article.record").first.wait_for()
        await seen(page, "agree")
        page = adas.page
        await signs_in(here, page, "/files")
        note = folder / "supplier note.txt"
        note.write_text("It costs less.", encoding="utf-8")
        await page.get_by_label("Send a file in").set_input_files(note)
        await page.get_by_role("button", name="Send", exact=True).click()
        await page.get_by_role("link", name=note.name).wait_for()
        await in_both(page, "files")


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    await views()
    with tempfile.TemporaryDirectory() as folder:
        await console(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        await team(Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
