"""No script runs that the owner did not list: through any tool, any parameter, any prompt or resource, and any runbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.config.configuration import settled
from filemaker_mcp.server.errors import ConfigurationError

from ..assistant import said
from ..policy.attempts import USUAL
from ..policy.office import ALLOWED, CLOSED, hosted, plans_made_before, ruled, try_everything

pytestmark = pytest.mark.anyio

ONLY_COUNT: dict[str, Any] = ALLOWED | {
    "confirm": "never",
    "scripts": {"Count": {"effect": "reads"}},
}
RUNBOOK = """\
database = "Workshop"
[records]
layout = "Jobs"
where = { Status = "Open" }
[each]
script = "Count"
"""


def folder_of(folder: Path, **runbooks: str) -> Path:
    place = folder / "runbooks"
    place.mkdir()
    for name, text in runbooks.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return place


async def test_nothing_that_can_be_said_runs_a_script_that_is_not_listed(tmp_path: Path) -> None:
    """All is allowed but the script that everything is tried with; `Stamp` was listed when the plans were made."""
    emulator = hosted(tmp_path)
    plans = await plans_made_before(emulator, tmp_path)
    runbooks = folder_of(tmp_path, carry=RUNBOOK)
    async with ruled(emulator, tmp_path, ONLY_COUNT, runbooks=runbooks) as assistant:
        old = await assistant.refused("run_script", database=CLOSED, script="Stamp", layout="Jobs")
        assert "Stamp" in old
        await try_everything(assistant, plans, USUAL)
        for script in ("Count", "carry"):
            await assistant.ask("run_script", database=CLOSED, script=script, layout="Jobs")
    assert {run.script for run in emulator.scripts_run} == {"Count"}


TRICKS = (
    ('layout = "Jobs"', 'layout = "Jobs/script/Stamp"'),
    ('layout = "Jobs"', 'layout = "Jobs?script=Stamp"'),
    ('where = { Status = "Open" }', 'where = { script = "Stamp" }'),
    ('where = { Status = "Open" }', 'where = { "script.prerequest" = "Stamp" }'),
    ('script = "Count"', 'edit = { script = "Stamp" }'),
    ('script = "Count"', 'edit = { "script.presort" = "Stamp" }'),
    ('script = "Count"', 'script = "Count"\nparameter = { script = "Stamp", "script.param" = "x" }'),
    ('script = "Count"', 'script = "Stamp"'),
    ('script = "Count"', 'script = "Count?script=Stamp"'),
    ('script = "Count"', 'script = ["Count", "Stamp"]'),
)


@pytest.mark.parametrize(("place", "trick"), TRICKS)
async def test_no_runbook_runs_a_script_that_is_not_listed(tmp_path: Path, place: str, trick: str) -> None:
    emulator = hosted(tmp_path)
    runbooks = folder_of(tmp_path, carry=RUNBOOK.replace(place, trick))
    refusals: list[str] = []
    try:
        async with ruled(emulator, tmp_path, ONLY_COUNT, runbooks=runbooks) as assistant:
            result = await assistant.call("run_script", database=CLOSED, script="carry")
            if result.is_error:
                refusals.append(said(result))
    except ConfigurationError as refused:
        refusals.append(str(refused))
    ran = {run.script for run in emulator.scripts_run}
    assert ran == set() if refusals else ran == {"Count"}, refusals


@pytest.mark.parametrize("carrier", ["Jobs/script/Stamp", "Jobs"])
async def test_a_carrier_carries_only_the_script_it_is_for(tmp_path: Path, carrier: str) -> None:
    emulator = hosted(tmp_path)
    where = {"Title": "*", "script": "Stamp", "script.prerequest": "Stamp"}
    count = {"effect": "reads", "carrier": {"layout": carrier, "where": where}}
    async with ruled(emulator, tmp_path, ONLY_COUNT | {"scripts": {"Count": count}}) as assistant:
        await assistant.call(
            "run_script", database=CLOSED, script="Count", layout="Jobs", parameter="x" * 3000
        )
    assert {run.script for run in emulator.scripts_run} <= {"Count"}


def test_a_script_cannot_be_listed_with_a_parameter_of_the_api_in_its_name() -> None:
    tree = {"database": {"x": {"host": "fm", "file": "X", "scripts": {"Count": {"script": "Stamp"}}}}}
    with pytest.raises(ConfigurationError, match="script"):
        settled(tree, None)
