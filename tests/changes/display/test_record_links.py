"""Addresses in answers open exactly the records that the answer is about, by the script that docs/opening.md gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ...assistant import Assistant
from ..shop_host import in_shop
from ..workshop_host import applied, planned

pytestmark = pytest.mark.anyio

OPENS = {"open_script": "Show Records"}
KEYED = {"FILEMAKER_KEYS": '{"Invoices": "ID"}'}


async def opened(assistant: Assistant, answer: Mapping[str, Any]) -> list[Any]:
    """What the script of the address shows, run by another session on the emulated host."""
    address = urlsplit(str(answer["open_in_filemaker"]))
    assert "@" not in address.netloc
    assert "demo" not in str(answer)
    asked = parse_qs(address.query)
    base = "http://127.0.0.1/fmi/data/vLatest/databases/Shop"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=assistant.emulator.app)) as client:
        login = await client.post(f"{base}/sessions", json={}, auth=("assistant", "demo"))
        headers = {"Authorization": f"Bearer {login.json()['response']['token']}"}
        path = f"{base}/layouts/Log/script/{asked['script'][0]}"
        run = await client.get(path, params={"script.param": asked["param"][0]}, headers=headers)
        return json.loads(run.json()["response"]["scriptResult"])


async def test_a_found_set_a_plan_and_an_outcome_open_as_they_are() -> None:
    async with in_shop(OPENS, environment=KEYED) as assistant:
        found = await assistant.ask("find_records", layout="Invoices", where={"Status": "Draft"})
        assert str(found["open_in_filemaker"]).startswith("fmp://127.0.0.1/Shop?script=Show%20Records&param=")
        assert await opened(assistant, found) == ["I-1", "I-3", "I-4"]
        part = await assistant.ask("find_records", layout="Invoices", limit=2)
        assert "open_in_filemaker" not in part
        plan = await planned(
            assistant, "edit_records", layout="Invoices", ids=["1", "4"], values={"Remark": "x"}
        )
        assert await opened(assistant, plan) == ["I-1", "I-4"]
        assert await opened(assistant, await applied(assistant, plan)) == ["I-1", "I-4"]
        new = await planned(assistant, "create_records", layout="Invoices", records=[{"Customer": "Eve"}])
        assert "open_in_filemaker" not in new or new["open_in_filemaker"]
        made = await applied(assistant, new)
        assert len(await opened(assistant, made)) == 1
        gone = await applied(
            assistant, await planned(assistant, "delete_records", layout="Invoices", ids=["2"])
        )
        assert "open_in_filemaker" not in gone


async def test_without_a_key_record_ids_name_them_and_too_many_have_no_address() -> None:
    webdirect = OPENS | {"open_with": "webdirect"}
    async with in_shop(webdirect) as assistant:
        found = await assistant.ask("find_records", layout="Invoices", where={"Status": "Draft"})
        assert str(found["open_in_filemaker"]).startswith("https://127.0.0.1/fmi/webd/Shop?script=")
        assert await opened(assistant, found) == [1, 3, 4]
    async with in_shop(OPENS, environment=KEYED) as assistant:
        many = [{"Customer": f"Customer {n}"} for n in range(60)]
        made = await applied(
            assistant, await planned(assistant, "create_records", layout="Invoices", records=many)
        )
        assert made["records"] == {"done": 60}
        assert "open_in_filemaker" not in made, "sixty keys do not fit into an address"
    async with in_shop() as assistant:
        assert "open_in_filemaker" not in await assistant.ask("find_records", layout="Invoices")
