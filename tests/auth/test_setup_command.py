"""`filemaker-mcp setup`: from nothing to an entry that works, and nothing of what was there is touched."""

from __future__ import annotations

import json
import os
import signal
import tomllib
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from .. import surface
from .program import Place, fresh, place

pytestmark = pytest.mark.anyio

BY_PASSWORD = "1"
READ = "1"
NO_SOURCES = "-"
YES = "y"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Place]:
    async with place(tmp_path) as shop:
        yield shop


def typed(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


def file_number(shop: Place, name: str = "Shop") -> str:
    return str([file.name for file in shop.emulator.host.files].index(name) + 1)


async def set_up(
    shop: Place,
    *words: str,
    account: str = "till",
    password: str = "cash",
    more: tuple[str, ...] = (),
) -> str:
    answers = typed(shop.url, file_number(shop), BY_PASSWORD, account, password, NO_SOURCES, READ, *more)
    ended = await shop.run("setup", *words, typed=answers)
    assert ended.status == 0, ended.err
    assert password not in ended.err.replace("till", "")
    assert password not in ended.out
    return ended.err


async def test_the_entry_that_is_written_works(shop: Place) -> None:
    client_file = shop.home / "config" / "Claude" / "claude_desktop_config.json"
    client_file.parent.mkdir(parents=True)
    said = await set_up(fresh(shop), more=(YES,))
    assert "only you can read" in said
    assert '+    "filemaker": {' in said
    entry = json.loads(client_file.read_text(encoding="utf-8"))["mcpServers"]["filemaker"]
    server = StdioServerParameters(command=entry["command"], args=entry["args"], env=shop.environment())
    async with Client(server) as client:
        found = await client.call_tool("find_records", {"layout": "Sales"})
    assert "Rope" in found.model_dump_json()
    assert shop.emulator.open_sessions == 0


async def test_the_password_is_in_a_file_of_its_own_that_only_its_owner_reads(shop: Place) -> None:
    await set_up(shop)
    configuration = next(shop.home.rglob("config.toml"))
    first = configuration.read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ./config.schema.json"  # editors complete and check the file with it
    assert configuration.with_name("config.schema.json").read_text(encoding="utf-8") == surface.schema()
    secret = next(shop.home.rglob("secrets/shop"))
    assert secret.read_text(encoding="utf-8") == "cash"
    if os.name == "posix":  # elsewhere the user's folder keeps others out
        assert (secret.stat().st_mode & 0o777, secret.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "cash" not in configuration.read_text(encoding="utf-8").replace(str(secret), "")


async def test_what_is_there_stays(shop: Place, tmp_path: Path) -> None:
    configuration, client_file = tmp_path / "own.toml", tmp_path / "client.json"
    configuration.write_text(
        '# ours\n[database.shop] # the old one\nhost = "old"\nfile = "Old"\n', encoding="utf-8"
    )
    old = {"theme": "dark", "mcpServers": {"filemaker": {"command": "another"}, "other": {"command": "x"}}}
    client_file.write_text(json.dumps(old), encoding="utf-8")
    said = await set_up(shop, "--config", str(configuration), "--client", str(client_file))
    text = configuration.read_text(encoding="utf-8")
    assert text.startswith('# ours\n[database.shop] # the old one\nhost = "old"\nfile = "Old"\n')
    assert "[database.shop-2]" in text
    new = json.loads(client_file.read_text(encoding="utf-8"))
    assert new["theme"] == "dark"
    assert new["mcpServers"]["filemaker"] == {"command": "another"}
    assert new["mcpServers"]["other"] == {"command": "x"}
    assert new["mcpServers"]["filemaker-2"]["args"][-2:] == ["--config", str(configuration)]
    assert "'filemaker-2'" in said


async def test_a_file_that_is_connected_already_gets_another_access_instead_of_a_second_entry(
    shop: Place,
) -> None:
    await set_up(shop)
    configuration = next(shop.home.rglob("config.toml"))
    ended = await shop.run("setup", typed=typed(shop.url, file_number(shop), "1", "2"))
    assert ended.status == 0, ended.err
    assert "change what the assistant may do in 'shop' (now read only)" in ended.err
    text = configuration.read_text(encoding="utf-8")
    assert 'access = "edit"' in text
    assert "shop-2" not in text


@pytest.mark.skipif(os.name != "posix", reason="sends a signal as a terminal does")
async def test_one_ctrl_c_ends_a_question(shop: Place) -> None:
    process = await shop.begin("setup")
    assert process.stderr is not None
    await process.stderr.readuntil(b"fm.example.com: ")
    process.send_signal(signal.SIGINT)
    _, said = await process.communicate()
    assert process.returncode == 130
    assert b"Nothing more was written" in said


@pytest.mark.parametrize("content", ["{ not json", "[]", '{"mcpServers": 5}'])
async def test_a_client_file_that_makes_no_sense_is_left_alone(
    shop: Place, tmp_path: Path, content: str
) -> None:
    client_file = tmp_path / "client.json"
    client_file.write_text(content, encoding="utf-8")
    said = await set_up(shop, "--client", str(client_file))
    assert client_file.read_text(encoding="utf-8") == content
    assert "left as it is" in said
    assert "Put this into your MCP client's configuration" in said


async def test_what_fails_is_explained_and_asked_again(shop: Place) -> None:
    answers = typed(
        "nowhere.invalid",
        "x" * 300,
        "http://elsewhere.example.com",
        shop.url,
        file_number(shop),
        BY_PASSWORD,
        "till",
        "wrong",
        "",
        "cash",
        NO_SOURCES,
        READ,
    )
    ended = await shop.run("setup", "--no-client", typed=answers)
    assert ended.status == 0, ended.err
    for words in (
        "No host named",
        "is longer than the name of a host",
        "http:// only for this machine",
        "refused the account 'till'",
    ):
        assert words in ended.err
    assert json.loads(ended.out)["mcpServers"]["filemaker"]


async def test_nothing_is_written_before_the_end(shop: Place) -> None:
    ended = await shop.run("setup", typed=typed(shop.url, file_number(shop), BY_PASSWORD, "till", "cash"))
    assert ended.status == 2
    assert "nobody to answer" in ended.err
    assert [path for path in shop.home.rglob("*") if path.is_file()] == []
    assert shop.emulator.open_sessions == 0


async def test_a_pasted_address_is_taken_apart(shop: Place) -> None:
    answers = typed(f"{shop.url}/fmi/webd/Shop", "", BY_PASSWORD, "till", "cash", NO_SOURCES, READ)
    ended = await shop.run("setup", "--no-client", typed=answers)
    assert ended.status == 0, ended.err
    assert 'file = "Shop"' in next(shop.home.rglob("config.toml")).read_text(encoding="utf-8")


async def test_a_file_that_is_not_there_is_asked_for_again_and_the_account_is_not(shop: Place) -> None:
    address = f"{shop.url}/fmi/webd/Shup"
    shop.emulator.host.switches = replace(shop.emulator.host.switches, filter_databases=True)
    answers = typed(address, "", BY_PASSWORD, "till", "cash", "Shop", NO_SOURCES, READ)
    ended = await shop.run("setup", "--no-client", typed=answers)
    assert ended.status == 0, ended.err
    assert ended.err.count("FileMaker account") == 1


async def test_a_further_file_gets_its_own_account(shop: Place) -> None:
    answers = typed(
        shop.url, file_number(shop), BY_PASSWORD, "till", "cash", "Stock.fmp12", "keeper", "keys", "-", READ
    )
    ended = await shop.run("setup", "--no-client", typed=answers)
    assert ended.status == 0, ended.err
    text = next(shop.home.rglob("config.toml")).read_text(encoding="utf-8")
    assert 'file = "Stock"' in text
    assert "keys" not in text
    assert any(path.read_text(encoding="utf-8") == "keys" for path in shop.home.rglob("secrets/*"))


async def test_an_assistant_that_is_declined_is_left_alone(shop: Place) -> None:
    file = shop.home / ".cursor" / "mcp.json"
    file.parent.mkdir(parents=True)
    said = await set_up(shop, more=("n",))
    assert not file.exists()
    assert "Put this into your MCP client's configuration" in said


async def test_every_client_gets_its_own_form(shop: Place) -> None:
    code, codex = shop.home / "config" / "Code" / "User" / "mcp.json", shop.home / ".codex" / "config.toml"
    for file in (code, codex):
        file.parent.mkdir(parents=True)
    codex.write_text('# mine\nmodel = "x"\n', encoding="utf-8")
    await set_up(shop, more=(YES, YES))
    assert json.loads(code.read_text(encoding="utf-8"))["servers"]["filemaker"]["type"] == "stdio"
    text = codex.read_text(encoding="utf-8")
    assert text.startswith('# mine\nmodel = "x"\n')
    assert tomllib.loads(text)["mcp_servers"]["filemaker"]["command"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to an administrator")
async def test_a_place_that_cannot_be_written_is_told_before_anything_is_asked(
    shop: Place, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ended = await shop.run("setup", "--config", str(closed / "config.toml"), typed="")
    assert ended.status == 2
    assert "--config FILE" in ended.err
