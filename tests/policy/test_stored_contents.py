"""What was stored obeys the policy of whoever reads it now: plans, outcomes, jobs, refusals and the way back, 0 bytes of what is closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ..assistant import said
from ..changes.workshop_host import applied, planned
from .attempts import CANARY, facts
from .office import ALLOWED, CLOSED, hosted, ruled, try_everything
from .test_hidden_fields import HIDDEN, canaries

pytestmark = pytest.mark.anyio

JOBS = {"database": CLOSED, "layout": "Jobs"}
STRICTER: Mapping[str, Mapping[str, Any]] = {
    "hidden fields": {"hidden_fields": {"*": list(HIDDEN)}},
    "an allow-list": {"fields": {"Jobs": ["ID", "Hours"], "Brief": ["ID"], "Tasks": ["Minutes"]}},
    "a closed layout": {"layouts": ["Tasks"], "hidden_fields": ["Text", "Title"]},
    "no access": {"access_by_layout": {"Jobs": "none"}, "hidden_fields": ["Text", "Title"]},
    "a scope": {"scope": {"Jobs": {"where": {"Customer": "nobody"}, "key": "ID"}}},
}


async def a_past(folder: Path) -> list[str]:
    """Everything that leaves something in the state: changes of each kind, a job, a refusal; each holds the canary."""
    emulator = hosted(folder, secret=canaries)
    changes: list[str] = []
    async with ruled(emulator, folder, ALLOWED | {"access": "delete"}) as assistant:
        for tool, arguments in (
            ("edit_records", {"ids": ["1"], "values": {"Title": f"{CANARY} edited", "Hours": 7}}),
            (
                "edit_records",
                {"ids": ["2"], "values": {"Tasks": {"edit": [{"id": "3", "Text": f"{CANARY} row"}]}}},
            ),
            ("create_records", {"records": [{"Title": f"{CANARY} new", "Code": f"{CANARY} K"}]}),
            ("delete_records", {"ids": ["3"]}),
        ):
            plan = await planned(assistant, tool, **JOBS, **arguments)
            assert (await applied(assistant, plan, database=CLOSED))["state"] == "done"
            changes.append(plan["change_id"])
        waiting = await planned(
            assistant,
            "edit_records",
            **JOBS,
            where={"Title": {"contains": CANARY}},
            values={"Ref": "x"},
            max_records=9,
        )
        changes.append(waiting["change_id"])
        ran = await assistant.call(
            "run_script", database=CLOSED, script="Stamp", layout="Jobs", parameter=f"{CANARY} p"
        )
        assert not ran.is_error, said(ran)
        await assistant.call("run_script", database=CLOSED, script="Count", layout="Jobs", parameter=CANARY)
        jobs = facts(await assistant.call("check_job", database=CLOSED))["jobs"]
        assert jobs
        changes += [job["job"] for job in jobs]
        whole = said(await assistant.call("list_changes", database=CLOSED, change_id=changes[0]))
        assert CANARY in whole, "what is looked for is where it would be"
    return changes


@pytest.mark.parametrize("rules", STRICTER.values(), ids=list(STRICTER))
async def test_a_policy_made_stricter_since_lets_out_no_byte_of_what_it_closes(
    tmp_path: Path, rules: Mapping[str, Any]
) -> None:
    changes = await a_past(tmp_path)
    elsewhere = hosted(tmp_path / "now", secret=canaries)
    stricter = ALLOWED | {"scripts": {"Stamp": {"effect": "reads"}}} | dict(rules)
    async with ruled(elsewhere, tmp_path, stricter) as assistant:
        for tool in ("list_changes", "undo_change", "check_job"):
            answer = said(await assistant.call(tool, database=CLOSED))
            assert CANARY not in answer, (tool, answer)
            if "layouts" in rules or "access_by_layout" in rules:
                assert "Jobs" not in answer.partition('"refused"')[0], (tool, answer)
        for change in changes:
            for tool, arguments in (
                ("list_changes", {"change_id": change}),
                ("undo_change", {"change_id": change}),
                ("check_job", {"job": change}),
                (
                    "edit_records",
                    {"layout": "Jobs", "ids": ["1"], "values": {"Hours": 3}, "change_id": change},
                ),
                ("apply_change", {"change_id": change}),
                ("list_changes", {"change_id": change}),
            ):
                answer = said(await assistant.call(tool, database=CLOSED, **arguments))
                assert CANARY not in answer, (tool, answer)
        for attempt, _, answer in await try_everything(assistant, changes, only_first=True):
            assert CANARY not in answer, (attempt, answer)


async def test_under_the_same_settings_all_of_it_is_told(tmp_path: Path) -> None:
    changes = await a_past(tmp_path)
    async with ruled(hosted(tmp_path / "now", secret=canaries), tmp_path, ALLOWED) as assistant:
        for change in changes[:4]:
            assert CANARY in said(await assistant.call("list_changes", database=CLOSED, change_id=change))
        job = said(await assistant.call("check_job", database=CLOSED, job=changes[-1]))
        assert "other settings" not in job


async def test_what_the_settings_still_show_is_told_field_by_field(tmp_path: Path) -> None:
    changes = await a_past(tmp_path)
    rules = ALLOWED | {"hidden_fields": ["Title"]}
    async with ruled(hosted(tmp_path / "now"), tmp_path, rules) as assistant:
        told = facts(await assistant.call("list_changes", database=CLOSED, change_id=changes[0]))
        assert told["changes"][0]["fields"] == {"Hours": [5, 7]}
        assert "settings changed" in json.dumps(told["notes"])


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
