"""The pages of a plan in Chromium: 5,000 different edits can all be looked at, by keyboard, in the dark, on a narrow screen."""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Literal

import anyio.to_thread
import pytest
from playwright.async_api import Browser, Page

from ..assistant import Assistant
from ..changes.workshop_host import applied, changes_of, in_workshop, planned
from .browser import faults, launched, page_at
from .people import ASKED, SOON, Person, many_jobs

pytestmark = pytest.mark.anyio

RECORDS = 5_000 if os.environ.get("FILEMAKER_SOAK") else 1_500
PAGES = RECORDS // 50
SHOTS = os.environ.get("FILEMAKER_SCREENSHOTS")
"""A folder for pictures of what was looked at."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Of the module, since its browser is driven by one event loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with launched() as browser:
        yield browser


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png")


class Opened:
    """Notes the address instead of opening it."""

    address = ""

    def __call__(self, address: str) -> bool:
        self.address = address
        return True


async def numbered(page: Page) -> list[tuple[int, str]]:
    """(number, heading) of the records on the page."""
    headings = await page.locator("article.record h3").all_inner_texts()
    pairs = [heading.partition(". ") for heading in headings]
    return [(int(number.replace(",", "")), words) for number, _, words in pairs]


def fetched(address: str) -> list[tuple[int, str]]:
    """The same without a browser."""
    with urllib.request.urlopen(address) as answer:
        html = answer.read().decode()
    return [(int(n), words) for n, words in re.findall(r'<h3 id="h(\d+)">([^\n]*)</h3>', html)]


async def large_edit(assistant: Assistant) -> dict[str, Any]:
    found = await assistant.ask("find_records", layout="Jobs")
    values = {"Title": {"append": " (checked)"}, "Hours": {"add": 1}}
    return await planned(
        assistant, "edit_records", found_set=found["found_set"], values=values, max_records=RECORDS
    )


async def test_very_many_different_edits_can_all_be_looked_at_and_none_agreed_to_in_the_chat(
    tmp_path: Path, browser: Browser
) -> None:
    opened, person = Opened(), Person()
    emulator = many_jobs(tmp_path, RECORDS, Hours=lambda number: str(number % 97))
    async with in_workshop(emulator, ASKED | SOON, person=person, open_browser=opened) as assistant:
        plan = await large_edit(assistant)
        answer = await applied(assistant, plan)
        assert (answer["state"], person.read) == ("planned", []), "the client is not asked"
        assert "on the page that opened" in answer["next"]
        async with page_at(opened.address, browser, viewport={"width": 1100, "height": 900}) as page:
            await shot(page, "large-plan")
            assert await page.locator(f"text={RECORDS:,} records, {RECORDS:,} different changes").count() == 1
            seen = await numbered(page)
            for number in range(2, PAGES + 1):
                in_browser = number in (2, PAGES // 2, PAGES) or SHOTS
                if in_browser:
                    await page.goto(f"{opened.address}?page={number}")
                    seen += await numbered(page)
                else:
                    seen += await anyio.to_thread.run_sync(fetched, f"{opened.address}?page={number}")
            assert [number for number, _ in seen] == list(range(1, RECORDS + 1))
            assert len({words for _, words in seen}) == RECORDS
            await shot(page, "large-plan-seen")
            assert (
                f"{PAGES} of {PAGES} pages opened, with {RECORDS:,} of {RECORDS:,} records"
                in await page.inner_text("#seen")
            )
            await page.get_by_label("Search in names and values").fill("Job 1147 (")
            await page.get_by_role("button", name="Search").click()
            assert [number for number, _ in await numbered(page)] == [1147]
            await shot(page, "search")
            await page.get_by_role("button", name="Agree to this change").click()
            await page.get_by_role("heading", name="You agreed").wait_for()
        progress = await changes_of(assistant).known.found_by_anybody(plan["change_id"])
        assert progress.approved_by == "a person on the approval page"


async def test_a_plan_is_decided_by_keyboard_and_the_button_in_focus_changes_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    opened = Opened()
    async with in_workshop(many_jobs(tmp_path, 3), ASKED | SOON, open_browser=opened) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["1", "2", "3"])
        await applied(assistant, plan)
        async with page_at(opened.address, browser) as page:
            await shot(page, "delete")
            agree = page.get_by_role("button", name="Agree to this change")
            red, green, _ = await agree.evaluate(
                "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)"
            )
            assert red > 2 * green, "what takes records away does not look harmless"
            focused = page.locator(":focus")
            assert await focused.inner_text() == "Do not change anything"
            await page.keyboard.press("Tab")
            assert await focused.inner_text() == "Agree to this change"
            await page.keyboard.press("Shift+Tab")
            await page.keyboard.press("Enter")
            await page.get_by_role("heading", name="Nothing will be changed").wait_for()
        assert (await applied(assistant, plan))["agreed"] is False


async def test_the_pages_are_accessible_and_fit_a_narrow_screen(tmp_path: Path, browser: Browser) -> None:
    opened = Opened()
    environment = ASKED | SOON | {"FILEMAKER_BULK_LIMIT": "1"}
    long = "Lorem ipsum dolor sit amet. " * 80
    emulator = many_jobs(
        tmp_path,
        101,
        Ref=lambda number: long if number == 101 else "r",
        Title=lambda number: "Unbroken" * 20 if number == 101 else f"Job {number}",
    )
    async with in_workshop(emulator, environment, open_browser=opened) as assistant:
        found = await assistant.ask("find_records", layout="Jobs")
        values = {"Ref": {"append": "\u200f\u3164!"}, "Phone(2)": "W" * 90}
        plan = await planned(
            assistant, "edit_records", found_set=found["found_set"], values=values, max_records=101
        )
        await applied(assistant, plan)
        async with page_at(opened.address, browser, viewport={"width": 320, "height": 700}) as page:
            await shot(page, "narrow")
            looks: tuple[tuple[Literal["dark", "light"], tuple[str, ...]], ...] = (
                ("dark", ("?page=3",)),
                ("light", ("?page=3", "?words=Job+7", "/101")),
            )
            for scheme, queries in looks:
                await page.emulate_media(color_scheme=scheme)
                for query in queries:
                    await page.goto(opened.address + query)
                    await shot(page, f"narrow-{scheme}-{query.strip('/?')}")
                    assert await faults(page) == []
                    width = await page.evaluate("document.documentElement.scrollWidth")
                    assert width <= 320, f"{query} scrolls sideways: {width}"
            assert "⟨right-to-left mark⟩⟨hangul filler⟩" in await page.inner_text("main")
            await page.set_viewport_size({"width": 1000, "height": 800})
            await page.goto(opened.address)
            await shot(page, "wide")
            assert await page.evaluate("scrollY") == 0, "what is asked is seen first"
            await page.get_by_role("button", name="Agree to this change").click()
            assert "Nothing was agreed to" in await page.inner_text("[role=alert]")
            assert await page.evaluate("scrollY") == 0
            await shot(page, "problem")
            await page.get_by_role("button", name="Do not change anything").click()
            assert await faults(page) == []
            await shot(page, "declined")
