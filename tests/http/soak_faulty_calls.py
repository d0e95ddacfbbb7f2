"""Two servers on one PostgreSQL, and sixteen callers whose host fails at random: nothing is lost, nothing is done twice, and no session is
left.

20,000 calls with `FILEMAKER_SOAK=10000` (`make soak-long`), a tenth in `make soak`. One request in fifty to FileMaker fails, before it
was carried out or after; one call in twenty is given up by whoever asked; the servers are replaced in between.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act, Cut, Drop, Effect, Page, Refuse
from filemaker_mcp.server.emulator.faults.exchange import Exchange
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.local.state.postgres_state import PostgresState

from ..changes.applying.test_requests import a_hundred_jobs
from ..postgres import on_postgres, postgres
from .fleet import Fleet, fleet
from .test_rolling_restart import made_keys

pytestmark = [pytest.mark.anyio, on_postgres]

CALLS = max(int(os.environ.get("FILEMAKER_SOAK", "100")) * 2, 200)
CALLERS = 16
SERVERS = 2
SESSIONS = 4
RECORDS = 100
FAULTY = 0.02
GIVEN_UP = 0.05
STUCK_SECONDS = 300.0
"""A call that takes longer on a busy machine is stuck."""
ENDS = ("done", "refused", "not_attempted", "unknown")


@dataclass
class BadLine:
    """Between the servers and the host. Nothing fails once it is mended. Logins and logouts come through: a session whose login was
    not answered, or whose logout did not come, is known to nobody and ends by itself."""

    emulator: Emulator
    chance: random.Random
    is_bad: bool = True
    struck: Counter[str] = field(default_factory=Counter[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_struck = scope["type"] == "http" and self.is_bad and self.chance.random() < FAULTY
        if is_struck and not scope["path"].rpartition("/sessions")[1]:
            name, effect = self.chance.choice(self._effects())
            self.struck[name] += 1
            exchange = Exchange(scope, receive, send, self.emulator.app, self.emulator.host.clock)
            await effect.apply(exchange)
            return
        await self.emulator.app(scope, receive, send)

    def _effects(self) -> list[tuple[str, Effect]]:
        return [
            ("cut before", Drop()),
            ("cut after", Drop(processed=True)),
            ("answer cut", Cut(self.chance.randint(0, 40))),
            ("502 before", Page()),
            ("502 after", Page(processed=True)),
            ("locked", Refuse(301)),
            ("session ended", Act(self._one_session_ends)),
        ]

    def _one_session_ends(self) -> None:
        if sessions := self.emulator.sessions:
            self.emulator.disconnect(self.chance.choice(sessions).token)


@dataclass
class Course:
    servers: Fleet
    chance: random.Random
    left: int = CALLS
    raises: dict[str, int] = field(default_factory=dict[str, int])
    """Plans that raise a number, and by how much."""
    creates: dict[str, str] = field(default_factory=dict[str, str])
    """Plans that create a record, and its name."""
    owners: dict[str, str] = field(default_factory=dict[str, str])
    """Whose plan it is: the token."""
    tally: Counter[str] = field(default_factory=Counter[str])
    marks: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])

    async def has_come_to(self, calls: int) -> None:
        await self.marks.setdefault(calls, asyncio.Event()).wait()

    async def caller(self, token: str) -> None:
        while self.left > 0:
            call = asyncio.ensure_future(self._call(token))
            if self.chance.random() < GIVEN_UP:
                self.tally["given up"] += 1
                await asyncio.wait([call], timeout=self.chance.uniform(0, 0.2))
                call.cancel()
            async with asyncio.timeout(STUCK_SECONDS):
                await asyncio.wait([call])
            if not call.cancelled():
                call.result()

    async def _call(self, token: str) -> None:
        record = str(self.chance.randint(1, RECORDS))
        match self.chance.randrange(8):
            case 0 | 1:
                amount = self.chance.randint(1, 1_000_000)
                change = {"ids": [record], "values": {"Hours": {"add": amount}}}
                if plan := await self._planned(token, "edit_records", change):
                    self.raises[plan] = amount
                    await self._ask(token, "apply_change", change_id=plan)
            case 2:
                name = f"N{len(self.owners)}-{self.chance.getrandbits(48)}"
                change = {"records": [{"Ref": name, "Title": name}]}
                if plan := await self._planned(token, "create_records", change):
                    self.creates[plan] = name
                    await self._ask(token, "apply_change", change_id=plan)
            case 3:
                await self._ask(token, "get_record", layout="Jobs", id=record)
            case 4:
                await self._ask(token, "summarize_records", layout="Jobs", group_by=["Status"])
            case 5:
                await self._ask(token, "list_changes")
            case _:
                await self._ask(token, "find_records", layout="Jobs", limit=5, offset=int(record) % 90)

    async def _planned(self, token: str, tool: str, change: dict[str, Any]) -> str | None:
        plan = (await self._ask(token, tool, layout="Jobs", **change)).get("change_id")
        if plan is not None:
            self.owners[plan] = token
        return plan

    async def _ask(self, token: str, tool: str, **arguments: object) -> dict[str, Any]:
        self.left -= 1
        self.tally["calls"] += 1
        for calls, mark in self.marks.items():
            if self.tally["calls"] >= calls:
                mark.set()
        answer = await self.servers.post(token, tool, **arguments)
        self.tally["refused"] += bool(answer.get("isError"))
        return answer.get("structuredContent") or {}

    async def settled(self, plan: str) -> str:
        """What became of its one record."""
        token = self.owners[plan]
        while True:
            answer = await self._ask(token, "apply_change", change_id=plan, go_on=True)
            if answer.get("state") not in ("running", "applying", "interrupted"):
                listed = await self._ask(token, "list_changes", change_id=plan)
                told = [end for end in ENDS if listed.get("records", {}).get(end)]
                assert len(told) == 1, (answer, listed)
                self.tally[told[0]] += 1
                return told[0]


async def test_two_servers_and_sixteen_callers_lose_nothing_and_double_nothing_behind_a_bad_line(
    tmp_path: Path,
) -> None:
    database = postgres()
    assert database is not None
    state, emulator = database.database(), a_hundred_jobs(tmp_path, RECORDS)
    chance = random.Random(CALLS)
    line, before, most = BadLine(emulator, chance), hours(emulator), 0
    async with (
        serving(line) as host,
        fleet(
            host, tmp_path, state, number=SERVERS, sessions=SESSIONS, more='keys = { Jobs = "Ref" }'
        ) as servers,
    ):
        tokens = await made_keys(state, CALLERS, servers.seal)
        course = Course(servers, chance)
        async with asyncio.TaskGroup() as working:
            for token in tokens.values():
                working.create_task(course.caller(token))
            for part in range(1, SERVERS + 1):
                await course.has_come_to(CALLS * part // (SERVERS + 1))
                await servers.replace_oldest()
                most = max(most, emulator.open_sessions)
        line.is_bad = False
        raised = {plan: await course.settled(plan) for plan in course.raises}
        made = {course.creates[plan]: await course.settled(plan) for plan in course.creates}
    store = PostgresState(state)
    assert await journal_faults(store, Seal.of_file(tmp_path / "seal.key"), counts=False) == []
    await store.close()
    print(dict(course.tally), dict(line.struck), f"{most} sessions at most, {emulator.open_sessions} left")  # noqa: T201 -- the figures of the course
    assert "unknown" not in raised.values(), "an edit is told by what the record says"
    sums = sum(course.raises[plan] for plan, told in raised.items() if told == "done")
    assert hours(emulator) - before == sums
    found = names(emulator)
    assert [name for name, told in made.items() if told == "done" and found[name] != 1] == []
    assert [name for name, told in made.items() if told in ("refused", "not_attempted") and found[name]] == []
    assert [name for name, times in found.items() if times > 1] == []
    assert emulator.open_sessions == 0


def hours(emulator: Emulator) -> int:
    rows = (emulator.record("Workshop", "Jobs", number) for number in range(1, RECORDS + 1))
    return sum(int((row.values.get("Hours") or ("0",))[0] or 0) for row in rows if row is not None)


def names(emulator: Emulator) -> Counter[str]:
    rows = (emulator.record("Workshop", "Jobs", number) for number in range(RECORDS + 1, 20_000))
    return Counter((row.values["Ref"] or ("",))[0] for row in rows if row is not None)
