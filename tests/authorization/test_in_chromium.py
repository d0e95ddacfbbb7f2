"""People in a real browser: an invitation becomes a passkey, the passkey signs in, and the SDK's own client works with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, Request

from ..approval.browser import faults
from ..approval.test_in_chromium import shot
from .served import BACK, Kept, assistant, person, served

pytestmark = pytest.mark.anyio


async def seen(page: Page, name: str) -> None:
    """Light and dark, narrow, judged by axe."""
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        await shot(page, f"authorize-{name}-{scheme}")
        assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def pressed(page: Page, *names: str) -> str:
    """The buttons by keyboard, one after the other; where the browser is sent to in the end."""
    for name in names[:-1]:
        await page.get_by_role("button", name=name).focus()
        await page.keyboard.press("Enter")
    async with page.expect_request(lambda request: request.url.startswith(BACK)) as waiting:
        await page.get_by_role("button", name=names[-1]).focus()
        await page.keyboard.press("Enter")
    sent: Request = await waiting.value
    return sent.url


async def test_an_invited_person_signs_in_with_a_passkey_and_the_sdks_client_works(tmp_path: Path) -> None:
    async with served(tmp_path) as here, person(viewport={"width": 320, "height": 700}) as page:
        invitation = await here.invitations.invite("ada")
        await page.goto(f"{here.origin}/invited#{invitation}")
        await seen(page, "invited")
        await page.get_by_role("button", name="Make a passkey").click()
        await page.get_by_role("heading", name="You have a passkey now").wait_for()
        await page.goto(f"{here.origin}/invited#{invitation}")
        await page.reload()
        await page.get_by_role("button", name="Make a passkey").click()
        assert "was used" in await page.inner_text("[role=alert]:not([hidden])")

        async def sign_in(address: str) -> str:
            await page.goto(address)
            assert await page.inner_text(".goal") == "a program on this computer"
            await seen(page, "consent")
            return await pressed(page, "Go on and sign in", "Use your passkey")

        kept = Kept()
        async with assistant(here.origin, sign_in, kept) as client:
            tools = await client.list_tools()
            assert "find_records" in [tool.name for tool in tools.tools]
        assert kept.tokens is not None
        identity = await here.parts.verifier.verify(kept.tokens.access_token)
        assert identity is not None
        assert (identity.issuer, identity.claims, identity.scopes) == (
            here.origin,
            {"person": "ada"},
            {"fm:read"},
        )
        assert identity.subject.startswith("ada-")
