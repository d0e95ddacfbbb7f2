"""What a killed server left is gone on with by another one, but not for a program that was ended meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..authorization.served import asked
from ..postgres import STORE, on_postgres
from .company import company

pytestmark = [pytest.mark.anyio, on_postgres]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("ended", [False, True])
async def test_work_ends_with_the_program_that_asked_for_it_wherever_it_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    monkeypatch.setenv(STORE, "postgres")
    async with company(tmp_path) as team:
        first, second = await team.token("ada"), await team.token("ada")
        edit = {"layout": "Products", "ids": ["1"], "values": {"Stock": 41}}
        plan = await team.plan(first, "edit_records", **edit)
        async with team.assistant(first) as client:
            assert (await asked(client, "apply_change", change_id=plan))["state"] == "done"
        state = team.here.state
        assert (await team.here.parts.verifier.verify(first)) is not None
        # As if its server had been killed before the record was sent.
        async with state.writing() as transaction:
            transaction.put(
                "UPDATE job SET state = 'running', ended = NULL, facts_box = NULL, runner = 'killed'"
            )
            transaction.put("UPDATE plan SET state = 'applying', runner = 'killed'")
            transaction.put("UPDATE item SET state = 'open', outcome = ''")
        await team.here.parts.servers.revise()
        if ended:
            grants = await state.rows("SELECT id FROM oauth_grant ORDER BY made")
            async with state.writing() as transaction:
                transaction.put("UPDATE oauth_grant SET state = 'over' WHERE id = ?", grants[0]["id"])
        async with team.assistant(second) as client:
            (row,) = await state.rows("SELECT id FROM job")
            job = await asked(client, "check_job", job=row["id"])
            while job["state"] in ("running", "waiting"):
                job = await asked(client, "check_job", job=row["id"])
        assert ("access by which it was asked for was ended" in str(job)) == ended, job
