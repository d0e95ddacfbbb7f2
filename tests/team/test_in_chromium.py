"""The pages of a team in Chromium: an approver by a passkey, every page, light and dark, on a narrow screen, by keyboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from ..approval.browser import faults
from ..approval.test_in_chromium import shot
from ..authorization.served import Kept, Served, asked, assistant, person, served
from ..authorization.test_in_chromium import press, pressed

pytestmark = pytest.mark.anyio
NARROW = 360
HOSTILE = "<img src=x onerror=\"document.title='gone'\">\u202egnp.exe"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def makes_a_passkey(here: Served, page: Page, name: str) -> None:
    await page.goto(f"{here.origin}/invited#{await here.invitations.invite(name)}")
    await page.get_by_role("button", name="Make a passkey").click()
    await page.get_by_role("heading", name="You have a passkey now").wait_for()


async def signs_in(here: Served, page: Page, path: str = "/") -> None:
    await page.goto(here.origin + path)
    await page.get_by_role("button", name="Use your passkey").click()
    await page.get_by_role("navigation", name="Console").wait_for()


async def nothing() -> None:
    pass


async def plans(here: Served, page: Page, asked_to: Callable[[], Awaitable[None]] = nothing) -> str:
    """Ada lets a program in, which exports a file and plans a change that waits. `asked_to` follows once she is asked."""
    await makes_a_passkey(here, page, "ada")

    async def sign_in(address: str) -> str:
        await page.goto(address)
        await page.get_by_label("Delete records").check()
        await asked_to()
        return await pressed(page, "Go on and sign in", "Use your passkey")

    async with assistant(here.origin, sign_in, Kept()) as client:
        await asked(client, "export_records", layout="Products", file="price list.csv")
        done = await asked(client, "edit_records", layout="Products", ids=["3"], values={"Name": HOSTILE})
        await asked(client, "apply_change", change_id=done["change_id"])
        plan = await asked(client, "delete_records", layout="Products", ids=["1", "2"])
        await asked(client, "apply_change", change_id=plan["change_id"])
        return str(plan["change_id"])


async def looked_at(page: Page, name: str) -> None:
    await page.wait_for_load_state()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await shot(page, f"team-{name}-{scheme}")
    assert await faults(page) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW, name


async def test_an_approver_agrees_with_a_passkey_and_every_page_fits(tmp_path: Path) -> None:
    sign_in = {"passkeys": True, "approvers_see_all": True}
    async with (
        served(tmp_path, sign_in, roles={"lea": "approver"}) as here,
        person(viewport={"width": NARROW, "height": 780}) as adas,
        person(viewport={"width": NARROW, "height": 780}) as device,
    ):
        plan = await plans(here, adas.page)
        page = device.page
        await makes_a_passkey(here, page, "lea")
        await signs_in(here, page)
        await page.get_by_role("heading", name="Asked for by others").wait_for()
        await looked_at(page, "waiting")
        await page.get_by_role("link", name="Delete 2 records").focus()
        await page.keyboard.press("Enter")
        await page.get_by_text("You see every value").wait_for()
        await looked_at(page, "plan")
        await pressed_here(page, "Agree to this change", "Use your passkey")
        await page.get_by_role("heading", name="You agreed").wait_for()
        await page.goto(f"{here.origin}/changes/{plan}")
        await page.get_by_text("by a passkey").wait_for()
        await signs_in(here, adas.page)
        for name in ("Changes", "Files", "Policy", "Usage"):
            await adas.page.get_by_role("navigation", name="Console").get_by_role("link", name=name).click()
            await adas.page.get_by_role(
                "heading", name=name if name != "Policy" else "see and do"
            ).first.wait_for()
            await looked_at(adas.page, name.lower())
        assert await adas.page.locator("img, script").count() == 0
        await adas.page.goto(f"{here.origin}/files")
        note = tmp_path / "note to the desk.txt"
        note.write_text("from Ada", encoding="utf-8")
        await adas.page.get_by_label("Send a file in").set_input_files(note)
        await adas.page.get_by_role("button", name="Send", exact=True).focus()
        await adas.page.keyboard.press("Enter")
        await adas.page.get_by_role("link", name="note to the desk.txt").wait_for()
        await pressed_here(adas.page, "Remove note to the desk.txt")
        await adas.page.get_by_role("link", name="note to the desk.txt").wait_for(state="detached")
        await pressed_here(adas.page, "Remove price list.csv")
        await adas.page.get_by_text("There are none yet.").wait_for()
        await pressed_here(adas.page, "Sign out")
        await adas.page.get_by_role("heading", name="You are signed out").wait_for()


async def pressed_here(page: Page, *names: str) -> None:
    for name in names:
        await press(page, name)
