"""What can be browsed without a tool: addresses, templates, completion of names, prompts; in both eras of the protocol."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pytest
from mcp import Client, MCPError
from mcp_types import PromptReference, ResourceTemplateReference, TextResourceContents

from filemaker_mcp.server.config.strict_settings import Secret
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.tools import TOOLS

from ..assistant import Assistant, assisted
from ..registry import LAYOUT, registry

pytestmark = pytest.mark.anyio

RUNBOOK = f"""
description = "Marks what is not marked yet"
[records]
layout = "{LAYOUT}"
where = {{ Note = {{ empty = true }} }}
[each]
edit = {{ Note = "late" }}
"""
PLACE = {"FILEMAKER_DATABASE": "Registry"}


def office(folder: Path) -> dict[str, str]:
    """An owner who hides a field, allows one script of two and has a runbook."""
    (folder / "runbooks").mkdir()
    (folder / "runbooks" / "mark notes.toml").write_text(RUNBOOK, encoding="utf-8")
    scripts = {"Ab/rechnen ä": {"effect": "reads", "layout": LAYOUT, "parameter": False}}
    return PLACE | {
        "FILEMAKER_HIDDEN_FIELDS": json.dumps({"*": ["Secret"]}),
        "FILEMAKER_LAYOUTS": json.dumps([LAYOUT]),
        "FILEMAKER_SCRIPTS": json.dumps(scripts),
        "FILEMAKER_RUNBOOKS": str(folder / "runbooks"),
        "FILEMAKER_APPROVAL": "client",
    }


async def read(client: Client, uri: str) -> Any:
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "application/json"
    return json.loads(content.text)


async def refused(client: Client, uri: str) -> MCPError:
    with pytest.raises(MCPError) as caught:
        await client.read_resource(uri)
    return caught.value


async def offered(assistant: Assistant, uri: str, argument: str, begun: str, **others: str) -> list[str]:
    reference = ResourceTemplateReference(uri=uri)
    answer = await assistant.client.complete(reference, {"name": argument, "value": begun}, others)
    return answer.completion.values


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_the_owner_allows_is_browsed_and_nothing_else_is_there(
    tmp_path: Path, mode: Literal["auto", "legacy"]
) -> None:
    emulator = Emulator([registry(tmp_path / "registry")])
    async with assisted(office(tmp_path), emulator=emulator, mode=mode) as assistant:
        client = assistant.client
        listed = {str(each.uri) for each in (await client.list_resources()).resources}
        assert listed == {"filemaker://layouts", "filemaker://scripts"}
        templates = {t.uri_template for t in (await client.list_resource_templates()).resource_templates}
        assert templates == {
            "filemaker://layouts/{layout}",
            "filemaker://layouts/{layout}/fields/{field}",
            "filemaker://scripts/{script}",
            "filemaker://runbooks/{runbook}",
            "filemaker://runbooks/{runbook}/report",
        }
        assert not emulator.requests, "nothing is asked before something is read"

        assert await read(client, "filemaker://layouts") == {"layouts": [LAYOUT]}
        address = f"filemaker://layouts/{quote(LAYOUT, safe='')}"
        layout = await read(client, address)
        assert layout == (await assistant.ask("describe_layout", layouts=[LAYOUT]))["layouts"][0]
        assert set(layout["fields"]) == {"ID", "Total", "Note", "Größe"}
        field = await read(client, f"{address}/fields/{quote('Größe')}")
        assert field["fields"] == {"Größe": "text, 2 repetitions"}
        assert (await read(client, f"{address}/fields/Note"))["value_lists"] == {"Notes": ["late", "paid"]}
        scripts = await read(client, "filemaker://scripts")
        assert [script["name"] for script in scripts["scripts"]] == ["Ab/rechnen ä"]
        script = await read(client, f"filemaker://scripts/{quote('Ab/rechnen ä', safe='')}")
        assert (script["effect"], script["parameter"]) == ("reads", "none")

        wrong = await refused(client, "filemaker://layouts/Orders%20Grosse%20100%25")
        assert f"mean '{LAYOUT}'" in wrong.message
        assert "close the layout 'Lines'" in (await refused(client, "filemaker://layouts/Lines")).message
        assert "Secret" in (await refused(client, f"{address}/fields/Secret")).message
        assert "near: Total" in (await refused(client, f"{address}/fields/Totl")).message
        absent = await refused(client, "filemaker://scripts/Erase")
        assert (absent.code, "no script 'Erase'" in absent.message) == (-32602, True)
        assert "%2F" in (await refused(client, "filemaker://layouts/a/b")).message
        assert "There is no resource" in (await refused(client, "filemaker://layout")).message


async def test_a_runbook_and_the_report_of_its_last_run_are_read(tmp_path: Path) -> None:
    emulator = Emulator([registry(tmp_path / "registry")])
    async with assisted(office(tmp_path), emulator=emulator) as assistant:
        book = "filemaker://runbooks/mark%20notes"
        facts = await read(assistant.client, book)
        assert facts["layout"] == LAYOUT
        assert facts["for_each_record"] == "edits it"
        assert "None of your latest changes" in (await read(assistant.client, f"{book}/report"))["report"]
        plan = await assistant.ask("run_script", script="mark notes")
        await assistant.ask("apply_change", change_id=plan["change_id"])
        report = await read(assistant.client, f"{book}/report")
        assert (report["state"], report["records"]) == ("done", {"done": 1})
        assert "mark notes" in (await refused(assistant.client, "filemaker://runbooks/mark%20note")).message


async def test_without_scripts_there_is_nothing_to_browse_or_to_be_told_about_them(tmp_path: Path) -> None:
    emulator = Emulator([registry(tmp_path / "registry")])
    async with assisted(PLACE | {"FILEMAKER_SCRIPTS": "{}"}, emulator=emulator) as assistant:
        client = assistant.client
        assert [each.name for each in (await client.list_resources()).resources] == ["layouts"]
        assert "no resource" in (await refused(client, "filemaker://scripts")).message
        prompts = (await client.list_prompts()).prompts
        assert not [a for prompt in prompts for a in prompt.arguments or () if a.name == "script"]
        assert "list_scripts" not in str(await client.get_prompt("month_end", {"month": "2026-10"}))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_names_are_completed_for_addresses_and_prompts(
    tmp_path: Path, mode: Literal["auto", "legacy"]
) -> None:
    emulator = Emulator([registry(tmp_path / "registry")])
    async with assisted(office(tmp_path), emulator=emulator, mode=mode) as assistant:
        address = "filemaker://layouts/{layout}/fields/{field}"
        assert await offered(assistant, address, "layout", "größ") == [LAYOUT]
        assert await offered(assistant, address, "field", "o", layout=LAYOUT) == ["Total", "Note"]
        assert await offered(assistant, address, "field", "sec", layout=LAYOUT) == []
        assert await offered(assistant, address, "field", "o") == []
        assert await offered(assistant, address, "field", "o", layout="None such") == []
        assert await offered(assistant, "filemaker://scripts/{script}", "script", "") == ["Ab/rechnen ä"]
        assert await offered(assistant, "filemaker://runbooks/{runbook}", "runbook", "M") == ["mark notes"]

        async def suggested(prompt: str, argument: str, begun: str, **others: str) -> list[str]:
            reference = PromptReference(name=prompt)
            answer = await assistant.client.complete(reference, {"name": argument, "value": begun}, others)
            return answer.completion.values

        assert await suggested("check_data_quality", "layout", "") == [LAYOUT]
        assert await suggested("check_data_quality", "field", "n", layout=LAYOUT) == ["Note"]
        assert await suggested("month_end", "script", "") == ["Ab/rechnen ä", "mark notes"]
        assert len(await suggested("month_end", "month", "20")) == 24
        assert await suggested("find_and_report", "question", "how") == []


async def test_with_several_databases_each_address_names_its_own(tmp_path: Path) -> None:
    emulator = Emulator([registry(tmp_path / "registry")])
    one = {
        "host": "http://127.0.0.1",
        "file": "Registry",
        "account": "assistant",
        "password": Secret.model_validate({"value": "demo"}),
    }
    settings = {"database": {"Büro": one, "lines": {**one, "layouts": ["Lines"]}}}
    async with assisted(emulator=emulator, settings=settings) as assistant:
        client = assistant.client
        listed = {str(each.uri) for each in (await client.list_resources()).resources}
        assert listed == {"filemaker://B%C3%BCro/layouts", "filemaker://lines/layouts"}
        assert await read(client, "filemaker://lines/layouts") == {"layouts": ["Lines"]}
        assert LAYOUT in (await read(client, "filemaker://B%C3%BCro/layouts"))["layouts"]
        assert "'lines'" in (await refused(client, "filemaker://line/layouts")).message
        template = "filemaker://{database}/layouts/{layout}"
        assert await offered(assistant, template, "database", "b") == ["Büro"]
        assert await offered(assistant, template, "layout", "", database="lines") == ["Lines"]
        assert sorted(await offered(assistant, template, "layout", "")) == ["Lines", LAYOUT]
        asked = await client.get_prompt("explore_solution", {"database": "lines"})
        assert "in the database 'lines'" in str(asked.messages[0].content)


async def test_prompts_name_tools_that_are_there_and_say_what_they_need() -> None:
    given = {
        "question": "How many?",
        "layout": "Invoices",
        "field": "Status",
        "month": "2026-10",
        "script": "Echo",
    }
    words = {"group_by", "go_ahead"}
    async with assisted() as assistant:
        tools = {tool.name for tool in TOOLS}
        for prompt in (await assistant.client.list_prompts()).prompts:
            names = {argument.name for argument in prompt.arguments or ()}
            asked = await assistant.client.get_prompt(prompt.name, {n: given[n] for n in names})
            text = str(asked.messages[0].content)
            assert set(re.findall(r"\b[a-z]+_[a-z_]+\b", text)) - words <= tools
            assert all(given[name] in text for name in names), "an argument that does nothing"
        with pytest.raises(MCPError, match="'check_data_quality' needs 'layout'"):
            await assistant.client.get_prompt("check_data_quality", {"layout": " "})
        with pytest.raises(MCPError, match="month_end"):
            await assistant.client.get_prompt("month_en", {})
