"""Arguments as models and clients send them: taken where the meaning is plain, refused in one sentence where it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mcp_types import CallToolResult

from ..assistant import Assistant, assisted, said

pytestmark = pytest.mark.anyio


@pytest.fixture
async def assistant():
    async with assisted() as assistant:
        yield assistant


async def call(assistant: Assistant, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    return await assistant.client.call_tool(tool, arguments)


SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("describe_layout", {"layouts": '["Tasks", "Staff"]'}, {"layouts": ["Tasks", "Staff"]}),
    (
        "get_record",
        {"layout": "Invoices", "id": 1, "portals": '["Lines"]'},
        {"layout": "Invoices", "id": "1", "portals": ["Lines"]},
    ),
    (
        "find_records",
        {"layout": "Tasks", "where": '{"Priority": "High"}', "fields": '["Title"]', "sort": '["Title"]'},
        {"layout": "Tasks", "where": {"Priority": "High"}, "fields": ["Title"], "sort": ["Title"]},
    ),
    (
        "find_records",
        {"layout": "Tasks", "where": None, "portals": None, "sort": None, "limit": None, "go_ahead": None},
        {"layout": "Tasks"},
    ),
    (
        "summarize_records",
        {"layout": "Tasks", "group_by": '["Priority"]', "measures": None, "top": None},
        {"layout": "Tasks", "group_by": ["Priority"]},
    ),
    ("check_job", {"job": None, "wait": None}, {}),
    (
        "find_records",
        {"layout": "Tasks", "limit": "5", "offset": "3"},
        {"layout": "Tasks", "limit": 5, "offset": 3},
    ),
    ("find_records", {"layout": "Tasks", "limit": 5.0}, {"layout": "Tasks", "limit": 5}),
    (
        "find_records",
        {"layout": "Tasks", "where": '[{"Priority": "High"}, {"Priority": "Low"}]'},
        {"layout": "Tasks", "where": [{"Priority": "High"}, {"Priority": "Low"}]},
    ),
    (
        "find_records",
        {"layout": "Tasks", "omit": ' {"Priority": "High"}\n', "where": None},
        {"layout": "Tasks", "omit": {"Priority": "High"}},
    ),
    (
        "find_records",
        {"layout": "Tasks", "where": {"Title": '["Call", "Write"]'}},
        {"layout": "Tasks", "where": {"Title": '["Call", "Write"]'}},
    ),
    ("get_record", {"layout": "Tasks", "id": 1, "fields": None}, {"layout": "Tasks", "id": "1"}),
    ("list_layouts", {"search": None}, {}),
    ("list_changes", {"change_id": None}, {}),
    ("describe_layout", {"layouts": '["Tasks"]', "fields": None}, {"layouts": ["Tasks"]}),
    (
        "summarize_records",
        {"layout": "Tasks", "measures": '["count"]', "group_by": '["Priority"]', "having": None},
        {"layout": "Tasks", "measures": ["count"], "group_by": ["Priority"]},
    ),
]


@pytest.mark.parametrize(("tool", "sent", "plain"), SAME, ids=lambda value: str(value)[:40])
async def test_lists_as_text_null_and_whole_numbers_mean_what_they_plainly_mean(
    assistant: Assistant, tool: str, sent: dict[str, Any], plain: dict[str, Any]
) -> None:
    first, second = await call(assistant, tool, sent), await call(assistant, tool, plain)
    assert not first.is_error, said(first)
    assert _without_handle(first) == _without_handle(second)


async def test_ids_in_a_list_may_be_numbers_too(assistant: Assistant) -> None:
    plan = await assistant.ask("edit_records", layout="Tasks", ids=[1, "2"], values={"Priority": "Low"})
    assert plan["state"] == "planned"


@pytest.mark.parametrize("tool", ["find_records", "summarize_records", "get_record"])
async def test_criteria_as_words_are_refused_with_the_right_shape(assistant: Assistant, tool: str) -> None:
    text = await assistant.refused(tool, layout="Tasks", where="Priority is High")
    assert """'where' takes an object such as {"Status": "Paid", "Date": "2026-03"}, not text""" in text


async def test_what_is_nested_without_end_is_refused(assistant: Assistant) -> None:
    deep: object = "x"
    for _ in range(150):
        deep = [deep]
    assert "nested more than" in said(
        await call(assistant, "find_records", {"layout": "Tasks", "where": {"Title": deep}})
    )


@pytest.mark.parametrize("cut", ["cut \ud83d", "\ude00 off"], ids=ascii)
async def test_half_of_a_sign_is_refused_wherever_it_stands(assistant: Assistant, cut: str) -> None:
    """JSON text can say it, also within an argument; neither UTF-8 nor SQLite can hold it."""
    before = assistant.emulator.digest()
    for tool, arguments in (
        ("edit_records", {"ids": ["1"], "values": {"Title": cut}}),
        ("edit_records", {"ids": ["1"], "values": {cut: "x"}}),
        ("create_records", {"records": [{"Title": {"append": cut}}]}),
        ("find_records", {"where": {"Title": {"contains": [cut]}}}),
        ("find_records", {"fields": [cut]}),
    ):
        texts = {name: json.dumps(value) for name, value in arguments.items()}
        answer = await call(assistant, tool, {"layout": "Tasks", **texts})
        assert answer.is_error
        assert "half of a sign" in said(answer), (tool, arguments, said(answer))
    assert assistant.emulator.digest() == before


NAMES = ["x" * 70_000, "é" * 3_000, "x" * 2_000_000, "\x00", "\u202e", "../../etc", "?" * 2_500, " ", "-"]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{name[:3]!r} times {len(name)}")
async def test_a_name_that_nothing_has_is_one_short_sentence_everywhere(
    assistant: Assistant, name: str
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("find_records", {"layout": name}),
        ("find_records", {"layout": "Tasks", "fields": [name]}),
        ("find_records", {"layout": "Tasks", "where": {name: 1}}),
        ("find_records", {"layout": "Tasks", "sort": [name]}),
        ("find_records", {"found_set": name}),
        ("describe_layout", {"layouts": [name]}),
        ("get_record", {"layout": "Tasks", "id": name}),
        ("get_record", {"layout": "Tasks", "id": "1", "portals": [name]}),
        ("summarize_records", {"layout": "Tasks", "group_by": [name]}),
        ("summarize_records", {"layout": "Tasks", "measures": [name]}),
        ("export_records", {"layout": "Tasks", "file": "x", "fields": [name]}),
        ("read_container", {"layout": "Tasks", "id": "1", "field": name}),
        ("create_records", {"layout": name, "records": [{"Title": "x"}]}),
        ("create_records", {"layout": "Tasks", "records": [{name: "x"}]}),
        ("edit_records", {"layout": "Tasks", "file": name, "key": "Title"}),
        ("apply_change", {"change_id": name}),
        ("undo_change", {"change_id": name}),
        ("list_changes", {"change_id": name}),
        ("run_script", {"script": name}),
        ("check_job", {"job": name}),
        ("stop_job", {"job": name}),
    ]
    for tool, arguments in calls:
        answer = await call(assistant, tool, arguments)
        text = said(answer)
        assert len(text) < 4_000, (tool, len(text))
        assert "did not foresee" not in text, (tool, text)


def _without_handle(result: CallToolResult) -> str:
    facts = dict(result.structured_content or {})
    for name in ("found_set", "read"):
        facts.pop(name, None)
    return json.dumps(facts, sort_keys=True)
