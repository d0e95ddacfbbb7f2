"""A server that is killed at any moment of an import: each row is there once, and nothing is called done that is not."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from mcp import Client

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving

from ...started import its_end
from ..applying.test_killed import a_process, asked
from ..workshop_host import FOLDER

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]

KNOWN, KILLS = 15, 2
"""Known rows and as many new ones. `soak_import_kills` kills imports of 300."""
KEYS: dict[str, tuple[str, str | list[str]]] = {
    "the owner's key": ('{"Jobs": "Ref"}', "Ref"),
    "no key of one text": ("{}", ["Ref", "Status"]),
}


def half_known(folder: Path, known: int) -> Emulator:
    """As many jobs as the file `rows.csv` has rows of known ones; it has as many new ones."""
    solution, files = folder / "workshop", folder / "files"
    shutil.copytree(FOLDER, solution)
    files.mkdir()
    with (solution / "data" / "Jobs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "Ref", "Title", "Status", "Hours"])
        writer.writerows([f"K-{n:03}", f"R{n}", f"Job {n}", "Open", 0] for n in range(known))
    with (files / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Ref", "Status", "Title", "Hours"])
        writer.writerows([f"R{n}", "Open", f"Row {n}", 7] for n in range(2 * known))
    return Emulator([solution])


class Import:
    def __init__(self, folder: Path, url: str, emulator: Emulator, keys: str, key: str | list[str]) -> None:
        self._folder, self._url, self._emulator, self._key = folder, url, emulator, key
        self.kills = 0
        self._settings = {"FILEMAKER_KEYS": keys, "FILEMAKER_FILES_FOLDER": str(folder / "files")}
        self._change = ""

    def process(self) -> contextlib.AbstractAsyncContextManager[Client]:
        return a_process(self._folder, self._url, **self._settings)

    async def killed(self, after: int, chance: random.Random) -> None:
        """A few milliseconds after so many more writes have reached the host."""
        wanted = self._writes + after
        with its_end() as end:
            async with self.process() as client:
                await self.planned(client)
                applying = asyncio.create_task(
                    asked(client, "apply_change", change_id=self._change, go_on=True)
                )
                while self._writes < wanted and not applying.done():  # noqa: ASYNC110 -- the host tells nobody
                    await asyncio.sleep(0.001)
                await asyncio.sleep(chance.uniform(0, 0.02))
                end.kill(self._folder / "pid")
                self.kills += not applying.done()
                applying.cancel()

    async def planned(self, client: Client) -> None:
        """Once; the same import asked for again is the same plan."""
        if not self._change:
            plan = await asked(
                client,
                "edit_records",
                layout="Jobs",
                file="rows.csv",
                key=self._key,
                when_missing="create",
            )
            self._change = plan["change_id"]

    async def told(self) -> Counter[str]:
        """What the change says of its records; compared with what is stored."""
        async with self.process() as client:
            await self.planned(client)
            await asked(client, "apply_change", change_id=self._change, go_on=True)
            listed = await asked(client, "list_changes", change_id=self._change)
        return Counter(listed["records"])

    @property
    def _writes(self) -> int:
        return sum(
            request.method == "PATCH" or (request.method == "POST" and request.path.endswith("/records"))
            for request in self._emulator.requests
        )


async def killed_import(
    folder: Path, keys: str, key: str | list[str], *, known: int, kills: int, chance: random.Random
) -> None:
    """Killed so often, carried out to its end, and compared with what is stored."""
    emulator = half_known(folder, known)
    async with serving(emulator.app) as url:
        run = Import(folder, url, emulator, keys, key)
        for _ in range(kills):
            await run.killed(chance.randint(1, 2 * known // (kills + 1)), chance)
        told = await run.told()
    assert run.kills == kills
    rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, 4 * known)]
    stored = Counter(row.values["Title"][0] for row in rows if row is not None)
    written = sum(n for title, n in stored.items() if title.startswith("Row "))
    assert set(stored.values()) == {1}, "nothing twice"
    assert told["done"] + told["unknown"] == 2 * known
    assert told["unknown"] <= (0 if isinstance(key, str) else kills)
    assert told["done"] <= written <= 2 * known


@pytest.mark.parametrize(("keys", "key"), KEYS.values(), ids=list(KEYS))
async def test_each_row_is_there_once_whenever_the_process_is_killed(
    tmp_path: Path, keys: str, key: str | list[str]
) -> None:
    await killed_import(tmp_path, keys, key, known=KNOWN, kills=KILLS, chance=random.Random(keys))
