"""`filemaker-mcp token-service` as a process."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from .program import Place, fresh, place, until
from .workplace import ADA, ADAS_PASSWORD

pytestmark = pytest.mark.anyio

BODY = {"username": ADA, "password": ADAS_PASSWORD}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Place]:
    async with place(tmp_path) as shop:
        yield shop


async def test_it_gives_tokens_on_this_machine_and_ends_on_a_signal(shop: Place) -> None:
    process = await fresh(shop).begin("token-service", "--port", "0", FILEMAKER_CLARIS_URL=shop.url)
    said = await until(process.stderr, "/users")
    address = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert address is not None
    async with httpx.AsyncClient(base_url=address[0]) as client:
        given = await client.post("/users", json=BODY)
        assert given.status_code == 200
        tokens = given.json()["tokens"]
        again = await client.post(
            "/users/refresh", json={"username": ADA, "refresh_token": tokens["refreshToken"]}
        )
        assert again.json()["id_token"] != tokens["idToken"]
        assert (await client.post("/users", json=BODY | {"password": "wrong"})).status_code == 401
    process.terminate()
    out, err = await process.communicate()
    assert ADAS_PASSWORD not in (out + err).decode()
    assert "eyJ" not in (out + err).decode()


async def test_without_a_key_it_listens_nowhere_else(shop: Place) -> None:
    refused = await shop.run("token-service", "--host", "0.0.0.0", "--port", "0")
    assert refused.status == 2
    assert "Without a key" in refused.err


async def test_a_server_uses_it_with_its_key(shop: Place, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("the key\n", encoding="utf-8")
    variables = {"FILEMAKER_CLARIS_URL": shop.url}
    process = await shop.begin("token-service", "--port", "0", "--key-file", str(key), **variables)
    said = await until(process.stderr, "/users")
    address = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert address is not None
    by_service = shop.by_claris_id | {
        "FILEMAKER_PASSWORD": ADAS_PASSWORD,
        "FILEMAKER_TOKEN_SERVICE": address[0],
        "FILEMAKER_TOKEN_SERVICE_KEY_FILE": str(key),
    }
    doctor = await shop.run("doctor", **by_service)
    keyless = await shop.run("doctor", **(by_service | {"FILEMAKER_TOKEN_SERVICE_KEY_FILE": ""}))
    process.terminate()
    await process.communicate()
    assert doctor.status == 0, doctor.out
    assert keyless.status == 16
    assert "FILEMAKER_TOKEN_SERVICE_KEY" in keyless.out or "Bearer KEY" in keyless.out
