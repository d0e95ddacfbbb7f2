"""A server that cannot start says why in its first answer, in both eras of the protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, MCPError, StdioServerParameters

pytestmark = pytest.mark.anyio


def bare(tmp_path: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    return (
        kept | {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path), "APPDATA": str(tmp_path)} | variables
    )


@pytest.mark.parametrize("method", ["initialize", "server/discover"])
def test_the_first_request_is_answered_with_the_sentence_and_the_process_ends(
    tmp_path: Path, method: str
) -> None:
    request = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": {}})
    done = subprocess.run(
        [sys.executable, "-m", "filemaker_mcp.server"],
        input=f"not json\n{request}\n",
        env=bare(tmp_path, FILEMAKER_HOTS="fm.example.com"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert answer["id"] == 7
    assert "FILEMAKER_HOTS is no setting" in answer["error"]["message"]
    assert "FILEMAKER_HOST" in answer["error"]["message"]
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_real_client_reads_the_sentence(tmp_path: Path, mode: str) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "filemaker_mcp.server"], env=bare(tmp_path)
    )
    said = pytest.RaisesExc(MCPError, match="No database is configured")
    with pytest.RaisesGroup(said, flatten_subgroups=True):
        async with Client(server, mode=mode):  # pyright: ignore[reportArgumentType] -- both are modes
            pass


def test_a_missing_password_file_is_a_sentence_too(tmp_path: Path) -> None:
    variables = {
        "FILEMAKER_HOST": "fm.example.com",
        "FILEMAKER_DATABASE": "Sales",
        "FILEMAKER_USERNAME": "api",
        "FILEMAKER_PASSWORD_FILE": str(tmp_path / "missing"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "filemaker_mcp.server"],
        input='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n',
        env=bare(tmp_path, **variables),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "should hold the password, cannot be read" in json.loads(done.stdout)["error"]["message"]
