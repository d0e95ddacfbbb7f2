"""What is said of views in the protocol: the same answers with and without them, nothing of them where they are off."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import TextResourceContents

from filemaker_mcp.tools import TOOLS
from filemaker_mcp.tools.views.view import SOURCES, VIEWS, document

from ..assistant import Mode, assisted, said
from .view_host import FOLDER

pytestmark = pytest.mark.anyio

BUNDLE = "7324901bc022c6bbda8f6544ba8aab0283868e984e59f519ce404c97e0776462"
"""Of host.bundle.js as `npm run bundle` makes it from host.js and the versions of package.json."""
OFF = ({"FILEMAKER_VIEWS": "[]"}, {"FILEMAKER_VIEWS": "false"})
READING = {"find_records", "summarize_records"}
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("find_records", {"layout": "Invoices", "fields": ["Number", "Total", "Lines::SKU"], "limit": 5}),
    ("find_records", {"layout": "Invoices", "where": {"Number": "no such"}}),
    ("find_records", {"layout": "*", "where": {"text": "Kiel"}}),
    ("summarize_records", {"layout": "Invoices", "measures": ["count", {"sum": "Total"}]}),
    (
        "summarize_records",
        {
            "layout": "Invoices",
            "measures": [{"sum": "Total"}, {"average": "Total"}, {"max": "Date"}],
            "group_by": [{"field": "Date", "by": "month"}, "Customers::Name"],
            "where": {"Date": "this_year"},
            "compare": "previous_year",
            "top": 20,
        },
    ),
    ("summarize_records", {"layout": "Nowhere"}),
    ("list_layouts", {}),
)


def comparable(text: str) -> str:
    """Handles of found sets are new each time, and so are the moments at which records were read."""
    return re.sub(r'("found_set": ?")[^"]+|T\d\d:\d\d:\d\d(?: to \S+?T\d\d:\d\d:\d\d)?', r"\1", text)


async def test_answers_are_the_same_to_the_byte_with_and_without_views() -> None:
    async with assisted() as seeing, assisted(OFF[0], emulator=seeing.emulator) as plain:
        roles: list[Any] = []
        for tool, arguments in QUESTIONS:
            one, other = await seeing.call(tool, **arguments), await plain.call(tool, **arguments)
            assert comparable(said(one)) == comparable(said(other))
            structures = [json.dumps(each.structured_content, ensure_ascii=False) for each in (one, other)]
            assert comparable(structures[0]) == comparable(structures[1])
            roles.append((one.meta or {}).get("filemaker-mcp/columns"))
            assert not {name for name in other.meta or {} if name.startswith("filemaker-mcp/")}
        assert [each and [role["role"] for role in each] for each in roles[:2]] == [
            ["id", "field", "field", "portal"],
            None,
        ]
        assert roles[4] == [
            {"role": "group", "type": "date", "by": "month"},
            {"role": "group", "type": "text"},
            {"role": "label", "of": 1},
            *(
                {"role": "measure", "type": kind, **more}
                for kind, of, adds in (("number", 3, {"additive": True}), ("number", 7, {}), ("date", 11, {}))
                for more in (
                    {"kind": "now", **adds},
                    *({"of": of, "kind": beside} for beside in ("before", "change", "percent")),
                )
            ),
        ]


@pytest.mark.parametrize("environment", OFF)
async def test_views_that_are_off_leave_no_trace(environment: dict[str, str]) -> None:
    async with assisted(environment) as assistant:
        assert [tool.meta for tool in (await assistant.client.list_tools()).tools if tool.meta] == []
        assert assistant.client.server_capabilities.extensions in (None, {})
        for view in VIEWS:
            with pytest.raises(MCPError, match="no view"):
                await assistant.client.read_resource(view.uri)


async def test_one_view_can_be_on_without_the_other() -> None:
    async with assisted({"FILEMAKER_VIEWS": '["records"]'}) as assistant:
        tools = {tool.name: tool.meta for tool in (await assistant.client.list_tools()).tools}
        assert tools["find_records"] == {"ui": {"resourceUri": "ui://filemaker/records"}}
        assert tools["summarize_records"] == {"ui": {"visibility": ["model"]}}
        with pytest.raises(MCPError, match="no view"):
            await assistant.client.read_resource("ui://filemaker/summary")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_view_is_read_at_its_address_and_stands_in_no_list(mode: Mode) -> None:
    async with assisted(mode=mode) as assistant:
        client = assistant.client
        listed = await client.list_resources()
        assert [each.uri for each in listed.resources if str(each.uri).startswith("ui:")] == []
        for view in VIEWS:
            (content,) = (await client.read_resource(view.uri)).contents
            assert isinstance(content, TextResourceContents)
            assert content.mime_type == "text/html;profile=mcp-app"
            assert content.meta == {"ui": {"csp": {}, "prefersBorder": False}}
            assert content.text == document(view)
        for uri in ("ui://filemaker/change", "ui://elsewhere/records", "ui://filemaker/records/"):
            with pytest.raises(MCPError, match="There is no view"):
                await client.read_resource(uri)


async def test_every_tool_without_a_view_is_for_the_model_alone() -> None:
    async with assisted() as assistant:
        tools = (await assistant.client.list_tools()).tools
    assert {tool.name for tool in tools} == {tool.name for tool in TOOLS}
    for tool in tools:
        own = [view.uri for view in VIEWS if view.tool == tool.name]
        expected = {"resourceUri": own[0]} if own else {"visibility": ["model"]}
        assert (tool.meta or {})["ui"] == expected
        assert bool(own) == (tool.name in READING)


def test_a_view_is_small_names_only_reading_tools_and_makes_no_markup() -> None:
    every = {tool.name for tool in TOOLS}
    for view in VIEWS:
        html = document(view)
        assert len(html.encode()) < 30_000
        assert {name for name in every if re.search(rf"\b{name}\b", html)} == {view.tool}
        assert html.count("</script") == html.count("<script") == 1
        assert (
            re.findall(r"https?://[^\"]+", html) == ["http://www.w3.org/2000/svg"] or view.name == "records"
        )
        forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|\bopen\(|fetch|XMLHttp|import\("
        assert re.findall(forbidden, html) == []


def test_scripts_that_share_a_document_share_no_name() -> None:
    for view in VIEWS:
        names = [
            name
            for part in view.scripts
            for name in re.findall(
                r"^(?:async )?(?:function|const|let) (\w+)", (SOURCES / f"{part}.js").read_text("utf-8"), re.M
            )
        ]
        assert len(names) == len(set(names))


def test_the_bundle_of_the_test_host_is_the_one_that_was_made() -> None:
    assert hashlib.sha256((FOLDER / "host.bundle.js").read_bytes()).hexdigest() == BUNDLE
