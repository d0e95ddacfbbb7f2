"""The console over HTTP: who is let in, what each page shows, what a form can do and what it cannot."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Hang
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..approval.people import ASKED, SOON, many_jobs
from ..changes.workshop_host import applied, planned
from .visitor import Visitor, visited

pytestmark = pytest.mark.anyio

PERSON = {"FILEMAKER_APPROVAL": "person", **SOON, "FILEMAKER_APPROVAL_PAGE": "false"}
EVERY_PAGE = (
    "/",
    "/changes",
    "/jobs",
    "/usage",
    "/usage.csv",
    "/journal",
    "/journal.csv",
    "/connection",
    "/policy",
)


async def let_in(visitor: Visitor) -> Visitor:
    assert await visitor.get(visitor.link) == 200
    return visitor


async def numbered(visitor: Visitor, path: str, pages: int) -> list[str]:
    """The headings of the records on all pages, in their order."""
    found: list[str] = []
    for number in range(1, pages + 1):
        assert await visitor.get(f"{path}?page={number}") == 200
        found += re.findall(r'<h3 id="h\d+">([^\n]*?) <span class="quiet">', visitor.page)
    return found


async def test_only_the_browser_that_took_the_link_is_let_in(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        for path in EVERY_PAGE:
            assert await visitor.get(path) == 403
        assert await visitor.post("/connection", {}) == 403
        assert await visitor.get("/open?key=guessed") == 410
        await let_in(visitor)
        assert "Nothing waits" in visitor.page
        assert visitor.headers["content-security-policy"].startswith("default-src 'none'")
        for path in EVERY_PAGE:
            assert await visitor.get(path) == 200
        assert await visitor.get("/elsewhere") == 404
        stranger = Visitor(visitor.origin, visitor.link, visitor.assistant)
        assert await stranger.get(stranger.link) == 410, "the link works once"


@pytest.mark.parametrize("records", [1, 50, 56])
async def test_all_pages_together_are_the_plan_and_it_is_decided_once(tmp_path: Path, records: int) -> None:
    emulator = many_jobs(tmp_path, records)
    async with visited(tmp_path, PERSON | {"FILEMAKER_BULK_LIMIT": "1"}, emulator=emulator) as visitor:
        found = await visitor.assistant.ask("find_records", layout="Jobs")
        plan = await planned(
            visitor.assistant, "edit_records", found_set=found["found_set"],
            values={"Title": {"append": " (checked)"}}, max_records=records,
        )  # fmt: skip
        change = f"/changes/{plan['change_id']}"
        await let_in(visitor)
        assert change in visitor.page
        pages = -(-records // 50)
        rows = await numbered(visitor, change, pages)
        assert [row.partition(". ")[0] for row in rows] == [str(n) for n in range(1, records + 1)]
        assert len(set(rows)) == records
        form = visitor.form
        assert await visitor.post(change, form | {"answer": "yes"}, "http://evil.example") == 403
        assert await visitor.post(change, form | {"answer": "yes", "digest": "0" * 64}) == 409
        assert await visitor.post(change, form | {"answer": "yes"}) == 200
        assert "You agreed" in visitor.page
        assert await visitor.post(change, form | {"answer": "no"}) == 410
        assert (await applied(visitor.assistant, plan))["state"] == "done"
        ended = await numbered(visitor, change, pages)
        assert [row.partition(". ")[0] for row in ended] == [str(n) for n in range(1, records + 1)]
        assert f"{records} done" in visitor.page
        assert f"{records} of {records} records were shown" in visitor.page
        assert ("pages opened: 1, 2 of 2" in visitor.page) == (pages == 2)
        assert "Job 1 (checked)" in visitor.page or pages == 2
        assert await visitor.get("/journal?check=1") == 200
        assert "The chain is whole" in visitor.page
        assert await visitor.get(f"{change}/plan.csv") == 200
        table = list(csv.DictReader(io.StringIO(visitor.page)))
        assert [row["number"] for row in table if row["field"] == "Title"] == [
            str(n) for n in range(1, records + 1)
        ]
        ended = [(row["outcome"], row["read_back"]) for row in table if row["field"] == "Title"]
        assert ended == [("done", row["after"]) for row in table if row["field"] == "Title"]
        assert await visitor.get("/journal.csv") == 200
        kept = [
            row for row in csv.DictReader(io.StringIO(visitor.page)) if row["change"] == plan["change_id"]
        ]
        assert [row["event"] for row in kept][:2] == ["planned", "agreed"]
        assert sum(row["event"] == "outcome" for row in kept) == records
        assert "(checked)" in next(row["fields"] for row in kept if row["event"] == "outcome")


async def test_the_change_of_somebody_else_is_not_there(tmp_path: Path) -> None:
    async with visited(tmp_path, ASKED | SOON, user="somebody else") as visitor:
        plan = await planned(visitor.assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "x"})
        change = f"/changes/{plan['change_id']}"
        await let_in(visitor)
        assert "Nothing waits" in visitor.page
        unknown = await visitor.get("/changes/edit-1-Jobs-none"), visitor.page
        for path in (change, f"{change}/1", f"{change}/plan.csv"):
            assert (await visitor.get(path), visitor.page) == unknown
        for path in (change, f"{change}/undo"):
            assert await visitor.post(path, {"answer": "yes", "digest": ""}) == 404
        for path in ("/journal", "/journal.csv"):
            assert await visitor.get(path) == 200
            assert plan["change_id"] not in visitor.page


async def test_the_way_back_is_an_ordinary_plan(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        plan = await planned(
            visitor.assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "new"}
        )
        await applied(visitor.assistant, plan)
        change = f"/changes/{plan['change_id']}"
        await let_in(visitor)
        assert await visitor.get(change) == 200
        assert "Read back" in visitor.page
        assert await visitor.post(f"{change}/undo", {}, "http://evil.example") == 403
        assert await visitor.post(f"{change}/undo", {}) == 200
        assert "Do not change anything" in visitor.page
        assert await visitor.get("/") == 200
        assert "1 plan waits" in visitor.page
        (undo,) = re.findall(r'<h2 class="name"><a href="/changes/([^"]+)"', visitor.page)
        assert (await visitor.assistant.carried_out(undo))["state"] == "done"
        assert await visitor.get("/changes?words=edit") == 200
        assert "taken back" in visitor.page
        assert await visitor.get("/changes?words=nothing+like+it") == 200
        assert "0 changes" in visitor.page


async def test_changes_are_narrowed_to_a_day_a_state_a_layout_and_a_client(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        ask = visitor.assistant
        done = await planned(ask, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "new"})
        await applied(ask, done)
        waits = await planned(ask, "edit_records", layout="Jobs", ids=["2"], values={"Ref": "new"})
        other = await planned(ask, "edit_records", layout="Brief", ids=["3"], values={"Title": "new"})
        both = {done["change_id"], waits["change_id"]}
        await let_in(visitor)
        assert await visitor.get("/changes") == 200
        (client,) = set(re.findall(r'<option value="([^"]+)"', visitor.page.partition('name="client"')[2]))
        today = datetime.now().astimezone().date()
        for asked, wanted in (
            ({"state": "done"}, {done["change_id"]}),
            ({"state": "waits"}, {waits["change_id"], other["change_id"]}),
            ({"state": "waits", "layout": "Jobs"}, {waits["change_id"]}),
            ({"state": "taken back"}, set[str]()),
            ({"layout": "Jobs"}, both),
            ({"layout": "Jobs", "words": waits["change_id"]}, {waits["change_id"]}),
            ({"client": client, "layout": "Jobs"}, both),
            ({"client": "another"}, set[str]()),
            ({"day": today.isoformat(), "layout": "Jobs"}, both),
            ({"day": (today + timedelta(days=1)).isoformat()}, set[str]()),
            ({"day": "9999-12-31", "state": "<b>", "page": "9"}, set[str]()),
            ({"day": "no day", "state": "no state", "layout": "Jobs"}, both),
        ):
            assert await visitor.get(f"/changes?{urlencode(asked)}") == 200
            shown = set(re.findall(r'<h2 class="name"><a href="/changes/([^"]+)"', visitor.page))
            assert shown == wanted, asked
        assert 'value="Jobs" selected' in visitor.page


async def test_connection_usage_policy_and_jobs_are_told(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        await visitor.assistant.ask("find_records", layout="Jobs")
        (workspace,) = visitor.assistant.application.workspaces.values()
        await workspace.usage.write()
        await let_in(visitor)
        assert await visitor.post("/connection", {}) == 200
        assert "layouts" in visitor.page
        assert "failed" not in visitor.page
        await visitor.get("/policy")
        assert "The assistant reads, creates, edits and deletes records" in visitor.page
        await visitor.get("/usage")
        assert "<svg" in visitor.page
        await visitor.get("/usage.csv")
        rows = list(csv.DictReader(io.StringIO(visitor.page)))
        assert {row["tool"] for row in rows} >= {"find_records"}
        await visitor.get("/jobs")
        assert "Nothing lasted longer than a call" in visitor.page
        assert await visitor.post("/jobs/script-none-aaaa/stop", {}) == 404


async def test_a_running_job_is_stopped_by_its_button(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0)
    emulator = many_jobs(tmp_path, 3)
    faults = FaultLayer(emulator.app, SystemClock())
    async with visited(tmp_path, emulator=emulator, transport=httpx.ASGITransport(app=faults)) as visitor:
        faults.arm(Match("GET", "*/records*", times=None), Hang())
        edit = {"layout": "Jobs", "ids": ["1", "2"], "values": {"Ref": "new"}}
        job = (await visitor.assistant.ask("edit_records", **edit))["job"]
        stop = f"/jobs/{job}/stop"
        assert await visitor.post(stop, {}) == 403
        await let_in(visitor)
        assert await visitor.get("/jobs") == 200
        assert f'action="{stop}"' in visitor.page
        assert await visitor.post(stop, {}, "http://evil.example") == 403
        assert (await visitor.assistant.ask("check_job", job=job))["state"] == "running"
        assert await visitor.post(stop, {}) == 200
        assert f'action="{stop}"' not in visitor.page
        ended = await visitor.assistant.ask("check_job", job=job, wait=50)
        assert ended["state"] == "cancelled"
        assert "nothing was changed" in ended["said"]
        assert await visitor.get("/jobs") == 200
        assert '<span class="stands cancelled">' in visitor.page
        assert await visitor.post(stop, {}) == 410
        assert (await visitor.assistant.ask("list_changes"))["changes"] == []


def test_the_command_shows_a_link_and_needs_no_configuration(tmp_path: Path) -> None:

    environment = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    state = tmp_path / "state.db"
    state.touch()
    with subprocess.Popen(
        [sys.executable, "-m", "filemaker_mcp.server", "console", "--no-browser", "--state", str(state)],
        env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(2)]
        try:
            assert lines[0] == "Open this link in your browser:"
            with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(lines[1]) as answer:
                assert "Nothing waits" in answer.read().decode()
        finally:
            process.terminate()


TOLD = {
    "de": ("Nichts wartet", "Was geschehen ist", "erledigt", "Wartend"),
    "fr": ("Rien n’attend", "Ce qui s’est passé", "fait", "En attente"),
    "es": ("Nada espera", "Qué ha ocurrido", "hecho", "En espera"),
    "it": ("Nulla è in attesa", "Che cosa è successo", "fatto", "In attesa"),
    "nl": ("Er wacht niets", "Wat er is gebeurd", "gedaan", "In afwachting"),
    "ja": ("待機中のものはありません", "経過", "完了", "待機中"),
}


async def test_outcomes_are_told_in_the_language_of_the_browser(tmp_path: Path) -> None:
    async with visited(tmp_path) as visitor:
        values = {"layout": "Jobs", "ids": ["2"], "values": {"Title": "Taken <b>in hand</b>"}}
        plan = await planned(visitor.assistant, "edit_records", **values)
        assert (await applied(visitor.assistant, plan))["state"] == "done"
        await let_in(visitor)
        for code, (nothing, happened, done, waiting) in TOLD.items():
            assert await visitor.get("/", code) == 200
            assert nothing in visitor.page
            assert waiting in visitor.page, "the links to the other pages too"
            assert await visitor.get("/changes", code) == 200
            assert f">1 {done}<" in visitor.page
            assert await visitor.get(f"/changes/{plan['change_id']}", code) == 200
            assert f'<html lang="{code}">' in visitor.page
            assert happened in visitor.page
            assert "Taken &lt;b&gt;in hand&lt;/b&gt;" in visitor.page
            assert "None" not in visitor.page
