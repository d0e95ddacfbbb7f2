"""Sessions that know who they are: globals and a start script in each one, before anybody uses it."""

from __future__ import annotations

from typing import Any

import pytest

from filemaker_mcp.server.errors import ConfigurationError

from ..changes.shop_host import in_shop, shop

pytestmark = pytest.mark.anyio


def start(**parameter: Any) -> dict[str, Any]:
    return {"on_sign_in": {"script": "API Start", "parameter": parameter, "layout": "Invoices"}}


NORTH = {"globals": {"Invoices::gRegion": "north"}}


async def test_every_session_is_given_globals_and_script_before_its_first_use_and_after_each_renewal() -> (
    None
):
    """The record rules of the account rest on a global: without it more records would be shown."""
    async with in_shop(NORTH | start(user="Ada")) as assistant:
        for _ in range(3):
            found = await assistant.ask("find_records", layout="Invoices", fields=["ID", "gUser"])
            assert [row[1:] for row in found["rows"]] == [["I-1", "Ada in north"], ["I-2", "Ada in north"]]
            assistant.emulator.disconnect_all()
        assert len(assistant.emulator.scripts_run) == 3
        # several sessions at once, each with its own
        ids = [str(n) for n in (1, 2)]
        plan = await assistant.ask("edit_records", layout="Invoices", ids=ids, values={"Remark": "seen"})
        assert plan["state"] == "planned", plan
        runs = [run.script for run in assistant.emulator.scripts_run]
        assert set(runs) == {"API Start"}
        assert len(runs) >= assistant.emulator.open_sessions


async def test_a_script_without_a_layout_runs_on_the_first_that_the_account_sees() -> None:
    rules = {"on_sign_in": {"script": "API Start", "parameter": '{"user": "Bo"}'}}
    async with in_shop(rules) as assistant:
        record = await assistant.ask("get_record", layout="Invoices", id="3", fields=["gUser"])
        assert record["fields"]["gUser"] == "Bo in all"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (start(fails=True), "'API Start': the script ran and reports that it failed: nobody of that name"),
        (start(most=0), "'API Start': the script ran and ended with FileMaker error 5"),
        ({"on_sign_in": {"script": "API Strat"}}, "script 'API Strat' could not be run"),
        ({"globals": {"Invoices::Customer": "Ada"}}, "global fields 'Invoices::Customer' could not be set"),
    ],
)
async def test_a_session_that_cannot_be_made_ready_is_closed_and_one_sentence_says_why(
    rules: dict[str, Any], told: str
) -> None:
    async with in_shop(rules) as assistant:
        text = await assistant.refused("find_records", layout="Invoices")
        assert told in text
        assert "Nothing was sent in that session." in text
        assert assistant.emulator.open_sessions == 0
        reads = [each for each in assistant.emulator.requests if "/records" in each.path]
        assert reads == []
        stages = str(await assistant.ask("check_connection"))
        assert told in stages


async def test_when_the_third_session_fails_the_two_others_do_the_whole_work_and_it_is_said_once() -> None:
    emulator = shop()
    async with in_shop(start(user="Ada", most=2, test="the third"), emulator) as assistant:
        ids = ["1", "3", "4"]
        plan = await assistant.ask("edit_records", layout="Invoices", ids=ids, values={"Remark": "x"})
        answer = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert answer["records"] == {"done": 3}
        told = [each["sessions"] for each in (plan, answer) if "sessions" in each]
        assert len(told) == 1
        assert "ended with FileMaker error 5" in told[0]
        assert "The sessions that were open before go on." in told[0]
        assert emulator.open_sessions == 2
        assert "sessions" not in await assistant.ask("find_records", layout="Invoices")


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"globals": {"gUser": "Ada"}}, "written as Occurrence::Field"),
        ({"on_sign_in": {"script": "API Start", "parameter": "x" * 1501}}, "more than 1,500 encoded"),
        (NORTH | {"otto_key": {"env": "OTTO"}}, "do not work with otto_key"),
        ({"on_sign_in": {"scrpit": "API Start"}}, "Did you mean 'script'?"),
    ],
)
async def test_settings_that_cannot_work_are_refused_at_the_start(rules: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        async with in_shop(rules):
            pass
    assert told in str(refused.value)
