"""What questions cost that look at other records, at who came, or at an order of their own: time and memory."""

from __future__ import annotations

from typing import Any

from mcp import Client

from .invoices import KEYS, hosting
from .start import row
from .summary import MANY, SESSIONS, VERY_MANY, memory, server, summarized

READ: dict[str, Any] = {"layout": "Invoices", "measures": ["count", "sum Total"], "go_ahead": True}
MONTHS = [{"field": "Date", "by": "month"}]
NEW: dict[str, dict[str, Any]] = {
    "1,000,000 keys, MB": READ | {"where": {"Number": {"in": {"layout": "Invoices", "field": "Number"}}}},
    "new of 1,000,000 values, MB": READ
    | {"group_by": MONTHS, "measures": [{"new": "Number"}, {"lost": "Number"}, {"running": "count"}]},
    "bands and measures, MB": READ
    | {
        "group_by": [{"field": "Total", "bands": [0, 100, 1000]}, "Customer"],
        "measures": [
            {"stddev": "Total"},
            {"first": "Number", "by": "Date"},
            {"ratio": ["sum Paid", "sum Total"]},
        ],
    },
    "sorted here, MB": {
        "tool": "find_records",
        "layout": "Invoices",
        "sort": [{"Number": "-number"}, "Customer"],
        "offset": VERY_MANY - 5,
        "go_ahead": True,
    },
}


async def run(environment: dict[str, str], rounds: int = 3) -> list[str]:
    """Rows of the report."""
    rows: list[str] = []
    keys = READ | {"where": {"Number": {"in": {"layout": "Keys", "field": "Number"}}}}
    with hosting(MANY) as url:
        async with Client(server(environment, url, SESSIONS)) as assistant:
            joined: list[float] = []
            read: list[float] = []
            for _ in range(rounds + 1):
                joined.append(await summarized(assistant, KEYS, keys))
                read.append(await summarized(assistant, MANY, READ))
        rows.append(row(f"{KEYS:,} keys, {MANY:,}, s", joined[1:], read[1:]))
    with hosting(VERY_MANY) as url:
        for what, question in NEW.items():
            rows.append(await memory(environment, url, VERY_MANY, question, what))
    return rows
