"""Everything that an assistant can say: every tool, every parameter, every resource and prompt that the server lists.

What is tried is derived from what the server offers: a tool without a first call here, or a parameter without values,
is an error of the test, so that nothing new stays untried.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from mcp import Client, MCPError
from mcp_types import (
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
)

from filemaker_mcp.tools import TOOLS

CANARY = "kanarienvogel"
ASKED = CANARY.upper()
"""Criteria come back as they were understood; a find overlooks case, so what is asked is told from what is stored."""
FOUND, PLAN, JOB = "<found set>", "<plan>", "<job>"
"""Stand for a handle and ids that the server really gave out."""

CRITERIA: tuple[Any, ...] = (
    {"Status": "Open"},
    {},
    {"Title": {"raw": "*"}},
    {"Customer": {"raw": "*"}},
    {"Customer": {"not": "Ada"}},
    {"Customer": f"{ASKED} BO"},
    {"customer": {"starts_with": "k"}},
    [{"Customer": "Ada"}, {"Title": {"raw": "*"}}],
    [{"Title": "Mend the sail"}, {"Hours": {"gt": 0}}],
    {"Title": {"duplicate": True}},
    {"Title": {"contains": ASKED}},
    {"Title": {"words": ASKED[:6]}},
    {"Tasks::Text": {"contains": ASKED}},
    {"text": {"contains": ASKED}},
    {"ID": {"any_of": ["J-001", "J-002"]}},
    {"Hours": {"gte": {"field": "Rate"}}},
    {"Code": {"gt": "K"}},
    {"Kode": "x"},
    {"script": "Stamp"},
    {"script.prerequest": "Stamp"},
    {"layout.response": "Tasks"},
    {"ID": {"in": {"layout": "Jobs", "field": "ID", "where": {"Customer": {"raw": "*"}}}}},
    {"ID": {"not_in": {"layout": "Jobs", "field": "ID"}}},
    {"Title": {"in": {"layout": "Tasks", "field": "Text"}}},
    {"Title": {"in": {"layout": "Jobs", "field": "Customer"}}},
    {"ID": {"in": {"found_set": FOUND, "field": "Code"}}},
    {"Due": {"gt": {"field": "Code", "plus": {"days": 1}}}},
    {"ID": {"in": {"layout": "Jobs", "field": "ID", "where": {"Title": {"contains": ASKED}}}}},
    {"ID": {"in": {"layout": "Jobs", "field": "Code", "omit": {"Customer": "Ada"}}}},
    {"ID": {"not_in": {"found_set": FOUND, "field": "ID", "where": {"Customer": {"raw": "*"}}}}},
    {"ID": {"in": {"layout": "Tasks", "field": "Job ID", "where": {"Text": {"raw": "*"}}}}},
    {"Title": {"not": {"in": {"layout": "Jobs", "field": "Title", "where": {"Customer": "Bo"}}}}},
)
FILE = "jobs.csv"
STORED = (FOUND, PLAN, JOB, FILE)
SAID: Mapping[str, Sequence[Any]] = {
    "layout": ("Jobs", "Tasks", "Brief", "Jobs/script/Stamp", "Jobs?script=Stamp", "jobs"),
    "layouts": (["Jobs"], ["Tasks", "Brief"], ["Jobs", "Jobz"]),
    "search": ("", "a", "*"),
    "folder": ("", "All"),
    "where": CRITERIA,
    "omit": (*CRITERIA[:6], {"Title": "Mend the sail"}),
    "id": ("1", "2", "3", "99", "2?script=Stamp"),
    "ids": (["1"], ["2"], ["1", "2", "3"]),
    "copy_of": (["1"], ["2"]),
    "fields": (
        ["Title", "Customer", "Total"],
        ["Tasks::Text"],
        ["Jobs::Title"],
        ["Code"],
        ["Kode"],
        ["Code(1)"],
    ),
    "portals": (["Tasks"], ["Taskz"]),
    "text_offset": (0, 3),
    "portal_offset": (0, 1),
    "sort": (["-Title"], ["Customer"], [{"Status": "Status"}], ["Code"], ["count"], ["-Code"]),
    "limit": (1, 100),
    "offset": (0, 1),
    "found_set": (FOUND, "f1", "found-9"),
    "group": ({"Status": "Open"}, {"Customer": "Ada"}, {"Code": "A"}),
    "measures": (
        ["count"],
        [{"sum": "Hours"}, {"max": "Title"}],
        [{"min": "Code"}, {"distinct": "Code"}],
        [{"sum": {"product": ["Hours", "Rate"]}}],
        [{"sum": "Total"}],
        ["share"],
        [{"first": "Customer", "by": "Due"}, {"last": "Code", "by": "ID"}],
        [{"ratio": ["sum Hours", "max Code"]}, {"running": "sum Hours"}],
        [{"first": "ID", "by": "Code"}],
        [{"last": "Customer", "by": "Title"}],
        [{"moving": "count", "periods": 2}],
        ["first Title by Code"],
        [{"sum": {"days_between": ["Due", "Code"]}}],
    ),
    "group_by": (
        ["Customer"],
        ["Title", "Code"],
        [{"field": "Due", "by": "month"}],
        [{"field": "ID", "label": "Code"}],
        [{"field": "Customer", "exact": True}],
        [{"field": "Due", "age": [30]}, {"field": "Hours", "bands": [0, 5]}],
        [{"field": "Code", "bands": [0, 5]}],
        [{"field": {"days_between": ["Due", "Seen"]}, "bands": [0, 5]}],
        [{"field": "Title", "by": "hour"}],
    ),
    "top_each": (1, 2),
    "having": ({"count": {"gt": 0}}, {"Code": "x"}),
    "top": (1, 500),
    "compare": ("previous_year", "previous_period"),
    "go_ahead": (True,),
    "file": ("out", "../out", FILE, "C:\\out", "/tmp/out.csv"),
    "format": ("csv", "xlsx", "jsonl", {"empty": "clear"}),
    "sheet": ("Records", "Other"),
    "map": (
        {"Title": None},
        {"Title": {"value": "x"}},
        {"Hours": "Tasks::Text"},
        {"Title": "Code"},
        {"Title": "Customer"},
        {"Hours": {"add": 1}},
        {"Ref": {"field": "Code"}},
        {"Ref": {"field": "Customer"}},
        {"Customer": {"value": f"{ASKED} BO"}},
        {"Due": {"shift": {"days": 1}}},
        {"Sketch": {"file": FILE}},
        {"Tasks": {"remove": ["1"]}},
        {"Title": "Tasks::Text"},
    ),
    "when_found": ("edit", "create", "skip", "refuse"),
    "when_missing": ("create", "skip", "refuse"),
    "field": ("Sketch", "Title", "Sketch(2)", "Code", "Tasks::Text"),
    "pages": ("1",),
    "find": ("a",),
    "save": (True,),
    "records": (
        [{"Title": "x"}],
        [{"Title": "x", "Customer": f"{ASKED} BO"}],
        {"1": {"Title": "x"}},
        {"2": {"Title": "x"}},
        [{"Title": "x", "Sketch": {"file": "x.txt", "data": "eA=="}}],
        [{"Title": "x", "Tasks": {"add": [{"Text": "x"}]}}],
        [{"Title": {"step": 1, "field": "Code"}}],
    ),
    "values": (
        {"Title": "x"},
        {"Customer": f"{ASKED} BO"},
        {"Ref": {"field": "Title"}},
        {"Ref": {"field": "Code"}},
        {"Code": "x"},
        {"Tasks": {"edit": [{"id": "3", "Text": "x"}]}},
        {"Tasks": {"remove": ["1"]}},
        {"deleteRelated": "Tasks.1"},
        {"Sketch": {"clear": True}},
        {"Sketch": {"file": FILE}},
        {"Hours": {"add": 1}},
        {"Title": {"append": "x"}},
        {"options": {"entrymode": "script"}},
    ),
    "key": ("ID", "Code", "Customer", "id", ["ID", "Title"], "Tasks::Text"),
    "max_records": (1, 100),
    "change_id": (PLAN, "edit-1-Jobs-abcd", "1' OR '1'='1"),
    "repeat": (True,),
    "go_on": (True,),
    "all_or_nothing": (True,),
    "script": ("Stamp", "stamp", "Count", "Stamp?script.param=x"),
    "parameter": ("x", {"field": "Code"}, {"a": {"field": "Title"}}, "y" * 3000),
    "job": (JOB, "job-1", "1"),
    "wait": (0,),
    "data_sources": (True,),
}
"""Parameter -> what is said by it: the usual, and what an attacker would say."""

ONE = {"layout": "Jobs", "ids": ["1"]}
FIRST: Mapping[str, Sequence[dict[str, Any]]] = {
    "list_layouts": ({},),
    "describe_layout": ({"layouts": ["Jobs"]},),
    "find_records": (
        {"layout": "Jobs"},
        {"found_set": FOUND},
        {"layout": ["Jobs", "Tasks"], "where": {"text": {"contains": ASKED}}},
        {"layout": "*", "where": {"text": "a"}},
        {"found_set": FOUND, "where": {"Title": {"contains": ASKED}}},
    ),
    "get_record": ({"layout": "Jobs", "id": "1"}, {"layout": "Jobs", "where": {"ID": "J-001"}}),
    "summarize_records": ({"layout": "Jobs"}, {"found_set": FOUND}),
    "export_records": ({"layout": "Jobs", "file": "out"}, {"found_set": FOUND, "file": "out"}),
    "read_container": ({"layout": "Jobs", "id": "1", "field": "Sketch"}, {"layout": "Jobs", "file": FILE}),
    "create_records": (
        {"layout": "Jobs", "records": [{"Title": "x"}]},
        {"layout": "Jobs", "copy_of": ["1"]},
        {"layout": "Jobs", "file": FILE},
    ),
    "edit_records": (
        ONE | {"values": {"Title": "x"}},
        {"layout": "Jobs", "where": {"ID": "J-001"}, "values": {"Title": "x"}},
        {"found_set": FOUND, "values": {"Title": "x"}, "max_records": 100},
        {"layout": "Jobs", "records": {"1": {"Title": "x"}}},
        {"layout": "Jobs", "file": FILE, "key": "ID"},
    ),
    "delete_records": (ONE, {"found_set": FOUND, "max_records": 100}),
    "apply_change": ({"change_id": PLAN},),
    "undo_change": ({}, {"change_id": PLAN}),
    "list_changes": ({}, {"change_id": PLAN}),
    "list_scripts": ({},),
    "run_script": ({"script": "Stamp", "layout": "Jobs"}, {"script": "Stamp", "found_set": FOUND}),
    "check_job": ({},),
    "stop_job": ({"job": "none"},),
    "check_connection": ({},),
}
"""Tool -> calls that do something where everything is allowed; each parameter is then said in turn, and two at a time."""

BESIDE: Sequence[dict[str, Any]] = (
    {"script": "Stamp"},
    {"script.prerequest": "Stamp", "script.prerequest.param": "x"},
    {"script.presort": "Stamp"},
    {"layout.response": "Brief"},
    {"options": {"entrymode": "script", "prohibitmode": "script"}},
    {"deleteRelated": "Tasks.1"},
    {"fieldData": {"Title": "x"}},
    {"globalFields": {"Jobs::Title": "x"}},
    {"confirm": True},
    {"approved": True},
    {"context": {}},
    {"call": {"caller": "somebody else"}},
)
"""Arguments that no tool has."""


@dataclass(frozen=True)
class Attempt:
    tool: str
    arguments: dict[str, Any]

    def names(self, *, among: Collection[str]) -> str:
        """Which of the stored things it speaks of; empty when of none."""
        values = [value for value in self.arguments.values() if isinstance(value, str)]
        return next((value for value in values if value in among), "")

    def with_real(self, real: Mapping[str, str]) -> dict[str, Any]:
        """The arguments with handles and ids that exist."""
        return {
            name: real.get(value, value) if isinstance(value, str) else value
            for name, value in self.arguments.items()
        }


class Reach(Enum):
    """How much is tried of each tool."""

    FIRST = "its first calls"
    STORED = "its first calls, and what is stored by every parameter that names it; all but a sheet beside every other one"
    EACH = "the same with a sheet, and every value of every parameter"
    SOME_PAIRS = "every value of every parameter, and a pair of parameters in 27"
    PAIRS = "everything, two parameters at a time"


USUAL = Reach.PAIRS if os.environ.get("FILEMAKER_SOAK") else Reach.SOME_PAIRS
"""Where all is tried twice: all pairs in `make soak`. By test_read_only.py each pair is said at every commit."""


async def attempts(client: Client, reach: Reach = Reach.PAIRS) -> list[Attempt]:
    """Of every tool that the client lists. Fails for a tool or parameter that nobody has thought of."""
    listed = (await client.list_tools()).tools
    assert set(FIRST) == {declaration.name for declaration in TOOLS}, "a tool has no first call here"
    found: dict[str, Attempt] = {}
    for number, tool in enumerate(listed):
        beside = BESIDE if reach is Reach.PAIRS else [BESIDE[number % len(BESIDE)]]
        parameters = [name for name in tool.input_schema["properties"] if name != "database"]
        unknown = [name for name in parameters if name not in SAID]
        assert not unknown, f"nothing is said by {unknown} of {tool.name}: add values to SAID"
        for arguments in _calls(FIRST[tool.name], parameters, reach, beside):
            found.setdefault(f"{tool.name} {arguments!r}", Attempt(tool.name, arguments))
    return list(found.values())


def _calls(
    first: Sequence[dict[str, Any]],
    parameters: Sequence[str],
    reach: Reach,
    beside: Sequence[dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    yield from first
    if reach in (Reach.STORED, Reach.EACH):
        yield from _about_stored(first, parameters, STORED if reach is Reach.EACH else (FOUND, PLAN, JOB))
    if reach in (Reach.EACH, Reach.SOME_PAIRS, Reach.PAIRS):
        for name in parameters:
            fitting = [call for call in first if name in call] or first
            for n, value in enumerate(SAID[name]):
                yield fitting[n % len(fitting)] | {name: value}
    if reach in (Reach.SOME_PAIRS, Reach.PAIRS):
        for n, other in enumerate(beside):
            yield first[n % len(first)] | other
        yield from itertools.islice(_pairs(first, parameters), 0, None, 1 if reach is Reach.PAIRS else 27)


def _about_stored(
    first: Sequence[dict[str, Any]], parameters: Sequence[str], beside_others: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for name in parameters:
        for stored in (value for value in SAID[name] if value in STORED):
            call = next((call for call in first if call.get(name) == stored), first[0]) | {name: stored}
            yield call
            if stored in beside_others:
                yield from ({other: SAID[other][0]} | call for other in parameters)


def _pairs(first: Sequence[dict[str, Any]], parameters: Sequence[str]) -> Iterator[dict[str, Any]]:
    for n, (one, other) in enumerate(itertools.combinations(parameters, 2)):
        pair = {one: SAID[one][-1 - n % len(SAID[one])], other: SAID[other][n % len(SAID[other])]}
        yield first[n % len(first)] | pair


def facts(result: CallToolResult) -> dict[str, Any]:
    """What an answer says as structure; nothing for a refusal."""
    return cast("dict[str, Any]", result.structured_content or {})


def whole(result: CallToolResult) -> str:
    """Everything in an answer that a model or a person could see."""
    parts = [str(result.structured_content or "")]
    for block in result.content:
        if isinstance(block, TextContent):
            parts.append(block.text)
        elif isinstance(block, ImageContent):
            parts.append(block.data)
        elif isinstance(block, EmbeddedResource):
            parts.append(str(block.resource))
    return "\n".join(parts)


async def beside_the_tools(client: Client) -> str:
    """What prompts, resources and completions answer to everything that can be said to them, as one text."""
    return "\n".join([part async for part in _beside_the_tools(client)])


async def _beside_the_tools(client: Client) -> AsyncIterator[str]:
    names = ["Jobs", "Tasks", "Brief", "Stamp", ASKED, "Code", ""]
    for prompt in (await client.list_prompts()).prompts:
        arguments = [argument.name for argument in prompt.arguments or ()]
        for said in names if arguments else names[:1]:
            answer = await _tried(client.get_prompt(prompt.name, dict.fromkeys(arguments, said)))
            yield answer
            for argument in arguments:
                asked = {"name": argument, "value": said[:3]}
                yield await _tried(client.complete(PromptReference(name=prompt.name), asked))
    for resource in (await client.list_resources()).resources:
        yield str(resource)
        yield await _tried(client.read_resource(str(resource.uri)))
    for template in (await client.list_resource_templates()).resource_templates:
        places = _places(template.uri_template)
        for said in itertools.product(names, repeat=len(places)):
            address = template.uri_template
            for place, value in zip(places, said, strict=True):
                address = address.replace(place, value)
            yield await _tried(client.read_resource(address))
        reference = ResourceTemplateReference(uri=template.uri_template)
        for place, value in itertools.product(places, names):
            context = dict.fromkeys((each.strip("{}+*") for each in places), "Jobs")
            asked = {"name": place.strip("{}+*"), "value": value[:3]}
            yield await _tried(client.complete(reference, asked, context))


def _places(template: str) -> list[str]:
    return ["{" + part.partition("}")[0] + "}" for part in template.split("{")[1:]]


async def _tried(answer: Awaitable[object]) -> str:
    try:
        return str(await answer)
    except MCPError as error:
        return str(error)
