"""Calls over stdio, against a constant tool of the bare SDK that answers the same bytes plus the same request by bare httpx with
its JSON parsed."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from mcp import Client, StdioServerParameters
from mcp.types import TextContent

from .replay import FIELDS, bookkeeping, replaying
from .start import BARE, ENVIRONMENT, OURS, row

WARM_UP = 20
LAYOUT = "/fmi/data/vLatest/databases/Bench/layouts/Invoices"


@dataclass(frozen=True)
class Question:
    """A call, and what it asks of the host."""

    name: str
    tool: str
    arguments: dict[str, object]
    records: int
    aim: str

    @property
    def request(self) -> tuple[str, str, dict[str, object] | None]:
        """Method, path and body."""
        if self.tool == "get_record":
            return "GET", f"{LAYOUT}/records/1", None
        body: dict[str, object] = {"query": [{"Status": "==Open"}], "offset": "1", "limit": str(self.records)}
        return "POST", f"{LAYOUT}/_find", body


def found(records: int, aim: str) -> Question:
    wanted = {"where": {"Status": "Open"}, "fields": list(FIELDS), "limit": records}
    return Question(
        f"find_records of {records:,}", "find_records", {"layout": "Invoices", **wanted}, records, aim
    )


QUESTIONS = (
    found(100, "1.25x"),
    found(1000, "1.15x"),
    Question("get_record", "get_record", {"layout": "Invoices", "id": "1"}, 1, "1.4x"),
)


async def run(environment: dict[str, str], rounds: int = 200) -> list[str]:
    """Rows of the report."""
    return [line for question in QUESTIONS for line in await measured(question, environment, rounds)]


async def measured(question: Question, environment: dict[str, str], rounds: int) -> list[str]:
    method, path, body = question.request
    with tempfile.TemporaryDirectory() as folder:
        async with replaying(bookkeeping(question.records)) as url:
            ours_environment = environment | ENVIRONMENT | {"FILEMAKER_HOST": url}
            ours = StdioServerParameters(command=OURS[0], args=[*OURS[1:]], env=ours_environment)
            async with Client(ours) as assistant:
                answer = await assistant.call_tool(question.tool, question.arguments)
                first = answer.content[0]
                assert isinstance(first, TextContent)
                assert not answer.is_error, answer
                place = Path(folder, "answer.json")
                place.write_text(first.text, encoding="utf-8")  # noqa: ASYNC240 -- nothing else runs
                bare_environment = environment | {"BARE_ANSWER": str(place)}
                bare = StdioServerParameters(command=sys.executable, args=[*BARE[1:]], env=bare_environment)
                async with Client(bare) as yardstick, httpx.AsyncClient() as direct:
                    mine: list[float] = []
                    theirs: list[float] = []
                    for _ in range(rounds + WARM_UP):
                        began = time.perf_counter()
                        await assistant.call_tool(question.tool, question.arguments)
                        mine.append((time.perf_counter() - began) * 1000)
                        began = time.perf_counter()
                        response = await direct.request(method, url + path, json=body)
                        json.loads(response.content)
                        await yardstick.call_tool("constant", {})
                        theirs.append((time.perf_counter() - began) * 1000)
    return [f"{row(f'{question.name}, ms', mine[WARM_UP:], theirs[WARM_UP:])} (aim: {question.aim})"]
