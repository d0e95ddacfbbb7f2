"""The pages of a plan: everything can be seen before anything can be agreed to, and an answer counts once and only from there."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from filemaker_mcp.server.auth.clock import SystemClock

from ..assistant import Assistant
from ..changes.workshop_host import applied, changes_of, in_workshop, planned, titles
from .people import ASKED, SOON, Browser, many_jobs

pytestmark = pytest.mark.anyio

ALWAYS = {"FILEMAKER_APPROVAL": "person"}


class Later(SystemClock):
    """The machine's clock, put forward."""

    hours = 0.0

    def wall(self) -> float:
        return super().wall() + self.hours * 3600


async def clicked(browser: Browser, *words: Any) -> int:
    return await anyio.to_thread.run_sync(browser.press, *words)


async def looked(browser: Browser, query: str = "") -> int:
    return await anyio.to_thread.run_sync(browser.get, query)


async def waiting(assistant: Assistant, tool: str = "delete_records", **arguments: Any) -> dict[str, Any]:
    """A plan whose page is open."""
    plan = await planned(assistant, tool, **{"layout": "Jobs", "ids": ["2"]} | arguments)
    assert (await applied(assistant, plan))["state"] == "planned"
    return plan


async def test_where_the_client_cannot_ask_a_page_on_this_machine_does() -> None:
    browser = Browser("yes")
    async with in_workshop(environment=ASKED, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        answer = await applied(assistant, plan)
        assert answer["state"] == "done"
        page, after = browser.pages
        assert "Paint the hull" in page
        assert "You agreed" in after
        assert "<script" not in page
        assert browser.address not in str(answer), "the assistant never learns the address"


async def test_the_page_says_no_and_the_plan_stays() -> None:
    async with in_workshop(environment=ASKED, open_browser=Browser("no")) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert (await applied(assistant, plan))["agreed"] is False
        assert len(await titles(assistant)) == 3


async def test_a_page_left_open_is_no_until_it_is_answered() -> None:
    browser = Browser(None)
    async with in_workshop(environment=ASKED | SOON, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        answer = await applied(assistant, plan)
        assert answer["state"] == "planned"
        assert "filemaker-mcp approve" in answer["next"]
        assert await clicked(browser, "yes") == 200
        assert (await applied(assistant, plan))["state"] == "done"


OWN = "the page's own"


ELSEWHERE: tuple[tuple[dict[str, str], str, int], ...] = (
    ({"Origin": "https://evil.example"}, "", 403),
    ({"Origin": "null"}, "", 403),
    ({}, "", 403),
    ({"Origin": OWN, "Sec-Fetch-Site": "cross-site"}, "", 403),
    ({"Origin": OWN, "Sec-Fetch-Site": "same-site"}, "", 403),
    ({"Origin": OWN, "Sec-Fetch-Site": "none"}, "", 403),
    ({"Origin": OWN, "Host": "evil.example"}, "", 421),
    ({"Origin": OWN, "Host": "localhost"}, "", 421),
    ({"Origin": OWN}, "x", 410),
)


async def test_a_forged_answer_is_refused() -> None:
    """From another origin or host, to another address, with the form of another plan, or with both answers."""
    browser = Browser(None)
    async with in_workshop(environment=ASKED | SOON, open_browser=browser) as assistant:
        await waiting(assistant, ids=["1"])
        other = browser.form.fields
        plan = await waiting(assistant)
        yes = browser.form.fields | {"answer": "yes"}
        for headers, path, status in ELSEWHERE:
            own = {name: browser.origin if value == OWN else value for name, value in headers.items()}
            assert await anyio.to_thread.run_sync(browser.post, yes, own, path) == status, headers
        own = {"Origin": browser.origin}
        both = [*yes.items(), ("answer", "no"), ("answer", "yes")]
        for fields, status in ((other | {"answer": "yes"}, 409), ({"answer": "yes"}, 409), (both, 400)):
            assert await anyio.to_thread.run_sync(browser.post, fields, own) == status, fields
        assert (await applied(assistant, plan))["state"] == "planned"
        for query in ("?page=-3", "?page=" + "9" * 5000, "?page=%D9%A3", "?words=%3Cscript%3E", "?same=%00"):
            assert await looked(browser, query) == 200, query
            assert "<script" not in browser.page


async def test_a_page_is_answered_once_and_nothing_keeps_it() -> None:
    browser = Browser("yes")
    async with in_workshop(environment=ASKED, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await applied(assistant, plan)
        browser.pages.pop()
        assert await clicked(browser, "no") == 410
        assert await looked(browser) == 410
        assert await looked(browser, "/1") == 200, "what was agreed to can still be read"
        assert browser.headers["cache-control"] == "no-store"
        assert browser.headers["referrer-policy"] == "same-origin"
        assert browser.headers["cross-origin-opener-policy"] == "same-origin"
        rules = browser.headers["content-security-policy"]
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in rules
        assert "script-src" not in rules


async def test_a_no_holds_for_an_hour_also_for_a_plan_that_does_the_same() -> None:
    browser, clock = Browser("no"), Later()
    async with in_workshop(environment=ASKED | SOON, open_browser=browser, clock=clock) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert (await applied(assistant, plan))["agreed"] is False
        asked = len(browser.pages)
        again = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        for each in (plan, again):
            answer = await applied(assistant, each)
            assert "less than an hour ago" in answer["next"]
            assert len(browser.pages) == asked, "nobody is asked"
        clock.hours = 1.01
        await applied(assistant, again)
        assert len(browser.pages) > asked


async def test_a_person_reopens_on_the_page_what_they_said_no_to() -> None:
    browser = Browser("no")
    async with in_workshop(environment=ASKED | SOON, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await applied(assistant, plan)
        question = browser.pages[-2]
        assert await looked(browser) == 200
        assert browser.form.buttons == ["reopen"], "no button to agree"
        browser.pages.append(question)
        assert await clicked(browser, "yes") == 409
        assert await clicked(browser, "reopen") == 200, "the question is there again"
        assert browser.form.buttons == ["no", "yes"]
        assert await clicked(browser, "yes") == 200
        assert (await applied(assistant, plan))["state"] == "done"


async def test_the_page_of_a_replaced_plan_says_so_and_agrees_to_nothing() -> None:
    browser = Browser(None)
    async with in_workshop(environment=ASKED | SOON, open_browser=browser) as assistant:
        plan = await waiting(assistant)
        more = await planned(
            assistant, "delete_records", layout="Jobs", ids=["3"], change_id=plan["change_id"]
        )
        assert await clicked(browser, "yes") == 410
        assert "This plan was replaced" in browser.page
        assert more["change_id"] in browser.page
        assert "did nothing" in browser.page
        assert (await applied(assistant, more))["state"] == "planned"


async def test_of_a_long_text_what_changes_is_shown_and_the_whole_of_it_can_be_opened() -> None:
    browser = Browser("yes")
    async with in_workshop(environment=ALWAYS, open_browser=browser) as assistant:
        long = "A sail, a rope. " * 60
        for text in (long, f"{long}Paid to DE02."):
            edit = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": text})
            await applied(assistant, edit)
        page = browser.pages[2]
        assert "Paid to DE02." in page
        assert f"{long}Paid to DE02." in page
        longer = long * 20
        edit = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": longer})
        await applied(assistant, edit)
        page = browser.pages[4]
        assert longer not in page
        assert await looked(browser, "/1") == 200
        assert longer in browser.page


async def test_what_goes_along_with_a_record_is_shown() -> None:
    browser = Browser(None)
    async with in_workshop(environment=ASKED | SOON, open_browser=browser) as assistant:
        await waiting(assistant, ids=["1"])
        assert "may go too" in browser.page
        assert "<bdi>Sew</bdi>" in browser.page


async def test_record_contents_are_text_on_the_page() -> None:
    browser = Browser("no")
    async with in_workshop(environment=ALWAYS, open_browser=browser) as assistant:
        nasty = "<script>alert(1)</script>\u202e<form action='https://evil.example'>\u200f\u3164{{ 7*7 }}"
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": nasty})
        await applied(assistant, plan)
        page = browser.pages[0]
        assert "<script" not in page
        for hidden in "\u202e\u200f\u3164":
            assert hidden not in page
        assert '<span class="unseen">⟨hangul filler⟩</span>{{ 7*7 }}' in page
        assert len(re.findall("<form", page)) == 1


@pytest.mark.parametrize(("show_all", "goes"), [("deletes", False), ("never", True)])
async def test_every_page_of_a_delete_is_opened_before_it_can_be_agreed_to(
    tmp_path: Path, show_all: str, goes: bool
) -> None:
    browser = Browser(None)
    environment = ASKED | SOON | {"FILEMAKER_SHOW_ALL": show_all}
    async with in_workshop(many_jobs(tmp_path, 56), environment, open_browser=browser) as assistant:
        found = await assistant.ask("find_records", layout="Jobs")
        plan = await planned(assistant, "delete_records", found_set=found["found_set"], max_records=60)
        assert (await applied(assistant, plan))["state"] == "planned"
        assert ("yes" in browser.form.buttons) is goes
        assert "1 of 2 pages opened, with 50 of 56 records" in browser.page
        first = browser.page
        assert await clicked(browser, "yes", "56") == (200 if goes else 422)
        if not goes:
            assert await looked(browser, "?page=2") == 200
            assert "Job 56" in browser.page
            assert "Job 56" not in first
            assert await clicked(browser, "yes") == 200
        assert (await applied(assistant, plan))["state"] == "done"
        (agreed,) = [e for e in await journal(assistant) if e.event == "agreed"]
        opened = [1] if goes else [1, 2]
        assert (agreed.facts["pages_opened"], agreed.facts["pages"]) == (opened, 2)
        assert (agreed.facts["shown"], agreed.facts["records"]) == (50 if goes else 56, 56)
        assert agreed.facts.get("typed", "") == ("56" if goes else "")


async def test_who_has_not_seen_everything_types_how_many_records_it_is_about(tmp_path: Path) -> None:
    browser = Browser(None)
    async with in_workshop(many_jobs(tmp_path, 60), ASKED | SOON, open_browser=browser) as assistant:
        found = await assistant.ask("find_records", layout="Jobs")
        plan = await planned(
            assistant, "edit_records", found_set=found["found_set"], values={"Customer": "Bo"}, max_records=60
        )
        await applied(assistant, plan)
        assert "In all" in browser.page
        for typed in (None, "", "6", "61"):
            assert await clicked(browser, "yes", typed) == 422
            assert "Nothing was agreed to" in browser.page
        assert await clicked(browser, "yes", "60") == 200
        assert (await applied(assistant, plan))["state"] == "done"


async def test_searching_does_not_count_as_opening_a_page(tmp_path: Path) -> None:
    browser = Browser(None)
    async with in_workshop(many_jobs(tmp_path, 120), ASKED | SOON, open_browser=browser) as assistant:
        found = await assistant.ask("find_records", layout="Jobs")
        plan = await planned(assistant, "delete_records", found_set=found["found_set"], max_records=200)
        await applied(assistant, plan)
        await looked(browser, "?words=job+7")
        assert "11 of 120 records" in browser.page, "7, and 70 to 79"
        await looked(browser, "?words=job+7&page=2")
        assert "1 of 3 pages opened" in browser.page


MAILS = {
    "FILEMAKER_SCRIPTS": '{"Stamp": {"effect": "reaches_outside", "layout": "Jobs"}}',
    "FILEMAKER_APPROVAL": "by_risk",
}


async def test_every_parameter_of_a_script_that_reaches_outside_is_shown_whole(tmp_path: Path) -> None:
    browser = Browser(None)
    start = "Dear customer, " * 40
    emulator = many_jobs(
        tmp_path, 40, Ref=lambda number: f"{start}to {'evil' if number == 7 else 'ours'}@x.example {start}"
    )
    async with in_workshop(emulator, MAILS | SOON, open_browser=browser) as assistant:
        found = await assistant.ask("find_records", layout="Jobs")
        asked = {"script": "Stamp", "found_set": found["found_set"], "parameter": {"field": "Ref"}}
        plan = await assistant.ask("run_script", **asked)
        assert [group["records"] for group in plan["changes"]] == [39, 1], "the second recipient is its own"
        await applied(assistant, plan)
        assert "40 records, 2 different changes" in browser.page
        for number in range(1, 41):
            assert f"Job {number} " in browser.page.replace("<", " ")
        assert browser.page.count(f"{start}to ours@x.example {start}") == 39
        assert browser.page.count(f"{start}to evil@x.example {start}") == 1
        assert await looked(browser, "?words=EVIL@x") == 200
        assert "1 of 40 records" in browser.page


async def test_different_edits_are_each_shown(tmp_path: Path) -> None:
    browser = Browser(None)
    async with in_workshop(many_jobs(tmp_path, 24), ALWAYS | SOON, open_browser=browser) as assistant:
        records = {str(number): {"Ref": f"R-{number * 37}"} for number in range(1, 25)}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=records)
        await applied(assistant, plan)
        for values in records.values():
            assert f"<ins><bdi>{values['Ref']}</bdi></ins>" in browser.page
        assert "All 24 records are shown" in browser.page


async def test_all_differences_can_be_saved_as_csv_for_a_spreadsheet(tmp_path: Path) -> None:
    """The same rows, whole, from all pages; no cell acts as a formula, what cannot be seen is named, and no page counts as opened."""
    browser = Browser(None)
    emulator = many_jobs(tmp_path, 120, Ref=lambda number: f"=HYPERLINK({number})")
    async with in_workshop(emulator, ALWAYS | SOON, open_browser=browser) as assistant:
        records = {str(n): {"Ref": f"+{n}\nsecond \u202eline", "Hours": n} for n in range(1, 121)}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=records)
        await applied(assistant, plan)
        seen = re.findall(r"\d of 3 pages opened", browser.page)
        assert re.search(r'href="[^"]+/plan\.csv" download', browser.page)
        assert await looked(browser, "/plan.csv") == 200
        assert f"filename*=UTF-8''{plan['change_id']}.csv" in browser.headers["content-disposition"]
        assert browser.headers["cache-control"] == "no-store"
        rows = list(csv.DictReader(StringIO(browser.page.removeprefix("\ufeff"))))
        assert len(rows) == 240
        assert rows[1] == {
            "number": "1",
            "what": "edit",
            "record": "1 Job 1",
            "layout": "Jobs",
            "field": "Ref",
            "before": "'=HYPERLINK(1)",
            "after": "'+1\nsecond ⟨right-to-left override⟩line",
            "meaning": "becomes",
        }
        assert {row["record"] for row in rows} == {f"{n} Job {n}" for n in range(1, 121)}
        assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]
        assert await looked(browser) == 200
        assert re.findall(r"\d of 3 pages opened", browser.page) == seen == ["1 of 3 pages opened"]
        assert await clicked(browser, "no") == 200
        assert await looked(browser, "/plan.csv") == 200, "a person who said no may still look"
        browser.address = f"{browser.origin}/somebody-else"
        assert await looked(browser, "/plan.csv") == 410


async def journal(assistant: Assistant) -> list[Any]:
    return list(reversed(await changes_of(assistant)._means.journal.entries()))  # pyright: ignore[reportPrivateUsage]
