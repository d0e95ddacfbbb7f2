"""How long a person waits for a page of a change of 5,000 different records, before it is decided and after it was carried out.

`python -m benchmarks.pages` prints it; the records on all pages together are held against the change.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import statistics
import tempfile
import time
from pathlib import Path

from tests.approval.people import many_jobs
from tests.changes.workshop_host import applied, planned
from tests.console.visitor import Visitor, visited

RECORDS, PAGE = 5_000, 50
HEADING = re.compile(r'<h3 id="h\d+">([\d,]+)\. ([^\n]*?) <span class="quiet">')


async def measured(folder: Path) -> list[str]:
    emulator = many_jobs(folder, RECORDS, Hours=lambda number: str(number % 97))
    async with visited(folder, emulator=emulator) as visitor:
        await visitor.get(visitor.link)
        found = await visitor.assistant.ask("find_records", layout="Jobs")
        values = {"Title": {"append": " (checked)"}, "Hours": {"add": 1}}
        plan = await planned(
            visitor.assistant,
            "edit_records",
            found_set=found["found_set"],
            values=values,
            max_records=RECORDS,
        )
        change = f"/changes/{plan['change_id']}"
        lines = [await _pages("before it is decided", visitor, change)]
        began = time.perf_counter()
        assert (await applied(visitor.assistant, plan))["state"] == "done"
        lines.append(f"carried out in {time.perf_counter() - began:.1f} s")
        lines.append(await _pages("after it was carried out", visitor, change))
        for name, path in (
            ("only what is done", f"{change}?state=done&page=50"),
            ("search in values", f"{change}?words=Job+4711+("),
            ("one record", f"{change}/4711"),
            ("list of changes", "/changes"),
            ("all as CSV", f"{change}/plan.csv"),
        ):
            lines.append(f"{name}: {await _timed(visitor, path) * 1000:.0f} ms")
        rows = [
            row
            for row in csv.DictReader(io.StringIO(visitor.page.lstrip("\ufeff")))
            if row["field"] == "Title"
        ]
        assert [int(row["number"]) for row in rows] == list(range(1, RECORDS + 1))
        assert all((row["outcome"], row["read_back"]) == ("done", row["after"]) for row in rows)
        return lines


async def _pages(when: str, visitor: Visitor, change: str) -> str:
    """Every page once, and the first again, as a second visit has it."""
    waited: list[float] = []
    seen: list[tuple[int, str]] = []
    for page in range(1, RECORDS // PAGE + 1):
        waited.append(await _timed(visitor, f"{change}?page={page}"))
        seen += [(int(number.replace(",", "")), words) for number, words in HEADING.findall(visitor.page)]
    assert [number for number, _ in seen] == list(range(1, RECORDS + 1))
    assert len({words for _, words in seen}) == RECORDS
    first, rest = waited[0] * 1000, [each * 1000 for each in waited[1:]]
    return (
        f"{when}: the first page {first:.0f} ms, the others {statistics.median(rest):.0f} ms in the median,"
        f" {max(rest):.0f} ms at most; {RECORDS} records on {len(waited)} pages, each once"
    )


async def _timed(visitor: Visitor, path: str) -> float:
    """Seconds of processor time, the visitor's own included: what a person waits on a machine that does nothing else."""
    began = time.process_time()
    assert await visitor.get(path) == 200, path
    return time.process_time() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for line in asyncio.run(measured(Path(folder))):
            print(line, flush=True)


if __name__ == "__main__":
    main()
