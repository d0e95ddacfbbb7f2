"""Two servers behind each proxy: one is killed under load, and both are replaced in the order that the document names."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from ..http.test_rolling_restart import titles_of
from .premises import SPEAKS, Premises, bearing, called, premises
from .proxy import KINDS

pytestmark = pytest.mark.anyio
WORKERS = 4
AGAIN = {"running", "applying", "interrupted", "planned", "stopped"}
"""States in which a change is asked for again."""


@dataclass
class Work:
    """What one program was told, over one connection after the other."""

    here: Premises
    name: str
    over: asyncio.Event
    done: list[str] = field(default_factory=list[str])
    unknown: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])
    """Calls that got no answer of the server."""
    begun: int = 0

    async def go_on(self) -> None:
        async with self.here.outsider(**SPEAKS, **bearing(await self.here.key(self.name))) as http:
            while not self.over.is_set() or not self.done:
                await self._change(http)

    async def _change(self, http: httpx.AsyncClient) -> None:
        titles = [f"{self.name} {self.begun}a", f"{self.name} {self.begun}b"]
        self.begun += 1
        records = [{"Ref": title, "Title": title} for title in titles]
        plan = await self._ask(http, "create_records", layout="Jobs", records=records)
        while "change_id" not in plan:  # planning went on as a job
            plan = await self._ask(http, "check_job", job=plan["job"], wait=5)
        while True:
            told = await self._ask(http, "apply_change", change_id=plan["change_id"])
            if told["state"] not in AGAIN:
                break
        is_whole = told["state"] == "done" and told["records"] == {"done": 2}
        (self.done if is_whole else self.unknown).extend(titles)

    async def _ask(self, http: httpx.AsyncClient, tool: str, **arguments: object) -> dict[str, object]:
        """Until somebody answers."""
        while True:
            try:
                status, facts = await called(http, tool, **arguments)
            except httpx.TransportError as error:
                self.failed.append(f"{tool}: {type(error).__name__} {error}")
                continue
            if status == 200:
                return facts
            self.failed.append(f"{tool}: {status}")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_is_killed_costs_no_write_and_doubles_none(kind: str, tmp_path: Path) -> None:
    async with premises(kind, tmp_path, 2) as here, asyncio.TaskGroup() as group:
        over = asyncio.Event()
        works = [Work(here, f"worker{n}", over) for n in range(WORKERS)]
        for each in works:
            group.create_task(each.go_on())
        await more_done(works)
        process, _ = here.servers.running.pop(0)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        await more_done(works)
        over.set()
    found = Counter(titles_of(here.emulator))
    done, unknown = told_by(works)
    assert [title for title in done if found[title] != 1] == [], "what was told as done is there once"
    assert [title for title, times in found.items() if times > 1] == []
    assert set(found) <= set(done) | set(unknown), "nothing is there that nobody was told of"
    assert here.emulator.open_sessions <= 3, "those of the one that was killed, until FileMaker ends them"


@pytest.mark.parametrize("kind", KINDS)
async def test_no_call_fails_while_both_servers_are_replaced_in_the_documented_order(
    kind: str, tmp_path: Path
) -> None:
    async with premises(kind, tmp_path, 2) as here, asyncio.TaskGroup() as group:
        over = asyncio.Event()
        works = [Work(here, f"worker{n}", over) for n in range(WORKERS)]
        for each in works:
            group.create_task(each.go_on())
        await more_done(works)
        for _ in range(2):
            await here.servers.restart_oldest()
            await more_done(works)
        over.set()
    done, unknown = told_by(works)
    assert [call for each in works for call in each.failed] == []
    assert unknown == []
    assert Counter(titles_of(here.emulator)) == Counter(done)
    assert here.emulator.open_sessions == 0


def told_by(works: list[Work]) -> tuple[list[str], list[str]]:
    return [title for each in works for title in each.done], [
        title for each in works for title in each.unknown
    ]


async def more_done(works: list[Work]) -> None:
    """Until each of them was told of a change that is done."""
    before = [len(each.done) for each in works]
    await until(lambda: all(len(each.done) > many for each, many in zip(works, before, strict=True)))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 -- other processes bring it about
            await asyncio.sleep(0.02)
