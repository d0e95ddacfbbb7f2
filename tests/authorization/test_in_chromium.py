"""People in a real browser: an invitation becomes a passkey, the passkey signs in, and the SDK's own client works with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mcp import Client
from mcp_types import ElicitRequestParams, ElicitResult
from playwright.async_api import Page, Request, Route

from ..approval.browser import faults
from ..approval.test_in_chromium import shot
from .served import BACK, Device, Kept, Served, asked, assistant, person, served

pytestmark = pytest.mark.anyio


async def seen(page: Page, name: str) -> None:
    """Light and dark, narrow, judged by axe."""
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        await shot(page, f"authorize-{name}-{scheme}")
        assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def press(page: Page, name: str) -> None:
    """By keyboard, once the page lets it be pressed."""
    button = page.get_by_role("button", name=name, disabled=False)
    await button.wait_for()
    await button.press("Enter")


async def pressed(page: Page, *names: str) -> str:
    """The buttons by keyboard, one after the other; where the browser is sent to in the end."""
    for name in names[:-1]:
        await press(page, name)
    async with page.expect_request(lambda request: request.url.startswith(BACK)) as waiting:
        await press(page, names[-1])
    sent: Request = await waiting.value
    # Nobody listens there: the page that says so would break off what the browser is told next.
    await page.wait_for_function("location.protocol === 'chrome-error:'")
    return sent.url


async def test_an_invited_person_signs_in_and_agrees_with_a_passkey_and_the_sdks_client_works(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as here, person(viewport={"width": 320, "height": 700}) as device:
        await _makes_a_passkey(here, device.page)
        kept = Kept()

        async def sign_in(address: str) -> str:
            await device.page.goto(address)
            assert await device.page.inner_text(".goal") == "a program on this computer"
            await seen(device.page, "consent")
            await device.page.get_by_label("Delete records").check()
            return await pressed(device.page, "Go on and sign in", "Use your passkey")

        async def obliging(context: object, params: ElicitRequestParams) -> ElicitResult:
            raise AssertionError("nobody is asked in the chat")

        async with assistant(here.origin, sign_in, kept, obliging) as client:
            assert kept.tokens is not None
            identity = await here.parts.verifier.verify(kept.tokens.access_token)
            assert identity is not None
            assert (identity.issuer, identity.claims) == (here.origin, {"person": "ada"})
            assert identity.scopes == {"fm:read", "fm:edit", "fm:delete"}
            assert identity.subject.startswith("ada-")
            await _agrees(here, device, client)


async def _makes_a_passkey(here: Served, page: Page) -> None:
    invitation = await here.invitations.invite("ada")
    await _waits_for_its_script(page, f"{here.origin}/invited#{invitation}")
    await seen(page, "invited")
    await page.get_by_role("button", name="Make a passkey").click()
    await page.get_by_role("heading", name="You have a passkey now").wait_for()
    await page.get_by_text(f"Add {here.origin}/mcp in your assistant").wait_for()
    await page.goto(f"{here.origin}/sign-inn")
    await page.get_by_role("heading", name="There is no such page").wait_for()
    await page.goto(f"{here.origin}/mcp")
    await page.get_by_role("heading", name="Sign in with a passkey").wait_for()
    await page.goto(f"{here.origin}/invited#{invitation}")
    await page.reload()
    await page.get_by_role("button", name="Make a passkey").click()
    await page.locator("[role=alert]", has_text="was used").wait_for()


async def _waits_for_its_script(page: Page, address: str) -> None:
    """On a slow line a page is seen before its script is there: a press would send a form without a passkey."""
    held: list[Route] = []

    async def holds(route: Route) -> None:
        held.append(route)

    await page.route("**/passkey.js", holds)
    async with page.expect_request("**/passkey.js"):
        await page.goto(address, wait_until="commit")
    await page.get_by_role("button", name="Make a passkey", disabled=True).wait_for()
    await held[0].continue_()
    await page.get_by_role("button", name="Make a passkey", disabled=False).wait_for()
    await page.unroute("**/passkey.js")


async def _agrees(here: Served, device: Device, client: Client) -> None:
    """Only the finger of this very moment counts: not the chat, not the signed-in browser, not another plan's."""
    page = device.page
    found = await asked(client, "find_records", layout="Customers", limit=2)
    ids = [row[0] for row in found["rows"]]
    plan = await asked(client, "delete_records", layout="Customers", ids=[str(ids[0])])
    waits = await asked(client, "apply_change", change_id=plan["change_id"])
    (address,) = re.findall(rf"{here.origin}/agree/[\w-]+", str(waits))
    await page.goto(address)
    await page.get_by_role("button", name="Use your passkey").click()
    await page.get_by_role("button", name="Agree").wait_for()
    await seen(page, "agree")
    await device.is_attended(False)
    await page.get_by_role("button", name="Agree").click()
    await page.get_by_role("button", name="Use your passkey").click()
    await page.locator("[role=alert]", has_text="Nothing was done").wait_for()
    assert "agreed" not in str(await asked(client, "apply_change", change_id=plan["change_id"])).replace(
        "agreed to", ""
    )
    await device.is_attended(True)
    await page.get_by_role("button", name="Use your passkey").click()
    await page.get_by_role("heading", name="You agreed").wait_for()
    done = await asked(client, "apply_change", change_id=plan["change_id"])
    assert "by a passkey" in str(await asked(client, "list_changes", change_id=plan["change_id"])), done
