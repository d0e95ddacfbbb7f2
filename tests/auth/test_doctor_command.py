"""`filemaker-mcp doctor`: the stages for a person, a program and a support ticket."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from filemaker_mcp.server.diagnosis.stages import EXIT_STATUS

from .program import Place, fresh, place
from .workplace import ADAS_PASSWORD

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Place]:
    async with place(tmp_path) as shop:
        yield shop


async def test_every_stage_has_its_line(shop: Place) -> None:
    doctor = await fresh(shop).run("doctor", **shop.by_account)
    assert doctor.status == 0, doctor.out
    for stage in EXIT_STATUS.keys() - {"data source"}:
        assert stage in doctor.out
    assert "not checked: the records on them" in doctor.out
    assert shop.emulator.open_sessions == 0


@pytest.mark.parametrize(
    ("change", "stage"),
    [
        ({"FILEMAKER_HOST": "https://nowhere.invalid"}, "name"),
        ({"FILEMAKER_PASSWORD": "wrong"}, "sign-in"),
    ],
)
async def test_the_exit_status_tells_the_stage(shop: Place, change: dict[str, str], stage: str) -> None:
    doctor = await shop.run("doctor", "--json", **(shop.by_account | change))
    assert doctor.status == EXIT_STATUS[stage]
    report = next(iter(json.loads(doctor.out).values()))
    assert report["connected"] is False
    assert report["stages"][-1]["stage"] == stage
    assert report["stages"][-1]["remedy"]


async def test_a_wrong_configuration_is_said_before_anything_is_tried(shop: Place) -> None:
    doctor = await shop.run("doctor", FILEMAKER_HOST=shop.url)
    assert doctor.status == 2
    assert "Traceback" not in doctor.err


async def test_a_transcript_tells_what_went_over_the_wire_and_no_secret(shop: Place, tmp_path: Path) -> None:
    file = tmp_path / "ticket.txt"
    by_claris_id = shop.by_claris_id | {"FILEMAKER_PASSWORD": ADAS_PASSWORD}
    doctor = await shop.run("doctor", "--transcript", str(file), **by_claris_id)
    assert doctor.status == 0, doctor.out
    text = file.read_text(encoding="utf-8")
    assert "RespondToAuthChallenge" in text
    assert "POST" in text
    assert "authorization: FMID <hidden>" in text
    assert "authorization: Bearer <hidden>" in text
    kept = json.loads(shop.kept[0].read_text(encoding="utf-8"))["refresh_token"]
    tokens = {line.rpartition("/")[2] for line in shop.emulator.log_lines if "/sessions/" in line}
    assert kept not in text
    assert ADAS_PASSWORD not in text
    assert not any(token and token in text for token in tokens)
    assert "eyJ" not in text, "no web token of any kind"


async def test_a_transcript_of_a_wrong_password_hides_it_too(shop: Place, tmp_path: Path) -> None:
    file = tmp_path / "ticket.txt"
    wrong = shop.by_account | {"FILEMAKER_PASSWORD": "canary-in-a-cage"}
    await shop.run("doctor", "--transcript", str(file), **wrong)
    assert "canary" not in file.read_text(encoding="utf-8")
    assert '"code": "212"' in file.read_text(encoding="utf-8")


async def test_help_explains_the_exit_status(shop: Place) -> None:
    assert "16 sign-in" in " ".join((await shop.run("doctor", "--help")).out.split())


FIND = """
import asyncio, os, sys
from mcp import Client
from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import configured
async def main():
    application = build(configured(os.environ))
    async with Client(application.server) as client:
        found = await client.call_tool("find_records", {"layout": "Sales"})
    await application.close()
    assert not found.is_error, found
    print([name for name in ("pycognito", "boto3", "botocore", "keyring") if name in sys.modules])
asyncio.run(main())
"""


async def test_a_saved_sign_in_starts_and_finds_without_pycognito_or_boto3(shop: Place) -> None:
    await fresh(shop).run("login", typed=f"{ADAS_PASSWORD}\n", **shop.by_claris_id)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        FIND,
        env=shop.environment(**shop.by_claris_id),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert (process.returncode, out.decode()) == (0, "[]\n"), err.decode()
