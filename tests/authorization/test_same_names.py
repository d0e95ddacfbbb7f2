"""One account name in two files is two people: who proved it in the one file gets nothing of the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.app.http.http_service import http_service
from filemaker_mcp.server.config.strict_settings import Secret

from ..http.http_server import http_server
from ..http.test_replicas import BACK
from ..policy.office import hosted
from .stand import ORIGIN, RESOURCE, Browser, returned

pytestmark = pytest.mark.anyio
TYPED = {"account": "assistant", "password": "demo"}


def place(file: str) -> dict[str, Any]:
    return {
        "host": "http://127.0.0.1", "file": file, "account": "assistant", "access": "delete",
        "password": Secret.model_validate({"value": "demo"}),
    }  # fmt: skip


async def test_who_proved_an_account_of_one_file_gets_nothing_of_another(tmp_path: Path) -> None:
    own = {"id": "desk", "name": "Desk", "redirects": ["http://localhost/callback"]}
    accounts: dict[str, Any] = {"password_page": "anywhere", "deny_accounts": []}
    settings: dict[str, Any] = {
        "state": str(tmp_path / "state.db"),
        "seal_key": str(tmp_path / "seal.key"),
        "http": {"public_url": ORIGIN, "sign_in": {"accounts": accounts, "more_clients": [own]}},
        "database": {"workshop": place("Workshop"), "yard": place("Yard")},
        "callers": [
            {
                "match": {"issuer": ORIGIN, "claim": "account", "has": "assistant"},
                "accounts": {"workshop": "own", "yard": "own"},
            }
        ],
    }
    async with http_server(settings, emulator=hosted(tmp_path)) as server:
        tokens: dict[str, str] = {}
        for database in ("workshop", "yard"):
            browser = Browser(http_service(server.parts).app, "192.0.2.7")
            asks = {"client_id": "desk", "redirect_uri": BACK}
            await browser.ask(**asks)
            await browser.send("/consent", answer="yes")
            answer = await browser.send(**TYPED, database=database)
            code = returned(answer)["code"]
            redeemed = await browser.redeem(code, **asks, resource=RESOURCE)
            tokens[database] = redeemed.json()["access_token"]
        identities = [await server.parts.verifier.verify(token) for token in tokens.values()]
        subjects = {identity.subject for identity in identities if identity is not None}
        assert len(subjects) == 2, "told apart by host and file"
        for database, other in (("workshop", "yard"), ("yard", "workshop")):
            async with server.person(tokens[database]) as person:
                assert "Jobs" in str(await person.ask("list_layouts"))
                refused = await person.refused("list_layouts", database=other)
                assert "no parameter 'database'" in refused, "there is none but theirs"
