"""Contents stay as long as the owner says of their layout; what is past it goes by itself, and the journal stays whole."""

from __future__ import annotations

import time

import pytest

from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.config.configuration import settled
from filemaker_mcp.server.errors import ConfigurationError

from ..changes.workshop_host import made, planned
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio
DAY = 24 * 3600.0
DAYS = '{"tasks": 3650, "Brief": 1}'


class Earlier(SystemClock):
    """So many days before now."""

    def __init__(self, days: float) -> None:
        self._days = days

    def wall(self) -> float:
        return time.time() - self._days * DAY


async def a_past(office: FiledOffice, days: float) -> dict[str, str]:
    """Changes on three layouts, made so many days ago."""
    async with office.assistant(clock=Earlier(days), FILEMAKER_JOURNAL_DAYS_BY_LAYOUT=DAYS) as assistant:
        return {
            layout: (await made(assistant, "edit_records", layout=layout, ids=["2"], values=values))[
                "change_id"
            ]
            for layout, values in (
                ("Jobs", {"Hours": 7 + days}),
                ("Tasks", {"Text": f"text {days}"}),
                ("Brief", {"Title": f"title {days}"}),
            )
        }


class Later(SystemClock):
    ahead = 0.0

    def wall(self) -> float:
        return time.time() + self.ahead


async def test_a_server_that_runs_for_months_looks_again(office: FiledOffice) -> None:
    clock = Later()
    async with office.assistant(clock=clock) as assistant:
        old = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 3})
        clock.ahead = 91 * DAY
        await assistant.ask("list_changes")
        while old["change_id"] in str(await assistant.ask("list_changes")):
            pass
    assert await with_contents(office) == set()


async def with_contents(office: FiledOffice) -> set[str]:
    """Changes of which contents are left."""
    return {entry.plan for entry in await office.entries() if entry.image or entry.facts.get("heading")}


async def test_each_layout_has_its_days_and_the_rest_goes_by_itself(office: FiledOffice) -> None:
    old, new = await a_past(office, 100), await a_past(office, 40)
    async with office.assistant(FILEMAKER_JOURNAL_DAYS_BY_LAYOUT=DAYS) as assistant:
        listed = str(await assistant.ask("list_changes"))
    kept = {old["Tasks"], new["Tasks"], new["Jobs"]}
    assert {each for each in (*old.values(), *new.values()) if each in listed} == kept
    assert await with_contents(office) == kept
    said = await office.said("verify")
    assert "The chain is whole" in said
    assert "Contents of 9 entries are erased since they were past their days" in said


async def test_a_hold_keeps_what_is_past_its_days(office: FiledOffice) -> None:
    old = await a_past(office, 100)
    for what in (("--plan", old["Jobs"]), ("--key", "title 100")):
        await office.said("hold", "put", *what, "--reason", "an audit")
    office.configure(journal_days_by_layout="{}")
    assert "Erased: contents of 3 entries, 1 plans" in await office.said("retain")
    assert await with_contents(office) == {old["Jobs"], old["Brief"]}
    for line in ("hold", "hold"):
        await office.said(line, "release", (await office.said("hold", "list")).split()[0])
    assert "Erased: contents of 6 entries, 2 plans" in await office.said("retain")
    assert "Erased: contents of 0 entries, 0 plans" in await office.said("retain")
    assert "The chain is whole" in await office.said("verify")


async def test_what_waits_or_can_be_taken_back_within_its_day_stays_unless_the_owner_says_so(
    office: FiledOffice,
) -> None:
    office.configure(journal_days_by_layout="{ Jobs = 0 }")
    async with office.assistant(FILEMAKER_JOURNAL_DAYS_BY_LAYOUT='{"Jobs": 0}') as assistant:
        done = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 3})
        waits = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 3})
    assert "Erased: contents of 0 entries" in await office.said("retain")
    assert "1 plans" in await office.said("retain", "--undoable")
    assert await with_contents(office) == {waits["change_id"]}
    async with office.assistant() as assistant:
        listed = str(await assistant.ask("list_changes"))
        assert waits["change_id"] in listed
        assert done["change_id"] not in listed


async def test_a_number_of_days_below_nothing_is_refused() -> None:
    place = {"host": "https://fm.example", "account": "x", "password": {"env": "X"}, "file": "Sales"}
    with pytest.raises(ConfigurationError, match="takes 0 or more"):
        settled({"database": {"sales": place | {"journal_days_by_layout": {"Jobs": -1}}}}, None)
