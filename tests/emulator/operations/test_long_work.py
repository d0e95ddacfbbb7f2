"""What takes long is done aside, and the host goes on answering (reference section 13)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..emulated_host import Client, code, host, rows

pytestmark = pytest.mark.anyio
LENGTH = 300_000
DEFINITION = """name = "Long"
tables.T.fields = { Text = {}, Number = { type = "number" }, Day = { type = "date" } }
layouts.T = { occurrence = "T", fields = ["Text", "Number", "Day"] }
scripts.Wait = "wait"
privilege_sets.Full = { full_access = true, extended = ["fmrest"] }
accounts = [{ name = "a", privilege_set = "Full" }]
"""


@asynccontextmanager
async def long_table(folder: Path, records: int) -> AsyncGenerator[Client]:
    (folder / "long.toml").write_text(DEFINITION, "utf-8")
    (folder / "scripts.py").write_text("async def wait(script):\n    await script.sleep(1)\n", "utf-8")
    (folder / "data").mkdir()
    lines = (
        "Text,Number,Day",
        *(f"word{number % 9} {number},{number},2026-01-01" for number in range(records)),
    )
    (folder / "data" / "T.csv").write_text("\n".join(lines), "utf-8")
    async with host(folder, database="Long") as client:
        client.emulator.load()
        await client.log_in("a", "")
        yield client


async def begun(emulator: Emulator) -> None:
    """Return when a call of the only session is running."""
    for _ in range(1000):
        if emulator.sessions[0].running:
            return
        await asyncio.sleep(0)


CRITERIA = {
    "many words": " ".join(f"w{number:0125}" for number in range(LENGTH // 128)),
    "a comparison with equals signs": ">=" + "= " * (LENGTH // 6),
    "wildcards": "*a" * (LENGTH // 10),
}
"""Each took time by the square of its length."""


@pytest.mark.parametrize("criterion", CRITERIA)
async def test_a_criterion_of_many_thousand_letters_leaves_the_host_answering(
    tmp_path: Path, criterion: str
) -> None:
    async with long_table(tmp_path, 3) as client:
        await client.edit("T", "1", {"Text": "a" * 1000})
        finding = asyncio.create_task(client.find("T", {"Text": CRITERIA[criterion]}))
        await begun(client.emulator)
        asked = asyncio.create_task(client.http.get("/fmi/data/vLatest/productInfo"))
        done, _ = await asyncio.wait([finding, asked], return_when=asyncio.FIRST_COMPLETED)
        assert done == {asked}
        assert code(await finding) in {"0", "401", "508"}


async def test_calls_that_change_records_wait_for_a_long_find(tmp_path: Path) -> None:
    """Each call sees all of another's change or nothing of it, whoever is first."""
    async with long_table(tmp_path, 25_000) as client:
        second = Client(client.emulator, client.clock, client.http, "Long")
        await second.log_in("a", "")
        sort = [{"fieldName": "Number", "sortOrder": "descend"}]
        finds = [client.find("T", {"Text": "word3"}, sort=sort, limit=3000) for _ in range(3)]
        changes = [second.edit("T", str(number), {"Text": f"changed {number}"}) for number in range(1, 40)]
        answers = await asyncio.gather(
            *random.Random(3).sample([*finds, *changes], k=len(finds) + len(changes))
        )
        assert {code(each) for each in answers} == {"0"}
        assert len(rows(await client.find("T", {"Text": "changed"}))) == 39
        assert len(rows(await client.find("T", {"Text": "word3"}, limit=5000))) == 2774


async def test_a_script_that_wakes_during_a_long_find_waits_for_it(tmp_path: Path) -> None:
    async with long_table(tmp_path, 25_000) as client:
        second = Client(client.emulator, client.clock, client.http, "Long")
        await second.log_in("a", "")
        script = asyncio.create_task(second.send("GET", "layouts/T/script/Wait"))
        await client.clock.awaited()
        finding = asyncio.create_task(client.find("T", {"Day": "1/1/2026"}, limit=1))
        client.clock.advance(2)
        assert code(await script) == code(await finding) == "0"


async def test_a_host_that_is_closed_waits_for_what_it_has_begun(tmp_path: Path) -> None:
    async with long_table(tmp_path, 25_000) as client:
        emulator = Emulator([tmp_path])
        emulator.load()
        transport = httpx.ASGITransport(app=emulator.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fm.example") as http:
            other = Client(emulator, client.clock, http, "Long")
            await other.log_in("a", "")
            finding = asyncio.create_task(other.find("T", {"Text": "word3 w wo wor"}))
            await begun(emulator)
            await emulator.aclose()
            with pytest.raises(asyncio.CancelledError):
                await finding
