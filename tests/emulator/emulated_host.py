"""An emulated host in this process, and a client that is nothing but httpx."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.switches import Switches

from ..host_of import host_of

SAMPLE = Path(__file__).parents[2] / "server" / "emulator" / "sample"
SOLUTION = Path(__file__).parent / "solution"


@dataclass
class Client:
    """Speaks to one database of an emulated host with one token."""

    emulator: Emulator
    clock: ManualClock
    http: httpx.AsyncClient = field(repr=False)
    database: str = "Harbor"
    token: str = field(default="", repr=False)
    version: str = "vLatest"

    async def log_in(self, account: str = "assistant", password: str = "demo", **body: Any) -> httpx.Response:
        response = await self.http.post(
            f"/fmi/data/{self.version}/databases/{self.database}/sessions",
            auth=(account, password),
            json=body,
        )
        self.token = response.headers.get("x-fm-data-access-token", "")
        return response

    async def send(self, method: str, path: str, **parameters: Any) -> httpx.Response:
        """`path` begins after the database."""
        headers = {"Authorization": f"Bearer {self.token}", **parameters.pop("headers", {})}
        url = f"/fmi/data/{self.version}/databases/{self.database}/{path}"
        return await self.http.request(method, url, headers=headers, **parameters)

    async def find(self, layout: str, *query: dict[str, str], **body: Any) -> httpx.Response:
        return await self.send("POST", f"layouts/{layout}/_find", json={"query": list(query), **body})

    async def create(self, layout: str, fields: dict[str, Any], **body: Any) -> httpx.Response:
        return await self.send("POST", f"layouts/{layout}/records", json={"fieldData": fields, **body})

    async def edit(self, layout: str, record: str, fields: dict[str, Any], **body: Any) -> httpx.Response:
        return await self.send(
            "PATCH", f"layouts/{layout}/records/{record}", json={"fieldData": fields, **body}
        )

    async def get(self, layout: str, record: str, **parameters: Any) -> Any:
        """The one record, as JSON."""
        response = await self.send("GET", f"layouts/{layout}/records/{record}", params=parameters)
        return response.json()["response"]["data"][0]


def code(response: httpx.Response) -> str:
    return response.json()["messages"][0]["code"]


def rows(response: httpx.Response) -> list[Any]:
    return response.json()["response"]["data"]


@asynccontextmanager
async def host(
    *folders: Path,
    database: str = "Harbor",
    profile: int = 22,
    switches: Switches = Switches(),  # noqa: B008 - frozen
    data: Path | None = None,
    index: bool = False,
    base: str = "http://fm.example",
    faults: int = 0,
) -> AsyncGenerator[Client]:
    """Logged in nowhere yet; the clock stands until a test moves it."""
    clock = ManualClock()
    changes = data is not None or set(folders) - {SAMPLE, SOLUTION}
    emulator = (Emulator if changes else _copied)(
        folders or [SAMPLE], clock=clock, profile=profile, switches=switches, data=data, index=index, zone=UTC
    )
    transport = httpx.ASGITransport(app=emulator.app)
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        yield Client(emulator, clock, http, database)
    assert len(emulator.faults) == faults, emulator.faults
    await emulator.aclose()


def _copied(folders: Sequence[Path], **settings: Any) -> Emulator:
    return host_of(*folders, **settings)


@asynccontextmanager
async def club(
    account: str = "admin", password: str = "pässword: with colon", **options: Any
) -> AsyncGenerator[Client]:
    """The test solution, logged in."""
    async with host(SOLUTION, database="Club", **options) as client:
        assert code(await client.log_in(account, password)) == "0"
        yield client
