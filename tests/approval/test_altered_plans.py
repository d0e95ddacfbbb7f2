"""A plan that another program wrote into: it is refused and named, and keeps no other change from anybody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ..assistant import Assistant
from ..changes.workshop_host import applied, command, in_workshop, planned, workshop
from ..postgres import on_postgres, postgres
from .people import ASKED, Person
from .test_seals import Place

pytestmark = pytest.mark.anyio
ANOTHER_TIME = "another time"
ALTERED = {
    "a box of another": "UPDATE step SET box = (SELECT box FROM step WHERE plan = '{other}') WHERE plan = '{plan}'",
    "no box": "UPDATE plan SET box = NULL WHERE id = '{plan}'",
    "a text for a box": "UPDATE step SET box = 'x' WHERE plan = '{plan}'",
    "a number for a box": "UPDATE item SET box = 1000000000000000000 WHERE plan = '{plan}'",
    "a number for its key": "UPDATE data_key SET box = -7 WHERE id = (SELECT key FROM step WHERE plan = '{plan}')",
    "a text for a time": "UPDATE plan SET made = 'soon' WHERE id = '{plan}'",
    "a time without end": "UPDATE plan SET expires = 1e308 WHERE id = '{plan}'",
    ANOTHER_TIME: "UPDATE plan SET expires = expires + 1000 WHERE id = '{plan}'",
    "bytes for a name": "UPDATE plan SET client = x'fffe' WHERE id = '{plan}'",
    "bytes for a layout": "UPDATE step SET layout = x'fffe' WHERE plan = '{plan}'",
    "a kind that there is not": "UPDATE step SET kind = 'x' WHERE plan = '{plan}'",
    "a text for a count": "UPDATE item SET writes = 'x' WHERE plan = '{plan}'",
    "a state that there is not": "UPDATE item SET state = 'x' WHERE plan = '{plan}'",
    "an item less": "DELETE FROM item WHERE plan = '{plan}'",
}
ENTRIES = {
    "bytes for a digest": "UPDATE journal SET digest = x'fffe' WHERE number = {number}",
    "signs for a digest": "UPDATE journal SET digest = 'é' WHERE number = {number}",
    "a text for a box": "UPDATE image SET box = 'x' WHERE number = {number}",
    "a number for a box": "UPDATE image SET box = 1000000000000000000 WHERE number = {number}",
    "a text for an erasure": "UPDATE image SET gone = 'x' WHERE number = {number}",
    "a number for outcomes": "UPDATE journal SET event = 'ended', facts = '{{\"outcomes\": 5}}' WHERE number = {number}",
    "a text for a number": "UPDATE journal SET event = 'erased', facts = '{{\"contents\": \"x\"}}' WHERE number = {number}",
    "facts that are none": "UPDATE journal SET facts = '[' WHERE number = {number}",
}


CAME_TO = "UPDATE job SET facts_box = -7 WHERE id = '{job}'"
JOBS = (
    "UPDATE job SET box = x'fffe' WHERE id = '{job}'",
    "UPDATE job SET box = NULL WHERE id = '{job}'",
    CAME_TO,
    "UPDATE job SET kind = 'x' WHERE id = '{job}'",
    "UPDATE job SET asked = 'soon' WHERE id = '{job}'",
    "UPDATE job SET asked = 1e308 WHERE id = '{job}'",
    "UPDATE job SET state = 'running', runner = 'gone', box = x'00' WHERE id = '{job}'",
)


async def waiting(assistant: Assistant, title: str) -> str:
    plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": title})
    return plan["change_id"]


async def test_an_altered_plan_is_refused_and_named_and_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        plans = {what: await waiting(assistant, what) for what in ALTERED}
        whole = await waiting(assistant, "Whole")
    for what, statement in ALTERED.items():
        await place.sql(statement.format(plan=plans[what], other=whole))
    status, told = await place.verified(capsys)
    assert status == 1
    for what, plan in plans.items():
        assert f"the plan {plan} is not the one that was made" in told, what
    assert whole not in told
    async with place.assistant() as assistant:
        answer = await assistant.ask("list_changes", limit=50)
        listed = {each["change_id"]: each["state"] for each in answer["changes"]}
        assert listed.pop(whole) == "planned"
        assert listed.pop(plans.pop(ANOTHER_TIME)) == "planned", "it can be read, and no agreement counts"
        assert listed == dict.fromkeys(plans.values(), "altered")
        for what, plan in plans.items():
            refusal = await assistant.refused("apply_change", change_id=plan)
            assert "is not the one that was made" in refusal, (what, refusal)
            assert await waiting(assistant, what) != plan, "the same is planned anew"


async def test_an_altered_plan_in_the_hands_of_nobody_keeps_no_other_change_from_being_made(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        plan = await waiting(assistant, "Altered")
    await place.sql(f"UPDATE plan SET state = 'applying', runner = 'gone' WHERE id = '{plan}'")
    await place.sql(f"UPDATE item SET state = 'sent', box = x'00' WHERE plan = '{plan}'")
    async with place.assistant() as assistant:
        other = await planned(assistant, "edit_records", layout="Jobs", ids=["3"], values={"Title": "Other"})
        assert (await applied(assistant, other))["state"] == "done"
        assert "is not the one that was made" in await assistant.refused("apply_change", change_id=plan)


async def test_an_entry_with_what_no_entry_has_is_named_and_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        for what in ENTRIES:
            await waiting(assistant, what)
    for number, (what, statement) in enumerate(ENTRIES.items(), start=1):
        with closing(sqlite3.connect(place.state)) as file:
            assert file.execute("SELECT 1 FROM image WHERE number = ?", (number,)).fetchone(), what
        await place.sql(statement.format(number=number))
    status, told = await place.verified(capsys)
    assert status == 1
    for number, what in enumerate(ENTRIES, start=1):
        assert f"entry {number} " in told or told.rstrip().endswith(f"entry {number}"), (what, told)
    async with place.assistant() as assistant:
        changes = (await assistant.ask("list_changes", limit=50))["changes"]
        assert len(changes) == len(ENTRIES)
        refusal = await assistant.refused("apply_change", change_id=changes[0]["change_id"])
        assert "is not the one that was made" in refusal, "nobody knows who has to agree"
    assert await command("journal", "--state", str(place.state), "--seal-key", str(place.key), "list") == 0


async def test_an_altered_entry_of_what_was_sent_counts_as_one_and_stops_no_other_change(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    async with place.assistant(rules=ASKED | {"FILEMAKER_MAX_RECORDS_PER_DAY": "9"}) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Sent"})
        await applied(assistant, plan)
        altered = """CASE event WHEN 'attempt' THEN '{"writes": 0}' ELSE '[' END"""
        await place.sql(f"UPDATE journal SET facts = {altered} WHERE plan = '{plan['change_id']}'")
        again = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Next"})
        await applied(assistant, again)
        back = await assistant.ask("undo_change", change_id=again["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
        many = {"Tasks": {"add": [{"Text": f"row {n}"} for n in range(7)]}}
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=["3"], values=many)
        assert "3 were changed, and this has 7" in refusal


@on_postgres
async def test_in_postgresql_it_counts_alike() -> None:
    server = postgres()
    assert server is not None
    url = server.database()
    rules = ASKED | {"FILEMAKER_MAX_RECORDS_PER_DAY": "9", "FILEMAKER_STATE": url}
    async with in_workshop(workshop(), rules) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Sent"})
        await applied(assistant, plan)
        for event, facts in (
            ("planned", "["),
            ("started", '{"a": "\\u0000"}'),
            ("attempt", '{"a": "\\ud800"}'),
        ):
            server.run(
                f"UPDATE journal SET facts = '{facts}' WHERE event = '{event}'",
                database=url.rpartition("/")[2],
            )
        again = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Next"})
        await applied(assistant, again)
        back = await assistant.ask("undo_change", change_id=again["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
        many = {"Tasks": {"add": [{"Text": f"row {n}"} for n in range(7)]}}
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=["3"], values=many)
        assert "3 were changed, and this has 7" in refusal


@pytest.mark.parametrize("facts", ["[", "7"])
async def test_a_no_into_which_another_program_wrote_is_still_a_no(tmp_path: Path, facts: str) -> None:
    place = Place(tmp_path)
    person = Person("decline")
    async with place.assistant(person=person) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        first = await assistant.ask("apply_change", change_id=plan["change_id"])
        await place.sql(f"UPDATE journal SET facts = '{facts}' WHERE event = 'declined'")
        again = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert again["state"] == first["state"] == "planned"
        assert len(person.read) == 1, "nobody is asked again within the hour"


async def test_an_altered_job_is_named_and_keeps_no_other_from_being_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        for number in range(len(JOBS) + 1):
            await applied(
                assistant,
                await planned(
                    assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": f"Title {number}"}
                ),
            )
        whole, *jobs = [each["job"] for each in (await assistant.ask("check_job"))["jobs"]]
    for job, statement in zip(jobs, JOBS, strict=True):
        await place.sql(statement.format(job=job))
    status, told = await place.verified(capsys)
    assert status == 1
    for job in jobs:
        assert f"the job {job} is not the one that was kept" in told
    async with place.assistant() as assistant:
        listed = {each["job"] for each in (await assistant.ask("check_job"))["jobs"]}
        assert listed == {whole, jobs[JOBS.index(CAME_TO)]}, "what it came to is not read for a list"
        for job in jobs:
            assert "is not the one that was kept" in await assistant.refused("check_job", job=job)


async def test_a_copy_that_is_put_back_ends_what_was_planned_whatever_was_altered_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        altered, whole = [await waiting(assistant, title) for title in ("Altered", "Whole")]
    await place.sql(f"UPDATE plan SET made = x'fffe' WHERE id = '{altered}'")
    words = ("--state", str(place.state), "--seal-key", str(place.key))
    assert await command("state", *words, "restored") == 0
    told = (await place.verified(capsys))[1]
    assert (altered in told, whole in told) == (True, False)
