"""Pictures for the documentation: `make pictures` draws the views, a plan and the console anew from the sample solution."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.config.configuration import configured

from .approval.browser import page_at
from .assistant import SAMPLE, assisted
from .console.visitor import console_beside
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
VIEWS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("view-records", "find_records", INVOICES, "light"),
    ("view-compared", "summarize_records", YEARS, "light"),
    ("view-stacked", "summarize_records", STATUS, "dark"),
)


async def views() -> None:
    async with view_host() as host:
        client = await host.client("modern", viewport=WIDE)
        for name, tool, arguments, theme in VIEWS:
            look = {"theme": theme, "locale": "en-GB"}
            await client.show(tool, arguments, context=look, capabilities={"downloadFile": {}, "message": {}})
            await client.view.get_by_role("table").wait_for()
            if tool == "summarize_records":
                await client.view.get_by_role("slider").hover()
            await client.page.screenshot(path=FOLDER / f"{name}.png")


async def console(folder: Path) -> None:
    state = {"FILEMAKER_STATE": str(folder / "state.db"), "FILEMAKER_APPROVAL_SECONDS": "0.05"}
    settings = configured(SAMPLE | everything_allowed() | state)
    async with (
        assisted(state) as assistant,
        console_beside(assistant, settings, folder / "state.db") as visitor,
    ):
        found = await assistant.ask("find_records", layout="Products")
        prices = {"Price": {"add": "1.50"}}
        await assistant.ask("edit_records", found_set=found["found_set"], values=prices, max_records=500)
        small = await assistant.ask("edit_records", layout="Products", ids=["1", "2"], values={"Stock": 40})
        await assistant.ask("apply_change", change_id=small["change_id"])
        async with page_at(visitor.origin + visitor.link, viewport={"width": 900, "height": 620}) as page:
            await page.locator(".changes a").first.click()
            await page.locator("article.record").first.wait_for()
            await page.screenshot(path=FOLDER / "plan.png")
            await page.goto(f"{visitor.origin}/changes/{small['change_id']}")
            await page.screenshot(path=FOLDER / "change.png")


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    await views()
    with tempfile.TemporaryDirectory() as folder:
        await console(Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
