"""One find_records of 100 records, against the same request by bare httpx with its JSON parsed plus a constant tool call."""

from __future__ import annotations

import json
import sys
import time

import httpx
from mcp import Client, StdioServerParameters

from .replay import FIELDS, bookkeeping, replaying
from .start import BARE, ENVIRONMENT, OURS, row

FIND = {"query": [{"Status": "==Open"}], "offset": "1", "limit": "100"}
WARM_UP = 20


async def run(environment: dict[str, str], rounds: int = 200) -> list[str]:
    """Rows of the report."""
    async with replaying(bookkeeping()) as url:
        ours_environment = environment | ENVIRONMENT | {"FILEMAKER_HOST": url}
        ours = StdioServerParameters(command=OURS[0], args=[*OURS[1:]], env=ours_environment)
        bare = StdioServerParameters(command=sys.executable, args=[*BARE[1:]], env=environment)
        address = f"{url}/fmi/data/vLatest/databases/Bench/layouts/Invoices/_find"
        question = {"layout": "Invoices", "where": {"Status": "Open"}, "fields": list(FIELDS), "limit": 100}
        async with Client(ours) as assistant, Client(bare) as yardstick, httpx.AsyncClient() as direct:
            mine: list[float] = []
            theirs: list[float] = []
            for _ in range(rounds + WARM_UP):
                began = time.perf_counter()
                answer = await assistant.call_tool("find_records", question)
                mine.append((time.perf_counter() - began) * 1000)
                assert not answer.is_error, answer
                began = time.perf_counter()
                response = await direct.post(address, json=FIND)
                json.loads(response.content)
                await yardstick.call_tool("constant", {})
                theirs.append((time.perf_counter() - began) * 1000)
    return [row("find_records of 100, ms", mine[WARM_UP:], theirs[WARM_UP:])]
