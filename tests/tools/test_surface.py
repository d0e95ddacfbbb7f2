"""What a model pays for and reads before it asks anything."""

from __future__ import annotations

import json
from difflib import unified_diff
from typing import Any

import anyio

from filemaker_mcp.tools import TOOLS

from ..surface import (
    ONE,
    README,
    SCHEMA,
    SNAPSHOT,
    everything,
    of_two_databases,
    reading,
    readme_with_table,
    schema,
    snapshot,
    surface,
)
from ..tokens import tokens, tokens_of

MUTATING = {"create_records", "edit_records", "delete_records", "apply_change", "undo_change"}


def test_the_surface_is_the_one_written_down() -> None:
    """A wanted change is written down by `make surface`."""
    written, seen = SNAPSHOT.read_text(encoding="utf-8"), snapshot()
    difference = unified_diff(
        written.splitlines(), seen.splitlines(), "tests/surface.json", "as it is", n=1, lineterm=""
    )
    assert written == seen, "\n".join(["the surface changed; 'make surface' writes it down:", *difference])


def test_the_readme_lists_the_tools_as_they_are() -> None:
    text = README.read_text(encoding="utf-8")
    assert readme_with_table(text) == text


def test_the_schema_of_the_configuration_file_is_the_one_published() -> None:
    assert schema() == SCHEMA.read_text(encoding="utf-8")


def for_a_model(listed: dict[str, Any]) -> list[dict[str, Any]]:
    """The tools without what they say to clients alone."""
    return [{name: part for name, part in tool.items() if name != "_meta"} for tool in listed["tools"]]


def test_everything_costs_at_most_5200_tokens() -> None:
    assert tokens_of(for_a_model(everything())) <= 5200


def test_two_databases_cost_at_most_5600_tokens_and_what_only_hosts_read_250() -> None:
    tools = of_two_databases()["tools"]
    assert all("database" in tool["inputSchema"]["properties"] for tool in tools)
    apart = [tool.pop("_meta") for tool in tools if "_meta" in tool]
    assert tokens_of(tools) <= 5600
    assert tokens_of(apart) <= 250


def test_reading_costs_at_most_3100_tokens() -> None:
    assert tokens_of(for_a_model(reading())) <= 3100


def test_what_tools_say_of_views_costs_at_most_250_tokens_where_a_client_passes_it_on() -> None:
    tools = everything()["tools"]
    assert tokens_of(tools) - tokens_of(for_a_model({"tools": tools})) <= 250


def test_the_instructions_fit_what_hosts_pass_on() -> None:
    for instructions in (everything()["instructions"], reading()["instructions"]):
        assert len(instructions) <= 2048
        assert tokens(instructions) <= 600
        for word in ("list_layouts", "summarize_records", "where", "omit", "null", "any_of"):
            assert word in instructions[:512]


def test_every_tool_says_whether_it_reads_or_changes() -> None:
    for tool in everything()["tools"]:
        notes = tool["annotations"]
        assert notes["title"]
        assert (
            notes["readOnlyHint"] is (tool["name"] not in MUTATING | {"run_script"})
            or "destructiveHint" in notes
        )


def test_what_only_reads_offers_no_tool_that_changes() -> None:
    assert not MUTATING & {tool["name"] for tool in reading()["tools"]}


def test_arguments_are_closed_and_described() -> None:
    for tool in everything()["tools"]:
        schema = tool["inputSchema"]
        assert schema["additionalProperties"] is False
        assert len(tool["description"]) <= 1000
        for name, parameter in schema["properties"].items():
            assert parameter.get("description") or name == "limit", f"{tool['name']}.{name}"


def test_no_parameter_is_named_in_a_header_of_its_own() -> None:
    """The server tells the SDK so, which would look for it in every call over HTTP."""
    assert "x-mcp-header" not in json.dumps(everything()["tools"])


def test_names_are_unique_and_short() -> None:
    names = [tool.name for tool in TOOLS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 32 for name in names)


def open_world(scripts: dict[str, dict[str, str]], access: str = "edit") -> set[str]:
    environment = ONE | {"FILEMAKER_ACCESS": access, "FILEMAKER_SCRIPTS": json.dumps(scripts)}
    tools: list[dict[str, Any]] = anyio.run(surface, environment)["tools"]
    return {tool["name"] for tool in tools if tool["annotations"]["openWorldHint"]}


def test_tools_that_run_scripts_say_that_they_reach_outside_when_a_listed_script_does() -> None:
    mail, post = {"Mail": {"effect": "reaches_outside"}}, {"Post": {"effect": "changes"}}
    assert open_world(post) == set()
    assert open_world(post | mail) == {"run_script", "apply_change"}
    assert open_world(post | mail, access="read") == set()  # then it does not exist
