"""A server that cannot start says why in its first answer, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from mcp import Client, MCPError, StdioServerParameters

from ..started import start

pytestmark = pytest.mark.anyio


def bare(tmp_path: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    return (
        kept | {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path), "APPDATA": str(tmp_path)} | variables
    )


async def ended(given: str, environment: dict[str, str]) -> tuple[int | None, str, str]:
    """Its status and what it wrote to both streams."""
    process = await start(env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(120):
        out, err = await process.communicate(given.encode())
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("method", ["initialize", "server/discover"])
async def test_the_first_request_is_answered_with_the_sentence_and_the_process_ends(
    tmp_path: Path, method: str
) -> None:
    request = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": {}})
    status, out, err = await ended(f"not json\n{request}\n", bare(tmp_path, FILEMAKER_HOTS="fm.example.com"))
    answer = json.loads(out)
    assert answer["id"] == 7
    assert "FILEMAKER_HOTS is no setting" in answer["error"]["message"]
    assert "FILEMAKER_HOST" in answer["error"]["message"]
    assert status == 2
    assert "Traceback" not in err


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_real_client_reads_the_sentence(tmp_path: Path, mode: str) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "filemaker_mcp.server"], env=bare(tmp_path)
    )
    said = pytest.RaisesExc(MCPError, match="No database is configured")
    with pytest.RaisesGroup(said, flatten_subgroups=True):
        async with Client(server, mode=mode):  # pyright: ignore[reportArgumentType] -- both are modes
            pass


async def test_a_missing_password_file_is_a_sentence_too(tmp_path: Path) -> None:
    variables = {
        "FILEMAKER_HOST": "fm.example.com",
        "FILEMAKER_DATABASE": "Sales",
        "FILEMAKER_USERNAME": "api",
        "FILEMAKER_PASSWORD_FILE": str(tmp_path / "missing"),
    }
    asked = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n'
    _, out, _ = await ended(asked, bare(tmp_path, **variables))
    assert "should hold the password, cannot be read" in json.loads(out)["error"]["message"]
