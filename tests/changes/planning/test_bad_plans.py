"""What cannot be done is refused in a sentence that says what to do, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest

from ..workshop_host import applied, in_workshop, job, made, planned, somebody, workshop

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Status": "Opn"}, "'Open'"),
        ({"Title": ""}, "'Title' is required"),
        ({"Hours": "many"}, "a number such as"),
        ({"Due": "next week"}, "a date such as"),
        ({"Due": "31.01.2026"}, "a date such as"),
        ({"Start": "noon"}, "a time such as"),
        ({"Cost": 5}, "calculation field"),
        ({"Total": 5}, "summary field"),
        ({"Phone(4)": "1"}, "repetitions 1 to 3"),
        ({"Title(2)": "x"}, "no repetitions"),
        ({"Titel": "x"}, "'Title'"),
        ({"Sketch": "text"}, "takes a file"),
        ({"Hours": {"add": "x"}}, "no number"),
        ({"Title": {"add": 1}}, "works on number"),
        ({"Due": {"shift": {"fortnights": 1}}}, "days, weeks, months"),
        ({"Hours": {"plus": 1}}, "of no known form"),
        ({"Hours": [1, 2]}, "is a list"),
        ({"Tasks": {"edit": [{"id": "99", "Text": "x"}]}}, "no row '99'"),
        ({"Tasks": {"delete": ["1"]}}, '"remove"'),
        ({"Tasks": [{"Text": "x"}]}, '"add"'),
        ({"Tasks": {"add": [{"Txt": "x"}]}}, "'Tasks::Text'"),
        ({"Hours": {"field": "Nothing"}}, "not a field"),
        ({"Hours": {"step": 1, "field": "ID"}}, "no earlier step"),
        ({"Hours": {"step": 1, "record": "x", "field": "ID"}}, "whole numbers"),
        ({"Hours": {"multiply": 2, "round": "x"}}, "whole numbers"),
        ({"Hours": {"multiply": 2, "round": 10**9}}, "cannot be rounded"),
        ('{"Hours": 1e400}', "a number that is none"),
        ('{"Ref": 1e400}', "a number that is none"),
        ({"Hours": 10**401}, "10^400"),
        ({"Hours": "1e30000000"}, "10^400"),
        ({"Hours": "1e-30000000"}, "10^400"),
        ({"Hours": "\N{ARABIC-INDIC DIGIT THREE}"}, "a number such as"),
        ({"Hours": "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}"}, "a number such as"),
        ({"Start": "\N{ARABIC-INDIC DIGIT THREE}:30"}, "a time such as"),
        ({"Hours": {"add": "1e999999"}}, "10^400"),
        ('{"Hours": {"add": 1e400}}', "a number that is none"),
        ({"Hours": {"multiply": "1e-999999"}}, "10^400"),
        ({"Hours": {"multiply": "\N{ARABIC-INDIC DIGIT THREE}"}}, "no number"),
    ],
    ids=lambda given: str(given)[:60],
)
async def test_a_value_that_does_not_fit_is_refused_with_what_would(
    values: dict[str, Any] | str, words: str
) -> None:
    async with in_workshop() as assistant:
        before = assistant.emulator.digest()
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values=values)
        assert words in refusal
        assert len(refusal) < 600
        assert "Nothing was changed" in refusal or "nothing" in refusal.lower()
        assert assistant.emulator.digest() == before


async def test_a_product_that_no_number_field_holds_is_refused() -> None:
    async with in_workshop() as assistant:
        nearly: dict[str, Any] = {"multiply": "1e400"}
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": nearly})
        said = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Hours": nearly})
        assert "10^400" in said


@pytest.mark.parametrize(
    ("record", "words"),
    [({"Customer": "Ada"}, "needs 'Title'"), ({}, "needs 'Title'"), ({"Title": "x", "Rate": -1}, "")],
)
async def test_a_new_record_that_lacks_something_is_refused(record: dict[str, Any], words: str) -> None:
    async with in_workshop() as assistant:
        if words:
            assert words in await assistant.refused("create_records", layout="Jobs", records=[record])
            return
        outcome = await made(assistant, "create_records", layout="Jobs", records=[record])
        assert outcome["state"] == "refused"
        assert "503" in outcome["details"][0]["why"]


async def test_a_value_that_must_be_unique_is_refused_by_filemaker_and_told() -> None:
    async with in_workshop() as assistant:
        outcome = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Code": "B"})
        assert outcome["state"] == "refused"
        assert "504" in outcome["details"][0]["why"]
        assert (await job(assistant, "1"))["Code"] == "A"


async def test_criteria_that_match_more_than_was_meant_give_candidates_and_no_plan() -> None:
    async with in_workshop() as assistant:
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", where={"Status": "Open"}, values={"Hours": 1}
        )
        assert "1 Mend the sail" in refusal
        assert "more than 1 record" in refusal
        everything = await assistant.refused("edit_records", layout="Jobs", where={}, values={"Hours": 1})
        assert "more than 1 record" in everything


async def test_a_record_that_was_deleted_meanwhile_is_refused() -> None:
    emulator = workshop()
    async with in_workshop(emulator) as ours, in_workshop(emulator) as theirs:
        plan = await planned(ours, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 6})
        await made(theirs, "delete_records", layout="Jobs", ids=["2"])
        outcome = await applied(ours, plan)
        assert outcome["state"] == "refused"
        assert "101" in outcome["details"][0]["why"]


async def test_a_plan_of_somebody_else_and_a_made_up_one_do_not_exist() -> None:
    async with in_workshop() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        change = plan["change_id"]
        like_it = change[:-1] + ("y" if change.endswith("x") else "x")
        for tool, argument in (("apply_change", like_it), ("undo_change", "edit-9-Jobs-zzzz")):
            refusal = await assistant.refused(tool, change_id=argument)
            assert "There is no change" in refusal
            assert change in refusal
        state = assistant.application.workspaces.state
        async with state.writing() as transaction:
            await transaction.execute("UPDATE plan SET caller = 'somebody else' WHERE id = ?", change)
        assert "There is no change" in await assistant.refused("apply_change", change_id=change)


async def test_a_plan_that_was_altered_is_not_carried_out() -> None:
    async with in_workshop() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        state = assistant.application.workspaces.state
        async with state.writing() as transaction:
            await transaction.execute("UPDATE item SET box = ?", b"\x01" * 60)
        refusal = await assistant.refused("apply_change", change_id=plan["change_id"])
        assert "is not the one that was made" in refusal
        assert (await job(assistant, "1"))["Hours"] == 5


async def test_what_the_owner_caps_is_refused() -> None:
    environment = {"FILEMAKER_MAX_RECORDS_PER_CHANGE": "2", "FILEMAKER_MAX_RECORDS_PER_DAY": "3"}
    async with in_workshop(environment=environment) as assistant:
        values = {"Customer": "Bo"}
        ids = ["1", "2", "3"]
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=ids, values={"Ref": "x"})
        assert "the owner allows 2 in one" in refusal
        await made(assistant, "edit_records", layout="Jobs", ids=["1", "2"], values={"Ref": "x"})
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
        assert "3 changed records a day" in await assistant.refused(
            "edit_records", layout="Jobs", ids=["3"], values=values
        )


async def test_a_delete_of_a_record_that_left_the_owners_limit_is_no_delete() -> None:
    emulator = workshop()
    scope = {"FILEMAKER_SCOPE": '{"Jobs": {"where": {"Customer": "Ada"}, "key": "ID"}}'}
    async with in_workshop(emulator, scope) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["1"])
        await somebody(emulator, "PATCH", "Jobs/records/1", {"fieldData": {"Customer": "Bo"}})
        answer = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert answer["state"] == "refused"
        assert "nothing was deleted" in answer["details"][0]["why"]
        assert emulator.record("Workshop", "Jobs", 1) is not None


async def test_groups_of_a_number_field_are_numbers_in_every_order() -> None:
    async with in_workshop() as assistant:
        for record, rate in (("1", "1.5"), ("2", 10), ("3", 2)):
            await made(assistant, "edit_records", layout="Jobs", ids=[record], values={"Rate": rate})
        asked: dict[str, Any] = {"layout": "Jobs", "where": {"Rate": {"empty": False}}, "group_by": ["Rate"]}
        answer = await assistant.ask("summarize_records", **asked, sort=["Rate"], having={"Rate": {"gt": 1}})
        assert [row[0] for row in answer["rows"]] == [1.5, 2, 10]
