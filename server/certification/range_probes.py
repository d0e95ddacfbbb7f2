"""Probes of how the host takes ranges, lines and dates in finds, and what lies beyond the end."""

from __future__ import annotations

from .behaviour import NotSeen
from .feature_probes import NO, YES
from .scratch import Scratch

FAR = 1_000_000_000
NOWHERE = "fmcertify nowhere"


async def range_beyond_end(scratch: Scratch) -> str:
    await scratch.create()
    answer = await scratch.first.ask("GET", scratch.records_path, query={"_offset": str(FAR), "_limit": "1"})
    return _beyond(answer.code, len(answer.records), answer.verdict)


async def find_beyond_end(scratch: Scratch) -> str:
    await scratch.create()
    answer = await scratch.find({}, offset=FAR, limit=1)
    return _beyond(answer.code, len(answer.records), answer.verdict)


def _beyond(code: int | None, records: int, verdict: str) -> str:
    if code == 0:
        return "empty" if not records else "records"
    return str(code) if code else verdict


async def open_range(scratch: Scratch) -> str:
    number = scratch.needed("number")
    await scratch.create({number: "5"})
    answer = await scratch.find({number: "1..."})
    return "open" if answer.code == 0 else str(answer.code) if answer.code else answer.verdict


async def iso_criteria(scratch: Scratch) -> str:
    if scratch.features.get("read_dateformats") != YES:
        raise NotSeen("this version takes no dateformats")
    date = scratch.needed("date")
    await scratch.create({date: "12/25/2024"})
    answer = await scratch.find({date: "2024-12-25"}, dateformats=2)
    return YES if answer.code == 0 else NO


async def line_match(scratch: Scratch) -> str:
    text = scratch.needed("text")
    await scratch.create({text: "alpha\rbeta"})
    return YES if await scratch.count({text: "==beta"}) == "1" else NO
