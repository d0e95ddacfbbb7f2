"""What a person or a model gets wrong: one clear sentence, with what to do, and nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import sys

import pytest

from filemaker_mcp.server.criteria import habits
from filemaker_mcp.server.criteria.searchable import ALL_OPERATORS

from ..assistant import Assistant, assisted
from ..host_of import host_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def assistant():
    async with assisted() as assistant:
        yield assistant


async def sentence(assistant: Assistant, tool: str, **arguments: object) -> str:
    """The refusal, which is never a traceback and always ends like a sentence."""
    text = await assistant.refused(tool, **arguments)
    assert "Traceback" not in text
    assert text.endswith((".", "?"))
    return text


async def test_a_wrong_layout_gets_the_right_name(assistant: Assistant) -> None:
    text = await sentence(assistant, "find_records", layout="Invoces")
    assert "'Invoices'" in text
    assert "list_layouts" in text


async def test_a_wrong_field_gets_the_right_name(assistant: Assistant) -> None:
    text = await sentence(assistant, "find_records", layout="Invoices", where={"Statsu": "Paid"})
    assert "'Status'" in text


async def test_a_wrong_record_id_says_to_find_it_again(assistant: Assistant) -> None:
    text = await sentence(assistant, "get_record", layout="Invoices", id="999999999")
    assert "(FileMaker error 101)" in text
    assert "find_records" in text


async def test_a_record_id_that_is_no_number_is_refused_before_it_is_sent(assistant: Assistant) -> None:
    before = len(assistant.emulator.requests)
    assert "'id'" in await sentence(assistant, "get_record", layout="Invoices", id="INV-00001")
    assert len(assistant.emulator.requests) == before


async def test_a_wrong_script_gets_the_right_name(assistant: Assistant) -> None:
    text = await sentence(assistant, "run_script", script="Month Reprot", layout="Invoices")
    assert "Month Report" in text


async def test_a_wrong_operator_gets_those_that_exist(assistant: Assistant) -> None:
    text = await sentence(assistant, "find_records", layout="Invoices", where={"Total": {"greater": 5}})
    assert "gt" in text


async def test_an_impossible_date_is_refused_before_it_is_sent(assistant: Assistant) -> None:
    text = await sentence(assistant, "find_records", layout="Invoices", where={"Date": "2026-02-30"})
    assert "2026-02-30" in text


async def test_a_value_of_the_wrong_type_is_refused_with_what_the_field_takes(assistant: Assistant) -> None:
    text = await sentence(
        assistant, "create_records", layout="Tasks", records=[{"Title": "x", "Due": "soon"}]
    )
    assert "'soon'" in text
    assert "2026-03-09" in text


async def test_a_value_outside_its_list_is_refused_with_the_list(assistant: Assistant) -> None:
    text = await sentence(
        assistant, "create_records", layout="Tasks", records=[{"Title": "x", "Priority": "Urgent"}]
    )
    assert "Normal" in text


async def test_a_field_to_write_that_is_not_there_gets_the_right_name(assistant: Assistant) -> None:
    text = await sentence(assistant, "edit_records", layout="Tasks", ids=["1"], values={"Titel": "x"})
    assert "'Title'" in text
    assert text.startswith("state: refused")


async def test_an_unknown_parameter_gets_the_right_name(assistant: Assistant) -> None:
    assert "'layout'" in await sentence(assistant, "find_records", layuot="Invoices")


async def test_a_record_changed_since_the_plan_is_not_overwritten(assistant: Assistant) -> None:
    plan = await assistant.ask("edit_records", layout="Tasks", ids=["1"], values={"Priority": "High"})
    other = await assistant.ask("edit_records", layout="Tasks", ids=["1"], values={"Priority": "Low"})
    assert (await assistant.carried_out(other["change_id"]))["state"] == "done"
    result = await assistant.call("apply_change", change_id=plan["change_id"])
    assert "refused" in str(result.structured_content or result.content)
    record = await assistant.ask("get_record", layout="Tasks", id="1", fields=["Priority"])
    assert record["fields"]["Priority"] == "Low"


async def test_a_wrong_password_says_so_once_and_does_not_lock_the_account() -> None:
    async with assisted({"FILEMAKER_PASSWORD": "hunter2"}) as assistant:
        for _ in range(3):
            text = await assistant.refused("list_layouts")
            assert "password" in text
            assert "hunter2" not in text
        attempts = [request for request in assistant.emulator.requests if request.path.endswith("/sessions")]
        assert len(attempts) == 1


async def test_a_wrong_database_names_those_that_are_open() -> None:
    async with assisted({"FILEMAKER_DATABASE": "Habor"}) as assistant:
        text = await sentence(assistant, "list_layouts")
        assert "'Habor'" in text
        assert "Did you mean 'Harbor'?" in text


async def test_a_host_that_does_not_answer_is_named() -> None:
    from mcp import Client

    from filemaker_mcp.server.app.app import build
    from filemaker_mcp.server.config.configuration import configured

    settings = {
        "FILEMAKER_HOST": "http://127.0.0.1:9",
        "FILEMAKER_DATABASE": "Harbor",
        "FILEMAKER_USERNAME": "a",
        "FILEMAKER_PASSWORD": "b",
    }
    async with Client(build(configured(settings)).server) as client:
        result = await client.call_tool("list_layouts", {})
    assert result.is_error
    assert "127.0.0.1 refused the connection" in str(result.content)


async def test_an_empty_environment_ends_with_one_sentence_and_no_traceback() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    nowhere = {"XDG_CONFIG_HOME": os.devnull, "APPDATA": os.devnull, "HOME": os.devnull}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "filemaker_mcp.server",
        env=environment | nowhere,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        _, error = await process.communicate()
    assert process.returncode == 2
    assert error.decode().startswith("filemaker-mcp: No database is configured")
    assert "Traceback" not in error.decode()


async def test_nothing_that_was_refused_changed_anything() -> None:
    emulator = host_of()
    before = emulator.digest()
    async with assisted(emulator=emulator) as assistant:
        await assistant.refused("create_records", layout="Tasks", records=[{"Title": ""}])
        await assistant.refused("edit_records", layout="Tasks", ids=["1"], values={"Done": "often"})
        await assistant.refused("delete_records", layout="Tasks", ids=["99999"])
    assert emulator.digest() == before


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"Total": ">2000"}, 'Write {"gt": 2000}.'),
        ({"Total": "1,000...2,000"}, 'Write {"between": [1000, 2000]}.'),
        ({"Date": ">= 2026-01-01"}, 'Write {"gte": "2026-01-01"}.'),
        ({"Date": "2026-01-01...2026-03-31"}, 'Write {"between": ["2026-01-01", "2026-03-31"]}.'),
        ({"Status": {"eq": "Paid"}}, "Did you mean 'is'?"),
        ({"Total": {"$gte": 5}}, "Did you mean 'gte'?"),
        ({"Status": {"in": ["Paid"]}}, "Did you mean 'any_of'?"),
        ({"Total": True}, "'Total' holds numbers; true is none. FileMaker keeps yes and no as 1 and 0"),
        ({"id": "12"}, "get_record takes a record id"),
        ("Overdue", "'where' takes an object"),
    ],
)
async def test_the_habits_of_other_query_languages_get_the_way_it_is_written_here(
    assistant: Assistant, where: object, says: str
) -> None:
    assert says in await sentence(assistant, "find_records", layout="Invoices", where=where)


def test_every_habit_leads_to_a_condition_that_there_is() -> None:
    conditions = {
        frozenset(json.loads(word)) if word.startswith("{") else frozenset({word})
        for word in habits.WORDS.values()
    }
    assert frozenset().union(*conditions) <= ALL_OPERATORS


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"sort": ["Total desc"]}, '"-Field" for descending'),
        ({"sort": [{"field": "Total", "order": "desc"}]}, '"-Field" for descending'),
        ({"sort": "-Total"}, "'sort' takes a list"),
        ({"order_by": "Total"}, "did you mean 'sort'?"),
    ],
)
async def test_wrong_shapes_get_the_right_one(
    assistant: Assistant, arguments: dict[str, object], says: str
) -> None:
    assert says in await sentence(assistant, "find_records", layout="Invoices", **arguments)


MISTAKES: list[tuple[str, dict[str, object], str]] = [
    ("get_record", {"layout": "Invoices", "id": "INV-00001"}, "'id' takes a record id, digits such as \"7\""),
    ("edit_records", {"layout": "Tasks", "ids": ["x"], "values": {}}, "'ids.0' takes a record id"),
    ("edit_records", {"layout": "Tasks", "ids": "1,2", "values": {}}, 'a list of record ids such as ["7"]'),
    ("edit_records", {"layout": "Tasks", "records": [{"id": 1}]}, '{"7": {"Name": "value"}}'),
    ("edit_records", {"layout": "Tasks", "records": {"x": {}}}, "'records.x' takes a record id"),
    ("edit_records", {"layout": "Tasks", "ids": ["1"], "fields": {}}, "did you mean 'values'?"),
    ("create_records", {"layout": "Tasks", "records": {"Title": "x"}}, 'a list such as [{"Name": "value"}]'),
    ("create_records", {"layout": "Tasks", "values": {"Title": "x"}}, "did you mean 'records'?"),
    (
        "create_records",
        {"layout": "Tasks", "records": [{"fieldData": {}}]},
        'A record is {"Field": value} itself',
    ),
    ("find_records", {"layout": "Tasks", "limit": "all"}, "'limit' takes a whole number."),
    ("find_records", {"layout": "Tasks", "limit": 5000}, "'limit' takes 1000 at most."),
    ("find_records", {"layout": "Tasks", "limit": 0}, "'limit' takes 1 or more."),
    ("find_records", {"layout": ""}, "'layout' takes a text that is not empty."),
    ("find_records", {"layout": "Tasks", "where": 5}, "'where' takes an object"),
    (
        "find_records",
        {"layout": "Tasks", "where": [{"Title": "x"}, None]},
        "do not fit: 'where.1' takes an object",
    ),
    ("summarize_records", {"layout": "Tasks", "summaries": ["count"]}, "did you mean 'measures'?"),
    ("summarize_records", {"layout": "Tasks", "measures": "sum(Done)"}, '[{"sum": "Total"}]'),
    ("run_script", {"name": "Month Report"}, "did you mean 'script'?"),
]


async def test_what_models_get_wrong_is_told_with_what_is_right(assistant: Assistant) -> None:
    for tool, arguments, says in MISTAKES:
        text = await sentence(assistant, tool, **arguments)
        assert says in text, (tool, arguments, text)
        assert "should" not in text, text
    row = {"Lines": {"edit": [{"recordId": "1", "Quantity": 1}]}}
    text = await sentence(assistant, "edit_records", layout="Invoices", ids=["1"], values=row)
    assert '{"id": "7"' in text
    assert await assistant.ask("list_layouts", folder="") == await assistant.ask("list_layouts")


async def test_a_value_that_its_field_cannot_have_is_pointed_out(assistant: Assistant) -> None:
    both = await assistant.ask("find_records", layout="Invoices", where={"Status": ["Open", "sent"]})
    assert both["hints"] == [
        "'Open' is not in the value list of 'Status': Draft, Sent, Paid, Overdue, Cancelled"
    ]
    known = await assistant.ask("find_records", layout="Invoices", where={"Status": ["Paid", "Sent"]})
    assert "hints" not in known


async def test_signs_of_a_find_that_were_taken_literally_are_pointed_out_when_nothing_is_found(
    assistant: Assistant,
) -> None:
    none = await assistant.ask("find_records", layout="Customers", where={"Name": "*Müller*"})
    assert "taken literally" in none["hints"][0]
