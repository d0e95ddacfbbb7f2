"""Accounts without a name or a home, as services and containers have: reading works, and what needs a place says which."""

from __future__ import annotations

import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import NoReturn

import anyio
import pytest
from mcp import Client
from mcp_types import TextContent

from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.errors import ConfigurationError

from ..auth.program import Place, place
from ..started import program, spoken_to, start

pytestmark = pytest.mark.anyio


def nobody() -> int:
    """The program is under an account that the system does not know, for whoever cannot become one."""
    import pwd

    def unknown(_: object) -> NoReturn:
        raise KeyError("uid not found")

    for name in [
        name for name in os.environ if name in ("HOME", "LOGNAME", "USER") or name.startswith("XDG_")
    ]:
        del os.environ[name]
    for name in ("getpwuid", "getpwnam"):
        setattr(pwd, name, unknown)
    return program()


without_windows = pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the system, not variables")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Place]:
    async with place(tmp_path) as shop:
        yield shop


@without_windows
async def test_without_a_home_reading_works_and_what_needs_a_file_names_the_variable(
    shop: Place, tmp_path: Path
) -> None:
    server = await start(
        "serve",
        env=shop.environment(**shop.by_account),
        stdin=PIPE,
        stdout=PIPE,
        folder=tmp_path,
        instead=nobody,
    )
    async with Client(spoken_to(server)) as client:
        assert not (await client.call_tool("find_records", {"layout": "Sales"})).is_error
        checked = (await client.call_tool("check_connection", {})).structured_content
        assert checked is not None
        assert checked["connected"]
        assert checked["stages"][0]["result"] == "warning"
        assert "Reading works" in checked["stages"][0]["found"]
        refused = await client.call_tool("list_changes", {})
        assert refused.is_error
        assert isinstance(refused.content[0], TextContent)
        assert "FILEMAKER_STATE" in refused.content[0].text
    assert not [each async for each in anyio.Path(tmp_path).iterdir()]


@without_windows
@pytest.mark.parametrize(
    ("words", "status", "named"),
    [
        (["doctor"], 0, "FILEMAKER_STATE"),
        (["setup"], 2, "--config"),
        (["journal", "list"], 2, "FILEMAKER_STATE"),
        (["state", "backup", "copy.db"], 2, "FILEMAKER_STATE"),
        (["run"], 0, "There is no runbook"),
        (["policy"], 0, "reads records"),
    ],
)
async def test_without_a_home_each_command_says_what_it_needs(
    shop: Place, words: list[str], status: int, named: str
) -> None:
    environment = shop.environment(**shop.by_account)
    command = await start(*words, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, instead=nobody)
    said = b"".join(await command.communicate()).decode()
    assert (command.returncode, "Traceback" in said) == (status, False), said
    assert named in said


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="needs another account",
)
async def test_an_account_without_a_name_is_known_by_its_number() -> None:
    number = "54321"
    code = "from filemaker_mcp.server.local.places import home, user_name; print(user_name(), home())"
    for home, expected in (({}, os.devnull), ({"HOME": "/somewhere"}, "/somewhere")):
        ended = await anyio.run_process(
            ["setpriv", "--reuid", number, "--regid", number, "--clear-groups", sys.executable, "-c", code],
            env={"PATH": os.environ["PATH"], **home},
        )
        assert ended.stdout.decode().strip() == f"uid {number} {expected}"


@without_windows
def test_a_path_from_a_home_that_is_not_known_is_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match="begins with a home folder that is not known"):
        configured({"FILEMAKER_CONFIG": "~nobody-of-that-name/config.toml"})
    with pytest.raises(ConfigurationError, match="begins with a home folder that is not known"):
        configured({"FILEMAKER_HOST": "fm.example.com", "FILEMAKER_STATE": "~nobody-of-that-name/state.db"})
