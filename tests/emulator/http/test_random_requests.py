"""Requests at random: never a 500 without FileMaker's envelope, never a fault inside, and the store stays consistent.

A short run each time; `FILEMAKER_SOAK=10000` makes so many requests instead (`make soak`).
"""

from __future__ import annotations

import asyncio
import os
from urllib.parse import urlencode

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filemaker_mcp.server.emulator.app import Emulator

from ...contract.hosts import SOLUTION
from .random_requests import Sent, requests

REQUESTS = 15
"""In one example, on a host of its own."""
EXAMPLES = max(int(os.environ.get("FILEMAKER_SOAK", "300")) // REQUESTS, 1)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(requests, min_size=REQUESTS, max_size=REQUESTS))
def test_any_requests_are_answered_in_filemakers_way_and_leave_the_records_whole(sent: list[Sent]) -> None:
    asyncio.run(play(sent))


async def play(sent: list[Sent]) -> None:
    emulator = Emulator([SOLUTION])
    transport = httpx.ASGITransport(app=emulator.app)
    base = "http://fm.example/fmi/data/vLatest/databases/Contract/"
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        made = await http.post("sessions", auth=("contract", "contract"), json={})
        http.headers["Authorization"] = f"Bearer {made.headers['x-fm-data-access-token']}"
        rows = {"Rows": [{"Rows::Text": "one"}, {"Rows::Text": "two"}]}
        for number in range(2):
            fields = {"Marker": "at first", "Number": number}
            await http.post("layouts/Items/records", json={"fieldData": fields, "portalData": rows})
        for each in sent:
            await check_request(emulator, http, each)
        check_store(emulator)
    await emulator.aclose()


async def check_request(emulator: Emulator, http: httpx.AsyncClient, sent: Sent) -> None:
    before = emulator.digest()
    query = urlencode(sent.query, errors="replace")
    kind = {"Content-Type": sent.kind} if sent.kind else {}
    url = f"{sent.path}?{query}" if query else sent.path
    response = await http.request(sent.method, url, content=sent.body, headers=kind)
    assert not emulator.faults, emulator.faults
    check_answer(sent, response)
    if response.status_code != 200:
        assert emulator.digest() == before, response.text


def check_answer(sent: Sent, response: httpx.Response) -> None:
    if not response.headers["content-type"].startswith("application/json"):
        assert response.status_code in {302, 400, 401, 404}
        assert "Traceback" not in response.text
        return
    if sent.method == "HEAD":
        return
    envelope = response.json()
    [message] = envelope["messages"]
    assert isinstance(message["code"], str)
    assert isinstance(message["message"], str)
    assert isinstance(envelope["response"], dict)
    assert (message["code"] == "0") is (response.status_code == 200)
    assert message["code"] != "951"


def check_store(emulator: Emulator) -> None:
    """Counts, records and indexes agree."""
    file = emulator.host.files.require("Contract")
    for name, table in file.model.tables.items():
        store = file.store_for(name)
        ids = list(store.ids(name))
        kept = store.read_many(name, ids)
        assert len(kept) == len(ids) == store.count(name)
        for field in table.fields.values():
            for row in kept:
                for text in row.values.get(field.name, ()):
                    related = store.related(name, field.name, "=", {text.partition("\r")[0]})
                    assert not related or row.record_id in related
