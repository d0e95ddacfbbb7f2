"""The steps of the demo and how they are told."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from mcp import Client
from mcp_types import CallToolResult, TextContent

from ...local.own_command import typed_command
from ..terminal import say
from ..terminal_text import brief, table, wrapped

Answer = dict[str, Any]


class Walk:
    """One walk through the main job; each step is a question that a person would ask."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._step = 0
        self._surprises: list[str] = []

    async def all(self) -> bool:
        """Whether everything happened as it should."""
        await self.look_around()
        await self.find()
        await self.change()
        await self.run_a_script()
        await self.be_refused()
        for surprise in self._surprises:
            say(f"This was not expected: {surprise}", sys.stdout)
        return not self._surprises

    async def look_around(self) -> None:
        self._title("What is in this file?")
        layouts = await self._ask("list_layouts", {})
        for line in _layout_lines(layouts):
            print(wrapped(line))
        self._expect("layouts" in layouts, "no layouts were listed")

    async def find(self) -> None:
        self._title("Which invoices over 2,000 are overdue, the largest first?")
        fields = ["Number", "Customers::Name", "Due Date", "Total"]
        where = {"Status": "Overdue", "Total": {"gt": 2000}}
        question = {"layout": "Invoices", "where": where, "fields": fields, "sort": ["-Total"], "limit": 5}
        found = await self._ask("find_records", question)
        print(table(found["columns"], found["rows"]))
        print(f"    shown {found['shown']} of {found['found']}")
        self._expect(found["found"] > 0, "nothing was found")

    async def change(self) -> None:
        self._title("Note a call to make, then give it to somebody else.")
        task = {"Title": "Call Müller about invoice 1042", "Due": "2026-12-01", "Assigned To": "S-01"}
        plan = await self._ask("create_records", {"layout": "Tasks", "records": [task]})
        done = await self._apply(plan)
        (record_id,) = done.get("created", [""])
        plan = await self._ask(
            "edit_records", {"layout": "Tasks", "ids": [record_id], "values": {"Assigned To": "S-02"}}
        )
        await self._apply(plan)
        read = await self._ask("get_record", {"layout": "Tasks", "id": record_id})
        print(wrapped(f"read back: {brief(read.get('fields', read))}"))
        self._expect("S-02" in json.dumps(read), "the edit was not read back")

    async def run_a_script(self) -> None:
        self._title("Run the month's report.")
        ran = await self._ask("run_script", {"script": "Month Report", "parameter": "2026-06"})
        print(wrapped(f"{ran.get('state')}: {brief(ran.get('result', ''))}"))
        self._expect(ran.get("state") == "done", "the script did not finish")

    async def be_refused(self) -> None:
        self._title("And when something does not fit?")
        result = await self._call("find_records", {"layout": "Invoices", "where": {"Custmer": "Nordlicht"}})
        text = _text(result)
        print(wrapped(text))
        self._expect(result.is_error, "an unknown field was not refused")

    async def _apply(self, plan: Answer) -> Answer:
        """Shows a plan as a person would be asked to agree to it, and carries it out."""
        if plan.get("state") != "planned":
            self._expect(False, f"there was no plan but {brief(plan)}")
            return plan
        print(wrapped(f"planned: {plan['summary']}"))
        for change in plan["changes"]:
            for field, value in change.get("fields", {}).items():
                before_after = f"{value[0]!r} -> {value[1]!r}" if isinstance(value, list) else f"{value!r}"
                print(wrapped(f"{field}: {before_after}", "        "))
        done = await self._ask("apply_change", {"change_id": plan["change_id"]})
        print(wrapped(f"{done.get('state')}: {done.get('next', '')}"))
        self._expect(done.get("state") == "done", f"{plan['change_id']} ended {done.get('state')}")
        return done

    async def _ask(self, tool: str, arguments: Mapping[str, Any]) -> Answer:
        result = await self._call(tool, arguments)
        if result.is_error:
            self._expect(False, f"{tool} was refused: {_text(result)}")
            return {}
        return cast("Answer", result.structured_content)

    async def _call(self, tool: str, arguments: Mapping[str, Any]) -> CallToolResult:
        print(wrapped(f"{tool} {json.dumps(arguments, ensure_ascii=False)}", "  > "))
        return await self._client.call_tool(tool, dict(arguments))

    def _title(self, question: str) -> None:
        self._step += 1
        print(f"\n{wrapped(f'{self._step}. {question}', '')}")

    def _expect(self, fulfilled: bool, otherwise: str) -> None:
        if not fulfilled:
            self._surprises.append(otherwise)


def closing_words() -> str:
    """What to paste where, with the path of this very program where it is installed."""
    installed = shutil.which("filemaker-mcp", path=str(Path(sys.executable).parent))
    command = installed or sys.executable
    arguments = ["--demo"] if installed else ["-m", "filemaker_mcp.server", "--demo"]
    where = (
        "To let your own assistant try it, paste this into Claude Desktop's configuration"
        " (Settings > Developer > Edit Config), then restart it:"
    )
    entry = {"mcpServers": {"filemaker-demo": {"command": command, "args": arguments}}}
    return (
        f"\n{wrapped(where, '')}\n\n{json.dumps(entry, indent=2)}\n\n"
        f"For your own FileMaker: {typed_command()} setup"
    )


def _layout_lines(listed: Answer) -> list[str]:
    """Layouts by folder, as the tool gives them; a plain list where there are no folders."""
    layouts = listed.get("layouts", [])
    if isinstance(layouts, list):
        return [", ".join(cast("list[str]", layouts))]
    folders = cast("dict[str, list[str]]", layouts)
    return [f"{folder or '(no folder)'}: {', '.join(names)}" for folder, names in folders.items()]


def _text(result: CallToolResult) -> str:
    return " ".join(block.text for block in result.content if isinstance(block, TextContent))
