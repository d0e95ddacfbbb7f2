"""A page of somebody else's: its script calls where the owner lists it, by a token alone, and reads nothing of our pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.errors import ConfigurationError

from ..assistant import SAMPLE
from ..authorization.served import served

pytestmark = pytest.mark.anyio
INSPECTOR, EVIL = "https://inspector.example.com", "https://evil.example"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,mcp-method"}
ASKED: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_listed_pages_script_reads_answers_by_a_token_and_nobody_elses_does(tmp_path: Path) -> None:
    async with (
        served(tmp_path, http={"origins": ["https://Inspector.Example.com:443/"]}) as here,
        httpx.AsyncClient(base_url=here.origin) as http,
    ):
        for path in ("/mcp", "/token", "/revoke"):
            may = await http.options(path, headers={"Origin": INSPECTOR, **ASKS})
            assert may.status_code == 200, path
            assert may.headers["access-control-allow-origin"] == INSPECTOR
            assert "authorization" in may.headers["access-control-allow-headers"]
            assert (await http.options(path, headers={"Origin": EVIL, **ASKS})).status_code == 403
        read = await http.post("/mcp", json=ASKED, headers={"Origin": INSPECTOR})
        assert (read.status_code, read.headers["access-control-allow-origin"]) == (401, INSPECTOR)
        assert "WWW-Authenticate" in read.headers["access-control-expose-headers"], (
            "or it cannot ask for a token"
        )
        assert "access-control-allow-credentials" not in read.headers, "a cookie never counts"
        for path in ("/", "/consent", "/accounts", "/agree/x", "/files/x"):
            page = await http.get(path, headers={"Origin": INSPECTOR})
            assert "access-control-allow-origin" not in page.headers, path
        assert (await http.post("/mcp", json=ASKED, headers={"Origin": EVIL})).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        *("null", "*", "https://*.example.com", "https://x.example/page", "x.example"),
        *("https://x.example,", "https://x.example;", "https://x example", "https://[::1%25eth0]"),
    ],
)
def test_what_no_page_of_one_place_comes_as_is_refused_in_the_settings(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="takes origins as browsers name them"):
        settled(overlaid({"http": {"origins": [origin]}}, SAMPLE), None)
