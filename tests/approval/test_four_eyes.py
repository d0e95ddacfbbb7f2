"""On one machine too: whoever asked does not agree, not in the chat, not on a page, not at a terminal, and somebody else can."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.serving import serving

from ..changes.workshop_host import applied, command, in_workshop, planned
from ..console.visitor import visited
from ..jobs.bookkeeping import open_office
from ..runbooks.test_unattended import NIGHTLY
from .people import Form, Person, many_jobs

pytestmark = pytest.mark.anyio
TWO = {"FILEMAKER_APPROVAL": "person", "FILEMAKER_FOUR_EYES": "true", "FILEMAKER_APPROVAL_SECONDS": "0.05"}
EDIT = {"layout": "Jobs", "ids": ["1"], "values": {"Hours": 3.5}}


def nobody_here(address: str) -> bool:
    raise AssertionError("whoever sits here is the one who asked")


async def test_who_asked_is_asked_nowhere_and_a_terminal_takes_somebody_elses_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, state = Person(), str(tmp_path / "state.db")
    place = {"FILEMAKER_STATE": state}
    async with in_workshop(
        many_jobs(tmp_path, 3), TWO | place, person=person, open_browser=nobody_here
    ) as here:
        plan = await planned(here, "edit_records", **EDIT)
        waits = await applied(here, plan)
        assert (waits["state"], person.read) == ("planned", [])
        assert "somebody else than who asked" in str(waits)
        assert await command("approve", str(plan["change_id"]), "--state", state) == 2
        assert f"You asked for {plan['change_id']} yourself" in capsys.readouterr().err
        monkeypatch.setattr(
            "filemaker_mcp.server.cli.owner.approve_command.user_name", lambda: "somebody else"
        )
        await command("approve", str(plan["change_id"]), "--state", state)
        assert "this is none" in capsys.readouterr().err, "only a terminal is missing now"


async def test_a_page_says_that_somebody_else_has_to_agree(tmp_path: Path) -> None:
    async with visited(
        tmp_path, TWO | {"FILEMAKER_APPROVAL_PAGE": "false"}, emulator=many_jobs(tmp_path, 3)
    ) as visitor:
        plan = await planned(visitor.assistant, "edit_records", **EDIT)
        await visitor.get(visitor.link)
        change = f"/changes/{plan['change_id']}"
        assert await visitor.get(change) == 200
        assert "Somebody else has to agree to it." in visitor.page
        assert Form(visitor.page).buttons == ["no"]
        assert await visitor.post(change, visitor.form | {"answer": "yes"}) == 403
        assert (await applied(visitor.assistant, plan))["state"] == "planned"


async def test_a_plan_of_before_the_owner_wanted_two_is_made_again(tmp_path: Path) -> None:
    place = {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    before = place | TWO | {"FILEMAKER_FOUR_EYES": "false", "FILEMAKER_APPROVAL": "client"}
    emulator = many_jobs(tmp_path, 3)
    async with in_workshop(emulator, before) as here:
        plan = await planned(here, "edit_records", **EDIT)
    async with in_workshop(emulator, place | TWO) as here:
        refused = await here.refused("apply_change", change_id=plan["change_id"])
        assert "before the owner wanted somebody else to agree" in refused


async def test_whoever_starts_a_runbook_does_not_agree_to_it_thereby(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"])
    async with serving(office.emulator.app) as url:
        office.configure(url, NIGHTLY)
        config = tmp_path / "config.toml"
        config.write_text(config.read_text().replace("\naccess =", "\nfour_eyes = true\naccess ="))
        status, out, err = await office.run()
        assert status == 3, (out, err)
        assert "was not agreed to: the owner wants" in out
        assert all(row.values.get("Status") != ("checked",) for row in [office.row(1)] if row)
