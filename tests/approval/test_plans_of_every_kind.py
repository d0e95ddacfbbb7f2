"""Whatever a plan is about, its page tells it in the person's language: a text past the catalogues would be an error here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from ..changes.workshop_host import applied, in_workshop, planned, somebody, workshop
from ..console.visitor import visited
from .people import Browser

pytestmark = pytest.mark.anyio

LINES = {"Tasks": {"file": "lines.csv", "by": "Code"}, "Code": "Code"}
PLANS: list[tuple[str, dict[str, Any], *tuple[str, ...]]] = [
    ("create_records", {"copy_of": ["1"]}, "Ein Duplikat hat eine neue Datensatz-ID."),
    (
        "create_records",
        {"records": [{"Title": "Mend the sail"}]},
        "neu Mend the sail",
        "1 vorhandener Datensatz sieht gleich aus: 1.",
    ),
    (
        "create_records",
        {"file": "heads.csv", "map": LINES},
        "1 Positionen gehören zu keiner Zeile und werden ausgelassen: Zeile 3 (n9).",
    ),
    ("delete_records", {"ids": ["1", "2"]}, "3 Bezugszeilen von Tasks werden vielleicht mit gelöscht"),
    ("edit_records", {"ids": ["1"], "values": {"Title": "x" * 3000}}, "(3.000 Zeichen)"),
]


async def test_each_kind_of_plan_is_told_in_german(tmp_path: Path) -> None:
    (tmp_path / "heads.csv").write_text("Code,Title\nN1,Deck\n", encoding="utf-8")
    (tmp_path / "lines.csv").write_text("Code,Text\nN1,Plank\nn9,Nail\n", encoding="utf-8")
    browser = Browser(None)
    asked = {"FILEMAKER_APPROVAL": "person", "FILEMAKER_APPROVAL_SECONDS": "0.05"}
    more = {"FILEMAKER_FILES_FOLDER": str(tmp_path)}
    async with in_workshop(environment=asked | more, open_browser=browser) as assistant:
        for tool, arguments, *words in PLANS:
            plan = await planned(assistant, tool, layout="Jobs", **arguments)
            await applied(assistant, plan)
            assert await anyio.to_thread.run_sync(browser.get, "", "de") == 200, (tool, arguments)
            assert all(each in browser.page for each in words), words


async def test_what_is_searched_for_is_found_as_the_page_shows_it(tmp_path: Path) -> None:
    browser = Browser(None)
    asked = {"FILEMAKER_APPROVAL": "person", "FILEMAKER_APPROVAL_SECONDS": "0.05"}
    values = {"Hours": {"add": 1.25}, "Tasks": {"add": [{"Text": "Tar"}]}}
    async with in_workshop(environment=asked, open_browser=browser) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1", "2"], values=values)
        await applied(assistant, plan)
        for words, found in (("13,75", [2]), ("13.75", [2]), ("neue+Zeile", [1, 2]), ("new+row", [1, 2])):
            assert await anyio.to_thread.run_sync(browser.get, f"?words={words}", "de") == 200
            assert [n for n in (1, 2) if f'id="h{n}"' in browser.page] == found, words


async def test_a_record_that_was_gone_already_is_told_in_german(tmp_path: Path) -> None:
    emulator = workshop()
    async with visited(tmp_path, emulator=emulator) as visitor:
        plan = await planned(visitor.assistant, "delete_records", layout="Jobs", ids=["3"])
        await somebody(emulator, "DELETE", "Jobs/records/3", {})
        assert (await applied(visitor.assistant, plan))["state"] == "done"
        await visitor.get(visitor.link)
        assert await visitor.get(f"/changes/{plan['change_id']}", "de") == 200
        assert "Er war schon nicht mehr da." in visitor.page
