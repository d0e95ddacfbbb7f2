"""The server's records are away while people call, and what was ended meanwhile counts once they are back."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.local.state.state_place import StatePlace

from ..postgres import on_postgres, postgres
from ..state.cut import Proxy
from .agent_keys import agent_keys
from .http_server import http_server
from .later import Later

pytestmark = pytest.mark.anyio


@on_postgres
async def test_whoever_calls_while_the_records_are_away_is_told_to_come_again(tmp_path: Path) -> None:
    server, clock = postgres(), Later()
    assert server is not None
    direct = server.database()
    async with Proxy(server.port) as line:
        away = direct.replace(f":{server.port}/", f":{line.port}/")
        settings = {"state": {"postgres": {"url": away}}, "seal_key": str(tmp_path / "seal.key")}
        who = {"callers": [{"match": {"issuer": "keys"}}], "http": {"public_url": "https://fm.example.com"}}
        async with http_server(settings | who, clock=clock) as http:
            keys = agent_keys(http.parts.servers)
            made: dict[str, Any] = {
                "scopes": ["fm:read"],
                "days": 1,
                "networks": [],
                "owner": "",
                "now": time.time(),
            }
            tokens = [await keys.add(name, **made) for name in ("agent", "left")]

            async def answers() -> list[tuple[int, str]]:
                return [await http.status_of(each) for each in tokens]

            assert [status for status, _ in await answers()] == [200, 200]
            await line.cut()
            clock.ahead += 5
            for status, told in await answers():
                assert (status, "own records cannot be reached" in told) == (503, True)
                assert "connection" not in told, "whoever asks need not be anybody"
            async with httpx.AsyncClient(
                base_url=http.origin, headers={"Authorization": f"Bearer {tokens[0]}"}
            ) as agent:
                file = await agent.get("/files/report.csv", headers={"Host": http.host})
            assert (file.status_code, file.headers["Retry-After"]) == (503, "5")
            async with AsyncExitStack() as beside:
                state = StatePlace(url=direct).state()
                beside.push_async_callback(state.close)
                assert await CallerKeys(lambda: state, lambda: http.parts.servers.seal).revoke(
                    "left", time.time()
                )
            await line.mend()
            while (told := await answers())[0][0] == 503:
                pass
            assert [status for status, _ in told] == [200, 401]
