"""The pages of a plan in Chromium, in seven languages: told in the person's own, on a narrow screen too, and agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from ..approval.browser import chromium, faults
from ..approval.people import many_jobs
from ..approval.test_in_chromium import Opened, shot
from ..changes.workshop_host import applied, in_workshop, planned

pytestmark = pytest.mark.anyio

ASK = {"FILEMAKER_APPROVAL": "person", "FILEMAKER_APPROVAL_SECONDS": "0.05", "FILEMAKER_STAGE": "production"}
SAID = {
    "en": ("Edit 12 records on 'Jobs'", "Agree to this change", "Field", "You agreed"),
    "de": ("12 Datensätze auf „Jobs“ ändern", "Dieser Änderung zustimmen", "Feld", "Sie haben zugestimmt"),
    "fr": (
        "Modifier 12 enregistrements sur « Jobs »",
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
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
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
        finally:
            await browser.close()


async def looked_at(page: Page, code: str) -> None:
    """It is whole on a narrow and a wide screen, in the person's words, and they agree."""
    heading, agree, field, agreed = SAID[code]
    for width in WIDTHS:
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
