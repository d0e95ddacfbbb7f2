"""A call to a server that holds much, against the same call to one that has just started: `python -m benchmarks.standing`.

What it holds: fifty databases with twenty open found sets each, and the descriptions of 3,000 layouts of 300 fields.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

from .replay import FIELDS, Answers, bookkeeping, http, layout, replaying
from .start import OURS, row

DATABASES, FOUND_SETS = 50, 20
LAYOUTS, WIDTH, AT_ONCE = 3_000, 300, 8
ROUNDS, CALLS, WARM_UP = 15, 20, 20
FIND: Mapping[str, Any] = {
    "layout": "Invoices",
    "where": {"Status": "Open"},
    "fields": list(FIELDS),
    "limit": 100,
}


def solution() -> Answers:
    """A host whose solution has many wide layouts beside the one that is asked."""
    usual, wide = bookkeeping(), layout({f"Field {n}": "text" for n in range(WIDTH)})
    names = [{"name": name, "table": ""} for name in ("Invoices", *map(wide_name, range(LAYOUTS)))]
    listed = http({"layouts": names})

    def answer(method: str, path: str, body: bytes) -> bytes:
        last = path.partition("?")[0].rsplit("/", 1)[-1]
        if last == "layouts":
            return listed
        return wide if last.startswith("Wide") else usual(method, path, body)

    return answer


def wide_name(number: int) -> str:
    return f"Wide{number}"


def configured(folder: Path, url: str, databases: int) -> StdioServerParameters:
    """A server with so many databases."""
    lines = [
        f'[database.d{n}]\nhost = "{url}"\nfile = "Bench{n}"\naccount = "a"\npassword = {{ env = "BENCH_PASSWORD" }}'
        for n in range(databases)
    ]
    file = folder / f"{databases}.toml"
    file.write_text(f'state = "{folder / f"{databases}.db"}"\n' + "\n".join(lines), encoding="utf-8")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    own = {"FILEMAKER_CONFIG": str(file), "BENCH_PASSWORD": "bench"}
    return StdioServerParameters(command=OURS[0], args=[*OURS[1:]], env=inherited | own)


async def filled(client: Client) -> None:
    """The layouts are those of the database that is asked later."""
    for first in range(0, LAYOUTS, AT_ONCE):
        names = [*map(wide_name, range(first, first + AT_ONCE))]
        await asked(client, "describe_layout", {"database": "d0", "layouts": names, "fields": ["Field 1"]})
    for database in range(DATABASES):
        for number in range(FOUND_SETS):
            where = {"Number": f"{number:06}"}
            await asked(client, "find_records", {**FIND, "database": f"d{database}", "where": where})


async def asked(client: Client, tool: str, arguments: Mapping[str, Any]) -> None:
    answer = await client.call_tool(tool, dict(arguments))
    assert not answer.is_error, json.dumps(answer.model_dump(), default=str)[:500]


async def timed(client: Client, arguments: Mapping[str, Any], calls: int) -> float:
    """Milliseconds of a call."""
    began = time.perf_counter()
    for _ in range(calls):
        await asked(client, "find_records", arguments)
    return (time.perf_counter() - began) * 1000 / calls


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with replaying(solution()) as url:
            full, empty = (configured(Path(folder), url, count) for count in (DATABASES, 1))
            async with Client(full) as holding, Client(empty) as fresh:
                await filled(holding)
                asking = {**FIND, "database": "d0"}
                for client, arguments in ((holding, asking), (fresh, FIND)):
                    await timed(client, arguments, WARM_UP)
                rounds = [
                    (await timed(holding, asking, CALLS), await timed(fresh, FIND, CALLS))
                    for _ in range(ROUNDS)
                ]
    print(
        f"{row('a find while much is held, ms', [a for a, _ in rounds], [b for _, b in rounds])} (aim: 1.10x)"
    )


if __name__ == "__main__":
    asyncio.run(main())
