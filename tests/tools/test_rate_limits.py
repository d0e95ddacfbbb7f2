"""How much may be asked for in a minute and in a day, how long a queue may be, and what was used."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.clock import ManualClock

from ..assistant import Assistant, assisted
from ..changes.workshop_host import command
from ..host_of import host_of
from ..jobs.shared_clock import ServerClock, timed

pytestmark = pytest.mark.anyio


class Place:
    """A host and its server with one clock and one state file, through as many starts as a test wants."""

    def __init__(self, folder: Path, **limits: object) -> None:
        self.clock = ManualClock()
        self.emulator = host_of(clock=self.clock)
        scripts = {
            "Echo": {"effect": "reads", "layout": "Tasks"},
            "Slow": {"effect": "reads", "layout": "Tasks"},
        }
        self.state = folder / "state.db"
        self._environment = {
            "FILEMAKER_STATE": str(self.state),
            "FILEMAKER_LIMITS": json.dumps(limits),
            "FILEMAKER_SCRIPTS": json.dumps(scripts),
            "FILEMAKER_CONFIRM": "never",
            "FILEMAKER_APPROVAL": "client",
            "FILEMAKER_SESSIONS": "2",
        }

    def assistant(self) -> Any:
        return assisted(self._environment, emulator=self.emulator, clock=ServerClock(self.clock))

    async def timed(self, work: Any) -> tuple[Any, float]:
        return await timed(self.clock, work)

    async def ended(self, assistant: Assistant, answer: dict[str, Any]) -> dict[str, Any]:
        """What a piece of work came to that outlasted its call, or did not."""
        while answer["state"] == "running":
            answer, _ = await self.timed(assistant.ask("check_job", job=answer["job"], wait=50))
        return answer

    def next_day(self) -> None:
        self.clock.advance(timedelta(days=1).total_seconds())


async def add(assistant: Assistant, title: str) -> dict[str, Any]:
    return await assistant.ask("create_records", layout="Tasks", records=[{"Title": title}])


async def titled(assistant: Assistant, title: str) -> int:
    return (await assistant.ask("find_records", layout="Tasks", where={"Title": title}))["found"]


async def test_a_minute_of_writes_or_scripts_that_is_used_up_is_waited_for(tmp_path: Path) -> None:
    place = Place(tmp_path, writes_per_minute=2, scripts_per_minute=1)
    async with place.assistant() as assistant:
        for number in range(2):
            _, waited = await place.timed(add(assistant, f"T{number}"))
            assert waited < 10, "at most a look at what outlasted its call on a busy machine"
        third, waited = await place.timed(add(assistant, "T2"))
        assert 0 < waited <= 60
        until = f"{place.clock.now() + timedelta(minutes=1):%H:%M} UTC"
        assert third["doing"] == f"waiting for the owner's limit of 2 writes a minute, until {until}"
        assert (await place.ended(assistant, third))["state"] == "done"
        assert await titled(assistant, "T2") == 1
        first, waited = await place.timed(assistant.ask("run_script", script="Echo", parameter="a"))
        assert (first["state"], waited) == ("done", 0)
        second, _ = await place.timed(assistant.ask("run_script", script="Echo", parameter="b"))
        assert second["state"] == "running"
        assert "limit of 1 scripts a minute, until" in second["doing"]
        assert (await place.ended(assistant, second))["state"] == "done"


async def test_what_waits_for_its_minute_ends_when_the_owner_stops_it_and_goes_on_when_that_is_lifted(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, writes_per_minute=4, scripts_per_minute=1)
    state = ("--state", str(place.state))
    async with place.assistant() as assistant:

        async def halted(waiting: dict[str, Any]) -> dict[str, Any]:
            assert "waiting for the owner's limit" in waiting["doing"], waiting
            assert await command("halt", "--writes", "--reason", "Month end", *state) == 0
            answer, seconds = await place.timed(assistant.ask("check_job", job=waiting["job"], wait=50))
            assert seconds <= 5
            assert "stopped changes and scripts for you. Month end" in str(answer), answer
            assert await command("halt", "--lift", *state) == 0
            return answer

        await assistant.ask("run_script", script="Echo", parameter="a")
        second, _ = await place.timed(assistant.ask("run_script", script="Echo", parameter="b"))
        assert (await halted(second))["state"] == "refused"
        assert len(place.emulator.scripts_run) == 1

        async def begun(tool: str, **arguments: object) -> dict[str, Any]:
            return (await place.timed(assistant.ask(tool, **arguments)))[0]

        async def there() -> int:
            return sum([await titled(assistant, each["Title"]) for each in records])

        left = {"done": 4, "not_attempted": 6}
        records = [{"Title": f"T{number}"} for number in range(10)]
        answer = await halted(await begun("create_records", layout="Tasks", records=records))
        assert (answer["state"], answer["records"]) == ("stopped", left), (
            "those of a wave, claimed already, too"
        )
        assert await there() == 4
        change = {"change_id": answer["change_id"]}
        answer = await halted(await begun("apply_change", all_or_nothing=True, **change))
        assert (answer["records"], answer["taken_back"]) == (left, 0), "taking back is a change as well"
        assert await there() == 4
        answer = await place.ended(assistant, await begun("apply_change", **change))
        assert answer["records"] == {"done": 10}, answer
        assert await there() == 10


async def test_a_day_that_is_used_up_is_refused_also_after_a_restart_and_free_on_the_next(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, writes_per_day=1, scripts_per_day=1)
    async with place.assistant() as assistant:
        await add(assistant, "Today")
        await assistant.ask("run_script", script="Echo", parameter="a")
    async with place.assistant() as assistant:
        outcome = json.dumps(await add(assistant, "Too much"))
        assert "limit of 1 writes a day is reached" in outcome
        assert "Nothing was changed. Try again in" in outcome
        script = await assistant.ask("run_script", script="Echo", parameter="b")
        assert script["state"] == "refused"
        assert "limit of 1 scripts a day is reached" in script["said"]
        assert await titled(assistant, "Too much") == 0
    place.next_day()
    async with place.assistant() as assistant:
        await add(assistant, "Tomorrow")
        assert await titled(assistant, "Tomorrow") == 1
        assert (await assistant.ask("run_script", script="Echo", parameter="c"))["state"] == "done"


async def test_bytes_are_counted_as_they_come_whichever_tool_reads_them(tmp_path: Path) -> None:
    for tool, arguments in (
        ("find_records", {"limit": 200}),
        ("summarize_records", {"measures": [{"sum": "Total"}]}),
        ("export_records", {"file": "all.csv"}),
    ):
        place = Place(tmp_path / tool, megabytes_per_day=0.02)
        async with place.assistant() as assistant:
            await assistant.call(tool, layout="Invoices", **arguments)
            refused = await assistant.refused("get_record", layout="Invoices", id="1")
            assert "limit of 0.02 megabytes a day is reached" in refused
            assert " hours." in refused or " minutes." in refused
        place.next_day()
        async with place.assistant() as assistant:
            await assistant.ask("get_record", layout="Invoices", id="1")


async def test_a_read_does_not_wait_longer_for_the_next_minute_than_a_client_would(tmp_path: Path) -> None:
    place = Place(tmp_path, megabytes_per_minute=0.001)
    async with place.assistant() as assistant:
        await assistant.ask("find_records", layout="Invoices", limit=50)
        refused, waited = await place.timed(assistant.refused("find_records", layout="Invoices", limit=50))
        assert "megabytes a minute is reached" in refused
        seconds = int(refused.partition("Try again in ")[2].partition(" ")[0])
        assert (waited, 0 < seconds <= 60) == (0, True)
        place.clock.advance(seconds)
        await assistant.ask("find_records", layout="Invoices", limit=1)


async def test_a_full_queue_says_when_to_come_back_and_takes_work_again_then(tmp_path: Path) -> None:
    place = Place(tmp_path, queue=1)
    async with place.assistant() as assistant:
        jobs = [
            (await place.timed(assistant.ask("run_script", script="Slow", parameter=str(20 + n))))[0]
            for n in range(2)
        ]
        assert [job["state"] for job in jobs] == ["running", "running"]
        assert jobs[1]["waiting"] == "others come first"
        before = len(place.emulator.requests)
        busy = await assistant.refused("run_script", script="Slow", parameter="30")
        assert "Busy: 1 jobs wait already" in busy
        assert "Try again in" in busy
        assert len(place.emulator.requests) - before <= 1, "its script was looked up, and not run"
        for job in jobs:
            assert (await place.ended(assistant, job))["state"] == "done"
        again, _ = await place.timed(assistant.ask("run_script", script="Slow", parameter="1"))
        assert again["state"] == "done"


async def test_what_was_used_is_shown_by_tool_and_day_and_kept_for_a_licence_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        for _ in range(3):
            await assistant.ask("find_records", layout="Invoices", limit=20)
        await assistant.client.read_resource("filemaker://layouts")
    place.next_day()
    async with place.assistant() as assistant:
        await assistant.ask("summarize_records", layout="Invoices")
        used = (await assistant.ask("check_connection"))["used"]
        assert used["columns"] == ["", "calls", "requests", "received"]
        today = {row[0]: row for row in used["today"]}
        assert set(today) >= {"summarize_records", "check_connection"}  # check_job too where a call took long
        assert today["summarize_records"][1] == 1
        assert today["summarize_records"][2] >= 2
        yesterday = used["days"][1]
        assert yesterday[1] == 4, "three finds and a resource"
        assert yesterday[3].endswith(("MB", "kB"))
    assert await command("journal", "--state", str(place.state), "usage", "--days", "36500") == 0
    told = capsys.readouterr().out
    assert "find_records" in told
    assert "3 calls" in told
    for _ in range(400):
        place.next_day()
    async with place.assistant() as assistant:
        assert len((await assistant.ask("check_connection"))["used"]["days"]) == 1
        await assistant.ask("find_records", layout="Invoices", limit=1)
    assert await command("journal", "--state", str(place.state), "usage", "--days", "36500") == 0
    assert "summarize_records" not in capsys.readouterr().out
