"""The host under contract: the emulator, and a real FileMaker Server when FILEMAKER_LIVE_* names one.

FILEMAKER_LIVE_HOST is its address (https://...), FILEMAKER_LIVE_DATABASE the file of `solution/contract.toml`'s shape
(default Contract), FILEMAKER_LIVE_USERNAME and FILEMAKER_LIVE_PASSWORD an account with full access and fmrest.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ..host_of import host_of

SOLUTION = Path(__file__).parent / "solution"
LIVE = "FILEMAKER_LIVE_HOST"


@dataclass
class Contract:
    """One session on the host, and a marker for the records of one test."""

    http: httpx.AsyncClient = field(repr=False)
    database: str
    token: str = field(default="", repr=False)
    marker: str = field(default_factory=lambda: f"contract {uuid.uuid4().hex}")

    async def log_in(self, account: tuple[str, str]) -> None:
        response = await self.http.post(self._url("sessions"), auth=account, json={})
        assert response.status_code == 200, response.text
        self.token = response.headers["x-fm-data-access-token"]

    async def send(self, method: str, path: str, **parameters: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.http.request(method, self._url(path), headers=headers, **parameters)

    def _url(self, path: str) -> str:
        return f"/fmi/data/vLatest/databases/{quote(self.database)}/{path}"

    async def ask(self, method: str, path: str, **parameters: Any) -> Any:
        """The `response` of a call that must succeed."""
        response = await self.send(method, path, **parameters)
        assert code(response) == "0", response.text
        return response.json()["response"]

    async def create(self, fields: dict[str, Any], layout: str = "Items", **body: Any) -> str:
        body["fieldData"] = {"Marker": self.marker, **fields}
        return str((await self.ask("POST", f"layouts/{layout}/records", json=body))["recordId"])

    async def edit(self, record: str, fields: dict[str, Any], **body: Any) -> httpx.Response:
        body["fieldData"] = fields
        return await self.send("PATCH", f"layouts/Items/records/{record}", json=body)

    async def fields(self, record: str, **parameters: Any) -> Any:
        return (await self.record(record, **parameters))["fieldData"]

    async def record(self, record: str, layout: str = "Items", **parameters: Any) -> Any:
        return (await self.ask("GET", f"layouts/{layout}/records/{record}", params=parameters))["data"][0]

    async def find(self, *query: dict[str, str], layout: str = "Items", **body: Any) -> Any:
        """The response of a find among this test's records, or `{"data": []}` for 401."""
        marked = [{"Marker": f"=={self.marker}", **each} if "omit" not in each else each for each in query]
        response = await self.send("POST", f"layouts/{layout}/_find", json={"query": marked, **body})
        if code(response) == "401":
            return {"data": []}
        assert code(response) == "0", response.text
        return response.json()["response"]

    async def numbers(self, *query: dict[str, str], **body: Any) -> list[Any]:
        return [row["fieldData"]["Number"] for row in (await self.find(*query, **body))["data"]]

    async def clear(self) -> None:
        for row in (await self.find({}, limit=1000))["data"]:
            await self.send("DELETE", f"layouts/Items/records/{row['recordId']}")


def code(response: httpx.Response) -> str:
    return str(response.json()["messages"][0]["code"])


@asynccontextmanager
async def emulated() -> AsyncGenerator[Contract]:
    emulator = host_of(SOLUTION)
    transport = httpx.ASGITransport(app=emulator.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://fm.example") as http:
        contract = Contract(http, "Contract")
        await contract.log_in(("contract", "contract"))
        yield contract
    assert not emulator.faults
    await emulator.aclose()


@asynccontextmanager
async def live() -> AsyncGenerator[Contract]:
    account = (os.environ["FILEMAKER_LIVE_USERNAME"], os.environ["FILEMAKER_LIVE_PASSWORD"])
    async with httpx.AsyncClient(base_url=os.environ[LIVE], timeout=30, http2=False) as http:
        contract = Contract(http, os.environ.get("FILEMAKER_LIVE_DATABASE", "Contract"))
        await contract.log_in(account)
        try:
            yield contract
        finally:
            await contract.send("DELETE", f"sessions/{contract.token}")  # a test may have ended it itself
            await contract.log_in(account)
            await contract.clear()
            await contract.send("DELETE", f"sessions/{contract.token}")
