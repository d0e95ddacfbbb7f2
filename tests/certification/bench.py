"""The course on an emulated host whose clock moves when the course waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import httpx

from filemaker_mcp.server.app.certification_course import certification_course
from filemaker_mcp.server.app.credential_factory import CredentialFactory
from filemaker_mcp.server.app.sign_in_accounts import account_for
from filemaker_mcp.server.certification.course import Wishes
from filemaker_mcp.server.certification.report import Report
from filemaker_mcp.server.cli.owner.product_walk import product_walk
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.switches import Switches

from ..auth.hosts import EmulatedTime
from ..host_of import host_of

SOLUTION = Path(__file__).parent / "solution"
ALL = Wishes("Canary Scratch", script="Echo", hold_script="Hold", view_only="Closed")
ACCOUNT = {
    "FILEMAKER_HOST": "http://127.0.0.1",
    "FILEMAKER_DATABASE": "Bench",
    "FILEMAKER_USERNAME": "canary-account",
    "FILEMAKER_PASSWORD": "canary-password",
}


def settings() -> Settings:
    return settled(overlaid({}, ACCOUNT), None)


class Bench:
    """An emulated host of a version, with switches turned, and what the course says of it."""

    def __init__(self, profile: int = 22, **turned: Any) -> None:
        self.emulator = host_of(
            SOLUTION, profile=profile, clock=ManualClock(), switches=replace(Switches(), **turned)
        )

    async def report(
        self,
        wishes: Wishes = ALL,
        *,
        walks: bool = False,
        transport: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda own: own,
    ) -> Report:
        """`walks`: the tools work on the layout too, which takes as long as all the rest."""
        clock = self.emulator.host.clock
        assert isinstance(clock, ManualClock)
        wire = transport(httpx.ASGITransport(app=self.emulator.app))
        configured = settings()
        sign_ins = CredentialFactory.of(configured)
        course = certification_course(
            account_for(configured.database["Bench"]),
            sign_ins,
            EmulatedTime(clock),
            lambda sentence: None,
            wire,
        )
        try:
            further = product_walk(configured, "Bench", wire) if walks else ()
            return await course.run(wishes, further)
        finally:
            await sign_ins.close()

    @property
    def records(self) -> int:
        """How many records stand in both tables."""
        return sum(
            self.emulator.host.files.require("Bench").store_for(table).count(table)
            for table in ("Scratch", "Rows")
        )

    async def aclose(self) -> None:
        assert not self.emulator.faults
        await self.emulator.aclose()


def defaults() -> dict[str, object]:
    return asdict(Switches())
