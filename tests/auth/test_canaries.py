"""Secrets of every kind, planted and looked for wherever something could be read."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.cognito.users import User
from filemaker_mcp.server.emulator.faults.effects import Drop, Page, Refuse
from filemaker_mcp.server.emulator.faults.layer import Match

from .program import Place, fresh, place, type_in, until
from .workplace import ADA, BY_OTTO, BY_SERVICE, CLARIS_ID, FILE_ACCOUNT, OTTO_KEY, Stand

pytestmark = pytest.mark.anyio

PASSWORD = "canary-password-Kanarienvogel"
PARAMETER = "canary-parameter"


WAYS = {
    "account": FILE_ACCOUNT,
    "wrong": FILE_ACCOUNT | {"FILEMAKER_PASSWORD": PASSWORD},
    "claris": CLARIS_ID | {"FILEMAKER_PASSWORD": PASSWORD},
    "service": BY_SERVICE | {"FILEMAKER_PASSWORD": PASSWORD, "FILEMAKER_TOKEN_SERVICE_KEY": "canary-key"},
    "otto": BY_OTTO,
}
PLANTED = {PASSWORD, PARAMETER, "canary-key", OTTO_KEY, "cash"}
SCRIPTS = {"database": {"shop": {"scripts": {"Count": {"effect": "reads"}}}}}
TROUBLE = (None, Drop(), Page(500, "<html>out of order</html>"), Refuse(952), Refuse(956))


@pytest.fixture
def stand(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Stand:
    for name in ("", "httpx", "httpcore", "mcp", "filemaker_mcp", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    stand = Stand(tmp_path)
    stand.pool.add(User(ADA, PASSWORD))
    return stand


def tokens_of(stand: Stand) -> set[str]:
    """The session and refresh tokens that there are now."""
    tokens = {session.token for session in stand.emulator.sessions}
    for file in (stand.folder / "sign-in").glob("*.json"):
        tokens.add(json.loads(file.read_text(encoding="utf-8"))["refresh_token"])
    return tokens


@pytest.mark.parametrize("way", WAYS)
async def test_no_answer_log_or_file_holds_one(
    stand: Stand, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    tokens: set[str] = set()
    async with stand.assistant(WAYS[way] | {"FILEMAKER_LOG_LEVEL": "DEBUG"}, SCRIPTS) as assistant:
        for trouble in TROUBLE:
            for layer in (stand.fm, stand.cloud, stand.cognito, stand.tokens):
                layer.clear()
                if trouble is not None:
                    layer.arm(Match(times=1), trouble)
            await assistant.sales()
            tokens |= tokens_of(stand)
            await assistant.stages()
            await assistant.call("run_script", script="Count", layout="Sales", parameter=PARAMETER)
            tokens |= tokens_of(stand)
        read = "".join(assistant.heard) + caplog.text
    assert way == "wrong" or "counted" in read
    assert bool(tokens) is (way != "wrong")
    kept = [file for file in stand.folder.rglob("*") if file.is_file() and file.parent.name != "sign-in"]
    for secret in tokens | PLANTED:
        assert secret not in read
        assert not [file.name for file in kept if secret.encode() in file.read_bytes()]
    for beginning in ("Basic ", "FMID ", "Bearer ", "eyJ"):
        assert beginning not in read


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Place]:
    async with place(tmp_path) as shop:
        yield shop


@pytest.mark.skipif(os.name != "posix", reason="ps lists processes")
async def test_no_process_listing_shows_one(shop: Place) -> None:
    assert shop.emulator.pool is not None
    shop.emulator.pool.add(User(ADA, PASSWORD))
    process = await fresh(shop).begin("login", **shop.by_claris_id)
    await until(process.stderr, "Password")
    listing = await output("ps", "-eo", "args")
    type_in(process, PASSWORD)
    out, err = await process.communicate()
    assert process.returncode == 0, err
    assert "filemaker_mcp.server login" in listing
    assert PASSWORD not in listing + out.decode() + err.decode()


SHOW = """
import os
from filemaker_mcp.server.app.sign_in_accounts import account_for
from filemaker_mcp.server.config.configuration import configured
settings = configured(os.environ)
database = next(iter(settings.database.values()))
print(settings, repr(settings), account_for(database), settings.model_dump(), database.model_dump_json())
"""


async def test_settings_show_none_however_they_are_printed(shop: Place) -> None:
    planted = {"FILEMAKER_PASSWORD": PASSWORD, "FILEMAKER_CLARIS_REFRESH_TOKEN": PASSWORD}
    shown = await output(sys.executable, "-c", SHOW, env=shop.environment(**shop.by_claris_id, **planted))
    assert PASSWORD not in shown
    assert "**" in shown


async def test_wrong_settings_are_told_without_the_values(shop: Place) -> None:
    wrong = shop.by_account | {
        "FILEMAKER_PASSWORD": PASSWORD,
        "FILEMAKER_DATA_SOURCES": f'[{{"password": "{PASSWORD}"}}]',
    }
    ended = await shop.run("doctor", **wrong)
    assert ended.status == 2
    assert PASSWORD not in ended.out + ended.err
    broken = shop.by_account | {"FILEMAKER_DATA_SOURCES": f'[{{"password": {PASSWORD}'}
    ended = await shop.run("doctor", **broken)
    assert ended.status == 2
    assert PASSWORD not in ended.out + ended.err


async def output(*words: str, env: dict[str, str] | None = None) -> str:
    process = await asyncio.create_subprocess_exec(*words, env=env, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()
