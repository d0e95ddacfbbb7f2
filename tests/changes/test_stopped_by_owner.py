"""What the owner stops or ends holds for everybody who works with these records: at this machine too, by whatever command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.local.places import user_name

from ..approval.people import ASKED, Browser
from ..approval.test_plan_pages import clicked, looked, waiting
from ..http.later import Later
from ..jobs.bookkeeping import open_office
from .workshop_host import applied, command, in_workshop, planned, workshop

pytestmark = pytest.mark.anyio
MONTH_END = "The owner has stopped changes and scripts for you. Month end"


async def test_an_assistant_of_this_machine_is_stopped_as_others_are(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state.db"))
    edit: dict[str, Any] = {"layout": "Jobs", "ids": ["1"], "values": {"Hours": 6}}
    async with in_workshop(environment={"FILEMAKER_STATE": state[1]}) as assistant:
        plan = await planned(assistant, "edit_records", **edit)
        assert await command("halt", "--writes", "--reason", "Month end", *state) == 0
        assert MONTH_END in await assistant.refused("apply_change", change_id=plan["change_id"])
        assert MONTH_END in await assistant.refused("edit_records", **edit)
        assert MONTH_END in await assistant.refused("run_script", script="Stamp", layout="Jobs")
        assert "Month end" not in await assistant.refused("stop_job", job="none"), "work can be stopped"
        assert await assistant.ask("find_records", layout="Jobs", limit=1)
        assert await command("halt", "--all", *state) == 0
        assert "stopped this server for you" in await assistant.refused("find_records", layout="Jobs")
        with pytest.raises(Exception, match="stopped this server"):
            await assistant.client.read_resource("filemaker://layouts")
        assert await command("halt", "--lift", *state) == 0
        assert await command("callers", "revoke", "--account", "ASSISTANT", *state) == 0
        assert "ended the FileMaker account" in await assistant.refused("find_records", layout="Jobs")
        assert await command("callers", "admit", "--account", "assistant", *state) == 0
        assert (await applied(assistant, plan))["state"] == "done"


async def test_one_user_of_this_machine_is_stopped_by_their_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ("--state", str(tmp_path / "state.db"))
    whose = ("--caller", user_name(), *state)
    async with in_workshop(environment={"FILEMAKER_STATE": state[1]}) as assistant:
        assert await command("halt", "--all", *whose) == 0
        assert "stopped this server for you" in await assistant.refused("find_records", layout="Jobs")
        assert await command("halt", "--lift", *whose) == 0
        assert await command("halt", "--caller", "schedule nightly", *state) == 0
        assert "schedule --list" in capsys.readouterr().err, "none of that name has begun"
        assert await command("halt", "--caller", "nobody's", *state) == 2
        await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})


async def test_a_change_that_is_under_way_ends_with_the_records_at_hand(tmp_path: Path) -> None:
    emulator, clock = workshop(), Later()
    faults = FaultLayer(emulator.app, emulator.host.clock)
    state = ("--state", str(tmp_path / "state.db"))

    async def halt() -> None:
        assert await command("halt", "--writes", "--reason", "Month end", *state) == 0
        clock.ahead += 5

    transport = httpx.ASGITransport(app=faults)
    environment = {"FILEMAKER_STATE": state[1]}
    async with in_workshop(emulator, environment, transport=transport, clock=clock) as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1", "2", "3"], values={"Hours": 7}
        )
        faults.arm(Match("PATCH", "*/records/1"), Act(halt))
        answer = await applied(assistant, plan)
        assert answer["records"] == {"done": 1, "not_attempted": 2}, answer
        assert MONTH_END in str(answer)
        assert await command("halt", "--lift", *state) == 0
        assert (await applied(assistant, plan))["records"] == {"done": 3}


async def test_nobody_agrees_to_a_change_that_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, browser = ("--state", str(tmp_path / "state.db")), Browser(None)
    environment = ASKED | {"FILEMAKER_STATE": state[1], "FILEMAKER_APPROVAL_SECONDS": "0.01"}
    async with in_workshop(environment=environment, open_browser=browser) as assistant:
        plan = await waiting(assistant)
        assert await command("halt", "--writes", *state) == 0
        assert await clicked(browser, "yes") == 403
        assert "has stopped changes" in browser.pages[-1]
        assert await command("approve", plan["change_id"], *state) == 2
        assert "nobody agrees to it" in capsys.readouterr().err
        assert await command("halt", "--lift", *state) == 0
        with monkeypatch.context() as at_this_machine:
            at_this_machine.setenv("LOGNAME", "bob")
            assert await command("halt", "--caller", "bob", *state) == 0
            assert await command("approve", plan["change_id"], *state) == 2
            assert "stopped for you" in capsys.readouterr().err, "nor whoever is stopped, of others' changes"
            assert await command("halt", "--lift", "--caller", "bob", *state) == 0
        assert await looked(browser) == 200
        assert await clicked(browser, "yes") == 200
        assert (await applied(assistant, plan))["state"] == "done"


async def test_a_runbook_and_a_schedule_say_that_they_are_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(tmp_path, ["plain"] * 2)
    config = ("--config", str(tmp_path / "config.toml"))
    monkeypatch.setenv("CLERK", "clerk")
    async with serving(office.emulator.app) as url:
        office.configure(url)
        with (tmp_path / "config.toml").open("a", encoding="utf-8") as file:
            file.write('\n[schedule.nightly]\ncron = "0 2 * * *"\nrunbook = "carry"\n')
        nightly = ("--caller", "schedule nightly", *config)
        assert await command("halt", "--reason", "Month end", *nightly) == 0
        assert await command("schedule", "--list", *config) == 0
        assert capsys.readouterr().out.rstrip().endswith("stopped by the owner: Month end")
        assert await command("halt", "--lift", *nightly) == 0
        assert await command("halt", "--writes", "--reason", "Month end", *config) == 0
        status, out, err = await office.run("--json")
        report = json.loads(out)
        assert (status, report["state"], report["exit"]) == (1, "refused", 1), err
        assert MONTH_END in report["said"]
        assert (await office.run("--dry-run"))[0] == 0, "looking goes on"
        assert await command("schedule", "--list", *config) == 0
        assert capsys.readouterr().out.rstrip().endswith("stopped by the owner: Month end")
        assert await command("halt", "--all", *config) == 0
        assert (await office.run("--dry-run"))[0] == 1
        assert await command("halt", "--lift", *config) == 0
        assert not office.emulator.scripts_run
        assert (await office.run("--json"))[0] == 0
        assert await command("schedule", "--list", *config) == 0
        assert "stopped" not in capsys.readouterr().out.splitlines()[-1]
