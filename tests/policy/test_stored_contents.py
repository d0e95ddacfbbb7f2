"""What was stored obeys the policy of whoever reads it now: plans, outcomes, jobs, refusals and the way back, 0 bytes of what is closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, said
from ..changes.workshop_host import SOMEBODY, applied, planned
from .attempts import (
    CANARY,
    FIRST,
    FOUND,
    JOB,
    PLAN,
    USUAL,
    Attempt,
    Reach,
    attempts,
    beside_the_tools,
    facts,
    whole,
)
from .office import ALLOWED, CLOSED, governed, hosted, ruled
from .test_hidden_fields import HIDDEN, canaries

pytestmark = pytest.mark.anyio

JOBS = {"database": CLOSED, "layout": "Jobs"}
SCRIPTS = {name: {"effect": "reads", "in_scope": True} for name in ("Stamp", "Echo")}
OPENLY = ALLOWED | {"scripts": SCRIPTS}
STRICTER: Mapping[str, Mapping[str, Any]] = {
    "hidden": {"hidden_fields": {"*": list(HIDDEN)}},
    "scoped": {"scope": {"Jobs": {"where": {"Customer": "nobody"}, "key": "ID"}}},
    "allowed": {"fields": {"Jobs": ["ID", "Hours"], "Brief": ["ID"], "Tasks": ["Minutes"]}},
    "closed": {"layouts": ["Tasks"], "hidden_fields": ["Text", "Title"], "scripts": {}},
    "barred": {"access_by_layout": {"Jobs": "none"}, "hidden_fields": ["Text", "Title"]},
}
"""Ways of closing all that holds the canary, each as a database of its own on the same file."""
Stored = Mapping[str, list[str]]
"""What stands for stored things -> the names that they have."""


async def a_past(emulator: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Everything that leaves something in the state: plans of each kind, open, carried out, refused and taken back; jobs of each
    kind with their results; a refusal; a file. Each holds the canary."""
    plans: list[str] = []
    async with ruled(emulator, folder, OPENLY | {"access": "delete"}) as assistant:

        async def plan(tool: str, **arguments: Any) -> dict[str, Any]:
            made = await planned(assistant, tool, **arguments)
            plans.append(made["change_id"])
            return made

        for tool, arguments in (
            ("edit_records", {"ids": ["1"], "values": {"Title": f"{CANARY} edited", "Hours": 7}}),
            ("edit_records", {"ids": ["2"], "values": {"Tasks": {"edit": [{"id": "3", "Text": CANARY}]}}}),
            ("create_records", {"records": [{"Title": f"{CANARY} new", "Code": f"{CANARY} K"}]}),
            ("delete_records", {"ids": ["3"]}),
        ):
            done = await applied(assistant, await plan(tool, **JOBS, **arguments), database=CLOSED)
            assert done["state"] == "done"
        back = await plan("undo_change", database=CLOSED, change_id=plans[3])
        assert (await applied(assistant, back, database=CLOSED))["state"] == "done"
        taken = [{"Title": CANARY, "Code": f"{CANARY} L"}, {"Title": f"{CANARY} 2", "Code": f"{CANARY} L"}]
        refused = await plan("create_records", **JOBS, records=taken)
        assert (await applied(assistant, refused, database=CLOSED))["state"] == "refused"
        by_title = {"where": {"Title": {"contains": CANARY}}, "max_records": 99}
        await plan("edit_records", **JOBS, **by_title, values={"Ref": {"field": "Code"}})
        await plan("delete_records", **JOBS, **by_title)
        await plan("undo_change", database=CLOSED, change_id=plans[0])
        (folder / "files" / "old.csv").write_text(f"ID,Title\nJ-001,{CANARY} sheet\n", encoding="utf-8")
        await plan("edit_records", **JOBS, file="old.csv", key="ID")
        found = facts(await assistant.call("find_records", **JOBS))
        run = {"database": CLOSED, "found_set": found["found_set"], "parameter": {"field": "Title"}}
        await assistant.call("run_script", **run, script="Echo")
        for name in SCRIPTS:
            await assistant.call(
                "run_script", database=CLOSED, script=name, layout="Jobs", parameter=f"{CANARY} p"
            )
        await assistant.call("run_script", database=CLOSED, script=CANARY, layout="Jobs")
        monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0)
        await assistant.call("summarize_records", **JOBS, group_by=["Title"])
        await assistant.call("export_records", **JOBS, file="out", fields=["Title"])
        await assistant.call("edit_records", **JOBS, ids=["1"], values={"Ref": CANARY})
        monkeypatch.undo()
        jobs = [job["job"] for job in facts(await assistant.call("check_job", database=CLOSED))["jobs"]]
        for job in jobs:
            await assistant.call("check_job", database=CLOSED, job=job, wait=50)
        assert {"summary", "export", "plan", "script", "change"} <= {job.partition("-")[0] for job in jobs}, (
            jobs
        )
    return {PLAN: plans, JOB: jobs, FOUND: [found["found_set"]]}


async def test_a_policy_made_stricter_since_lets_out_no_byte_of_what_it_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every tool, every parameter, every name of something stored: one host, one state, and each way of closing it."""
    emulator = hosted(tmp_path, secret=canaries)
    stored = await a_past(emulator, tmp_path, monkeypatch)
    open_file: dict[str, Any] = {"Yard": {"file": "Yard"} | ALLOWED}
    closing = {name: {"file": CLOSED} | OPENLY | dict(rules) for name, rules in STRICTER.items()}
    async with governed(emulator, tmp_path, open_file | closing) as assistant:
        assert CANARY not in await beside_the_tools(assistant.client)
        for name, rules in STRICTER.items():
            tried = await try_the_stored(assistant, name, stored)
            assert {attempt.tool for attempt, _ in tried} == set(FIRST)
            for attempt, answer in tried:
                assert CANARY not in answer, (name, attempt, answer)
                assert "did not foresee" not in answer, (name, attempt, answer)
                if attempt.arguments == {} and {"layouts", "access_by_layout"} & set(rules):
                    assert "Jobs" not in answer.partition("'refused'")[0], (name, attempt, answer)


async def try_the_stored(assistant: Assistant, database: str, stored: Stored) -> list[tuple[Attempt, str]]:
    """The first attempt of a tool that names something stored names all of it, the others one after the other. `make soak-attempts`
    says every value of every parameter, `make test` what names something stored, by every parameter."""
    heard: list[tuple[Attempt, str]] = []
    named = set[tuple[str, str]]()
    reach = Reach.EACH if USUAL is Reach.PAIRS else Reach.STORED
    for n, attempt in enumerate(await attempts(assistant.client, reach)):
        about = attempt.names(among=stored)
        things = stored.get(about, [""])
        if about and (attempt.tool, about) in named:
            things = [things[n % len(things)]]
        named.add((attempt.tool, about))
        for thing in things:
            arguments = attempt.with_real({about: thing})
            heard.append((attempt, whole(await assistant.call(attempt.tool, database=database, **arguments))))
    return heard


async def test_what_the_settings_still_show_is_told_and_what_they_allow_no_more_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = hosted(tmp_path, secret=canaries)
    stored = await a_past(emulator, tmp_path, monkeypatch)
    reading: dict[str, Any] = {"access": "read", "approval": "client", "confirm": "never", "scripts": {}}
    ways: dict[str, Any] = {
        "same": OPENLY,
        "partly": OPENLY | {"hidden_fields": ["Title"]},
        "reading": reading,
    }
    databases = {name: {"file": CLOSED} | dict(rules) for name, rules in ways.items()}
    before, ran = emulator.digest(), len(emulator.scripts_run)
    async with governed(emulator, tmp_path, databases) as assistant:
        for plan in stored[PLAN]:
            changes = assistant.application.workspaces["reading"].changes
            progress = await changes.known.found_by_anybody(plan)
            await changes.agreements.agreed(progress.plan, progress.plan.who, SOMEBODY)
            assert CANARY in said(await assistant.call("list_changes", database="same", change_id=plan)), plan
        for job in stored[JOB]:
            assert "other settings" not in said(await assistant.call("check_job", database="same", job=job))
        told = await assistant.ask("list_changes", database="partly", change_id=stored[PLAN][0])
        assert told["changes"][0]["fields"] == {"Hours": [5, 7]}
        assert "settings changed" in json.dumps(told["notes"])
        await try_the_stored(assistant, "reading", stored)
    assert (emulator.digest(), len(emulator.scripts_run)) == (before, ran)


async def test_an_attempt_to_run_a_script_that_is_not_listed_is_written_down(tmp_path: Path) -> None:
    async with ruled(hosted(tmp_path), tmp_path, ALLOWED) as assistant:
        for name in ("Wipe everything", "Count"):
            await assistant.call("run_script", database=CLOSED, script=name, layout="Jobs")
        told = facts(await assistant.call("list_changes", database=CLOSED))
        assert [each["asked"] for each in told["refused"]] == ["run 'Count'", "run 'Wipe everything'"]
        assert "among those that the owner allows" in told["refused"][0]["why"]


async def test_a_refusal_of_other_settings_does_not_tell_what_it_was_about(tmp_path: Path) -> None:
    emulator = hosted(tmp_path)
    scope = {"Jobs": {"where": {"Customer": "Ada"}, "key": "ID", "writable": ["Title", "Customer"]}}
    async with ruled(emulator, tmp_path, ALLOWED | {"scope": scope}) as assistant:
        await assistant.call("edit_records", **JOBS, ids=["1"], values={"Customer": "Bo"})
        told = facts(await assistant.call("list_changes", database=CLOSED))
        assert "Ada" in str(told["refused"])
    other = {"Jobs": {"where": {"Customer": "Bo"}, "key": "ID"}}
    async with ruled(emulator, tmp_path, ALLOWED | {"scope": other}) as assistant:
        told = facts(await assistant.call("list_changes", database=CLOSED))
        assert len(told["refused"]) == 1
        assert "Ada" not in str(told)
