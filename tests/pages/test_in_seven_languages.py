"""The pages of a plan in Chromium, in seven languages: told in the person's own, on a narrow screen too, and agreed to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Page, async_playwright

from filemaker_mcp.server.pages.page_language import Language

from ..approval.browser import SETTINGS, chromium, faults
from ..approval.people import many_jobs
from ..approval.test_in_chromium import Opened, shot
from ..authorization.served import served
from ..changes.workshop_host import applied, in_workshop, planned
from ..console.visitor import visited

pytestmark = pytest.mark.anyio

ASK = {"FILEMAKER_APPROVAL": "person", "FILEMAKER_APPROVAL_SECONDS": "0.05", "FILEMAKER_STAGE": "production"}
SAID = {
    "en": ("Edit 12 records on 'Jobs'", "Agree to this change", "Field", "You agreed"),
    "de": ("12 Datensätze auf „Jobs“ ändern", "Dieser Änderung zustimmen", "Feld", "Sie haben zugestimmt"),
    "fr": (
        "Modifier 12 enregistrements sur «\u00a0Jobs\u00a0»",
        "Accepter cette modification",
        "Rubrique",
        "Vous avez accepté",
    ),
    "es": ("Editar 12 registros en «Jobs»", "Aceptar este cambio", "Campo", "Ha aceptado"),
    "it": ("Modifica 12 record su «Jobs»", "Accetta questa modifica", "Campo", "Ha accettato"),
    "nl": ("12 records wijzigen op ‘Jobs’", "Akkoord met deze wijziging", "Veld", "U bent akkoord gegaan"),
    "ja": ("「Jobs」の 12 レコードを編集", "この変更に同意する", "フィールド", "同意しました"),
}
WIDTHS = (320, 1024)
JUDGED = ("de", "ja")
"""Languages in which axe looks too: the longest words, and another script. The markup is the same in all."""


async def test_a_plan_is_read_in_seven_languages_and_agreed_to_in_each(tmp_path: Path) -> None:
    opened = Opened()
    async with (
        in_workshop(many_jobs(tmp_path, 12), ASK, open_browser=opened) as assistant,
        in_chromium() as browser,
    ):
        for code in SAID:
            ids = [str(number) for number in range(1, 13)]
            values: dict[str, Any] = {"Title": f"Größer, {code}", "Hours": {"add": 1.25}}
            plan = await planned(assistant, "edit_records", layout="Jobs", ids=ids, values=values)
            assert plan["summary"].startswith("Edit 12 records on 'Jobs'"), "the assistant reads English"
            await applied(assistant, plan)
            context = await browser.new_context(locale=f"{code}-CH")
            page = await context.new_page()
            await page.goto(opened.address)
            await looked_at(page, code)
            assert (await applied(assistant, plan))["state"] == "done"
            await context.close()


async def looked_at(page: Page, code: str) -> None:
    """It is whole on a narrow screen, where the words are longest on a wide one too, in the person's words, and they agree."""
    heading, agree, field, agreed = SAID[code]
    for width in WIDTHS if code in JUDGED else WIDTHS[:1]:
        await page.set_viewport_size({"width": width, "height": 700})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{code}: {wide} at {width}"
        await shot(page, f"plan-{code}-{width}")
    text = await page.inner_text("body")
    assert await page.get_attribute("html", "lang") == code
    assert heading in text
    assert field.casefold() in text.casefold()
    assert "production" in text
    assert ("1.25" if code in ("en", "ja") else "1,25") in text
    if code in JUDGED:
        assert await faults(page) == []
    await page.get_by_role("button", name=agree).click()
    await page.get_by_role("heading", name=agreed).wait_for()


CONSOLE = ("/", "/changes", "/jobs", "/connection", "/usage", "/journal?check=1", "/policy", "/nowhere")
WORDY = ("/", "/journal?check=1")
"""Looked at in the other languages too. That every message is translated is tested of the catalogues."""
PHONE = 360


async def test_the_pages_of_the_console_are_whole_on_a_phone_in_seven_languages(tmp_path: Path) -> None:
    async with visited(tmp_path, {"FILEMAKER_APPROVAL": "by_risk"}) as visitor:
        assistant = visitor.assistant
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 3.5})
        await applied(assistant, plan)
        await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 4})
        (workspace,) = assistant.application.workspaces.values()
        await workspace.usage.write()
        async with in_chromium() as browser:
            page = await browser.new_page(viewport={"width": PHONE, "height": 740})
            await page.goto(visitor.origin + visitor.link)
            for code in SAID:
                await page.set_extra_http_headers({"Accept-Language": f"{code}-CH"})
                every = (f"/changes/{plan['change_id']}", *CONSOLE)
                for address in every if code in JUDGED else WORDY:
                    await page.goto(visitor.origin + address)
                    await whole(
                        page, code, f"console{address.partition('?')[0].replace('/', '-')[:12]}-{code}"
                    )
                await page.goto(f"{visitor.origin}/jobs")
                text = await page.inner_text("main")
                assert Language(code).text("The change") in text


async def test_the_pages_of_signing_in_are_whole_on_a_phone_in_seven_languages(tmp_path: Path) -> None:
    ways = {"passkeys": True, "accounts": {"networks": ["127.0.0.0/8"]}}
    async with served(tmp_path, ways) as here, in_chromium() as browser:
        asked = f"{here.origin}/authorize?" + urlencode(
            {
                "client_id": "desk",
                "redirect_uri": "http://localhost/callback",
                "response_type": "code",
                "scope": "filemaker:read filemaker:edit",
                "state": "s",
                "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                "code_challenge_method": "S256",
                "resource": f"{here.origin}/mcp",
            }
        )
        page = await browser.new_page(viewport={"width": PHONE, "height": 740})
        for code in SAID:
            language = Language(code)
            await page.context.clear_cookies()
            await page.set_extra_http_headers({"Accept-Language": f"{code}-CH"})
            await page.goto(f"{here.origin}/authorize?client_id=nobody")
            await whole(page, code, f"refused-{code}")
            assert language.text("Nobody is let in by this") in await page.inner_text("h1")
            await page.goto(f"{here.origin}/invited")
            await whole(page, code, f"invited-{code}")
            assert language.text("Make a passkey") in await page.inner_text("button")
            await page.goto(asked)
            await whole(page, code, f"consent-{code}")
            assert language.text("Read records and figures") in await page.inner_text("fieldset")
            await page.get_by_role("button", name=language.text("Go on and sign in")).click()
            await page.wait_for_load_state()
            await whole(page, code, f"ways-{code}")
            account = language.text("Sign in with your FileMaker account")
            await page.get_by_role("button", name=account).click()
            await page.wait_for_load_state()
            await whole(page, code, f"account-{code}")
            assert language.text("Password") in await page.inner_text("form")


@asynccontextmanager
async def in_chromium() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=SETTINGS)
        try:
            yield browser
        finally:
            await browser.close()


async def whole(page: Page, code: str, name: str) -> None:
    """In the person's language, and nothing that scrolls sideways or breaks out of its place."""
    assert await page.get_attribute("html", "lang") == code, name
    await shot(page, name)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE, f"{name}: {wide}"
    cut = await page.evaluate(
        "[...document.querySelectorAll('button, h1, h2, a.button')].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.textContent)"
    )
    assert cut == [], name
